"""From an interface's declaration to the layout of its bodies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from core.declare.declaration import Declaration
from core.declare.phrase import phrase
from core.declare.problem import Problem
from core.intake.decode.layout import LISTS, Csv, Inside, Layout, Soap


def compile_layout(declaration: Declaration) -> tuple[Layout, list[Problem]]:
    """The layout as declared, and what in it means nothing or is missing; with problems it is of no use."""
    data = declaration.data
    inside = data.get("inside")
    layout = Layout(
        format=data["format"],
        charset=data["charset"],
        csv=_csv(data["csv"]) if "csv" in data else Csv(),
        soap=compile_soap(data["soap"]) if "soap" in data else None,
        inside=Inside(tuple(inside["at"].split(".")), inside["encoding"], inside["format"]) if inside else None,
    )
    return layout, list(_problems(declaration, layout))


def compile_soap(said: Mapping[str, Any]) -> Soap:
    """The operation that is declared under soap."""
    return Soap(
        namespace=said["namespace"],
        operation=said["operation"],
        parameters=MappingProxyType(dict(said["parameters"])),
        result=said.get("result", f"{said['operation']}Result"),
        address=said["address"],
    )


def _csv(said: Mapping[str, Any]) -> Csv:
    return Csv(said["delimiter"], said["heading"], tuple(said["columns"]))


def _problems(declaration: Declaration, layout: Layout) -> Iterator[Problem]:
    data, inside = declaration.data, layout.inside
    formats = {layout.format} | ({inside.format} if inside else set())
    if (layout.format == "soap") is not (layout.soap is not None):
        what = phrase("the format is soap, and no operation is said") if layout.soap is None else phrase("soap is said")
        mend = (
            phrase("say namespace, operation and parameters under soap")
            if layout.soap is None
            else phrase("write format: soap")
        )
        yield declaration.problem("ZC343", "soap" if layout.soap else "format", what=what, mend=mend)
    if "csv" in data and "csv" not in formats:
        yield declaration.problem(
            "ZC343", "csv", what=phrase("csv is said, and nothing is read as csv"), mend=phrase("take csv away")
        )
    if layout.csv.heading and layout.csv.columns:
        what = phrase("the columns are named twice, in the heading line and here")
        yield declaration.problem(
            "ZC343", "csv", "columns", what=what, mend=phrase("take columns away, or write heading: false")
        )
    if len(set(layout.csv.columns)) < len(layout.csv.columns):
        what = phrase("two columns have the same name")
        yield declaration.problem(
            "ZC343", "csv", "columns", what=what, mend=phrase("give each column a name of its own")
        )
    if inside is not None and layout.listed:
        what = phrase("a body of format {format} has no text inside", format=layout.format)
        yield declaration.problem(
            "ZC343", "inside", what=what, mend=phrase("take inside away, or name the outer format")
        )
    if inside is not None and not all(inside.at):
        what = phrase("'{place}' leads nowhere", place=".".join(inside.at))
        yield declaration.problem("ZC343", "inside", "at", what=what, mend=phrase("write names with dots between them"))
    if layout.soap and inside and inside.at[0] not in layout.soap.parameters:
        what = phrase("'{name}' is no parameter of {operation}", name=inside.at[0], operation=layout.soap.operation)
        mend = phrase("use one of: {names}", names=", ".join(layout.soap.parameters))
        yield declaration.problem("ZC343", "inside", "at", what=what, mend=mend)
    if layout.format in LISTS and data["records"]:
        what = phrase("a body of format {format} is the list of records itself", format=layout.format)
        yield declaration.problem("ZC343", "records", what=what, mend=phrase("take records away"))
