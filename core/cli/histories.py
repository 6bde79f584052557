"""Commands on what declarations said before: history list, show, return."""

from __future__ import annotations

import sys
from typing import Any

import click

from core.cli.options import home_option, json_option, out, print_activation, print_json, print_table
from core.cli.session import operate
from core.run import checking
from core.run.home import Home


@click.group(short_help="What a declaration said before.")
def history() -> None:
    """What a declaration said before, each time it was put in force: list, show, return."""


@history.command(name="list")
@click.argument("declaration")
@json_option
@home_option
def list_(declaration: str, as_json: bool, home: Home) -> None:
    """The versions of a DECLARATION (KIND/ID or its file), newest first: who put it in force, when and why."""
    home.require()
    rows: list[dict[str, Any]] = operate(home, "declaration.history", path=checking.path_of(home, declaration))
    if as_json:
        print_json(rows)
        return
    told = [{**row, "note": f"{row['note']} (taken away)".strip() if row["removed"] else row["note"]} for row in rows]
    columns = {"id": "version", "snapshot": "snapshot", "at": "in force since", "who": "who", "note": "note"}
    print_table(told, columns, "this home has had no such file in force.")


@history.command()
@click.argument("version", type=int)
@json_option
@home_option
def show(version: int, as_json: bool, home: Home) -> None:
    """Print what the file said in VERSION, a number of zc history list."""
    found = operate(home, "declaration.version", id=version)
    if as_json:
        print_json(found)
    elif found["text"] is None:
        out.print(f"{found['path']} was taken away", style="dim", markup=False)
    else:
        click.echo(found["text"], nl=False)


@history.command(name="return")
@click.argument("version", type=int)
@click.option("--who", default="operator", show_default=True, help="Name kept with the activation.")
@click.option("--note", default="", help="Why, kept with the activation; that it is a return where not said.")
@json_option
@home_option
def return_(version: int, who: str, note: str, as_json: bool, home: Home) -> None:
    """Have the file say again what it said in VERSION, and put it in force; on any problem nothing is written."""
    done = operate(home, "declaration.return", id=version, who=who, note=note)
    if as_json:
        print_json(done)
        sys.exit(0 if done["activated"] else 1)
    print_activation(done)
