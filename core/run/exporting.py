"""Records that leave the platform: all that a URL asks for, streamed in bounded memory, and what files say of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from core.declare.problem import ZcError
from core.entity.condition import All, Test
from core.entity.entity import Field
from core.entity.system import all_fields
from core.run.asking import COUNT_CAP, Look, allowed_category, sums
from core.run.labels import code_text, labels_of, text_of
from core.run.words import NotAllowed, said, words
from core.store.scope import Scope

ROWS_A_STEP = 10_000  # some 30 MiB


@dataclass(frozen=True)
class Exporting:
    """An export under way: (field, heading, whether it is text) of each column, rows of shown values with the texts of
    dictionaries and the titles of what is referred to, sums by field, the filter in words."""

    columns: list[tuple[str, str, bool]]
    rows: Iterator[tuple[Any, ...]]
    sums: dict[str, Any]
    note: str


def exporting(look: Look, columns: Sequence[str]) -> Exporting:
    """All rows that the URL asks for, streamed. NotAllowed without the right to export."""
    category, entity = look.category, look.category.entity
    allowed_category(look.rights, category.id, "export")
    if not category.export:
        raise NotAllowed(said("no_right", title=category.title, right=said("export")))
    fields = all_fields(entity)
    chosen = [name for name in (columns or category.columns) if look.veil.is_there(name)]
    for name in chosen:
        if name not in fields:
            raise ZcError(said("unknown_field", name=name))
    scope = look.scope(*(name.removeprefix("-") for name in look.sort), right="export")
    count = look.store.count(look.search(), scope, look.rights.snapshot.entities, cap=COUNT_CAP)
    headings = [(name, heading(fields[name]), not fields[name].type.ordered) for name in chosen]
    note = "；".join(in_words(look))
    return Exporting(headings, _exported(look, scope, chosen), sums(look, scope, count, look.search()), note)


def _exported(look: Look, scope: Scope, columns: list[str]) -> Iterator[tuple[Any, ...]]:
    snapshot, entity = look.rights.snapshot, look.category.entity
    for page in _pages(look, scope):
        told = [{name: record.get(name) for name in columns} for record in page]
        labels = labels_of(look.rights, look.store, entity.fields, told)
        for record in told:
            yield tuple(
                labels[name].get(value, value) if name in labels and isinstance(value, str)
                else text_of(snapshot, entity, name, value)
                for name, value in record.items()
            )  # fmt: skip


def rows(look: Look, scope: Scope) -> Iterator[dict[str, Any]]:
    """Every record in bounded memory, shown and veiled, in the order asked for."""
    for page in _pages(look, scope):
        yield from page


def _pages(look: Look, scope: Scope) -> Iterator[list[dict[str, Any]]]:
    """Along the index that has the order asked for; without one the order of all is found once, since each step by
    mark would look through all of them."""
    first = look.sort[0].removeprefix("-") if look.sort else "id"
    led = first == "id" or first in {index[0] for index in look.category.entity.all_indexes}
    for found in _along_index(look, scope) if led else _in_found_order(look, scope):
        yield look.veil.shown(found)


def _along_index(look: Look, scope: Scope) -> Iterator[list[dict[str, Any]]]:
    after: str | None = None
    while True:
        search = look.search(sort=look.sort, limit=ROWS_A_STEP, after=after)
        found = look.store.search(search, scope, look.rights.snapshot.entities)
        yield found.rows
        after = found.after
        if after is None:
            return


def _in_found_order(look: Look, scope: Scope) -> Iterator[list[dict[str, Any]]]:
    """Rows that are void by the time they are fetched, or no longer what is asked for, are left out."""
    entities = look.rights.snapshot.entities
    ids = look.store.order(look.search(sort=look.sort), scope, entities)
    for start in range(0, len(ids), ROWS_A_STEP):
        some = ids[start : start + ROWS_A_STEP]
        chosen = All((Test("id", "in", tuple(some)), look.condition))
        found = look.store.search(look.search(condition=chosen, limit=len(some)), scope, entities).rows
        rows = {row["id"]: row for row in found}
        yield [rows[record_id] for record_id in some if record_id in rows]


def in_words(look: Look) -> list[str]:
    """The URL's conditions in words, for the note of an export and the log."""
    fields = all_fields(look.category.entity)
    return [
        said(f"test_{operator}", label=fields[name].label, value=_value_text(look, fields[name], value))
        for name, test in look.asked.where.items()
        for operator, value in test.items()
    ]


def _value_text(look: Look, field: Field, value: Any) -> str:
    """What a condition asks for, as staff say it: texts of dictionaries, yes and no, names of time windows."""
    if isinstance(value, list | tuple):
        return "、".join(_value_text(look, field, one) for one in value)
    if isinstance(value, bool):
        return said("yes" if value else "no")
    text = words().get(value, value) if field.type.timed and isinstance(value, str) else value
    return str(code_text(look.rights.snapshot, field, text))


def heading(field: Field) -> str:
    """A column's heading: the label, with the unit that values are shown in."""
    return f"{field.label}({field.type.shown})" if field.type.shown else field.label
