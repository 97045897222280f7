"""Conflicts of interest: who loses sight of a case, why, and what is shown nevertheless."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry import Info

from api.cases import actions as cases
from api.cases import reads as case_reads
from api.conflicts import actions, reads, tables
from api.conflicts.rules import ConflictOutcome, ConflictState, DisclosurePart, Ground
from api.decisions import reads as decisions
from api.graph.acts import act, argument
from api.graph.connections import Connection
from api.graph.declare import column, labelled, published, roots, sealed, to_many, to_one
from api.groups import reads as groups
from api.requests import reads as requests
from schema.decisions import Decision
from schema.groups import Organisation
from schema.nodes import Node, made, referred
from schema.refusals import AnyRefusal, result

if TYPE_CHECKING:
    from schema.cases import Case
    from schema.requests import Request

labelled(
    ConflictState,
    "Where a conflict stands. Each closes the wall but CLAIMED, DISMISSED and LIFTED.",
)
labelled(
    Ground,
    "Why there is a conflict, or why it is contested.",
    english={"TREE": "unit, authority above, owner or subsidiary"},
)
labelled(
    DisclosurePart,
    "What a group may show through the wall.",
    english={
        "RECOMMENDATION_TO_ME": "recommendation addressed to me",
        "AGREEMENT_AS_PARTY": "agreement to which I am a party",
    },
)
labelled(
    ConflictOutcome,
    "What is decided on a conflict.",
    english={"CONFIRMED": "confirm", "DISMISSED": "dismiss", "LIFTED": "lift"},
)


@published(tables.ConflictGround, "Why there is a conflict, or why it is contested, as somebody wrote it down.")
class ConflictGround:
    ground: Ground = column("The ground.")
    text: str | None = sealed("text", "In words, where somebody gave any.")
    recorded_at: datetime = column("When it was written down.")


@published(
    tables.Conflict,
    "An organisation in conflict with a request or case. The secretariat sees it, who recorded it, and the organisation"
    " once it knows: it declared it itself, or was shown the case.",
)
class Conflict(Node):
    state: ConflictState = column("Where it stands.")
    known: bool = column("Whether the organisation knows of it.")
    recorded_at: datetime = column("When it was written down.")
    version: int = column("Version of the row: name it when you change it.")
    organisation: Organisation | None = to_one(groups.organisation, "Whose conflict it is.")
    request: Annotated["Request", strawberry.lazy("schema.requests")] | None = to_one(
        requests.of, "The request that it is with."
    )
    case: Annotated["Case", strawberry.lazy("schema.cases")] | None = to_one(
        case_reads.of, "The case that the request became."
    )
    grounds: Connection[ConflictGround] = to_many(reads.grounds, "Why, in the order it was written down.")


@published(tables.Disclosure, "A part of a case that the group shows an organisation through its wall.")
class Disclosure:
    part: DisclosurePart = column("The part.")
    organisation: Organisation | None = to_one(groups.organisation, "To whom.")
    decision: Decision | None = to_one(decisions.of, "The decision.")


@published(tables.Sponsorship, "Who stands behind an organisation, as stated or only suspected.")
class Sponsorship(Node):
    suspected: bool = column("Whether it is only suspected.")
    text: str | None = sealed("text", "How it is known.")
    recorded_at: datetime = column("When it was written down.")
    sponsor: Organisation | None = to_one(groups.sponsor, "Who.")
    organisation: Organisation | None = to_one(groups.organisation, "Behind whom.")


ConflictResult = Annotated[Conflict | AnyRefusal, result("ConflictResult")]
SponsorshipResult = Annotated[Sponsorship | AnyRefusal, result("SponsorshipResult")]


@strawberry.input(description="Which conflicts.")
class ConflictFilter:
    state: list[ConflictState] | None = strawberry.field(default=None, description="States.")


@strawberry.type
class ConflictQuery:
    conflicts: Connection[Conflict] = roots(reads.conflicts, "Conflicts of interest, the last first.", ConflictFilter)
    sponsorships: Connection[Sponsorship] = roots(
        reads.sponsorships, "Who is said to stand behind whom, the last first."
    )


@strawberry.type
class ConflictMutation:
    @act(
        "Say that an organisation is in conflict with a request and its case. From the organisation itself, the"
        " secretariat or the custodian it closes the wall at once; from others it is a claim for a meeting to hear.",
        grant="conflict.declare",
    )
    async def declare_conflict(
        self,
        info: Info[Any, None],
        request_id: Annotated[strawberry.ID, argument("The request.", most=60)],
        organisation_id: Annotated[strawberry.ID, argument("The organisation.", most=60)],
        text: Annotated[str | None, argument("Why.", most=2_000)] = None,
        id: Annotated[
            strawberry.ID | None, argument("An id that the front end made, `Conflict:uuid`.", most=60)
        ] = None,
    ) -> ConflictResult:
        return await cases.declare_conflict(
            info.context.operation,
            conflict_id=made(id, "Conflict"),
            request_id=referred(request_id, "Request", "requestId"),
            organisation_id=referred(organisation_id, "Organisation", "organisationId"),
            text=text,
        )

    @act(
        "Contest the conflict that one's own organisation knows of; its wall stays until a decision lifts it.",
        grant="conflict.contest",
    )
    async def contest_conflict(
        self,
        info: Info[Any, None],
        conflict_id: Annotated[strawberry.ID, argument("The conflict.", most=60)],
        version: Annotated[int, strawberry.argument(description="The version that this is based on.")],
        text: Annotated[str, argument("Why there is none.", most=2_000)],
    ) -> ConflictResult:
        return await actions.contest(
            info.context.operation,
            conflict_id=referred(conflict_id, "Conflict", "conflictId"),
            version=version,
            text=text,
        )

    @act("Confirm a conflict that was proposed or declared.", grant="conflict.confirm")
    async def confirm_conflict(
        self,
        info: Info[Any, None],
        conflict_id: Annotated[strawberry.ID, argument("The conflict.", most=60)],
        version: Annotated[int, strawberry.argument(description="The version that this is based on.")],
    ) -> ConflictResult:
        return await actions.confirm(
            info.context.operation, conflict_id=referred(conflict_id, "Conflict", "conflictId"), version=version
        )

    @act(
        "Write down who stands behind an organisation; where a case implicates that, the sponsor loses sight of it.",
        grant="sponsorship.record",
    )
    async def record_sponsorship(
        self,
        info: Info[Any, None],
        sponsor_id: Annotated[strawberry.ID, argument("Who.", most=60)],
        organisation_id: Annotated[strawberry.ID, argument("Behind whom.", most=60)],
        suspected: Annotated[bool, strawberry.argument(description="Whether it is only suspected.")],
        text: Annotated[str | None, argument("How it is known.", most=2_000)] = None,
        id: Annotated[
            strawberry.ID | None, argument("An id that the front end made, `Sponsorship:uuid`.", most=60)
        ] = None,
    ) -> SponsorshipResult:
        return await actions.sponsor(
            info.context.operation,
            sponsorship_id=made(id, "Sponsorship"),
            sponsor_id=referred(sponsor_id, "Organisation", "sponsorId"),
            organisation_id=referred(organisation_id, "Organisation", "organisationId"),
            suspected=suspected,
            text=text,
        )
