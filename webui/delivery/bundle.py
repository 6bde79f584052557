"""The browser files: copied out of node_modules, named by content, compressed beforehand, listed in manifest.json."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
from pathlib import Path

FILES = {
    "vue.js": "vue/dist/vue.runtime.global.prod.js",
    "element-plus.js": "element-plus/dist/index.full.min.js",
    "element-plus.css": "element-plus/dist/index.css",
    "element-plus-dark.css": "element-plus/theme-chalk/dark/css-vars.css",
    "zh-cn.js": "element-plus/dist/locale/zh-cn.min.js",
    "icons.js": "@element-plus/icons-vue/dist/index.iife.min.js",
    "echarts.js": "echarts/dist/echarts.min.js",
    "leaflet.js": "leaflet/dist/leaflet.js",
    "leaflet.css": "leaflet/dist/leaflet.css",
    "hls.js": "hls.js/dist/hls.light.min.js",
    "codemirror.js": "codemirror/lib/codemirror.js",
    "codemirror.css": "codemirror/lib/codemirror.css",
    "codemirror-yaml.js": "codemirror/mode/yaml/yaml.js",
    "codemirror-hint.js": "codemirror/addon/hint/show-hint.js",
    "codemirror-hint.css": "codemirror/addon/hint/show-hint.css",
    "codemirror-lint.js": "codemirror/addon/lint/lint.js",
    "codemirror-lint.css": "codemirror/addon/lint/lint.css",
    "codemirror-active-line.js": "codemirror/addon/selection/active-line.js",
    "codemirror-brackets.js": "codemirror/addon/edit/closebrackets.js",
}
"""Our name → the file in node_modules. All are classic scripts that set one global, so that nothing is bundled."""


COMPRESSED = (".js", ".css", ".json", ".svg")


def put(folder: Path, name: str, content: bytes) -> str:
    """Write one file under a name that changes with its content, and its .gz beside it; the name."""
    stem, _, suffix = name.rpartition(".")
    hashed = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{suffix}"
    (folder / hashed).write_bytes(content)
    if f".{suffix}" in COMPRESSED:
        (folder / f"{hashed}.gz").write_bytes(gzip.compress(content, 9, mtime=0))
    return hashed


def copy(modules: Path, folder: Path) -> dict[str, str]:
    """All FILES and their licences into `folder`; {our name: name with hash}."""
    names = {name: put(folder, name, (modules / path).read_bytes()) for name, path in FILES.items()}
    _licences(modules, folder / "licences")
    return names


def _licences(modules: Path, folder: Path) -> None:
    """The licence text of every installed package: the bundles hold code of packages that are not named above."""
    folder.mkdir()
    for package in sorted([*modules.glob("[!.@]*"), *modules.glob("@*/*")]):
        name = package.relative_to(modules).as_posix().replace("/", "__")
        for text in sorted(package.iterdir()):
            if text.is_file() and text.name.upper().startswith(("LICENSE", "LICENCE", "NOTICE")):
                shutil.copyfile(text, folder / f"{name}__{text.name}")


def write_manifest(folder: Path, digest: str, names: dict[str, str]) -> None:
    """manifest.json: what the folder was made for, and which file has which name."""
    text = json.dumps({"digest": digest, "files": names}, indent=1, sort_keys=True)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")


def made_for(folder: Path) -> str | None:
    """The digest that the folder's manifest states; None where there is none, or one that cannot be read."""
    try:
        return str(json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["digest"])
    except (OSError, ValueError, KeyError):
        return None
