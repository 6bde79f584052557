"""`zc status`: what runs, what came in, what is wrong."""

from __future__ import annotations

from typing import Any

import click

from core.cli.options import home_option, json_option, out, print_json, print_problems, print_table
from core.cli.session import operate
from core.run.home import Home

TRAFFIC = {
    "id": "", "state": "state", "last_success": "last success", "last_outcome": "last failure", "errors": "errors",
    "slow_s": "95 % within s", "posts": "posts", "accepted": "accepted", "duplicates": "duplicates",
    "refused": "refused",
}  # fmt: skip
JOBS = {"job": "job", "next_run": "next", "last_run": "last", "went": "", "note": "note"}
PULLS = {
    "interface": "pull", "by": "by", "partner": "partner", "state": "state", "last_success": "last success",
    "next": "next", "error": "error",
}  # fmt: skip
FAULTS = {"plugin": "plugin", "what": "in", "count": "times", "last": "last"}


@click.command()
@json_option
@home_option
def status(as_json: bool, home: Home) -> None:
    """Interfaces and partners with their last success and error share, jobs, faults, problems."""
    found: dict[str, Any] = operate(home, "status")
    if as_json:
        print_json(found)
        return
    where = found["url"] or "no server runs"
    flags = f"{', demo' if found['demo'] else ''}{', LAST GOOD declarations' if found['last_good'] else ''}"
    out.print(f"{where}, snapshot {found['snapshot']}{flags}", markup=False)
    if found["store"]:
        out.print(f"store: {found['store']}", style="red", markup=False)
    for place in ("interfaces", "partners"):
        rows = [{**row, "errors": _percent(row["error_share"])} for row in found[place]]
        out.print()
        print_table(rows, {**TRAFFIC, "id": place}, f"no {place} yet")
    if found["pulls"]:
        out.print()
        print_table(found["pulls"], PULLS, "")
    if found["jobs"]:
        out.print()
        print_table([{**row, "went": _went(row)} for row in found["jobs"]], JOBS, "")
    if found["faults"]:
        out.print()
        print_table(found["faults"], FAULTS, "")
    print_problems(found["problems"])


def _percent(share: float | None) -> str | None:
    return None if share is None else f"{share:.0%}"


def _went(job: dict[str, Any]) -> str:
    if job["running"]:
        return "running"
    return {True: "good", False: "FAILED", None: ""}[job["ok"]]
