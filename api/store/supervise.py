"""Runs one program of PostgreSQL and stops it when the process that asked for it is gone.

    python -I -S supervise.py GUARD WHO PROGRAM ARGUMENT…

GUARD is the read end of a pipe whose write end only the asking process holds: when that process dies, however it
dies, the pipe ends and the program is stopped. Should this process be killed as well, Linux interrupts the program.
WHO is `self`, `UID:GID` or `namespace`: PostgreSQL refuses to run as root.

It is run by its path and imports nothing of ours, so that it starts in milliseconds and as whoever it must be.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# What PostgreSQL understands: stop fast, stop at once (it recovers from its log at the next start), be gone.
_STOPS = ((signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5))
_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER = 0x10000000
_LIBC = ctypes.CDLL(None, use_errno=True)


def command(guard: int, who: str, *program: str) -> list[str]:
    """Return the command that runs `program` under this file."""
    return [sys.executable, "-I", "-S", __file__, str(guard), who, *program]


def environment() -> dict[str, str]:
    """Return what a program may know of our environment: nothing that could be a secret or a setting of libpq."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH") if name in os.environ}
    return kept | {"LC_ALL": "C"}


def end_with_parent(how: signal.Signals) -> None:
    """Ask Linux for the signal `how` when the parent is gone; elsewhere nothing is asked."""
    if sys.platform == "linux":
        _LIBC.prctl(_PR_SET_PDEATHSIG, how, 0, 0, 0)


def main() -> int:
    guard, who, program = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    parent = os.getppid()
    os.set_inheritable(guard, False)
    # The child keeps the other descriptors: with the lock among them, the folder stays locked while it lives.
    child = subprocess.Popen(  # noqa: S603 -- our own arguments
        program,
        close_fds=False,
        preexec_fn=_entering(who),  # noqa: PLW1509 -- no other thread runs yet
    )
    stop = threading.Event()
    for asked in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(asked, lambda *_: stop.set())
    threading.Thread(target=_watch, args=(child, guard, parent, stop), daemon=True).start()
    code = child.wait()
    return code if code >= 0 else 128 - code


def _entering(who: str) -> Callable[[], None]:
    """Return what the child does between fork and exec: become `who`, and ask not to outlive this process."""
    nobody = pwd.getpwnam("nobody").pw_uid  # initdb wants a user with a name
    supervisor = os.getpid()

    def enter() -> None:
        if who == "namespace":
            _enter_namespace(nobody)
        elif who != "self":
            uid, gid = (int(part) for part in who.split(":"))
            os.setgroups([])
            os.setgid(gid)
            os.setuid(uid)
        end_with_parent(signal.SIGINT)  # after the change of user, which would clear it
        if os.getppid() != supervisor:
            os._exit(1)

    return enter


def _enter_namespace(name: int) -> None:
    """Enter a user namespace in which this user looks like `name`; the rights on files stay this user's."""
    uid, gid = os.geteuid(), os.getegid()
    if _LIBC.unshare(_CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{name} {uid} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{name} {gid} 1", encoding="ascii")


def _watch(child: subprocess.Popen[bytes], guard: int, parent: int, stop: threading.Event) -> None:
    """Wait until the parent is gone, then stop the child.

    A process forked by the parent may hold the pipe open after it; that is why the parent itself is looked at too.
    """
    while not stop.is_set() and os.getppid() == parent:
        if select.select([guard], [], [], 1)[0]:
            break
    for how, seconds in _STOPS:
        child.send_signal(how)
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
        return


if __name__ == "__main__":
    sys.exit(main())
