"""FastAPI, Pydantic and SQLAlchemy's ORM: `python -m core.cli.bench.peers.orm DATABASE PORT`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import uvicorn
from fastapi import Depends, FastAPI
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from core.cli.bench.payload import UNIQUE
from core.cli.bench.peers.model import Batch, connect

app = FastAPI()
make_session = sessionmaker(connect(sys.argv[1]))


class Base(DeclarativeBase):
    """The ORM's own base."""


class WeighingRow(Base):
    """The table of the payload."""

    __tablename__ = "weighing"

    id: Mapped[int] = mapped_column(primary_key=True)
    previewdate: Mapped[datetime]
    previewcode: Mapped[str]
    previewstationcode: Mapped[str]
    truckno: Mapped[str | None]
    truckcode: Mapped[str | None]
    axisnum: Mapped[int | None]
    speed: Mapped[float | None]
    ianeno: Mapped[int | None]
    totalweight: Mapped[int]
    overlimited: Mapped[int | None]
    platecolor: Mapped[str | None]
    overrate: Mapped[float | None]
    axle1: Mapped[int | None]
    axle2: Mapped[int | None]
    axle3: Mapped[int | None]
    axle4: Mapped[int | None]
    axle5: Mapped[int | None]
    axle6: Mapped[int | None]


def session() -> Iterator[Session]:
    """One for each request."""
    with make_session() as one:
        yield one


@app.post("/weighings")
def take(batch: Batch, session: Annotated[Session, Depends(session)]) -> dict[str, int]:
    """Store one post in one transaction; where some of it is there already, the rest by an upsert of the ORM."""
    session.add_all(WeighingRow(**record.model_dump()) for record in batch.records)
    try:
        session.commit()
    except IntegrityError:
        session.rollback()
        statement = insert(WeighingRow).on_conflict_do_nothing(index_elements=UNIQUE)
        session.execute(statement, [record.model_dump() for record in batch.records])
        session.commit()
    return {"accepted": len(batch.records)}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), access_log=False, log_level="warning")
