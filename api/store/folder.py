"""The folder of the embedded PostgreSQL: its files are private, and one server works in it."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from api.errors import StartRefused

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOG_KEPT = 5_000_000
# How an earlier run's server that has lost its supervisor is waited for, then stopped; seconds.
_PATIENCE = ((None, 5), (signal.SIGINT, 20), (signal.SIGQUIT, 10))


@contextmanager
def explained(data: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StartRefused(
            f"{error.filename or data} cannot be used ({error.strerror}): start Baraza as the user whose folder it is, "
            "or name another folder with BARAZA_DATA."
        ) from error


def make_folder(data: Path) -> None:
    """Make `data`; made by root, it belongs to whom the folder above belongs to."""
    if not data.is_dir():
        data.mkdir(mode=0o700, parents=True)
        _give(data, data.parent)


@contextmanager
def private(path: Path, flags: int) -> Iterator[int]:
    """Open a file that only the folder's owner may read.

    Root may work in somebody's folder: a link planted there must not make a gift of what it points to.
    """
    descriptor = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        _give(descriptor, path.parent)
        yield descriptor
    finally:
        os.close(descriptor)


def _give(path: Path | int, like: Path) -> None:
    if os.geteuid() == 0:
        owner = like.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def sync(folder: Path) -> None:
    """Let a rename in `folder` outlive a crash of the machine."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def open_log(data: Path) -> Iterator[int]:
    path = data / "postgres.log"
    if path.exists() and path.stat().st_size > _LOG_KEPT:
        path.rename(data / "postgres.log.old")
    with private(path, os.O_WRONLY | os.O_APPEND) as log:
        yield log


@dataclass(frozen=True)
class Holder:
    """What the lock file says: the process that started the server, and the server's port once it is ready."""

    process: int = 0
    port: int = 0

    @property
    def alive(self) -> bool:
        try:
            os.kill(self.process, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return self.process > 0


@contextmanager
def locked(data: Path) -> Iterator[int]:
    """Lock the folder for as long as any process lives that inherited the descriptor."""
    with private(data / "postgres.lock", os.O_RDWR) as lock:
        _acquire(lock, data)
        record(lock, Holder(os.getpid()))
        try:
            yield lock
        finally:
            os.ftruncate(lock, 0)


def holder_of(data: Path) -> Holder | None:
    """Return who holds the folder now, if anybody does."""
    path = data / "postgres.lock"
    if not path.exists():
        return None
    with path.open("rb") as lock:
        holder = _recorded(lock.fileno())
        return None if _take(lock.fileno(), fcntl.LOCK_SH) or not holder.alive else holder


def record(lock: int, holder: Holder) -> None:
    os.ftruncate(lock, 0)
    os.pwrite(lock, json.dumps([holder.process, holder.port]).encode(), 0)


def _recorded(lock: int) -> Holder:
    try:
        return Holder(*json.loads(os.pread(lock, 100, 0)))
    except (ValueError, TypeError):
        return Holder()


def _acquire(lock: int, data: Path) -> None:
    """Lock the folder, waiting for the server of a killed process to stop, and stopping it if it does not."""
    for how, seconds in _PATIENCE:
        stale = server_of(data / "postgres")
        if how and stale:
            os.kill(stale, how)
        for _ in range(seconds * 20):
            if _take(lock, fcntl.LOCK_EX):
                return
            if (holder := _recorded(lock)).alive:
                raise StartRefused(
                    f"Baraza already runs on {data} (process {holder.process}): stop it, or name another folder with "
                    "BARAZA_DATA."
                )
            time.sleep(0.05)
    raise StartRefused(f"PostgreSQL of an earlier run still works in {data}: stop its processes, then start again.")


def _take(lock: int, how: int) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def server_of(cluster: Path) -> int | None:
    """Return the process that serves `cluster`: the one that it notes, if that one really works there.

    The number alone may by now be anybody's. Where the system has no /proc, nothing is known.
    """
    try:
        process = int(noted(cluster)[0])
        return process if Path(f"/proc/{process}/cwd").samefile(cluster) else None
    except (OSError, ValueError, IndexError):
        return None


def noted(cluster: Path) -> list[str]:
    """Return the lines of the server's own notes: process, folder, start, port, …, state."""
    return (cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
