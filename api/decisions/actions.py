"""Writing a decision down. The act that members know, `recordDecision`, is in meetings: it moves the request too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.decisions import rules
from api.decisions.tables import Decision, DecisionNote, Recusal
from api.seat import Category

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from api.decisions.rules import DecisionKind, DecisionMode, Reason
    from api.seat import Pillar
    from api.store.operation import Operation


async def write(
    op: Operation,
    *,
    decision_id: UUID,
    meeting_id: UUID,
    request_id: UUID,
    kind: DecisionKind,
    mode: DecisionMode,
    votes: tuple[int, int, int] | None,
    reason: Reason | None,
    addressee: str | None,
    reasoning: str,
    dissent: str | None,
    audience: Sequence[Category],
    present: Sequence[Pillar],
    recused: Collection[UUID],
    quorum_per_pillar: int,
) -> Decision:
    """Check quorum, votes and reason, then write the decision, its note and whose seats were recused: those are not
    among the pillars `present`."""
    rules.check_quorum(present, quorum_per_pillar)
    rules.check_votes(mode, votes, len(present))
    rules.check_reason(kind, reason, addressee)
    for_, against, abstaining = votes or (None, None, None)
    decision = Decision(
        group_id=op.group_id,
        id=decision_id,
        meeting_id=meeting_id,
        request_id=request_id,
        kind=kind,
        mode=mode,
        reason=reason,
        addressee=addressee,
        seats_counted=len(present),
        votes_for=for_,
        votes_against=against,
        votes_abstaining=abstaining,
        recorded_at=op.now,
    )
    note = DecisionNote(
        group_id=op.group_id, decision_id=decision_id, audience=sorted(category.name for category in audience)
    )
    op.seal(note, "reasoning", reasoning)
    if dissent is not None:
        op.seal(note, "dissent", dissent)
    recusals = (Recusal(group_id=op.group_id, decision_id=decision_id, seat_id=each) for each in sorted(recused))
    await op.add(decision, note, *recusals)
    return decision
