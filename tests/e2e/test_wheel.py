"""The wheel in an empty environment, outside the checkout: a home, a server, a post, a find."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
SECRET = "config/secrets.yaml"
CARRIED = (
    "core/shipped/config/site.yaml", "core/shipped/interfaces/preview.yaml", "core/shipped/plugins/backup/plugin.py",
    "core/shipped/plugins/limits/kinds/limit.yaml", "core/shipped/plugins/stations/demo/station.csv",
    "core/declare/catalogue.yaml", "core/declare/kinds/site.yaml", "core/intake/outcomes.yaml",
    "core/entity/types/types.yaml", "core/store/migrations/0001_tables.py",
    "webui/templates/shell.html", "webui/static/paper.css", "webui/help/first-steps.md",
    "core/shipped/docs/operators-guide.md",
    "webui/static/main.js", "webui/static/blocks/table.js", "webui/assets/manifest.json",
    "webui/assets/licences/vue__LICENSE",
)  # fmt: skip


@dataclass
class Installed:
    """zc as it was installed: its program, the folder to work in, the archives it came from."""

    program: Path
    folder: Path
    wheel: Path
    sdist: Path

    def __call__(self, *arguments: str, code: int = 0) -> str:
        """Run a command outside the checkout; its standard output."""
        done = subprocess.run(
            [self.program, *arguments], cwd=self.folder, capture_output=True, text=True, env=plain_environment()
        )
        assert done.returncode == code, f"{arguments} → {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout


def plain_environment() -> dict[str, str]:
    """The environment without what could lead back into the checkout."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """sdist, wheel from the sdist, and the wheel in an environment of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.splitlines()  # fmt: skip
    for name in listed:
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
    if (ROOT / "webui/assets").is_dir():  # what make setup fetched; without it the build fetches
        shutil.copytree(ROOT / "webui/assets", source / "webui/assets")
    (source / SECRET).write_text('database: "口令"\n')
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder / "dist", source)
    (wheel,) = (folder / "dist").glob("*.whl")
    (sdist,) = (folder / "dist").glob("*.tar.gz")
    run(sys.executable, "-m", "venv", folder / "env")
    run(folder / "env" / "bin" / "python", "-m", "pip", "install", "--quiet", wheel)
    return Installed(folder / "env" / "bin" / "zc", folder, wheel, sdist)


def run(*command: object) -> None:
    """Run a program of the packaging; what it said, where it fails."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, env=plain_environment())
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"


@pytest.fixture
def url(installed: Installed) -> Iterator[str]:
    """The address of `zc run` on a home that the installed `zc init` made."""
    home = installed.folder / "home"
    installed("init", str(home))
    process = subprocess.Popen(
        [installed.program, "run", "--home", home, "--port", "0"], cwd=installed.folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**plain_environment(), "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    with process:
        yield next(
            found.group(1)
            for line in process.stdout
            if (found := re.search(r"health: (https?://[^/]+)/-/health", line))
        )
        process.send_signal(signal.SIGTERM)
    assert process.returncode == 0


def test_the_archives_carry_everything_but_secrets(installed: Installed) -> None:
    with zipfile.ZipFile(installed.wheel) as wheel:
        names = wheel.namelist()
    assert [name for name in CARRIED if name not in names] == []
    assert [name for name in names if "secrets.yaml" in name or name.startswith("tests/")] == []
    with tarfile.open(installed.sdist) as sdist:
        assert [name for name in sdist.getnames() if name.endswith("secrets.yaml")] == []


def test_an_installed_zc_serves_a_home_outside_the_checkout(installed: Installed, url: str) -> None:
    home = str(installed.folder / "home")
    plugins = json.loads(installed("plugins", "--home", home, "--json"))
    assert {row["plugin"] for row in plugins} >= {"stations", "limits", "dynamic_weighing", "simulator", "backup"}
    made = json.loads(installed("partner", "add", "county", "--stations", "*", "--home", home, "--json"))
    said = {"appid": made["appid"], "secret": made["secret"]}
    token = httpx.post(f"{url}/api/token", json=said).json()["token"]
    now = datetime.now(ZoneInfo("Asia/Shanghai"))
    record = {
        "previewdate": now.strftime("%Y-%m-%d %H:%M:%S"), "previewcode": "W1", "axisnum": 6, "totalweight": 52400,
        "previewstationcode": "DEMO-430481-01",
    }  # fmt: skip
    reply = httpx.post(f"{url}/api/preview", json={"token": token, "bodys": [record]}).json()
    assert (reply["resultcode"], reply["accepted"]) == ("0", 1)
    found = json.loads(installed("find", "weighing", "--home", home, "--json"))
    assert [(one["code"], one["limit_kg"], one["overload_kg"]) for one in found] == [("W1", 49000, 3400)]
    page = httpx.get(f"{url}/static/any/paper.css")
    assert (page.status_code, "text/css" in page.headers["Content-Type"]) == (200, True)
    installed("backup", "create", "--home", home)
    assert "is good" in installed("backup", "verify", "--home", home)


def test_an_installed_zc_is_nobodys_home(installed: Installed) -> None:
    installed("check", code=1)
    assert not (installed.folder / "data").exists()
    assert "init" in installed("--help")
