"""What is kept of a body that is refused as a whole has no token or secret in it."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from core.intake.hide import without_secrets
from core.intake.plan import Interface
from core.intake.post import Auth, Partner, Post
from tests.core.intake.homes import NOW, PREVIEW, World, good

BEARER = {"authorization": "Bearer good-token-1"}
BODIES = [
    ('{"token": "other-token-2", "bodys": [', '{"token": "***", "bodys": ['),
    ("{'token' : other-token-2", "{'token' : ***"),
    ('{"data": "{\\"token\\":\\"other-token-2\\"}', '{"data": "{\\"token\\":\\"***\\"}'),
    ("a=1&token=other-token-2&b=%zz", "a=1&token=***&b=%zz"),
    ("<r><token>other-token-2</token><r>", "<r><token>***</token><r>"),
    ('<r token="other-token-2"><r>', '<r token="***"><r>'),
    ('--x\r\nContent-Disposition: form-data; name="token"\r\n\r\nother-token-2\r\n--',
     '--x\r\nContent-Disposition: form-data; name="token"\r\n\r\n***\r\n--'),
    ('name="token"\r\nContent-Type: text/plain\r\n\r\nother-token-2\r\n--',
     'name="token"\r\nContent-Type: text/plain\r\n\r\n***\r\n--'),
    ('{"bodys": ["good-token-1"', '{"bodys": ["***"'),
]  # fmt: skip


@pytest.fixture(scope="module")
def interface(tmp_path_factory: pytest.TempPathFactory) -> Interface:
    """The preview interface."""
    return good(tmp_path_factory.mktemp("home"))


@pytest.mark.parametrize(("body", "kept"), BODIES, ids=range(len(BODIES)))
def test_a_token_in_a_body_that_cannot_be_read(interface: Interface, body: str, kept: str) -> None:
    post = World().send(interface, body.encode(), headers=BEARER)
    assert post.stopped.outcome == "body_malformed"
    assert [refusal.raw.decode() for refusal in post.refusals] == [kept]


def test_what_could_be_read_is_kept_as_it_is_but_for_the_token(interface: Interface) -> None:
    body = {"token": "other-token-2", "note": "token: kept"}
    post = World().send(interface, body, headers=BEARER)
    assert post.stopped.outcome == "records_missing"
    assert [json.loads(refusal.raw) for refusal in post.refusals] == [{"note": "token: kept"}]


@pytest.mark.parametrize("encoding", ["text", "base64"])
def test_a_token_in_a_text_inside_that_cannot_be_opened(tmp_path: Path, encoding: str) -> None:
    inside = f"inside: {{at: object, encoding: {encoding}, format: json}}\ntoken: object.token\n"
    interface = good(tmp_path, PREVIEW.replace("records: bodys", "records: object.list") + inside)

    def written(text: str) -> str:
        return base64.b64encode(text.encode()).decode() if encoding == "base64" else text

    post = World().send(interface, {"object": written('{"token": "other-token-2", ')}, headers=BEARER)
    assert [json.loads(refusal.raw) for refusal in post.refusals] == [{"object": written('{"token": "***", ')}]


def test_a_text_inside_that_is_not_base64(tmp_path: Path) -> None:
    inside = "inside: {at: object, encoding: base64, format: json}\ntoken: object.token\n"
    interface = good(tmp_path, PREVIEW.replace("records: bodys", "records: object.list") + inside)
    post = World().send(interface, {"object": "token=other-token-2"}, headers=BEARER)
    assert [json.loads(refusal.raw) for refusal in post.refusals] == [{"object": "token=***"}]


def test_a_partners_secret_goes_by_the_name_that_it_declares(interface: Interface) -> None:
    auth = Auth("key", names={"appid": "user", "secret": "login.password"})
    post = World(partner=Partner("test", auth=auth)).send(interface, b'{"login": {"password": "other-token-2"')
    assert [refusal.raw for refusal in post.refusals] == [b'{"login": {"password": "***"']


def test_a_body_without_end_is_searched_in_one_go(interface: Interface) -> None:
    body = b'{"a": [' + b'"token"' * 100_000 + b"token:" * 10_000 + b"token\r\na:" * 100_000
    post = Post(body, {}, "127.0.0.1", NOW, interface, partner=Partner("test"))
    assert len(without_secrets(post)) > 0
