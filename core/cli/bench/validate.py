"""The bench of validation: the compiled plan beside Cerberus' validate of the same interface, and whether it ever takes
what Cerberus does not."""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from cerberus import Validator
from cerberus.schema import UnvalidatedSchema

from core.cli.bench import payload
from core.cli.homes import make_home
from core.intake.plan import Interface
from core.run.home import Home
from core.run.live import Platform

BY_HAND: Mapping[str, Mapping[str, Any]] = {
    "previewdate": {
        "type": "datetime",
        "coerce": lambda text: datetime.strptime(text, "%Y-%m-%d %H:%M:%S"),  # noqa: DTZ007 - devices write no offset
        "required": True,
    },
    "previewcode": {"type": "string", "minlength": 1, "maxlength": 64, "required": True},
    "previewstationcode": {"type": "string", "minlength": 1, "maxlength": 40, "required": True},
    "truckno": {"type": "string", "maxlength": 20, "nullable": True},
    "truckcode": {"type": "string", "maxlength": 40, "nullable": True},
    "axisnum": {"type": "integer", "min": 1, "max": 30, "nullable": True},
    "speed": {"type": "number", "min": 0, "max": 300, "nullable": True},
    "ianeno": {"type": "integer", "min": 0, "max": 99, "nullable": True},
    "totalweight": {"type": "integer", "min": 0, "max": 300_000, "required": True},
    "overlimited": {"type": "integer", "min": -300_000, "max": 300_000, "nullable": True},
}
"""The shipped interface as one writes it for Cerberus alone, in the partner's names."""

AS_TEXT: Mapping[str, Mapping[str, Any]] = {"previewdate": {"type": "string", "regex": "[0-9: -]{19}"}}
"""What differs where nothing is normalised: a time stays a text."""

TIMES = 300
"""How many times our time Cerberus' normalising validate is wanted to take."""

LEGEND = """ours: from decoded records to our own, as a post goes. normalising: Cerberus' validate as a project maps by
it, coercing and dropping what is unknown. checking: its validate(normalize=False), which makes no record. schema: its
validate with the schema that explains what ours refuses. The goal is the normalising one: it does what ours does."""

PLANNED, EXPLAINED = 20_000, 200  # records a turn
STEP = 1_000
STRANGE: tuple[Any, ...] = (
    None, "", " ", "null", "未识别", True, False, 0, -1, 1, 6, "6", "６", " 6 ", 6.0, 6.5, -0.0, -1.0, "-1", 43.45,
    "52.4", 1e18, -1e18, 1e400, 2**63, 10**30, "1e3", "x" * 41, "x" * 65, "a\x00b", "\u3000x\u3000", "a\nb", "\u200b",
    "\ud800", [], {}, [1], {"a": "b"}, 300_000, 300_001, 30, 31, 99, 100, "2026-02-30 08:30:00", "2026-11-01T08:30:00",
    "2026-11-01 08:30:00\n", "20261101083000", 20261101083000, "湘d·12345", "true", 1793493000,
)  # fmt: skip
"""Values at the edges of what fields take, and of what they do not."""


def interfaces(folder: Path) -> tuple[Interface, Interface]:
    """The preview interface as it is shipped, and that of the bench, which reads all 18 fields of its records."""
    home = Home(folder / "home")
    make_home(home, demo=True)
    shutil.copy(Path(__file__).with_name("interface.yaml"), home.root / "interfaces" / "bench.yaml")
    with home.lock(), Platform.opened(home) as platform:
        known = platform.snapshot.interfaces
        return known["preview"], known["bench"]


def speed(interface: Interface, rounds: int, step: Callable[[], None]) -> dict[str, float]:
    """{ours_us, normalising_us, checking_us, schema_us, …}: medians of the turns, CPU a record, all from decoded
    records of the preview interface to an answer.

    `ours` is what a post goes through; `normalising` Cerberus' validate with BY_HAND, which coerces and drops what is
    unknown, as a project does that maps partners' records by it; `checking` its validate(normalize=False), which makes
    no record; `schema` its validate with the schema that explains what ours refuses. `…_times` is how many times ours
    that is.
    """
    records = [
        {name: value for name, value in payload.record(index).items() if name in BY_HAND} for index in range(PLANNED)
    ]
    posts = [records[start : start + STEP] for start in range(0, PLANNED, STEP)]
    few = records[:EXPLAINED]
    given = [interface.explainer.given(record)[0] for record in few]
    by_hand, own = Validator(BY_HAND, purge_unknown=True), Validator(UnvalidatedSchema(interface.explainer.schema))
    checking = Validator({name: {**rules, **AS_TEXT.get(name, {})} for name, rules in BY_HAND.items()})
    if not by_hand.validate(few[0]) or not own.validate(given[0]) or not checking.validate(few[0], normalize=False):
        raise RuntimeError(f"a good record is refused: {by_hand.errors}{own.errors}{checking.errors}")
    turns = []
    for _ in range(rounds):
        turns.append({
            "ours": _each_us(interface.plans, posts) / STEP,
            "normalising": _each_us(by_hand.validate, few),
            "checking": _each_us(lambda record: checking.validate(record, normalize=False), few),
            "schema": _each_us(own.validate, given),
        })  # fmt: skip
        step()
    figures = {f"{name}_us": round(median(turn[name] for turn in turns), 2) for name in turns[0]}
    for name in ("normalising", "checking", "schema"):
        figures[f"{name}_times"] = round(median(turn[name] / turn["ours"] for turn in turns))
    return figures


def soundness(interface: Interface, number: int, seed: int, step: Callable[[], None]) -> dict[str, int]:
    """{both_accept, both_refuse, cerberus_alone, plan_alone, unlike}: what ours and Cerberus say of mutated records.

    The last two must be 0; `unlike` are those of which two of our own ways, or ours and Cerberus, make two things.
    """
    found = Counter({"both_accept": 0, "both_refuse": 0, "cerberus_alone": 0, "plan_alone": 0, "unlike": 0})
    records = mutated(number, seed)
    while batch := list(islice(records, STEP)):
        for record, planned in zip(batch, interface.plans(batch), strict=True):
            explained, _ = interface.explainer.explain(record, _raised)
            ways = (interface.plans([record])[0], interface.plan(record))
            same = all(_exactly(way) == _exactly(planned) for way in ways)
            found[_verdict(planned, explained) if same else "unlike"] += 1
        step()
    return dict(found)


def mutated(number: int, seed: int) -> Iterator[dict[str, Any]]:
    """Records with one to four of their fields changed or gone; the same ones for the same seed."""
    dice = random.Random(seed)
    for index in range(number):
        record = payload.record(index)
        names = [*record, "laneno"]
        for name in dice.sample(names, dice.randint(1, 4)):
            if dice.random() < 0.15:
                record.pop(name, None)
            else:
                record[name] = _changed(record.get(name), dice)
        yield record


def _changed(value: Any, dice: random.Random) -> Any:
    kind = dice.randrange(4)
    if kind == 0 and isinstance(value, str) and value:
        at = dice.randrange(len(value))
        return value[:at] + chr(dice.choice((32, 48, 0, 10, 0x3000, 0x6E58, 0x200B))) + value[at + dice.randint(0, 1) :]
    if kind == 1 and isinstance(value, int | float):
        return dice.choice((-value, value * 10, value + 0.5, str(value), f" {value}", float(value), value * 10**12))
    return dice.choice(STRANGE)


def _verdict(planned: dict[str, Any] | None, explained: dict[str, Any] | None) -> str:
    if planned is None:
        return "both_refuse" if explained is None else "cerberus_alone"
    if explained is None:
        return "plan_alone"
    return "both_accept" if _exactly(planned) == _exactly(explained) else "unlike"


def _exactly(record: dict[str, Any] | None) -> list[tuple[str, type, Any]] | None:
    """So that 1, 1.0 and True are not alike."""
    return None if record is None else [(name, type(value), value) for name, value in record.items()]


def _raised(what: str, error: BaseException) -> None:
    raise RuntimeError(f"{what} raised") from error


def _each_us(work: Callable[[Any], object], items: list[Any]) -> float:
    """CPU microseconds for one of the items."""
    began = time.process_time()
    for item in items:
        work(item)
    return (time.process_time() - began) / len(items) * 1e6
