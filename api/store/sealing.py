"""Narratives are stored sealed (SECURITY §7): a data key a row, under a key a group, outside the database.

    sealed = version · group key's number · nonce · data key wrapped by the group's key · nonce · ciphertext
             1 byte    4 bytes              12      48                                   12      text + 16

Both steps are AES-256-GCM with `table.column`, group id and row id as associated data, so that a ciphertext moved to
another row, column or group does not open.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
from typing import TYPE_CHECKING
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from api import secrets
from api.errors import StartRefused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VERSION = b"\x01"
NONCE = 12
WRAPPED = 48
KEY_BYTES = 32


class SealBroken(Exception):  # noqa: N818 - named after what happened
    """The ciphertext does not open: wrong key, or not the row that it was sealed for."""


class Keyring:
    """The groups' keys, from a file that is no part of the database or its backups. A group that
    joined since is looked up once more."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._keys: Mapping[UUID, Mapping[int, bytes]] = {}

    def check(self) -> None:
        """Raise `StartRefused` where the file cannot be used."""
        self._keys = _load(self.file)

    def seal(self, text: str, group_id: UUID, place: bytes) -> bytes:
        keys = self._of(group_id)
        number = max(keys)
        data_key, outer, inner = AESGCM.generate_key(256), os.urandom(NONCE), os.urandom(NONCE)
        wrapped = AESGCM(keys[number]).encrypt(outer, data_key, place)
        body = AESGCM(data_key).encrypt(inner, text.encode(), place)
        return VERSION + number.to_bytes(4, "big") + outer + wrapped + inner + body

    def open(self, sealed: bytes, group_id: UUID, place: bytes) -> str:
        if sealed[:1] != VERSION:
            raise SealBroken
        number, rest = int.from_bytes(sealed[1:5], "big"), sealed[5:]
        outer, wrapped, rest = rest[:NONCE], rest[NONCE : NONCE + WRAPPED], rest[NONCE + WRAPPED :]
        try:
            data_key = AESGCM(self._of(group_id)[number]).decrypt(outer, wrapped, place)
            return AESGCM(data_key).decrypt(rest[:NONCE], rest[NONCE:], place).decode()
        except (InvalidTag, KeyError, ValueError) as error:
            raise SealBroken from error

    def _of(self, group_id: UUID) -> Mapping[int, bytes]:
        if group_id not in self._keys:
            self._keys = _load(self.file)
        return self._keys[group_id]


class Opened:
    """The texts that one operation asks for, each opened once however often it is asked for."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._texts: dict[tuple[bytes, bytes], str] = {}

    def text(self, sealed: bytes, table: str, column: str, group_id: UUID, row_id: UUID) -> str:
        """The text that was sealed for this place; raises `SealBroken`."""
        key = sealed, place(table, column, group_id, row_id)
        if key not in self._texts:
            self._texts[key] = self._keyring.open(sealed, group_id, key[1])
        return self._texts[key]


def place(table: str, column: str, group_id: UUID, row_id: UUID) -> bytes:
    """The associated data: where a ciphertext belongs."""
    return f"{table}.{column}".encode() + group_id.bytes + row_id.bytes


def _load(file: Path) -> Mapping[UUID, Mapping[int, bytes]]:
    """Read the key file; raise `StartRefused` where it is missing or damaged: without it no narrative opens."""
    try:
        return {UUID(group): _numbered(keys) for group, keys in json.loads(file.read_text()).items()}
    except FileNotFoundError:
        raise StartRefused(f"The key file {file} is missing: put it back from its own backup.") from None
    except (ValueError, OSError, AttributeError, TypeError):
        raise StartRefused(f"The key file {file} cannot be read: put it back from its own backup.") from None


def _numbered(keys: Mapping[str, str]) -> Mapping[int, bytes]:
    decoded = {int(number): base64.b64decode(key, validate=True) for number, key in keys.items()}
    if not decoded or any(len(key) != KEY_BYTES for key in decoded.values()):
        raise ValueError("keys")
    return decoded


def add_group(file: Path, group_id: UUID) -> None:
    """Give a new group its first key; a group that has one keeps it. The file is replaced whole or not at all, and by
    one process at a time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        _add(file, group_id)
    finally:
        os.close(folder)


def _add(file: Path, group_id: UUID) -> None:
    kept = json.loads(file.read_text()) if file.exists() else {}
    if str(group_id) in kept:
        return
    kept[str(group_id)] = {"1": base64.b64encode(AESGCM.generate_key(256)).decode()}
    secrets.write(file, json.dumps(kept))
