"""The third step: derivers fill the derived fields, over the whole batch at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.entity.entity import Derive, Entity
from core.intake.explain import Fault
from core.intake.post import Post

BatchDeriver = Callable[[Sequence[Mapping[str, Any]]], Sequence[Mapping[str, Any]]]
"""A plugin's deriver bound to its snapshot: for each record's inputs, the values of derived fields."""


def derive(post: Post, derivers: Mapping[str, BatchDeriver], fault: Fault) -> None:
    """Fill the derived fields of the mapped records."""
    rederive(post.interface.entity, [item.values for item in post.mapped], derivers, fault)


def rederive(
    entity: Entity, records: Sequence[dict[str, Any]], derivers: Mapping[str, BatchDeriver], fault: Fault
) -> None:
    """Run every deriver of the entity over records in stored form, in place.

    One that raises or answers wrongly leaves its fields as they are and its name under `pending`, and `fault` is
    told; where all ran, pending becomes null.
    """
    if not records:
        return
    pending = [use.use for use in entity.derive if not _run(entity, use, records, derivers, fault)]
    for record in records:
        record["pending"] = " ".join(pending) or None


def _run(
    entity: Entity,
    use: Derive,
    records: Sequence[dict[str, Any]],
    derivers: Mapping[str, BatchDeriver],
    fault: Fault,
) -> bool:
    """Whether the deriver ran; nothing of it is taken unless all of it can be."""
    inputs = tuple(use.inputs.items())
    try:
        results = derivers[use.use]([_inputs(entity, inputs, record) for record in records])
        _check(entity, results, len(records))
    except Exception as error:  # noqa: BLE001 - foreign code; the records are kept and derived again later
        fault(f"deriver {use.use}", error)
        return False
    for record, result in zip(records, results, strict=True):
        record.update(result)
    return True


def _inputs(entity: Entity, inputs: tuple[tuple[str, str], ...], record: Mapping[str, Any]) -> dict[str, Any]:
    """What a deriver reads of one record. Where the device's clock lies, its time is that of receipt."""
    values = {slot: record[name] for slot, name in inputs}
    if record["clock"] != "ok":
        values |= {slot: record["received_at"] for slot, name in inputs if name == entity.time}
    return values


def _check(entity: Entity, results: Sequence[Mapping[str, Any]], count: int) -> None:
    """ValueError where a deriver's answer does not fit."""
    if len(results) != count:
        raise ValueError(f"{count} records went in and {len(results)} results came out")
    unknown = {name for result in results for name in result if name not in entity.derived}
    if unknown:
        raise ValueError(f"{', '.join(sorted(unknown))} is no derived field of {entity.id}")
