"""Decisions of the group."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.decisions import reads, tables
from api.decisions.rules import DecisionKind, DecisionMode, Reason
from api.graph.connections import Connection
from api.graph.declare import code_list, column, labelled, published, sealed, to_many, to_one
from api.meetings import reads as meetings
from api.requests import reads as requests
from api.seat import Category
from api.seats import reads as seats
from schema.nodes import Node

if TYPE_CHECKING:
    from schema.meetings import Meeting
    from schema.requests import Request
    from schema.seats import Seat

labelled(DecisionKind, "What was decided on a request, or on conflicts with it.")
labelled(DecisionMode, "How the members decided.")
labelled(Reason, "Why a request was not accepted, was deferred or referred.")


@published(tables.DecisionNote, "The reasoning and dissent, for the seats of its audience.")
class DecisionNote:
    reasoning: str = sealed("reasoning", "Why it was decided so.")
    dissent: str | None = sealed("dissent", "Who saw it otherwise, and why.")

    audience: list[Category] = code_list(
        Category, "Categories that may read it, beside the secretariat and the custodian.", of="audience"
    )


@published(tables.Recusal, "A seat that was there and neither counted nor voted: its organisation is in conflict.")
class Recusal:
    seat: Annotated["Seat", strawberry.lazy("schema.seats")] | None = to_one(seats.seat, "The seat.")


@published(tables.Decision, "A collective act at a meeting with quorum; never changed, only followed by another.")
class Decision(Node):
    kind: DecisionKind = column("What was decided.")
    mode: DecisionMode = column("How.")
    reason: Reason | None = column("Why not, or why later or elsewhere.")
    addressee: str | None = column("Whom it was referred to.")
    seats_counted: int = column("Voting seats present, without those recused.")
    votes_for: int | None = column("Votes for; null under consensus.")
    votes_against: int | None = column("Votes against; null under consensus.")
    votes_abstaining: int | None = column("Abstentions; null under consensus.")
    recorded_at: datetime = column("When it was written down.")
    recusals: Connection[Recusal] = to_many(reads.recusals, "Who was there and recused.")
    note: DecisionNote | None = to_one(reads.note, "The reasoning, where the seat may read it.")
    meeting: Annotated["Meeting", strawberry.lazy("schema.meetings")] | None = to_one(
        meetings.of, "The meeting that decided."
    )
    request: Annotated["Request", strawberry.lazy("schema.requests")] | None = to_one(
        requests.of, "The request that it is about."
    )
