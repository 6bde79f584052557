"""Fixtures for all tests."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings

from tests import postgres

settings.register_profile("untimed", deadline=None)  # a busy machine must not fail a property
settings.load_profile("untimed")

os.environ["LC_ALL"] = "C.UTF-8"  # what zc prints must not follow the language of the developer's machine

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """URL of the tests' PostgreSQL server, {name} in place of the database; started when first asked for."""
    with postgres.cluster() as url:
        yield url


@contextmanager
def empty_database(server: str) -> Iterator[str]:
    """URL of an empty database of the server, dropped afterwards."""
    name = f"zc_{next(_numbers)}"
    with closing(psycopg.connect(server.format(name="postgres"), autocommit=True)) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield server.format(name=name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """URL of an empty PostgreSQL database, dropped afterwards."""
    with empty_database(postgresql_server) as url:
        yield url


@pytest.fixture
def second_postgresql_url(postgresql_server: str) -> Iterator[str]:
    """URL of another empty PostgreSQL database, dropped afterwards."""
    with empty_database(postgresql_server) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """URL of a SQLite database that is not there yet."""
    return f"sqlite:///{tmp_path / 'zc.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """URL of an empty database: every test that asks for it runs on both."""
    return request.getfixturevalue(f"{request.param}_url")
