"""The archive of reports: a folder for each version with its dataset and files, a record for each in the store.

data/reports/<report>/<period>/v<version>/ holds dataset.json and the files made from it, that of a region lies in a
folder region-<code> of the period; each region has versions of its own. A report that is made again
gets a new version only where its figures or its declaration differ, and says what does.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core import api

from .dataset import digest
from .difference import differences

ENTITY, CATEGORY = "report_version", "report_version"
WHOLE = "whole"
"""The area of what is made over all records; else it is a region's code."""
DATASET = "dataset.json"
WHO = "report"
LONGEST = 2000


@contextmanager
def alone(home: Path, report: str) -> Iterator[None]:
    """One making of a report at a time: a job, a page and an operator would take one number for their versions."""
    folder = home / "data" / "reports" / report
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def place(home: Path, report: str, period: str, region: str | None, version: int) -> Path:
    """The folder of one version."""
    folder = home / "data" / "reports" / report / period
    return (folder / f"region-{region}" if region else folder) / f"v{version}"


def folder_of(home: Path, record: Mapping[str, Any]) -> Path:
    """The folder of the version that a record enters."""
    return place(home, record["report"], record["period"], record["region"], record["version"])


def versions(live: api.Live, report: str, period: str, region: str | None) -> list[dict[str, Any]]:
    """The records of a report's versions for a period, over a region or the whole, the newest first."""
    return live.search(CATEGORY, {"report": report, "period": period, "area": region or WHOLE}, limit=1000)


def one(live: api.Live, report: str, period: str, region: str | None, version: int | None) -> dict[str, Any] | None:
    """The record of a version, the newest where none is named; None where there is none."""
    found = versions(live, report, period, region)
    return next((record for record in found if version in (None, record["version"])), None)


def dataset_of(home: Path, record: Mapping[str, Any]) -> dict[str, Any]:
    """The dataset of a version. ZcError where its file is gone, or is not the one that was archived."""
    file = folder_of(home, record) / DATASET
    try:
        content = file.read_bytes()
    except OSError as error:
        raise api.ZcError(f"归档文件 {file} 读不出来", "请从备份中恢复 data/reports。") from error
    if digest(content) != record["dataset_sha256"]:
        raise api.ZcError(f"归档文件 {file} 与归档时的校验码不符", "它被改动过，请从备份中恢复 data/reports。")
    found: dict[str, Any] = json.loads(content)
    return found


def changed(live: api.Live, former: Mapping[str, Any] | None, dataset: Mapping[str, Any]) -> list[str] | None:
    """What differs from the version before, in words; empty for a first version, None where nothing differs."""
    if former is None:
        return []
    return differences(dataset_of(live.home, former), dataset) or None


def keep(building: Path, live: api.Live, record: Mapping[str, Any]) -> None:
    """Put a finished version into its place and enter it; the folder first, so that no record lacks its files."""
    target = folder_of(live.home, record)
    if target.exists():  # of a making that was broken off between the folder and its record
        shutil.rmtree(target)
    _sync(building)
    building.rename(target)
    _sync(target.parent)
    rows = json.dumps([record], ensure_ascii=False).encode().hex()
    done = live.operate("load", entity=ENTITY, name="version.json", data=rows, replace=False, who=WHO)
    if done["refused"]:
        raise api.ZcError(f"归档登记失败：{done['refused'][0]['message']}", "请查看实体 report_version。")


def record_of(
    dataset: Mapping[str, Any], report: str, sha256: str, files: Mapping[str, str], made_by: str, differs: list[str]
) -> dict[str, Any]:
    """What is entered of a version."""
    names = dataset["names"]
    text = "；".join(differs)
    return {
        "report": report,
        "title": names["title"],
        "area": dataset["region"] or WHOLE,
        "region": dataset["region"],
        "period": dataset["period"]["id"],
        "period_title": names["period"],
        "version": int(names["version"]),
        "cut_off": names["cut_off"],
        "made_by": made_by,
        "dataset_sha256": sha256,
        **{f"{form}_sha256": files.get(form) for form in ("pdf", "xlsx", "csv")},
        "differs": text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…",
    }


def file_name(record: Mapping[str, Any], form: str) -> str:
    """The name under which a file is given away."""
    return f"{record['title']}_{record['period']}_第{record['version']}版.{form}"


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
