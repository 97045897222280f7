"""Sealed texts leave the database as ciphertexts inside the answer, and are opened here at their marks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import UUID

import orjson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.graph.compiling.values import Seal
    from api.graph.context import Context
    from api.store.sealing import Opened

MARK = re.compile(r'\{"" : "(\d+):([0-9a-f-]{36}):([0-9a-f-]{36}):([0-9a-f]+)"\}')
"""As `values.sealed` writes it: slot, group, row, ciphertext."""


def spliced(answer: str, seals: Sequence[Seal], context: Context, opened: Opened) -> str:
    """The answer with its texts; raises `SealBroken`."""

    def text(mark: re.Match[str]) -> str:
        seal, cipher = seals[int(mark[1])], bytes.fromhex(mark[4])
        group_id, row_id = UUID(mark[2]), UUID(mark[3])
        shown = context.show(seal.table, row_id, lambda: opened.text(cipher, seal.table, seal.column, group_id, row_id))
        return orjson.dumps(shown).decode()

    return MARK.sub(text, answer) if seals else answer
