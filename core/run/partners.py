"""Operations on partners: their YAML file and their secrets."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from core.declare.phrase import LANGUAGES, Phrase, phrase
from core.declare.problem import ZcError
from core.declare.wording import nearest
from core.intake.post import EVERY
from core.run.networks import within
from core.store.database import now_ms

if TYPE_CHECKING:
    from core.run.live import Platform, Progress

SANDBOX_RATE = 60  # so low that a vendor can try out what happens above it
WITHOUT_SECRET = frozenset({"certificate", "address"})
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def add(
    platform: Platform,
    _progress: Progress,
    *,
    name: str,
    title: str,
    stations: list[str],
    interfaces: list[str] | None = None,
    auth: str | dict[str, Any] = "token",
    sandbox: bool = False,
    simulated: bool = False,
) -> dict[str, Any]:
    """Write config/partners/<name>.yaml if it is not there, reload, and make its first secret. `warnings`, in words,
    are about stations that nobody registered: posts for them are refused until somebody does."""
    if not NAME.fullmatch(name):
        raise ZcError(
            phrase("{name} cannot be a partner's name", name=repr(name)),
            phrase("Use lower-case letters, digits and _, a letter first."),
        )
    known = name in platform.snapshot.partners
    if known and platform.tokens.standing(name, now_ms()):
        raise ZcError(
            phrase("partner {name} is there already", name=name),
            phrase("For a new secret: zc partner rotate {name}", name=name),
        )
    if not known and not stations:
        raise ZcError(
            phrase("partner {name} needs stations that it may speak for", name=name),
            phrase("Add --stations A,B or --stations '*'"),
        )
    if not known:
        _declare(
            platform,
            platform.home.root / "config" / "partners" / f"{name}.yaml",
            {"title": title, "stations": stations, "interfaces": interfaces or ["*"], "auth": auth}
            | ({"sandbox": True, "rate_per_minute": SANDBOX_RATE} if sandbox else {})
            | ({"simulated": True} if simulated else {}),
        )
        platform.tokens.revoke(name)  # of somebody who had this name before
    return {**_first_secret(platform, name), "warnings": _unregistered(platform, name)}


def _unregistered(platform: Platform, name: str) -> list[str]:
    """A line for each station of the partner that is in no register where its interfaces look for the station."""
    snapshot = platform.snapshot
    partner = snapshot.partners[name]
    entities = [said.entity for said in snapshot.interfaces.values() if partner.may_use(said.id)]
    scopes = [entity.fields[entity.scope] for entity in entities if entity.scope is not None]
    registers = sorted({field.to for field in scopes if field.to is not None})
    there = {key for register in registers for key in platform.store.keys(snapshot.entities[register])}
    missing = sorted(partner.stations - there - EVERY) if registers else []
    near = {code: nearest(code, there) for code in missing}
    load = f"register it: zc load {' or '.join(registers)} FILE"
    mend = {code: f"did you mean '{near[code]}'?" if near[code] else load for code in missing}
    return [f"station {code} is not registered; {mend[code]}" for code in missing]


def _first_secret(platform: Platform, name: str) -> dict[str, str]:
    kind = platform.snapshot.partners[name].auth.type
    if kind in WITHOUT_SECRET:
        return {"partner": name, "auth": kind}
    return _with_key(platform, platform.tokens.add(name, kind))


def key(platform: Platform, _progress: Progress) -> dict[str, str]:
    """{file, fingerprint} of the key file; the fingerprint is empty where nothing was ever sealed."""
    return {"file": str(platform.keyring.file), "fingerprint": platform.keyring.fingerprint()}


def rekey(platform: Platform, _progress: Progress) -> dict[str, Any]:
    """A new key file; every signing key that stands is sealed anew with it: {keys, file, fingerprint}."""
    fault = platform.tokens.health()
    if fault is not None:
        raise ZcError(fault, phrase("Nothing was changed."))
    platform.keyring.add()
    number = platform.tokens.reseal(now_ms())
    platform.keyring.drop_old()
    return {"keys": number, "file": str(platform.keyring.file), "fingerprint": platform.keyring.fingerprint()}


def ensure(platform: Platform, progress: Progress, *, name: str, **said: Any) -> dict[str, Any]:
    """The partner with a fresh secret, made where it is not there yet."""
    known = platform.snapshot.partners.get(name)
    if known is not None and said.get("simulated") and not known.simulated:
        raise ZcError(
            phrase("partner {name} is a real one, not the simulator's", name=name),
            phrase("Name another with --partner"),
        )
    if known is not None:
        return rotate(platform, progress, name=name)
    return add(platform, progress, name=name, **said)


def rotate(platform: Platform, _progress: Progress, *, name: str) -> dict[str, str]:
    """A new secret; the old one works on for the site's overlap."""
    _known(platform, name)
    kind = platform.snapshot.partners[name].auth.type
    if kind in WITHOUT_SECRET:
        raise ZcError(
            phrase("partner {name} has no secret: it is told by its {kind}", name=name, kind=kind),
            phrase("Change that in its YAML file."),
        )
    made = platform.tokens.rotate(name, kind, now_ms(), platform.snapshot.site["tokens"]["overlap_s"])
    return _with_key(platform, made)


def revoke(platform: Platform, _progress: Progress, *, name: str) -> dict[str, Any]:
    """End all secrets and tokens of a partner, at once."""
    if not platform.tokens.standing(name, now_ms()):
        _known(platform, name)
    return {"partner": name, "secrets": platform.tokens.revoke(name)}


def list_(platform: Platform, _progress: Progress) -> list[dict[str, Any]]:
    """[{partner, title, active, auth, stations, interfaces, secrets}] by name."""
    now = now_ms()
    return [
        {
            "partner": name,
            "title": partner.title,
            "active": partner.active,
            "auth": partner.auth.type,
            "stations": ", ".join(sorted(partner.stations)),
            "interfaces": ", ".join(sorted(partner.interfaces)),
            "secrets": platform.tokens.standing(name, now),
        }
        for name, partner in sorted(platform.snapshot.partners.items())
    ]


def check(platform: Platform, _progress: Progress, *, appid: str, secret: str, address: str) -> dict[str, Any]:
    """Whether an appid and secret stand, for transports that do not know tokens: {outcome, partner, stations}.

    `outcome` is "" where the partner may come in, else secret_wrong, token_revoked or address_denied. Guessing is
    slow (one hash each) but not counted here: the caller locks. Blocking.
    """
    name = platform.tokens.partner_of_key(f"{appid}.{secret}", now_ms())
    partner = platform.snapshot.partners.get(name or "")
    if partner is None:
        outcome = "secret_wrong"
    elif not partner.active:
        outcome = "token_revoked"
    elif partner.networks and not within(address, partner.networks):
        outcome = "address_denied"
    else:
        return {"outcome": "", "partner": partner.id, "stations": sorted(partner.stations)}
    return {"outcome": outcome, "partner": "", "stations": []}


def _declare(platform: Platform, file: Path, data: dict[str, Any]) -> None:
    """Write a partner's file and activate it; on any problem the file is taken away again."""
    file.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, default_flow_style=None)
    try:
        with file.open("x", encoding="utf-8") as handle:
            handle.write(text)
    except FileExistsError:
        raise ZcError(
            phrase("{file} is there but not in force", file=file.name), phrase("Mend it: zc check, then zc reload.")
        ) from None
    done = platform.reload(who="partner.add")
    if not done.activated:
        file.unlink()
        wrong = [problem for problem in done.problems if problem.level == "error"]
        first = Phrase(*(wrong[0].told(language) for language in LANGUAGES)) if wrong else ""
        raise ZcError(
            phrase("the declarations have problems: {first}", first=first), phrase("Mend them first: zc check")
        )


def _known(platform: Platform, name: str) -> None:
    if name not in platform.snapshot.partners:
        known = ", ".join(sorted(platform.snapshot.partners)) or phrase("none yet")
        raise ZcError(
            phrase("there is no partner {name}", name=name),
            phrase("Known: {known}. A new one: zc partner add {name} --stations A,B", known=known, name=name),
        )


def _with_key(platform: Platform, made: dict[str, str]) -> dict[str, str]:
    """For partners with auth: key, the whole key that is sent with each post."""
    partner = platform.snapshot.partners[made["partner"]]
    return made | ({"key": f"{made['appid']}.{made['secret']}"} if partner.auth.type == "key" else {})
