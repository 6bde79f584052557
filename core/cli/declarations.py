"""Commands on declarations: check, try, trial, reload, diff, show, plugins, docs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from core.cli.options import (
    err,
    home_option,
    json_option,
    out,
    print_activation,
    print_json,
    print_problems,
    print_table,
)
from core.cli.session import operate
from core.cli.statistics import check_statistics
from core.declare import reference
from core.declare.library import Cache
from core.http import admin
from core.run import checking, trying
from core.run.build import read
from core.run.home import Home


@click.command(short_help="Find every problem in the declarations.")
@click.option("--statistics", "of_statistics", is_flag=True, help="Count every statistic from the records and compare.")
@json_option
@home_option
def check(of_statistics: bool, as_json: bool, home: Home) -> None:
    """Find every problem in the declarations, and say what activating them would do to the store."""
    home.require()
    if of_statistics:
        sys.exit(check_statistics(home, as_json))
    if admin.answering(home.socket):
        found: dict[str, Any] = operate(home, "check")
    else:
        found = checking.check(home)
    if as_json:
        print_json(found)
    errors = sum(item["level"] == "error" for item in found["problems"])
    if not as_json:
        print_problems(found["problems"])
        for step in found["steps"]:
            out.print(f"store: {step}", style="cyan", markup=False)
        warnings = len(found["problems"]) - errors
        if errors:
            out.print(f"{errors} errors, {warnings} warnings in {found['files']} files", style="red")
        else:
            out.print(
                f"{found['files']} files good, {warnings} warnings, {found['trials']} trials green", style="green"
            )
    sys.exit(1 if errors else 0)


@click.command(name="try", short_help="The five steps of a post and its exact reply.")
@click.argument("interface")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--station", "stations", multiple=True, help="A station taken as known; those of the body otherwise.")
@json_option
@home_option
def try_(interface: str, file: Path, stations: tuple[str, ...], as_json: bool, home: Home) -> None:
    """Show the five steps of a post in FILE to INTERFACE, as the files on disk have it, and the exact reply. Nothing is
    stored, and no server is needed."""
    steps = trying.try_(home, interface, file.read_bytes(), stations)
    if as_json:
        print_json(steps)
        return
    for number, step in enumerate(("read", "map", "derive", "store", "answer"), start=1):
        out.print(f"{number} {step}", style="bold")
        for line in steps[step]:
            out.print(f"  {line}", markup=False)


@click.command(short_help="Run the trials of interfaces.")
@click.argument("interface", required=False)
@json_option
@home_option
def trial(interface: str | None, as_json: bool, home: Home) -> None:
    """Run the trials of INTERFACE, or all of them, against the declarations on disk."""
    found = checking.run_trials(home, interface)
    if as_json:
        print_json(found)
    else:
        print_problems(found["problems"])
        for case in found["cases"]:
            mark = ("green", "green") if case["green"] else ("red  ", "red")
            out.print(Text.assemble(mark, f" {case['interface']}: {click.unstyle(case['title'])}"))
        if not found["cases"] and not found["problems"]:
            err.print("no trial yet; write interfaces/<id>.trial.yaml beside the interface.")
    sys.exit(1 if found["problems"] or not all(case["green"] for case in found["cases"]) else 0)


@click.command(name="reload", short_help="Activate the declarations on disk.")
@click.option("--skip-trials", is_flag=True, help="Activate though trials are red; it is written down who did.")
@click.option("--who", default="operator", show_default=True, help="Name kept with the activation.")
@click.option("--note", default="", help="Why, kept with the activation.")
@json_option
@home_option
def reload_(skip_trials: bool, who: str, note: str, as_json: bool, home: Home) -> None:
    """Activate the declarations on disk in the running server; on any error the old ones stay in force."""
    done = operate(home, "reload", skip_trials=skip_trials, who=who, note=note)
    if as_json:
        print_json(done)
        sys.exit(0 if done["activated"] else 1)
    print_activation(done)


@click.command(short_help="What differs from what is in force, in words.")
@json_option
@home_option
def diff(as_json: bool, home: Home) -> None:
    """What differs, in words, between the declarations on disk and those in force (or last good)."""
    home.require()
    lines: list[str] = operate(home, "diff") if admin.answering(home.socket) else checking.diff(home)
    if as_json:
        print_json(lines)
        return
    for line in lines:
        out.print(line, markup=False)
    if not lines:
        out.print("nothing differs from what is in force", style="dim")


@click.command(short_help="A declaration as it is in force.")
@click.argument("declaration")
@home_option
def show(declaration: str, home: Home) -> None:
    """Print KIND/ID as it is in force after like: and replacement, with where each part came from."""
    home.require()
    click.echo(checking.show(home, declaration), nl=False)


@click.command(short_help="The plugins and what they offer.")
@json_option
@home_option
def plugins(as_json: bool, home: Home) -> None:
    """The plugins of this site and what they offer."""
    home.require()
    rows = checking.plugins(home)
    columns = {"plugin": "plugin", "title": "title", "version": "version", "owner": "from", "offers": "offers"}
    print_json(rows) if as_json else print_table(
        rows, columns, "no plugin; name some under plugins in config/site.yaml"
    )


@click.command(short_help="Write the reference pages.")
@click.option("--check", "only_check", is_flag=True, help="Only say whether the pages in FOLDER are current.")
@click.option(
    "--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="Where; docs/reference where not said."
)
@home_option
def docs(only_check: bool, folder: Path | None, home: Home) -> None:
    """Write the reference pages and JSON Schemas, made from the kinds, offers and codes."""
    home.require()
    folder = folder or home.root / "docs" / "reference"
    pages = reference.pages(read(home, Cache()))
    stale = [name for name, text in pages.items() if _text_of(folder / name) != text]
    left_over = [file for file in sorted(folder.rglob("*")) if file.is_file() and _name(file, folder) not in pages]
    if only_check:
        for name in stale:
            out.print(f"{folder / name} is not current", markup=False)
        for file in left_over:
            out.print(f"{file} is of nothing any more", markup=False)
        sys.exit(1 if stale or left_over else 0)
    for name in stale:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(pages[name], encoding="utf-8")
    for file in left_over:
        file.unlink()
    out.print(f"{len(pages)} pages in {folder}, {len(stale)} written, {len(left_over)} removed", markup=False)


def _name(file: Path, folder: Path) -> str:
    return file.relative_to(folder).as_posix()


def _text_of(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.is_file() else None
