"""The contract as the tests of isolation walk through it (`api/proof/documents.py`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.proof.arguments import Acts
from api.proof.documents import Contract
from schema.root import schema

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTRACT = Contract(schema._schema)
ACTS = Acts(CONTRACT)
SCHEMA = CONTRACT.schema
QUERY = CONTRACT.query

NOT_PAGED: Mapping[str, str] = {
    "node": "by ids: test_an_id_of_another_group_is_not_found",
    "nodes": "by ids: test_an_id_of_another_group_is_not_found",
    "actingSeat": "one row, the seat's own; it is where paths start too",
    "whoLookedAt": "by id: tests/graph/test_readings.py",
    "whyCanISee": "by id: tests/isolation/test_sight.py",
    "whyCanINot": "of no row: tests/isolation/test_sight.py",
    "codeLists": "no rows, but what the contract itself says",
}
"""Root fields that are no connections, each with what tries them instead."""
