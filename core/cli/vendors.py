"""Commands for the vendors' side: manual, conformance, sandbox."""

from __future__ import annotations

from pathlib import Path

import click

from core.cli.options import home_option, json_option, out, print_json, print_table
from core.cli.session import operate
from core.run.home import Home
from core.run.manual import as_html


@click.command()
@click.argument("interface")
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="Write it there; HTML where it ends so.")
@click.option("--partner", help="With this partner's own way to say who it is.")
@click.option("--url", help="The address that vendors reach the platform by; the server's own where not said.")
@home_option
def manual(interface: str, to: Path | None, partner: str | None, url: str | None, home: Home) -> None:
    """The manual of an INTERFACE for those who write a program against it, in Markdown."""
    made = operate(home, "manual", interface=interface, partner=partner, url=url)
    if to is None:
        click.echo(made["text"])
        return
    is_html = to.suffix in (".html", ".htm")
    to.write_text(as_html(made["text"], made["title"]) if is_html else made["text"], encoding="utf-8")
    out.print(f"written to {to}", style="green", markup=False)


@click.command()
@click.argument("partner")
@json_option
@home_option
def conformance(partner: str, as_json: bool, home: Home) -> None:
    """Which cases of the list a sandbox PARTNER has covered with its posts, and the score."""
    found = operate(home, "conformance", partner=partner)
    if as_json:
        print_json(found)
        return
    rows = [{**row, "mark": "✓" if row["covered"] else "·", "how": row["at"] or row["help"]} for row in found["cases"]]
    print_table(rows, {"mark": "", "case": "case", "title": "title", "how": "covered at, or what to do"}, "")
    out.print(f"{found['score']} of {found['of']}", style="bold")


@click.group()
def sandbox() -> None:
    """What sandbox partners have posted."""


@sandbox.command()
@home_option
def clear(home: Home) -> None:
    """Forget all of it: records, refusals and scores."""
    out.print(f"{operate(home, 'sandbox.clear')['file']} is empty", markup=False)
