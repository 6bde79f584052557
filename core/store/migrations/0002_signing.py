"""Keys that sign, sealed; nonces that were used."""

from core.store.migrate import MigrationDatabase


def up(database: MigrationDatabase) -> None:
    """Add them."""
    text, integer, data = (database.column_type(kind) for kind in ("text", "integer", "bytes"))
    suffix = " STRICT, WITHOUT ROWID" if database.dialect == "sqlite" else ""
    database.execute(f"ALTER TABLE credential ADD COLUMN sealed {data}")
    database.execute(
        f"CREATE TABLE nonce (partner {text} NOT NULL, digest {data} NOT NULL, expires_at {integer} NOT NULL,"
        f" PRIMARY KEY (partner, digest)){suffix}"
    )
    database.execute("CREATE INDEX nonce_expires_at ON nonce (expires_at)")
