"""Commands on records: find, load, refusals, replay."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from core.cli.options import home_option, json_option, out, print_json, print_table
from core.cli.session import operate
from core.declare import loader
from core.run.home import Home


@click.command(short_help="Records of a category.")
@click.argument("category")
@click.option(
    "--where", "wheres", multiple=True, help="FIELD=VALUE, or a condition in YAML: 'gross_kg: {above: 49000}'."
)
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 100_000), help="At most so many.")
@click.option("--count", "only_count", is_flag=True, help="Only how many there are.")
@click.option("--sandbox", is_flag=True, help="Those that sandbox partners have posted.")
@json_option
@home_option
def find(
    category: str, wheres: tuple[str, ...], limit: int, only_count: bool, sandbox: bool, as_json: bool, home: Home
) -> None:
    """Records of a CATEGORY (weighing, station, …) that meet the conditions."""
    where = {"all": [parse_where(text) for text in wheres]} if wheres else {}
    found = operate(home, "find", category=category, where=where, limit=limit, only_count=only_count, sandbox=sandbox)
    if only_count:
        print_json(found["count"]) if as_json else out.print(found["count_text"])
    elif as_json:
        print_json(found["records"])
    else:
        print_table(found["records"], found["columns"], f"no record of {category} meets that; drop a condition.")
        out.print(f"{len(found['records'])} shown of {found['count_text']}", style="dim")


def parse_where(text: str) -> dict[str, Any]:
    """A condition from the command line: YAML where it has a colon before any equals sign, else FIELD=VALUE."""
    field, equals, value = text.partition("=")
    if equals and ":" not in field:
        return {field.strip(): value.strip()}
    document, _ = loader.load("--where", text.encode())
    condition = document.data if document is not None else None
    if not isinstance(condition, dict):
        raise click.BadParameter(
            f"{text!r} is neither FIELD=VALUE nor a condition such as 'gross_kg: {{above: 49000}}'"
        )
    return condition


@click.command(short_help="Load records from a file.")
@click.argument("entity")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Void the records that the file does not name.")
@click.option("--who", default="operator", show_default=True, help="Name kept with each change.")
@json_option
@home_option
def load(entity: str, file: Path, replace: bool, who: str, as_json: bool, home: Home) -> None:
    """Load records of an ENTITY from a CSV or JSON FILE; one with a known key amends that record."""
    done = operate(home, "load", entity=entity, name=file.name, data=file.read_bytes().hex(), replace=replace, who=who)
    if as_json:
        print_json(done)
    else:
        out.print("{added} added, {amended} amended, {same} the same, {voided} voided".format(**done))
        for row in done["refused"]:
            out.print(f"line {row['line']}: {row['message']}", style="red")
    sys.exit(1 if done["refused"] else 0)


@click.command(short_help="What was refused, by reason.")
@click.option("--interface", help="Only of this interface.")
@click.option("--partner", help="Only of this partner.")
@click.option(
    "--state",
    default="refused",
    show_default=True,
    type=click.Choice(["refused", "conflict", "failed", "replayed", "dropped", "all"]),
)
@click.option("--rows", "with_rows", is_flag=True, help="Each refusal with its raw record, not the groups.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--sandbox", is_flag=True, help="Those of sandbox partners.")
@json_option
@home_option
def refusals(as_json: bool, with_rows: bool, home: Home, **which: Any) -> None:
    """What was refused, grouped by reason; each is kept raw and can be replayed."""
    found = operate(home, "refusals", with_rows=with_rows, **which)
    if as_json:
        print_json(found)
    elif with_rows:
        columns = {"id": "id", "received_at": "received", "interface": "interface", "partner": "partner"}
        print_table(
            found, columns | {"outcome": "outcome", "field": "field", "raw": "record"}, "nothing is kept there."
        )
    else:
        columns = {"count": "count", "outcome": "outcome", "field": "field", "interface": "interface"}
        print_table(
            found, columns | {"partner": "partner", "first_at": "first", "last_at": "last"}, "nothing was refused."
        )


@click.command(short_help="Refusals through today's mapping.")
@click.argument("interface")
@click.option("--dry-run", is_flag=True, help="Only say how many would pass; nothing is stored.")
@click.option("--partner", help="Only of this partner.")
@json_option
@home_option
def replay(interface: str, dry_run: bool, partner: str | None, as_json: bool, home: Home) -> None:
    """Put the kept refusals of an INTERFACE through today's mapping; what passes is stored, once."""
    done = operate(home, "replay", interface=interface, dry_run=dry_run, partner=partner)
    if as_json:
        print_json(done)
        return
    verb = "would pass" if dry_run else "stored"
    out.print(f"{done['passed']} {verb}, {done['duplicates']} already there, {done['failing']} still fail")
    columns = {"count": "count", "outcome": "outcome", "field": "field", "message": "message"}
    if done["reasons"]:
        print_table(done["reasons"], columns, "")
