"""FastAPI, Pydantic and SQLAlchemy Core: `python -m core.cli.bench.peers.core DATABASE PORT`."""

from __future__ import annotations

import sys

import uvicorn
from fastapi import FastAPI
from sqlalchemy import Column, DateTime, Float, Integer, MetaData, Table, Text
from sqlalchemy.dialects.sqlite import insert

from core.cli.bench.payload import COLUMNS, TABLE, UNIQUE
from core.cli.bench.peers.model import Batch, connect

KINDS = {"TEXT": Text, "INTEGER": Integer, "REAL": Float}

app = FastAPI()
engine = connect(sys.argv[1])
columns = [Column(name, DateTime if name == "previewdate" else KINDS[kind]) for name, kind in COLUMNS.items()]
weighing = Table(TABLE, MetaData(), Column("id", Integer, primary_key=True), *columns)


@app.post("/weighings")
def take(batch: Batch) -> dict[str, int]:
    """Store one post by one statement in one transaction; what is there already is left as it is."""
    statement = insert(weighing).on_conflict_do_nothing(index_elements=UNIQUE)
    with engine.begin() as connection:
        connection.execute(statement, [record.model_dump() for record in batch.records])
    return {"accepted": len(batch.records)}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), access_log=False, log_level="warning")
