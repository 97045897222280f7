"""The PostgreSQL that `make serve` and `make test` start: binaries from a Python package, data in one folder.

    DATA/postgres             the cluster, or a link to it where root had to keep it elsewhere (`place.py`)
    DATA/postgres.unfinished  a cluster in the making; renamed when whole, made anew when it was interrupted
    DATA/postgres.passwords   of its three roles
    DATA/postgres.log
    DATA/postgres.lock        locked while any process of the server lives: the descriptor is inherited by all of
                              them, so two servers never share a folder, whoever was killed

The server runs under `supervise.py` in a session of its own: Ctrl-C does not reach it, the end of this process does.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from api.errors import StartRefused
from api.store import supervise
from api.store.folder import (
    Holder,
    explained,
    holder_of,
    locked,
    make_folder,
    noted,
    open_log,
    private,
    record,
    server_of,
    sync,
)
from api.store.place import Place, belong, find_place, programs_version

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOST = "127.0.0.1"
OWNER = "baraza_owner"
APP = "baraza_app"
DATABASE = "baraza"

_READY_WITHIN = 120  # seconds; after a crash the server first replays its log
_STOPPED_WITHIN = 60

# Nothing that a client or a statement says reaches the log: errors are the application's to report, by SQLSTATE.
_CONFIGURATION = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "50",
    "shared_buffers": "128MB",
    "max_wal_size": "256MB",
    "password_encryption": "scram-sha-256",
    "lc_messages": "C",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    "log_destination": "stderr",
    "log_error_verbosity": "terse",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
}
_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Server:
    """A running server; `baraza_app` is made by the migrations, with the password that `app_url` names."""

    host: str
    port: int
    owner_url: str = field(repr=False)
    app_url: str = field(repr=False)


@contextmanager
def postgres(data: Path, *, durable: bool = True) -> Iterator[Server]:
    """Run the server of `data` until the block, or this process, ends; raise `StartRefused` if it cannot run.

    Without `durable` it is faster and a crash of the machine may cost the data: for tests.
    """
    data = data.absolute()
    with ExitStack() as stack:
        with explained(data):
            make_folder(data)
            lock = stack.enter_context(locked(data))
            log = stack.enter_context(open_log(data))
            run = _Run(data, find_place(data), lock, log)
            passwords = _prepared(run)
            _forget_stale_server(run)
            port = _started(run, stack, durable=durable)
            _tried(run, port, passwords)
        yield _server(port, passwords)


def running(data: Path) -> Server | None:
    """Return the server that another process runs on `data` now, if one does."""
    data = data.absolute()
    with explained(data):
        holder = holder_of(data)
        return _server(holder.port, _passwords(data)) if holder and holder.port else None


def _server(port: int, passwords: dict[str, str]) -> Server:
    owner, app = (
        f"postgresql://{role}:{passwords[role]}@{HOST}:{port}/{DATABASE}?sslmode=disable" for role in (OWNER, APP)
    )
    return Server(HOST, port, owner, app)


@dataclass(frozen=True)
class _Run:
    data: Path
    place: Place
    lock: int
    log: int

    @contextmanager
    def program(self, name: str, *arguments: str, text: str = "") -> Iterator[subprocess.Popen[bytes]]:
        """Run a program of PostgreSQL on `text`; leaving the block stops it."""
        guard, held = os.pipe()
        try:
            process = self._supervised(guard, (str(self.place.programs / name), *arguments), text)
        except BaseException:
            os.close(held)
            raise
        finally:
            os.close(guard)
        try:
            yield process
        finally:
            os.close(held)
            process.wait(_STOPPED_WITHIN)

    def _supervised(self, guard: int, command: tuple[str, ...], text: str) -> subprocess.Popen[bytes]:
        with tempfile.TemporaryFile() as stdin:  # a file, because initdb opens it once more by name
            stdin.write(text.encode())
            stdin.seek(0)
            belong(stdin.fileno(), self.place)
            return subprocess.Popen(  # noqa: S603 -- our own arguments
                supervise.command(guard, self.place.who, *command),
                stdin=stdin,
                stdout=self.log,
                stderr=self.log,
                cwd="/",
                env=supervise.environment(),
                pass_fds=(guard, self.lock),
                start_new_session=True,
            )

    def prepare(self, name: str, *arguments: str, text: str) -> None:
        with self.program(name, *arguments, text=text) as process:
            if process.wait():
                raise StartRefused(
                    f"PostgreSQL could not prepare {self.place.cluster}: read the last lines of "
                    f"{self.data / 'postgres.log'}, then start again or name another folder with BARAZA_DATA."
                )


def _forget_stale_server(run: _Run) -> None:
    """Remove the file in which a killed server noted its process, whose number may be anybody's by now.

    PostgreSQL would take any process of that number for itself and refuse to start.
    """
    if server := server_of(run.place.cluster):
        raise StartRefused(f"Another PostgreSQL (process {server}) runs on {run.place.cluster}: stop it first.")
    if sys.platform == "linux":
        (run.place.cluster / "postmaster.pid").unlink(missing_ok=True)


def _prepared(run: _Run) -> dict[str, str]:
    """Return the passwords of the cluster, which is made if there is none and whole as far as can be seen."""
    cluster = run.place.cluster
    if not os.path.lexists(cluster):
        _make_cluster(run)
    try:
        version = (cluster / "PG_VERSION").read_text(encoding="ascii").strip()
        passwords = _passwords(run.data)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        version, passwords = "", {}
    ours = programs_version().partition(".")[0]
    if not version.isdecimal() or not passwords:
        raise _damaged(run)
    if version != ours:
        raise StartRefused(
            f"{cluster} was made by PostgreSQL {version} and this is {ours}: carry the data over with pg_dump, or "
            "name another folder with BARAZA_DATA."
        )
    return passwords


def _damaged(run: _Run) -> StartRefused:
    return StartRefused(
        f"PostgreSQL cannot read {run.place.cluster}: put a backup of {run.data} back, or move it away to start anew "
        f"(the reason may be in {run.data / 'postgres.log'})."
    )


def _passwords(data: Path) -> dict[str, str]:
    passwords = json.loads((data / "postgres.passwords").read_bytes())
    if not isinstance(passwords, dict) or not {"postgres", OWNER, APP} <= passwords.keys():
        raise ValueError("passwords")
    return passwords


def _make_cluster(run: _Run) -> None:
    """Make the cluster under another name, which it loses when it is whole.

    Until then either that folder or no file of passwords exists: a cluster that was lost is not taken for a new one.
    """
    kept = run.data / "postgres.passwords"
    if kept.exists() and not run.place.unfinished.exists():
        raise _damaged(run)
    kept.unlink(missing_ok=True)
    unfinished = run.place.make_unfinished()
    passwords = {role: secrets.token_urlsafe(24) for role in ("postgres", OWNER, APP)}
    run.prepare(
        "initdb",
        f"--pgdata={unfinished}",
        "--username=postgres",
        "--pwfile=/dev/stdin",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--data-checksums",
        "--no-instructions",
        text=passwords["postgres"],
    )
    alone = ("--single", "-j", "-D", str(unfinished), *_settings(_ALONE), "postgres")
    run.prepare("postgres", *alone, text=_roles(passwords))
    with private(kept, os.O_WRONLY | os.O_TRUNC) as descriptor:
        os.write(descriptor, json.dumps(passwords).encode())
        os.fsync(descriptor)
    unfinished.rename(run.place.cluster)
    for folder in {run.data, run.place.cluster.parent}:
        sync(folder)


_ALONE = {"exit_on_error": "on", "log_min_error_statement": "panic", "log_error_verbosity": "terse"}


def _roles(passwords: dict[str, str]) -> str:
    """Return what the owner needs: no superuser, since migrations and tests must live with what production gives."""
    return (
        f"CREATE ROLE {OWNER} LOGIN CREATEROLE CREATEDB PASSWORD '{passwords[OWNER]}';\n\n"
        f"CREATE DATABASE {DATABASE} OWNER {OWNER};\n\n"
    )


def _settings(values: dict[str, str]) -> Iterator[str]:
    for name, value in values.items():
        yield "-c"
        yield f"{name}={value}"


def _started(run: _Run, stack: ExitStack, *, durable: bool) -> int:
    """Start the server, leave its stop to `stack`, and return its port: another one if somebody was faster."""
    configuration = _CONFIGURATION | ({} if durable else _FORGETFUL)
    for _ in range(3):
        port = _free_port()
        arguments = _settings(configuration | {"port": str(port)})
        with ExitStack() as attempt:
            server = attempt.enter_context(run.program("postgres", "-D", str(run.place.cluster), *arguments))
            if _ready(server, run.place.cluster):
                stack.push(attempt.pop_all())
                record(run.lock, Holder(os.getpid(), port))
                return port
            if server.poll() is None:
                break
    raise _damaged(run)


def _tried(run: _Run, port: int, passwords: dict[str, str]) -> None:
    """Sign in once: a server starts without its databases, and with passwords that are not ours any more."""
    connection = f"host={HOST} port={port} dbname={DATABASE} user={OWNER} sslmode=disable passfile=/dev/stdin"
    password = f"{HOST}:{port}:{DATABASE}:{OWNER}:{passwords[OWNER]}"
    with run.program("psql", "-Xqw", "-c", "RESET ALL", connection, text=password) as trial:
        if trial.wait():
            raise _damaged(run)


def _ready(server: subprocess.Popen[bytes], cluster: Path) -> bool:
    deadline = time.monotonic() + _READY_WITHIN
    while server.poll() is None and time.monotonic() < deadline:
        try:
            if noted(cluster)[7].strip() == "ready":
                return True
        except (OSError, IndexError, ValueError):
            pass
        time.sleep(0.01)
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
