"""Commands on people: user add, reset, unlock, list, end; see-as."""

from __future__ import annotations

from typing import Any

import click

from core.cli.options import home_option, json_option, out, print_json, print_table
from core.cli.session import operate
from core.run.home import Home


@click.group()
def user() -> None:
    """Who may log in: add, reset, unlock, list, end."""


@user.command()
@click.argument("login")
@click.option("--title", required=True, help="Name shown to others.")
@click.option("--role", "roles", multiple=True, required=True, help="A role; may be said several times.")
@click.option("--region", default="", help="Region code, for roles whose scope is region.")
@click.option("--station", default="", help="Station code, for roles whose scope is station.")
@json_option
@home_option
def add(login: str, title: str, roles: tuple[str, ...], region: str, station: str, as_json: bool, home: Home) -> None:
    """A user LOGIN with a random password, printed once and to be changed at the first login."""
    said = {"login": login, "title": title, "roles": list(roles), "region": region, "station": station}
    _print_password(operate(home, "user.add", **said), as_json)


@user.command()
@click.argument("login")
@json_option
@home_option
def reset(login: str, as_json: bool, home: Home) -> None:
    """A new random password of LOGIN, printed once; all sessions end. Also the way back in for the administrator."""
    _print_password(operate(home, "user.reset", login=login), as_json)


@user.command()
@click.argument("login")
@json_option
@home_option
def unlock(login: str, as_json: bool, home: Home) -> None:
    """Let LOGIN, locked after wrong attempts, try again; the password stays."""
    done = operate(home, "user.unlock", login=login)
    print_json(done) if as_json else out.print(f"{done['login']} may try again", markup=False)


@user.command(name="list")
@click.option("--sessions", is_flag=True, help="Who is logged in, with the number of each session.")
@json_option
@home_option
def list_(sessions: bool, as_json: bool, home: Home) -> None:
    """All users, or with --sessions who is logged in."""
    rows: list[dict[str, Any]] = operate(home, "user.sessions" if sessions else "user.list")
    if as_json:
        print_json(rows)
    elif sessions:
        columns = {"id": "session", "login": "login", "address": "address", "made_at": "since", "seen_at": "last seen"}
        print_table(rows, columns, "nobody is logged in.")
    else:
        columns = {name: name for name in ("login", "title", "roles", "region", "station", "active", "valid_to")}
        print_table(rows, columns | {"sessions": "sessions"}, "no user yet; the first is made by: zc run")


@user.command()
@click.argument("login", default="")
@click.option("--session", type=int, help="Only this one; zc user list --sessions has the numbers.")
@json_option
@home_option
def end(login: str, session: int | None, as_json: bool, home: Home) -> None:
    """End all sessions of LOGIN, or one by its number."""
    if bool(login) == (session is not None):
        raise click.UsageError("name a LOGIN, or a session with --session")
    done = operate(home, "user.end", login=login, session=session)
    print_json(done) if as_json else out.print(f"{done['ended']} sessions ended", markup=False)


@click.command(name="see-as", short_help="What a user sees, and why not the rest.")
@click.argument("login")
@click.argument("category", required=False)
@json_option
@home_option
def see_as(login: str, category: str | None, as_json: bool, home: Home) -> None:
    """What the user LOGIN sees of each category (or of CATEGORY), and why not the rest, in words."""
    found = operate(home, "see_as", login=login, category=category)
    if as_json:
        print_json(found)
        return
    for line in found["lines"]:
        out.print(line, markup=False)
    for one in found["categories"]:
        out.print(f"{one['category']} {one['title']}", style="bold", markup=False)
        for line in one["lines"]:
            out.print(f"  {line}", markup=False)


def _print_password(made: dict[str, str], as_json: bool) -> None:
    if as_json:
        print_json(made)
        return
    out.print(f"login     {made['login']}", markup=False)
    out.print(f"password  {made['password']}", markup=False)
    out.print("The password is shown this once and has to be changed at the first login.", style="dim")
