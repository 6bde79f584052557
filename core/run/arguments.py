"""Arguments of an offered command, checked against what plugin.yaml says of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.declare.phrase import joined, phrase
from core.declare.problem import ZcError
from core.declare.shape import fitted


def checked_arguments(name: str, schema: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments with their defaults. ZcError, with what is wrong in words, where they are not of the schema."""
    checked, wrong = fitted(schema, given)
    if wrong:
        reason = phrase("{name} does not take this: {wrong}", name=name, wrong=joined(wrong, "{one}; {other}"))
        raise ZcError(reason, phrase("It takes: {names}", names=", ".join(schema) or phrase("no arguments")))
    return checked
