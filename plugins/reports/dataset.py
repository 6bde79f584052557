"""The dataset of a report: every answer, of one moment, as plain data. What is printed is made from it alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from core import api

from .asking import answered
from .compiling import Listed, Report
from .cross_check import disagreeing
from .period import Period

FORMAT = 1
MOMENT = "%Y-%m-%d %H:%M:%S"


def gathered(live: api.Live, report: Report, about: Period, version: int, region: str | None = None) -> dict[str, Any]:
    """{format, report, sections, demo, period, region, names, answers, lists} over the records of a region, of all
    without one. ZcError where its figures disagree, with all that do."""
    facts = live.facts()
    scope, area = api.Scope.whole() if region is None else api.Scope.within("region", {region}), titled(live, region)
    with live.steadily():
        now = datetime.now(live.zone)
        live.progress(f"asking the figures of {report.id} {about.id}")
        figures = report.data["figures"].items()
        answers = {name: answered(live, said, report.data["units"], about, scope) for name, said in figures}
        sections = report.data["sections"]
        lists = {name: _listed(live, sections[name]["list"], kept, about, scope) for name, kept in report.lists.items()}
    dataset = {
        "format": FORMAT,
        "report": dict(report.data),
        "sections": list(report.sections),
        "demo": facts.demo,
        "period": {"kind": about.kind, "id": about.id, "first": str(about.first), "last": str(about.last)},
        "region": region,
        "names": {
            "site": facts.title,
            "area": area,
            "title": report.data["title"] + (f"（{area}）" if region else ""),
            "period": about.title + ("" if about.end <= now.date() else "（截至目前）"),
            "from": f"{about.first.year}年{about.first.month}月{about.first.day}日",
            "to": f"{about.last.year}年{about.last.month}月{about.last.day}日",
            "cut_off": now.strftime(MOMENT),
            "version": str(version),
        },
        "answers": answers,
        "lists": lists,
    }
    require_agreement(dataset)
    return dataset


def titled(live: api.Live, region: str | None) -> str:
    """What a region is called, the whole where there is none. ZcError where the register has no such region."""
    if region is None:
        return str(live.settings["whole"])
    for record in live.search("region", {"code": region}, limit=1):
        return str(record["title"])
    raise api.ZcError(f"没有区划 {region}", "请写区划登记中的代码。")


def require_agreement(dataset: Mapping[str, Any]) -> None:
    """ZcError that names everything in which the dataset disagrees with itself."""
    found = disagreeing(dataset)
    if found:
        raise api.ZcError(
            f"报告的数字互相矛盾，未生成：{'；'.join(found)}", "请检查所列统计的口径，或更正报告的 cross_check。"
        )


def frozen(dataset: Mapping[str, Any]) -> bytes:
    """The dataset as it is kept: JSON, in the order of the declaration and of its dictionaries."""
    return json.dumps(dataset, ensure_ascii=False, separators=(",", ":")).encode()


def digest(content: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()


def _listed(live: api.Live, said: Mapping[str, Any], kept: Listed, about: Period, scope: api.Scope) -> dict[str, Any]:
    """{title, columns, headings, numeric, decimals, rows, count, is_capped, definition} of a declared list: records of
    the period, as they are shown."""
    where = dict(said["where"])
    definition = live.definition(said["category"], where)
    if kept.time is not None:
        definition.append(f"时间范围：{about.first} 至 {about.last}")
        last = datetime.combine(about.end, datetime.min.time(), live.zone) - timedelta(milliseconds=1)
        first = datetime.combine(about.first, datetime.min.time(), live.zone)
        where = {"all": [where, {kept.time: {"between": [first.isoformat(), last.isoformat()]}}]}
    found = live.operate("find", category=said["category"], where=where, limit=said["limit"], scope=scope)
    columns = list(said["columns"] or found["columns"])
    known = {**kept.labels, **found["columns"]}
    unknown = [name for name in columns if name not in known]
    if unknown:
        raise api.ZcError(f"检索分类 {said['category']} 没有列 {'、'.join(unknown)}", "请更正报告中的 list.columns。")
    dictionaries = live.facts().dictionaries
    texts = {name: dictionaries.get(of, {}) for name, of in kept.dictionaries.items()}
    rows = [
        {name: _shown(name, record[name], found["labels"], texts) for name in columns} for record in found["records"]
    ]
    numeric = {name: any(isinstance(row[name], int | float) for row in rows) for name in columns}
    headings = {name: known[name] for name in columns}
    return {
        "title": said.get("title") or kept.title,
        "columns": columns,
        "headings": headings,
        "numeric": numeric,
        "decimals": {name: kept.decimals[name] for name in columns if name in kept.decimals},
        "rows": rows,
        "count": max(found["count"], len(rows)),  # which the platform counts up to a cap
        "is_capped": found["capped"] and found["after"] is not None,
        "definition": definition,
    }


def _shown(
    name: str,
    value: Any,
    labels: Mapping[str, Mapping[str, str]],
    texts: Mapping[str, Mapping[str, Mapping[str, Any]]],
) -> Any:
    """A shown value as paper has it: texts of codes, titles of keys, times without their zone."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return " ".join(map(str, value))
    if not isinstance(value, str):
        return value
    if value in texts.get(name, {}):
        return texts[name][value]["label"]
    if value in labels.get(name, {}):
        return labels[name][value]
    return _moment(value)


def _moment(text: str) -> str:
    try:
        return datetime.fromisoformat(text).strftime(MOMENT) if "T" in text else text
    except ValueError:
        return text
