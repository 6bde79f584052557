"""What both FastAPI peers take, and their database: SQLite with the write-ahead log, every commit synced."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field
from sqlalchemy import Engine, create_engine, event

WAITS_S = 60  # for the lock of other writers, so that no post is refused for it

Weight = Annotated[int, Field(ge=0, le=300_000)]


class Weighing(BaseModel):
    """One record, in the names of the payload."""

    previewdate: datetime
    previewcode: Annotated[str, Field(min_length=1, max_length=64)]
    previewstationcode: Annotated[str, Field(min_length=1, max_length=40)]
    truckno: Annotated[str, Field(max_length=12)] | None = None
    truckcode: Annotated[str, Field(max_length=40)] | None = None
    axisnum: Annotated[int, Field(ge=1, le=30)] | None = None
    speed: Annotated[float, Field(ge=0, le=300)] | None = None
    ianeno: Annotated[int, Field(ge=0, le=99)] | None = None
    totalweight: Weight
    overlimited: Annotated[int, Field(ge=-300_000, le=300_000)] | None = None
    platecolor: str | None = None
    overrate: float | None = None
    axle1: Weight | None = None
    axle2: Weight | None = None
    axle3: Weight | None = None
    axle4: Weight | None = None
    axle5: Weight | None = None
    axle6: Weight | None = None


class Batch(BaseModel):
    """One post."""

    records: list[Weighing]


def connect(database: str) -> Engine:
    """The engine on a database file whose table is there already."""
    engine = create_engine(f"sqlite:///{database}", connect_args={"timeout": WAITS_S})

    @event.listens_for(engine, "connect")
    def durable(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    return engine
