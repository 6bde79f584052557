"""/-/openapi.json: every active interface as OpenAPI 3.1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from core.intake.encode import TYPES
from core.intake.plan import Interface
from core.intake.reply import Reply
from core.run.contract import Said, fields_of, sample
from core.run.snapshot import Snapshot

READ: Mapping[str, list[str]] = {
    "integer": ["integer", "number", "string"],
    "real": ["number", "string"],
    "boolean": ["boolean", "integer", "string"],
    "text": ["string", "integer"],
}
"""JSON types that the readers of a column take."""

SCHEMES: Mapping[str, Any] = {
    "token": {"type": "http", "scheme": "bearer", "description": "POST /api/token 换取，或对接方的 appid.密钥"},
    "basic": {"type": "http", "scheme": "basic", "description": "appid 与密钥"},
    "signature": {"type": "apiKey", "in": "header", "name": "X-Sign", "description": "签名，见接口手册"},
    "certificate": {"type": "mutualTLS", "description": "登记的客户端证书"},
}
MEDIA: Mapping[str, str] = {"json": "application/json", "xml": "text/xml", "text": "text/plain"}
"""Content types of replies, by the reply's format."""

ASKED: Mapping[str, Any] = {
    "type": "object",
    "required": ["appid", "secret"],
    "properties": {"appid": {"type": "string"}, "secret": {"type": "string"}},
}
TOKEN_OUTCOMES = (
    "stored", "body_malformed", "secret_wrong", "token_revoked", "address_denied", "locked", "too_often", "busy",
)  # fmt: skip
"""What can become of asking for a token."""


def document(snapshot: Snapshot) -> dict[str, Any]:
    """The document as plain data. Not for a running loop: samples go through the five steps."""
    paths: dict[str, Any] = {"/api/token": {"post": _token(snapshot.token_reply)}}
    for interface in snapshot.interfaces.values():
        if interface.active:
            paths.setdefault(interface.path, {"post": _operation(snapshot, interface)})
    return {
        "openapi": "3.1.0",
        "info": {"title": snapshot.site["title"], "version": str(snapshot.number)},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"securitySchemes": dict(SCHEMES)},
        "security": [*({name: list[str]()} for name in SCHEMES), {}],
    }


def _token(reply: Reply) -> dict[str, Any]:
    return {
        "operationId": "token",
        "summary": "换取令牌",
        "security": [],
        "requestBody": {"required": True, "content": {"application/json": {"schema": ASKED}}},
        "responses": _statuses(reply, TOKEN_OUTCOMES, MEDIA[reply.format]),
    }


def _operation(snapshot: Snapshot, interface: Interface) -> dict[str, Any]:
    form = interface.layout.format
    body, reply = sample(snapshot, interface)
    media: dict[str, Any] = {"schema": _body(snapshot, interface), "example": _example(body, form == "json")}
    return {
        "operationId": interface.id,
        "summary": interface.title,
        "externalDocs": {"url": f"/-/manual/{interface.id}", "description": "接口手册"},
        "requestBody": {"required": True, "content": {TYPES[form].partition(";")[0]: media}},
        "responses": _responses(interface, reply),
    }


def _body(snapshot: Snapshot, interface: Interface) -> dict[str, Any]:
    """The schema of the whole body: the record or the list of them where the interface has them, and the token. Of what
    is no JSON, or holds records in each other, the manual tells more than a schema can."""
    if interface.layout.format != "json":
        return {"type": "string"}
    if interface.layout.inside is not None or interface.nested or interface.prefixes:
        return {"type": "object"}
    record = _record(fields_of(snapshot, interface))
    schema: dict[str, Any] = {"anyOf": [{"type": "array", "items": record}, record]}
    for name in reversed(interface.records):
        schema = {"type": "object", "required": [name], "properties": {name: schema}}
    if interface.records and interface.token is not None and len(interface.token) == 1:
        schema["properties"].setdefault(interface.token[0], {"type": "string", "description": "令牌"})
    return schema


def _record(fields: list[Said]) -> dict[str, Any]:
    """The schema of one record; dots between names reach inside."""
    record: dict[str, Any] = {"type": "object", "properties": {}}
    for said in fields:
        names = said.names if said.source.join else said.names[:1]
        for name in said.names:
            holder = record
            *outer, last = name.split(".")
            for key in outer:
                holder = holder["properties"].setdefault(key, {"type": "object", "properties": {}})
                holder.setdefault("properties", {})
            holder["properties"][last] = {"type": "string"} if said.source.join else _value(said)
        is_sure = said.required and (said.source.join or len(said.names) == 1)
        if is_sure and "." not in "".join(names):
            record.setdefault("required", []).extend(name for name in names if name not in record.get("required", []))
    return record


def _value(said: Said) -> dict[str, Any]:
    field = said.field
    made: dict[str, Any] = {"title": field.label, "description": _words(said)}
    if said.rules.get("values"):
        return {**made, "enum": list(said.rules["values"])}
    if field.type.listed:
        return {**made, "type": ["array", "string", "null"], "items": {}}
    made["type"] = ["string", "integer"] if field.type.timed else list(READ[field.type.column])
    made["type"] += [] if said.required else ["null"]
    return made


def _words(said: Said) -> str:
    parts = [said.field.help, f"单位 {said.unit}" if said.unit else "", f"格式 {said.pattern}" if said.pattern else ""]
    return "；".join(filter(None, [*parts, said.bounds]))


def _responses(interface: Interface, example: str) -> dict[str, Any]:
    """The HTTP statuses of answers, each with the codes that it may mean. Over SOAP all is 200 but faults, which SOAP
    1.1 sends as 500."""
    reply, media = interface.reply, MEDIA[interface.reply.format]
    outcomes = [case.outcome.id for case in reply.cases.values() if case.outcome.level == "post"]
    found = _statuses(reply, outcomes, media)
    if interface.layout.soap is not None:
        words, media = "；".join(status["description"] for status in found.values()), MEDIA["xml"]
        found = {"200": _answer(words, media), "500": _answer("Fault：报文不能解析，或平台内部错误", media)}
    found["200"]["content"][media]["example"] = _example(example, media == MEDIA["json"])
    return found


def _statuses(reply: Reply, outcomes: Iterable[str], media: str) -> dict[str, Any]:
    words: dict[int, list[str]] = {}
    for case in map(reply.cases.__getitem__, outcomes):
        words.setdefault(case.http or 200, []).append(f"{case.code or '成功'} {case.meaning}")
    return {str(status): _answer("；".join(texts), media) for status, texts in sorted(words.items())}


def _answer(description: str, media: str) -> dict[str, Any]:
    return {"description": description, "content": {media: {"schema": {}}}}


def _example(text: str, is_json: bool) -> Any:
    if is_json:
        try:
            return msgspec.json.decode(text)
        except msgspec.DecodeError:
            return text
    return text
