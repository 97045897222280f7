"""Files that hold a secret: whole or not there, and readable by their owner only."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from api.errors import StartRefused


def write(file: Path, text: str) -> None:
    """Put `text` in place of the file at once. Written by root, it belongs to whom its folder belongs to. Raise
    `StartRefused` where it cannot be kept."""
    try:
        _write(file, text)
    except OSError as error:
        raise StartRefused(
            f"{file} cannot be written ({error.strerror}): make its folder writable, or name another with BARAZA_DATA."
        ) from None


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
    with os.fdopen(handle, "w", encoding="utf-8") as secret:
        secret.write(text)
        secret.flush()
        os.fsync(handle)
        if os.geteuid() == 0:
            folder = file.parent.stat()
            os.fchown(handle, folder.st_uid, folder.st_gid)
    Path(name).replace(file)
