"""Commands that make a home and serve it: init, run, demo."""

from __future__ import annotations

import asyncio
import logging
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import click
from rich.panel import Panel

import webui
from core.cli.homes import load_demo_rows, make_home
from core.cli.options import err, home_option, out, print_problems
from core.http.ingest import Intake
from core.http.server import serve
from core.run import garbage, users
from core.run.home import Home
from core.run.live import BadDeclarations, Platform

DEMO_RATE = 4


@click.command(short_help="Make a home in FOLDER.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--demo", is_flag=True, help="Declare demo: true, so that simulated rows count.")
@click.option("--no-rows", is_flag=True, help="Leave out the demo regions, stations, lanes and devices.")
def init(folder: Path, demo: bool, no_rows: bool) -> None:
    """Make a home in FOLDER: config/, interfaces/, and the plugins' demo rows (marked as such)."""
    home = Home(folder.resolve())
    make_home(home, demo)
    if not no_rows:
        load_demo_rows(home)
    out.print(f"home made in {folder}", style="green", markup=False)
    out.print(f"next: zc run --home {folder}", style="dim", markup=False)


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Instead of the one in site.yaml; 0 for any free one.")
@click.option("--strict", is_flag=True, help="Refuse to start on bad declarations, instead of running the last good.")
@home_option
def run(port: int | None, strict: bool, home: Home) -> None:
    """Serve the home until interrupted."""
    logging.getLogger("zc").setLevel(logging.INFO)
    serve_home(home, port, strict, lambda url: None)


def serve_home(home: Home, port: int | None, strict: bool, ready: Callable[[str], None]) -> None:
    """Open, serve, close; `ready` hears the address once everything listens."""
    home.require()
    garbage.look_seldom()
    garbage.give_back()
    try:
        with home.lock(), Platform.opened(home, strict=strict) as platform:
            if platform.problems:
                print_problems(platform.problems)
            if platform.snapshot.last_good:
                err.print("The files on disk have problems; the last good declarations are in force.", style="bold red")
            made = users.first(platform)
            pages = webui.Pages()

            def tell(url: str, _intake: Intake) -> None:
                _announce(platform, url, made)
                ready(url)

            with closing(pages):
                asyncio.run(serve(platform, port, pages.routes, tell))
    except BadDeclarations as error:
        print_problems(error.problems)
        raise


def _announce(platform: Platform, url: str, made: dict[str, str] | None) -> None:
    """Where the server is; at a first start also the one password there is, which is told nowhere else."""
    snapshot = platform.snapshot
    interfaces = sum(map(len, snapshot.paths.values()))
    lines = [
        f"{snapshot.site['title']}{'  [演示站点 demo]' if snapshot.site['demo'] else ''}",
        f"snapshot {snapshot.number} · {interfaces} interfaces · {len(snapshot.partners)} partners",
        f"open it: {url}/",
    ]
    if made is not None:
        lines.append(f"first login, shown this once: {made['login']}  {made['password']}")
    lines.append(f"health: {url}/-/health")
    if sys.stdout.isatty():
        out.print(Panel.fit("\n".join(lines), border_style="blue"), markup=False)
    else:
        click.echo("\n".join(lines))


@click.command(short_help="A demo site with simulated stations.")
@click.option("--port", type=click.IntRange(0, 65535), default=8600, show_default=True)
@click.option(
    "--rate",
    type=click.FloatRange(0.1, 1000),
    default=DEMO_RATE,
    show_default=True,
    help="Trucks a second, the mean of a week.",
)
@click.option("--seed", type=int, default=1, show_default=True)
@home_option
def demo(port: int, rate: float, seed: int, home: Home) -> None:
    """A site of its own under data/demo, with simulated stations posting over real HTTP."""
    demo_home = Home(home.root / "data" / "demo")
    if not (demo_home.root / "config" / "site.yaml").is_file():
        out.print("making the demo home …", style="dim")
        make_home(demo_home, demo=True)
        load_demo_rows(demo_home)
    children: list[subprocess.Popen[bytes]] = []

    def start_simulator(url: str) -> None:
        command = [sys.executable, "-m", "core.cli", "simulate", "--home", str(demo_home.root)]
        command += ["--url", url, "--rate", str(rate), "--seed", str(seed)]
        children.append(subprocess.Popen(command))  # noqa: S603 - our own program, arguments checked by click

    try:
        serve_home(demo_home, port, strict=False, ready=start_simulator)
    finally:
        for child in children:
            child.send_signal(signal.SIGINT)
            child.wait()
