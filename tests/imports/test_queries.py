"""Sites as they are asked for: filters, pages, the latest visit, and what an ICGLR status is worth today."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from ipis_rows import cells

from api.sites.rules import IcglrStatus, expires_on

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from imports.conftest import Imports


def ago(days: int) -> str:
    return (datetime.now(UTC).date() - timedelta(days=days)).isoformat()


TODAY = ago(0)
ROWS = [
    cells(vid="1", pcode="codmine1", qualification="Vert", visit_date=ago(30), mineral1="Cassitérite", mineral2="Or"),
    cells(vid="2", pcode="codmine2", qualification="Vert", visit_date=ago(500), mineral1="Or"),
    cells(vid="3", pcode="codmine2", visit_date=ago(10), mineral1="Coltan"),
    cells(vid="4", pcode="codmine3", qualification="Jaune", visit_date=ago(100), territoire="Fizi"),
    cells(vid="5", pcode="codmine4", qualification="Rouge", visit_date=ago(200), territoire="Pangi"),
    cells(vid="6", pcode="codmine5", qualification="Bleu", visit_date=ago(4 * 366), mineral1="Mfanolite"),
    cells(vid="7", pcode="codmine6", qualification="No class", visit_date=ago(900), mineral1="Or"),
    cells(vid="8", pcode="codmine7", visit_date=ago(400)),
]


@pytest.fixture(scope="module")
async def full(group: Callable[[], Awaitable[Imports]]) -> Imports:
    made = await group()
    await made.run(ROWS)
    return made


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ("", "1234567"),
        ('code: ["codmine2", "codmine5", "codmine99"]', "25"),
        ('pcode: ["CD6205"]', "12567"),
        ('pcode: ["CD6210", "CD6205"]', "123567"),
        ('province: ["CD62"]', "1234567"),
        ('province: ["CD63"]', ""),
        ("kind: [ASM]", "1234567"),
        ("kind: [LSM]", ""),
        ("mineral: [GOLD]", "16"),  # what the latest visit saw, and no older one
        ("mineral: [GOLD, COLTAN]", "126"),
        ("mineral: [OTHER]", "5"),
        ("icglrStatus: [GREEN]", "12"),
        (f'icglrStatus: [GREEN], statusExpiresAfter: "{TODAY}"', "1"),
        (f'statusExpiresAfter: "{TODAY}"', "13"),
        (f'lastVisitedBefore: "{ago(365)}"', "567"),
        (f'lastVisitedBefore: "{ago(400)}"', "56"),
        (f'lastVisitedBefore: "{ago(365)}", mineral: [GOLD]', "6"),
        ("mineral: []", ""),
        ("mineral: null, lastVisitedBefore: null", "1234567"),
    ],
)
async def test_filters(full: Imports, given: str, codes: str) -> None:
    asked = f"sites(filter: {{{given}}}) {{ totalCount nodes {{ code }} }}"
    answer = (await full.ask(asked))["sites"]
    assert [each["code"] for each in answer["nodes"]] == [f"codmine{code}" for code in codes]
    assert answer["totalCount"] == len(codes)


async def test_a_site_that_nobody_ever_visited_was_last_visited_before_any_day(full: Imports) -> None:
    """QS5: sites without a visit in twelve months. The demonstration's have none."""
    asked = f'{{ sites(filter: {{lastVisitedBefore: "{ago(365)}"}}) {{ totalCount }} }}'
    answer = await full.team.client.ask("sk.coordinator", asked)
    assert answer["sites"]["totalCount"] == 6


async def test_a_filtered_list_is_walked_in_pages(full: Imports) -> None:
    seen: list[str] = []
    at = ""
    while True:
        asked = "nodes { code } pageInfo { endCursor hasNextPage }"
        page = (await full.ask(f"sites(filter: {{mineral: [GOLD, COLTAN]}}, first: 2{at}) {{ {asked} }}"))["sites"]
        seen += [each["code"] for each in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        at = f', after: "{page["pageInfo"]["endCursor"]}"'
    assert seen == ["codmine1", "codmine2", "codmine6"]


STATUS = "status { status standing stated given { start precision } expiresOn visit { vid } }"


async def statuses(full: Imports) -> dict[str, Any]:
    nodes = (await full.ask(f"sites {{ nodes {{ code {STATUS} }} }}"))["sites"]["nodes"]
    return {each["code"].removeprefix("codmine"): each["status"] for each in nodes}


async def test_an_expired_status_is_not_what_it_was(full: Imports) -> None:
    found = await statuses(full)
    assert {code: each and each["standing"] for code, each in found.items()} == {
        "1": "GREEN",
        "2": "EXPIRED",
        "3": "YELLOW",
        "4": "EXPIRED",
        "5": "RED",  # blue becomes red
        "6": "NONE",
        "7": None,
    }
    assert {code: each and each["status"] for code, each in found.items()} == {
        "1": "GREEN", "2": "GREEN", "3": "YELLOW", "4": "RED", "5": "BLUE", "6": "NONE", "7": None,
    }  # fmt: skip


async def test_a_status_says_since_when_and_until_when(full: Imports) -> None:
    found = (await statuses(full))["2"]
    given = datetime.fromisoformat(ago(500)).date()
    assert found == {
        "status": "GREEN",
        "standing": "EXPIRED",
        "stated": "Vert",
        "given": {"start": given.isoformat(), "precision": "DAY"},
        "expiresOn": str(expires_on(IcglrStatus.GREEN, given)),
        "visit": {"vid": 2},
    }


@pytest.mark.parametrize(("days", "standing"), [(0, "EXPIRED"), (-1, "YELLOW")])
async def test_a_status_is_over_on_its_last_day(into: Imports, days: int, standing: str) -> None:
    """Given so that it ends today, or tomorrow."""
    ends = datetime.now(UTC).date() - timedelta(days=days)
    given = next(
        day
        for day in (ends - timedelta(days=number) for number in range(170, 200))
        if (expires_on(IcglrStatus.YELLOW, day) or ends) >= ends
        and (expires_on(IcglrStatus.YELLOW, day - timedelta(days=1)) or ends) < ends
    )
    if expires_on(IcglrStatus.YELLOW, given) != ends:
        pytest.skip("no day has this one as its last: its month is longer than that of half a year before")
    await into.run([cells(qualification="Jaune", visit_date=given.isoformat())])
    (found,) = (await statuses(into)).values()
    assert (found["standing"], found["expiresOn"]) == (standing, ends.isoformat())


async def test_a_status_of_a_year_counts_from_its_first_day(into: Imports) -> None:
    """Whenever in the year it was given, it is not said to last longer than is known."""
    await into.run([cells(project="Qualification status", visit_date="2019-01-01", qualification="Vert")])
    (found,) = (await statuses(into)).values()
    assert (found["given"], found["expiresOn"]) == ({"start": "2019-01-01", "precision": "YEAR"}, "2020-01-01")


async def test_a_later_visit_without_a_status_takes_none_away_and_a_later_status_does(into: Imports) -> None:
    await into.run(
        [cells(vid="1", visit_date="2018-01-02", qualification="Vert"), cells(vid="2", visit_date="2019-01-02")]
    )
    assert (await statuses(into))["90001"]["status"] == "GREEN"
    await into.run([cells(vid="3", visit_date="2019-01-03", qualification="Not class")])
    asked = (
        "sites { nodes { status { status } statuses { totalCount nodes { status } } latestVisit { vid icglrStatus } } }"
    )
    assert (await into.ask(asked))["sites"]["nodes"] == [
        {
            "status": {"status": "NONE"},
            "statuses": {"totalCount": 2, "nodes": [{"status": "NONE"}, {"status": "GREEN"}]},
            "latestVisit": {"vid": 3, "icglrStatus": "NONE"},
        }
    ]


async def test_node_finds_sites_and_visits(full: Imports) -> None:
    (site,) = (await full.ask('sites(filter: {code: "codmine2"}) { nodes { id latestVisit { id } } }'))["sites"][
        "nodes"
    ]
    asked = f"""nodes(ids: ["{site["id"]}", "{site["latestVisit"]["id"]}"]) {{
      ... on Site {{ code }} ... on SiteVisit {{ vid site {{ code }} presence services }} }}"""
    assert (await full.ask(asked))["nodes"] == [
        {"code": "codmine2"},
        {"vid": 3, "site": {"code": "codmine2"}, "presence": "NOT_RECORDED", "services": None},
    ]


async def test_a_focal_point_sees_the_sites_of_its_area(full: Imports) -> None:
    """Those that did not resolve are in no area."""
    answer = (await full.ask("sites { totalCount nodes { place { pcode } } }", "focal"))["sites"]
    assert (answer["totalCount"], {each["place"]["pcode"] for each in answer["nodes"]}) == (5, {"CD6205"})
