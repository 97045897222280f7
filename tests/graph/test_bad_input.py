"""Whatever is sent: never a 5xx, never SQL, never a trace, never a suggestion, and nothing is written."""

from __future__ import annotations

import copy
import itertools
import json
import random
import re
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from acting import (
    MUTATIONS,
    TAKEN_UP,
    TOLD,
    Team,
    based,
    contents,
    day,
    deciding,
    found,
    holding,
    operation,
    submission,
    written,
)
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    get_named_type,
    get_nullable_type,
)
from refusing import checked
from sizes import size

from api.demo.roster import demo_id
from api.sentences import SENTENCES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Client

    from api.running import Urls
    from api.settings import Settings
    from api.store.engine import Store


@pytest.fixture(scope="module")
async def team(store: Store, settings: Settings, client: Client) -> Team:
    return await found(store, settings, client, "bad")


@pytest.fixture(scope="module")
async def good(team: Team) -> dict[str, tuple[str, dict[str, Any]]]:
    return await goods(team)


async def goods(team: Team) -> dict[str, tuple[str, dict[str, Any]]]:
    """For every mutation a seat and arguments with which it would be done, every argument among them."""
    submitted, triaged, coming, held = (
        await team.submitted(),
        await team.triaged(),
        await team.scheduled(),
        await team.scheduled(),
    )
    tabled = await team.tabled(held)
    held = await team.held(held)
    audience = ["CSO", "COMMUNITY"]
    interval = {"precision": "INTERVAL", "start": "2024-01-01", "end": "2024-01-31"}
    decision = deciding(tabled, held, dissent="Non.", audience=audience, mode="VOTE", votes={"for": 3, "against": 1})
    return {
        "submitRequest": (
            "cso",
            {**submission(occurred=interval, told={**TOLD, "audience": audience}), "urgency": "NORMAL"},
        ),
        "triageRequest": ("officer", based(submitted, reliability="UNSURE", note="Vu.")),
        "scheduleMeeting": ("officer", {"kind": "AD_HOC", "scheduledOn": "2024-04-10", "venue": "Bukavu"}),
        "tableRequest": ("officer", based(triaged, meetingId=coming["id"], incompleteReason="Urgent.")),
        "takeOffAgenda": ("officer", based(await team.tabled(await team.scheduled()), reason="MEETING_CANCELLED")),
        "holdMeeting": ("officer", holding(coming, team.seats())),
        "recordDecision": ("coordinator", {**decision, "case": TAKEN_UP}),
        "logActivity": (
            "officer",
            {"caseId": await team.case(), "kind": "STUDY", "done": interval, "note": "Fait.", "audience": audience},
        ),
        **await _good_of_conflicts(team, held),
        **await _good_of_the_group(team),
        **await _good_of_seats(team),
        **await _good_of_structures(team),
    }


OGP, IPIS, PNC, SECAS, PMH = (
    f"Organisation:{demo_id('organisation', name)}"
    for name in (
        "Observatoire Gouvernance et Paix",
        "IPIS",
        "Police nationale congolaise",
        "FARDC, SECAS",
        "Police des Mines",
    )
)


async def _good_of_conflicts(team: Team, held: Any) -> dict[str, tuple[str, dict[str, Any]]]:
    case_id, audience = await team.case(), ["CSO"]
    event_id, involvement = await team.event(case_id), await team.involved(case_id, "COOMIBUK")
    conflict = (await team.conflicts(case_id))["COOMIBUK"]
    this = {"conflictId": conflict["id"], "version": conflict["version"]}
    tabled = await team.tabled(await team.scheduled())
    known = await team.done("pmh", "declareConflict", {"requestId": tabled["id"], "organisationId": PMH})
    other = await team.tabled(await team.scheduled())
    votes = {"mode": "VOTE", "votes": {"for": 3, "against": 1}}
    deliberation = {"reasoning": "Débattu.", "dissent": "Non.", "audience": audience, **votes}
    alleged = {
        "actorKind": "POLICE",
        "degree": "SUSPECTED",
        "act": "Une barrière.",
        "countingUnit": "FAMILY",
        "affectedAtLeast": 2,
        "affectedAtMost": 3,
        "unitStated": "Unité inconnue",
    }
    rests = {"code": "SRC-2", "connection": "WITNESS", "statement": "Je les ai vus."}
    happened = {"caseId": case_id, "incidentClass": "ROADBLOCK", "pcode": "CD6205", "occurred": day("2024-03-02")}
    involving = {"eventId": event_id, "organisationId": SECAS, "unitId": SECAS, "alleged": alleged}
    return {
        "recordEvent": ("officer", happened),
        "recordInvolvement": (
            "officer",
            {**involving, "stated": day("2024-03-05"), "sourceGiven": rests, "audience": audience},
        ),
        "reviseAllegation": (
            "officer",
            {
                "involvementId": involvement["id"],
                "status": "CREDIBLE",
                "stated": day("2024-03-09"),
                "sourceGiven": rests,
            },
        ),
        "addParty": (
            "officer",
            {"caseId": case_id, "side": 1, "category": "CSO", "organisationId": IPIS, "audience": audience},
        ),
        "declareConflict": ("cso", {"requestId": other["id"], "organisationId": IPIS, "text": "Elle y travaille."}),
        "contestConflict": (
            "pmh",
            {"conflictId": known["id"], "version": known["version"], "text": "Il n'y en a pas."},
        ),
        "confirmConflict": ("officer", this),
        "decideOnConflict": (
            "coordinator",
            {**this, "meetingId": held["id"], "outcome": "LIFTED", "deliberation": deliberation},
        ),
        "discloseCase": (
            "coordinator",
            {
                "caseId": case_id,
                "organisationId": f"Organisation:{demo_id('organisation', 'COOMIBUK')}",
                "parts": ["OUTCOME"],
                "meetingId": held["id"],
                "deliberation": deliberation,
            },
        ),
        "recordSponsorship": (
            "officer",
            {"sponsorId": IPIS, "organisationId": SECAS, "suspected": False, "text": "On le dit."},
        ),
    }


async def _good_of_the_group(team: Team) -> dict[str, tuple[str, dict[str, Any]]]:
    network, group = team.joined_by("network.admin"), {"workingGroupId": f"WorkingGroup:{team.group_id}"}
    source = "query($id: ID!) { node(id: $id) { ... on WorkingGroup { settings { version } } } }"
    settings = (await team.ask("coordinator", source, {"id": group["workingGroupId"]}))["node"]["settings"]
    changes = {
        "formalStatus": "RECOGNISED",
        "workingMode": "FIELD_MISSION",
        "quorumPerPillar": 1,
        "completenessToTable": 60,
        "sizeTarget": 30,
    }
    return {
        "changeSettings": ("coordinator", {**settings, "changes": changes}),
        "assessPhase": ("coordinator", {"phase": "GROWTH", "assessed": day("2022-02-01")}),
        "placeGroup": (network, {**group, "standing": "ACTIVE", "since": "2024-01-01"}),
        "coverPlace": (network, {**group, "pcode": "CD63", "validFrom": "2024-01-01", "validTo": "2025-01-01"}),
        "registerOrganisation": (
            network,
            {"name": "Coopérative Barrière Mfano", "category": "COOPERATIVE", "aliases": ["CBM", "Barrière"]},
        ),
        "linkOrganisations": (
            network,
            {
                "organisationId": SECAS,
                "parentId": PNC,
                "kind": "UNIT_OF",
                "provenance": "Décret.",
                "validFrom": "2018-01-01",
                "validTo": "2019-01-01",
            },
        ),
    }


async def _good_of_seats(team: Team) -> dict[str, tuple[str, dict[str, Any]]]:
    post = {"category": "LOCAL_COMMITTEE", "pillar": "CIVIL_SOCIETY", "roles": ["FOCAL_POINT"], "area": "CD6205"}
    person = {"holder": "Zola Mfano", "organisationId": IPIS, "validFrom": "2024-01-01"}
    inviting = {**person, "post": post}
    accepted, lost, replaced, ended = [
        await team.done("coordinator", "inviteToSeat", {**inviting, "holder": f"{each} Mfano"})
        for each in ("Acceptée", "Perdue", "Remplacé", "Parti")
    ]
    coordinating = {"category": "CSO", "pillar": "CIVIL_SOCIETY", "workingGroupId": f"WorkingGroup:{team.group_id}"}
    successor = {**_seat(replaced), "holder": "Nouveau Mfano", "starting": "9999-12-30"}
    return {
        "inviteToSeat": ("coordinator", inviting),
        "nameCoordinator": (team.joined_by("network.admin"), {**person, **coordinating}),
        "inviteAlternate": (
            "coordinator",
            {"seatId": team.seats(["pmh"])[0], "holder": "Suppléant Mfano", "validFrom": "2024-01-01"},
        ),
        "replaceRepresentative": ("coordinator", successor),
        "endSeat": ("coordinator", {**_seat(ended), "on": "9999-12-30"}),
        "renewInvitation": ("coordinator", {"invitationId": lost["id"], "version": lost["version"]}),
        "acceptInvitation": ("nobody", {"code": accepted["invitationCode"]}),
    }


def _seat(invitation: Any) -> dict[str, Any]:
    return {"seatId": invitation["seat"]["id"], "version": invitation["seat"]["version"]}


async def _good_of_structures(team: Team) -> dict[str, tuple[str, dict[str, Any]]]:
    above = {"kind": "CPS", "name": "Comité Mfano", "since": {"precision": "UNKNOWN"}}
    structure = {"structureId": (await team.done("officer", "setUpStructure", above))["id"]}
    joining = {**structure, "organisationId": PNC, "validFrom": "2020-05-01"}
    member = await team.done("officer", "admitToStructure", joining)
    below = {"kind": "CLS", "name": "Comité local Mfano", "since": day("2020-05-01"), "theme": "Barrières"}
    return {
        "setUpStructure": ("officer", {**structure, **below, "organisationId": OGP, "pcode": "CD6205"}),
        "admitToStructure": ("officer", joining),
        "leaveStructure": (
            "officer",
            {"structureMemberId": member["id"], "version": member["version"], "on": "2021-01-01"},
        ),
        "recordInstrument": (
            "officer",
            {**structure, "number": "12/035/GP/SK", "authority": "Gouverneur", "dated": "2012-10-22"},
        ),
    }


async def raw(team: Team, content: bytes, method: str = "POST", name: str = "officer", **headers: str) -> Any:
    named = {header.replace("_", "-"): value for header, value in headers.items()}
    sent = {"Authorization": f"Bearer {team.token(name)}", "Content-Type": "application/json", **named}
    return await team.client.http.request(method, "/graphql", content=content, headers=sent)


QUERY = b'{"query": "{ __typename }"}'
ACT = json.dumps(
    dict(
        zip(
            ("query", "variables"),
            operation(("scheduleMeeting", {"kind": "AD_HOC", "scheduledOn": "2024-04-10"})),
            strict=True,
        )
    )
).encode()
BODIES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "BODY_MALFORMED"),
    "cut off": (ACT[:-2], "BODY_MALFORMED"),
    "two": (ACT + ACT, "BODY_MALFORMED"),
    "a list": (b"[" + ACT + b"]", "BATCH_REFUSED"),
    "an empty list": (b"[]", "BATCH_REFUSED"),
    "a text": (b'"{ __typename }"', "BODY_NOT_OBJECT"),
    "null": (b"null", "BODY_NOT_OBJECT"),
    "a number": (b"1e999", "BODY_MALFORMED"),
    "no document": (b"{}", "DOCUMENT_MISSING"),
    "an empty document": (b'{"query": " \\n "}', "DOCUMENT_MISSING"),
    "a document of no type": (b'{"query": 1}', "BODY_MEMBER"),
    "variables of no type": (b'{"query": "{ __typename }", "variables": []}', "BODY_MEMBER"),
    "a name of no type": (b'{"query": "{ __typename }", "operationName": {}}', "BODY_MEMBER"),
    "an unknown name": (b'{"query": "{ __typename }", "operationName": "x"}', "OPERATION_UNKNOWN"),
    "extensions of no type": (b'{"query": "{ __typename }", "extensions": 1}', "BODY_MEMBER"),
    "UTF-16": (ACT.decode().encode("utf-16"), "BODY_NOT_UTF8"),
    "Latin-1": ('{"query": "{ __typename }", "x": "é"}'.encode("latin-1"), "BODY_NOT_UTF8"),
    "NUL": (ACT.replace(b"AD_HOC", b"AD\0HOC"), "BODY_NOT_UTF8"),
    "NaN": (b'{"query": "{ __typename }", "variables": {"x": NaN}}', "BODY_MALFORMED"),
    "half a pair": (b'{"query": "{ __typename }", "variables": {"x": "\\ud800"}}', "BODY_MALFORMED"),
    "half a pair in the document": (b'{"query": "{ __typename # \\udfff }"}', "BODY_MALFORMED"),
    "deep": (b'{"query": "{ __typename }", "variables": ' + b'{"x":' * 5_000 + b"1" + b"}" * 5_001, "BODY_MALFORMED"),
    "deep variables": (
        b'{"query": "{ __typename }", "variables": ' + b'{"x":' * 100 + b"1" + b"}" * 101,
        "VARIABLES_TOO_DEEP",
    ),
    "many variables": (
        b'{"query": "{ __typename }", "variables": {"x": [' + b"1," * 25_000 + b"1]}}",
        "VARIABLES_TOO_LARGE",
    ),
    "a large body": (b'{"query": "' + b" " * 1_048_576 + b'{ __typename }"}', "BODY_TOO_LARGE"),
    "a subscription": (b'{"query": "subscription { __typename }"}', "DOCUMENT_INVALID"),
    "no query": (b'{"query": "fragment f on Query { __typename }"}', "OPERATION_UNKNOWN"),
    "a type": (b'{"query": "type Query { a: Int }"}', "DOCUMENT_NOT_EXECUTABLE"),
    "no GraphQL": (b'{"query": "SELECT * FROM cases"}', "DOCUMENT_SYNTAX"),
    "NUL in a literal": (b'{"query": "{ node(id: \\"\\\\u0000\\") { id } }"}', "TEXT_INVALID"),
    "NUL in a block": (b'{"query": "{ node(id: \\"\\"\\"\\u0000\\"\\"\\") { id } }"}', "TEXT_INVALID"),
    "half a pair in a literal": (b'{"query": "{ node(id: \\"\\\\ud800\\") { id } }"}', "DOCUMENT_SYNTAX"),
}


@pytest.mark.parametrize("name", BODIES)
async def test_a_body_that_is_none(team: Team, urls: Urls, name: str) -> None:
    content, code = BODIES[name]
    before = await contents(urls)
    answer = await raw(team, content)
    assert checked(answer) == [code]
    assert "data" not in answer.json()
    english = await raw(team, content, Accept_Language="en")
    french, said = (each.json()["errors"][0]["message"] for each in (answer, english))
    for message, sentence in zip((french, said), SENTENCES[code], strict=True):
        assert message.startswith(sentence.partition("{")[0])
    assert await written(urls, before) == {}


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/json; charset=utf-16",
        "application/jsonp",
        "text/json",
        "application/json, text/plain",
        "json",
    ],
)
async def test_another_content_type(team: Team, urls: Urls, kind: str) -> None:
    before = await contents(urls)
    answer = await raw(team, ACT, Content_Type=kind)
    assert (answer.status_code, checked(answer)) == (415, ["CONTENT_TYPE"])
    assert await written(urls, before) == {}


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "identity, gzip"])
async def test_a_compressed_body(team: Team, coding: str) -> None:
    answer = await raw(team, ACT, Content_Encoding=coding)
    assert (answer.status_code, checked(answer)) == (415, ["ENCODING_REFUSED"])


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "QUERY"])
async def test_another_method(team: Team, urls: Urls, method: str) -> None:
    before = await contents(urls)
    for content, path in (
        (ACT, "/graphql"),
        (b"", "/graphql?query=mutation{__typename}"),
        (b"", "/graphql?query={__typename}"),
    ):
        answer = await team.client.http.request(
            method,
            path,
            content=content,
            headers={"Authorization": f"Bearer {team.token('officer')}", "Content-Type": "application/json"},
        )
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
        assert method == "HEAD" or checked(answer) == ["METHOD_NOT_ALLOWED"]
    assert await written(urls, before) == {}


DOCUMENTS = [
    "{ nothing }",
    "{ Requests { totalCount } }",
    "{ requests { node } }",
    "{ requests { nodes } }",
    "{ requests }",
    "{ requests(fist: 1) { totalCount } }",
    "{ requests(first: 1, first: 2) { totalCount } }",
    "{ requests(filter: { stat: [SUBMITTED] }) { totalCount } }",
    "{ requests(filter: { state: [SUBMITED] }) { totalCount } }",
    '{ requests(filter: { state: ["SUBMITTED"] }) { totalCount } }',
    "{ requests(filter: 1) { totalCount } }",
    "{ requests(first: 1.5) { totalCount } }",
    '{ requests(first: "1") { totalCount } }',
    "{ requests(first: true) { totalCount } }",
    "{ requests(first: 2147483648) { totalCount } }",
    "{ requests(first: 1e3) { totalCount } }",
    "{ requests(first: {}) { totalCount } }",
    "{ requests(after: 1) { totalCount } }",
    "{ node { id } }",
    "{ node(id: null) { id } }",
    "{ node(id: [1]) { id } }",
    "{ nodes(ids: [null]) { id } }",
    "{ node(id: 1) { ... on Reqest { id } } }",
    "{ node(id: 1) { ... on RequestFilter { id } } }",
    "query($x: Reqest) { node(id: $x) { id } }",
    "query($x: Request) { node(id: $x) { id } }",
    "query($x: Int) { node(id: $x) { id } }",
    "{ node(id: $x) { id } }",
    "query($x: ID!) { __typename }",
    "query($x: ID!, $x: ID!) { node(id: $x) { id } }",
    "{ ...f }",
    "{ __typename @skp(if: true) }",
    "{ __typename @skip }",
    "{ __typename @skip(if: 1) }",
    "{ requests { nodes { id: title id } } }",
    "mutation { submitRequest }",
    "mutation { submitRequest(title: 1) { __typename } }",
    "mutation { submitReqest { __typename } }",
    "mutation { triageRequest(requestId: 1, version: 1) { code } }",
    "query a { __typename } query a { __typename }",
    "query a { __typename } { __typename }",
    "{",
    "}",
    "{ __typename } }",
    "\ufeff\u0001",
    '{ a(b: "\\x") }',
    "{ a(b: 01) }",
    '"""',
]


@pytest.mark.parametrize("source", DOCUMENTS)
async def test_a_document_that_does_not_fit(team: Team, source: str) -> None:
    answer = await team.post("officer", source)
    assert set(checked(answer)) <= {"DOCUMENT_INVALID", "DOCUMENT_SYNTAX", "VARIABLES_INVALID", "OPERATION_UNKNOWN"}
    assert "data" not in answer.json()


async def test_more_ids_than_may_be_asked_at_once(team: Team) -> None:
    source = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert checked(await team.post("officer", source, {"ids": ["Request:x"] * 100})) == []
    for count in (101, 15_000):
        codes = checked(await team.post("officer", source, {"ids": ["Request:x"] * count}))
        assert codes in (["PAGE_INVALID"], ["COST_TOO_HIGH"])


async def test_a_filter_of_very_many_values(team: Team) -> None:
    source = "query($filter: RequestFilter) { requests(filter: $filter) { totalCount } }"
    for values in (["x" * 50] * 100, ["CD9999", "é", "' OR true --", ""], ["x" * 10_000]):
        answer = await team.post("officer", source, {"filter": {"pcode": values}})
        assert (checked(answer), answer.json()["data"]) == ([], {"requests": {"totalCount": 0}})
    for count in (101, 15_000):
        assert checked(await team.post("officer", source, {"filter": {"pcode": ["x"] * count}})) == ["LIST_LENGTH"]


KINDS: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    2**31,
    2**63,
    2**200,
    "",
    "x",
    "NO_SUCH_CODE",
    [],
    [[]],
    [None],
    {},
    {"x": 1},
]


def places(kind: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every place below an input type, with its type: what stands in an object, and in a list."""
    yield path, kind
    inner = get_nullable_type(kind)
    if isinstance(inner, GraphQLList):
        yield from places(inner.of_type, (*path, 0))
    elif isinstance(inner, GraphQLInputObjectType):
        for name, field in inner.fields.items():
            yield from places(field.type, (*path, name))


def placed(given: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """The arguments with `value` at the path; what is missing on the way is made."""
    changed: Any = copy.deepcopy(given)
    at = changed
    for step, following in itertools.pairwise(path):
        missing: Any = [None] if isinstance(following, int) else {}
        if isinstance(at, dict) and at.get(step) is None:
            at[step] = missing
        at = at[step]
    at[path[-1]] = value
    return changed  # type: ignore[no-any-return]


def fits(kind: Any, value: Any) -> bool:
    """Whether JSON of this kind may stand where the schema has this type; ids and texts take some of each other."""
    if value is None:
        return not isinstance(kind, GraphQLNonNull)
    inner = get_nullable_type(kind)
    if isinstance(inner, GraphQLList):
        items = value if isinstance(value, list) else [value]
        return all(fits(inner.of_type, item) for item in items)
    if isinstance(inner, GraphQLInputObjectType):
        return (
            isinstance(value, dict)
            and set(value) <= set(inner.fields)
            and all(
                fits(field.type, value.get(name))
                for name, field in inner.fields.items()
                if name in value or isinstance(field.type, GraphQLNonNull)
            )
        )
    if isinstance(inner, GraphQLEnumType):
        return isinstance(value, str) and value in inner.values
    if inner.name == "Boolean":
        return isinstance(value, bool)
    taken = {"ID": (str, int), "String": str, "Int": int, "Date": ()}[inner.name]
    return (
        isinstance(value, taken)
        and not isinstance(value, bool)
        and not (isinstance(value, int) and inner.name == "Int" and abs(value) >= 2**31)
    )


def test_what_fits_is_judged_as_the_schema_does() -> None:
    kind = MUTATIONS["submitRequest"].args["told"].type
    assert fits(kind, TOLD)
    assert not fits(kind, {**TOLD, "affected": "1"})
    assert not fits(kind, {})


@pytest.mark.parametrize("act", MUTATIONS)
async def test_every_argument_of_another_kind(team: Team, good: Any, urls: Urls, act: str) -> None:
    """Generated from the schema: at each place of each argument, JSON of each kind that may not stand there."""
    before = await contents(urls)
    name, given = good[act]
    asked = 0
    spots = [spot for argument, of in MUTATIONS[act].args.items() for spot in places(of.type, (argument,))]
    for path, kind in spots:
        for value in KINDS:
            if not fits(kind, value):
                answer = await team.send(name, (act, placed(given, path, value)))
                assert checked(answer), (path, value, answer.text[:200])
                assert set(checked(answer)) == {"VARIABLES_INVALID"}, (path, value, answer.text[:300])
                asked += 1
    assert asked >= 6 * len(spots) > 0
    assert await written(urls, before) == {}


async def test_null_where_only_a_default_lets_a_variable_be_left_out(team: Team, good: Any, urls: Urls) -> None:
    """The document is valid, the variable is of its type, and yet there is nothing that could be done."""
    before = await contents(urls)
    name, given = good["submitRequest"]
    assert checked(await team.send(name, ("submitRequest", {**given, "urgency": None}))) == ["VARIABLES_INVALID"]
    source = "query($only: Boolean = true) { groups @include(if: $only) { totalCount } }"
    assert checked(await team.post(name, source, {"only": None})) == ["VARIABLES_INVALID"]
    assert await written(urls, before) == {}


def bounds() -> Iterator[tuple[str, tuple[Any, ...], int, Any]]:
    """Every text and list that an act takes, with its bound as the schema's description says it."""
    for act, published in MUTATIONS.items():
        for argument, of in published.args.items():
            yield from _bounds(act, (argument,), of)


def _bounds(act: str, path: tuple[Any, ...], of: Any) -> Iterator[tuple[str, tuple[Any, ...], int, Any]]:
    kind = get_nullable_type(of.type)
    if isinstance(kind, GraphQLInputObjectType):
        for name, field in kind.fields.items():
            yield from _bounds(act, (*path, name), field)
    elif isinstance(kind, GraphQLList) or kind.name in {"String", "ID"}:
        bound = re.search(r"At most (\d+) ([a-z]+)\.$", of.description)
        assert bound, (act, path, "says no bound")
        assert (bound[2] == "characters") is not isinstance(kind, GraphQLList), (act, path, bound[0])
        yield act, path, int(bound[1]), kind


async def test_every_text_and_list_is_bounded(team: Team, good: Any, urls: Urls) -> None:
    """At its bound a value is taken, or refused for what it is; one above, it is too long; blank, it is nothing."""
    before, tried = await contents(urls), 0
    for act, path, bound, kind in bounds():
        name, given = good[act]
        many = isinstance(kind, GraphQLList)
        item = _item(kind) if many else "é"
        for value, codes in [
            ([item] * (bound + 1) if many else item * (bound + 1), {"LIST_LENGTH" if many else "TEXT_LENGTH"}),
            *([] if many else [(text, {"TEXT_LENGTH"}) for text in ("", " ", "\u2003\n\t ", "x" * 20_001)]),
            *([([item] * 15_000, {"LIST_LENGTH"})] if many else []),
        ]:
            answer = await team.send(name, (act, placed(given, path, value)), Accept_Language="en")
            assert set(checked(answer)) == codes, (act, path, answer.text[:200])
            outcome = answer.json()["data"]["a0"]
            assert outcome["field"] == path[-1]
            assert str(bound) in outcome["message"]
            tried += 1
        if kind != "ID" and not many:
            # Taken by the bound, it is refused all the same: nothing is written, so that the next one may be tried.
            spoilt = placed(_spoilt(act, given), path, f" {'e' + chr(0x301) + 'é' * (bound - 1)} ")
            codes = set(checked(await team.send(name, (act, spoilt))))
            assert codes
            assert "TEXT_LENGTH" not in codes, (act, path)
    assert tried > 50
    assert await written(urls, before) == {}


def _item(kind: Any) -> str:
    inner = get_named_type(kind)
    return next(iter(inner.values)) if isinstance(inner, GraphQLEnumType) else "Seat:x"


def _spoilt(act: str, given: dict[str, Any]) -> dict[str, Any]:
    """Arguments that are refused after their texts were looked at."""
    tomorrow = day("2999-01-01")
    wrong: dict[str, dict[str, Any]] = {
        "submitRequest": {"occurred": tomorrow},
        "logActivity": {"done": tomorrow},
        "scheduleMeeting": {"id": "Case:x"},
        "assessPhase": {"assessed": tomorrow},
        "placeGroup": {"workingGroupId": "Case:x"},
        "coverPlace": {"validTo": "2023-01-01"},
        "registerOrganisation": {"id": "Case:x"},
        "linkOrganisations": {"parentId": "Case:x"},
        "inviteToSeat": {"organisationId": "Case:x"},
        "nameCoordinator": {"organisationId": "Case:x"},
        "inviteAlternate": {"seatId": "Case:x"},
        "acceptInvitation": {"code": "x"},
        "setUpStructure": {"since": tomorrow},
        "admitToStructure": {"organisationId": "Case:x"},
        "recordInstrument": {"structureId": "Case:x"},
        "recordEvent": {"occurred": tomorrow},
        "recordInvolvement": {"eventId": "Case:x"},
        "reviseAllegation": {"involvementId": "Case:x"},
        "addParty": {"caseId": "Case:x"},
        "declareConflict": {"requestId": "Case:x"},
        "discloseCase": {"caseId": "Case:x"},
        "recordSponsorship": {"sponsorId": "Case:x"},
    }
    return {**given, **wrong.get(act, {"version": 77})}


async def test_texts_are_kept_composed_and_without_blanks_around_them(team: Team) -> None:
    told = {**TOLD, "narrative": "\u00a0 Mai\u0308-Mai\u0308 \n à la\tbarrière \n"}
    request = await team.done("cso", "submitRequest", submission(title="  Barrie\u0300re ", told=told))
    source = "query($id: ID!) { node(id: $id) { ... on Request { title narrative { text } } } }"
    node = (await team.ask("cso", source, {"id": request["id"]}))["node"]
    assert node == {"title": "Barrière", "narrative": {"text": "Maï-Maï \n à la\tbarrière"}}


UNSTORABLE = ["\0", "x\0", "\0" * 5]


async def test_what_cannot_be_stored_is_refused_wherever_it_stands(team: Team, good: Any, urls: Urls) -> None:
    """NUL and halves of surrogate pairs: in variables at every depth, their names, documents, cursors and ids."""
    before = await contents(urls)
    for act, path, _, kind in bounds():
        name, given = good[act]
        for text in UNSTORABLE:
            value = [text] if isinstance(kind, GraphQLList) else text
            assert checked(await team.send(name, (act, placed(given, path, value)))) == ["TEXT_INVALID"], (act, path)
    for source in ("query($x: ID!) { node(id: $x) { id } }", "query($x: [ID!]!) { nodes(ids: $x) { id } }"):
        assert checked(await team.post("cso", source, {"x": "Request:\0"})) == ["TEXT_INVALID"]
    for field in ("after", "before"):
        source = f"query($x: String) {{ requests({field}: $x) {{ totalCount }} }}"
        assert checked(await team.post("cso", source, {"x": "\0"})) == ["TEXT_INVALID"]
        lone = json.dumps({"query": source, "variables": {"x": "\ud83d"}}).encode()
        assert checked(await raw(team, lone)) == ["BODY_MALFORMED"]
    for odd in ({"\0": 1}, {"x": {"\0": 1}}, {"x": [["\0"]]}):
        assert checked(await team.post("cso", "{ __typename }", odd)) == ["TEXT_INVALID"]
    literal = '{ requests(filter: { pcode: ["\\u0000"] }) { totalCount } }'
    assert checked(await team.post("cso", literal)) == ["TEXT_INVALID"]
    assert checked(await team.post("cso", '{ node(id: "\\udc00") { id } }')) == ["DOCUMENT_SYNTAX"]
    assert checked(await team.post("cso", '{ node(id: "\\u{0}") { id } }')) == ["TEXT_INVALID"]
    assert await written(urls, before) == {}


NO_DATES = [
    "9999-99-99",
    "2024-02-30",
    "2023-02-29",
    "0000-01-01",
    "10000-01-01",
    "-0044-03-15",
    "44 BC",
    "2024-3-5",
    "05/03/2024",
    "2024-03-05T00:00:00Z",
    "2024-03-05 ",
    " 2024-03-05",
    "today",
    "now",
    "infinity",
    "-infinity",
    "epoch",
    "",
    "1e9",
    "\u0662\u0660\u0662\u0664-\u0660\u0663-\u0660\u0665",
    "\uff12\uff10\uff12\uff14-03-05",
    "2024-03",
    "2024",
    "2024-W54-1",
    "24-03-05",
]


async def test_what_is_no_date_is_refused(team: Team, good: Any, urls: Urls) -> None:
    before = await contents(urls)
    for act, path in (
        ("scheduleMeeting", ("scheduledOn",)),
        ("submitRequest", ("occurred", "start")),
        ("submitRequest", ("occurred", "end")),
        ("logActivity", ("done", "start")),
    ):
        name, given = good[act]
        for value in NO_DATES:
            assert checked(await team.send(name, (act, placed(given, path, value)))) == ["VARIABLES_INVALID"], (
                path,
                value,
            )
    for value in NO_DATES[:6]:
        source = f'mutation {{ scheduleMeeting(kind: AD_HOC, scheduledOn: "{value}") {{ __typename }} }}'
        assert set(checked(await team.post("officer", source))) == {"DOCUMENT_INVALID"}
    assert await written(urls, before) == {}


@pytest.mark.parametrize("when", ["0001-01-01", "0001-01-02", "1582-10-10", "2000-02-29"])
async def test_the_first_and_last_days_are_days(team: Team, when: str) -> None:
    """Also where the driver would take them for the ends of time: kept, ordered, paged and shown as they are."""
    meeting = await team.scheduled(scheduledOn="9999-12-31" if when == "0001-01-01" else "9999-12-30")
    year = {"precision": "YEAR", "start": "0001-01-01"}
    occurred = year if when == "0001-01-01" else day(when)
    request = await team.tabled(meeting, occurred=occurred, brought=day(when))
    meeting = await team.done("officer", "holdMeeting", holding(meeting, team.seats()))
    case_id = (await team.decided(request, meeting))["request"]["case"]["id"]
    step = {"caseId": case_id, "kind": "STUDY"}
    for done in (year, day(when), {"precision": "INTERVAL", "start": "0001-01-01", "end": "0001-01-01"}):
        await team.done("officer", "logActivity", {**step, "done": done})
    data = await team.ask(
        "officer",
        """query($id: ID!) { node(id: $id) { ... on Case { occurred { start }
             narrative { occurred { start precision } } request { brought { start } arrival { brought { start } } }
             timeline(first: 3) { nodes { date { start } } edges { cursor } pageInfo { endCursor } } } } }""",
        {"id": case_id},
    )
    case = data["node"]
    assert (case["occurred"]["start"], case["request"]["brought"]["start"]) == (f"{when[:8]}01", f"{when[:8]}01")
    assert case["request"]["arrival"] == {"brought": {"start": when}}
    assert case["narrative"]["occurred"] == occurred
    source = (
        "query($id: ID!, $c: String) { node(id: $id) { ... on Case { timeline(after: $c) { edges { cursor } } } } }"
    )
    rest = await team.ask("officer", source, {"id": case_id, "c": case["timeline"]["pageInfo"]["endCursor"]})
    cursors = [edge["cursor"] for part in (case, rest["node"]) for edge in part["timeline"]["edges"]]
    assert len(cursors) == len(set(cursors)) == 6


@pytest.mark.parametrize("when", ["0001-01-01", "9999-12-31"])
async def test_no_act_fails_on_the_first_or_last_day(team: Team, when: str) -> None:
    """Generated from the schema: at each place of a day. It is done or refused; there is no day before or after."""
    asked, wrong = 0, []
    for act, (name, given) in (await goods(team)).items():
        spots = [spot for argument, of in MUTATIONS[act].args.items() for spot in places(of.type, (argument,))]
        for path in (path for path, kind in spots if get_named_type(kind).name == "Date"):
            answer = await team.send(name, (act, placed(given, path, when)))
            asked += 1
            if answer.status_code >= 500:
                wrong.append((act, path, answer.text[:200]))
            else:
                checked(answer)
    assert not wrong
    assert asked > 15


def mutated(body: bytes, chance: random.Random) -> bytes:
    """A valid body with a few things exchanged, removed, doubled or damaged."""
    parsed = orjson.loads(body)
    for _ in range(chance.randint(1, 3)):
        _mutate(parsed, chance)
    sent = json.dumps(parsed, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    if chance.random() < 0.15:
        at = chance.randrange(len(sent))
        sent = (
            sent[:at]
            + chance.choice([b"", b"\xff", b"\0", b'"', b"{", b"\\", b"\xed\xa0\x80"])
            + sent[at + chance.randint(0, 3) :]
        )
    return sent


ODD: list[Any] = [
    *KINDS,
    -(2**31),
    0.1,
    "\ud800",
    "\0",
    "é" * 300,
    "a" * 25_000,
    "\u202e",
    "2024-02-30",
    "9999-12-31",
    "0001-01-01",
    "NONE",
    "CD6205",
    "Request:00000000-0000-7000-8000-000000000000",
    "'; DROP TABLE cases; --",
    "{{7*7}}",
    "%s%n",
    "$x",
    [1] * 200,
    {"precision": "UNKNOWN"},
    {"precision": "DAY", "start": "0001-01-01"},
    {"kind": "ACCEPT", "reasoning": "x"},
]


def _mutate(parsed: Any, chance: random.Random) -> None:
    spots = list(_spots(parsed))
    if not spots:
        return
    holder, key = chance.choice(spots)
    match chance.randrange(5):
        case 0:
            holder[key] = copy.deepcopy(chance.choice(ODD))
        case 1:
            other, name = chance.choice(spots)
            holder[key] = copy.deepcopy(other[name])
        case 2 if isinstance(holder, dict):
            del holder[key]
        case 3 if isinstance(holder, dict):
            holder[chance.choice(["x", "", "é", "id", "for", "__proto__", "end"])] = holder[key]
        case _ if isinstance(holder[key], str) and holder[key]:
            at = chance.randrange(len(holder[key]))
            holder[key] = (
                holder[key][:at] + chance.choice(['"', "}", "(", "$", "\0", "é", " ", "\ud800"]) + holder[key][at + 1 :]
            )


def _spots(value: Any) -> Iterator[tuple[Any, Any]]:
    pairs = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    for key, inner in pairs:
        yield value, key
        yield from _spots(inner)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(7))
async def test_good_requests_that_were_damaged(team: Team, good: Any, seed: int) -> None:
    """What still is valid may be done; all else is refused, and nothing is an error of ours."""
    chance, acts = random.Random(seed), list(MUTATIONS)
    seen: set[str] = set()
    for _ in range(size("damaged requests") // 7):
        act = chance.choice(acts)
        name, given = good[act]
        source, variables = operation((act, given))
        body = mutated(orjson.dumps({"query": source, "variables": variables}), chance)
        answer = await raw(team, body, name=name)
        try:
            seen |= set(checked(answer))
        except AssertionError as error:
            raise AssertionError(body.decode(errors="replace")[:3_000], answer.text[:500]) from error
    assert len(seen) > 4
