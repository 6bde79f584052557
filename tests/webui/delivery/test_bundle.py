"""Files for the browser: names that change with the content, compressed twins, what the manifest says."""

import gzip
import json
from pathlib import Path

from webui.delivery.bundle import made_for, put, write_manifest

WEBUI = Path(__file__).resolve().parents[3] / "webui"


def test_a_name_follows_the_content(tmp_path: Path) -> None:
    first, second = put(tmp_path, "vue.js", b"one"), put(tmp_path, "vue.js", b"two")
    assert first != second
    assert first == put(tmp_path, "vue.js", b"one")
    assert (tmp_path / first).read_bytes() == b"one"
    assert gzip.decompress((tmp_path / f"{first}.gz").read_bytes()) == b"one"


def test_the_manifest_says_what_it_was_made_for(tmp_path: Path) -> None:
    assert made_for(tmp_path) is None
    write_manifest(tmp_path, "abc", {"vue.js": "vue.1.js"})
    assert made_for(tmp_path) == "abc"
    (tmp_path / "manifest.json").write_text("{broken")
    assert made_for(tmp_path) is None


def test_the_lock_names_no_registry_and_a_hash_for_all() -> None:
    """So that it serves with any mirror, and nothing but what was pinned is taken."""
    packages = json.loads((WEBUI / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    fetched = {name: entry for name, entry in packages.items() if name}
    assert [name for name, entry in fetched.items() if "resolved" in entry] == []
    assert [name for name, entry in fetched.items() if "integrity" not in entry] == []


def test_every_version_is_pinned() -> None:
    package = json.loads((WEBUI / "package.json").read_text(encoding="utf-8"))
    versions = {**package["dependencies"], **package["devDependencies"]}
    assert [name for name, version in versions.items() if not version[0].isdigit()] == []
