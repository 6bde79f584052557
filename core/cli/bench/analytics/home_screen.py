"""The whole data of a page: what all its blocks ask of statistics, one after the other, as each request does it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec

from core.run import block_query
from core.run.ad_hoc import AdHoc
from core.run.answer import Answer, answered, ask
from core.run.figuring import plain, question_of
from core.run.live import Platform
from core.run.pages import placed
from core.run.question import Question
from core.run.rights import Account, Rights

PAGES = ("home", "wall")
ADMIN = Account("bench", "bench", ("admin",), 0, False, {})


def asked_by(platform: Platform, page: str, now_ms: int) -> list[Question]:
    """The questions of a page's blocks, asked at that moment."""
    snapshot = platform.snapshot
    blocks = (block for _, block in placed(snapshot.pages[page].rows) if block.get("statistic"))
    told = ((snapshot.statistics[block["statistic"]], block) for block in blocks)
    asked = ((statistic, block_query.asks(block, statistic.entity)) for statistic, block in told)
    return [replace(question_of(statistic, params, snapshot), cut_off=now_ms) for statistic, params in asked]


def told(platform: Platform, questions: Sequence[Question]) -> list[bytes]:
    """Each answer as the server sends it."""
    return [msgspec.json.encode(plain(_kept(platform, one), platform.snapshot)) for one in questions]


def differing(platform: Platform, questions: Sequence[Question]) -> list[str]:
    """The questions whose answers differ from the same counted by DuckDB over the records."""
    return [
        f"{one.statistic} by {', '.join(one.by)} within {one.within}"
        for one in questions
        if _values(_kept(platform, one)) != _values(_counted(platform, one))
    ]


def _kept(platform: Platform, question: Question) -> Answer:
    return ask(Rights(ADMIN, platform.snapshot), platform.store, platform.snapshot, question)


def _counted(platform: Platform, question: Question) -> Answer:
    """The same of the records: no statistic is in force that could answer."""
    snapshot = replace(platform.snapshot, statistics={})
    declared = platform.snapshot.statistics[question.statistic]
    rights = Rights(ADMIN, snapshot)
    return answered(AdHoc(rights, platform.store, question, declared=declared, columnar=platform.columnar))


def _values(answer: Answer) -> Any:
    return answer.rows, answer.totals, answer.compared
