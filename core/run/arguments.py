"""Arguments of an offered command, checked against what plugin.yaml says of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cerberus import Validator

from core.declare.phrase import phrase
from core.declare.problem import ZcError


def checked_arguments(name: str, schema: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments with their defaults. ZcError, with what is wrong in words, where they are not of the schema."""
    validator = Validator(dict(schema))
    checked = validator.validated(dict(given))
    if checked is None:
        wrong = "; ".join(f"{key}: {', '.join(map(str, texts))}" for key, texts in sorted(validator.errors.items()))
        takes = ", ".join(schema) or phrase("no arguments")
        reason = phrase("{name} does not take this: {wrong}", name=name, wrong=wrong)
        raise ZcError(reason, phrase("It takes: {names}", names=takes))
    return dict(checked)
