"""Figures as ratios of one run, ours, peers and limits in turns: machines are noisy, single times say little."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec
from rich.progress import Progress

from core.cli.bench import analytics as figures
from core.cli.bench import pages as lists
from core.cli.bench import printing, reload, report, validate
from core.cli.bench import steps as in_process
from core.cli.bench.intake import Cell, Result, chosen, measure
from core.cli.bench.pages.site import prepared
from core.cli.options import err, json_option, out, print_json, print_table
from core.declare.problem import ZcError

QUICK = "1:64,100:8,1000:8"
WHOLE = "1:1,1:8,1:64,100:1,100:8,100:64,1000:1,1000:8,1000:64"


@click.group()
def bench() -> None:
    """Measure intake, reload, lists and reports on this machine."""


@bench.command()
@click.option("--quick", is_flag=True, help=f"Only {QUICK}, shorter; a few minutes.")
@click.option("--cells", help=f"RECORDS:CONNECTIONS, commas between.  [default: {WHOLE}]")
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1, 50))
@click.option("--seconds", type=click.FloatRange(0.2, 60), help="Of each stretch.  [default: 2, quick 1]")
@click.option(
    "--keep",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Each cell's figures go into this file when they are there; those in it already are not measured again.",
)
@click.option("--only", help="Peers to run, names or parts of them, commas between; ours and the limits always are.")
@json_option
def intake(  # noqa: PLR0913 - one for each option
    quick: bool,
    cells: str | None,
    rounds: int,
    seconds: float | None,
    keep: Path | None,
    only: str | None,
    as_json: bool,
) -> None:
    """Posts over HTTP on 127.0.0.1: ours (all five steps), the peers (their insert), and executemany alone.

    Directus is a peer where DIRECTUS_FOLDER names the folder in which npm installed it.
    """
    results = kept(keep)
    wanted = [
        cell for cell in _cells(cells or (QUICK if quick else WHOLE)) if cell not in {one.cell for one in results}
    ]
    length = seconds or (1.0 if quick else 2.0)
    with tempfile.TemporaryDirectory(prefix="zc-bench-") as folder, _progress() as progress:
        running, skipped = chosen(Path(folder), only.split(",") if only else [""])
        task = progress.add_task("intake", total=len(wanted) * rounds * (len(running) + 1))
        for found in measure(
            Path(folder),
            running,
            wanted,
            rounds,
            length,
            lambda what: progress.update(task, description=what, advance=1),
        ):
            results += found
            if keep is not None:
                keep.write_bytes(msgspec.json.encode(results))
    if as_json:
        print_json({"figures": report.rows(results), "goals": report.goals(results), "skipped": skipped})
        return
    out.print(report.figures_table(results))
    out.print(report.LEGEND, style="dim")
    out.print(report.goals_table(results))
    for name, why in skipped.items():
        out.print(f"not run: {name}: {why}", style="yellow")
    for one in results:
        if one.failure:
            out.print(f"failed: {one.title} at {one.cell.size} × {one.cell.connections}: {one.failure}", style="yellow")


@bench.command()
@click.option("--records", default=20_000, show_default=True, type=click.IntRange(1000, 10_000_000))
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(1, 50))
@click.option("--sizes", default="1000,100,1", show_default=True, help="Records a post, commas between.")
@json_option
def steps(records: int, rounds: int, sizes: str, as_json: bool) -> None:
    """The five steps without HTTP, in one process, against executemany of the same rows: what a profile looks at."""
    with tempfile.TemporaryDirectory(prefix="zc-bench-") as folder, _progress() as progress:
        wanted = [int(size) for size in sizes.split(",")]
        task = progress.add_task("steps", total=rounds * len(wanted) * 2)
        rows = in_process.measure(Path(folder), records, rounds, wanted, lambda: progress.advance(task))
    _print(rows, as_json)
    if not as_json:
        out.print("ratio: ours ÷ executemany, records a second, median of the rounds; 1 is the limit", style="dim")


@bench.command(name="validate")
@click.option("--records", default=60_000, show_default=True, type=click.IntRange(1000, 10_000_000))
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(1, 50))
@click.option("--seed", default=1, show_default=True, help="Of the mutations.")
@json_option
def validate_(records: int, rounds: int, seed: int, as_json: bool) -> None:
    """The compiled plan beside Cerberus' validate on the shipped interface, and what both say of mutated records."""
    with tempfile.TemporaryDirectory(prefix="zc-bench-") as folder, _progress() as progress:
        preview, bench_ = validate.interfaces(Path(folder))
        task = progress.add_task("validate", total=rounds)
        figures = validate.speed(preview, rounds, lambda: progress.advance(task))
        task = progress.add_task("soundness", total=2 * records // validate.STEP)
        verdicts = [
            {"interface": one.id, **validate.soundness(one, records, seed, lambda: progress.advance(task))}
            for one in (preview, bench_)
        ]
    sound = all(row["plan_alone"] == row["unlike"] == 0 for row in verdicts)
    goal = {
        "goal": "Cerberus' validate ÷ ours",
        "wanted": validate.TIMES,
        "measured": figures["normalising_times"],
        "met": figures["normalising_times"] >= validate.TIMES,
    }
    if as_json:
        print_json({"speed": figures, "goal": goal, "soundness": verdicts, "sound": sound})
    else:
        for rows in ([figures], [goal], verdicts):
            print_table(rows, {key: key.replace("_", " ") for key in rows[0]}, "")
        out.print(validate.LEGEND, style="dim")
    if not sound:
        raise ZcError(
            "the compiled plan takes what Cerberus does not, or takes it otherwise", f"--seed {seed} tells it."
        )


@bench.command(name="reload")
@click.option("--interfaces", default="10,100", show_default=True, help="How many interfaces, commas between.")
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(1, 50))
@json_option
def reload_(interfaces: str, rounds: int, as_json: bool) -> None:
    """Check from cold, reload with nothing and with one file changed, at so many interfaces with their trials."""
    with tempfile.TemporaryDirectory(prefix="zc-bench-") as folder, _progress() as progress:
        wanted = [int(number) for number in interfaces.split(",")]
        task = progress.add_task("reload", total=rounds * len(wanted))
        rows = reload.measure(Path(folder), wanted, rounds, lambda: progress.advance(task))
    _print(rows, as_json)


@bench.command(name="pages")
@click.option("--records", default=5_000_000, show_default=True, type=click.IntRange(1000, 100_000_000))
@click.option("--rounds", default=7, show_default=True, type=click.IntRange(1, 100))
@click.option("--only", default="", help="Only questions in whose names this is.")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="Where the home is made and kept.")
@click.option("--database", help="URL of an empty PostgreSQL database instead of SQLite.")
@json_option
def pages_(records: int, rounds: int, only: str, folder: Path | None, database: str | None, as_json: bool) -> None:
    """Lists, counts and facets over HTTP as an administrator and as a county's, beside the same SQL written by hand.

    The home with its demo weighings takes some ten minutes to make for five millions; broken off, it goes on where it
    was, and the next run finds it made.
    """
    kept = folder or Path(tempfile.gettempdir()) / f"zc-bench-pages-{records}{'-postgresql' if database else ''}"
    with _progress() as progress:
        task = progress.add_task(f"weighings into {kept}", total=records)
        site = prepared(kept, records, database, lambda done: progress.update(task, completed=done))
        task = progress.add_task("lists", total=None)
        rows = lists.run(site, rounds, only, lambda what: progress.update(task, description=what))
    _print(rows, as_json)
    if not as_json:
        out.print(lists.LEGEND, style="dim")


@bench.command(name="analytics")
@click.option("--records", default=5_000_000, show_default=True, type=click.IntRange(5_000, 100_000_000))
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(1, 100))
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="Where the home is made and kept.")
@click.option("--only-make", is_flag=True, help="Make what is asked and measure nothing.")
@json_option
def analytics_(records: int, rounds: int, folder: Path | None, only_make: bool, as_json: bool) -> None:
    """Statistics, questions that nobody declared and the pages' data, beside SQL by hand in SQLite, PostgreSQL and
    DuckDB; and what statistics cost intake.

    All sides have to say the same values before any is timed. The home with a city's demo weighings takes a quarter of
    an hour to make for five millions, an hour for --records 20000000; broken off, it goes on where it was, and the
    next run finds it made.
    """
    kept = folder or Path(tempfile.gettempdir()) / f"zc-bench-analytics-{records}"
    with _progress() as progress:
        task = progress.add_task(f"weighings into {kept}", total=records)

        def say(what: str) -> None:
            progress.update(task, description=what)

        site = figures.made(kept, records, lambda done: progress.update(task, completed=done), say)
        found = None if only_make else figures.run(site, records, rounds, say)
    if found is None:
        out.print(f"made: {kept}", markup=False)
    elif as_json:
        print_json({"figures": found.rows, "skipped": found.skipped})
    else:
        _print(found.rows, as_json=False)
        out.print(figures.LEGEND, style="dim")
        for name, why in found.skipped.items():
            out.print(f"not run: {name}: {why}", style="yellow")


@bench.command(name="report")
@click.option("--records", default=3_000_000, show_default=True, type=click.IntRange(1000, 100_000_000))
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1, 50))
@click.option("--alone", is_flag=True, help="Without that of the month before, which has a thirtieth.")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="Where the home is made and kept.")
@json_option
def report_(records: int, rounds: int, alone: bool, folder: Path | None, as_json: bool) -> None:
    """Time and memory of making 月分析 for a month of so many weighings, beside one of a thirtieth.

    The home takes some five minutes to make for three millions; broken off, it goes on where it was, and the next run
    finds it made.
    """
    kept = folder or Path(tempfile.gettempdir()) / f"zc-bench-report-{records}"
    with _progress() as progress:
        task = progress.add_task(f"weighings into {kept}", total=records)
        site = prepared(kept, records, None, lambda done: progress.update(task, completed=done), "month")
        task = progress.add_task("report", total=None)
        rows = printing.run(site, rounds, alone, lambda what: progress.update(task, description=what))
    if as_json:
        print_json({"figures": rows, "goals": printing.goals(rows)})
        return
    _print(rows, as_json)
    _print(printing.goals(rows), as_json)
    out.print(printing.LEGEND, style="dim")


def kept(file: Path | None) -> list[Result]:
    """The figures that a run before this one kept."""
    if file is None or not file.exists():
        return []
    try:
        return msgspec.json.decode(file.read_bytes(), type=list[Result])
    except msgspec.MsgspecError as error:
        raise ZcError(f"{file} does not hold figures of this bench: {error}", "Name another file.") from error


def _cells(text: str) -> list[Cell]:
    """The cells of a text such as 1:64,1000:8."""
    found = [re.fullmatch(r"([1-9][0-9]{0,3}):([1-9][0-9]{0,2})", cell.strip()) for cell in text.split(",")]
    if None in found:
        raise click.BadParameter(f"write RECORDS:CONNECTIONS, such as {QUICK}", param_hint="--cells")
    return [Cell(int(one[1]), int(one[2])) for one in found if one]


def _progress() -> Progress:
    return Progress(console=err, transient=True)


def _print(rows: Sequence[dict[str, object]], as_json: bool) -> None:
    if as_json:
        print_json(rows)
    else:
        print_table(rows, {key: key.replace("_", " ") for key in rows[0]}, "")
