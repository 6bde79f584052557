"""All systems of this folder in one home: written, and built into a snapshot."""

from __future__ import annotations

from pathlib import Path

from core.declare.library import Cache
from core.run.build import build
from core.run.home import Home
from core.run.snapshot import Snapshot

HERE = Path(__file__).parent
SYSTEMS = sorted(path.parent.name for path in HERE.glob("*/interface.yaml"))
PLACES = {
    "interface": "interfaces/{}.yaml",
    "trial": "interfaces/{}.trial.yaml",
    "reply": "config/replies/{}.yaml",
    "time_call": "config/time_calls/{}.yaml",
}
SITE = "title: 测试站点\nplugins: {stations: {}, limits: {}, dynamic_weighing: {}}\n"


def declare(root: Path) -> None:
    """Write the declarations of every system into a home."""
    for system in SYSTEMS:
        for file in (HERE / system).glob("*.yaml"):
            place = root / PLACES[file.stem].format(system)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(file.read_text(encoding="utf-8"), encoding="utf-8")


def snapshot_of(root: Path) -> Snapshot:
    """The snapshot of a fresh home in `root` with every system; trials are not run."""
    (root / "config").mkdir()
    (root / "config" / "site.yaml").write_text(SITE, encoding="utf-8")
    declare(root)
    built = build(Home(root), Cache(), skip_trials=True)
    assert [str(problem) for problem in built.problems] == []
    assert built.snapshot is not None
    return built.snapshot
