"""A home whose interfaces pull, and what they are pulled with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.run.live import Platform
from tests.core.run import homes

SITE = {**homes.SITE, "plugins": {"pulling": {}}}
PARTNER = "title: 测试厂商\nstations: ['*']\n"
ROWS: Mapping[str, Any] = {
    "title": "测试拉取接口",
    "entity": "crossing",
    "reply": "plain",
    "path": None,
    "fields": {
        "code": {"from": "no", "required": True},
        "gate": {"required": True},
        "crossed_at": {"from": "at", "required": True},
        "weight_kg": {"from": "kg"},
    },
}


@pytest.fixture
def pulling(tmp_path: Path) -> Callable[..., Any]:
    """Makes an open home with an interface `rows` that pulls so; no server runs, so that nothing is pulled unasked."""

    @contextmanager
    def make(pull: Mapping[str, Any], secrets: Mapping[str, str] | None = None, **interface: Any) -> Iterator[Platform]:
        root = tmp_path / "home"
        said = {**ROWS, **interface, "pull": {"partner": "vendor", **pull}}
        files = {
            **homes.FILES,
            "interfaces/rows.yaml": yaml.safe_dump(said, allow_unicode=True),
            "config/partners/vendor.yaml": PARTNER,
            "config/secrets.yaml": yaml.safe_dump(dict(secrets or {"unused": "test"})),
        }
        home = homes.make(root, SITE, files)
        (root / "config" / "secrets.yaml").chmod(0o600)
        with homes.opened(home, strict=True) as platform:
            if not homes.operate(platform, "find", category="gate")["records"]:
                homes.load_gates(platform, "G1", "G2")
            yield platform

    return make


def pull(platform: Platform, **how: Any) -> dict[str, Any]:
    """What a pull now comes to."""
    return homes.operate(platform, "pull", interface="rows", **how)


def codes(platform: Platform) -> list[str]:
    """What was stored, in order."""
    return sorted(row["code"] for row in homes.found(platform))
