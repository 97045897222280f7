"""Sites and visits as tests take them in; every name is invented."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from api.dates import DateWithPrecision, Precision
from api.sites.rules import (
    IcglrStatus,
    Mineral,
    MineralFacts,
    Observed,
    PresenceFacts,
    PresenceKind,
    Seen,
    Service,
    SiteFacts,
    VisitFacts,
)


def site(code: str, name: str = "Mfano", pcode: str | None = "CD6205", **facts: Any) -> SiteFacts:
    return SiteFacts(code=code, name=name, pcode=pcode, **facts)


def visit(vid: int, day: date, **facts: Any) -> VisitFacts:
    return VisitFacts(vid=vid, visited=DateWithPrecision(day, None, Precision.DAY), **facts)


def sites_of(name: str, first: int, pcodes: list[str | None], today: date) -> list[Seen]:
    """A site in each place: the first with visits of everything, the last without any."""
    minerals = tuple(
        MineralFacts(mineral, f"{name} {mineral.value}", f"{name} marché")
        for mineral in (Mineral.CASSITERITE, Mineral.COLTAN, Mineral.OTHER)
    )
    presences = tuple(
        PresenceFacts(f"{name} groupe {kind.value}", kind, kind.value, taxation=Observed.OBSERVED)
        for kind in (PresenceKind.LOCAL_ARMED_GROUP, PresenceKind.POLICE_NO_DATA, PresenceKind.ARMY_NO_INTERFERENCE)
    )
    places = [
        site(
            f"codmine{first + index}",
            f"{name} site {index}",
            pcode,
            province_pcode=pcode and pcode[:4],
            stated_territory=f"{name} territoire",
        )
        for index, pcode in enumerate(pcodes)
    ]
    whole = [
        Seen(
            places[0],
            visit(
                first + 100 + index,
                today - timedelta(days=days),
                source=f"{name} équipe",
                workers=workers,
                services=(Service.SAEMAPE, Service.CLS),
                services_stated=f"{name} services",
                icglr_status=status,
                qualification=f"{name} statut",
                minerals=minerals,
                presences=presences,
            ),
        )
        for index, (days, workers, status) in enumerate(
            [
                (900, 50, IcglrStatus.YELLOW),
                (400, 0, IcglrStatus.RED),
                (400, 20, IcglrStatus.GREEN),
                (30, None, IcglrStatus.GREEN),
            ]
        )
    ]
    others = [
        Seen(
            each, visit(first + 200 + index, today - timedelta(days=500), minerals=(MineralFacts(Mineral.GOLD, "Or"),))
        )
        for index, each in enumerate(places[1:-1])
    ]
    return [*whole, *others, Seen(places[-1])]
