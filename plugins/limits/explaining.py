"""Why a weighing was judged as it was: the rule, its article, the arithmetic, who computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core import api

from .table import Limits
from .verdict import JUDGED_BY

WHO = {JUDGED_BY: "本平台按限值声明推导"}


def explain(batch: Sequence[Mapping[str, Any]], facts: api.Facts) -> list[list[dict[str, str]]]:
    """For each weighing, lines {label, text}: 依据, 条款, 计算, 程度, 判定方. Two say in words what a field holds.

    In: what the verdict read (axles, gross, at, axle_type) and gave. The rule is named as the record keeps it; where
    its declaration has a newer version by now, that is said, since the figures are those of the record.
    """
    limits: Limits = facts.compiled["limit"]
    return [_lines(row, limits, facts) for row in batch]


def _lines(row: Mapping[str, Any], limits: Limits, facts: api.Facts) -> list[dict[str, str]]:
    if row["limit_kg"] is None:
        missing = [label for name, label in (("axles", "轴数"), ("gross", "总重"), ("at", "时间")) if row[name] is None]
        why = f"缺少{'、'.join(missing)}" if missing else "当日没有适用于该车的限值"
        return [{"label": "判定", "text": f"未判定：{why}"}]
    declared = limits.declared.get(row["limit_id"])
    rule = {"label": "依据", "text": _rule(row, limits)}
    told = [rule | ({"field": "limit_id", "value": f"{declared['title']}，{declared['article']}"} if declared else {})]
    if declared is not None:
        told.append({"label": "条款", "text": f"{declared['article']}：{declared['paraphrase']}"})
    told.append({"label": "计算", "text": _arithmetic(row)})
    items = facts.dictionaries.get(facts.settings["classes"], {})
    label = items.get(row["overload_class"], {}).get("label", row["overload_class"])
    told.append({"label": "程度", "text": str(label)})
    who = WHO.get(row["judged_by"], str(row["judged_by"]))
    return [*told, {"label": "判定方", "text": who, "field": "judged_by", "value": who}]


def _rule(row: Mapping[str, Any], limits: Limits) -> str:
    declared = limits.declared.get(row["limit_id"])
    if declared is None:
        return f"{row['limit_id']} 第 {row['limit_version']} 版（该声明已不在用）"
    text = f"{declared['law']}，{declared['title']}（{row['limit_id']} 第 {row['limit_version']} 版）"
    newer = declared["version"] != row["limit_version"]
    return f"{text}；现行为第 {declared['version']} 版" if newer else text


def _arithmetic(row: Mapping[str, Any]) -> str:
    gross, limit, over = row["gross"], row["limit_kg"], row["overload_kg"]
    vehicle = f"{row['axles']} 轴车限重 {limit:,} kg，实测 {gross:,} kg"
    if not over:
        return f"{vehicle}，未超过限重"
    share = f"超限幅度 {over:,} ÷ {limit:,} = {row['overload_pct']:.2f}%"
    return f"{vehicle}，超出 {gross:,} − {limit:,} = {over:,} kg；{share}"
