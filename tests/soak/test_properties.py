"""Properties of mappings and conditions over what Hypothesis invents: a few in make test, as many as time allows here.

Declarations make an interface or problems and raise nothing; what an interface takes is what Cerberus makes of it; a
post is never our failure; a condition finds in both databases what its own test holds for.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from core.declare import library
from core.entity import node
from core.entity.condition import All, Test, parse
from core.entity.entity import Entity
from core.entity.field_type import Reading
from core.entity.types import option_schemas
from core.intake.encode import TYPES, encode
from core.intake.outcomes import OUTCOMES
from core.intake.plan import Interface, compile_interface
from core.intake.reply import compile_reply
from core.run.replied import reply_data
from core.store.scope import Scope
from core.store.search import Search
from core.store.store import Store
from tests.core.entity.declared import FILES, entities
from tests.core.intake.homes import NOW, TENDER, ZONE, World
from tests.core.intake.test_soundness import agrees
from tests.core.store.records import row, write
from tests.soak.conftest import Tell
from tests.soak.invented import CONDITIONS, FITTING, INTERFACES, RECORD, SENT
from tests.soak.memory import watched
from tests.soak.progress import minutes

A_ROUND = 200
FEW = 15
Check = Callable[..., None]


def examine(check: Check, what: Mapping[str, Any], number: int) -> None:
    """Try the check on so many examples, other ones each time."""
    test = settings(max_examples=number, database=None, deadline=None, suppress_health_check=list(HealthCheck))(
        given(**what)(check)
    )
    seed(random.SystemRandom().getrandbits(64))(test)()


class Mappings:
    """Invented interfaces in a home of their own, and what is sent to them."""

    what: Mapping[str, Any] = {"said": INTERFACES, "sent": st.lists(SENT, min_size=1, max_size=6)}

    def __init__(self, home: Path) -> None:
        self.home, self.cache = home, library.Cache()
        self.file = home / "interfaces" / "test.yaml"
        self.file.parent.mkdir()
        self.weighing = entities(home, {**FILES, "config/replies/tender.yaml": TENDER})[0]["weighing"]
        self.examples = self.good = 0

    def check(self, said: dict[str, Any], sent: list[Any]) -> None:
        """Compile; where it is good, map what is sent, alone and in a post."""
        self.examples += 1
        interface = self.compiled(said)
        if interface is None:
            return
        self.good += 1
        for record in sent:
            if isinstance(record, dict):
                agrees(interface, record)
        for data in (sent, sent[0], {"data": sent}, {"data": {"list": sent}}):
            self.post(interface, data)

    def compiled(self, said: dict[str, Any]) -> Interface | None:
        """The interface; None where it has problems, which all have a text."""
        entries = said["fields"].items()
        fields = {name: yaml.safe_load(entry) if isinstance(entry, str) else entry for name, entry in entries}
        text = yaml.safe_dump({**said, "fields": fields}, allow_unicode=True)
        self.file.write_text(text, encoding="utf-8")
        reading = library.read(self.home, [], field_types=option_schemas(), outcomes=OUTCOMES, cache=self.cache)
        if reading.problems:
            assert all(map(str, reading.problems))
            return None
        reply, _ = compile_reply(reading.declarations["reply"]["tender"])
        assert reply is not None
        made, problems = compile_interface(reading.declarations["interface"]["test"], self.weighing, reply, {}, ZONE)
        assert (made is None) is bool(problems)
        assert all(map(str, problems))
        return made

    def post(self, interface: Interface, data: Any) -> None:
        """Take it through the five steps, as the format writes it where it can."""
        try:
            body = encode(data, interface.layout)
        except ValueError:  # the format cannot say it
            body = msgspec.json.encode(data)
        world = World()
        headers = {"content-type": TYPES[interface.layout.format]}
        post = world.send(interface, body, headers=headers)
        assert post.outcome != "server_error"
        assert world.faults == []
        reply_data(post)


class Conditions:
    """Invented conditions over invented records in a store; not subtrees, which a record alone is not tested for."""

    what: Mapping[str, Any] = {"data": st.one_of(FITTING, CONDITIONS), "records": st.lists(RECORD, max_size=6)}

    def __init__(self, store: Store, entity: Mapping[str, Entity]) -> None:
        self.store, self.entities, self.weighing = store, entity, entity["weighing"]
        self.examples = self.good = 0

    def check(self, data: Any, records: list[dict[str, Any]]) -> None:
        """Parse; where it is good, search."""
        self.examples += 1
        tree, faults = parse(data, self.weighing, ZONE, NOW)
        assert (tree is None) is bool(faults)
        if tree is None or any(test.operator == "within_tree" for test in node.tests(tree)):
            return
        self.good += 1
        label = f"E{self.examples}"
        own = [{"code": f"{label}-{at}", "station": label} for at in range(len(records))]
        rows = [row(self.weighing, **self.stored(one), **key) for one, key in zip(records, own, strict=True)]
        if rows:
            self.store.writer.put(write(self.weighing, *rows)).result()
        asked = All((Test("station", "is", label), tree))
        found = self.store.search(Search(self.weighing, asked), Scope.whole(), self.entities).rows
        assert [one["code"] for one in found] == [one.values["code"] for one in rows if tree.test(one.values)]

    def stored(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """The record in stored form."""
        fields, reading = self.weighing.fields, Reading(zone=ZONE)
        return {
            name: None if value is None else fields[name].type.reader(fields[name], reading)(value)
            for name, value in record.items()
        }


def opened(home: Path, url: str) -> Conditions:
    """A store with the declared entities' tables."""
    made, problems = entities(home)
    assert problems == []
    store = Store.open(url)
    store.apply(store.plan(made))
    return Conditions(store, made)


def repeat(subjects: list[Mappings | Conditions], tell: Tell) -> None:
    """Examine them in turn until the minutes are over; all of it within the same memory."""
    end = time.monotonic() + minutes() * 60
    with watched(os.getpid()) as memory:
        while time.monotonic() < end:
            for subject in subjects:
                examine(subject.check, subject.what, A_ROUND)
    for subject in subjects:
        tell(f"{type(subject).__name__}: {subject.examples:,} examples, {subject.good:,} of them good")
    tell(str(memory))
    assert not memory.grew, str(memory)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_mappings(tmp_path: Path, tell: Tell) -> None:
    repeat([Mappings(tmp_path)], tell)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_conditions(tmp_path: Path, sqlite_url: str, postgresql_url: str, tell: Tell) -> None:
    subjects = [opened(tmp_path, url) for url in (sqlite_url, postgresql_url)]
    with closing(subjects[0].store), closing(subjects[1].store):
        repeat(subjects, tell)


def test_a_few_mappings(tmp_path: Path) -> None:
    subject = Mappings(tmp_path)
    examine(subject.check, subject.what, FEW)


def test_a_few_conditions(tmp_path: Path, store_url: str) -> None:
    subject = opened(tmp_path, store_url)
    with closing(subject.store):
        examine(subject.check, subject.what, FEW)
