"""Places: the network's P-codes."""

from __future__ import annotations

from datetime import date

import strawberry

from api.graph.connections import Connection
from api.graph.declare import column, published, roots, to_many, to_one
from api.places import reads, tables


@published(tables.Place, "A province (level 1), or a territory or town (level 2), by OCHA's P-code.")
class Place:
    pcode: str = column("OCHA P-code, for example CD6205.")
    name: str = column("Name as OCHA spells it, without accents.")
    level: int = column("1 for a province, 2 for a territory or town.")
    valid_from: date = column("Since when the code set is in force; not the age of the province.")
    parent: Place | None = to_one(reads.parent, "The province that it lies in.")
    parts: Connection[Place] = to_many(reads.parts, "Territories and towns of the province.")


@strawberry.input(description="Which places.")
class PlaceFilter:
    parent: list[str] | None = strawberry.field(default=None, description="P-codes of provinces.")


@strawberry.type
class PlaceQuery:
    places: Connection[Place] = roots(reads.places, "Places, by P-code.", PlaceFilter)
