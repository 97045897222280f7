"""Seats: who sits where, how somebody comes to a seat, and how it ends."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import strawberry
from strawberry import Info

from api.graph.acts import act, argument, door, part
from api.graph.connections import Connection
from api.graph.declare import acting, code_list, column, published, roots, sealed, to_many, to_one
from api.groups import reads as groups
from api.seat import Category, Pillar, Role
from api.seats import actions, reads, tables
from api.seats.rules import Post
from schema.groups import Organisation, WorkingGroup
from schema.nodes import Node, made, referred
from schema.refusals import AnyRefusal, result


@published(tables.Person, "Somebody who holds a seat or a post; never a victim or witness.")
class Person(Node):
    name: str = column("Name.")
    invented: bool = column("Whether the person is invented for the demonstration.")


@published(tables.SeatTally, "How many seats of a group run today. An alternate shares its principal's place.")
class SeatTally:
    government: int = column("Of the government pillar.")
    private_sector: int = column("Of the private sector pillar.")
    civil_society: int = column("Of the civil society pillar.")
    without_pillar: int = column("Of observers and others without a pillar.")


@published(tables.Invitation, "The way to a seat, for whoever holds its code.")
class Invitation(Node):
    invitation_code: str | None = sealed(
        "code", "To be given to the person invited, and to nobody else; null once it was used."
    )
    expires_on: date = column("Last day on which it can be accepted.")
    accepted_at: datetime | None = column("When it was.")
    version: int = column("Version of the row: name it when you change it.")
    seat: Annotated["Seat", strawberry.lazy("schema.seats")] | None = to_one(reads.seat, "The seat it leads to.")


@published(tables.Seat, "Person × group × organisation × pillar × category × roles × period.")
class Seat(Node):
    pillar: Pillar | None = column("Pillar.")
    category: Category = column("Category.")
    roles: list[Role] = code_list(Role, "What the seat may be asked to do.", of="roles")
    area: str | None = column("P-code of the territory that a focal point answers for.")
    valid_from: date = column("First day of the seat.")
    valid_to: date | None = column("Last day; null while it lasts.")
    ended_at: datetime | None = column("When it was ended before its last day was over.")
    version: int = column("Version of the row.")
    person: Person | None = to_one(reads.person, "Who holds it.")
    organisation: Organisation | None = to_one(groups.organisation, "Whom the holder represents.")
    group: WorkingGroup | None = to_one(groups.group, "The group that it is in.")
    succeeds: Annotated["Seat", strawberry.lazy("schema.seats")] | None = to_one(
        reads.succeeds, "The seat of the representative before."
    )
    principal: Annotated["Seat", strawberry.lazy("schema.seats")] | None = to_one(
        reads.principal, "The seat that an alternate stands in for."
    )
    alternates: Connection[Annotated["Seat", strawberry.lazy("schema.seats")]] = to_many(
        reads.alternates, "Who stands in for the holder."
    )
    invitation: Invitation | None = to_one(
        reads.invitation, "How the holder was invited; only who may give seats reads it."
    )


@strawberry.input(description="Which seats.")
class SeatFilter:
    pillar: list[Pillar] | None = strawberry.field(default=None, description="Pillars.")
    category: list[Category] | None = strawberry.field(default=None, description="Categories.")


@strawberry.input(description="What a seat is, whoever holds it.")
class SeatPost:
    category: Category = strawberry.field(description="Category.")
    roles: list[Role] = part("What it may be asked to do.", most=10, of="roles")
    pillar: Pillar | None = strawberry.field(default=None, description="Pillar; none for observers and guests.")
    area: str | None = part("P-code of the territory, for a focal point and nobody else.", most=10, default=None)

    def value(self, organisation_id: strawberry.ID) -> Post:
        organisation = referred(organisation_id, "Organisation", "organisationId")
        return Post(organisation, self.pillar, self.category, frozenset(self.roles), self.area)


SeatResult = Annotated[Seat | AnyRefusal, result("SeatResult")]
InvitationResult = Annotated[Invitation | AnyRefusal, result("InvitationResult")]


@strawberry.type
class SeatQuery:
    seats: Connection[Seat] = roots(reads.seats, "The seats of the group.", SeatFilter)
    invitations: Connection[Invitation] = roots(
        reads.invitations, "Invitations to seats, for who may give them; the latest to expire first."
    )

    acting_seat: Seat | None = acting(reads.own, "The seat that this operation acts from.")


@strawberry.type
class SeatMutation:
    @act("Invite somebody to a new seat of the group. The answer has the code that leads there.", grant="seat.give")
    async def invite_to_seat(
        self,
        info: Info[Any, None],
        holder: Annotated[str, argument("Name of the person.")],
        organisation_id: Annotated[strawberry.ID, argument("Whom the person represents.")],
        post: Annotated[SeatPost, strawberry.argument(description="What the seat is.")],
        valid_from: Annotated[date, strawberry.argument(description="First day of the seat.")],
        id: Annotated[strawberry.ID | None, argument("Id of the seat to be.")] = None,
    ) -> InvitationResult:
        op = info.context.operation
        return await actions.invite(
            op,
            group_id=op.group_id,
            seat_id=made(id, "Seat"),
            name=holder,
            post=post.value(organisation_id),
            valid_from=valid_from,
        )

    @act(
        "For the network: name a group's coordinator. The answer has the code that leads to the seat.",
        grant="seat.give",
    )
    async def name_coordinator(
        self,
        info: Info[Any, None],
        working_group_id: Annotated[strawberry.ID, argument("The group.")],
        holder: Annotated[str, argument("Name of the person.")],
        organisation_id: Annotated[strawberry.ID, argument("Whom the person represents.")],
        category: Annotated[Category, strawberry.argument(description="Category.")],
        valid_from: Annotated[date, strawberry.argument(description="First day of the seat.")],
        pillar: Annotated[Pillar | None, strawberry.argument(description="Pillar.")] = None,
    ) -> InvitationResult:
        post = SeatPost(category=category, roles=[Role.COORDINATOR], pillar=pillar)
        return await actions.invite_coordinator(
            info.context.operation,
            group_id=referred(working_group_id, "WorkingGroup", "workingGroupId"),
            seat_id=made(None, "Seat"),
            name=holder,
            post=post.value(organisation_id),
            valid_from=valid_from,
        )

    @act(
        "Invite an alternate for the holder of a seat: the same rights, and one place at the table.", grant="seat.give"
    )
    async def invite_alternate(
        self,
        info: Info[Any, None],
        seat_id: Annotated[strawberry.ID, argument("The seat to stand in for.")],
        holder: Annotated[str, argument("Name of the alternate.")],
        valid_from: Annotated[date, strawberry.argument(description="First day.")],
        id: Annotated[strawberry.ID | None, argument("Id of the seat to be.")] = None,
    ) -> InvitationResult:
        return await actions.invite_alternate(
            info.context.operation,
            seat_id=referred(seat_id, "Seat", "seatId"),
            alternate_id=made(id, "Seat"),
            name=holder,
            valid_from=valid_from,
        )

    @act("Another person takes a seat's place. The old seat ends and keeps what was done from it.", grant="seat.give")
    async def replace_representative(
        self,
        info: Info[Any, None],
        seat_id: Annotated[strawberry.ID, argument("The seat of the representative so far.")],
        version: Annotated[int, strawberry.argument(description="The version that the change is based on.")],
        holder: Annotated[str, argument("Name of the new representative.")],
        starting: Annotated[date, strawberry.argument(description="First day of the new one: today or later.")],
        id: Annotated[strawberry.ID | None, argument("Id of the seat to be.")] = None,
    ) -> InvitationResult:
        return await actions.replace_holder(
            info.context.operation,
            seat_id=referred(seat_id, "Seat", "seatId"),
            version=version,
            successor_id=made(id, "Seat"),
            name=holder,
            starting=starting,
        )

    @act("End a seat and its alternates'. Without a last day its rights end with the next request.", grant="seat.end")
    async def end_seat(
        self,
        info: Info[Any, None],
        seat_id: Annotated[strawberry.ID, argument("The seat.")],
        version: Annotated[int, strawberry.argument(description="The version that the change is based on.")],
        on: Annotated[date | None, strawberry.argument(description="Its last day; now where there is none.")] = None,
    ) -> SeatResult:
        return await actions.end(
            info.context.operation, seat_id=referred(seat_id, "Seat", "seatId"), version=version, on=on
        )

    @act(
        "Make a new code for an invitation that was lost or has expired; the old one leads nowhere.", grant="seat.give"
    )
    async def renew_invitation(
        self,
        info: Info[Any, None],
        invitation_id: Annotated[strawberry.ID, argument("The invitation.")],
        version: Annotated[int, strawberry.argument(description="The version that the change is based on.")],
    ) -> InvitationResult:
        return await actions.renew(
            info.context.operation,
            invitation_id=referred(invitation_id, "Invitation", "invitationId"),
            version=version,
        )

    @door(
        "Take the seat that an invitation's code leads to. It needs no seat yet, only a token, and stands alone.",
        grant="invitation.accept",
    )
    async def accept_invitation(
        self,
        info: Info[Any, None],
        code: Annotated[str, argument("The code, in any spelling.", most=60)],
    ) -> SeatResult:
        return await actions.accept(info.context.operation, code=code)
