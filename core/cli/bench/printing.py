"""The bench of reports: 月分析 of a month with many weighings, and of the one before it, which has few. Each is made by
a process of its own as the server makes it, figures asked there and files made in the process pool.
`python -m core.cli.bench.printing MAKING`, a Making as JSON, is that process.
"""

from __future__ import annotations

import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from core.cli.bench.pages.site import Site
from core.declare.problem import ZcError
from core.run.home import Home
from core.run.live import Platform

REPORT, LIKE = "bench_monthly", "monthly"
RENDERING = "rendering"
"""What the command tells when all is asked."""

SECONDS, MB = 5.0, 300.0
FORGET_PEAK = "5"
"""What makes Linux begin VmHWM anew (proc(5), clear_refs)."""

KB = 1024
LEGEND = (
    "medians of the turns. asking: figures and lists, and what differs from the version before; making: PDF, XLSX and"
    " CSV, with the start of the process that makes them; mb: the most memory of the process that asks beyond what it"
    " held before, and of the one that makes, all of it; times: its seconds ÷ those of the month with few"
)


class Making(msgspec.Struct):
    """The report of a period to be made on the home at `root`."""

    root: str
    period: str


class Made(msgspec.Struct):
    """How long each half took, the most memory that asking took beyond what the process held and that the process held
    which made the files, and the size of the PDF."""

    asking_s: float
    making_s: float
    asking_kb: int
    making_kb: int
    pdf_kb: int


def run(site: Site, rounds: int, alone: bool, step: Callable[[str], None]) -> list[dict[str, Any]]:
    """A row for each month, that with few first; `alone` only that with many."""
    traffics = site.traffics[-1:] if alone else site.traffics
    months = {_month(traffic.end_ms, site.zone): traffic.records for traffic in traffics}
    found: dict[str, list[Made]] = {period: [] for period in months}
    for turn in range(rounds):
        for period, made in found.items():
            step(f"{period}, turn {turn + 1}")
            made.append(_made(site.home, period))
    rows = [_row(period, months[period], made) for period, made in found.items()]
    return [{**row, "times": round(row["seconds"] / rows[0]["seconds"], 2)} for row in rows]


def goals(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """[{goal, wanted, measured, met}] of the month with many."""
    row = rows[-1]
    asked = {"seconds": (SECONDS, row["seconds"]), "mb": (MB, row["asking_mb"] + row["making_mb"])}
    return [
        {"goal": name, "wanted": wanted, "measured": round(measured, 1), "met": measured <= wanted}
        for name, (wanted, measured) in asked.items()
    ]


def _month(end_ms: int, zone: str) -> str:
    """The month before that midnight, as a report's period is written."""
    last = datetime.fromtimestamp(end_ms / 1000, ZoneInfo(zone)) - timedelta(days=1)
    return f"{last:%Y-%m}"


def _made(home: Home, period: str) -> Made:
    """Made anew: the title differs each time, else no new version would be rendered."""
    file = home.root / "config" / "reports" / f"{REPORT}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"like: {LIKE}\ntitle: 演示月分析 {time.time_ns()}\n", encoding="utf-8")
    making = msgspec.json.encode(Making(str(home.root), period)).decode()
    done = subprocess.run([sys.executable, "-m", __name__, making], capture_output=True, check=False)  # noqa: S603 - ours
    if done.returncode:
        raise ZcError(f"the report was not made: {done.stderr.decode()[-2000:]}", "zc report says more")
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=Made)


def _row(period: str, records: int, made: Sequence[Made]) -> dict[str, Any]:
    def middle(name: str) -> float:
        return float(median(getattr(one, name) for one in made))

    return {
        "period": period,
        "records": records,
        "seconds": round(median(one.asking_s + one.making_s for one in made), 2),
        "asking_s": round(middle("asking_s"), 2),
        "making_s": round(middle("making_s"), 2),
        "asking_mb": round(middle("asking_kb") / KB),
        "making_mb": round(middle("making_kb") / KB),
        "pdf_kb": round(middle("pdf_kb")),
    }


def main() -> None:
    """Make one and print a Made as JSON."""
    making = msgspec.json.decode(sys.argv[1], type=Making)
    home = Home(Path(making.root))
    told: list[tuple[float, str]] = []
    arguments = {"report": REPORT, "period": making.period}
    with home.lock(), Platform.opened(home) as platform:
        before_kb = _held_kb("VmRSS")
        Path("/proc/self/clear_refs").write_text(FORGET_PEAK)
        began = time.perf_counter()
        done = platform.operate(
            "command", lambda line: told.append((time.perf_counter(), line)), name="report", arguments=arguments
        )
        ended = time.perf_counter()
        asking_kb = _held_kb("VmHWM") - before_kb
    asked = next(at for at, line in told if line.startswith(RENDERING))
    making_kb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    pdf_kb = Path(done["file"]).stat().st_size // KB
    found = Made(asked - began, ended - asked, asking_kb, making_kb, pdf_kb)
    sys.stdout.write(msgspec.json.encode(found).decode() + "\n")


def _held_kb(name: str) -> int:
    """What Linux says of this process's memory: VmRSS now, VmHWM at most."""
    [kb] = re.findall(rf"^{name}:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)
    return int(kb)


if __name__ == "__main__":
    main()
