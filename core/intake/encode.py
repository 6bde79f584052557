"""Plain data as a partner would send it: the reverse of decoding, for trials and samples."""

from __future__ import annotations

import base64
import csv
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from io import StringIO
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

import msgspec

from core.declare.phrase import phrase
from core.intake import markup, template
from core.intake.decode import dig
from core.intake.decode.layout import Csv, Layout, Soap
from core.intake.decode.soap import ENVELOPE

BOUNDARY = "zc-part-of-a-form"

TYPES: Mapping[str, str] = MappingProxyType(
    {
        "json": "application/json",
        "lines": "application/x-ndjson",
        "csv": "text/csv",
        "form": "application/x-www-form-urlencoded",
        "multipart": f"multipart/form-data; boundary={BOUNDARY}",
        "xml": "text/xml",
        "soap": "text/xml",
    }
)
"""The content type of each format as it is written here."""


def encode(data: Any, layout: Layout) -> bytes:
    """A body that decodes to `data`, as far as the format can say it. ValueError where it cannot: a list where
    names are needed, no or two roots for XML, a text inside that is not there.
    """
    if layout.inside is not None:
        data = deepcopy(data)
        *around, name = layout.inside.at
        holder = dig(data, tuple(around))
        if not isinstance(holder, dict) or name not in holder:
            raise ValueError(phrase("there is nothing at {place}", place=".".join(layout.inside.at)))
        inner = _written(layout.inside.format, holder[name], layout)
        if layout.inside.encoding == "base64":
            holder[name] = base64.b64encode(inner.encode(layout.charset)).decode()
        else:
            holder[name] = inner
    text = _written(layout.format, data, layout)
    return text.encode(layout.charset)


def _written(format_: str, data: Any, layout: Layout) -> str:
    match format_:
        case "lines":
            return "".join(f"{msgspec.json.encode(one).decode()}\n" for one in _list(data))
        case "csv":
            return _csv([_mapping(row) for row in _list(data)], layout.csv)
        case "form":
            return urlencode(_texts(data), encoding=layout.charset)
        case "multipart":
            return _multipart(_texts(data))
        case "xml":
            return _xml(data)
        case "soap":
            return _soap(data, layout.soap)
    return msgspec.json.encode(data).decode()


def _csv(rows: Sequence[Mapping[str, Any]], said: Csv) -> str:
    out = StringIO()
    writer = csv.writer(out, delimiter=said.delimiter, lineterminator="\r\n")
    names = list(said.columns) or list(dict.fromkeys(name for row in rows for name in row))
    if said.heading:
        writer.writerow(names)
    writer.writerows([template.as_text(row.get(name)) for name in names] for row in rows)
    return out.getvalue()


def _multipart(fields: Mapping[str, str]) -> str:
    parts = "".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
        for name, text in fields.items()
    )
    return f"{parts}--{BOUNDARY}--\r\n"


def _xml(data: Any) -> str:
    if len(_mapping(data)) != 1:
        raise ValueError(phrase("XML has one root"))
    return markup.written(data)


def _soap(data: Any, soap: Soap | None) -> str:
    if soap is None:
        raise ValueError(phrase("no operation is declared"))
    called = {"@xmlns": soap.namespace, **_mapping(data)}
    return markup.written({"e:Envelope": {"@xmlns:e": ENVELOPE, "e:Body": {soap.operation: called}}})


def _list(data: Any) -> Iterable[Any]:
    if not isinstance(data, list):
        raise ValueError(phrase("a list of records is needed"))  # noqa: TRY004 - ValueError is what encode promises
    return data


def _mapping(data: Any) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise ValueError(phrase("a mapping of names is needed"))  # noqa: TRY004 - ValueError is what encode promises
    return data


def _texts(data: Any) -> dict[str, str]:
    return {name: template.as_text(value) for name, value in _mapping(data).items()}
