"""A statistic as the web interface asks it: a URL's question, the answer as plain data in shown terms."""

from __future__ import annotations

from typing import Any

from core.run.answer import Answer, allowed_statistic, ask, shown_rows
from core.run.query import Params
from core.run.question import from_url
from core.run.rights import Rights
from core.run.shown import moment
from core.run.snapshot import Snapshot
from core.store.store import Store


def statistic(rights: Rights, store: Store, id_: str, params: Params) -> dict[str, Any]:
    """The answer to a URL's question: `by`, `measure`, `within`, `compare`, `top`, `order`, `completeness`, `as_of`
    and conditions over whatever may stand in `by`. NotFound, NotAllowed, ZcError in words."""
    told = allowed_statistic(rights, id_)
    answer = ask(rights, store, rights.snapshot, from_url(id_, params, told.fields, rights.snapshot))
    return plain(answer, rights.snapshot)


def plain(answer: Answer, snapshot: Snapshot) -> dict[str, Any]:
    """{columns, rows, totals, labels, compared, completeness, definition, as_of, current}, values as they are shown."""
    rows, totals = shown_rows(answer, snapshot)
    return {
        "columns": answer.columns,
        "rows": rows,
        "totals": totals,
        "labels": answer.labels,
        "compared": answer.compared,
        "completeness": answer.completeness,
        "definition": answer.definition,
        "as_of": moment(answer.as_of, snapshot.zone),
        "current": answer.current,
    }
