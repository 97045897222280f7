"""What each of the two groups lives through, act by act, so that every table holds rows of both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from isolation.world import ADDED, AREA, ELSEWHERE, EVERYBODY, FOCAL, GROUPS, TWICE, bearer, today
from seeing import sites_of

from api.demo.loading import SINCE
from api.demo.roster import demo_id
from api.documents.actions import register
from api.seat import NETWORK, Role, system_seat
from api.seats import actions as seats
from api.seats.rules import Holder
from api.sites.actions import take_in
from api.worker import once

if TYPE_CHECKING:
    from uuid import UUID

    from isolation.world import World

    from api.demo.roster import Persona

DAY = {"precision": "DAY", "start": "2024-03-04"}
REFUSED = "... on Refusal { code field message }"
SUBMIT = f"""mutation($title: String!, $pcode: String!, $told: RequestTold!) {{ submitRequest(
  title: $title, requestType: SITE_INCIDENT, requester: COMMUNITY, channel: MEETING, pcode: $pcode, told: $told,
  incidentClass: ROADBLOCK, occurred: {{precision: DAY, start: "2024-02-17"}},
  brought: {{precision: DAY, start: "2024-03-02"}}
) {{ __typename ... on Request {{ id version }} {REFUSED} }} }}"""
TRIAGE = f"""mutation($id: ID!, $version: Int!, $note: String!) {{ triageRequest(
  requestId: $id, version: $version, reliability: UNSURE, note: $note
) {{ __typename ... on Request {{ id version }} {REFUSED} }} }}"""
SCHEDULE = f"""mutation($venue: String!, $day: Date!) {{ scheduleMeeting(scheduledOn: $day, kind: AD_HOC, venue: $venue)
  {{ __typename ... on Meeting {{ id version }} {REFUSED} }} }}"""
HOLD = f"""mutation($id: ID!, $version: Int!, $held: DateWithPrecisionInput!, $seats: [ID!]!) {{ holdMeeting(
  meetingId: $id, version: $version, held: $held, seatIds: $seats
) {{ __typename ... on Meeting {{ id version }} {REFUSED} }} }}"""
TABLE = f"""mutation($id: ID!, $version: Int!, $meeting: ID!) {{ tableRequest(
  requestId: $id, version: $version, meetingId: $meeting, incompleteReason: "Urgent."
) {{ __typename ... on Request {{ id version }} {REFUSED} }} }}"""
TAKE_OFF = f"""mutation($id: ID!, $version: Int!) {{ takeOffAgenda(
  requestId: $id, version: $version, reason: NOT_REACHED
) {{ __typename ... on Request {{ id version }} {REFUSED} }} }}"""
DECIDE = f"""mutation($id: ID!, $version: Int!, $meeting: ID!, $decision: DecisionTaken!, $case: CaseTakenUp)
{{ recordDecision(requestId: $id, version: $version, meetingId: $meeting, decision: $decision, case: $case)
  {{ __typename ... on Decision {{ id request {{ case {{ id }} }} }} {REFUSED} }} }}"""
EVENT = f"""mutation($case: ID!, $pcode: String!) {{ recordEvent(
  caseId: $case, incidentClass: ROADBLOCK, pcode: $pcode, occurred: {{precision: DAY, start: "2024-02-17"}}
) {{ __typename ... on Event {{ id }} {REFUSED} }} }}"""
INVOLVE = f"""mutation($event: ID!, $alleged: AllegedInvolvement!, $organisation: ID, $unit: ID,
  $sourceGiven: SourceGiven, $audience: [Category!]) {{ recordInvolvement(eventId: $event, alleged: $alleged,
  organisationId: $organisation, unitId: $unit, stated: {{precision: DAY, start: "2024-02-18"}}, sourceGiven:
  $sourceGiven, audience: $audience) {{ __typename ... on Involvement {{ id }} {REFUSED} }} }}"""
REVISE = f"""mutation($involvement: ID!, $sourceGiven: SourceGiven) {{ reviseAllegation(involvementId: $involvement,
  status: CREDIBLE, stated: {{precision: DAY, start: "2024-02-19"}}, sourceGiven: $sourceGiven)
  {{ __typename ... on Allegation {{ id }} {REFUSED} }} }}"""
PARTY = f"""mutation($case: ID!, $side: Int!, $organisation: ID, $audience: [Category!]) {{ addParty(caseId: $case,
  side: $side, category: COMPANY, organisationId: $organisation, audience: $audience)
  {{ __typename ... on CaseParty {{ id }} {REFUSED} }} }}"""
DECLARE = f"""mutation($request: ID!, $organisation: ID!, $text: String) {{ declareConflict(requestId: $request,
  organisationId: $organisation, text: $text) {{ __typename ... on Conflict {{ id }} {REFUSED} }} }}"""
SPONSOR = f"""mutation($sponsor: ID!, $organisation: ID!, $text: String) {{ recordSponsorship(sponsorId: $sponsor,
  organisationId: $organisation, suspected: true, text: $text) {{ __typename ... on Sponsorship {{ id }} {REFUSED} }}
  }}"""
DISCLOSE = f"""mutation($case: ID!, $organisation: ID!, $meeting: ID!, $deliberation: Deliberation!) {{ discloseCase(
  caseId: $case, organisationId: $organisation, meetingId: $meeting, parts: [OUTCOME], deliberation: $deliberation)
  {{ __typename ... on Case {{ id }} {REFUSED} }} }}"""
ON_CONFLICT = f"""mutation($conflict: ID!, $version: Int!, $meeting: ID!, $outcome: ConflictOutcome!, $seat: ID,
  $deliberation: Deliberation!) {{ decideOnConflict(conflictId: $conflict, version: $version, meetingId: $meeting,
  outcome: $outcome, deliberation: $deliberation, replacingSeatId: $seat)
  {{ __typename ... on Conflict {{ id version }} {REFUSED} }} }}"""
LOG = f"""mutation($case: ID!, $note: String!, $audience: [Category!]) {{ logActivity(
  caseId: $case, kind: MEDIATION, done: {{precision: DAY, start: "2024-03-20"}}, note: $note, audience: $audience
) {{ __typename ... on Activity {{ id }} {REFUSED} }} }}"""
ASSESS = f"""mutation($on: DateWithPrecisionInput!) {{ assessPhase(phase: GROWTH, assessed: $on)
  {{ __typename ... on GroupPhase {{ id }} {REFUSED} }} }}"""
INVITE = f"""mutation($name: String!, $organisation: ID!) {{ inviteToSeat(holder: $name, organisationId: $organisation,
  post: {{category: PARTNER, roles: [OBSERVER]}}, validFrom: "2024-03-01")
  {{ __typename ... on Invitation {{ id }} {REFUSED} }} }}"""
SET_UP = f"""mutation($name: String!, $pcode: String!, $since: DateWithPrecisionInput!) {{
  setUpStructure(kind: CLS, name: $name, pcode: $pcode, since: $since)
  {{ __typename ... on Structure {{ id }} {REFUSED} }} }}"""
ADMIT = f"""mutation($structure: ID!, $organisation: ID!) {{ admitToStructure(structureId: $structure,
  organisationId: $organisation, validFrom: "2024-03-04")
  {{ __typename ... on StructureMember {{ id }} {REFUSED} }} }}"""
INSTRUMENT = f"""mutation($structure: ID!, $number: String!) {{ recordInstrument(structureId: $structure,
  number: $number, authority: "Gouverneur", dated: "2024-03-04")
  {{ __typename ... on Instrument {{ id }} {REFUSED} }} }}"""


@dataclass(frozen=True)
class Brought:
    """A request that a group's persona brings, and how far it comes."""

    name: str
    author: str
    comes_to: str
    audience: list[str] | None = None
    elsewhere: bool = False


SITES = {"sk": 91000, "lub": 92000}
"""By group, the first of the IPIS codes of its sites."""

STORIES = (
    Brought("submitted", "cso", "SUBMITTED"),
    Brought("triaged", "company", "TRIAGED", ["COMPANY", "PARTNER"]),
    Brought("tabled", "cso", "TABLED", ["PARTNER"]),
    Brought("pending", "mines", "TABLED"),
    Brought("unreached", "cso", "TAKEN_OFF", ["PARTNER"]),
    Brought("deferred", "officer", "DEFERRED"),
    Brought("near", "company", "ACCEPTED", ["SECURITY_FORCES", "PARTNER", "LOCAL_COMMITTEE"]),
    Brought("far", "mines", "ACCEPTED", ["COMPANY"], elsewhere=True),
    Brought("entered", "officer", "SUBMITTED"),
    Brought("quiet", "focal", "SUBMITTED", ["LOCAL_COMMITTEE"]),
)
"""One of each kind; by name, `title` finds it again."""


WALLED = {"sk": ("SAKIMA", "CAMI"), "lub": ("Vale", "MUMI")}
"""By group, organisations whose seats nobody logs in to: an actor who is walled, and its sponsor."""

CLAIMED = "Alphamin"
"""Of whom somebody claims a conflict, in both groups."""


def title(code: str, name: str) -> str:
    return f"Kanari {code} {name}"


async def live(world: World) -> None:
    """Fill both groups."""
    for persona in ADDED:
        await _seat(world, persona.group_code, persona, persona.seat_id, persona.name)
    for code, seat_id in TWICE.items():
        await _seat(world, code, EVERYBODY[f"{code}.observer"], seat_id, "twice")
    for code in GROUPS:
        await _live(world, code)
        await _sites(world, code)
    async with world.store.process(system_seat(Role.NETWORK_ADMIN, NETWORK)) as op:
        await register(op, front_end="kanari", sources=["{ __typename }"])
    while await once(world.store):
        pass
    await _looked(world)


async def _looked(world: World) -> None:
    """What was told was opened, yesterday: of today nobody is told."""
    document = "{ requests(first: 100) { nodes { narrative { text } exactPlace { stated } source { statement } } } }"
    for code in GROUPS:
        for name in ("officer", "custodian", "mines"):
            assert (await world.post(f"{code}.{name}", document)).status_code == 200
    async with world.owner() as owner:
        forced = await owner.fetchval("SELECT relforcerowsecurity FROM pg_class WHERE oid = 'readings'::regclass")
        await owner.execute("ALTER TABLE readings NO FORCE ROW LEVEL SECURITY")
        await owner.execute("UPDATE readings SET day = day - 1")
        await owner.execute(f"ALTER TABLE readings {'' if forced else 'NO '}FORCE ROW LEVEL SECURITY")


async def _seat(world: World, code: str, like: Persona, seat_id: UUID, name: str) -> None:
    async with world.acting(f"{code}.coordinator") as op:
        await seats.give(
            op,
            group_id=GROUPS[code],
            seat_id=seat_id,
            holder=Holder(f"Mfano {name}", bearer(name), invented=True),
            post=like.post,
            valid_from=SINCE,
        )


async def _sites(world: World, code: str) -> None:
    """Sites in the focal point's area, elsewhere, and nowhere that is known; a visit that states less later."""
    seen = sites_of(
        f"Kanari {code}",
        SITES[code],
        [AREA[code], ELSEWHERE[code], AREA[code], None, AREA[code]],
        datetime.now(UTC).date(),
    )
    async with world.acting(f"{code}.officer") as op:
        await take_in(op, seen)


async def _live(world: World, code: str) -> None:
    await _organised(world, code)
    held = await _done(world, f"{code}.officer", SCHEDULE, venue=f"Salle Kanari {code} 1", day="2024-03-10")
    await _done(world, f"{code}.officer", SCHEDULE, venue=f"Salle Kanari {code} 2", day=today())
    requests = {story.name: await _brought(world, code, story) for story in STORIES}
    for story in STORIES:
        if story.comes_to != "SUBMITTED":
            said = {"id": requests[story.name]["id"], "version": 1, "note": f"{title(code, story.name)}: instruction"}
            requests[story.name] = await _done(world, f"{code}.officer", TRIAGE, **said)
    on_agenda = [story for story in STORIES if story.comes_to not in {"SUBMITTED", "TRIAGED"}]
    for story in on_agenda:
        requests[story.name] = await _done(world, f"{code}.officer", TABLE, **requests[story.name], meeting=held["id"])
    there = [f"Seat:{demo_id('seat', f'{code}.{name}')}" for name in ("coordinator", "company", "mines", "cso")]
    there.append(f"Seat:{demo_id('seat', code, WALLED[code][0])}")
    await _done(world, f"{code}.officer", HOLD, **held, held=DAY, seats=there)
    for story in on_agenda:
        if story.comes_to == "TAKEN_OFF":
            await _done(world, f"{code}.officer", TAKE_OFF, **requests[story.name])
        elif story.comes_to != "TABLED":
            await _decided(world, code, story, requests[story.name], held["id"])
    await _replaced(world, code, requests["deferred"]["id"], held["id"])
    claimed = f"Organisation:{demo_id('organisation', CLAIMED)}"
    said = f"Kanari {code}: conflit"
    await _done(world, f"{code}.cso", DECLARE, request=requests["tabled"]["id"], organisation=claimed, text=said)


async def _replaced(world: World, code: str, request: str, meeting: str) -> None:
    """The secretariat's own organisation is walled for a while, and a seat keeps the request instead."""
    host = f"Organisation:{demo_id('organisation', EVERYBODY[f'{code}.coordinator'].organisation)}"
    claim = await _done(world, f"{code}.cso", DECLARE, request=request, organisation=host, text=f"Kanari {code}: hôte")
    deliberation = {"reasoning": f"Kanari {code}: récusation"}
    given = {"meeting": meeting, "deliberation": deliberation}
    seat = f"Seat:{EVERYBODY[f'{code}.mines'].seat_id}"
    confirmed = {**given, "conflict": claim["id"], "version": 1, "outcome": "CONFIRMED", "seat": seat}
    standing = await _done(world, f"{code}.coordinator", ON_CONFLICT, **confirmed)
    lifted = {**given, "conflict": standing["id"], "version": standing["version"], "outcome": "LIFTED", "seat": None}
    await _done(world, f"{code}.mines", ON_CONFLICT, **lifted)


async def _involved(world: World, code: str, story: Brought, case: str, meeting: str) -> None:
    """What happened, who is said to be involved, a party, a sponsor, and what is shown to who is walled."""
    name, officer = title(code, story.name), f"{code}.officer"
    walled, sponsor = (f"Organisation:{demo_id('organisation', each)}" for each in WALLED[code])
    event = await _done(world, officer, EVENT, case=case, pcode=AREA[code])
    alleged = {"actorKind": "COMPANY", "degree": "SUSPECTED", "act": f"{name}: acte", "unitStated": f"{name}: unité"}
    alleged |= {"countingUnit": "FAMILY", "affectedAtLeast": 3}
    rests = {"code": f"KANARI-{code}-source", "connection": "WITNESS", "statement": f"{name}: allégation"}
    given = {"event": event["id"], "alleged": alleged, "organisation": walled, "unit": walled, "sourceGiven": rests}
    involvement = await _done(world, officer, INVOLVE, **given, audience=story.audience)
    await _done(world, officer, REVISE, involvement=involvement["id"], sourceGiven=rests)
    for side, organisation in ((1, walled), (2, None)):
        await _done(world, officer, PARTY, case=case, side=side, organisation=organisation, audience=story.audience)
    await _done(world, officer, SPONSOR, sponsor=sponsor, organisation=walled, text=f"{name}: soutien")
    deliberation = {"reasoning": f"{name}: communication", "audience": story.audience}
    given = {"case": case, "organisation": walled, "meeting": meeting, "deliberation": deliberation}
    await _done(world, f"{code}.coordinator", DISCLOSE, **given)


async def _organised(world: World, code: str) -> None:
    """Its phase, a seat to come, a committee with a member and a decree."""
    coordinator, officer = f"{code}.coordinator", f"{code}.officer"
    await _done(world, coordinator, ASSESS, on=DAY)
    organisation = f"Organisation:{demo_id('organisation', 'IPIS')}"
    for number in (1, 2):
        await _done(world, coordinator, INVITE, name=f"Mfano Kanari {code} {number}", organisation=organisation)
    structure = await _done(world, officer, SET_UP, name=f"Comité Kanari {code}", pcode=AREA[code], since=DAY)
    await _done(world, officer, ADMIT, structure=structure["id"], organisation=organisation)
    await _done(world, officer, INSTRUMENT, structure=structure["id"], number=f"Kanari {code}/1")


async def _brought(world: World, code: str, story: Brought) -> Any:
    name = title(code, story.name)
    told = {
        "narrative": f"{name}: récit",
        "wantedAction": f"{name}: demande",
        "statedPlace": f"{name}: lieu exact",
        "sourceCode": f"KANARI-{code}-{story.name}",
        "sourceConnection": "WITNESS",
        "sourceStatement": f"{name}: témoignage",
        "audience": story.audience,
    }
    author = FOCAL[code] if story.author == "focal" else f"{code}.{story.author}"
    pcode = (ELSEWHERE if story.elsewhere else AREA)[code]
    return await _done(world, author, SUBMIT, title=name, pcode=pcode, told=told)


async def _decided(world: World, code: str, story: Brought, request: Any, meeting: str) -> None:
    name = title(code, story.name)
    accepted = story.comes_to == "ACCEPTED"
    decision = {
        "kind": "ACCEPT" if accepted else "DEFER",
        "reason": None if accepted else "NO_MEANS",
        "reasoning": f"{name}: motifs",
        "dissent": f"{name}: réserve",
        "audience": story.audience,
    }
    case = {"title": f"{name}: dossier", "incidentClass": "ROADBLOCK", "oecdRisks": ["O3", "O5"]} if accepted else None
    taken = await _done(world, f"{code}.coordinator", DECIDE, **request, meeting=meeting, decision=decision, case=case)
    if accepted:
        for step in ("un", "deux"):
            await _done(
                world,
                f"{code}.officer",
                LOG,
                case=taken["request"]["case"]["id"],
                note=f"{name}: étape {step}",
                audience=story.audience,
            )
        await _involved(world, code, story, taken["request"]["case"]["id"], meeting)


async def _done(world: World, persona: str, document: str, **variables: Any) -> Any:
    """Do the act with a key, so that the keys' table is filled too; what it made."""
    response = await world.post(persona, document, variables, Idempotency_Key=f"{persona}/{hash(str(variables))}")
    answer = response.json()
    assert "errors" not in answer, answer
    (made,) = answer["data"].values()
    assert made.pop("__typename") not in {"NotAllowed", "NotFound", "InvalidInput", "WrongState"}, made
    return made
