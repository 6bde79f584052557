"""`zc pull`: fetch from a partner once, now, or only look at what would come."""

from __future__ import annotations

from typing import Any

import click

from core.cli.options import home_option, json_option, out, print_json
from core.cli.session import operate
from core.run.home import Home

STEPS = ("read", "map", "derive", "store", "answer")


@click.command(short_help="Fetch what is new of an interface with pull.")
@click.argument("interface")
@click.option("--look", "only_look", is_flag=True, help="Show the five steps of the first body; nothing is stored.")
@click.option("--again", is_flag=True, help="Forget what was taken before; known records are duplicates.")
@json_option
@home_option
def pull(interface: str, only_look: bool, again: bool, as_json: bool, home: Home) -> None:
    """Fetch now what is new of an INTERFACE with pull, through the five steps; the clock goes on as before."""
    done: dict[str, Any] = operate(home, "pull", interface=interface, only_look=only_look, again=again)
    if as_json:
        print_json(done)
    elif not only_look:
        out.print("{stored} stored, {duplicates} already there, {refused} refused, in {bodies} fetched".format(**done))
    elif not done:
        out.print("nothing new", style="dim")
    else:
        out.print(done["name"], markup=False)
        for number, step in enumerate(STEPS, start=1):
            out.print(f"{number} {step}", style="bold")
            for line in done[step]:
                out.print(f"  {line}", markup=False)
