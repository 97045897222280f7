"""Groups and organisations: what they may be called, and where they may stand."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum, unique
from typing import TYPE_CHECKING

from api.errors import InvalidInput
from api.seat import Category

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet
    from uuid import UUID

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


@unique
class LinkKind(Enum):
    """How one organisation stands below another: a unit of a force, a company of a group of companies."""

    UNIT_OF = "unité de"
    OWNED_BY = "propriété de"


COMMANDED = frozenset({Category.SECURITY_FORCES})
OWNED = frozenset({Category.COMPANY, Category.COOPERATIVE, Category.TRADER, Category.CONCESSION_HOLDER})
JOINED = {LinkKind.UNIT_OF: COMMANDED, LinkKind.OWNED_BY: OWNED}
"""Whom a link may join: the tree ends at the force or the group of companies, and no ministry is drawn in
(DOMAIN 3.3)."""


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


def check_link(
    kind: LinkKind, categories: Iterable[Category], child: UUID, parent: UUID, above: Iterable[tuple[UUID, UUID]]
) -> None:
    """Raise `InvalidInput` for a link of the wrong kind of organisations, or one that would put an organisation below
    itself; `above` has every child with a parent of it."""
    if not set(categories) <= JOINED[kind]:
        raise InvalidInput("LINK_CATEGORY", field="kind")
    if child == parent or child in ancestors(parent, above):
        raise InvalidInput("LINK_LOOP", field="parentId")


def ancestors(organisation: UUID, above: Iterable[tuple[UUID, UUID]]) -> AbstractSet[UUID]:
    """All that it stands below, however far up."""
    parents: dict[UUID, set[UUID]] = {}
    for child, parent in above:
        parents.setdefault(child, set()).add(parent)
    found: set[UUID] = set()
    waiting = {organisation}
    while waiting:
        found |= (nearer := {parent for each in waiting for parent in parents.get(each, ())} - found)
        waiting = nearer
    return found


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
