"""Who gets in over FTP, and what it may do there."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from ftplib import FTP, FTP_TLS, error_perm, error_reply, error_temp
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tests.core.run import homes
from tests.plugins.dropping.conftest import Drop, at_last

MIB = 1 << 20


def failed(drop: Drop, appid: str, secret: str) -> str:
    """What a login that fails is told."""
    with FTP() as client:
        client.connect(*drop.address, timeout=10)
        with pytest.raises(error_perm) as refused:
            client.login(appid, secret)
    return str(refused.value)


def test_a_wrong_secret_is_refused_and_too_many_lock(drop: Drop) -> None:
    for _ in range(3):
        assert "Wrong appid or secret" in failed(drop, drop.appid, "guess")
    assert "try again in" in failed(drop, drop.appid, drop.secret)


def test_who_guesses_one_appid_does_not_lock_out_another(drop: Drop) -> None:
    for _ in range(3):
        failed(drop, "vendor-guessed", "guess")
    with drop.client() as client:
        assert client.pwd() == "/"


def test_a_partner_from_elsewhere_or_without_account_does_not_get_in(drop: Drop) -> None:
    made = drop.platform.tokens.add("other", "token")
    assert "not allowed" in failed(drop, made["appid"], made["secret"])
    (drop.platform.home.root / "config/drop_accounts/vendor.yaml").unlink()
    assert drop.platform.reload(who="test").activated
    assert "not allowed" in failed(drop, drop.appid, drop.secret)


def test_a_revoked_secret_stores_nothing_more(drop: Drop, ftp: FTP) -> None:
    homes.operate(drop.platform, "partner.revoke", name="vendor")
    with pytest.raises(error_perm, match="privileges"):
        ftp.storbinary("STOR a.json", BytesIO(b"{}"))


@pytest.mark.parametrize("path", ["../x.json", "/../../x.json", "a/../../../x.json", "..\\x.json"])
def test_no_path_leads_out_of_the_folder(drop: Drop, ftp: FTP, path: str) -> None:
    before = {file for file in drop.data.rglob("*.json*") if not file.is_relative_to(drop.folder)}
    try:
        ftp.storbinary(f"STOR {path}.bin", BytesIO(b"{}"))
    except error_perm:
        pass
    else:
        assert list(drop.folder.rglob("*.bin*"))
    after = {file for file in drop.data.rglob("*.json*") if not file.is_relative_to(drop.folder)}
    assert {file for file in after - before if not file.is_relative_to(drop.data / "refused")} == set()
    assert not list(drop.platform.home.root.parent.glob("*.bin*"))


def test_links_and_renames_do_not_lead_out(drop: Drop, ftp: FTP) -> None:
    (drop.folder / "out").symlink_to(drop.platform.home.root)
    with pytest.raises(error_perm):
        ftp.cwd("out")
    with pytest.raises(error_perm):
        ftp.retrbinary("RETR out/config/site.yaml", lambda chunk: None)
    ftp.storbinary("STOR a.part", BytesIO(b"{}"))
    with pytest.raises(error_perm):
        ftp.rename("a.part", "out/a.json")


def test_nothing_is_overwritten_resumed_or_removed(drop: Drop, ftp: FTP) -> None:
    (drop.folder / "lies").write_text("there")
    with pytest.raises(error_perm, match="exists"):
        ftp.storbinary("STOR lies", BytesIO(b"other"))
    with pytest.raises(error_perm, match="resumed"):
        ftp.storbinary("STOR lies", BytesIO(b"other"), rest=2)
    ftp.storbinary("STOR a.part", BytesIO(b"other"))
    with pytest.raises(error_perm, match="exists"):
        ftp.rename("a.part", "lies")
    for command in ("DELE lies", "APPE lies", "STOU", "SITE CHMOD 777 lies", "MFMT 20200101000000 lies"):
        with pytest.raises(error_perm):
            ftp.voidcmd(command)
    assert (drop.folder / "lies").read_text() == "there"


def test_a_port_of_another_machine_is_refused(ftp: FTP) -> None:
    with pytest.raises((error_perm, error_temp, error_reply)):
        ftp.sendport("192.0.2.1", 8080)


def test_a_file_beyond_its_bound_is_broken_off(drop: Drop) -> None:
    client = drop.client()
    channel = client.transfercmd("STOR a.part")
    with suppress(OSError), channel:  # it is cut off somewhere on the way
        channel.sendall(bytes(3 * MIB))
    with pytest.raises(error_temp, match="426"):
        client.voidresp()
    client.close()
    at_last(lambda: not (drop.folder / "a.part").exists())


def test_a_full_folder_takes_nothing_more(drop: Drop, ftp: FTP) -> None:
    (drop.folder / "lies").write_bytes(bytes(3 * MIB))
    with pytest.raises(error_perm, match="full"):
        ftp.storbinary("STOR a.json", BytesIO(b"{}"))


def test_passive_ports_are_of_the_range(ftp: FTP) -> None:
    assert 50300 <= ftp.makepasv()[1] <= 50399


def test_active_mode_serves_too(drop: Drop, ftp: FTP) -> None:
    ftp.set_pasv(False)
    ftp.storbinary("STOR a.part", BytesIO(b"half"))
    assert (drop.folder / "a.part").read_bytes() == b"half"


def test_ftps_takes_files_and_refuses_plain_logins(
    dropping: Callable[..., Any], certificate: tuple[Path, Path], tls_client: FTP_TLS
) -> None:
    files = {"certificate": str(certificate[0]), "key": str(certificate[1]), "tls_required": True}
    with dropping(**files) as drop:
        assert "SSL/TLS required" in failed(drop, drop.appid, drop.secret)
        with drop.client(tls_client) as client:
            client.prot_p()
            channel = client.transfercmd("STOR a.json")
            assert isinstance(channel, ssl.SSLSocket)
            channel.sendall(b'{"list": []}')
            channel.unwrap()
            channel.close()
            client.voidresp()
            client.voidcmd("NOOP")
            assert drop.answer("a.json.ok")


def test_a_taken_port_is_a_fault_of_the_service_alone(dropping: Callable[..., Any]) -> None:
    with dropping() as drop:
        homes.change_site(
            drop.platform.home.root, plugins={"stations": {}, "dropping": {"port": drop.address[1], "settle_s": 0.3}}
        )
        assert drop.platform.reload(who="test").activated
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            homes.change_site(drop.platform.home.root, plugins={"stations": {}, "dropping": {"port": port}})
            assert drop.platform.reload(who="test").activated
            drop.platform.services.adopt(drop.platform.snapshot)
        assert [row["what"] for row in drop.platform.faults.rows()] == ["service ftp"]
