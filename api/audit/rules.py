"""The chain: SHA-256 over the link before and the line, so that an edit, a deletion or a new order shows."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from enum import Enum, unique
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.audit.tables import AuditLine


@unique
class AuditOutcome(Enum):
    """Whether the act was done."""

    DONE = "accompli"
    REFUSED = "refusé"


START = bytes(32)
"""What the first link of a group follows."""


def link_hash(before: bytes, line: AuditLine) -> bytes:
    facts = [
        str(line.group_id),
        str(line.id),
        line.at.astimezone(UTC).isoformat(),
        str(line.seat_id),
        line.act,
        line.outcome.name,
        [str(subject) for subject in line.subject_ids],
    ]
    return hashlib.sha256(before + json.dumps(facts, separators=(",", ":")).encode()).digest()
