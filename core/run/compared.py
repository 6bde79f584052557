"""Figures beside those of another period: by how much each changed, or why that cannot be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.declare.problem import ZcError
from core.entity.calendar import PERIODS, as_date, as_day, start_of, value_of
from core.entity.measure import Measure
from core.entity.statistic import HOUR_MS
from core.entity.types.time import moment
from core.run.asker import Asker
from core.run.measured import NO_BASE, NO_DATA
from core.run.question import COMPARISONS
from core.run.shifted import PREVIOUS, Days, as_days, before, finest, moved, moved_by
from core.run.words import said
from core.store.levels import Window, window_of

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Comparison:
    """One comparison of an answer under way."""

    asker: Asker
    name: str

    def told(self, rows: Sequence[Row], totals: Row) -> dict[str, Any]:
        """{window: {from, to}, rows, totals}: rows beside the answer's, each {measure: change, base: {measure: stored
        value}, why: {measure: reason}}. A change is in percent, of rates and shares in percentage points.

        Of today, where hours are kept and rows are not of periods, it is the change up to the last full hour, from the
        same hours of the other day; `until` is that hour's end, UTC milliseconds."""
        if self._is_of_today:
            return self._of_today(rows)
        whole = self._whole_window()
        window = self._rows_window() if finest(self.asker.by) else whole
        figures, _ = self.asker.figures(window)
        total = self.asker.total(window, figures)
        based = {key: self.asker.measured.values(parts, total)[0] for key, parts in figures.items()}
        none = self._none(total)
        keys = [self._key(row) for row in rows]
        bases = [{} if key is None else based.get(key, none) for key in keys]
        found = [self._change(row, base) for row, base in zip(rows, bases, strict=True)]
        base_total = total if window == whole else self.asker.whole(whole)
        base, _ = self.asker.measured.values(base_total, base_total)
        return {"window": _shown(whole), "rows": found, "totals": self._change(totals, base)}

    @property
    def _is_of_today(self) -> bool:
        asker = self.asker
        today = as_day(moment(asker.now, asker.snapshot.zone).date())
        hourly = asker.statistic.grain == "hour" and asker.of_days and not asker.measured.has_distinct
        return hourly and asker.window == Window(today, today) and finest(asker.by) is None

    def _of_today(self, rows: Sequence[Row]) -> dict[str, Any]:
        zone, until = self.asker.snapshot.zone, self.asker.now - self.asker.now % HOUR_MS
        start, whole = self.asker.bounds[0], self._whole_window()
        back = moment(start, zone).date() - as_date(whole.first)
        before = [int((moment(ms, zone) - back).timestamp()) * 1000 for ms in (start, until)]
        own, own_none, own_total = self._values(window_of(start, until, zone, hourly=True))
        base, base_none, base_total = self._values(window_of(before[0], before[1], zone, hourly=True))
        keys = [tuple(row[name] for name in self.asker.by) for row in rows]
        found = [self._change(own.get(key, own_none), base.get(key, base_none)) for key in keys]
        return {"window": _shown(whole), "until": until, "rows": found, "totals": self._change(own_total, base_total)}

    def _values(self, window: Window) -> tuple[Mapping[tuple[Any, ...], Row], Row, Row]:
        """The measures of each group in a window, of one without records, and of all of it."""
        figures, _ = self.asker.figures(window)
        total = self.asker.total(window, figures)
        found = {key: self.asker.measured.values(parts, total)[0] for key, parts in figures.items()}
        return found, self._none(total), self.asker.measured.values(total, total)[0]

    def _none(self, total: Sequence[Any]) -> Row:
        """The measures of a group without records."""
        return self.asker.measured.values(self.asker.measured.of_none, total)[0]

    def _key(self, row: Row) -> tuple[Any, ...] | None:
        """The dimensions of the row that one is compared with; None where its period was not."""
        grain = finest(self.asker.by)
        if grain is None:
            return tuple(row[name] for name in self.asker.by)
        zone = self.asker.snapshot.zone
        value = before(grain, row[grain], self.name, zone)
        if value is None:
            return None
        day = moment(value, zone).date() if grain == "hour" else start_of(grain, value)
        own = {name: value_of(name, day) for name in PERIODS if name not in ("hour", grain)} | {grain: value}
        return tuple(own.get(name, row[name]) for name in self.asker.by)

    def _change(self, row: Row, base: Mapping[str, Any]) -> dict[str, Any]:
        measures = self.asker.measured.measures
        changes, why = {}, {}
        for name in self.asker.measured.wanted:
            changes[name], reason = _changed(measures[name], row[name], base.get(name))
            if reason:
                why[name] = reason
        return {**changes, "base": {name: base.get(name) for name in changes}, **({"why": why} if why else {})}

    def _whole_window(self) -> Window:
        """The window that totals are compared with."""
        if not self.asker.of_days:
            start, end = self.asker.bounds
            return self._hours(end + -end % HOUR_MS - (start - start % HOUR_MS))  # what is begun counts whole
        days, whole = self._days()
        return _window(moved(days, whole, self.name))

    def _rows_window(self) -> Window:
        """The window in which rows by a period find theirs."""
        grain = str(finest(self.asker.by))
        if grain == "hour":
            return self._hours(HOUR_MS)
        if not self.asker.of_days:
            return self._hours_of_days(grain)
        days, _ = self._days()
        return _window(moved_by(days, grain, self.name))

    def _days(self) -> tuple[Days, Days]:
        """The window's days as far as it has come, and all of them."""
        window = self.asker.window
        assert window is not None  # noqa: S101 - looked at before
        whole, today = as_days(window.first, window.last), moment(self.asker.now, self.asker.snapshot.zone).date()
        return Days(whole.first, min(whole.last, max(today, whole.first))), whole

    def _hours(self, length_ms: int) -> Window:
        """The window of hours moved back by a length, or by a year."""
        zone = self.asker.snapshot.zone
        start, end = self.asker.bounds
        if self.name == PREVIOUS:
            start, end = start - length_ms, end - length_ms
        else:
            start, end = (_year_before(moment(ms, zone)) for ms in (start, end))
        return window_of(start, end, zone, hourly=True)

    def _hours_of_days(self, grain: str) -> Window:
        """The window of hours, its days moved to the periods that rows by a coarser grain are compared with."""
        zone = self.asker.snapshot.zone
        first, last = (moment(ms, zone) for ms in (self.asker.bounds[0], self.asker.bounds[1] - 1))
        days = Days(first.date(), last.date())
        to = moved_by(days, grain, self.name)
        start, end = first - (days.first - to.first), last - (days.last - to.last)
        return window_of(round(start.timestamp() * 1000), round(end.timestamp() * 1000) + 1, zone, hourly=True)


def compared(asker: Asker, rows: Sequence[Row], totals: Row) -> dict[str, Any]:
    """{comparison: what `Comparison.told` says} for each that the question names. ZcError in words."""
    for name in asker.question.compare:
        if name not in COMPARISONS:
            raise ZcError(said("bad_value", name="compare", value=name))
        if asker.window is None:
            raise ZcError(said("compare_needs_window"))
    return {name: Comparison(asker, name).told(rows, totals) for name in dict.fromkeys(asker.question.compare)}


def _changed(measure: Measure, value: Any, base: Any) -> tuple[float | None, str | None]:
    if base is None or (base == 0 and not measure.is_ratio):
        return None, NO_BASE
    if value is None:
        return None, NO_DATA
    return (100 * (value - base) if measure.is_ratio else 100 * (value - base) / abs(base)), None


def _year_before(at: datetime) -> int:
    leap = (at.month, at.day) == (2, 29)
    return int((at - timedelta(days=1) if leap else at).replace(year=at.year - 1).timestamp()) * 1000


def _window(days: Days) -> Window:
    return Window(as_day(days.first), as_day(days.last))


def _shown(window: Window) -> dict[str, int]:
    return {"from": window.first, "to": window.last}
