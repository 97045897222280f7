"""Registering documents and withdrawing them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api import policy
from api.audit.actions import record
from api.documents import reads, rules
from api.documents.tables import TrustedDocument
from api.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from api.store.operation import Operation


async def register(op: Operation, *, front_end: str, sources: Collection[str]) -> Sequence[str]:
    """Admit these texts from now on; the hashes of those that were not. One that was withdrawn comes back. Whether they
    are documents within the limits is for the caller to see first, who knows GraphQL."""
    policy.require(op.seat, "document.register")
    wanted = {rules.hash_of(source): source for source in sources}
    there = {document.hash: document for document in await op.scalars(reads.called(wanted))}
    withdrawn = [document for document in there.values() if document.withdrawn_at is not None]
    for document in withdrawn:
        document.front_end, document.added_at, document.withdrawn_at = front_end, op.now, None
    await op.flush()
    made = [
        TrustedDocument(hash=digits, source=source, front_end=front_end, added_at=op.now, withdrawn_at=None)
        for digits, source in wanted.items()
        if digits not in there
    ]
    await op.add_together(made)
    return await _recorded(op, "document.register", [*made, *withdrawn])


async def withdraw(op: Operation, *, hashes: Collection[str]) -> Sequence[str]:
    """Admit these no longer; the hashes of those that were admitted. `NotFound` where one was never registered."""
    policy.require(op.seat, "document.register")
    there = await op.scalars(reads.called(hashes))
    if len(there) != len(set(hashes)):
        raise NotFound
    admitted = [document for document in there if document.withdrawn_at is None]
    for document in admitted:
        document.withdrawn_at = op.now
    await op.flush()
    return await _recorded(op, "document.withdraw", admitted)


async def _recorded(op: Operation, act: str, changed: Sequence[TrustedDocument]) -> Sequence[str]:
    hashes = [document.hash for document in changed]
    if hashes:
        await record(op, act, *map(rules.id_of, hashes))
    return hashes
