"""Who may make and fetch what: a report prints its figures and lists to everybody alike, so whoever makes or fetches
one over a region, or over the whole, must see all of them there himself, nothing masked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core import api

from .asking import asked

REGION = "region"


def regions(live: api.Live, region: str | None) -> Iterator[str | None]:
    """The regions that are meant, the first that may be seen being taken: the one that is named, else the whole, then
    the person's own."""
    yield region
    own = live.seeing.account.refs.get(REGION) if live.seeing is not None else None
    if region is None and own:
        yield own


def region_to_make(live: api.Live, declared: Mapping[str, Any], region: str | None) -> str | None:
    """The region over which a report is made for whoever asks. NotAllowed where there is none."""
    for tried in regions(live, region):
        if sees(live, declared, tried):
            return tried
    raise api.NotAllowed("报告中有您看不到的记录或字段，不能生成。", "请联系管理员。")


def sees(live: api.Live, declared: Mapping[str, Any], region: str | None) -> bool:
    """Whether whoever asks may be told all that a report, as it is declared, says of a region or of the whole."""
    if live.seeing is None:
        return True
    area = (REGION, region) if region else None
    lists = [said["list"] for said in declared["sections"].values() if said.get("list")]
    return all(live.seeing.sees_figures(asked(said), area) for said in declared["figures"].values()) and all(
        live.seeing.sees_records(said["category"], said["columns"], said["where"], area) for said in lists
    )
