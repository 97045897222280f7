"""Edges over the tree of structures."""

from __future__ import annotations

from api.store.edges import Order, ToMany, ToOne, newest_first, oldest_first
from api.structures.tables import Instrument, Structure, StructureMember

structures = ToMany(
    Structure,
    (Order(Structure.kind), Order(Structure.id)),
    default=50,
    filters={"kind": Structure.kind, "pcode": Structure.pcode},
)
parent = ToOne(Structure, "parent_id", Structure.id)
structure = ToOne(Structure, "structure_id", Structure.id)
children = ToMany(Structure, (Order(Structure.kind), Order(Structure.id)), source="id", target=Structure.parent_id)
members = ToMany(
    StructureMember,
    oldest_first(StructureMember.valid_from, then=StructureMember.id),
    source="id",
    target=StructureMember.structure_id,
)
instruments = ToMany(
    Instrument,
    newest_first(Instrument.dated, then=Instrument.id),
    source="id",
    target=Instrument.structure_id,
)
