"""Commands on partners: add, rotate, revoke, list. A secret is printed once and kept only as a hash."""

from __future__ import annotations

from typing import Any

import click

from core.cli.options import err, home_option, json_option, out, print_json, print_table
from core.cli.session import operate
from core.run.home import Home

AUTH: dict[str, str | dict[str, str]] = {
    "token": "token",
    "key": "key",
    "basic": "basic",
    "hmac": {"type": "signature", "algorithm": "hmac-sha256"},
    "sm3": {"type": "signature", "algorithm": "hmac-sm3"},
    "md5": {"type": "signature", "algorithm": "md5"},
}
"""What --auth writes into the partner's file; certificate and address need more, and are written by hand."""


@click.group()
def partner() -> None:
    """Who may post: add, rotate, revoke, list."""


@partner.command()
@click.argument("name")
@click.option("--stations", default="", help="Station codes it may speak for, commas between; * for all.")
@click.option("--title", help="Name shown to staff; NAME where not said.")
@click.option("--interfaces", default="*", show_default=True, help="Interfaces it may use, commas between.")
@click.option("--auth", type=click.Choice([*AUTH]), default="token", show_default=True, help="How it says who it is.")
@click.option("--sandbox", is_flag=True, help="For trying out: what it posts goes to the sandbox and nowhere else.")
@json_option
@home_option
def add(
    name: str, stations: str, title: str | None, interfaces: str, auth: str, sandbox: bool, as_json: bool, home: Home
) -> None:
    """Write config/partners/NAME.yaml (where it is not there yet) and print its appid and secret, once."""
    made = operate(
        home,
        "partner.add",
        name=name,
        title=title or name,
        stations=_split(stations),
        interfaces=_split(interfaces),
        auth=AUTH[auth],
        sandbox=sandbox,
    )
    _print_secret(made, as_json)
    for warning in made["warnings"]:
        err.print(f"warning: {warning}", style="yellow")


@partner.command()
@click.argument("name")
@json_option
@home_option
def rotate(name: str, as_json: bool, home: Home) -> None:
    """A new secret; the old one works on for the overlap that site.yaml says."""
    _print_secret(operate(home, "partner.rotate", name=name), as_json)


@partner.command()
@click.argument("name")
@json_option
@home_option
def revoke(name: str, as_json: bool, home: Home) -> None:
    """End all secrets and tokens of NAME, at once."""
    done = operate(home, "partner.revoke", name=name)
    print_json(done) if as_json else out.print(
        f"{name}: {done['secrets']} secrets and all tokens revoked", markup=False
    )


@partner.command()
@json_option
@home_option
def rekey(as_json: bool, home: Home) -> None:
    """A new key file in data/key; every signing key is sealed anew with it. Keep a copy of the file elsewhere."""
    done = operate(home, "partner.rekey")
    text = f"{done['keys']} signing keys sealed anew; keep a copy of {done['file']} ({done['fingerprint']})"
    print_json(done) if as_json else out.print(text, markup=False)


@partner.command(name="list")
@json_option
@home_option
def list_(as_json: bool, home: Home) -> None:
    """All partners, their stations, secrets and last success."""
    rows: list[dict[str, Any]] = operate(home, "partner.list")
    if as_json:
        print_json(rows)
        return
    columns = {"partner": "partner", "title": "title", "active": "active", "auth": "auth", "stations": "stations"}
    print_table(
        rows, columns | {"secrets": "secrets"}, "no partner yet; make one with: zc partner add NAME --stations A,B"
    )


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _print_secret(made: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(made)
        return
    out.print(f"partner  {made['partner']}", markup=False)
    if "appid" not in made:
        out.print(f"It has no secret: it is told by its {made['auth']}.", style="dim")
        return
    out.print(f"appid    {made['appid']}", markup=False)
    out.print(f"secret   {made['secret']}", markup=False)
    if "key" in made:
        out.print(f"key      {made['key']}", markup=False)
    out.print("The secret is shown this once; give it to the partner over a safe way.", style="dim")
