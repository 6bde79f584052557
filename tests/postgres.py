"""A PostgreSQL server of the tests' own: the machine's binaries, else the wheel pgserver; on a unix socket."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

UNPRIVILEGED = ("postgres", "nobody")
ROOM_BYTES = 2 << 30
SETTINGS = {"listen_addresses": "''", "fsync": "on", "max_connections": "60", "shared_buffers": "64MB"}


@contextmanager
def cluster() -> Iterator[str]:
    """Start a server for as long as the context lasts; a URL with {name} in place of the database.

    RuntimeError if neither the machine nor the wheel has a PostgreSQL that starts.
    """
    failures: list[str] = []
    for find in (_machine_binaries, _wheel_binaries):
        binaries = find()
        if binaries is None:
            failures.append(f"{find.__name__}: none")
            continue
        folder = Path(tempfile.mkdtemp(prefix="zc-pg-", dir=_roomy_memory()))
        try:
            try:
                _start(binaries, folder)
            except subprocess.CalledProcessError as error:
                failures.append(f"{binaries}: {error.output}")
                continue
            yield f"postgresql://postgres@/{{name}}?host={folder}"
            return
        finally:
            _run(binaries / "pg_ctl", "-D", str(folder / "data"), "-m", "immediate", "-w", "stop", check=False)
            shutil.rmtree(folder)
    raise RuntimeError("no PostgreSQL for the tests; install one or `pip install pgserver`\n" + "\n".join(failures))


def _roomy_memory() -> Path | None:
    """The memory file system, where a sync costs nothing; None, the usual place, where it is missing or small."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM_BYTES
    return memory if roomy else None


def _machine_binaries() -> Path | None:
    found = [Path(path).resolve().parent for path in (shutil.which("initdb"),) if path]
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    return next(
        (path for path in (*found, *versions) if (path / "pg_ctl").exists() and (path / "initdb").exists()), None
    )


def _wheel_binaries() -> Path | None:
    """Those of the wheel; copied where any account can reach them, since root's own folders are closed to others."""
    wheel = find_spec("pgserver")
    if wheel is None or not wheel.submodule_search_locations:
        return None
    installed = Path(wheel.submodule_search_locations[0])
    if os.geteuid() != 0:
        return installed / "pginstall" / "bin"
    copy = Path(tempfile.mkdtemp(prefix="zc-pginstall-"))
    atexit.register(shutil.rmtree, copy, ignore_errors=True)
    copy.chmod(0o755)
    for folder in ("pgserver", "pgserver.libs"):  # the binaries find their libraries beside the package
        shutil.copytree(installed.parent / folder, copy / folder)
    return copy / "pgserver" / "pginstall" / "bin"


def _start(binaries: Path, folder: Path) -> None:
    if os.geteuid() == 0:
        account = _account()
        os.chown(folder, account.pw_uid, account.pw_gid)
    folder.chmod(0o755)
    data = str(folder / "data")
    _run(binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
    log = str(folder / "log")
    _run(binaries / "pg_ctl", "-D", data, "-l", log, "-w", "-o", f"{options} -k {folder}", "start")


def _run(program: Path, *arguments: str, check: bool = True) -> None:
    """Run as ourselves, or as an account without privileges when we are root: PostgreSQL refuses root."""
    account = _account() if os.geteuid() == 0 else None
    subprocess.run(
        [str(program), *arguments],
        check=check,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd="/",
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
    )


def _account() -> pwd.struct_passwd:
    for name in UNPRIVILEGED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL does not run as root, and there is no account postgres or nobody to run it as")
