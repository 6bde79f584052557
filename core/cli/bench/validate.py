"""The bench of validation: the compiled plan beside Cerberus' validate of the same interface, and whether it ever takes
what Cerberus does not."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
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
"""The shipped interface as one writes it for Cerberus alone."""

PLANNED, EXPLAINED = 20_000, 200  # records a turn
STEP = 1_000
STRANGE: tuple[Any, ...] = (
    None, "", " ", "null", "未识别", True, False, 0, -1, 1, 6, "6", "６", " 6 ", 6.0, 6.5, -0.0, -1.0, "-1", 43.45,
    "52.4", 1e18, -1e18, 1e400, 2**63, 10**30, "1e3", "x" * 41, "x" * 65, "a\x00b", "\u3000x\u3000", "a\nb", "\u200b",
    "\ud800", [], {}, [1], {"a": "b"}, 300_000, 300_001, 30, 31, 99, 100, "2026-02-30 08:30:00", "2026-11-01T08:30:00",
    "2026-11-01 08:30:00\n", "20261101083000", 20261101083000, "湘d·12345", "true", 1793493000,
)  # fmt: skip
"""Values at the edges of what fields take, and of what they do not."""


def shipped(folder: Path) -> Interface:
    """The preview interface as it is shipped."""
    home = Home(folder / "home")
    make_home(home, demo=True)
    with home.lock(), Platform.opened(home) as platform:
        return platform.snapshot.interfaces["preview"]


def speed(interface: Interface, rounds: int, step: Callable[[], None]) -> dict[str, Any]:
    """{decode_and_plan_us, plan_us, by_hand_us, own_us, …}: medians of the turns, a record each. `by_hand` is Cerberus'
    validate with a schema that says the same in its own rules, `own` with the interface's schema, whose values our
    readers coerce; `times` how many times the plan's time that is."""
    records = [
        {name: value for name, value in payload.record(index).items() if name in BY_HAND} for index in range(PLANNED)
    ]
    lines = [msgspec.json.encode(record) for record in records]
    given = [interface.explainer.given(record)[0] for record in records[:EXPLAINED]]
    by_hand, own = Validator(BY_HAND, purge_unknown=True), Validator(UnvalidatedSchema(interface.explainer.schema))
    if not by_hand.validate(records[0]) or not own.validate(given[0]):
        raise RuntimeError(f"a good record is refused: {by_hand.errors}{own.errors}")
    turns = []
    for _ in range(rounds):
        turns.append({
            "decode_and_plan_us": _each_us(lambda line: interface.plan(msgspec.json.decode(line)), lines),
            "plan_us": _each_us(interface.plan, records),
            "by_hand_us": _each_us(by_hand.validate, records[:EXPLAINED]),
            "own_us": _each_us(own.validate, given),
        })  # fmt: skip
        step()
    figures: dict[str, Any] = {name: round(median(turn[name] for turn in turns), 2) for name in turns[0]}
    for name in ("by_hand", "own"):
        figures[f"{name}_times"] = round(median(turn[f"{name}_us"] / turn["plan_us"] for turn in turns))
    return figures


def soundness(interface: Interface, number: int, seed: int, step: Callable[[], None]) -> dict[str, int]:
    """{both_accept, both_refuse, cerberus_alone, plan_alone, unlike}: what the plan and Cerberus say of mutated
    records; the last two must be 0, `unlike` are those that both take and do not make the same record of."""
    found = Counter({"both_accept": 0, "both_refuse": 0, "cerberus_alone": 0, "plan_alone": 0, "unlike": 0})
    for index, record in enumerate(mutated(number, seed)):
        planned = interface.plan(record)
        explained, _ = interface.explainer.explain(record, _raised)
        found[_verdict(planned, explained)] += 1
        if index % STEP == 0:
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


def _exactly(record: dict[str, Any]) -> list[tuple[str, type, Any]]:
    """So that 1, 1.0 and True are not alike."""
    return [(name, type(value), value) for name, value in record.items()]


def _raised(what: str, error: BaseException) -> None:
    raise RuntimeError(f"{what} raised") from error


def _each_us(work: Callable[[Any], object], items: list[Any]) -> float:
    """CPU microseconds for one of the items."""
    began = time.process_time()
    for item in items:
        work(item)
    return (time.process_time() - began) / len(items) * 1e6
