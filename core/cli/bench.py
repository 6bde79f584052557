"""Figures as ratios of one run, ours and the limit in turns: machines are noisy, single times say little."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import click
from rich.progress import Progress

from core.cli import bench_intake, bench_reload
from core.cli.options import err, json_option, out, print_json, print_table


@click.group()
def bench() -> None:
    """Measure intake and reload on this machine."""


@bench.command()
@click.option("--records", default=20_000, show_default=True, type=click.IntRange(1000, 10_000_000))
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(1, 50))
@click.option("--sizes", default="1000,100,1", show_default=True, help="Records a post, commas between.")
@json_option
def intake(records: int, rounds: int, sizes: str, as_json: bool) -> None:
    """All five steps on SQLite against executemany of the same rows: same tables, indexes and transaction sizes."""
    with tempfile.TemporaryDirectory(prefix="zc-bench-") as folder, _progress() as progress:
        wanted = [int(size) for size in sizes.split(",")]
        task = progress.add_task("intake", total=rounds * len(wanted) * 2)
        rows = bench_intake.measure(Path(folder), records, rounds, wanted, lambda: progress.advance(task))
    _print(rows, as_json)
    if not as_json:
        out.print("ratio: ours ÷ executemany, records a second, median of the rounds; 1 is the limit", style="dim")


@bench.command(name="reload")
@click.option("--interfaces", default="10,100", show_default=True, help="How many interfaces, commas between.")
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(1, 50))
@json_option
def reload_(interfaces: str, rounds: int, as_json: bool) -> None:
    """Check from cold, reload with nothing and with one file changed, at so many interfaces with their trials."""
    with tempfile.TemporaryDirectory(prefix="zc-bench-") as folder, _progress() as progress:
        wanted = [int(number) for number in interfaces.split(",")]
        task = progress.add_task("reload", total=rounds * len(wanted))
        rows = bench_reload.measure(Path(folder), wanted, rounds, lambda: progress.advance(task))
    _print(rows, as_json)


def _progress() -> Progress:
    return Progress(console=err, transient=True)


def _print(rows: Sequence[dict[str, object]], as_json: bool) -> None:
    if as_json:
        print_json(rows)
    else:
        print_table(rows, {key: key.replace("_", " ") for key in rows[0]}, "")
