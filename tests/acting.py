"""What tests of acts share: a group of their own, which the demonstration does not see, the main line as documents,
and the owner's look at every row."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import asyncpg
from graphql import GraphQLNonNull

from api.dates import DateWithPrecision, Precision
from api.demo.roster import ORGANISATIONS, demo_id
from api.groups import actions as groups
from api.groups.rules import FormalStatus, Standing, Ways, WorkingMode
from api.identity import DEVELOPMENT_ISSUER, subject
from api.seat import NETWORK, Pillar, Role, system_seat
from api.seats import actions as seats
from api.seats.rules import Holder, Post
from api.store import sealing
from schema.root import schema

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping

    from conftest import Client

    from api.running import Urls
    from api.settings import Settings
    from api.store.engine import Store

GOVERNMENT, PRIVATE, CIVIL = Pillar.GOVERNMENT, Pillar.PRIVATE_SECTOR, Pillar.CIVIL_SOCIETY
OGP = "Observatoire Gouvernance et Paix"
SeatGiven = tuple[str, Pillar | None, Role, str | None]
Seats = dict[str, SeatGiven]
SEATS: Seats = {
    "coordinator": (OGP, CIVIL, Role.COORDINATOR, None),
    "officer": (OGP, CIVIL, Role.CASE_OFFICER, None),
    "custodian": (OGP, CIVIL, Role.CUSTODIAN, None),
    "colleague": (OGP, CIVIL, Role.MEMBER, None),
    "pmh": ("Police des Mines", GOVERNMENT, Role.MEMBER, None),
    "company": ("Twangiza Mining", PRIVATE, Role.MEMBER, None),
    "cso": ("Collectif communautaire Mfano", CIVIL, Role.MEMBER, None),
    "neighbour": ("Justicia ASBL", CIVIL, Role.MEMBER, None),
    "observer": ("DCAF", None, Role.OBSERVER, None),
    "focal": ("CLS Kalehe", None, Role.FOCAL_POINT, "CD6205"),
}
VOTERS = ("coordinator", "officer", "pmh", "company", "cso")

MUTATIONS = schema._schema.mutation_type.fields  # type: ignore[union-attr]
REFUSED = "... on Refusal { code field message } ... on VersionConflict { current { __typename id } }"
ASKED = {
    "RequestResult": "... on Request { id version state triageNote { completeness } }",
    "MeetingResult": "... on Meeting { id version state }",
    "DecisionResult": "... on Decision { id kind request { id version state case { id number } } }",
    "ActivityResult": "... on Activity { id kind }",
    "InvitationResult": "... on Invitation { id version invitationCode expiresOn seat { id version } }",
    "SeatResult": "... on Seat { id version roles validFrom validTo }",
    "OrganisationLinkResult": "... on OrganisationLink { id kind }",
    "SettingsResult": "... on GroupSettings { id version workingMode quorumPerPillar }",
    "PhaseResult": "... on GroupPhase { id phase }",
    "StandingResult": "... on GroupStanding { id standing }",
    "GroupResult": "... on WorkingGroup { id code }",
    "OrganisationResult": "... on Organisation { id name }",
    "StructureResult": "... on Structure { id kind }",
    "StructureMemberResult": "... on StructureMember { id version }",
    "InstrumentResult": "... on Instrument { id number }",
    "CaseResult": "... on Case { id number disclosures { nodes { part } } }",
    "EventResult": "... on Event { id case { id } }",
    "InvolvementResult": "... on Involvement { id degree }",
    "AllegationResult": "... on Allegation { id number status }",
    "CasePartyResult": "... on CaseParty { id side }",
    "ConflictResult": "... on Conflict { id version state known }",
    "SponsorshipResult": "... on Sponsorship { id suspected }",
}

Act = tuple[str, "Mapping[str, Any]"]


def operation(*acts: Act, ask: str = "") -> tuple[str, dict[str, Any]]:
    """One document with these acts as `a0`, `a1`, …, and its variables."""
    declared, fields, variables = [], [], {}
    for index, (name, given) in enumerate(acts):
        published = MUTATIONS[name]
        declared += [f"${argument}{index}: {_nullable(published.args[argument])}" for argument in given]
        passed = ", ".join(f"{argument}: ${argument}{index}" for argument in given)
        asked = f"__typename {REFUSED} {ASKED[str(published.type).rstrip('!')]} {ask}"
        fields.append(f"a{index}: {name}({passed}) {{ {asked} }}")
        variables |= {f"{argument}{index}": value for argument, value in given.items()}
    head = f"mutation({', '.join(declared)})" if declared else "mutation"
    return f"{head} {{ {' '.join(fields)} }}", variables


def _nullable(argument: Any) -> str:
    """The type that a variable for an argument has; one with a default may be left out."""
    kind = argument.type
    has_default = argument.default_value is not None and repr(argument.default_value) != "Undefined"
    return str(kind.of_type if isinstance(kind, GraphQLNonNull) and has_default else kind)


@dataclass(frozen=True)
class Team:
    """A group with a seat for each part, and the client that acts from them."""

    client: Client
    code: str
    group_id: UUID
    tokens: dict[str, str] = field(default_factory=dict)

    def persona(self, name: str) -> str:
        return f"{self.code}.{name}"

    def seat_id(self, name: str) -> UUID:
        return demo_id("seat", self.persona(name))

    def seats(self, names: Iterable[str] = VOTERS) -> list[str]:
        return [f"Seat:{self.seat_id(name)}" for name in names]

    def token(self, name: str) -> str:
        """Signing one is slower than most answers."""
        if name not in self.tokens:
            self.tokens[name] = self.client.token(self.persona(name))
        return self.tokens[name]

    def joined_by(self, persona: str) -> str:
        """A persona who is no part of the group's, under its own name: it acts as the parts do from here on."""
        self.tokens[persona] = self.client.token(persona)
        return persona

    async def post(self, name: str, source: str, variables: Mapping[str, Any] | None = None, **headers: str) -> Any:
        """The whole response to a document."""
        named = {header.replace("_", "-"): value for header, value in headers.items()}
        bearer = {"Authorization": f"Bearer {self.token(name)}"}
        body = {"query": source, "variables": variables or {}}
        return await self.client.http.post("/graphql", json=body, headers={**bearer, **named})

    async def send(self, name: str, *acts: Act, **headers: str) -> Any:
        """The whole response to acts."""
        return await self.post(name, *operation(*acts), **headers)

    async def acts(self, name: str, *acts: Act, **headers: str) -> list[Any]:
        """What each act came to."""
        body = (await self.send(name, *acts, **headers)).json()
        assert "errors" not in body, body["errors"]
        return [body["data"][f"a{index}"] for index in range(len(acts))]

    async def act(self, name: str, act: str, given: Mapping[str, Any], **headers: str) -> Any:
        return (await self.acts(name, (act, given), **headers))[0]

    async def done(self, name: str, act: str, given: Mapping[str, Any], **headers: str) -> Any:
        """The row of an act that was done."""
        outcome = await self.act(name, act, given, **headers)
        assert "code" not in outcome, outcome
        return outcome

    async def ask(self, name: str, source: str, variables: dict[str, Any] | None = None) -> Any:
        body = (await self.post(name, source, variables)).json()
        assert "errors" not in body, body["errors"]
        return body["data"]

    async def submitted(self, name: str = "cso", **changes: Any) -> Any:
        return await self.done(name, "submitRequest", submission(**changes))

    async def triaged(self, name: str = "cso", **changes: Any) -> Any:
        return await self.done("officer", "triageRequest", based(await self.submitted(name, **changes)))

    async def scheduled(self, **changes: Any) -> Any:
        return await self.done(
            "officer", "scheduleMeeting", {"kind": "MONTHLY", "scheduledOn": "2024-04-10", **changes}
        )

    async def tabled(self, meeting: Any, request: Any = None, **changes: Any) -> Any:
        request = request or await self.triaged(**changes)
        return await self.done("officer", "tableRequest", {**based(request), "meetingId": meeting["id"]})

    async def held(self, meeting: Any, names: Iterable[str] = VOTERS) -> Any:
        return await self.done("officer", "holdMeeting", holding(meeting, self.seats(names)))

    async def decided(self, request: Any, meeting: Any, kind: str = "ACCEPT", **changes: Any) -> Any:
        return await self.done("coordinator", "recordDecision", deciding(request, meeting, kind, **changes))

    async def case(self, **changes: Any) -> str:
        """The id of a case that the group took up."""
        meeting = await self.scheduled()
        request = await self.tabled(meeting, **changes)
        await self.held(meeting)
        case_id: str = (await self.decided(request, meeting))["request"]["case"]["id"]
        return case_id

    async def event(self, case_id: str) -> str:
        """The id of an event of a case."""
        given = {"caseId": case_id, "incidentClass": "ROADBLOCK", "pcode": "CD6205", "occurred": day("2024-03-02")}
        event_id: str = (await self.done("officer", "recordEvent", given))["id"]
        return event_id

    async def involved(self, case_id: str, organisation: str, **changes: Any) -> Any:
        """An involvement that names an organisation."""
        given = {**involving(await self.event(case_id), organisation), **changes}
        return await self.done("officer", "recordInvolvement", given)

    async def conflicts(self, case_id: str, name: str = "coordinator") -> dict[str, Any]:
        """By organisation, the conflicts with a case that a seat sees, the last one of each."""
        source = """query($id: ID!) { node(id: $id) { ... on Case { conflicts(first: 50) { nodes {
          id version state known organisation { name } grounds { nodes { ground text } } } } } } }"""
        node = (await self.ask(name, source, {"id": case_id}))["node"]
        return {each["organisation"]["name"]: each for each in node["conflicts"]["nodes"]} if node else {}


def organisation(name: str) -> str:
    """The id of an organisation of the demonstration."""
    return f"Organisation:{demo_id('organisation', name)}"


def involving(event_id: str, name: str) -> dict[str, Any]:
    """Arguments of `recordInvolvement`."""
    alleged = {"actorKind": "UNKNOWN", "degree": "SUSPECTED"}
    return {
        "eventId": event_id,
        "organisationId": organisation(name),
        "alleged": alleged,
        "stated": day("2024-03-05"),
    }


async def found(store: Store, settings: Settings, client: Client, code: str, more: Seats | None = None) -> Team:
    """Open a group with its seats, and more of them; organisations are the demonstration's."""
    group_id = uuid4()
    sealing.add_group(settings.keys, group_id)
    async with store.process(system_seat(Role.NETWORK_ADMIN, NETWORK)) as op:
        await groups.open_group(
            op,
            group_id=group_id,
            code=code,
            name_fr=f"Groupe {code}",
            name_en=f"Group {code}",
            ways=Ways(FormalStatus.INFORMAL, WorkingMode.FIELD_MISSION),
            founded=DateWithPrecision(date(2020, 1, 1), None, Precision.YEAR),
            standing=Standing.FORMING,
            jurisdiction=[("CD62", date(2020, 1, 1), None), ("CD61", date(2021, 1, 1), date(2022, 1, 1))],
        )
        await _give(op, group_id, code, "coordinator", SEATS["coordinator"])
    async with store.operation(subject(DEVELOPMENT_ISSUER, f"{code}.coordinator"), None, write=True) as op:
        for name, seat in {**SEATS, **(more or {})}.items():
            if name != "coordinator":
                await _give(op, group_id, code, name, seat)
    return Team(client, code, group_id)


async def _give(op: Any, group_id: UUID, code: str, name: str, seat: SeatGiven) -> None:
    organisation, pillar, role, area = seat
    await seats.give(
        op,
        group_id=group_id,
        seat_id=demo_id("seat", f"{code}.{name}"),
        holder=Holder("Asha Mfano", subject(DEVELOPMENT_ISSUER, f"{code}.{name}"), invented=True),
        post=Post(
            demo_id("organisation", organisation), pillar, ORGANISATIONS[organisation][0], frozenset({role}), area
        ),
        valid_from=date(2020, 1, 1),
    )


def day(text: str) -> dict[str, str]:
    return {"precision": "DAY", "start": text}


TOLD = {
    "narrative": "Des hommes armés tiennent une barrière.",
    "wantedAction": "La levée de la barrière.",
    "statedPlace": "Pont de la Luhoho",
    "allegedActorKind": "IRREGULAR_STATE",
    "countingUnit": "FAMILY",
    "affected": 12,
    "sourceCode": "SRC-1",
    "sourceConnection": "WITNESS",
    "sourceStatement": "Je les ai vus.",
}


def submission(**changes: Any) -> dict[str, Any]:
    """Arguments of `submitRequest` for a complete fact sheet."""
    return {
        "title": "Barrière sur la route",
        "requestType": "SITE_INCIDENT",
        "requester": "CSO",
        "channel": "LETTER",
        "pcode": "CD6205",
        "occurred": day("2024-03-02"),
        "brought": day("2024-03-05"),
        "told": TOLD,
        "incidentClass": "ROADBLOCK",
        **changes,
    }


def based(request: Any, **more: Any) -> dict[str, Any]:
    """The arguments that name a request and the version that a change is based on."""
    return {"requestId": request["id"], "version": request["version"], **more}


def holding(meeting: Any, seat_ids: Iterable[str], **changes: Any) -> dict[str, Any]:
    row = {"meetingId": meeting["id"], "version": meeting["version"]}
    return {**row, "held": day("2024-04-10"), "seatIds": list(seat_ids), **changes}


TAKEN_UP = {"title": "Barrière de la Luhoho", "incidentClass": "ROADBLOCK", "oecdRisks": ["O5", "O1_4"]}
WHY: dict[str, dict[str, Any]] = {
    "ACCEPT": {},
    "NOT_ACCEPT": {"reason": "OUT_OF_SCOPE"},
    "DEFER": {"reason": "INSUFFICIENT_FACTS"},
    "REFER": {"reason": "HANDLED_ELSEWHERE", "addressee": "Auditorat militaire"},
}


def deciding(request: Any, meeting: Any, kind: str = "ACCEPT", **changes: Any) -> dict[str, Any]:
    """Arguments of `recordDecision`; `changes` are of the decision itself."""
    decision = {"kind": kind, "reasoning": "Le groupe en a débattu.", **WHY[kind], **changes}
    case = {"case": TAKEN_UP} if kind == "ACCEPT" else {}
    return {**based(request), "meetingId": meeting["id"], "decision": decision, **case}


@asynccontextmanager
async def owner(urls: Urls, *tables: str) -> AsyncIterator[asyncpg.Connection[Any]]:
    """The owner in a transaction, past the row security of `tables` for as long as it lasts."""
    connection = await asyncpg.connect(urls.owner.get_secret_value())
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL lock_timeout = '5s'")
            for table in tables:
                await connection.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
            yield connection
            for table in tables:
                await connection.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
    finally:
        await connection.close()


async def contents(urls: Urls) -> dict[str, tuple[int, int]]:
    """Of every table how many rows there are, and a sum of them that changes when one of them does."""
    connection = await asyncpg.connect(urls.owner.get_secret_value())
    try:
        names = [
            row[0]
            for row in await connection.fetch(
                "SELECT relname FROM pg_class c WHERE relkind = 'r'"
                " AND relnamespace = 'public'::regnamespace AND relrowsecurity"
            )
        ]
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("SET LOCAL lock_timeout = '5s'")
        await connection.execute("".join(f'ALTER TABLE "{name}" NO FORCE ROW LEVEL SECURITY;' for name in names))
        counted = " UNION ALL ".join(
            f"SELECT '{name}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM \"{name}\" t"
            for name in names
        )
        found = {name: (count, int(total)) for name, count, total in await connection.fetch(counted)}
        await transaction.rollback()
        return found
    finally:
        await connection.close()


async def written(urls: Urls, before: Mapping[str, tuple[int, int]]) -> dict[str, int]:
    """The tables whose rows are others than `before`, and by how many more they are."""
    now = await contents(urls)
    return {name: now[name][0] - before[name][0] for name in now if now[name] != before[name]}
