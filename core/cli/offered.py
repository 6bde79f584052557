"""Commands that plugins offer, made from what plugin.yaml says of their arguments; no plugin code is imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from core.cli.here import run_here
from core.cli.options import default_home, home_option, json_option, out, print_json
from core.cli.session import operate
from core.run import checking
from core.run.home import Home

TYPES = {"integer": click.INT, "number": click.FLOAT, "float": click.FLOAT, "string": click.STRING}


def commands(root: Path) -> dict[str, click.Command]:
    """The offered commands of a home; a dotted name makes a group."""
    made: dict[str, click.Command] = {}
    for name, said in checking.offered_commands(Home(root)).items():
        group, _, sub = name.rpartition(".")
        command = _command(name, sub, said)
        if not group:
            made[name] = command
            continue
        parent = made.setdefault(group, click.Group(group, help=f"{said['plugin']}: {said['plugin_help']}"))
        if isinstance(parent, click.Group):
            parent.add_command(command)
    return made


def _command(name: str, short: str, said: Mapping[str, Any]) -> click.Command:
    @json_option
    @home_option
    def run(home: Home, as_json: bool, **given: Any) -> None:
        arguments = {key: value for key, value in given.items() if value is not None}
        if said["at"] == "here":
            result = run_here(home, said["plugin"], name, arguments)
        else:
            result = operate(home, "command", name=name, arguments=arguments)
        if as_json:
            print_json(result)
        elif isinstance(result, Mapping) and "text" in result:
            out.print(result["text"], markup=False)
        elif result is not None:
            print_json(result)

    run.__name__ = short.replace("-", "_")
    for key, rules in reversed(list(said["arguments"].items())):
        meta = rules.get("meta", {})
        if meta.get("argument"):
            run = click.argument(key, required=bool(rules.get("required")), type=TYPES.get(rules["type"]))(run)
        elif rules["type"] == "boolean":
            run = click.option(_flag(key), key, is_flag=True, default=None, help=_help(rules))(run)
        else:
            run = click.option(_flag(key), key, type=TYPES.get(rules["type"]), help=_help(rules))(run)
    return click.command(name=short, help=f"{said['label']}. {said['help']}")(run)


def _flag(key: str) -> str:
    return f"--{key.replace('_', '-')}"


def _help(rules: Mapping[str, Any]) -> str:
    meta = rules.get("meta", {})
    default = f" [default: {rules['default']}]" if "default" in rules else ""
    return f"{meta.get('label', '')} {meta.get('help', '')}{default}".strip()


def home_named(arguments: Sequence[str]) -> Path:
    """The home that --home names, looked up before click has parsed anything."""
    for index, text in enumerate(arguments):
        if text == "--home" and index + 1 < len(arguments):
            return Path(arguments[index + 1]).resolve()
        if text.startswith("--home="):
            return Path(text.removeprefix("--home=")).resolve()
    return default_home().resolve()
