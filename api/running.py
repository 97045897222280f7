"""What the commands share: where the database is, the port, an end in order. Every command reads it."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import SecretStr

from api.errors import StartRefused
from api.store import embedded
from api.store.supervise import end_with_parent

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from types import FrameType

    from api.settings import Settings


class Urls(NamedTuple):
    """Where the database is, as the service's role and as the owner."""

    app: SecretStr
    owner: SecretStr


def known(settings: Settings) -> Urls | None:
    """The server that is named, or runs on the data folder."""
    if settings.database_url is not None and settings.owner_database_url is not None:
        return Urls(settings.database_url, settings.owner_database_url)
    server = embedded.running(settings.data)
    return Urls(SecretStr(server.app_url), SecretStr(server.owner_url)) if server else None


@contextmanager
def database(settings: Settings) -> Iterator[Urls]:
    """The server that is named or runs already, or our own for as long as the command lasts."""
    there = known(settings)
    if there is not None:
        yield there
        return
    with embedded.postgres(settings.data) as server:
        yield Urls(SecretStr(server.app_url), SecretStr(server.owner_url))


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """The port is taken before anything is started."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
        except OSError as error:
            raise StartRefused(_not_bound(settings, error)) from None
        yield listener


def _not_bound(settings: Settings, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {settings.port} of {settings.host} is taken: stop what uses it, or set PORT to another."
    if error.errno == errno.EACCES:
        return f"Port {settings.port} needs rights that this user has not: set PORT to one above 1023."
    return f"{settings.host} is no address of this machine: correct BARAZA_HOST."


def run(work: Coroutine[Any, Any, Any], *, stopped: int = 0) -> Any:
    """Run to the end, or until Ctrl-C or SIGTERM cancels it, which leaves nothing half done and exits `stopped`."""
    try:
        return asyncio.run(_until_asked(work))
    except asyncio.CancelledError:
        sys.exit(stopped)
    finally:
        leave_quietly()  # the loop has taken the handlers with it


async def _until_asked(work: Coroutine[Any, Any, Any]) -> Any:
    task = asyncio.current_task()
    assert task is not None
    for asked in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(asked, task.cancel)
    return await work


def leave_quietly() -> None:
    """Ctrl-C and SIGTERM end the process in order, with exit code 0; so does the end of the `make` that started it."""
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    if "MAKELEVEL" in os.environ:
        end_with_parent(signal.SIGTERM)


def _leave(_: int, __: FrameType | None) -> None:
    sys.exit(0)


def say(*lines: str) -> None:
    for line in lines:
        print(line, flush=True)  # noqa: T201 - a command's answer


def count_up(rows: int) -> None:
    """One line that counts up on a terminal, and lines of their own in a log."""
    start, end = ("\r", "") if sys.stderr.isatty() else ("", "\n")
    print(f"{start}{rows:,} visits", end=end, file=sys.stderr, flush=True)  # noqa: T201 - as say
