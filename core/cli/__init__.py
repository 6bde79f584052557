"""The command line: `zc COMMAND`. Commands that plugins offer appear beside the built-in ones."""

from __future__ import annotations

import logging
import sys
from typing import Any

import click

from core.cli import (
    bench,
    declarations,
    histories,
    jobs,
    offered,
    partners,
    pulling,
    records,
    serving,
    statistics,
    status,
    users,
    vendors,
)
from core.cli.options import fail, language_of_terminal
from core.declare.phrase import LANGUAGES
from core.declare.problem import ZcError

BUILT_IN: dict[str, click.Command] = {
    command.name: command
    for command in (
        serving.init,
        serving.run,
        serving.demo,
        status.status,
        vendors.manual,
        vendors.conformance,
        vendors.sandbox,
        declarations.check,
        declarations.try_,
        declarations.trial,
        declarations.reload_,
        declarations.diff,
        declarations.show,
        histories.history,
        declarations.plugins,
        declarations.docs,
        partners.partner,
        users.user,
        users.see_as,
        records.find,
        statistics.count,
        records.load,
        records.refusals,
        records.replay,
        pulling.pull,
        jobs.job,
        bench.bench,
    )
    if command.name
}


class Commands(click.Group):
    """Built-in commands, then those that the plugins of the home offer (read from plugin.yaml, not from code)."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Look the home up before anything is parsed: it says which commands there are."""
        ctx.obj = offered.home_named(args)
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands, built-in ones first."""
        return [*BUILT_IN, *(name for name in offered.commands(ctx.obj) if name not in BUILT_IN)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        return BUILT_IN.get(cmd_name) or offered.commands(ctx.obj).get(cmd_name)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-v", "--verbose", is_flag=True, help="Log what happens inside.")
@click.option(
    "--lang", "language", type=click.Choice(LANGUAGES), default=language_of_terminal,
    help="Of problems; as LC_ALL, LC_MESSAGES or LANG where not said.",
)  # fmt: skip
@click.version_option(package_name="zc-overload-control", prog_name="zc")
def root(verbose: bool, language: str) -> None:  # noqa: ARG001 - print_problems asks the context for the language
    """zc - low-code platform for truck-overload control (治超)."""
    level = logging.INFO if verbose else logging.WARNING
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)


def main(arguments: list[str] | None = None) -> Any:
    """Run one command; exit codes: 0 good, 1 problems, 2 usage."""
    try:
        return root(arguments)
    except ZcError as error:
        fail(error)
    except OSError as error:
        if error.filename is None:
            raise
        fail(ZcError(f"{error.filename}: {error.strerror}", "See whose it is and whether the disk can be written."))
