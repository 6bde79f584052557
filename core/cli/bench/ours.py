"""Ours as a server of the bench."""

from __future__ import annotations

import json
import shutil
import sys
import urllib.request
from pathlib import Path

from core.cli.bench.server import START_S, Server
from core.cli.homes import load_demo_rows, make_home
from core.cli.session import operate
from core.run.home import Home

INTERFACE = "bench"
PARTNER = {"title": "bench", "stations": ["*"], "interfaces": [INTERFACE], "rate_per_minute": 1_000_000}


class Ours(Server):
    """`zc run` on a home of its own: all five steps, verdict, ledger and statistics."""

    title = "zc"
    path = "/api/bench"
    before, after = '{"bodys":[', "]}"
    count = "SELECT count(*) FROM r_weighing"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.home = Home(folder / "home")
        made = Home(folder / "made")
        make_home(made, demo=True)
        interface = Path(__file__).with_name("interface.yaml")
        shutil.copy(interface, made.root / "interfaces" / f"{INTERFACE}.yaml")
        partner = made.root / "config" / "partners" / f"{INTERFACE}.yaml"
        partner.write_text(json.dumps(PARTNER), encoding="utf-8")
        load_demo_rows(made, quiet=True)
        self._secret: dict[str, str] = operate(made, "partner.add", name=INTERFACE, title=INTERFACE, stations=["*"])

    @property
    def database(self) -> Path:
        """Its SQLite file."""
        return self.home.data / "zc.sqlite"

    def renew(self) -> None:
        """The home as it was made."""
        shutil.rmtree(self.home.root, ignore_errors=True)
        shutil.copytree(self.folder / "made", self.home.root)

    def command(self) -> list[str]:
        """`zc run`."""
        return [sys.executable, "-m", "core.cli", "run", "--home", str(self.home.root), "--port", str(self.port)]

    def headers(self) -> dict[str, str]:
        """A token, bought as a partner buys it."""
        said = {name: self._secret[name] for name in ("appid", "secret")}
        asked = urllib.request.Request(  # noqa: S310 - our own server
            f"http://127.0.0.1:{self.port}/api/token", json.dumps(said).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(asked, timeout=START_S) as answer:  # noqa: S310 - our own server
            return {"Authorization": f"Bearer {json.load(answer)['token']}"}
