"""Edges to decisions."""

from __future__ import annotations

from api.decisions.tables import Decision, DecisionNote, Recusal
from api.store.edges import Order, ToMany, ToOne, oldest_first

of_request = ToMany(
    Decision, oldest_first(Decision.recorded_at, then=Decision.id), source="id", target=Decision.request_id
)
of_meeting = ToMany(
    Decision, oldest_first(Decision.recorded_at, then=Decision.id), source="id", target=Decision.meeting_id
)
recusals = ToMany(Recusal, (Order(Recusal.seat_id),), source="id", target=Recusal.decision_id)
note = ToOne(DecisionNote, "id", DecisionNote.decision_id)
of = ToOne(Decision, "decision_id", Decision.id)
