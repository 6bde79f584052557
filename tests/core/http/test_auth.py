"""Who may post: tokens and keys, each refusal with its own code, guessing slowed and locked, networks, rates."""

from __future__ import annotations

import json

import httpx
import pytest

from core.run.home import Home
from tests.core.http.serving import Served, run
from tests.core.run import homes


def refused(reply: httpx.Response) -> tuple[int, str]:
    """(HTTP status, code) of a post that was refused as a whole."""
    said = reply.json()
    assert (said["result"], said["accepted"]) == ("1", 0)
    return reply.status_code, said["code"]


def test_a_token_in_the_body_or_in_the_header_is_taken(home: Home) -> None:
    async def scenario(served: Served) -> None:
        token = await served.token()
        in_body = await served.post(homes.crossing("A"), token=token)
        assert in_body.json()["accepted"] == 1
        for scheme in ("Bearer", "bearer"):
            headers = {"Authorization": f"{scheme} {token}"}
            in_header = await served.post(homes.crossing(scheme), headers=headers)
            assert in_header.json()["accepted"] == 1
        assert refused(await served.post(homes.crossing(), headers={"Authorization": f"Basic {token}"})) == (
            401,
            "1101",
        )

    run(home, scenario)


def test_each_refusal_of_a_token_has_its_own_code(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(served: Served) -> None:
        token = await served.token()
        assert refused(await served.post(homes.crossing())) == (401, "1101")
        assert refused(await served.post(homes.crossing(), token="guessed")) == (401, "1102")
        later_ms = homes.now_ms() + 7_200_000 + 1
        with monkeypatch.context() as patched:
            patched.setattr("core.http.identity.now_ms", lambda: later_ms)
            assert refused(await served.post(homes.crossing(), token=token)) == (401, "1103")
        await served.operate("partner.revoke", name="county")
        assert refused(await served.post(homes.crossing(), token=token)) == (401, "1104")

    run(home, scenario)


def test_each_refusal_of_a_secret_has_its_own_code(home: Home) -> None:
    async def scenario(served: Served) -> None:
        known = await served.secret()
        wrong = await served.client.post("/api/token", json={**known, "secret": "guessed"})
        assert (wrong.status_code, wrong.json()["code"]) == (401, "1105")
        unknown = await served.client.post("/api/token", json={"appid": "nobody", "secret": "guessed"})
        assert (unknown.status_code, unknown.json()) == (wrong.status_code, wrong.json()), "they tell nothing apart"
        nested = b'{"appid": "x", "secret": "y", "z": ' + b"[" * 20_000
        others = (b'{"appid": 7, "secret": "x"}', b'{"appid": "x"}', b'{"appid": "\xe8"}', b'{"appid": "x\xff', nested)
        for body in (b"", b"{", b"[]", *others):
            malformed = await served.client.post("/api/token", content=body)
            assert (malformed.status_code, malformed.json()["code"]) == (400, "1202")
        bought = await served.client.post("/api/token", json=known)
        assert bought.json()["expires_in"] == 7200
        assert (await served.client.get("/api/token")).status_code == 405

    run(home, scenario)


def test_a_partner_that_is_switched_off_or_taken_away_is_told_so(home: Home) -> None:
    async def scenario(served: Served) -> None:
        token = await served.token()
        file = home.root / "config" / "partners" / "county.yaml"
        text = file.read_text(encoding="utf-8")
        file.write_text(f"{text}active: false\n", encoding="utf-8")
        assert (await served.operate("reload", who="test"))["activated"]
        assert refused(await served.post(homes.crossing(), token=token)) == (401, "1104")
        file.unlink()
        assert (await served.operate("reload", who="test"))["activated"]
        assert refused(await served.post(homes.crossing(), token=token)) == (401, "1104")
        file.write_text(text, encoding="utf-8")
        assert (await served.operate("reload", who="test"))["activated"]
        assert (await served.post(homes.crossing(), token=token)).json()["accepted"] == 1

    run(home, scenario)


def test_a_token_holds_across_a_restart(home: Home) -> None:
    tokens: list[str] = []

    async def first(served: Served) -> None:
        tokens.append(await served.token())

    async def second(served: Served) -> None:
        assert (await served.post(homes.crossing(), token=tokens[0])).json()["accepted"] == 1

    run(home, first)
    run(home, second, gates=())


def test_rotation_overlaps_and_revocation_is_immediate(home: Home) -> None:
    homes.change_site(home.root, tokens={"reply": "plain", "overlap_s": 3600})

    async def scenario(served: Served) -> None:
        old = await served.secret()
        made = await served.operate("partner.rotate", name="county")
        new = {"appid": made["appid"], "secret": made["secret"]}
        assert new["appid"] == old["appid"]
        tokens = []
        for secret in (old, new):
            bought = await served.client.post("/api/token", json=secret)
            assert bought.status_code == 200
            tokens.append(bought.json()["token"])
        assert await served.operate("partner.revoke", name="county") == {"partner": "county", "secrets": 2}
        for secret, token in zip((old, new), tokens, strict=True):
            assert (await served.client.post("/api/token", json=secret)).json()["code"] == "1105"
            assert refused(await served.post(homes.crossing(), token=token)) == (401, "1104")

    run(home, scenario)


def test_without_overlap_the_old_secret_ends_at_once(home: Home) -> None:
    homes.change_site(home.root, tokens={"reply": "plain", "overlap_s": 0})

    async def scenario(served: Served) -> None:
        old = await served.secret()
        await served.operate("partner.rotate", name="county")
        assert (await served.client.post("/api/token", json=old)).json()["code"] == "1105"

    run(home, scenario)


def test_a_key_is_sent_with_each_post_and_ends_with_its_secret(home: Home) -> None:
    async def scenario(served: Served) -> None:
        made = await served.operate("partner.add", name="county", title="测试对接方", stations=["*"], auth="key")
        for number in range(2):
            assert (await served.post(homes.crossing(f"K{number}"), token=made["key"])).json()["accepted"] == 1
        assert refused(await served.post(homes.crossing(), token=f"{made['key']}x")) == (401, "1102")
        other = await served.secret("tokens_only")
        key = f"{other['appid']}.{other['secret']}"
        assert refused(await served.post(homes.crossing(), token=key)) == (401, "1102")
        await served.operate("partner.revoke", name="county")
        assert refused(await served.post(homes.crossing(), token=made["key"])) == (401, "1102")

    run(home, scenario)


def test_the_key_of_a_partner_that_is_gone_is_no_guess(home: Home) -> None:
    homes.change_site(home.root, tokens={"reply": "plain", "attempts": 1, "lock_s": 60})

    async def scenario(served: Served) -> None:
        made = await served.operate("partner.add", name="county", title="测试对接方", stations=["*"], auth="key")
        file = home.root / "config" / "partners" / "county.yaml"
        text = file.read_text(encoding="utf-8")
        file.unlink()
        await served.operate("reload", who="test")
        for _ in range(12):
            assert refused(await served.post(homes.crossing(), token=made["key"])) == (401, "1104")
        homes.write(home.root, "config/partners/county.yaml", text)
        await served.operate("reload", who="test")
        assert (await served.post(homes.crossing(), token=made["key"])).json()["accepted"] == 1

    run(home, scenario)


def test_guessing_is_slowed_and_locked_and_the_partner_keeps_working(home: Home) -> None:
    homes.change_site(home.root, tokens={"reply": "plain", "attempts": 2, "lock_s": 60})

    async def scenario(served: Served) -> None:
        known = await served.secret()
        token = (await served.client.post("/api/token", json=known)).json()["token"]
        guess = {**known, "secret": "guessed"}
        codes = [(await served.client.post("/api/token", json=guess)).json()["code"] for _ in range(2)]
        assert codes == ["1105", "1106"]
        locked = await served.client.post("/api/token", json=known)
        assert (locked.status_code, locked.json()["code"]) == (429, "1106")
        assert 0 < int(locked.headers["Retry-After"]) <= 61
        assert (await served.post(homes.crossing(), token=token)).json()["accepted"] == 1

    run(home, scenario)


def test_keys_are_not_guessed_at_from_a_locked_address(home: Home) -> None:
    homes.change_site(home.root, tokens={"reply": "plain", "attempts": 1, "lock_s": 60})

    async def scenario(served: Served) -> None:
        made = await served.operate("partner.add", name="county", title="测试对接方", stations=["*"], auth="key")
        assert (await served.post(homes.crossing(), token=made["key"])).json()["accepted"] == 1
        for _ in range(2):
            assert refused(await served.post(homes.crossing(), token="county-0.guessed")) == (429, "1106")
        assert (await served.post(homes.crossing("N2"), token=made["key"])).json()["accepted"] == 1

    run(home, scenario)


def test_networks_interfaces_and_rates_of_a_partner_hold(home: Home) -> None:
    networks = {"listen": {"trusted_proxies": ["127.0.0.1/32"]}}
    homes.change_site(home.root, **networks)

    async def scenario(served: Served) -> None:
        token = await served.token()
        partner = {"title": "测试对接方", "stations": ["*"], "networks": ["10.43.0.0/16"], "interfaces": []}
        homes.write(home.root, "config/partners/county.yaml", json.dumps(partner, ensure_ascii=False))
        assert (await served.operate("reload", who="test"))["activated"]
        assert refused(await served.post(homes.crossing(), token=token)) == (403, "1107")
        near = {"X-Forwarded-For": "192.0.2.1, 10.43.7.7"}
        assert refused(await served.post(homes.crossing(), token=token, headers=near)) == (403, "1108")
        partner |= {"interfaces": ["crossings"], "rate_per_minute": 2}
        homes.write(home.root, "config/partners/county.yaml", json.dumps(partner, ensure_ascii=False))
        assert (await served.operate("reload", who="test"))["activated"]
        for number in range(2):
            reply = await served.post(homes.crossing(f"R{number}"), token=token, headers=near)
            assert reply.json()["accepted"] == 1
        often = await served.post(homes.crossing(), token=token, headers=near)
        assert refused(often) == (429, "1109")
        assert 0 < int(often.headers["Retry-After"]) <= 30

    run(home, scenario)
