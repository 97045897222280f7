"""Edges to what the acting seat sees of a case or request."""

from __future__ import annotations

from api.sight.tables import Sight
from api.store.edges import Order, ToMany

sights = ToMany(Sight, (Order(Sight.part), Order(Sight.ground)), source="id", target=Sight.record_id)
