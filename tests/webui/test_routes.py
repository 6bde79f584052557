"""Every address: closed without a session, to itself in a browser, proof against other sites."""

from __future__ import annotations

import re
from contextlib import closing
from http.client import HTTPConnection

import pytest

from tests.webui.browser import Browser
from tests.webui.conftest import Site
from webui import pages

OPEN = {"/login", "/api/ui/labels", "/static/any/paper.css", "/assets/none.js"}
GETS = (
    "/", "/p/home", "/login", "/assets/none.js", "/static/any/paper.css", "/help", "/help/guides/operators-guide",
    "/help/reference/index", "/print/categories/weighing", "/print/categories/weighing/records/1",
    "/api/ui/sessions", "/api/ui/me", "/api/ui/labels", "/api/ui/pages/home", "/api/v1/categories",
    "/api/v1/categories/weighing", "/api/v1/categories/weighing/facets?field=station",
    "/api/v1/categories/weighing/totals", "/api/v1/categories/weighing/records/1",
    "/api/v1/categories/weighing/manual", "/api/v1/exports/abcdefghijkl",
    "/api/v1/exports/abcdefghijkl/file", "/api/v1/entities/station/choices", "/api/v1/statistics/weighings",
    "/api/v1/ad-hoc", "/api/v1/ad-hoc/offered",
    "/api/v1/overview?q=DEMO", "/api/v1/life?plate=none", "/api/v1/log",
    "/api/ui/tasks/abcdefghijkl", "/api/ui/live", "/api/ui/notices", "/api/v1/files/reports.file",
)  # fmt: skip
POSTS = (
    "/api/ui/login", "/api/ui/logout", "/api/ui/password", "/api/ui/sessions/1/end", "/api/ui/operations/status",
    "/api/v1/categories/weighing/exports", "/api/v1/statistics/weighings/exports", "/api/v1/ad-hoc/weighing/exports",
    "/api/v1/entities/station",
    "/api/v1/entities/station/1/amend", "/api/v1/entities/station/1/void", "/api/v1/entities/weighing/1/reveal",
    "/api/ui/notices/read",
)  # fmt: skip
PAGES = ("/p/", "/help", "/print/")


def patterns() -> list[str]:
    """Every route of the web interface."""
    found = [*pages._pages({}), *pages._sessions({}), *pages._data({}), *pages._work({})]
    return [str(route[0]) for route in found]


def test_no_address_is_forgotten_here() -> None:
    asked = [path.partition("?")[0] for path in (*GETS, *POSTS)]
    for pattern in patterns():
        assert any(re.fullmatch(pattern, path) for path in asked), pattern


@pytest.mark.parametrize("path", sorted(set(GETS) - OPEN))
def test_without_a_session_there_is_nothing(site: Site, stranger: Browser, path: str) -> None:
    for session in (None, "guessed", "", '"\\346\\271\\230"', "x" * 3000):
        if session is not None:
            stranger.client.cookies.set("zc_session", session)
        answered = stranger.get(path)
        if path == "/api/ui/live":
            assert answered.status_code in (400, 403)
        elif path == "/" or path.startswith(PAGES) or path.endswith("/manual"):
            assert (answered.status_code, answered.headers["Location"][:12]) == (302, "/login?next=")
        else:
            assert (answered.status_code, set(answered.json())) == (401, {"error"})
        assert "湘" not in answered.text
        assert "DEMO" not in answered.text


@pytest.mark.parametrize("path", POSTS)
def test_a_post_of_another_site_is_refused(site: Site, whole: Browser, stranger: Browser, path: str) -> None:
    stranger.get("/login")
    victim = {"zc_session": whole.session or "", "_xsrf": whole.client.cookies["_xsrf"]}
    good = whole.client.cookies["_xsrf"]
    planted = {"zc_session": whole.session or "", "_xsrf": "planted"}
    for cookies, headers in (
        (victim, {}),
        (victim, {"X-XSRF-Token": "guessed"}),
        (planted, {"X-XSRF-Token": "planted"}),
        (victim, {"X-XSRF-Token": good, "Origin": "http://evil.test"}),
        (victim, {"X-XSRF-Token": good, "Origin": "null"}),
        (victim, {"X-XSRF-Token": good, "Sec-Fetch-Site": "cross-site"}),
        ({"_xsrf": "planted"}, {"X-XSRF-Token": "other"}),
        ({}, {"X-XSRF-Token": "x"}),
    ):
        sender = site.browser()
        for name, value in cookies.items():
            sender.client.cookies.set(name, value)
        answered = sender.client.post(path, json={}, headers=headers)
        assert answered.status_code == 403, (headers, answered.text)
    assert whole.get("/api/ui/me").status_code == 200


@pytest.mark.parametrize("path", POSTS)
def test_a_post_without_a_session_changes_nothing(site: Site, stranger: Browser, path: str) -> None:
    stranger.get("/login")
    answered = stranger.post(path, {})
    assert answered.status_code == (400 if path == "/api/ui/login" else 401)


@pytest.mark.parametrize("path", GETS)
def test_every_reply_keeps_to_itself(site: Site, whole: Browser, path: str) -> None:
    for answered in (whole.get(path), site.browser().get(path)):
        headers = answered.headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        policy = headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "base-uri 'none'" in policy
        assert "unsafe-eval" not in policy
        assert "script-src 'self' 'unsafe" not in policy
        assert headers["Referrer-Policy"] == "same-origin"
        if "/static/" not in path:
            assert headers["Cache-Control"] == "no-store"
        assert "Server" not in headers
        assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize(
    "path", ["/-/front.json", "/p/", "/p/Home", "/p/a/b", "/api/ui/none", "/api/v1/categories/a/b"]
)
def test_what_is_nowhere_declared_is_not_there(whole: Browser, path: str) -> None:
    assert whole.get(path).status_code == 404


def test_our_own_files_are_kept_for_good_under_their_version(site: Site, whole: Browser) -> None:
    page = whole.get("/help").text
    path = re.search(r'href="(/static/[0-9a-f]{12}/paper.css)"', page)[1]
    answered = whole.client.get(path, headers={"Accept-Encoding": "gzip"})
    assert answered.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answered.headers["Content-Encoding"] == "gzip"
    assert answered.headers["Content-Type"] == "text/css; charset=utf-8"
    assert answered.headers["Vary"] == "Accept-Encoding"
    plain = whole.client.get(path, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert plain.text == answered.text
    other = whole.get("/static/000000000000/paper.css")
    assert (other.text, other.headers["Cache-Control"]) == (plain.text, "no-cache")


@pytest.mark.parametrize(
    "path",
    [
        "/static/x/../handler.py", "/static/x/..%2fhandler.py", "/static/x/%2e%2e/handler.py", "/static/x//etc/passwd",
        "/static/x/..\\handler.py", "/static/x/paper.css%00", "/static/x/", "/static/..", "/static/../../setup.py",
        "/assets/../handler.py", "/assets/..%2f..%2fsetup.py", "/assets/manifest.json", "/assets/",
        "/assets//etc/passwd",
        "/help/guides/..%2fhelp", "/help/guides/../../../setup", "/help/reference/..%2findex", "/help/guides/%2e%2e",
        "/api/v1/exports/..%2f..%2fzc.sqlite/file", "/api/v1/exports/../../zc.sqlite",
        "/print/categories/..%2fweighing",
    ],
)  # fmt: skip
def test_no_path_leads_out_of_its_folder(whole: Browser, path: str) -> None:
    connection = HTTPConnection(whole.url.removeprefix("http://"), timeout=30)  # sends the path just as it is
    with closing(connection):
        connection.request("GET", path, headers={"Cookie": whole.cookies})
        answered = connection.getresponse()
        text = answered.read().decode()
    assert answered.status == 404
    assert "import" not in text
    assert "root:" not in text
