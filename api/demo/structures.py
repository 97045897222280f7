"""The committees of South Kivu that the study names (DOMAIN 3.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from api.dates import DateWithPrecision, Precision
from api.demo.roster import demo_id
from api.structures.rules import StructureKind

if TYPE_CHECKING:
    from uuid import UUID

UNKNOWN = DateWithPrecision(None, None, Precision.UNKNOWN)
CPS = "Comité provincial de suivi du Sud-Kivu"


@dataclass(frozen=True, slots=True)
class Body:
    """A structure with what it stands on and who is in it."""

    kind: StructureKind
    name: str
    since: DateWithPrecision
    parent: str | None = None
    organisation: str | None = None
    pcode: str | None = None
    instruments: tuple[tuple[str, str, date], ...] = ()
    members: tuple[str, ...] = ()

    @property
    def id(self) -> UUID:
        return demo_id("structure", self.name)


STRUCTURES = (
    Body(
        StructureKind.CPS,
        CPS,
        DateWithPrecision(date(2012, 10, 22), None, Precision.DAY),
        organisation="CPS Sud-Kivu",
        pcode="CD62",
        instruments=(
            ("12/035/GP/SK", "Gouverneur du Sud-Kivu", date(2012, 10, 22)),
            ("18/035/GP/SK", "Gouverneur du Sud-Kivu", date(2018, 9, 3)),
            ("20/002/GP/SK", "Gouverneur du Sud-Kivu", date(2020, 1, 22)),
        ),
    ),
    Body(
        StructureKind.FUND,
        "Fonds de développement communautaire",
        DateWithPrecision(date(2013, 12, 19), None, Precision.DAY),
        parent=CPS,
        pcode="CD62",
        instruments=(("13/038/GP/SK", "Gouverneur du Sud-Kivu", date(2013, 12, 19)),),
    ),
    Body(
        StructureKind.CLS,
        "Comité local de suivi du territoire de Kalehe",
        UNKNOWN,
        parent=CPS,
        organisation="CLS Kalehe",
        pcode="CD6205",
        members=("Police des Mines", "Police nationale congolaise", "Fédération des entreprises du Congo"),
    ),
)
