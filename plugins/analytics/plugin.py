"""The archive's commands."""

from __future__ import annotations

from typing import Any

from core import api

NOTHING = "no month is archived yet; write what is due with: zc archive write"


@api.hook
def offer() -> api.Offers:
    """How the archive stands, writing it, proving it."""
    return api.Offers(commands={"archive.status": status, "archive.write": write, "archive.verify": verify})


def status(live: api.Live, entity: str = "") -> dict[str, Any]:
    """{text, months: [{entity, month, file, records, bytes, sha256, written_at, changed}]}."""
    months = live.operate("archive.status", entity=entity)
    lines = [
        f"{one['entity']}  {one['month']}  {one['records']:>12,} records  {one['bytes'] / 1e6:>9.1f} MB"
        f"  {one['changed']:>8,} changed since  {one['file']}"
        for one in months
    ]
    return {"text": "\n".join(lines) or NOTHING, "months": months}


def write(live: api.Live, entity: str = "") -> dict[str, Any]:
    """{text, months: [{entity, month}]}."""
    months = live.operate("archive.write", entity=entity)
    named = ", ".join(f"{one['entity']} {one['month']}" for one in months)
    return {"text": f"written: {named}" if named else "no closed month is due", "months": months}


def verify(live: api.Live, entity: str = "") -> dict[str, Any]:
    """{text, months: [{entity, month, file, records, wrong}]}. ZcError where any file is not what it should be."""
    months = live.operate("archive.verify", entity=entity)
    wrong = [f"{one['entity']} {one['month']} ({one['file']}): {one['wrong']}" for one in months if one["wrong"]]
    if wrong:
        raise api.ZcError("; ".join(wrong), "Remove these files and write them again: zc archive write")
    records = sum(one["records"] for one in months)
    return {"text": f"{len(months)} files with {records:,} records are as they should be", "months": months}
