"""Groups and organisations: what they may be called, and where they may stand."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum, unique
from typing import TYPE_CHECKING

from api.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

CODE = re.compile(r"[a-z]{2,8}")
"""Of a group: case numbers begin with it."""

QUORUM_PER_PILLAR = 1
COMPLETENESS_TO_TABLE = 60


@unique
class FormalStatus(Enum):
    """Whether an authority has recognised the group (D1)."""

    INFORMAL = "informel"
    RECOGNISED = "reconnu"


@unique
class WorkingMode(Enum):
    """Whether a group follows up in the field or by recommendations only (D2)."""

    FIELD_MISSION = "missions de terrain"
    RECOMMENDATION_ONLY = "recommandations seulement"


@unique
class Standing(Enum):
    """How far a group has joined the network (D4)."""

    CANDIDATE = "candidat"
    FORMING = "en formation"
    ACTIVE = "actif"
    DORMANT = "en sommeil"
    CLOSED = "clos"


@unique
class Phase(Enum):
    """Where a group is in its life; not linear (I0)."""

    CONTEXT = "contexte"
    SETUP = "mise en place"
    GROWTH = "croissance"
    SUSTAINABILITY = "pérennité"


@dataclass(frozen=True, slots=True)
class Ways:
    """How a group works, and what another may take over from it."""

    formal_status: FormalStatus
    working_mode: WorkingMode
    quorum_per_pillar: int = QUORUM_PER_PILLAR
    completeness_to_table: int = COMPLETENESS_TO_TABLE
    size_target: int | None = None


def check_changes(changes: Mapping[str, object]) -> None:
    """Raise `InvalidInput` where a setting that every group has would be taken away."""
    if any(value is None for name, value in changes.items() if name != "size_target"):
        raise InvalidInput("VALUE_INVALID", field="changes")


def registered_key(name: str, argument: str) -> str:
    """The matching key of a name for the registry; raise `InvalidInput` for one without a letter or digit."""
    key = matching_key(name)
    if not key:
        raise InvalidInput("VALUE_INVALID", field=argument)
    return key


def matching_key(name: str) -> str:
    """A name as it is matched: without accents, case, punctuation or blanks (X10). The spelling itself is kept."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return "".join(c for c in plain.casefold() if c.isalnum())
