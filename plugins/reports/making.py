"""The commands of reports: make one, list them, fetch a file of the archive."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from core import api

from . import archive
from .compiling import Report
from .dataset import digest, frozen, gathered
from .period import WRITTEN, Period, last_ended, period
from .sight import region_to_make, regions, sees

SHOWN_DIFFERENCES = 10


def make(
    live: api.Live,
    report: str,
    period: str | None = None,
    form: str | None = None,
    made_by: str = "",
    region: str | None = None,
) -> dict[str, Any]:
    """Make a report, or find that nothing changed since its last version: {text, report, period, region, version,
    is_new, differs, file}. A person who names no region and does not see the whole makes that of his own; NotAllowed
    where he does not see all of it."""
    said = _report(live, report)
    region = region_to_make(live, said.data, region)
    about, form = _period(live, said, period), form or said.data["forms"][0]
    if form not in said.data["forms"]:
        raise api.ZcError(f"报告 {report} 没有 {form} 形式", f"可用：{'、'.join(said.data['forms'])}")
    live.prepare("paper")
    with archive.alone(live.home, report):
        former = next(iter(archive.versions(live, report, about.id, region)), None)
        dataset = gathered(live, said, about, former["version"] + 1 if former else 1, region)
        differs = archive.changed(live, former, dataset)
        if differs is None and former is not None:
            return _told(live, former, form, is_new=False)
        record = _kept(live, said, dataset, _who(live, made_by), differs or [])
        return _told(live, record, form, is_new=True)


def _kept(live: api.Live, said: Report, dataset: Mapping[str, Any], made_by: str, differs: list[str]) -> dict[str, Any]:
    """Freeze the dataset, have the files made from it, enter the version."""
    about = dataset["period"]["id"]
    parent = archive.place(live.home, said.id, about, dataset["region"], 1).parent
    parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    building = Path(tempfile.mkdtemp(prefix=".making-", dir=parent))
    try:
        content = frozen(dataset)
        (building / archive.DATASET).write_bytes(content)
        live.progress(f"rendering {said.id} {about}: {', '.join(said.data['forms'])}")
        files = live.work("rendering.render", building / archive.DATASET, tuple(said.data["forms"]), live.home)
        record = archive.record_of(dataset, said.id, digest(content), files, made_by, differs)
        archive.keep(building, live, record)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
    return record


def _told(live: api.Live, record: Mapping[str, Any], form: str, is_new: bool) -> dict[str, Any]:
    file = archive.folder_of(live.home, record) / f"report.{form}"
    differs = [line for line in (record["differs"] or "").split("；") if line]
    head = f"{record['title']} {record['period_title']} 第 {record['version']} 版"
    lines = [f"{head}：{file}" if is_new else f"{head}：自上一版以来没有变化，未另存新版。{file}"]
    if is_new:
        lines += [f"  与上一版不同：{line}" for line in differs[:SHOWN_DIFFERENCES]]
        lines += [f"  另有 {len(differs) - SHOWN_DIFFERENCES} 处不同"] if len(differs) > SHOWN_DIFFERENCES else []
    return {
        "text": "\n".join(lines),
        "report": record["report"],
        "period": record["period"],
        "region": record["region"],
        "version": record["version"],
        "is_new": is_new,
        "differs": differs if is_new else [],
        "file": str(file),
    }


def listed(live: api.Live) -> dict[str, Any]:
    """{text, reports: [{report, title, help, period: its kind, example, last: the last that is over, forms}]}."""
    today = datetime.now(live.zone).date()
    reports: Mapping[str, Report] = live.facts().compiled["report"]
    rows = [
        {
            "report": one.id,
            "title": one.data["title"],
            "help": one.data["help"],
            "period": one.data["period"],
            "example": WRITTEN[one.data["period"]],
            "last": last_ended(one.data["period"], today).id,
            "forms": list(one.data["forms"]),
        }
        for one in sorted(reports.values(), key=lambda one: (one.data["order"], one.id))
    ]
    text = "\n".join(f"{row['report']:<20} {row['title']}  {row['period']}, such as {row['last']}" for row in rows)
    return {"text": text or "no report is declared; see config/reports", "reports": rows}


def file(
    live: api.Live, report: str, period: str, form: str, version: str | None = None, region: str | None = None
) -> dict[str, Any]:
    """A file of the archive: {path below data, name, sha256}. NotAllowed for a person who may not see all that is in
    it; ZcError where it is not there, or not what was archived."""
    record = _seen(live, report, period, int(version) if version else None, region)
    found = archive.folder_of(live.home, record) / f"report.{form}"
    sha256 = record.get(f"{form}_sha256")
    if not sha256 or not found.is_file():
        raise api.ZcError(f"报告 {report} {period} 没有 {form} 文件", "请另选一种形式。")
    if digest(found.read_bytes()) != sha256:
        raise api.ZcError(f"{found} 与归档时的校验码不符", "它被改动过；删去该文件后重新生成，或从备份中恢复。")
    path = found.relative_to(live.home / "data")
    return {"path": path.as_posix(), "name": archive.file_name(record, form), "sha256": sha256, "text": str(found)}


def _seen(live: api.Live, report: str, period: str, version: int | None, region: str | None) -> dict[str, Any]:
    """The record of the version that is meant, of what whoever asks may see. What a version says is told by its own
    dataset, whatever the report is declared as today."""
    tried = [(one, archive.one(live, report, period, one, version)) for one in regions(live, region)]
    there = [(one, record) for one, record in tried if record is not None]
    for one, record in there:
        if sees(live, _as_listed(archive.dataset_of(live.home, record)), one):
            return record
    if there:
        raise api.NotAllowed("报告中有您看不到的记录或字段，不能下载。", "请联系管理员。")
    which = f"第 {version} 版" if version else "任何版本"
    raise api.ZcError(f"报告 {report} {period} 没有{which}", f"先生成：zc report {report} --period {period}")


def _as_listed(dataset: Mapping[str, Any]) -> dict[str, Any]:
    """The report as it was declared, its lists with the columns that they had."""
    sections = dict(dataset["report"]["sections"])
    for name, listed_ in dataset["lists"].items():
        sections[name] = {**sections[name], "list": {**sections[name]["list"], "columns": listed_["columns"]}}
    return {**dataset["report"], "sections": sections}


def _report(live: api.Live, name: str) -> Report:
    reports: Mapping[str, Report] = live.facts().compiled["report"]
    if name not in reports:
        raise api.ZcError(f"没有名为 {name} 的报告", f"已有：{'、'.join(reports) or '无'}")
    return reports[name]


def _period(live: api.Live, said: Report, text: str | None) -> Period:
    today = datetime.now(live.zone).date()
    found = period(said.data["period"], text) if text else last_ended(said.data["period"], today)
    if found.first > today:
        raise api.ZcError(f"{found.title}还没有开始", "请选一个已开始的周期。")
    return found


def _who(live: api.Live, made_by: str) -> str:
    return live.seeing.account.login if live.seeing is not None else made_by or "operator"
