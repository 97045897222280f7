"""Groups, organisations and seats: what may be together."""

from __future__ import annotations

import unicodedata
from enum import Enum, unique
from typing import TYPE_CHECKING

from api.errors import InvalidInput
from api.seat import Role

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

SEPARATE = {Role.CUSTODIAN: {Role.COORDINATOR, Role.CASE_OFFICER}}
"""Who keeps identities writes no casework (DOMAIN 3.3)."""

OF_A_GROUP = frozenset(Role) - {Role.NETWORK_ADMIN, Role.WORKER}


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


def check_roles(roles: AbstractSet[Role], area: str | None) -> None:
    """Raise `InvalidInput` for roles that one seat of a group may not add up."""
    if not roles or not roles <= OF_A_GROUP:
        raise InvalidInput("ROLES_INVALID", field="roles")
    if any(role in roles and apart & roles for role, apart in SEPARATE.items()):
        raise InvalidInput("ROLES_APART", field="roles")
    if (Role.FOCAL_POINT in roles) != (area is not None):
        raise InvalidInput("AREA_INVALID", field="area")


def matching_key(name: str) -> str:
    """A name as it is matched: without accents, case, punctuation or blanks (X10). The spelling itself is kept."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return "".join(c for c in plain.casefold() if c.isalnum())
