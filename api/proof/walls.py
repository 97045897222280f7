"""What conflicts of interest take from an organisation, as the keepers read them (DOMAIN 3.3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from api.conflicts.rules import WALLING
from api.proof.sights import kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping

ABOUT: Mapping[str, str] = {
    "Activity": "case",
    "AgendaItem": "request",
    "Allegation": "involvement",
    "CaseParty": "case",
    "Conflict": "request",
    "Decision": "request",
    "Event": "case",
    "Involvement": "event",
}
"""By type, the edge that leads towards the case or request that a row is about."""

RECORDS = frozenset({"Case", "Request"})
HEADER = frozenset({"Case", "Decision"})
"""What is shown with the header."""
TOLD = frozenset({"Request", "AgendaItem", "Decision"})
"""What the author of a request keeps."""
CODES = frozenset(state.name for state in WALLING)


@dataclass
class Walls:
    """Between one organisation and the cases and requests that it lost; those whose header it is shown besides."""

    organisation: str
    closed: set[str] = field(default_factory=set)
    shown: set[str] = field(default_factory=set)

    def is_own(self, part: Mapping[str, Any]) -> bool:
        """Whether the row or part names the organisation."""
        return bool((part.get("organisation") or {}).get("id") == self.organisation)


def walls(rows: Mapping[str, dict[str, Any]], organisation: str) -> Walls:
    """From the conflicts that the keepers read."""
    found = Walls(organisation)
    for row_id, row in rows.items():
        if kind_of(row_id) == "Conflict" and row["state"] in CODES and found.is_own(row):
            records = {each["id"] for each in (row["request"], row["case"]) if each}
            found.closed |= records
            case = rows.get((row["case"] or {}).get("id", ""), {})
            if any(found.is_own(part) and part["part"] == "HEADER" for part in case.get("disclosures", ())):
                found.shown |= records
    return found


def record_of(rows: Mapping[str, dict[str, Any]], row_id: str) -> str | None:
    """The case or request that a row is, or is about."""
    while kind_of(row_id) not in RECORDS:
        towards = rows.get(row_id, {}).get(ABOUT.get(kind_of(row_id), "")) or {}
        if "id" not in towards:
            return None
        row_id = towards["id"]
    return row_id


def is_behind(walls: Walls, rows: Mapping[str, dict[str, Any]], row_id: str, *, author: bool) -> bool:
    """Whether a wall hides the whole row from the organisation; the `author` of a request keeps what it brought."""
    record, kind = record_of(rows, row_id), kind_of(row_id)
    if record not in walls.closed or (author and kind in TOLD):
        return False
    if kind == "Conflict" and rows[row_id]["known"] and walls.is_own(rows[row_id]):
        return False
    return not (kind in HEADER and record in walls.shown)
