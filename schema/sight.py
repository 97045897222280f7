"""Why a seat sees something, and what it would take to see it."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry
from strawberry import Info

from api.graph.declare import column, labelled, published
from api.graph.ids import located
from api.sight import reads, rules, tables
from api.sight.rules import SightGround, SightPart

MOST = 20

labelled(SightPart, "A part of a case or request, with a grade of its own.")
labelled(
    SightGround,
    "What lets a seat see it.",
    english={
        "STAND_IN": "keeps this case in the place of the secretariat",
        "MEMBER": "member or observer",
        "AREA": "focal point of the area",
        "AUDIENCE": "category that the audience names",
        "DISCLOSED": "disclosed through the wall",
    },
)

ID = Annotated[strawberry.ID, strawberry.argument(description="Of a case or request.")]


@published(tables.Sight, "That the acting seat sees a part of a case or request, and on what ground.")
class Sight:
    part: SightPart = column("The part.")
    ground: SightGround = column("The ground.")


@strawberry.type(
    description="That a ground lets a part be seen. It is about no row, and is the same whether there is one."
)
class SightRule:
    """Published from `api/sight/rules.py`."""

    part: SightPart = strawberry.field(description="The part.")
    ground: SightGround = strawberry.field(description="The ground.")
    possible: bool = strawberry.field(description="Whether the acting seat's roles can ever have this ground.")


@strawberry.type
class SightQuery:
    @strawberry.field(
        metadata={"most": MOST},
        description="Which parts of a case or request the acting seat sees, and on what ground; nothing where it sees"
        " none, or where there is none.",
    )
    async def why_can_i_see(self, info: Info[Any, None], id: ID) -> list[Sight]:
        place = located(id)
        if place is None or place.type_name not in rules.RULES:
            return []
        seen: list[Sight] = await info.context.loader.few(reads.sights, place.row_id, MOST)
        return seen

    @strawberry.field(
        metadata={"most": MOST},
        description="What lets a case or request, or a part of one, be seen at all. The answer is the same whether it"
        " is there, is another's, or is behind the wall that a conflict of interest closes.",
    )
    def why_can_i_not(self, info: Info[Any, None], id: ID) -> list[SightRule]:
        found: list[Any] = rules.rules_of(id.partition(":")[0], info.context.operation.seat)
        return found
