"""Files of a partner's SFTP server: asyncssh's own, on this machine."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from core.declare.problem import ZcError
from tests.core.run import homes
from tests.plugins.pulling.conftest import codes, pull

SECRET = "test-sftp-secret"
HEAD = "no,gate,at,kg\n"


@dataclass
class Server:
    """A partner's server, its files in `folder`. `hold` is what a read waits for."""

    folder: Path
    key: asyncssh.SSHKey
    client_key: asyncssh.SSHKey
    port: int = 0
    reads: list[str] = field(default_factory=list)

    def put(self, path: str, *numbers: str, changed_s: int = 1_793_500_000, text: str | None = None) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        rows = "".join(f"{number},G1,2026-11-01 08:00:00,900\n" for number in numbers)
        file.write_text(f"{HEAD}{rows}" if text is None else text, encoding="utf-8")
        os.utime(file, (changed_s, changed_s))
        return file

    def of(self, **change: Any) -> dict[str, Any]:
        """What an interface says under pull."""
        public = self.key.export_public_key().decode().strip()
        said = {"by": "sftp_pull", "host": "127.0.0.1", "port": self.port, "host_key": public, "user": "zc"}
        return {**said, "password": "sftp", "files": "*.csv", "steady_s": 0.3, "timeout_s": 5, **change}


@pytest.fixture(scope="module")
def keys() -> tuple[asyncssh.SSHKey, asyncssh.SSHKey]:
    return asyncssh.generate_private_key("ssh-ed25519"), asyncssh.generate_private_key("ssh-ed25519")


@pytest.fixture
def server(tmp_path: Path, keys: tuple[asyncssh.SSHKey, asyncssh.SSHKey]) -> Iterator[Server]:
    made, ready, loop = Server(tmp_path / "partner", *keys), threading.Event(), asyncio.new_event_loop()
    made.folder.mkdir()

    class Login(asyncssh.SSHServer):
        def begin_auth(self, username: str) -> bool:
            return True

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, password: str) -> bool:
            return (username, password) == ("zc", SECRET)

    class Files(asyncssh.SFTPServer):
        def __init__(self, channel: Any) -> None:
            super().__init__(channel, chroot=str(made.folder))

        def open(self, path: bytes, pflags: int, attrs: Any) -> Any:
            made.reads.append(Path(os.fsdecode(path)).name)
            return super().open(path, pflags, attrs)

    authorized = asyncssh.import_authorized_keys(made.client_key.export_public_key().decode())

    async def serve() -> None:
        acceptor = await asyncssh.listen(
            "127.0.0.1", 0, server_factory=Login, server_host_keys=[made.key], sftp_factory=Files,
            authorized_client_keys=authorized,
        )  # fmt: skip
        made.port = acceptor.get_port()
        ready.set()
        await stopped.wait()
        acceptor.close()
        await acceptor.wait_closed()
        await asyncio.sleep(0.05)  # connections that end write their last words

    stopped = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(10)
    yield made
    loop.call_soon_threadsafe(stopped.set)
    thread.join()
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


SECRETS = {"sftp": SECRET}


def test_each_file_is_taken_once(server: Server, pulling: Callable[..., Any]) -> None:
    server.put("b.csv", "B1", changed_s=1_793_500_001)
    server.put("a.csv", "A1", "A2")
    server.put("a.txt", "X1")
    server.put("c.csv.part", "X2")
    with pulling(server.of(), SECRETS, format="csv") as platform:
        assert pull(platform) == {"interface": "rows", "bodies": 2, "stored": 3, "duplicates": 0, "refused": 0}
        assert server.reads == ["a.csv", "b.csv"]
        assert {row["provenance"] for row in homes.found(platform)} == {"pulled"}
    with pulling(server.of(), SECRETS, format="csv") as platform:
        assert pull(platform)["bodies"] == 0
        server.put("a.csv", "A1", "A2", "A3")
        assert pull(platform)["stored"] == 1
    assert server.reads == ["a.csv", "b.csv", "a.csv"]


def test_a_file_that_grows_is_left_until_it_is_still(server: Server, pulling: Callable[..., Any]) -> None:
    server.put("a.csv", "A1")
    still = server.put("still.csv", "S1")
    with pulling(server.of(), SECRETS, format="csv") as platform:
        later = threading.Timer(0.1, server.put, ("a.csv", "A1", "A2"))
        later.start()
        assert pull(platform)["stored"] == 1
        later.join()
        assert (codes(platform), server.reads) == (["S1"], [still.name])
        assert pull(platform)["stored"] == 2


def test_a_file_with_a_sign_is_taken_when_the_sign_is_there(server: Server, pulling: Callable[..., Any]) -> None:
    server.put("2026-11-01/a.csv", "A1")
    server.put("2026-11-01/b.csv", "B1")
    server.put("2026-11-01/deep/c.csv", "C1")
    server.put("2026-11-01/a.csv.ok", text="")
    (server.folder / "taken").mkdir()
    said = server.of(files="{date}/*.csv", whole="{name}.ok", after="move", move_to="taken")
    with pulling(said, SECRETS, format="csv") as platform:
        assert pull(platform)["stored"] == 1
        assert codes(platform) == ["A1"]
        assert sorted(file.name for file in (server.folder / "taken").iterdir()) == ["a.csv", "a.csv.ok"]
        server.put("2026-11-01/a.csv", "A2")
        server.put("2026-11-01/a.csv.ok", text="")
        assert pull(platform)["stored"] == 1
        assert len(list((server.folder / "taken").glob("a.csv*"))) == 4


def test_a_file_that_cannot_be_put_away_is_not_taken_again(server: Server, pulling: Callable[..., Any]) -> None:
    server.put("a.csv", "A1")
    with pulling(server.of(after="move", move_to="missing"), SECRETS, format="csv") as platform:
        with pytest.raises(ZcError, match=r"127\.0\.0\.1: No such file"):
            pull(platform)
        assert codes(platform) == ["A1"]
        (server.folder / "missing").mkdir()
        assert pull(platform)["bodies"] == 0
        assert (server.folder / "missing" / "a.csv").exists()


def test_deleted_with_a_key_below_a_folder_with_names_in_gbk(server: Server, pulling: Callable[..., Any]) -> None:
    file = server.put("out/a.csv", "A1")
    named = file.parent / os.fsdecode("称重.csv".encode("gbk"))
    file.rename(named)
    said = server.of(folder="/out", names="gbk", after="delete", key="key")
    del said["password"]
    with pulling(said, {"key": server.client_key.export_private_key().decode()}, format="csv") as platform:
        told: list[str] = []
        assert platform.operate("pull", told.append, interface="rows")["stored"] == 1
        assert told == ["称重.csv: 1 stored, 0 known, 0 refused"]
        assert not named.exists()


def test_what_the_platform_cannot_take_stays_there(server: Server, pulling: Callable[..., Any]) -> None:
    server.put("a.csv", text="x" * (2 << 20))
    server.put("b.csv", text=f"{HEAD}B1,NOWHERE,2026-11-01 08:00:00,900\n")
    server.put("c.csv", text=f"{HEAD}C1,G1")
    with pulling(server.of(), SECRETS, format="csv") as platform:
        homes.change_site(platform.home.root, intake={"body_mib": 1})
        assert homes.operate(platform, "reload", who="test")["activated"]
        told: list[str] = []
        assert platform.operate("pull", told.append, interface="rows")["refused"] == 2
        assert "a.csv: left there, its 2097152 bytes are more than intake.body_mib allows" in told
        assert pull(platform)["bodies"] == 0
        assert len(homes.operate(platform, "refusals", with_rows=True)) == 2


def test_a_server_with_another_key_is_not_spoken_to(server: Server, pulling: Callable[..., Any]) -> None:
    other = server.client_key.export_public_key().decode().strip()
    with (
        pulling(server.of(host_key=other), SECRETS, format="csv") as platform,
        pytest.raises(ZcError, match="shows another host key"),
    ):
        pull(platform)


def test_a_wrong_password_is_told_without_it(server: Server, pulling: Callable[..., Any]) -> None:
    with pulling(server.of(), {"sftp": "test-wrong"}, format="csv") as platform, pytest.raises(ZcError) as raised:
        pull(platform)
    assert raised.value.reason == "127.0.0.1 refuses the login of zc"
    assert "test-wrong" not in str(raised.value)


def test_a_server_that_is_not_there_is_told(server: Server, pulling: Callable[..., Any]) -> None:
    with (
        pulling(server.of(port=1), SECRETS, format="csv") as platform,
        pytest.raises(ZcError, match=r"127\.0\.0\.1: .+"),
    ):
        pull(platform)
