"""Tables of cells of a former layout go when the store is opened, and are counted anew."""

from __future__ import annotations

from core.store.database import Session
from core.store.store import Store
from tests.core.store.counted import ALL, agree
from tests.core.store.records import ENTITIES, put, weighing

FORMER = """CREATE TABLE s_weighings__7 (day BIGINT, hour BIGINT, cell {bytes}, count BIGINT)"""
LINE = "INSERT INTO statistic VALUES ('s_weighings__7', 'weighings', 'weighing', 'former', '{}', 'kept', 9, 9)"


def make_former(session: Session) -> None:
    """The store as it was before cells had levels."""
    session.execute(FORMER.format(bytes=session.dialect.column_type("bytes")))
    session.execute(LINE)
    session.execute("DELETE FROM migration WHERE name = ?", ("0008_levels",))


def test_a_former_layout_is_left_behind(store_url):
    former = Store.open(store_url)
    former.apply(former.plan(ENTITIES))
    put(former, weighing("A1", axles=3), weighing("A2", axles=2))
    former.writer.run(make_former)
    former.close()
    store = Store.open(store_url)
    with store.database.reading() as session:
        assert "s_weighings__7" not in session.dialect.tables(session)
    store.statistics.adopt(ALL)
    store.statistics.fill()
    agree(store, ALL)
    store.close()
