"""What the first page shows, as plain data."""

from __future__ import annotations

import asyncio
from typing import Any

from core.api import Intake, Platform, Snapshot, now_ms, show_moment

NEWEST = 20
COLUMNS = 11
PROBLEMS = 12


async def figures(platform: Platform, intake: Intake, snapshot: Snapshot) -> dict[str, Any]:
    """{now, snapshot, demo, last_good, counts, newest, interfaces, problems}; the store is asked in a thread."""
    asked = await asyncio.to_thread(_asked, platform, snapshot)
    return {
        "now": show_moment(now_ms(), snapshot.zone),
        "snapshot": snapshot.number,
        "demo": snapshot.site["demo"],
        "last_good": snapshot.last_good,
        "interfaces": _interfaces(intake, snapshot),
        **asked,
    }


def _asked(platform: Platform, snapshot: Snapshot) -> dict[str, Any]:
    front = [name for name in snapshot.site["front"] if name in snapshot.categories]
    counts = []
    for name in front:
        category = snapshot.categories[name]
        found = platform.operate("today", _silent, category=name)
        label = f"今日{category.title}" if category.entity.time else category.title
        counts.append({"id": name, "label": label, "text": found["count_text"]})
    newest: dict[str, Any] = {"columns": {}, "records": [], "title": ""}
    if front:
        found = platform.operate("find", _silent, category=front[0], limit=NEWEST, newest=True)
        columns = dict(list(found["columns"].items())[:COLUMNS])
        newest = {"columns": columns, "records": found["records"], "labels": found["labels"]}
        newest["title"] = snapshot.categories[front[0]].title
    return {"counts": counts, "newest": _labelled(newest, snapshot, front), "problems": _problems(platform)}


def _labelled(newest: dict[str, Any], snapshot: Snapshot, front: list[str]) -> dict[str, Any]:
    """Dictionary codes as their labels with colours."""
    if not front:
        return newest
    fields = snapshot.categories[front[0]].entity.fields
    tags = {name: snapshot.facts.dictionaries[field.dictionary] for name, field in fields.items() if field.dictionary}
    newest["tags"] = {
        name: {code: {"label": item["label"], "colour": item["colour"]} for code, item in items.items()}
        for name, items in tags.items()
    }
    return newest


def _interfaces(intake: Intake, snapshot: Snapshot) -> list[dict[str, Any]]:
    rows = []
    for name, interface in sorted(snapshot.interfaces.items()):
        counter = intake.counters.get(name)
        last = counter.last_success_ms if counter else None
        rows.append(
            {
                "id": name,
                "title": interface.title,
                "path": interface.path,
                "posts": counter.posts if counter else 0,
                "accepted": counter.accepted if counter else 0,
                "duplicates": counter.duplicates if counter else 0,
                "refused": counter.refused if counter else 0,
                "last_success": show_moment(last, snapshot.zone) if last else None,
            }
        )
    return rows


def _problems(platform: Platform) -> list[dict[str, Any]]:
    """The latest problems: of the declarations, of plugins, then the groups of refusals."""
    rows = [{"kind": "declaration", "text": str(problem)} for problem in platform.problems[:PROBLEMS]]
    rows += [
        {"kind": "plugin", "text": f"{row['plugin']} {row['what']} × {row['count']}: {row['last']}"}
        for row in platform.faults.rows()
    ]
    groups = platform.operate("refusals", _silent, state="refused", with_rows=False, limit=PROBLEMS)
    rows += [
        {
            "kind": "refusal",
            "text": f"{row['interface']} · {row['outcome']} {row['field'] or ''} × {row['count']}",
            "at": row["last_at"],
        }
        for row in groups
    ]
    return rows[:PROBLEMS]


def _silent(text: str) -> None:
    """Progress that nobody waits for."""
