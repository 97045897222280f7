"""A pgbouncer of our own, with the settings that the operator's page gives, before a server of the tests."""

from __future__ import annotations

import configparser
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from peers.conftest import ROOT, free_port, wait_until
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from api.running import Urls
from api.store import supervise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL

    from api.store.engine import Pooler

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
CONNECTIONS = 5
"""To PostgreSQL, for many more of clients."""


def keeps_statements() -> bool:
    """Whether it can keep prepared statements, as it can since 1.21."""
    assert PROGRAM, "no pgbouncer: tests/peers/run installs it"
    said = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"PgBouncer (\d+)\.(\d+)", said)
    assert found, said
    return (int(found[1]), int(found[2])) >= (1, 21)


@contextmanager
def before(server: Urls, pooler: Pooler) -> Iterator[Urls]:
    """Where the service's role reaches the server, through pgbouncer unless there is none; the owner does directly."""
    if pooler == "none":
        yield server
        return
    assert PROGRAM
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="baraza-pooler-") as name:
        to = make_url(server.app.get_secret_value())
        written = _written(Path(name), port, to, {"max_prepared_statements": "200"} if pooler == "prepared" else {})
        with _running([PROGRAM, str(written)], Path(name) / "log"):
            wait_until(lambda: _listens(port), 10)
            yield Urls(
                SecretStr(to.set(host="127.0.0.1", port=port).render_as_string(hide_password=False)), server.owner
            )


def _written(folder: Path, port: int, to: URL, more: dict[str, str]) -> Path:
    """The page's file, with the names of this server."""
    told = configparser.ConfigParser()
    told.read_string(_told())
    told["databases"] = {"*": f"host={to.host} port={to.port}"}
    ours = {"listen_port": port, "auth_file": folder / "users", "default_pool_size": CONNECTIONS, "unix_socket_dir": ""}
    told["pgbouncer"].update({name: str(value) for name, value in ours.items()} | more)
    (folder / "users").write_text(f'"{to.username}" "{to.password}"\n')
    with (folder / "pgbouncer.ini").open("w") as file:
        told.write(file)
    for each in (folder, *folder.iterdir()):
        os.chown(each, *_who())
    return folder / "pgbouncer.ini"


def _told() -> str:
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    found = re.search(r"```ini\n(.*?)```", text, re.DOTALL)
    assert found
    return found[1]


def _who() -> tuple[int, int]:
    """Not root, as whom pgbouncer refuses to run."""
    if os.geteuid():
        return os.geteuid(), os.getegid()
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


@contextmanager
def _running(command: list[str], log: Path) -> Iterator[None]:
    """It ends with the test, and with this process however that ends; what it said is shown where a test fails."""
    who = ":".join(map(str, _who())) if os.geteuid() == 0 else "self"
    guard, held = os.pipe()
    with log.open("wb") as said:
        supervised = supervise.command(guard, who, *command)
        process = subprocess.Popen(supervised, pass_fds=(guard,), stdin=subprocess.DEVNULL, stdout=said, stderr=said)
    os.close(guard)
    try:
        yield
    finally:
        os.close(held)
        process.wait()
        print("\n".join(log.read_text().splitlines()[-50:]))  # noqa: T201


def _listens(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0
