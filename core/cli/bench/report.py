"""What the bench of intake prints: a table of figures, and the goals that they meet or miss."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table
from rich.text import Text

from core.cli.bench.intake import OUR_LIMIT, Cell, Result
from core.cli.bench.ours import Ours
from core.cli.bench.peer import Core, Datasette, Orm

LEGEND = """ours is: the median over the turns of zc's records a second ÷ its; every figure is a median.
fsyncs/post: counted by strace in a stretch of their own; 1 and more where each post is synced, less where posts share.
zc checks, judges, keeps a ledger and counts; the peers insert. All: SQLite, write-ahead log, synchronous=FULL, the
same indexes and key, and what is sent again is not stored again: Directus refuses such a post, the others pass it."""
CIRCUIT = 36_600  # records of 325 bytes a second are 100 Mbit/s


@dataclass(frozen=True, slots=True)
class Goal:
    """Ours over the other (the other over ours where less is better) in one cell must be `least`; without an `other`
    it is the figure itself."""

    words: str
    cell: Cell
    least: float
    other: str | None = None
    figure: str = "rate"

    def reached(self, results: Sequence[Result]) -> float | None:
        """What was measured; None where it was not."""
        found = {result.title: result for result in results if result.cell == self.cell and result.turns}
        ours, other = found.get(Ours.title), found.get(self.other or Ours.title)
        if ours is None or other is None:
            return None
        if self.other is None:
            return ours.middle(self.figure)
        return ours.ratio(other) if self.figure == "rate" else other.ratio(ours, self.figure)


BATCH, SINGLE = Cell(1000, 8), Cell(1, 64)
GOALS = (
    Goal("batch: × FastAPI + ORM", BATCH, 10, Orm.title),
    Goal("batch: × FastAPI + Core", BATCH, 3.5, Core.title),
    Goal("batch: × Datasette", BATCH, 3.5, Datasette.title),
    Goal("batch: share of executemany, same tables and indexes", BATCH, 0.8, OUR_LIMIT),
    Goal("batch: records a second, a full circuit of 100 Mbit/s", BATCH, CIRCUIT),
    Goal("single posts: × FastAPI + ORM", SINGLE, 10, Orm.title),
    Goal("single posts: its p99 ÷ ours, FastAPI + ORM", SINGLE, 25, Orm.title, "p99_ms"),
)


def rows(results: Sequence[Result]) -> list[dict[str, Any]]:
    """The figures as plain data: {records_a_post, connections, server, records_per_s, ours_is, cpu_us, p50_ms, p99_ms,
    fsyncs_a_post, busy, failure}, medians; `ours_is` how many times its records a second ours takes."""
    ours = {result.cell: result for result in results if result.title == Ours.title}
    return [
        {
            "records_a_post": result.cell.size,
            "connections": result.cell.connections,
            "server": result.title,
            "records_per_s": round(result.middle("rate") or 0),
            "ours_is": _rounded(ours[result.cell].ratio(result) if result.turns else None, 2),
            "cpu_us": _rounded(result.middle("cpu_us"), 1),
            "p50_ms": _rounded(result.middle("p50_ms"), 1),
            "p99_ms": _rounded(result.middle("p99_ms"), 1),
            "fsyncs_a_post": _rounded(result.fsyncs, 2),
            "busy": sum(turn.busy for turn in result.turns),
            "failure": result.failure,
        }
        for result in results
    ]


def goals(results: Sequence[Result]) -> list[dict[str, Any]]:
    """[{goal, cell, wanted, measured, met}] of the goals whose cell was measured with the peer they name; `measured` is
    None where that peer failed."""
    there = {(result.cell, result.title) for result in results}
    found = [(goal, goal.reached(results)) for goal in GOALS if (goal.cell, goal.other or Ours.title) in there]
    return [
        {
            "goal": goal.words,
            "cell": f"{goal.cell.size} × {goal.cell.connections}",
            "wanted": goal.least,
            "measured": _rounded(reached, 2),
            "met": reached is not None and reached >= goal.least,
        }
        for goal, reached in found
    ]


def figures_table(results: Sequence[Result]) -> Table:
    """The figures for people, a section for each cell."""
    table = Table(box=None, pad_edge=False, header_style="bold", title_justify="left")
    for heading in ("records × conn.", "server"):
        table.add_column(heading, no_wrap=True)
    for heading in ("records/s", "ours is", "CPU µs/record", "p50 ms", "p99 ms", "fsyncs/post"):
        table.add_column(heading, justify="right", no_wrap=True)
    before = None
    for row in rows(results):
        cell = f"{row['records_a_post']:,} × {row['connections']}"
        if before not in (None, cell):
            table.add_row()
        table.add_row("" if cell == before else cell, *_texts(row), style="bold" if row["server"] == "zc" else None)
        before = cell
    return table


def goals_table(results: Sequence[Result]) -> Table:
    """The goals for people."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("goal", "records × conn.", "wanted", "measured", ""):
        table.add_column(heading, justify="left" if heading in ("goal", "") else "right", no_wrap=True)
    for row in goals(results):
        mark = Text("met", style="green") if row["met"] else Text("missed", style="red")
        measured = "failed" if row["measured"] is None else f"{row['measured']:,.6g}"
        table.add_row(row["goal"], row["cell"], f"{row['wanted']:,}", measured, mark)
    return table


def _texts(row: dict[str, Any]) -> Iterator[str]:
    yield row["server"] + (f", told {row['busy']:,} × to come again" if row["busy"] else "")
    yield f"{row['records_per_s']:,}"
    yield "failed" if row["ours_is"] is None else f"{row['ours_is']:.2f} ×"
    for name in ("cpu_us", "p50_ms", "p99_ms", "fsyncs_a_post"):
        yield "" if row[name] is None else f"{row[name]:,}"


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
