"""From declarations of the kind `report` to reports: every name in them looked up, sections in their order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from core import api

from .naming import PLAIN, called, measures, names, ordered, rings
from .phrase import phrase

Declared = Mapping[str, Mapping[str, api.Declaration]]
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Listed:
    """What a list of records needs to know: the category's title, the field of its entity's time, the label of each
    field, the dictionary of each choice, and with how many decimals a number is written that says so."""

    title: str
    time: str | None
    labels: Mapping[str, str]
    dictionaries: Mapping[str, str]
    decimals: Mapping[str, int]


@dataclass(frozen=True)
class Report:
    """A compiled report: `data` as declared, the names of its sections in order, what its lists need."""

    id: str
    data: Mapping[str, Any]
    sections: tuple[str, ...]
    lists: Mapping[str, Listed]


def compile_reports(
    declarations: Mapping[str, api.Declaration], links: Any
) -> tuple[dict[str, Report], list[api.Problem]]:
    """{id: report}, and a problem for each name that stands for nothing."""
    declared: Declared = links
    reports, problems = {}, []
    for id_, declaration in declarations.items():
        found = [*_problems(declaration, declared)]
        problems += found
        if not found:
            reports[id_] = _report(declaration, declared)
    return reports, problems


def _report(declaration: api.Declaration, declared: Declared) -> Report:
    sections = declaration.data["sections"]
    lists = {name: _listed(said["list"]["category"], declared) for name, said in sections.items() if said.get("list")}
    return Report(declaration.id, declaration.data, ordered(sections), lists)


def _listed(category: str, declared: Declared) -> Listed:
    asked = declared["category"][category].data
    entity = declared["entity"][asked["entity"]].data
    fields = entity["fields"].items()
    labels = {name: said.get("label") or name for name, said in fields}
    dictionaries = {name: said["dictionary"] for name, said in fields if said.get("dictionary")}
    decimals = {name: said["decimals"] for name, said in fields if said.get("decimals")}
    return Listed(asked["title"], entity.get("time"), labels, dictionaries, decimals)


def _problems(declaration: api.Declaration, declared: Declared) -> Iterator[api.Problem]:
    data = declaration.data
    for name, said in data["figures"].items():
        yield from _question_problems(declaration, name, said, declared)
    for name in rings(data["sections"]):
        after = data["sections"][name]["after"]
        what = phrase("section {name} follows {after}, which leads to no section", name=name, after=after)
        yield _wrong(declaration, ("sections", name, "after"), what, phrase("name a section that is there"))
    for name, said in data["sections"].items():
        yield from _section_problems(declaration, name, said)
    for key in ("title", "subtitle"):
        if data.get("cover"):
            yield from _text_problems(declaration, ("cover", key), data["cover"][key])
    for index, check in enumerate(data["cross_check"]):
        for key, name in (("equals", check["equals"]), *(("sum", name) for name in check["sum"])):
            said = called(name, data["figures"])
            if said is None or said.first:
                yield _wrong(declaration, ("cross_check", index, key), *_unknown(name, data))


def _question_problems(
    declaration: api.Declaration, name: str, said: Mapping[str, Any], declared: Declared
) -> Iterator[api.Problem]:
    statistic = declared["statistic"].get(said["statistic"])
    if statistic is None:  # told already, as a link
        return
    dimensions = dimensions_of(statistic.data, declared)
    for index, dimension in enumerate(said["by"]):
        if dimension.partition(".")[0] not in dimensions:
            of = said["statistic"]
            what = phrase("{dimension} is no dimension of {statistic}", dimension=dimension, statistic=of)
            yield _wrong(declaration, ("figures", name, "by", index), what, _one_of(dimensions))
    known = measures_of(statistic.data)
    for index, measure in enumerate(said["measures"]):
        if measure not in known:
            what = phrase("{measure} is no measure of {statistic}", measure=measure, statistic=said["statistic"])
            yield _wrong(declaration, ("figures", name, "measures", index), what, _one_of(known))
    if said["online"] and not _is_by_scope(said, statistic.data, declared):
        what = phrase("{name} tells nothing of who was online", name=name)
        mend = phrase("ask by the scope alone, of a statistic that says under expected what is due")
        yield _wrong(declaration, ("figures", name, "online"), what, mend)
    order = (said.get("order") or "").removeprefix("-")
    if order and order not in (*said["by"], *measures(said)):
        what = phrase("{order} is neither a dimension nor a measure of {name}", order=order, name=name)
        yield _wrong(declaration, ("figures", name, "order"), what, phrase("order by one of its columns"))


def dimensions_of(statistic: Mapping[str, Any], declared: Declared) -> tuple[str, ...]:
    """What a statistic of that declaration may be asked by, beside paths through a reference."""
    named = (one if isinstance(one, str) else one["name"] for one in statistic["dimensions"])
    entity = declared["entity"].get(statistic["entity"])
    scope = entity.data.get("scope") if entity is not None else None
    return (*named, *([scope] if scope else []), "provenance", "pending", *api.GRAINS)


def _is_by_scope(said: Mapping[str, Any], statistic: Mapping[str, Any], declared: Declared) -> bool:
    entity = declared["entity"].get(statistic["entity"])
    return bool(statistic.get("expected")) and entity is not None and said["by"] == [entity.data.get("scope")]


def measures_of(statistic: Mapping[str, Any]) -> tuple[str, ...]:
    """What a statistic of that declaration measures."""
    return ("count", *statistic["sum"], *statistic.get("measures", {}))


def _section_problems(declaration: api.Declaration, name: str, said: Mapping[str, Any]) -> Iterator[api.Problem]:
    figures, path = declaration.data["figures"], ("sections", name)
    for key in ("heading", "text", "notes"):
        yield from _text_problems(declaration, (*path, key), said.get(key) or "")
    for part in ("table", "chart"):
        of = (said.get(part) or {}).get("of")
        if of is None:
            continue
        if of not in figures:
            what = phrase("no figure is called {of}", of=of)
            mend = phrase("use one of {known}, or declare it under figures", known=", ".join(figures))
            yield _wrong(declaration, (*path, part, "of"), what, mend)
        elif part == "chart" and not figures[of]["by"]:
            what = phrase("{of} is a single row, which makes no chart", of=of)
            yield _wrong(declaration, (*path, part, "of"), what, phrase("ask it by a dimension"))
        else:
            yield from _part_problems(declaration, (*path, part), said[part], figures[of])
    image = PurePosixPath((said.get("image") or {}).get("file", ""))
    if image.is_absolute() or ".." in image.parts:
        what = phrase("{image} leads out of the home", image=str(image))
        yield _wrong(declaration, (*path, "image", "file"), what, phrase("name a file below it"))


def _part_problems(
    declaration: api.Declaration, path: Path, said: Mapping[str, Any], figure: Mapping[str, Any]
) -> Iterator[api.Problem]:
    changes = [f"{measure}.{compared}" for measure in figure["measures"] for compared in figure["compare"]]
    known = {
        "columns": (*figure["by"], *measures(figure), *changes),
        "measures": measures(figure),
        "across": tuple(figure["by"][1:]),
        "series": tuple(figure["by"][1:]),
    }
    for key, allowed in known.items():
        given = said.get(key) or []
        for name in [given] if isinstance(given, str) else given:
            if name not in allowed:
                what = phrase("{name} is no column that {of} has for {key}", name=name, of=said["of"], key=key)
                yield _wrong(declaration, (*path, key), what, _one_of(allowed))
    if "shape" in said and len(figure["by"]) > 1 and not said.get("series"):
        what = phrase("{of} has two dimensions, the chart shows one", of=said["of"])
        yield _wrong(declaration, (*path, "of"), what, phrase("say the other under series"))
    if said.get("across") and (len(figure["by"]) != 2 or len(figure["measures"]) != 1):
        what = phrase("{of} cannot be spread across", of=said["of"])
        yield _wrong(declaration, (*path, "across"), what, phrase("ask it by two dimensions for one measure"))


def _text_problems(declaration: api.Declaration, path: Path, text: str) -> Iterator[api.Problem]:
    try:
        found = [*names(text)]
    except ValueError as error:
        what = phrase("its braces cannot be read: {error}", error=str(error))
        yield _wrong(declaration, path, what, phrase("write {{ and }} for braces themselves"))
        return
    for name in found:
        if name not in PLAIN and called(name, declaration.data["figures"]) is None:
            yield _wrong(declaration, path, *_unknown(name, declaration.data))


def _unknown(name: str, data: Mapping[str, Any]) -> tuple[str, str]:
    figure = name.partition(".")[0]
    if figure in data["figures"]:
        said = data["figures"][figure]
        parts = ", ".join([*measures(said), *said["by"]])
        what = phrase("{called} calls nothing of {figure}", called=f"{{{name}}}", figure=figure)
        return what, phrase("it has {parts}; changes are there where compare names them", parts=parts)
    return phrase("{called} calls no figure", called=f"{{{name}}}"), _one_of((*PLAIN, *data["figures"]))


def _one_of(known: Sequence[str]) -> str:
    return phrase("use one of {known}", known=", ".join(known) or "-")


def _wrong(declaration: api.Declaration, path: Path, what: str, mend: str) -> api.Problem:
    return declaration.problem("ZC420", *path, what=what, mend=mend)
