"""Every list, walked from both ends in pages of several sizes, is the whole list in its order."""

from __future__ import annotations

import base64
import itertools
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from acting import TAKEN_UP, Team, based, contents, day, deciding, found, written
from graphql import get_named_type
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from implicating import WITHOUT_THE_ACCUSED, implicated, looked_at
from seeing import sites_of
from sizes import FULL
from sqlalchemy import create_engine, insert
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from strawberry.utils.str_converters import to_camel_case

from api.cases.rules import OecdRisk
from api.demo.roster import demo_id
from api.errors import RequestRefused
from api.graph.declare import PUBLISHED
from api.identity import DEVELOPMENT_ISSUER
from api.identity import subject as bearer
from api.sites.actions import take_in
from api.store.edges import Order, ToMany, page_statement
from api.store.paging import Slice, cut, page
from api.structures.rules import StructureKind
from api.worker import once
from schema.root import schema

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conftest import Client

    from api.running import Urls
    from api.settings import Settings
    from api.store.engine import Store

SOME_WALKS = ((1, False), (2, True), (7, False), (7, True))
WALKS = tuple(itertools.product((1, 2, 7), (False, True))) if FULL else SOME_WALKS
"""By how many, and whether backwards; in `make prove` each way."""
QUERIES = schema._schema.query_type.fields  # type: ignore[union-attr]
ROOTS = [name for name, field in QUERIES.items() if "pageInfo" in getattr(get_named_type(field.type), "fields", {})]
EDGES = {
    (type_name, to_camel_case(field.python_name)): field.metadata["edge"]
    for type_name, published in PUBLISHED.items()
    for field in published.type.__strawberry_definition__.fields
    if isinstance(field.metadata.get("edge"), ToMany)
}


def _roots() -> dict[str, ToMany]:
    found: dict[str, ToMany] = {}
    for base in schema.query.__mro__:
        definition = base.__dict__.get("__strawberry_definition__")
        for field in definition.fields if definition else ():
            if isinstance(field.metadata.get("edge"), ToMany):
                found[to_camel_case(field.python_name)] = field.metadata["edge"]
    return found


ALL_EDGES = {**_roots(), **{".".join(name): edge for name, edge in EDGES.items()}}
DECLARED = "$first: Int, $after: String, $last: Int, $before: String, $counted: Boolean = true"
PASSED = "first: $first, after: $after, last: $last, before: $before"
INFO = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
ASKED = f"edges {{ cursor node {{ __typename }} }} totalCount @include(if: $counted) {INFO}"


@dataclass(frozen=True)
class Listed:
    """A list of the team's, and how it is asked for."""

    team: Team
    source: str
    variables: Mapping[str, Any]
    reader: str = "officer"

    async def answer(self, **asked: Any) -> Any:
        """The body; only the variables that are given."""
        given = {**self.variables, **asked}
        return (await self.team.post(self.reader, self.source, given)).json()

    async def page(self, **asked: Any) -> Any:
        body = await self.answer(**asked)
        assert "errors" not in body, body
        return _innermost(body["data"])

    async def code(self, **asked: Any) -> str | None:
        """The code that a page is refused with."""
        body = await self.answer(**asked)
        codes = [error["extensions"]["code"] for error in body.get("errors", ())]
        assert len(codes) <= 1
        return codes[0] if codes else None

    async def cursors(self, **asked: Any) -> list[str]:
        return [edge["cursor"] for edge in (await self.page(**asked))["edges"]]


def _innermost(data: Any) -> Any:
    while "list" not in data:
        (data,) = data.values()
    return data["list"]


NARROWED = {"places": ', filter: {parent: ["CD62"]}', "organisations": ", filter: {category: [COOPERATIVE]}"}
"""The network's lists are long; walked whole in pages of their own size only."""
READERS = {"invitations": "coordinator"}
"""Of lists that the officer finds empty."""


def root(team: Team, name: str, narrowed: str = "") -> Listed:
    source = f"query({DECLARED}) {{ list: {name}({PASSED}{narrowed}) {{ {ASKED} }} }}"
    return Listed(team, source, {}, READERS.get(name, "officer"))


def nested(team: Team, type_name: str, field: str, row_id: str) -> Listed:
    listed = f"list: {field}({PASSED}) {{ {ASKED} }}"
    if type_name == "Place":  # has no global id: reached through a case
        asked = f"... on Case {{ place {{ parent {{ {listed} }} }} }}"
    elif type_name == "SiteVisit":
        asked = f"... on Site {{ latestVisit {{ {listed} }} }}"
    else:
        asked = f"... on {type_name} {{ {listed} }}"
    return Listed(team, f"query($id: ID!, {DECLARED}) {{ node(id: $id) {{ {asked} }} }}", {"id": row_id})


@pytest.fixture(scope="module")
async def team(store: Store, settings: Settings, client: Client, urls: Urls) -> Team:
    """A group in which no list is short and the first step of every order is tied."""
    team = await found(store, settings, client, "pag", WITHOUT_THE_ACCUSED)
    days = itertools.cycle(["2024-03-05", "2024-03-04", "2024-03-05"])
    for kind, pcode in [
        ("SITE_INCIDENT", "CD6205"),
        ("DIALOGUE", "CD6201"),
        ("DIALOGUE", "CD6205"),
        ("DIALOGUE", "CD6203"),
    ]:
        await team.submitted(requestType=kind, pcode=pcode, brought=day(next(days)), urgency="IMMEDIATE")
    meetings = [await team.scheduled(kind=kind) for kind in ("AD_HOC", "MONTHLY", "MONTHLY")]
    tabled = await _tabled_together(team, meetings[0], 5)
    await team.held(meetings[0])
    decided = [await team.decided(request, meetings[0], "DEFER") for request in tabled[:2]]
    taken_up = [await team.decided(request, meetings[0]) for request in tabled[2:]]
    await _decided_again(team, decided[0]["request"], meetings[1:])
    await _logged_together(team, taken_up[0]["request"]["case"]["id"], 7)
    wide = await team.scheduled()
    (request,) = await _tabled_together(team, wide, 1)
    await team.held(wide)
    risks = {**TAKEN_UP, "incidentClass": "REPRISAL", "oecdRisks": ["O13", "O5", "O1_1", "O11", "O3", "O1_4"]}
    await team.done("coordinator", "recordDecision", {**deciding(request, wide), "case": risks})
    await _told(team)
    await _judged(team)
    await _seated(team)
    await _structured(team)
    await implicated(team)
    await looked_at(team, urls)
    await _linked(team)
    async with store.operation(bearer(DEVELOPMENT_ISSUER, team.persona("officer")), None, write=True) as op:
        await take_in(op, sites_of("pag", 93000, ["CD6205", "CD6203", None, "CD6205", "CD6205"], date(2024, 5, 5)))
    while await once(store):
        pass
    return team


async def _tabled_together(team: Team, meeting: Any, count: int) -> list[Any]:
    """Put on the agenda in one operation: at one time."""
    requests = [await team.triaged() for _ in range(count)]
    acts = [("tableRequest", based(request, meetingId=meeting["id"])) for request in requests]
    return await team.acts("officer", *acts)


async def _decided_again(team: Team, request: Any, meetings: list[Any]) -> None:
    for meeting in meetings:
        tabled = await team.tabled(meeting, request)
        await team.held(meeting)
        request = (await team.decided(tabled, meeting, "DEFER"))["request"]


async def _logged_together(team: Team, case_id: str, count: int) -> None:
    days = itertools.cycle(["2024-05-02", "2024-05-01"])
    acts = [("logActivity", {"caseId": case_id, "kind": "STUDY", "done": day(next(days))}) for _ in range(count)]
    await team.acts("officer", *acts)


async def _told(team: Team) -> None:
    """Notices for the officer's own organisation."""
    meeting = await team.scheduled()
    for _ in range(2):
        await team.tabled(meeting, await team.triaged("colleague"))


async def _judged(team: Team) -> None:
    """By the network, what the group covers and how far it has joined; by itself, where it is in its life."""
    network, group = team.joined_by("network.admin"), {"workingGroupId": f"WorkingGroup:{team.group_id}"}
    for pcode, first in (("CD63", "2024-01-01"), ("CD62", "2024-02-01"), ("CD61", "2024-01-01")):
        covered = await team.act(network, "coverPlace", {**group, "pcode": pcode, "validFrom": first})
        assert covered["id"] == group["workingGroupId"]
    for standing, since in (("ACTIVE", "2024-01-01"), ("DORMANT", "2025-01-01"), ("ACTIVE", "2025-01-01")):
        await team.done(network, "placeGroup", {**group, "standing": standing, "since": since})
    for phase, on in (("SETUP", "2021-02-01"), ("GROWTH", "2022-02-01"), ("SETUP", "2022-02-01"), ("GROWTH", None)):
        assessed = day(on) if on else {"precision": "YEAR", "start": "2022-01-01"}
        await team.done("coordinator", "assessPhase", {"phase": phase, "assessed": assessed})


async def _seated(team: Team) -> None:
    """Alternates of one seat and of another; each has its invitation."""
    for principal, first in itertools.product(("pmh", "company"), ("2023-02-01", "2023-01-01", "2023-02-01")):
        given = {"seatId": team.seats([principal])[0], "holder": "Suppléant Mfano", "validFrom": first}
        await team.done("coordinator", "inviteAlternate", given)


async def _structured(team: Team) -> None:
    """Two trees; below the first of each kind stand several of the next, and several organisations are in it."""
    await team.done("officer", "setUpStructure", _structure("CPS", None, "CD61"))
    top = await team.done("officer", "setUpStructure", _structure("CPS", None, "CD62"))
    for pcode in ("CD6205", "CD6203", "CD6205"):
        below = await team.done("officer", "setUpStructure", _structure("CLS", top, pcode))
    for kind in ("SUB_COMMITTEE", "FUND", "SUB_COMMITTEE"):
        await team.done("officer", "setUpStructure", _structure(kind, top, None))
    for kind in ("SUB_CLS", "SUB_COMMITTEE", "SUB_CLS"):
        await team.done("officer", "setUpStructure", _structure(kind, below, None))
    listed = await team.ask("officer", "{ organisations(first: 1) { nodes { id } } }")
    member = {"organisationId": listed["organisations"]["nodes"][0]["id"]}
    decree = {"number": "12/035/GP/SK", "authority": "Gouverneur"}
    for structure, on in itertools.product((top, below), ("2020-05-02", "2020-05-01", "2020-05-02")):
        within = {"structureId": structure["id"]}
        await team.done("officer", "admitToStructure", {**within, **member, "validFrom": on})
        await team.done("officer", "recordInstrument", {**within, **decree, "dated": on})


async def _linked(team: Team) -> None:
    """One company to one owner, as several sources say it."""
    child, parent = (f"Organisation:{demo_id('organisation', name)}" for name in ("Bazano", "Vale"))
    given = {"organisationId": child, "parentId": parent, "kind": "OWNED_BY"}
    for source in ("Registre.", "Presse.", "Déclaration.", "Rapport annuel."):
        await team.done(team.joined_by("network.admin"), "linkOrganisations", {**given, "provenance": source})


def _structure(kind: str, parent: Any, pcode: str | None) -> dict[str, Any]:
    placed = {"structureId": parent and parent["id"], "pcode": pcode}
    return {"kind": kind, "name": f"Structure {kind}", "since": {"precision": "UNKNOWN"}, **placed}


AT_ROOT = {"WorkingGroup": "groups", "Organisation": "organisations", "Case": "cases"}
AT_ROOT |= {"Conflict": "conflicts", "Event": "events"}
AT_ROOT |= {"Meeting": "meetings", "Request": "requests", "Site": "sites", "Seat": "seats", "Structure": "structures"}


@pytest.fixture(scope="module")
async def lists(team: Team) -> dict[str, Listed]:
    """Every connection at the root, and below each type the longest of every connection that there is."""
    found = {name: root(team, name, NARROWED.get(name, "")) for name in ROOTS}
    for type_name, at_root in AT_ROOT.items():
        fields = [field for name, field in EDGES if name == type_name]
        counts = " ".join(f"{field}(first: 0) {{ totalCount }}" for field in fields)
        nodes = (await team.ask("officer", f"{{ list: {at_root}(first: 100) {{ nodes {{ id {counts} }} }} }}"))["list"][
            "nodes"
        ]
        for field in fields:
            longest = max(nodes, key=lambda node: node[field]["totalCount"])
            found[f"{type_name}.{field}"] = nested(team, type_name, field, longest["id"])
    for at, edge, below, field in (
        ("Request", "decisions", "Decision", "recusals"),
        ("Event", "involvements", "Involvement", "allegations"),
    ):
        longest = await _longest(team, AT_ROOT[at], edge, field)
        found[f"{below}.{field}"] = nested(team, below, field, longest)
    found["Place.parts"] = nested(team, "Place", "parts", found["Case.risks"].variables["id"])
    for field in ("minerals", "presences"):
        found[f"SiteVisit.{field}"] = nested(team, "SiteVisit", field, found["Site.visits"].variables["id"])
    return found


async def _longest(team: Team, at_root: str, edge: str, field: str) -> str:
    """The row below those of a root list that has most at this edge."""
    asked = f"{edge}(first: 5) {{ nodes {{ id {field}(first: 0) {{ totalCount }} }} }}"
    nodes = (await team.ask("officer", f"{{ list: {at_root}(first: 50) {{ nodes {{ {asked} }} }} }}"))["list"]["nodes"]
    below = [row for node in nodes for row in node[edge]["nodes"]]
    row_id: str = max(below, key=lambda row: row[field]["totalCount"])["id"]
    return row_id


async def walk(listed: Listed, size: int, *, backward: bool) -> list[str]:
    """All cursors, from one end to the other; looks at each page's account of what lies beyond it."""
    seen: list[list[str]] = []
    count, beyond = ("last", "before") if backward else ("first", "after")
    at: str | None = None
    for _ in range(1_000):
        got = await listed.page(counted=False, **{count: size}, **({beyond: at} if at else {}))
        cursors, info = [edge["cursor"] for edge in got["edges"]], got["pageInfo"]
        assert [info["startCursor"], info["endCursor"]] == ([cursors[0], cursors[-1]] if cursors else [None, None])
        more, less = ("hasPreviousPage", "hasNextPage") if backward else ("hasNextPage", "hasPreviousPage")
        assert info[less] is (at is not None)
        seen.append(cursors)
        if not info[more]:
            break
        assert len(cursors) == size
        at = info["startCursor" if backward else "endCursor"]
    return [cursor for cursors in (reversed(seen) if backward else seen) for cursor in cursors]


@pytest.mark.proof
async def test_every_list_is_walked_from_both_ends(lists: dict[str, Listed]) -> None:
    assert set(lists) == {*ROOTS, *(".".join(edge) for edge in EDGES)}
    for name, listed in lists.items():
        whole = await listed.page(first=100)
        cursors = [edge["cursor"] for edge in whole["edges"]]
        assert len(cursors) == len(set(cursors)) == whole["totalCount"], name
        assert len(cursors) >= 3, name
        for size, backward in WALKS:
            assert await walk(listed, size, backward=backward) == cursors, (name, size, backward)


async def test_long_lists_are_walked_whole(team: Team) -> None:
    for name, most in (("places", 300), ("organisations", 100)):
        cursors = await root(team, name).cursors(first=most)
        assert len(cursors) == len(set(cursors)) == (await root(team, name).page(first=0))["totalCount"]
        for backward in (False, True):
            assert await walk(root(team, name), 20, backward=backward) == cursors


async def test_a_window_lies_between_two_cursors(lists: dict[str, Listed]) -> None:
    for name, listed in lists.items():
        cursors = await listed.cursors(first=20)
        window = {"after": cursors[0], "before": cursors[-1]}
        assert await listed.cursors(**window) == cursors[1:-1], name
        assert await listed.cursors(**window, first=1) == cursors[1:-1][:1], name
        assert await listed.cursors(**window, last=1) == cursors[1:-1][-1:], name
        assert await listed.cursors(after=cursors[-1], before=cursors[0]) == [], name


async def test_a_page_is_bounded(lists: dict[str, Listed]) -> None:
    for name, edge in ALL_EDGES.items():
        for first, last in ((-1, None), (None, -1), (edge.most + 1, None), (None, edge.most + 1), (1, 1), (0, 0)):
            with pytest.raises(RequestRefused) as refusal:
                cut(edge, first, None, last, None)
            assert (refusal.value.code, refusal.value.values) == ("PAGE_INVALID", {"most": edge.most})
        for first, last in ((edge.most, None), (None, edge.most), (None, None), (0, None), (None, 0)):
            cut(edge, first, None, last, None)
        assert await lists[name].code(first=edge.most + 1) in {"PAGE_INVALID", "COST_TOO_HIGH"}
    for wrong in ({"first": -1}, {"last": -1}, {"first": 1, "last": 1}, {"first": 2**31 - 1}):
        for name in ("requests", "Meeting.agenda"):
            assert await lists[name].code(**wrong) in {"PAGE_INVALID", "COST_TOO_HIGH"}


async def test_a_page_of_none_says_what_lies_beyond(lists: dict[str, Listed]) -> None:
    for listed in lists.values():
        for none in ("first", "last"):
            empty = await listed.page(**{none: 0})
            assert (empty["edges"], empty["totalCount"] >= 2) == ([], True)
            assert [empty["pageInfo"]["startCursor"], empty["pageInfo"]["endCursor"]] == [None, None]
            assert empty["pageInfo"]["hasNextPage"] is (none == "first")
            assert empty["pageInfo"]["hasPreviousPage"] is (none == "last")


async def test_lists_below_several_rows_are_the_lists_of_each(team: Team) -> None:
    """What is loaded together is what is loaded alone."""
    for type_name, field in (edge for edge in EDGES if edge[0] in AT_ROOT):
        below = f"nodes {{ id list: {field}({PASSED}) {{ {ASKED} }} }}"
        source = f"query({DECLARED}) {{ list: {AT_ROOT[type_name]} {{ {below} }} }}"
        nodes = (await team.ask("officer", source, {"last": 2}))["list"]["nodes"]
        longest = sorted(nodes, key=lambda node: -node["list"]["totalCount"])[:4]
        for node in longest:
            alone = await nested(team, type_name, field, node["id"]).page(last=2)
            assert node["list"] == alone, (type_name, field)
        assert longest[0]["list"]["edges"]


ORDERS: dict[str, tuple[str, Callable[[Any], Any], bool]] = {
    "requests": ("id brought { start }", lambda node: (node["brought"]["start"], node["id"]), True),
    "meetings": ("id scheduledOn", lambda node: (node["scheduledOn"], node["id"]), True),
    "cases": ("id openedOn", lambda node: (node["openedOn"], node["id"]), True),
    "notices": ("id at", lambda node: (node["at"], node["id"]), True),
    "seats": ("id validFrom", lambda node: (node["validFrom"], node["id"]), False),
    "groups": ("id code", lambda node: (node["code"], node["id"]), False),
    "places": ("pcode", lambda node: node["pcode"], False),
    "sites": ("id code", lambda node: (node["code"], node["id"]), False),
}


@pytest.mark.parametrize("name", ORDERS)
async def test_the_order_is_the_one_that_is_said(team: Team, name: str) -> None:
    asked, key, newest_first = ORDERS[name]
    nodes = (await team.ask("officer", f"{{ {name}(first: 30) {{ nodes {{ {asked} }} }} }}"))[name]["nodes"]
    assert nodes == sorted(nodes, key=key, reverse=newest_first)
    assert len(nodes) > 2


async def test_rows_that_come_meanwhile_double_nothing(team: Team) -> None:
    listed = root(team, "meetings")
    whole, seen, at = await listed.cursors(first=100), [], {}
    while True:
        got = await listed.page(first=2, **at)
        seen += [edge["cursor"] for edge in got["edges"]]
        if not got["pageInfo"]["hasNextPage"]:
            break
        at = {"after": got["pageInfo"]["endCursor"]}
        await team.scheduled(scheduledOn="2024-04-11")
    assert seen == whole


FILTERS: dict[str, dict[str, tuple[str, Callable[[Any], Any]]]] = {
    "requests": {
        "state": ("state", lambda node: node["state"]),
        "requestType": ("requestType", lambda node: node["requestType"]),
        "requester": ("requester", lambda node: node["requester"]),
        "urgency": ("urgency", lambda node: node["urgency"]),
        "pcode": ("place { pcode }", lambda node: node["place"]["pcode"]),
    },
    "cases": {
        "state": ("state", lambda node: node["state"]),
        "incidentClass": ("incidentClass", lambda node: node["incidentClass"]),
        "pcode": ("place { pcode }", lambda node: node["place"]["pcode"]),
    },
    "events": {
        "incidentClass": ("incidentClass", lambda node: node["incidentClass"]),
        "pcode": ("place { pcode }", lambda node: node["place"]["pcode"]),
    },
    "conflicts": {"state": ("state", lambda node: node["state"])},
    "meetings": {"state": ("state", lambda node: node["state"]), "kind": ("kind", lambda node: node["kind"])},
    "organisations": {"category": ("category", lambda node: node["category"])},
    "seats": {
        "pillar": ("pillar", lambda node: node["pillar"]),
        "category": ("category", lambda node: node["category"]),
    },
    "places": {"parent": ("parent { pcode }", lambda node: (node["parent"] or {}).get("pcode"))},
    "sites": {
        "code": ("code", lambda node: node["code"]),
        "kind": ("kind", lambda node: node["kind"]),
        "pcode": ("place { pcode }", lambda node: (node["place"] or {}).get("pcode")),
        "province": ("province { pcode }", lambda node: (node["province"] or {}).get("pcode")),
        "icglrStatus": ("status { status }", lambda node: (node["status"] or {}).get("status")),
    },
    "structures": {
        "kind": ("kind", lambda node: node["kind"]),
        "pcode": ("place { pcode }", lambda node: (node["place"] or {}).get("pcode")),
    },
}
ELSEWHERE = {
    "sites": {"mineral", "statusExpiresAfter", "lastVisitedBefore"},
}
"""Filters that look across an edge or at a bound: tests/imports tries them."""


def test_every_filter_is_tested() -> None:
    published = {
        name: get_named_type(QUERIES[name].args["filter"].type).fields
        for name in ROOTS
        if "filter" in QUERIES[name].args
    }
    tested = {name: set(of) | ELSEWHERE.get(name, set()) for name, of in FILTERS.items()}
    assert {name: set(fields) for name, fields in published.items()} == tested


@pytest.mark.parametrize("name", FILTERS)
async def test_filters_keep_the_rows_with_one_of_the_values(team: Team, name: str) -> None:
    fields = FILTERS[name]
    forms = " ".join(form for form, _ in fields.values())
    asked = f"nodes {{ {'pcode' if name == 'places' else 'id'} {forms} }} totalCount"
    kind = QUERIES[name].args["filter"].type
    source = f"query($filter: {kind}) {{ list: {name}(first: 100, filter: $filter) {{ {asked} }} }}"

    async def kept(**filters: Any) -> Any:
        return (await team.ask("officer", source, {"filter": filters}))["list"]

    whole = await kept()
    values = {
        field: sorted({value for node in whole["nodes"] if (value := read(node)) is not None})
        for field, (_, read) in fields.items()
    }
    assert any(len(each) > 1 for each in values.values())
    for field, (_, read) in fields.items():
        assert await kept(**{field: None}) == whole
        assert await kept(**{field: []}) == {"nodes": [], "totalCount": 0}
        for chosen in [[value] for value in values[field]] + [values[field], values[field][:2] * 2]:
            found = await kept(**{field: chosen})
            wanted = [node for node in whole["nodes"] if read(node) in chosen]
            assert found["nodes"][: len(wanted)] == wanted
            assert found["totalCount"] == len(wanted) or whole["totalCount"] > 100
    both = {field: each[:1] for field, each in values.items()}
    wanted = [node for node in whole["nodes"] if all(read(node) in both[field] for field, (_, read) in fields.items())]
    assert (await kept(**both))["nodes"][: len(wanted)] == wanted


@pytest.mark.proof
async def test_a_filtered_list_is_walked_too(team: Team) -> None:
    filtered = "filter: { requestType: [DIALOGUE, SITE_INCIDENT], state: [SUBMITTED] }"
    listed = Listed(team, f"query({DECLARED}) {{ list: requests({PASSED}, {filtered}) {{ {ASKED} }} }}", {})
    whole = await listed.page(first=100)
    cursors = [edge["cursor"] for edge in whole["edges"]]
    assert len(cursors) == whole["totalCount"] == 4
    for size, backward in WALKS:
        assert await walk(listed, size, backward=backward) == cursors


def forged(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).rstrip(b"=").decode()


DATE, UUID_TEXT, TIME = "2024-03-05", "00000000-0000-7000-8000-000000000000", "2024-03-05T00:00:00+00:00"
NO_CURSOR = [
    "", " ", "a", "====", "é", "\u200b", "!!!!", "0", "null", "A" * 100_000, "../../etc/passwd", "' OR 1=1 --",
    *(base64.urlsafe_b64encode(text.encode()).decode() for text in (
        "", "null", "{}", "[]", "1", '"ab"', "[null]", "[[]]", "[" * 200, "[NaN]", '["\\ud800"]', '["a","b","c","d"]',
        f'{{"{DATE}": 1, "{UUID_TEXT}": 2}}',
    )),
    base64.urlsafe_b64encode(b"\xff\xfe[]").decode(),
]  # fmt: skip
VALUES = [
    None, True, False, 0, -1, 1, 2**31, 2**63, 10**30, 0.5, 1e308, "", "x", "\x00", "x\x00", "'", [], {}, [DATE],
    DATE, TIME, UUID_TEXT, "2024-03-05T00:00:00", "2024-03-05T00:00:00Z", "20240305", "2024-W10-2", "9999-99-99",
    "0000-01-01", "0001-01-01", "9999-12-31", "10000-01-01", "-0001-01-01", "0001-01-01T00:00:00+14:00",
    "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59.999999-14:00", "9999-12-31T23:59:59.999999+00:00", "infinity",
    "{" + UUID_TEXT + "}", UUID_TEXT.replace("-", ""), "urn:uuid:" + UUID_TEXT, "NONE", "none", "CPS", "cps", "CD62",
    "x" * 600,
]  # fmt: skip


def refused(edge: ToMany, cursor: str, end: str) -> bool:
    """Whether the cursor is no place in the edge's order; any other failure is a failure of the test."""
    try:
        cut(edge, 1, cursor if end == "after" else None, None, cursor if end == "before" else None)
    except RequestRefused as refusal:
        return refusal.code == "CURSOR_INVALID"
    return False


async def test_what_is_no_cursor_is_refused(team: Team, urls: Urls) -> None:
    wrong = []
    for (name, edge), cursor, end in itertools.product(ALL_EDGES.items(), NO_CURSOR, ("after", "before")):
        try:
            if not refused(edge, cursor, end):
                wrong.append((name, cursor[:40], "taken"))
        except Exception as error:  # noqa: BLE001 - what it is, is said below
            wrong.append((name, cursor[:40], repr(error)))
    assert not wrong
    before = await contents(urls)
    for cursor in NO_CURSOR:
        assert await root(team, "requests").code(after=cursor) == "CURSOR_INVALID"
    assert await written(urls, before) == {}


async def test_a_forged_cursor_is_refused_or_a_place_in_the_order(lists: dict[str, Listed]) -> None:
    """Whatever values it holds: never an error of ours. What passes the edge goes through to the database."""
    wrong, asked = [], set()
    for name, listed in lists.items():
        (own, *_) = await listed.cursors(first=1)
        values = json.loads(base64.urlsafe_b64decode(own + "=" * (-len(own) % 4)))
        for (index, step), value in itertools.product(enumerate(ALL_EDGES[name].order), VALUES):
            cursor, kind = forged(*values[:index], value, *values[index + 1 :]), step.column.type.python_type
            try:
                if refused(ALL_EDGES[name], cursor, "after") or (kind, repr(value)) in asked:
                    continue
                asked.add((kind, repr(value)))
                code = await listed.code(after=cursor, first=1)
            except Exception as error:  # noqa: BLE001 - what it is, is said below
                code = repr(error)
            if code is not None:
                wrong.append((name, index, value, code))
        for short in (values[:-1], [*values, 1]):
            assert await listed.code(after=forged(*short)) == "CURSOR_INVALID", name
        assert await listed.code(after=own) is None
    assert not wrong
    assert {kind for kind, _ in asked} == {date, datetime, int, str, UUID, OecdRisk, StructureKind}


async def test_a_cursor_of_a_list_of_another_shape_is_refused(lists: dict[str, Listed]) -> None:
    """A cursor is a place in an order. Where two orders have the same kinds of values, it is one in both."""
    firsts = {name: (await listed.cursors(first=1))[0] for name, listed in lists.items()}
    shapes = {name: [step.column.type.python_type for step in edge.order] for name, edge in ALL_EDGES.items()}
    for name, other in itertools.product(lists, repeat=2):
        if not refused(ALL_EDGES[name], firsts[other], "after"):
            kinds = {*shapes[name], *shapes[other]}
            assert shapes[name] == shapes[other] or str in kinds or {date, datetime} <= kinds, (name, other)
    assert await lists["places"].code(after=firsts["requests"]) == "CURSOR_INVALID"
    assert await lists["Case.timeline"].code(after=firsts["cases"]) == "CURSOR_INVALID"


class Shelf(DeclarativeBase):
    """Of this file alone: the service's own metadata stays as it is."""


class Thing(Shelf):
    __tablename__ = "things"
    a: Mapped[int]
    b: Mapped[int]
    id: Mapped[int] = mapped_column(primary_key=True)


@pytest.fixture(scope="module")
def shelf() -> Any:
    engine = create_engine("sqlite://")
    Shelf.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


few = st.integers(min_value=0, max_value=2)


@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pairs=st.lists(st.tuples(few, few), max_size=8),
    down=st.tuples(st.booleans(), st.booleans(), st.booleans()),
    size=st.integers(min_value=0, max_value=4),
    after=st.none() | st.tuples(few, few, st.integers(min_value=0, max_value=8)),
    before=st.none() | st.tuples(few, few, st.integers(min_value=0, max_value=8)),
    backward=st.booleans(),
)
def test_pages_are_slices_of_the_sorted_rows(  # noqa: PLR0913 - as many as there are choices
    shelf: Session, pairs: Any, down: Any, size: int, after: Any, before: Any, *, backward: bool
) -> None:
    """Against Python's own sort, for every mix of directions, ties and cursors that are no row's."""
    rows = [(a, b, index) for index, (a, b) in enumerate(pairs)]
    shelf.execute(Thing.__table__.delete())
    if rows:
        shelf.execute(insert(Thing), [{"a": a, "b": b, "id": index} for a, b, index in rows])
    edge = ToMany(
        Thing, tuple(Order(column, way) for column, way in zip((Thing.a, Thing.b, Thing.id), down, strict=True))
    )  # type: ignore[arg-type]
    asked = Slice(size, after, before, backward)
    got = page(edge, asked, shelf.scalars(page_statement(edge, asked, {})).all(), None, {})

    def key(row: Any) -> Any:
        return tuple(-value if way else value for value, way in zip(row, down, strict=True))

    window = [row for row in sorted(rows, key=key)
              if (after is None or key(row) > key(after)) and (before is None or key(row) < key(before))]  # fmt: skip
    kept = (window[max(0, len(window) - size) :] if backward else window[:size]) if size else []
    assert [(row.a, row.b, row.id) for row in got.rows] == kept
    assert (got.has_previous_page if backward else got.has_next_page) is (len(window) > size)
