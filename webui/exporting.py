"""What the child process of an export does: ask the one door for the rows and write them to a file."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from core.api import Account, Exporting, Seeing, beside
from webui.refused import TOLD, told
from webui.sheets import SHEETS, Sheet

log = logging.getLogger("zc.web")

TELL_ROWS = 2_000  # progress is told after each so many
CHUNK = 1 << 20
LESS_URGENT = 19  # the server's own work goes before this


@dataclass(frozen=True)
class Order:
    """What is to be exported, for whom, from which declarations and to which file."""

    home: Any  # the platform's home
    digest: str
    snapshot: int
    account: Account
    kind: str  # category, statistic or ad_hoc
    category: str  # its id
    form: str
    query: Mapping[str, Sequence[str]]
    columns: tuple[str, ...]
    path: Path
    mark: str


def run(order: Order, line: Connection) -> None:
    """Write the file and tell over the line: ("rows", number) as it goes, at the end ("done", {rows, sha256, note}) or
    ("refused", {status, error})."""
    _step_back()
    try:
        done = _written(order, lambda number: line.send(("rows", number)))
        line.send(("done", done))
    except TOLD as error:
        line.send(("refused", {"status": told(error)[0], **told(error)[1]}))
    except OSError as error:
        line.send(("refused", {"status": 503, "error": f"文件写不下去：{error.strerror}"}))
    finally:
        line.close()


def _step_back() -> None:
    """Have this process run when nobody else wants to, where the system knows such."""
    if hasattr(os, "SCHED_IDLE"):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    else:
        os.nice(LESS_URGENT)


def _written(order: Order, tell: Callable[[int], None]) -> dict[str, Any]:
    with beside(order.home, order.digest, order.snapshot) as platform:
        seeing = Seeing(platform, order.account, platform.snapshot)
        listed = listing(seeing, order.kind, order.category, order.query, order.columns)
        sheet = SHEETS[order.form](order.path, [heading for _, heading, _ in listed.columns])
        try:
            rows = _poured(listed.rows, sheet, tell)
            if listed.sums:
                sheet.write(_totals(listed.columns, listed.sums))
            sheet.write((f"{order.mark} · {listed.note} · 共 {rows:,} 条",))
        finally:
            sheet.close()
    return {"rows": rows, "sha256": digest_of(order.path), "note": listed.note}


def listing(
    seeing: Seeing, kind: str, id_: str, query: Mapping[str, Sequence[str]], columns: tuple[str, ...]
) -> Exporting:
    """What is to be written. ZcError where it is refused."""
    if kind == "statistic":
        return seeing.exporting_figures(id_, query)
    if kind == "ad_hoc":
        return seeing.exporting_ad_hoc(query)
    return seeing.exporting(id_, query, columns)


def _poured(rows: Iterator[Sequence[Any]], sheet: Sheet, tell: Callable[[int], None]) -> int:
    number = 0
    for number, row in enumerate(rows, start=1):
        sheet.write(row)
        if number % TELL_ROWS == 0:
            tell(number)
    return number


def _totals(columns: Sequence[tuple[str, str, bool]], sums: Mapping[str, Any]) -> list[Any]:
    """The totals' line: each sum under its column, the word in the first column that has none."""
    line: list[Any] = [sums.get(name) for name, _, _ in columns]
    place = next((index for index, (name, _, _) in enumerate(columns) if name not in sums), None)
    if place is not None:
        line[place] = "合计"
    return line


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
