"""A PostgreSQL server for as long as a context lasts: the machine's binaries, else those of the wheel pgserver, on a
unix socket."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

from core.declare.problem import ZcError

UNPRIVILEGED = ("postgres", "nobody")


class NoPostgreSQL(ZcError):
    """None is here that starts."""


@contextmanager
def served(folder: Path, settings: Mapping[str, str]) -> Iterator[str]:
    """Start a server whose data lie in `folder`, made where they are not there yet; a URL with {name} in place of the
    database. NoPostgreSQL where neither the machine nor the wheel has one that starts there."""
    failures: list[str] = []
    with ExitStack() as stack:
        for binaries in (*_of_machine(), *_of_wheel(stack)):
            try:
                _start(binaries, folder, settings)
            except subprocess.CalledProcessError as error:
                failures.append(f"{binaries}: {error.output}")
                continue
            stack.callback(_run, binaries / "pg_ctl", "-D", str(folder / "data"), "-m", "fast", "-w", "stop")
            yield f"postgresql://postgres@/{{name}}?host={folder}"
            return
    why = "; ".join(failures) or "there is none on this machine"
    raise NoPostgreSQL(f"PostgreSQL does not start: {why}", "Install one, or: pip install pgserver")


def _of_machine() -> Iterator[Path]:
    found = [Path(path).resolve().parent for path in (shutil.which("initdb"),) if path]
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    there = (path for path in (*found, *versions) if (path / "pg_ctl").exists() and (path / "initdb").exists())
    with suppress(StopIteration):
        yield next(there)


def _of_wheel(stack: ExitStack) -> Iterator[Path]:
    """Those of the wheel; copied where any account can reach them, since root's own folders are closed to others."""
    wheel = find_spec("pgserver")
    if wheel is None or not wheel.submodule_search_locations:
        return
    installed = Path(wheel.submodule_search_locations[0])
    if os.geteuid() == 0:
        copy = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zc-pginstall-")))
        copy.chmod(0o755)
        for name in ("pgserver", "pgserver.libs"):  # the binaries find their libraries beside the package
            shutil.copytree(installed.parent / name, copy / name)
        installed = copy / "pgserver"
    yield installed / "pginstall" / "bin"


def _start(binaries: Path, folder: Path, settings: Mapping[str, str]) -> None:
    if os.geteuid() == 0:
        account = _account()
        os.chown(folder, account.pw_uid, account.pw_gid)
    folder.chmod(0o755)
    data = folder / "data"
    if not data.exists():
        arguments = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        _run(binaries / "initdb", "-D", str(data), *arguments)
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    log = str(folder / "log")
    _run(binaries / "pg_ctl", "-D", str(data), "-l", log, "-w", "-o", f"{options} -k {folder}", "start")


def _run(program: Path, *arguments: str) -> None:
    """Run as ourselves, or as an account without privileges when we are root: PostgreSQL refuses root."""
    account = _account() if os.geteuid() == 0 else None
    subprocess.run(  # noqa: S603 - PostgreSQL's own programs
        [str(program), *arguments],
        check=True,
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
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoPostgreSQL("PostgreSQL does not run as root, and there is no account postgres or nobody", "Be another user")
