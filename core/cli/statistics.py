"""Commands on statistics: count, and what `zc check --statistics` prints."""

from __future__ import annotations

from typing import Any

import click

from core.cli.options import err, home_option, json_option, out, print_json, print_table
from core.cli.records import parse_where
from core.cli.session import operate
from core.http import admin
from core.run import checking
from core.run.home import Home


@click.command()
@click.argument("statistic")
@click.option("--by", default="", help="Time, dimensions and paths, commas between: month,station.region.")
@click.option("--measure", default="", help="Measures, commas between; all where none is named.")
@click.option("--where", "wheres", multiple=True, help="DIMENSION=VALUE, or a condition: 'day: {from: 20261101}'.")
@click.option("--within", help="A window of time: today, last_month, 2026-11, 2026-Q4, '7 days'.")
@click.option("--order", help="A dimension or measure; a leading minus for the greatest first.")
@click.option("--top", type=click.IntRange(1), help="Only the first so many rows.")
@json_option
@home_option
def count(
    statistic: str, by: str, measure: str, wheres: tuple[str, ...], as_json: bool, home: Home, **how: Any
) -> None:
    """The measures of a STATISTIC (weighings, …), for each value of the dimensions asked for."""
    where = {"all": [parse_where(text) for text in wheres]} if wheres else {}
    found = operate(home, "count", statistic=statistic, by=_names(by), measures=_names(measure), where=where, **how)
    if as_json:
        print_json(found)
        return
    print_table(found["rows"], found["columns"], f"no record of {statistic} counts there; drop a condition.", none="—")
    if not found["current"]:
        err.print("of its former definition; the new one is being counted", style="dim")


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def check_statistics(home: Home, as_json: bool) -> int:
    """Compare every statistic with the records and print each cell that differs; the exit code."""
    if admin.answering(home.socket):
        found: dict[str, Any] = operate(home, "recount")
    else:
        found = checking.check_statistics(home)
    differing = sum(item["differing"] for item in found["statistics"])
    if as_json:
        print_json(found)
        return 1 if differing else 0
    for item in found["statistics"]:
        for difference in item["differences"]:
            cell = ", ".join(f"{name} {value}" for name, value in difference["cell"].items())
            sides = f"kept {_numbers(difference['kept'])}, counted {_numbers(difference['counted'])}"
            out.print(f"{item['statistic']}: {cell}: {sides}", style="red", markup=False)
        words = f"{item['statistic']}: {item['cells']} cells of {item['records']} records"
        out.print(f"{words}, {item['differing']} differ", style="red" if item["differing"] else "green")
    for item in found["building"]:
        out.print(f"{item['statistic']}: still being counted, {item['percent']} %", style="cyan")
    if not found["statistics"] and not found["building"]:
        out.print("no statistic is kept", style="dim")
    return 1 if differing else 0


def _numbers(side: list[int] | None) -> str:
    """Count and sums of a cell."""
    return "nothing" if side is None else " / ".join(map(str, side)) or "it twice"
