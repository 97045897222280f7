"""Seats: which roles may be together, when one ends, and how an invitation is found."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from api.errors import InvalidInput
from api.seat import NETWORK, Role

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from datetime import datetime
    from uuid import UUID

    from api.seat import Category, Pillar

SEPARATE = {Role.CUSTODIAN: {Role.COORDINATOR, Role.CASE_OFFICER}}
"""Who keeps identities writes no casework (DOMAIN 3.3)."""

ALONE = frozenset({Role.AUDITOR, Role.NATIONAL_ANALYST, Role.SERVICE})
"""Who checks, or only asks from outside, does nothing else from that seat."""

OF_THE_NETWORK = ALONE | {Role.NETWORK_ADMIN, Role.RELEASE_BUILDER}
OF_A_GROUP = frozenset(Role) - OF_THE_NETWORK - {Role.WORKER, Role.GUEST}

INVITED_FOR = timedelta(days=30)
ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ0123456789"
"""Of an invitation's code: letters and digits that are not mistaken for one another when read out (Crockford)."""
MISREAD = str.maketrans("OIL", "011")
CODE_LENGTH = 26
"""130 bits."""


@dataclass(frozen=True, slots=True)
class Post:
    """What a seat is, whoever holds it."""

    organisation_id: UUID
    pillar: Pillar | None
    category: Category
    roles: frozenset[Role]
    area: str | None = None
    principal_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a seat; `subject` where the login is known already."""

    name: str
    subject: str | None = None
    invented: bool = False


def check_roles(roles: AbstractSet[Role], area: str | None, group_id: UUID) -> None:
    """Raise `InvalidInput` for roles that one seat of the group, or of the network, may not add up."""
    if not roles or not roles <= (OF_THE_NETWORK if group_id == NETWORK else OF_A_GROUP):
        raise InvalidInput("ROLES_INVALID", field="roles")
    apart = any(role in roles and others & roles for role, others in SEPARATE.items())
    if apart or (ALONE & roles and len(roles) > 1):
        raise InvalidInput("ROLES_APART", field="roles")
    if (Role.FOCAL_POINT in roles) != (area is not None):
        raise InvalidInput("AREA_INVALID", field="area")


def is_over(valid_to: date | None, ended_at: datetime | None, today: date) -> bool:
    """Whether a seat's rights have ended."""
    return ended_at is not None or (valid_to is not None and valid_to < today)


def expires_on(begins: date) -> date:
    """The last day of an invitation that counts from that day on."""
    return begins + min(INVITED_FOR, date.max - begins)


def until(last: date) -> date | None:
    """The first day after the last; none after the end of the calendar."""
    return None if last == date.max else last + timedelta(days=1)


def check_last_day(last: date, valid_from: date, today: date) -> None:
    """Raise `InvalidInput` unless a seat that is there may end on that day: what was done from it stays done."""
    if last < max(valid_from, today):
        raise InvalidInput("DATE_PAST", field="on")


def code_hash(code: str) -> str:
    """Under which an invitation is found: its code in any spelling, hashed. The code has 130 random bits, so that it
    needs no salt."""
    plain = "".join(c for c in code.upper() if c.isalnum()).translate(MISREAD)
    return hashlib.sha256(plain.encode()).hexdigest()
