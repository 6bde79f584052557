"""How a partner says who it is: the compiled form of `auth:`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from core.declare.declaration import Declaration
from core.declare.phrase import phrase
from core.declare.problem import Problem
from core.entity.field_type import Reading
from core.entity.near import instead
from core.entity.system import SYSTEM_FIELDS
from core.entity.types.time import Time, pattern_fault
from core.intake.post import Auth, Partner
from core.intake.signature import OF_BODY, ROLES, WHOLE, Signature

SIGNED = (*ROLES, "method", "path", WHOLE)


def compile_auth(declaration: Declaration, zone: ZoneInfo) -> tuple[Auth, list[Problem]]:
    """The way of a partner's declaration and what is wrong with it; with an error it is of no use."""
    said: Mapping[str, Any] = declaration.data["auth"]
    if said["type"] == "signature":
        problems = sorted(_signature_problems(declaration, said))
        stops = any(problem.level == "error" for problem in problems)
        return Auth("signature", signature=None if stops else _signature(said, zone)), problems
    if said["type"] == "address" and not declaration.data["networks"]:
        mend = phrase("add networks: [10.43.0.0/16], those that it posts from")
        return Auth("address"), [
            declaration.problem("ZC374", "auth", type="address", what=phrase("networks"), mend=mend)
        ]
    if said["type"] == "certificate":
        return _certificate(declaration, said)
    names = {name: said[name] for name in ("header", "appid", "secret") if said["type"] == "key" and name in said}
    return Auth(said["type"], names=names), []


def _certificate(declaration: Declaration, said: Mapping[str, Any]) -> tuple[Auth, list[Problem]]:
    if "subject" in said:
        return Auth("certificate", subject=said["subject"]), []
    if "fingerprint" in said:
        return Auth("certificate", fingerprint=said["fingerprint"].replace(":", "").lower()), []
    mend = phrase('add subject: "CN=…" or fingerprint: …')
    return Auth("certificate"), [
        declaration.problem("ZC374", "auth", type="certificate", what=phrase("a subject or a fingerprint"), mend=mend)
    ]


def _signature(said: Mapping[str, Any], zone: ZoneInfo) -> Signature:
    reading = Reading(pattern=said["pattern"], zone=zone)
    return Signature(
        algorithm=said["algorithm"],
        fields=tuple(said["fields"]),
        style=said["style"],
        separator=said["separator"],
        salt=said["salt"],
        salt_name=said["salt_name"],
        encoding=said["encoding"],
        place=said["place"],
        names={role: said[role] for role in (*ROLES, "sign") if said[role] is not None},
        read_time=Time().reader(SYSTEM_FIELDS["received_at"], reading),
        window_s=said["window_s"],
    )


def _signature_problems(declaration: Declaration, said: Mapping[str, Any]) -> Iterator[Problem]:
    in_body = said["place"] == "body"
    for index, name in enumerate(said["fields"]):
        known = name in SIGNED or (name.startswith(OF_BODY) and all(name.split(".")))
        if not known:
            mend = instead(name, SIGNED)
        elif name in ROLES and said[name] is None:
            mend = phrase("give {name} a name, or take it out of fields", name=name)
        elif name == WHOLE and in_body:
            mend = phrase("the signature stands in it; list its values as body.NAME")
        else:
            continue
        yield declaration.problem("ZC370", "auth", "fields", index, name=name, mend=mend)
    for role in ("timestamp", "nonce"):
        if said[role] is not None and role not in said["fields"]:
            yield declaration.problem("ZC371", "auth", "fields", name=role)
    if pattern_fault(said["pattern"]):
        why = pattern_fault(said["pattern"])
        yield declaration.problem("ZC373", "auth", "pattern", pattern=said["pattern"], why=why)
    if said["timestamp"] is None:
        what, mend = (
            phrase("without a timestamp a post can be sent again after a day"),
            phrase("ask the partner for a timestamp"),
        )
        yield declaration.problem("ZC372", "auth", what=what, mend=mend)
    if not any(name.startswith(WHOLE) for name in said["fields"]):
        what, mend = (
            phrase("the body is not signed and can be changed on its way"),
            phrase("add body, or body.NAME, to fields"),
        )
        yield declaration.problem("ZC372", "auth", "fields", what=what, mend=mend)


@dataclass(frozen=True)
class Ways:
    """By what the partners of a snapshot are told apart, those that tell it in the same way together.

    `signers` are (place, name of the appid), `pairs` (name of the appid, of the secret) in the body, `certificates`
    partners by fingerprint or subject, `addresses` the partners that are told by their networks alone.
    """

    signers: tuple[tuple[str, str], ...]
    headers: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    certificates: Mapping[str, str]
    addresses: tuple[Partner, ...]

    @classmethod
    def of(cls, partners: Mapping[str, Partner]) -> Ways:
        """The ways of these partners."""
        auths = {id_: partner.auth for id_, partner in partners.items()}
        signatures = [auth.signature for auth in auths.values() if auth.signature is not None]
        names = [auth.names for auth in auths.values()]
        return cls(
            signers=tuple({(one.place, one.names["appid"]): None for one in signatures}),
            headers=tuple({name["header"].lower(): None for name in names if "header" in name}),
            pairs=tuple({(name["appid"], name["secret"]): None for name in names if "secret" in name}),
            certificates={auth.fingerprint or auth.subject: id_ for id_, auth in auths.items() if _by_paper(auth)},
            addresses=tuple(partner for partner in partners.values() if partner.auth.type == "address"),
        )


def told_alike(
    partners: Mapping[str, Partner], declarations: Mapping[str, Declaration], listen: Mapping[str, Any]
) -> Iterator[Problem]:
    """Problems of partners taken together: two that nobody could tell apart, certificates without a CA."""
    papers: dict[str, str] = {}
    homes: list[Partner] = []
    for id_, partner in partners.items():
        declaration = declarations[id_]
        if _by_paper(partner.auth):
            other = papers.setdefault(partner.auth.fingerprint or partner.auth.subject, id_)
            if other != id_:
                yield declaration.problem("ZC375", "auth", other=other, what=phrase("certificate"))
            if not listen.get("client_ca"):
                what, mend = (
                    phrase("a CA that signs the certificates"),
                    phrase("add client_ca: FILE under listen in config/site.yaml"),
                )
                yield declaration.problem("ZC374", "auth", type="certificate", what=what, mend=mend)
        if partner.auth.type == "address":
            for known in homes:
                if _overlap(partner, known):
                    yield declaration.problem("ZC375", "networks", other=known.id, what=phrase("address"))
            homes.append(partner)


def _by_paper(auth: Auth) -> bool:
    return auth.type == "certificate" and bool(auth.fingerprint or auth.subject)


def _overlap(one: Partner, other: Partner) -> bool:
    pairs = ((mine, theirs) for mine in one.networks for theirs in other.networks)
    return any(mine.version == theirs.version and mine.overlaps(theirs) for mine, theirs in pairs)
