"""How a document is named: by the SHA-256 of its exact bytes, as GraphQL over HTTP writes it (Appendix: Persisted
Documents)."""

from __future__ import annotations

import hashlib
import re
from uuid import UUID

PREFIX = "sha256:"
FRONT_END = re.compile(r"[a-z0-9][a-z0-9.-]{0,39}")
_HASH = re.compile(r"[0-9a-f]{64}")


def hash_of(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()


def hash_in(document_id: str) -> str | None:
    """The hash that a document identifier holds; none where it is not of the one kind that we have."""
    digits = document_id.removeprefix(PREFIX)
    return digits if document_id.startswith(PREFIX) and _HASH.fullmatch(digits) else None


def id_of(digits: str) -> UUID:
    """What the audit calls the document with this hash: its first half."""
    return UUID(hex=digits[:32])
