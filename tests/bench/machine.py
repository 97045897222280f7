"""What the kernel says of processes: CPU seconds and memory."""

from __future__ import annotations

import os
from pathlib import Path

import asyncpg

TICK = os.sysconf("SC_CLK_TCK")


def cpu(pid: int) -> float:
    """Seconds of CPU that the process has used, in all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def cpu_of_children(parent: int) -> float:
    """Seconds of a server that forks, with all that it has forked; what has ended is in the parent's own account."""
    fields = Path(f"/proc/{parent}/stat").read_text().rpartition(")")[2].split()
    total = sum(int(fields[n]) for n in (11, 12, 13, 14)) / TICK
    return total + sum(_cpu_of_who_may_end(child) for child in _children(parent))


def _cpu_of_who_may_end(pid: int) -> float:
    try:
        return cpu(pid)
    except (FileNotFoundError, ProcessLookupError):
        return 0.0


def pss(pid: int) -> float:
    """MB of memory, shared pages divided among those who share them."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _children(parent: int) -> list[int]:
    return [int(pid) for task in Path(f"/proc/{parent}/task").iterdir() for pid in _listed(task)]


def _listed(task: Path) -> list[str]:
    return (task / "children").read_text().split()


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


async def postmaster(url: str) -> int:
    """The process of the server that the URL leads to, on this machine."""
    connection = await asyncpg.connect(url)
    try:
        return _parent(await connection.fetchval("SELECT pg_backend_pid()"))
    finally:
        await connection.close()
