"""user and see-as, and the one password that a first start tells."""

import re
from pathlib import Path

import httpx
import pytest

from tests.core.cli.command import Zc, exit_code, serving


@pytest.fixture
def site(tmp_path: Path) -> Zc:
    """The zc command on a home as init makes it."""
    assert exit_code(["init", str(tmp_path / "site")]) == 0
    return Zc(tmp_path / "site")


def test_users_are_added_reset_listed_and_told_what_they_see(site: Zc) -> None:
    made = site.json("user", "add", "clerk", "--title", "测试职员", "--role", "county", "--region", "430481")
    assert made["login"] == "clerk"
    assert site.json("user", "reset", "clerk")["password"] != made["password"]
    assert re.search(r"clerk +测试职员 +county +430481", site("user", "list"))
    told = site("see-as", "clerk", "station")
    assert "共 16 条，能看到 2 条" in told
    assert "「所属区划」「耒阳市」" in told or "所属区划「耒阳市」" in told
    categories = {one["category"]: one for one in site.json("see-as", "clerk")["categories"]}
    assert categories["user"]["seen"] == "0"
    assert site("user", "list", "--sessions") == ""
    assert site("user", "unlock", "clerk") == "clerk may try again\n"
    site("user", "unlock", "nobody", code=1)
    site("user", "end", "clerk", code=1)
    site("user", "end", code=2)
    site("see-as", "nobody", code=1)
    site("user", "add", "clerk", "--title", "测试", "--role", "county", code=1)


def test_a_home_without_the_plugin_has_no_users(zc: Zc) -> None:
    zc("user", "list", code=1)
    assert "plugin accounts" in zc.said


def test_the_first_start_tells_the_password_once_and_no_log_has_it(site: Zc, tmp_path: Path) -> None:
    with serving(site.home) as server:
        assert httpx.get(f"{server.url}/-/health").status_code == 200
    found = re.search(r"first login, shown this once: admin +(\S{16})\n", server.announced)
    assert found
    assert found[1] not in (site.home / "server.log").read_text(encoding="utf-8")
    assert found[1] not in str(site.json("user", "list"))
    with serving(site.home) as server:
        assert "first login" not in server.announced
