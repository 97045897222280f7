"""Every right to act, on one screen. What a seat may *see* is row security and stands in migrations/.

The secretariat is COORDINATOR and CASE_OFFICER; the CUSTODIAN reads casework and writes none (DOMAIN 3.3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.errors import NotAllowed
from api.seat import Role

if TYPE_CHECKING:
    from api.seat import Seat

SECRETARIAT = frozenset({Role.COORDINATOR, Role.CASE_OFFICER})
COORDINATOR = frozenset({Role.COORDINATOR})
NETWORK = frozenset({Role.NETWORK_ADMIN})
BRINGS = SECRETARIAT | {Role.MEMBER, Role.OBSERVER, Role.FOCAL_POINT}

GRANTS: dict[str, frozenset[Role]] = {
    "organisation.register": NETWORK,
    "document.register": NETWORK,
    "group.open": NETWORK,
    "group.place": NETWORK,
    "group.cover": NETWORK,
    "group.assess": COORDINATOR,
    "settings.change": COORDINATOR,
    "seat.give": COORDINATOR | NETWORK,
    "seat.end": COORDINATOR | NETWORK,
    "invitation.accept": frozenset({Role.GUEST}),
    "structure.set_up": SECRETARIAT,
    "structure.change": SECRETARIAT,
    "meeting.schedule": SECRETARIAT,
    "meeting.hold": SECRETARIAT,
    "request.submit": BRINGS,
    "request.triage": SECRETARIAT,
    "request.table": SECRETARIAT,
    "request.take_off": SECRETARIAT,
    "decision.record": COORDINATOR,
    "activity.log": SECRETARIAT,
    "site.import": SECRETARIAT,
}


def require(seat: Seat, act: str) -> None:
    """Raise `NotAllowed` unless one of the seat's roles holds the grant."""
    if not seat.roles & GRANTS[act]:
        raise NotAllowed(act=act)
