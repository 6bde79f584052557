"""The vendors' addresses: made once for a snapshot, however many ask, and known again by their tags."""

from __future__ import annotations

import asyncio

import pytest

from core.http import contract
from core.http.contract import Kept, Made
from core.run.home import Home
from tests.core.http.serving import Served, run
from tests.core.run import homes

DOCUMENT, MANUAL = "/-/openapi.json", "/-/manual/crossings"


def test_a_document_is_made_once_for_all_that_wait_for_it_and_again_for_the_next_snapshot(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []

    def counted(snapshot: object) -> object:
        made.append(snapshot.number)
        return document(snapshot)

    document = contract.document
    monkeypatch.setattr(contract, "document", counted)

    async def scenario(served: Served) -> None:
        replies = await asyncio.gather(*(served.client.get(DOCUMENT) for _ in range(10)))
        assert len({reply.content for reply in replies}) == len(made) == 1
        homes.change_site(home.root, title="另一个测试站点")
        await served.operate("reload", who="test")
        assert (await served.client.get(DOCUMENT)).json()["info"]["title"] == "另一个测试站点"
        assert len(made) == 2

    run(home, scenario, gates=())


@pytest.mark.parametrize("path", [DOCUMENT, MANUAL])
def test_who_has_it_is_told_so(home: Home, path: str) -> None:
    async def scenario(served: Served) -> None:
        first = await served.client.get(path, headers={"Accept-Encoding": "identity"})
        tag = {"If-None-Match": first.headers["Etag"]}
        assert (await served.client.get(path, headers=tag)).status_code == 304
        assert (await served.client.get(path, headers={"If-None-Match": '"other"'})).status_code == 200
        homes.change_site(home.root, title="另一个测试站点")
        await served.operate("reload", who="test")
        assert (await served.client.get(path, headers=tag)).status_code == 200

    run(home, scenario, gates=())


def test_the_document_is_compressed_for_who_takes_it(home: Home) -> None:
    async def scenario(served: Served) -> None:
        plain = await served.client.get(DOCUMENT, headers={"Accept-Encoding": "identity"})
        packed = await served.client.get(DOCUMENT, headers={"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == "gzip"
        assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"])
        assert packed.json() == plain.json()

    run(home, scenario, gates=())


def test_a_manual_names_the_address_at_which_it_was_asked_for(home: Home) -> None:
    async def scenario(served: Served) -> None:
        asked = [await served.client.get(MANUAL, headers={"Host": host}) for host in ("a.test", "b.test:8600")]
        assert "http://a.test/api/crossings" in asked[0].text
        assert "http://b.test:8600/api/crossings" in asked[1].text
        assert asked[0].headers["Etag"] != asked[1].headers["Etag"]

    run(home, scenario, gates=())


def test_what_could_not_be_made_is_tried_again() -> None:
    class Numbered:
        number = 1

    async def scenario() -> None:
        kept = Kept()

        def fail() -> bytes:
            raise RuntimeError("test")

        for _ in range(2):
            with pytest.raises(RuntimeError):
                await kept.get(Numbered(), "document", fail)
        assert await kept.get(Numbered(), "document", lambda: b"made") == Made.of(b"made")
        assert await kept.get(Numbered(), "document", fail) == Made.of(b"made")

    asyncio.run(scenario())
