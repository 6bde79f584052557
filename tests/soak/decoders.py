"""What is fuzzed: every function that meets bytes of strangers, as a function of bytes that only may raise what its
room declares. The first byte of an input chooses the charset or the layout."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import msgspec

from core.declare import loader
from core.entity.field_type import Reading
from core.entity.system import SYSTEM_FIELDS
from core.entity.types.time import Time
from core.http import ways
from core.intake import template
from core.intake.decode import DECODERS, decode, open_inside
from core.intake.decode.gzip import inflate
from core.intake.decode.layout import Content, Csv, Inside, Layout, Soap
from core.intake.decode.soap import operation_of
from core.intake.file_name import FileName
from core.intake.hide import without_secrets
from core.intake.intake import Means, take
from core.intake.post import Auth, Partner, Post, Stop
from core.intake.reply import BODY_NAMES
from core.intake.signature import Signature
from core.intake.store import KeyMemory
from core.run.replied import reply_data
from core.run.snapshot import Snapshot
from core.run.trials import Every, headers_of
from tests.core.intake.homes import NOW, ZONE
from tests.partners.systems import SYSTEMS, snapshot_of
from tests.soak.heads import FRONTS, read_alike

LIMITS = {"body_mib": 1, "depth": 8, "records": 50, "explained": 3}
CALLED = Soap("http://test.invalid/", "Send", {"data": "string"}, "SendResult")
SOAPED = Layout("soap", soap=CALLED)
LAYOUTS: dict[str, tuple[Layout, ...]] = {
    "json": (Layout("json"), Layout("json", "gb18030")),
    "lines": (Layout("lines"), Layout("lines", "gbk")),
    "csv": (Layout("csv"), Layout("csv", "gbk", Csv("|", False, ("a", "b", "c"))), Layout("csv", csv=Csv(";", False))),
    "form": (Layout("form"), Layout("form", "gb18030")),
    "multipart": (Layout("multipart"), Layout("multipart", inside=Inside(("file",), "text", "json"))),
    "xml": (Layout("xml"), Layout("xml", "gbk")),
    "soap": (SOAPED, replace(SOAPED, charset="gb18030")),
    "inside": (
        Layout("json", inside=Inside(("object",), "base64", "json")),
        Layout("form", inside=Inside(("data",), "base64", "lines")),
        replace(SOAPED, inside=Inside(("data",), "text", "xml")),
        replace(SOAPED, inside=Inside(("data", "inner"), "base64", "csv")),
        Layout("xml", "gbk", inside=Inside(("ROOT", "DATA"), "text", "json")),
    ),
}
"""By target, the layouts that its inputs choose from; every decoder has a target of its name."""

assert LAYOUTS.keys() >= DECODERS.keys()
BOUNDARY = 'multipart/form-data; boundary="zc-part-of-a-form"'
ACTION = "http://test.invalid/Send"
PATTERNS = tuple(map(FileName.parsed, ("{station}/{date}/*.csv", "{a}_{b}.txt", "*{code}*", "{x}{x}-{y}")))
TIMES = ("epoch_s", "epoch_ms", "yyyyMMddHHmmss", "yyyy-MM-dd HH:mm:ss")
STYLES = (
    ("hmac-sha256", "values", "hex", "header"),
    ("md5", "pairs", "hex", "query"),
    ("sm3", "pairs", "base64", "body"),
)
ROLES = {"appid": "X-Appid", "timestamp": "X-Timestamp", "nonce": "X-Nonce", "sign": "X-Sign"}

Fuzzed = Callable[[bytes], object]
T = TypeVar("T")


def chosen(body: bytes, among: Sequence[T]) -> tuple[T, bytes]:
    """(one of `among`, by the first byte; the rest of the bytes)."""
    return among[(body[0] if body else 0) % len(among)], body[1:]


@dataclass(frozen=True)
class Stub:
    """As much of an interface as is looked at before its records are."""

    layout: Layout = Layout()
    path: str = "/api/test"
    token: tuple[str, ...] = ("object", "token")


def decoder(layouts: Sequence[Layout]) -> Fuzzed:
    """Decodes as one of the layouts, and what is inside."""

    def run(body: bytes) -> None:
        layout, body = chosen(body, layouts)
        content = Content(body, layout, LIMITS, BOUNDARY)
        with suppress(Stop):
            data = decode(content)
            open_inside(data, content)
            msgspec.json.encode(data)  # a refusal is kept so

    return run


def hidden(body: bytes) -> None:
    """A body that is kept: what could be read of it, and what could not."""
    layout, body = chosen(body, LAYOUTS["inside"])
    post = Post(body, {}, "127.0.0.1", NOW, Stub(layout), token="a-token")
    with suppress(Stop):
        content = Content(body, layout, LIMITS)
        post.data = decode(content)
        open_inside(post.data, content)
    assert b"a-token" not in without_secrets(post)


def called(body: bytes) -> None:
    """Which operation of SOAP a body calls."""
    charset, body = chosen(body, ("utf-8", "gb18030"))
    assert isinstance(operation_of(body, {}, charset), str)


def inflated(body: bytes) -> None:
    """A compressed body, not larger than the site's bound."""
    with suppress(Stop):
        assert len(inflate(body, "gzip", 1)) <= 1 << 20


def declared(body: bytes) -> None:
    """A declaration's YAML: a document or problems, which can be shown."""
    document, problems = loader.load("fuzzed.yaml", body)
    assert (document is None) is bool(problems)
    assert all(map(str, problems))


def filled(body: bytes) -> None:
    """A template as somebody might write it, filled with what a partner sent."""
    text = body.decode("utf-8", "ignore")
    render, faults = template.compiled([text, {text: text}], BODY_NAMES)
    if not faults:
        made = render(dict.fromkeys(BODY_NAMES, [text, None, 1.5, {"a": text}]))
        assert template.as_text(made)
        assert len(template.shown(made)) <= template.SHOWN_CHARACTERS


def named(body: bytes) -> None:
    """The path of a dropped file, and a pattern as somebody might write it."""
    pattern, body = chosen(body, PATTERNS)
    path = body.decode("utf-8", "surrogateescape")
    values = pattern.read(path)
    assert values is None or set(values) == set(pattern.names)
    with suppress(ValueError):
        FileName.parsed(path[:200]).read("S1/20261101/a.csv")


def signed(body: bytes) -> None:
    """Headers, query and body of a signed post: the first lines are headers, an empty one ends them."""
    (algorithm, style, encoding, place), body = chosen(body, STYLES)
    pattern, body = chosen(body, TIMES)
    head, _, content = body.partition(b"\n\n")
    lines = [line.partition(":") for line in head.decode("latin-1").splitlines()]
    signature = Signature(
        algorithm, ("appid", "timestamp", "nonce", "body.a.b", "path"), style, "&", "both", "key", encoding, place,
        ROLES, Time().reader(SYSTEM_FIELDS["received_at"], Reading(pattern=pattern, zone=ZONE)), 300,
    )  # fmt: skip
    post = Post(
        content,
        {name.lower(): value.strip() for name, _, value in lines},
        "127.0.0.1",
        NOW,
        Stub(),
        query=head.decode("latin-1").partition("\n")[0],
    )
    with suppress(Stop):
        post.data = decode(Content(content, Layout("json"), LIMITS))
    ways.basic(post)
    claims = signature.claims(post)
    if "sign" in claims:
        assert not signature.is_of_any(post, claims, ["a key that nobody has"])
        with suppress(Stop):
            ways.nonce_of(post, Partner("test", auth=Auth("signature", signature=signature)))


def headed(body: bytes) -> None:
    """What comes over a connection, as the fast lane reads it and as Tornado does."""
    front, body = chosen(body, FRONTS)
    read_alike(front + body)


def taker() -> Fuzzed:
    """Takes a post through the five steps of one of the partners' systems, compressed or not; nothing is stored."""
    with tempfile.TemporaryDirectory() as root:
        snapshot = snapshot_of(Path(root))

    def run(body: bytes) -> None:
        choice, body = (body[0] if body else 0), body[1:]
        interface = snapshot.interfaces[SYSTEMS[choice % len(SYSTEMS)]]
        headers = headers_of(body, interface.layout) | ({"content-encoding": "gzip"} if body[:1] == b"\x1f" else {})
        post = Post(body, headers, "127.0.0.1", NOW, interface, snapshot.number)
        asyncio.run(take(post, means(snapshot)))
        assert post.outcome != "server_error"
        reply_data(post)

    return run


def means(snapshot: Snapshot) -> Means:
    """The steps' means where every station exists and nothing is kept."""
    return Means(
        identify=lambda _: Partner("test"), keys=lambda _: Every(), checks=snapshot.checks,
        derivers=snapshot.derivers, writer=KeyMemory(), limits=LIMITS, clock=snapshot.site["clock"], fault=raised,
    )  # fmt: skip


def raised(what: str, error: BaseException) -> None:
    """A check or deriver that raises is a fault of the plugin, which is told here."""
    raise AssertionError(what) from error


TARGETS: dict[str, Callable[[], Fuzzed]] = {
    **{name: lambda layouts=layouts: decoder(layouts) for name, layouts in LAYOUTS.items()},
    "hidden": lambda: hidden,
    "operation": lambda: called,
    "gzip": lambda: inflated,
    "yaml": lambda: declared,
    "template": lambda: filled,
    "file_name": lambda: named,
    "signature": lambda: signed,
    "head": lambda: headed,
    "post": taker,
}
"""By name, what makes the function; made in the process that fuzzes it."""


def variants(name: str) -> Iterable[int]:
    """The first bytes that an input of the target may usefully have."""
    return range(len(SYSTEMS) if name == "post" else len(LAYOUTS[name]) if name in LAYOUTS else 4)
