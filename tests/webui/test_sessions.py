"""Coming in and going out."""

from __future__ import annotations

from http.cookies import SimpleCookie

from tests.webui.browser import PASSWORD, Browser
from tests.webui.conftest import Site, add_person

CLOSED = ("/api/ui/me", "/api/v1/categories", "/api/v1/categories/weighing", "/api/ui/sessions")


def cookie(answered, name: str):
    """A cookie of an answer, with its attributes."""
    found = [
        SimpleCookie(text)[name] for text in answered.headers.get_list("Set-Cookie") if text.startswith(f"{name}=")
    ]
    return found[-1]


def test_a_login_gives_a_session_that_scripts_cannot_read(site: Site, stranger: Browser) -> None:
    answered = stranger.login("whole")
    assert answered.json() == {"ok": True, "must_change": False, "next": "/"}
    session = cookie(answered, "zc_session")
    assert (session["httponly"], session["samesite"], session["secure"], session["path"]) == (True, "Strict", "", "/")
    value = cookie(answered, "_xsrf")
    assert (value["httponly"], value["samesite"]) == ("", "Strict")
    assert stranger.get("/api/ui/me").json()["login"] == "whole"


def test_behind_tls_the_cookies_are_for_tls_alone(site: Site, stranger: Browser) -> None:
    stranger.get("/login")
    asked = {"login": "whole", "password": PASSWORD}
    answered = stranger.post("/api/ui/login", asked, headers={"X-Forwarded-Proto": "https"})
    assert cookie(answered, "zc_session")["secure"] is True
    assert cookie(answered, "_xsrf")["secure"] is True


def test_wrong_ones_stay_outside_and_are_not_told_apart(site: Site, stranger: Browser) -> None:
    answers = [stranger.login(*said) for said in (("whole", "wrong"), ("nobody_of_that_name", PASSWORD), ("", ""))]
    assert {answered.status_code for answered in answers} == {401}
    assert len({answered.text for answered in answers}) == 1
    assert stranger.session is None


def test_a_session_is_never_taken_over(site: Site, stranger: Browser) -> None:
    stranger.client.headers["Cookie"] = "zc_session=planted-by-somebody"
    assert "zc_session=;" in str(stranger.get("/login").headers.get_list("Set-Cookie")).replace('""', "")
    del stranger.client.headers["Cookie"]
    assert stranger.login("guest").status_code == 200
    assert stranger.session != "planted-by-somebody"
    other = site.browser("guest")
    before = other.session
    assert other.login("guest").status_code == 200
    assert other.session != before
    old = site.browser()
    old.client.cookies.set("zc_session", before or "")
    assert old.get("/api/ui/me").status_code == 401, "the session before has ended"
    fixed = site.browser()
    fixed.client.cookies.set("zc_session", "planted-by-somebody")
    assert fixed.get("/api/ui/me").status_code == 401


def test_a_logout_ends_the_session_at_the_server(site: Site) -> None:
    browser = site.browser("guest")
    token = browser.session
    assert browser.post("/api/ui/logout").status_code == 200
    assert browser.session is None
    again = site.browser()
    again.client.cookies.set("zc_session", token or "")
    assert [again.get(path).status_code for path in CLOSED] == [401] * len(CLOSED)


def test_who_has_to_change_the_password_can_do_nothing_else(site: Site) -> None:
    first = add_person(site.zc, "fresh", roles=["admin"])
    browser = site.browser()
    assert browser.login("fresh", first).json()["must_change"] is True
    for path in CLOSED[1:]:
        answered = browser.get(path)
        assert (answered.status_code, answered.json()["must_change"]) == (403, True)
    assert browser.get("/api/ui/me").json()["must_change"] is True
    refused = browser.post("/api/ui/password", {"old": first, "new": "short"})
    assert (refused.status_code, refused.json()["field"]) == (422, "new")
    assert browser.post("/api/ui/password", {"old": "wrong", "new": PASSWORD}).status_code == 401
    assert browser.post("/api/ui/password", {"old": first, "new": PASSWORD}).status_code == 200
    assert browser.get("/api/v1/categories").status_code == 200


def test_one_sees_and_ends_ones_own_sessions(site: Site) -> None:
    here, there = site.browser("guard"), site.browser("guard")
    listed = here.get("/api/ui/sessions").json()
    assert {one["login"] for one in listed} == {"guard"}
    assert [one["current"] for one in listed].count(True) == 1
    other = there.get("/api/ui/sessions").json()
    wanted = next(one["id"] for one in other if one["current"])
    stranger = site.browser("guest")
    assert stranger.post(f"/api/ui/sessions/{wanted}/end").status_code == 404
    assert here.post(f"/api/ui/sessions/{wanted}/end").status_code == 200
    assert there.get("/api/ui/me").status_code == 401


def test_guessing_is_slowed(site: Site, stranger: Browser) -> None:
    stranger.get("/login")
    answers = [stranger.post("/api/ui/login", {"login": f"guess{n}", "password": "x"}) for n in range(25)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) >= 1


def test_a_login_leads_nowhere_else(site: Site) -> None:
    browser = site.browser()
    assert browser.login("guest", next="//evil.test").json()["next"] == "/"
    for wanted in ("//evil.test", "https://evil.test/", "/\\evil.test", "javascript:alert(1)", "/p/a\r\nX-Evil: 1"):
        led = browser.get("/login", params={"next": wanted})
        assert (led.status_code, led.headers["Location"]) == (302, "/")
        assert "X-Evil" not in led.headers
    assert browser.login("guest", next="/p/home?a=b").json()["next"] == "/p/home?a=b"


def test_the_shell_leads_to_the_login_and_back(site: Site, stranger: Browser) -> None:
    away = stranger.get("/p/weighing?plate=%E6%B9%98&a=%22%3E")
    assert away.status_code == 302
    assert away.headers["Location"].startswith("/login?next=%2Fp%2Fweighing%3Fplate")
    assert stranger.get("/login").status_code in (200, 503)
    assert "_xsrf" in stranger.client.cookies


def test_what_is_sent_must_be_json_of_the_right_shape(site: Site, stranger: Browser) -> None:
    stranger.get("/login")
    headers = {"X-XSRF-Token": stranger.client.cookies["_xsrf"]}
    form = stranger.client.post("/api/ui/login", data={"login": "whole", "password": PASSWORD}, headers=headers)
    assert form.status_code == 415
    for body in ("{", "[]", '{"login": 1, "password": "x"}', '{"login": "a"}', '{"login":"a","password":"b","c":1}'):
        headers = {"X-XSRF-Token": stranger.client.cookies["_xsrf"], "Content-Type": "application/json"}
        answered = stranger.client.post("/api/ui/login", content=body, headers=headers)
        assert answered.status_code == 400
    assert stranger.refused_early("/api/ui/login", {"login": "a" * 70_000, "password": ""})
