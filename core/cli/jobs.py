"""`zc job`: what runs by the clock, how it went, and once now."""

from __future__ import annotations

import sys
from typing import Any

import click

from core.cli.options import home_option, json_option, out, print_json, print_table
from core.cli.session import operate
from core.run.home import Home

COLUMNS = {"id": "job", "title": "title", "when": "when", "next_run": "next", "last": "last", "state": "went"}
RUNS = {"started_at": "began", "seconds": "s", "state": "went", "by": "by", "note": "note"}


@click.group(short_help="Jobs by the clock: list, run, log.")
def job() -> None:
    """Jobs by the clock: list, run, log."""


@job.command(name="list")
@json_option
@home_option
def list_(as_json: bool, home: Home) -> None:
    """Active jobs with their plan, next and last run."""
    rows: list[dict[str, Any]] = operate(home, "job.list")["jobs"]
    if as_json:
        print_json(rows)
        return
    print_table([_row(row) for row in rows], COLUMNS, "no job is declared.")


@job.command()
@click.argument("name", metavar="JOB")
@click.option("--who", default="operator", show_default=True, help="Name kept with the run.")
@json_option
@home_option
def run(name: str, who: str, as_json: bool, home: Home) -> None:
    """Run a JOB once now; its clock goes on as before. Exit code 1 where it failed."""
    done: dict[str, Any] = operate(home, "job.run", job=name, who=who)
    if as_json:
        print_json(done)
    else:
        for line in done["lines"]:
            out.print(line, markup=False)
        out.print(f"{done['state']}: {done['note']}", style="green" if done["state"] == "good" else "red", markup=False)
    sys.exit(0 if done["state"] == "good" else 1)


@job.command()
@click.argument("name", metavar="JOB")
@click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True, help="So many of the last runs.")
@json_option
@home_option
def log(name: str, limit: int, as_json: bool, home: Home) -> None:
    """The last runs of a JOB, newest first; what each said is in --json."""
    told: dict[str, Any] = operate(home, "job.log", job=name, limit=limit)
    if as_json:
        print_json(told)
    else:
        print_table(told["runs"], RUNS, "it never ran.")


def _row(row: dict[str, Any]) -> dict[str, Any]:
    """A job in one line."""
    [(kind, said)] = row["plan"].items()
    when = " ".join([kind, *(str(part) for part in said.values())]) if isinstance(said, dict) else f"{kind} {said}"
    last = row["last"] or {}
    state = "running" if row["running"] else last.get("state")
    return {**row, "when": when, "last": last.get("started_at"), "state": state}
