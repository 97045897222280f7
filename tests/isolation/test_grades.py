"""Within a group: who sees which request, and which of its parts, by the words of DOMAIN 3.3.

The expectation is written down here once more, apart from the policies; the named examples below hold it to the words.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from isolation.living import TRIAGE, title
from isolation.world import AREA, EVERYBODY, FOCAL, GROUPS, of_group

from api.demo.roster import demo_id
from api.seat import Category, Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from isolation.world import Rows, World

each_group = pytest.mark.parametrize("code", sorted(GROUPS))

KEEPERS = {Role.COORDINATOR, Role.CASE_OFFICER, Role.CUSTODIAN}
MEMBERS = {Role.MEMBER, Role.OBSERVER}
BEFORE_TABLING = {"SUBMITTED", "TRIAGED"}
REQUESTS = """{ requests(first: 100) { totalCount nodes { id state
  narrative { text wantedAction } exactPlace { stated } arrival { channel } source { code statement }
  triageNote { text }
  decisions { totalCount nodes { id note { reasoning dissent } } } tablings { totalCount } case { id } } } }"""
CASES = """{ cases(first: 20) { totalCount nodes { id place { pcode } narrative { text } exactPlace { stated }
  risks { totalCount } timeline { nodes { kind } } activities { totalCount nodes { note { text } } } } } }"""
PARTS = {
    "exactPlace": "request_places",
    "arrival": "request_arrivals",
    "source": "request_sources",
    "triageNote": "triage_notes",
}


class Group:
    """What the rows say that a seat may see."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.requests = {f"Request:{row['id']}": row for row in rows["requests"]}
        self.cases = {f"Case:{row['id']}": row for row in rows["cases"]}
        self.authors = {row["request_id"]: row["organisation_id"] for row in rows["request_authors"]}

    def brought(self, persona: str, request_id: uuid.UUID) -> bool:
        return self.authors[request_id] == demo_id("organisation", EVERYBODY[persona].organisation)

    def request(self, persona: str, request: Mapping[str, Any]) -> bool:
        tabled = request["state"] not in BEFORE_TABLING
        read = roles(persona) & KEEPERS or (roles(persona) & MEMBERS and tabled)
        return bool(read and not self.walled(persona, request["id"])) or self.brought(persona, request["id"])

    def case(self, persona: str, case: Mapping[str, Any]) -> bool:
        read = roles(persona) & (KEEPERS | MEMBERS) or EVERYBODY[persona].area == case["pcode"]
        return bool(read) and self.hides(persona, case["id"]) != "ALL"

    def walled(self, persona: str, record_id: uuid.UUID) -> bool:
        return self.hides(persona, record_id) != "NOTHING"

    def hides(self, persona: str, record_id: uuid.UUID) -> str:
        """What the wall between the persona's organisation and a case or request hides."""
        organisation = demo_id("organisation", EVERYBODY[persona].organisation)
        key = {"organisation_id": organisation, "record_id": record_id}
        walls = [row["hides"] for row in self.rows["walls"] if all(row[name] == each for name, each in key.items())]
        return walls[0] if walls else "NOTHING"

    def has(self, table: str, **key: uuid.UUID) -> bool:
        return any(all(row[name] == value for name, value in key.items()) for row in self.rows[table])

    def audience(self, persona: str, table: str, **key: uuid.UUID) -> bool:
        """The seat reads the PILLAR row: a keeper, or a member or observer whose category its audience names."""
        rows = [row for row in self.rows[table] if all(row[name] == value for name, value in key.items())]
        named = any(EVERYBODY[persona].category.name in row["audience"] for row in rows)
        return bool(rows) and bool(roles(persona) & KEEPERS or (roles(persona) & MEMBERS and named))


def roles(persona: str) -> frozenset[Role]:
    return EVERYBODY[persona].roles


@pytest.fixture(scope="module")
def groups(truth: dict[str, Rows]) -> dict[str, Group]:
    return {code: Group(rows) for code, rows in truth.items()}


@each_group
async def test_requests_and_their_parts(world: World, groups: dict[str, Group], code: str) -> None:
    group = groups[code]
    for persona in of_group(code):
        answer = (await world.ask(persona, REQUESTS))["requests"]
        seen = {row["id"]: row for row in answer["nodes"]}
        assert set(seen) == {key for key, row in group.requests.items() if group.request(persona, row)}, persona
        assert answer["totalCount"] == len(seen)
        for key, row in seen.items():
            parts = {name: row[name] is not None for name in ("narrative", *PARTS)}
            assert parts == expected_parts(group, persona, group.requests[key]["id"]), (persona, key)
            walled = group.walled(persona, group.requests[key]["id"])
            for decision in row["decisions"]["nodes"]:
                decision_id = uuid.UUID(decision["id"].partition(":")[2])
                reads = group.audience(persona, "decision_notes", decision_id=decision_id) and not walled
                assert (decision["note"] is not None) == reads, (persona, key)


def expected_parts(group: Group, persona: str, request_id: uuid.UUID) -> dict[str, bool]:
    """PILLAR by audience and to the author; SECRETARIAT to its readers, place and arrival also to the author."""
    keeper, author = bool(roles(persona) & KEEPERS), group.brought(persona, request_id)
    walled = group.walled(persona, request_id)
    narrative = (group.audience(persona, "request_narratives", request_id=request_id) and not walled) or author
    its = keeper or author
    allowed = {"exactPlace": its, "arrival": its, "source": keeper, "triageNote": keeper}
    there = {name: group.has(table, request_id=request_id) for name, table in PARTS.items()}
    return {"narrative": narrative, **{name: allowed[name] and there[name] for name in PARTS}}


@each_group
async def test_cases_and_their_parts(world: World, groups: dict[str, Group], code: str) -> None:
    group = groups[code]
    for persona in of_group(code):
        answer = (await world.ask(persona, CASES))["cases"]
        seen = {row["id"]: row for row in answer["nodes"]}
        assert set(seen) == {key for key, row in group.cases.items() if group.case(persona, row)}, persona
        assert answer["totalCount"] == len(seen)
        for key, row in seen.items():
            case_id = group.cases[key]["id"]
            keeper = bool(roles(persona) & KEEPERS)
            if group.walled(persona, case_id):
                counts = [row[name]["totalCount"] for name in ("risks", "activities")]
                assert (row["narrative"], row["exactPlace"], counts) == (None, None, [0, 0]), persona
                continue
            assert (row["narrative"] is not None) == group.audience(persona, "case_narratives", case_id=case_id)
            assert (row["exactPlace"] is not None) == (keeper and group.has("case_places", case_id=case_id))
            done = {each["id"] for each in group.rows["activities"] if each["case_id"] == case_id}
            assert row["activities"]["totalCount"] == len(done)
            notes = sum(group.audience(persona, "activity_notes", activity_id=each) for each in done)
            assert sum(each["note"] is not None for each in row["activities"]["nodes"]) == notes, (persona, key)


@each_group
async def test_sites_are_for_the_whole_group_and_for_focal_points_of_their_area(
    world: World, groups: dict[str, Group], code: str
) -> None:
    document = """{ sites(first: 20) { totalCount nodes { id place { pcode } latestVisit { id }
      status { visit { id } } statuses(first: 1) { totalCount } visits(first: 5) { totalCount nodes { id
        minerals(first: 1) { totalCount } presences(first: 1) { totalCount } } } } } }"""
    rows = groups[code].rows
    of_site = {
        site["id"]: [each for each in rows["site_visits"] if each["site_id"] == site["id"]] for site in rows["sites"]
    }
    for persona in of_group(code):
        area = EVERYBODY[persona].area
        mine = [site for site in rows["sites"] if area is None or site["pcode"] == area]
        if Role.DONOR in roles(persona):
            assert (await world.ask(persona, document))["sites"] == {"totalCount": 0, "nodes": []}
            continue
        answer = (await world.ask(persona, document))["sites"]
        seen = {row["id"]: row for row in answer["nodes"]}
        assert set(seen) == {f"Site:{site['id']}" for site in mine}, persona
        assert answer["totalCount"] == len(mine)
        assert 0 < len(mine) <= len(rows["sites"]) - (2 if area else 0)
        for site in mine:
            row, visits = seen[f"Site:{site['id']}"], of_site[site["id"]]
            assert {each["id"] for each in row["visits"]["nodes"]} == {f"SiteVisit:{each['id']}" for each in visits}
            assert (row["latestVisit"] is None) == (not visits)
            assert row["statuses"]["totalCount"] == len([each for each in visits if each["icglr_status"]])
            assert (row["status"] is None) == (row["statuses"]["totalCount"] == 0)
            for table in ("minerals", "presences"):
                parts = [each for each in rows[f"visit_{table}"] if each["visit_id"] in {v["id"] for v in visits}]
                assert sum(each[table]["totalCount"] for each in row["visits"]["nodes"]) == len(parts)


@each_group
async def test_headers_tell_the_month_and_what_is_told_tells_the_day(
    world: World, groups: dict[str, Group], code: str
) -> None:
    document = """{ requests(first: 100) { nodes { title occurred { start precision } narrative { occurred { start } }
      brought { start precision } arrival { channel brought { start precision } } } }
      cases { nodes { activities { nodes { done { start precision } note { text done { start } } } } } } }"""
    told_rows = [row for row in groups[code].rows["request_narratives"] if row["occurred_precision"] == "DAY"]
    (day,) = {row["occurred_from"].isoformat() for row in told_rows}
    read = 0
    for persona in of_group(code):
        answer = await world.ask(persona, document)
        requests = [row for row in answer["requests"]["nodes"] if row["title"].startswith("Kanari")]
        assert requests or persona.endswith(".donor")
        for row in requests:
            assert row["occurred"] == {"start": f"{day[:7]}-01", "precision": "MONTH"}
            assert row["brought"] == {"start": "2024-03-01", "precision": "MONTH"}
            assert row["narrative"] in (None, {"occurred": {"start": day}})
            exactly = {"channel": "MEETING", "brought": {"start": "2024-03-02", "precision": "DAY"}}
            assert row["arrival"] in (None, exactly)
        done = [each for case in answer["cases"]["nodes"] for each in case["activities"]["nodes"]]
        told = [each for each in done if each["note"] and each["note"]["text"].startswith("Kanari")]
        assert {each["done"]["precision"] for each in done} <= {"MONTH", "YEAR"}
        assert all(each["note"]["done"]["start"] == "2024-03-20" for each in told)
        read += len(told)
    assert read


@each_group
async def test_why_a_request_was_tabled_incomplete_is_the_secretariats(world: World, code: str) -> None:
    document = "{ requests { nodes { tablings { nodes { note { incompleteReason } } } } } }"
    for persona in of_group(code):
        answer = await world.ask(persona, document)
        notes = [item["note"] for row in answer["requests"]["nodes"] for item in row["tablings"]["nodes"]]
        assert any(notes) == bool(roles(persona) & KEEPERS), persona


@each_group
async def test_the_focal_point_sees_no_roster(world: World, code: str) -> None:
    document = "{ seats { totalCount nodes { id person { id } } } organisations { nodes { seats { nodes { id } } } } }"
    answer = await world.ask(FOCAL[code], document)
    own = f"Seat:{EVERYBODY[FOCAL[code]].seat_id}"
    assert answer["seats"] == {"totalCount": 1, "nodes": [{"id": own, "person": None}]}
    assert [row["id"] for each in answer["organisations"]["nodes"] for row in each["seats"]["nodes"]] == [own]


@each_group
async def test_a_request_before_tabling_is_its_authors_and_the_secretariats(
    world: World, groups: dict[str, Group], code: str
) -> None:
    """To everybody else it is missing: the same bytes as for an id that is nowhere. What the secretariat entered for
    somebody is not for the other seats of the organisation that hosts it."""
    authors = {"submitted": "cso", "triaged": "company", "quiet": "focal", "entered": "officer"}
    for name, author in authors.items():
        (key,) = [key for key, row in groups[code].requests.items() if row["title"] == title(code, name)]
        see = {f"{code}.{each}" for each in ("coordinator", "officer", "custodian")}
        see |= {FOCAL[code]} if author == "focal" else {f"{code}.{author}"}
        see |= {f"{code}.cso2"} if author == "cso" else set()
        for persona in of_group(code):
            answers = await missing(world, persona, key)
            assert (answers[0] == answers[1]) == (persona not in see), (persona, name)


async def missing(world: World, persona: str, key: str) -> list[bytes]:
    """What is answered to the id, and to one that is nowhere."""
    document = "query($id: ID!) { node(id: $id) { __typename } nodes(ids: [$id]) { __typename } }"
    nowhere = f"Request:{uuid.uuid4()}"
    return [(await world.read(persona, document, {"id": each})).content for each in (key, nowhere)]


@each_group
async def test_an_act_on_a_request_that_one_does_not_see_tells_nothing(
    scratch: World, groups: dict[str, Group], code: str
) -> None:
    (key,) = [key for key, row in groups[code].requests.items() if row["title"] == title(code, "submitted")]
    for persona in (f"{code}.company", f"{code}.observer", FOCAL[code]):
        asked = [{"id": each, "version": 1, "note": "x"} for each in (key, f"Request:{uuid.uuid4()}")]
        one, other = [(await scratch.post(persona, TRIAGE, each)).content for each in asked]
        assert one == other


async def test_examples(world: World) -> None:
    """The police, named by the audience, reads Bitale; civil society does; the observer and the trader's cooperative
    do not; the exact place is the secretariat's and the author's; the source the secretariat's."""
    document = f"""{{ node(id: "Request:{demo_id("request", "bitale")}") {{ ... on Request {{ title
      narrative {{ text }} exactPlace {{ stated }} source {{ code }} }} }} }}"""
    seen = {name: (await world.ask(name, document))["node"] for name in of_group("sk")}
    assert seen.pop("sk.donor") is None
    assert all(seen.values())
    reads = {name for name, row in seen.items() if row["narrative"]}
    secretariat = {"sk.coordinator", "sk.officer", "sk.custodian"}
    assert reads == {*secretariat, "sk.pmh", "sk.mines", "sk.cso", "sk.cso2", "sk.host", "sk.cls-kalehe"}
    assert {name for name, row in seen.items() if row["exactPlace"]} == {*secretariat, "sk.cls-kalehe"}
    assert {name for name, row in seen.items() if row["source"]} == secretariat
    assert {row["exactPlace"]["stated"] for row in seen.values() if row["exactPlace"]} == {
        "Bitale, zones d'exploitation artisanale 798 et 799"
    }


async def test_the_observer_reads_no_narrative_but_of_an_audience_that_names_it(world: World) -> None:
    document = "{ requests { nodes { title narrative { text } } } cases { nodes { title narrative { text } } } }"
    for code in GROUPS:
        answer = await world.ask(f"{code}.observer", document)
        rows = [*answer["requests"]["nodes"], *answer["cases"]["nodes"]]
        assert EVERYBODY[f"{code}.observer"].category is Category.PARTNER
        read = {row["title"] for row in rows if row["narrative"]}
        assert read == {title(code, "tabled"), title(code, "near"), f"{title(code, 'near')}: dossier"}
        assert len(rows) > len(read)


@each_group
async def test_the_focal_point_sees_the_cases_of_its_area_and_nothing_told_of_them(world: World, code: str) -> None:
    answer = await world.ask(FOCAL[code], CASES)
    rows = answer["cases"]["nodes"]
    everything = await world.ask(f"{code}.coordinator", CASES)
    assert {row["place"]["pcode"] for row in rows} == {AREA[code]}
    assert 0 < len(rows) < len(everything["cases"]["nodes"])
    assert not any(row["narrative"] or row["exactPlace"] for row in rows)
    assert not any(each["note"] for row in rows for each in row["activities"]["nodes"])
    document = "{ meetings { totalCount } requests { totalCount nodes { title } } }"
    other = await world.ask(FOCAL[code], document)
    own = {"quiet"} if code == "lub" else {"quiet", "bitale"}
    assert other["meetings"]["totalCount"] == 0
    assert other["requests"]["totalCount"] == len(own)
