"""What every command shares: the home, plain or JSON output, and how problems and errors are printed."""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from core.declare.problem import Problem, ZcError
from core.run.home import Home, shipped_root

VISIBLE = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if chr(code) != "\n"}
"""What a partner sent must not steer the terminal of whoever reads it."""
WIDE = 400  # columns where nobody looks at a terminal: a pipe gets whole rows
out = Console(highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else WIDE)
err = Console(stderr=True, highlight=False, markup=False, emoji=False, width=None if sys.stderr.isatty() else WIDE)


def default_home() -> Path:
    """The home that the current folder is or lies in, else the checkout; an installed package is nobody's home."""
    here, shipped = Path.cwd(), shipped_root()
    around = next((folder for folder in (here, *here.parents) if Home(folder).is_made), None)
    return around or (here if shipped.name == "shipped" else shipped)


def language_of_terminal() -> str:
    """ "zh" where the environment asks for Chinese, in the order in which POSIX looks, else "en"."""
    asked = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "zh" if asked.startswith("zh") else "en"


def home_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--home DIR`, given to the command as a Home."""

    @click.option("--home", "home_dir", type=click.Path(file_okay=False, path_type=Path), help="The home folder.")
    @functools.wraps(function)
    def command(*arguments: Any, home_dir: Path | None, **named: Any) -> Any:
        return function(*arguments, home=Home((home_dir or default_home()).resolve()), **named)

    return command


def json_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--json`, for scripts."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")(function)


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def print_table(rows: Iterable[dict[str, Any]], columns: dict[str, str], empty: str, none: str = "") -> None:
    """Rows as a table with the named columns ({key: heading}); `empty` says what to do where there are none, `none`
    stands where there is no value."""
    rows = list(rows)
    if not rows:
        err.print(empty)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for key, heading in columns.items():
        number = all(isinstance(row.get(key), int | float | None) for row in rows)
        table.add_column(heading, justify="right" if number else "left", no_wrap=number)
    for row in rows:
        table.add_row(*(none if row.get(key) is None else str(row[key]).translate(VISIBLE) for key in columns))
    out.print(table)


def print_problems(problems: Iterable[Problem | dict[str, Any]]) -> int:
    """Print problems in the language of `--lang`, sorted; returns how many of them are errors."""
    items = sorted(item if isinstance(item, Problem) else Problem.of(item) for item in problems)
    language = click.get_current_context().find_root().params["language"]
    for item in items:
        click.echo(item.told(language))
    return sum(item.level == "error" for item in items)


def print_activation(done: dict[str, Any]) -> NoReturn:
    """Print what came of an activation: problems, changes and the snapshot in force; end with 1 where it was refused.
    `done` is the answer of an operation that activates."""
    print_problems(done["problems"])
    for line in done["changes"]:
        out.print(line, markup=False)
    words = "in force" if done["activated"] else "stays in force"
    out.print(f"snapshot {done['number']} {words}", style="green" if done["activated"] else "red", markup=False)
    sys.exit(0 if done["activated"] else 1)


def fail(error: ZcError) -> NoReturn:
    """Print an error for a person and end with 1."""
    err.print(Text.assemble(("error: ", "bold red"), click.unstyle(error.reason)))
    if error.instruction:
        err.print(f"  → {error.instruction}", markup=False)
    sys.exit(1)
