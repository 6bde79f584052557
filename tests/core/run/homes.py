"""A small home that knows no trucks, plugins written for one test, and the platform opened on them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from core.intake.intake import take
from core.intake.post import Partner, Post
from core.run.home import Home
from core.run.live import Platform
from core.run.means import means_of
from core.store.database import now_ms

ZONE = ZoneInfo("Asia/Shanghai")
COUNTY = Partner("county", title="测试对接方")

GATE = """title: 闸口
key: [code]
show: title
fields:
  code: {type: text, max: 20, required: true, label: 编号}
  title: {type: text, max: 40, label: 名称}
"""
CROSSING = """title: 通行记录
key: [gate, code]
time: crossed_at
scope: gate
fields:
  code: {type: text, max: 40, required: true, label: 单号}
  gate: {type: ref, to: gate, required: true, label: 闸口}
  crossed_at: {type: time, required: true, label: 时间}
  weight_kg: {type: mass, min: 0, max: 100000, label: 重量}
"""
REPLY = """title: 测试应答
body: {result: "{result}", message: "{message}", code: "{errorcode}", accepted: "{accepted}",
  duplicates: "{duplicates}", rejected: "{rejected}"}
token: {token: "{token}", expires_in: "{expires_in}"}
"""
INTERFACE = """title: 测试接口
entity: crossing
path: /api/crossings
records: list
reply: plain
fields:
  code: {from: no, required: true}
  gate: {from: gate, required: true}
  crossed_at: {from: at, pattern: "yyyy-MM-dd HH:mm:ss", required: true}
  weight_kg: {from: kg}
"""
TRIAL = """cases:
  - title: 一条通行记录
    now: "2026-11-01 08:30:05"
    send: {list: [{no: T1, gate: G1, at: "2026-11-01 08:30:00", kg: 900}]}
    expect: {reply: {accepted: 1}, records: [{weight_kg: 900, provenance: live}]}
"""
SITE: Mapping[str, Any] = {"title": "测试站点", "tokens": {"reply": "plain"}, "plugins": {}}
FILES: Mapping[str, str] = {
    "config/entities/gate.yaml": GATE,
    "config/entities/crossing.yaml": CROSSING,
    "config/replies/plain.yaml": REPLY,
    "config/categories/crossing.yaml": "title: 通行记录\nentity: crossing\n",
    "config/categories/gate.yaml": "title: 闸口\nentity: gate\n",
    "interfaces/crossings.yaml": INTERFACE,
    "interfaces/crossings.trial.yaml": TRIAL,
}


def make(root: Path, site: Mapping[str, Any] = SITE, files: Mapping[str, str] = FILES) -> Home:
    """A home of these files."""
    for name, text in files.items():
        write(root, name, text)
    write_site(root, site)
    return Home(root)


def write(root: Path, name: str, text: str) -> Path:
    """Write one file of a home."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def write_site(root: Path, site: Mapping[str, Any]) -> None:
    """Write config/site.yaml."""
    write(root, "config/site.yaml", yaml.safe_dump(dict(site), allow_unicode=True))


def change_site(root: Path, **said: Any) -> None:
    """Change some of config/site.yaml."""
    site = yaml.safe_load((root / "config" / "site.yaml").read_text(encoding="utf-8"))
    write_site(root, {**site, **said})


def plugin(root: Path, name: str, python: str, offers: Mapping[str, Any] | None = None, **manifest: Any) -> Path:
    """Write a plugin into the home and name it in site.yaml; its folder."""
    folder = root / "plugins" / name
    said = {"title": f"测试插件 {name}", "offers": dict(offers or {}), **manifest}
    write(root, f"plugins/{name}/plugin.yaml", json.dumps(said, ensure_ascii=False))
    write(root, f"plugins/{name}/plugin.py", python)
    site = yaml.safe_load((root / "config" / "site.yaml").read_text(encoding="utf-8"))
    change_site(root, plugins={**site["plugins"], name: {}})
    return folder


@contextmanager
def opened(home: Home, **named: Any) -> Iterator[Platform]:
    """The platform on a home, closed afterwards."""
    with home.lock(), Platform.opened(home, **named) as platform:
        yield platform


def operate(platform: Platform, operation: str, /, **arguments: Any) -> Any:
    """Run an operation, its progress unheard."""
    return platform.operate(operation, lambda text: None, **arguments)


def load_gates(platform: Platform, *codes: str) -> None:
    """Register gates."""
    data = "code,title\n" + "".join(f"{code},测试闸口{code}\n" for code in codes)
    done = operate(
        platform, "load", entity="gate", name="gate.csv", data=data.encode().hex(), replace=False, who="test"
    )
    assert done["added"] == len(codes), done


def crossing(no: str = "N1", **other: Any) -> dict[str, Any]:
    """A record as the partner sends it, good unless said otherwise."""
    return {"no": no, "gate": "G1", "at": datetime.now(ZONE).strftime("%Y-%m-%d %H:%M:%S"), "kg": 900, **other}


def post(platform: Platform, *records: Mapping[str, Any], partner: Partner = COUNTY, **more: Any) -> Post:
    """Take records through the five steps as the server does, HTTP and tokens apart; `more` is of the Post."""
    return send(platform, {"list": records}, partner, **more)


def send(platform: Platform, body: Any, partner: Partner = COUNTY, **more: Any) -> Post:
    """Take a whole body through the five steps: bytes, or data to be sent as JSON."""
    snapshot = platform.snapshot
    taken = Post(
        body=body if isinstance(body, bytes) else json.dumps(body).encode(),
        headers={},
        address="127.0.0.1",
        received_at=now_ms(),
        interface=snapshot.interfaces["crossings"],
        snapshot=snapshot.number,
        **more,
    )
    asyncio.run(take(taken, means_of(platform, snapshot, lambda _: partner)))
    return taken


def found(platform: Platform, category: str = "crossing", **where: Any) -> list[dict[str, Any]]:
    """Records of a category."""
    records: list[dict[str, Any]] = operate(platform, "find", category=category, where=where)["records"]
    return records
