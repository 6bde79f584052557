"""A kill cannot show a missing sync: by strace, the log is synced before the reply is sent; unsafe stores refused."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil
import psycopg
import pytest

from core.store.store import Store
from tests import postgres
from tests.soak import trace
from tests.soak.conftest import Tell
from tests.soak.progress import Progress, kept, rounds
from tests.soak.sender import Line, weighing
from tests.soak.site import Site, make_home, make_site, refusal

ROUNDS = 4
POSTS_A_ROUND = 50
LOGS = {"sqlite": "-wal>", "postgresql": "/pg_wal/"}


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_each_reply_waits_for_the_sync(tmp_path: Path, store_url: str, tell: Tell):
    database = store_url.partition(":")[0]
    if database == "postgresql":
        answer_early(store_url)  # the server must not take that for good
    progress = Progress.taken_up(kept(f"sync-{database}"), rounds(ROUNDS))
    with make_site(tmp_path / "home", tmp_path / "server.log", store_url) as site:
        for number in progress.missing:
            figures = one_round(site, store_url, number, tmp_path / f"{number}.strace")
            progress.add(**figures)
            tell(f"{database} round {number} of {progress.wanted}: {POSTS_A_ROUND} posts, each synced before its reply")
    tell(f"{database}: {progress.total('posts')} posts, {progress.total('syncs')} syncs, no reply before its sync")


def one_round(site: Site, store: str, number: int, file: Path) -> dict[str, int]:
    """Post one by one while strace looks on; each reply waited for the sync of its record."""
    site.start()
    token, codes = site.token(), [f"R{number}-{post:04d}" for post in range(POSTS_A_ROUND)]
    with trace.watched([site.pid, *database_processes(store)], file):
        post_one_by_one(site.url, token, codes)
    site.stop()
    calls = trace.read(file.read_text(encoding="ascii"))
    replies, log = trace.replies(calls), LOGS[store.partition(":")[0]]
    assert len(replies) == len(codes)
    for code, reply in zip(codes, replies, strict=True):
        assert trace.waited_for_sync(calls, code, log, reply), f"{code} was answered before its sync"
    return {"posts": len(codes), "syncs": sum(call.synced for call in calls)}


def post_one_by_one(url: str, token: str, codes: list[str]) -> None:
    """Post each alone, the next when the one before is answered."""
    with closing(Line(url, token)) as line:
        for code in codes:
            assert line.post([weighing(code)]).body["accepted"] == 1


def database_processes(store: str) -> list[int]:
    """All processes of a PostgreSQL server on this machine; SQLite has none of its own."""
    if store.startswith("sqlite:"):
        return []
    folder = Path(parse_qs(urlsplit(store).query)["host"][0])
    server = psutil.Process(int((folder / "data" / "postmaster.pid").read_text().splitlines()[0]))
    return [server.pid, *(child.pid for child in server.children(recursive=True))]


WAL = r'pwrite64(8</h/zc-wal>, "\r\0..T1..", 4096, 32) = 4096'
SYNC = "fdatasync(8</h/zc-wal>) = 0"
SYNC_BEGINS, SYNC_ENDS = "fdatasync(8</h/zc-wal> <unfinished ...>", "<... fdatasync resumed>) = 0"
REPLY = r'sendto(14<TCP:[127.0.0.1:1->127.0.0.1:2]>, "HTTP/1.1 200 OK\r\n{\"resultcode\":\"0\",\"accepted\":1}", 9) = 9'


@pytest.mark.parametrize(
    ("lines", "waited"),
    [
        pytest.param([f"7 {WAL}", f"7 {SYNC}", f"6 {REPLY}"], True, id="synced"),
        pytest.param([f"7 {WAL}", f"7 {SYNC_BEGINS}", f"7 {SYNC_ENDS}", f"6 {REPLY}"], True, id="synced in pieces"),
        pytest.param([f"7 {WAL}", f"7 {SYNC_BEGINS}", f"6 {REPLY}", f"7 {SYNC_ENDS}"], False, id="still syncing"),
        pytest.param([f"7 {WAL}", "7 fdatasync(8</h/zc-wal>) = -1 EIO", f"6 {REPLY}"], False, id="sync failed"),
        pytest.param([f"7 {WAL}", "7 fdatasync(9</h/zc>) = 0", f"6 {REPLY}"], False, id="other file"),
        pytest.param([f"7 {SYNC}", f"7 {WAL}", f"6 {REPLY}"], False, id="too early"),
        pytest.param([f"7 {WAL}", f"6 {REPLY}", f"7 {SYNC}"], False, id="too late"),
        pytest.param([f"7 {WAL.replace('T1', 'T2')}", f"7 {SYNC}", f"6 {REPLY}"], False, id="other record"),
    ],
)
def test_a_trace_tells_whether_a_reply_waited(lines: list[str], waited: bool):
    calls = trace.read("\n".join(lines))
    [reply] = trace.replies(calls)
    assert trace.waited_for_sync(calls, "T1", "-wal>", reply) is waited


def test_postgresql_that_does_not_sync_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(postgres.SETTINGS, "fsync", "off")
    with postgres.cluster() as url:
        make_home(tmp_path / "home", url.format(name="postgres"))
        said = refusal(tmp_path / "home")
    assert "PostgreSQL has fsync = off" in said
    assert "set fsync = on on the server" in said


def test_postgresql_that_answers_before_it_synced_is_overruled(postgresql_url: str):
    answer_early(postgresql_url)
    with closing(psycopg.connect(postgresql_url)) as connection:
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("off",)
    with closing(Store.open(postgresql_url)) as store:
        assert store.writer.run(lambda session: session.execute("SHOW synchronous_commit").fetchone()) == ("on",)


def test_sqlite_that_cannot_keep_a_log_is_refused(tmp_path: Path, sqlite_url: str):
    make_home(tmp_path / "home", sqlite_url)
    (tmp_path / "zc.db-wal").mkdir()
    assert f"the database {sqlite_url} cannot be opened" in refusal(tmp_path / "home")


def answer_early(store: str) -> None:
    """Let a PostgreSQL database answer commits before they are synced, unless a connection asks for better."""
    with closing(psycopg.connect(store, autocommit=True)) as connection:
        connection.execute(f"ALTER DATABASE {connection.info.dbname} SET synchronous_commit = off")
