"""Importing site visits into the real database: what is there afterwards, and what a second run finds."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from imports.conftest import TABLES
from ipis_rows import HEADER, cells

from api.errors import StartRefused
from api.imports import ipis, sites
from api.imports.sites import BATCH

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from imports.conftest import Imports

    Group = Callable[[], Awaitable[Imports]]

REAL = Path(__file__).parents[3] / "shared" / "data" / "ipis_sud_kivu.csv"


def counts(report: sites.Report) -> list[str]:
    return [line for line in report.lines() if line.endswith("unchanged.")]


async def test_a_second_run_changes_nothing_and_says_so(into: Imports) -> None:
    rows = [cells(vid=str(vid), pcode=f"codmine9000{vid % 3}", mineral1="Or") for vid in range(1, 6)]
    assert counts(await into.run(rows)) == [
        "5 visits: 5 new, 0 changed, 0 unchanged.",
        "3 sites: 3 new, 0 changed, 0 unchanged.",
    ]
    before, acts = await into.state(), await into.acts()
    assert counts(await into.run(rows)) == [
        "5 visits: 0 new, 0 changed, 5 unchanged.",
        "3 sites: 0 new, 0 changed, 3 unchanged.",
    ]
    assert await into.state() == before
    assert (acts, await into.acts()) == (1, 1)


async def test_what_differs_is_changed_and_nothing_else(into: Imports) -> None:
    first = [cells(vid="1", workers_numb="5", mineral1="Or", mineral2="Coltan"), cells(vid="2", pcode="codmine90002")]
    await into.run(first)
    ids = await into.ask("sites { nodes { id visits { nodes { id } } } }")
    changed = [cells(vid="1", workers_numb="7", mineral1="Cassitérite"), first[1]]
    assert counts(await into.run(changed)) == [
        "2 visits: 0 new, 1 changed, 1 unchanged.",
        "2 sites: 0 new, 0 changed, 2 unchanged.",
    ]
    asked = 'sites(filter: {code: "codmine90001"}) { nodes { latestVisit { workers minerals { nodes { mineral } } } } }'
    (site,) = (await into.ask(asked))["sites"]["nodes"]
    assert site["latestVisit"] == {"workers": 7, "minerals": {"nodes": [{"mineral": "CASSITERITE"}]}}
    assert (await into.ask("sites(filter: {mineral: [GOLD, COLTAN]}) { totalCount }"))["sites"]["totalCount"] == 0
    assert await into.ask("sites { nodes { id visits { nodes { id } } } }") == ids
    assert counts(await into.run(changed))[0] == "2 visits: 0 new, 0 changed, 2 unchanged."
    assert counts(await into.run(first))[0] == "2 visits: 0 new, 1 changed, 1 unchanged."
    (site,) = (await into.ask(asked))["sites"]["nodes"]
    assert [each["mineral"] for each in site["latestVisit"]["minerals"]["nodes"]] == ["GOLD", "COLTAN"]


async def test_what_is_in_the_database_and_not_in_the_file_stays(into: Imports) -> None:
    await into.run([cells(vid="1"), cells(vid="2")])
    assert counts(await into.run([cells(vid="2")]))[0] == "1 visit: 0 new, 0 changed, 1 unchanged."
    assert len(await into.facts()) == 2


async def test_a_dry_run_says_what_an_import_would_do_and_writes_nothing(into: Imports) -> None:
    """Also over several transactions' worth of rows of the same sites."""
    rows = [cells(vid=str(vid), pcode=f"codmine9{vid % 7}") for vid in range(1, 2 * BATCH + 10)]
    before = await into.state()
    said = counts(await into.run(rows, dry_run=True))
    assert said == [
        f"{len(rows)} visits: {len(rows)} new, 0 changed, 0 unchanged.",
        "7 sites: 7 new, 0 changed, 0 unchanged.",
    ]
    assert await into.state() == before
    assert counts(await into.run(rows)) == said
    assert await into.acts() == 3


async def test_a_bad_row_is_reported_and_the_rest_is_imported(into: Imports) -> None:
    rows = [
        cells(vid="1"),
        cells(vid="2", visit_date="hier"),
        cells(vid="1", name="Encore"),
        cells(vid="4", village="v" * 2_000),
        cells(vid="5", village="nul\x00"),
        cells(vid="6", village=b"\xe9".decode("utf-8", "surrogateescape")),
        cells(vid="7", territoire="Pangi"),
        cells(vid="8"),
    ]
    file = into.file(rows)
    file.write_bytes(
        file.read_bytes()
        + b'9,"never closed\r\n'
        + into.file([cells(vid="10")], "more.csv").read_bytes().partition(b"\r\n")[2]
    )
    report = await into.run(file)
    assert [(each.line, each.vid, each.problem.column, each.problem.code) for each in report.found] == [
        (3, "2", "visit_date", "VISIT_DATE_INVALID"),
        (4, "1", "vid", "VISIT_NUMBER_TWICE"),
        (5, "4", "village", "TEXT_LENGTH"),
        (6, "5", "village", "TEXT_INVALID"),
        (7, "6", "village", "ROW_NOT_UTF8"),
        (8, "7", "territoire", "TERRITORY_UNKNOWN"),
        (10, "", "", "ROW_LENGTH"),
    ]
    assert report.refused == 6
    assert "line 2" in report.found[1].sentence(0)
    assert [json.loads(each)["vid"] for each in await into.facts()] == [1, 7, 8, 10]
    written = into.folder / "report.csv"
    report.write(written)
    assert written.read_text(encoding="utf-8").count("\n") == 8


async def test_an_unresolved_place_is_kept_as_text_without_a_pcode(into: Imports) -> None:
    report = await into.run([cells(vid="1", territoire="Walungu et Kabare"), cells(vid="2", pcode="codmine90002")])
    assert [each.problem.value for each in report.found] == ["Walungu et Kabare"]
    nodes = (await into.ask("sites { nodes { place { name } province { name } statedTerritory } }"))["sites"]["nodes"]
    assert nodes == [
        {"place": None, "province": {"name": "Sud-Kivu"}, "statedTerritory": "Walungu et Kabare"},
        {"place": {"name": "Kalehe"}, "province": {"name": "Sud-Kivu"}, "statedTerritory": "Kalehe"},
    ]


async def test_names_repeat_over_different_sites(into: Imports) -> None:
    await into.run([cells(vid="1", cid="1", id="1"), cells(vid="2", cid="1", id="1", pcode="codmine90002")])
    nodes = (await into.ask("sites { nodes { name visits { totalCount } } }"))["sites"]["nodes"]
    assert nodes == [{"name": "Mfano", "visits": {"totalCount": 1}}] * 2


@pytest.mark.parametrize("reversed_", [False, True])
async def test_the_latest_visit_is_the_greatest_by_date_and_then_by_number(into: Imports, *, reversed_: bool) -> None:
    """Of whatever source, wherever it stands in the file; and it says what the site is called."""
    rows = [
        cells(vid="9", visit_date="2018-09-07", workers_numb="9", name="Neuf"),
        cells(vid="10", visit_date="2018-09-07", source="Mfano 2", name="Dix"),
        cells(vid="11", visit_date="2017-01-01", workers_numb="11", name="Onze"),
    ]
    for row in reversed(rows) if reversed_ else rows:
        await into.run([row])
    (site,) = (await into.ask("sites { nodes { name latestVisit { vid workers } visits { nodes { vid } } } }"))[
        "sites"
    ]["nodes"]
    assert site["latestVisit"] == {"vid": 10, "workers": None}, "a blank is not filled from an older visit"
    assert site["name"] == "Dix"
    assert [each["vid"] for each in site["visits"]["nodes"]] == [10, 9, 11]


async def test_a_visit_that_turns_out_to_be_another_sites_leaves_the_first(into: Imports) -> None:
    await into.run([cells(vid="1", qualification="Vert"), cells(vid="2", pcode="codmine90002")])
    await into.run([cells(vid="1", qualification="Vert", pcode="codmine90002", visit_date="2019-01-02")])
    nodes = (await into.ask("sites { nodes { latestVisit { vid } status { status } } }"))["sites"]["nodes"]
    assert nodes == [{"latestVisit": None, "status": None}, {"latestVisit": {"vid": 1}, "status": {"status": "GREEN"}}]


@pytest.mark.parametrize(
    ("bom", "end"), [(b"", "\n"), (b"\xef\xbb\xbf", "\r\n"), (b"\xef\xbb\xbf", "\n"), (b"", "\r\n")]
)
async def test_with_and_without_bom_and_carriage_returns(into: Imports, bom: bytes, end: str) -> None:
    """The first column is one that is read."""
    file = into.file([cells(vid="1"), cells(vid="2")], header=ipis.COLUMNS, end=end)
    file.write_bytes(bom + file.read_bytes())
    assert counts(await into.run(file))[0] == "2 visits: 2 new, 0 changed, 0 unchanged."


async def test_a_file_of_another_kind_is_refused_by_the_columns_that_it_lacks(into: Imports) -> None:
    for header, said in (
        ([name for name in HEADER if name not in {"vid", "women"}], "it has no vid, women."),
        (["a", "b"], "it has no vid, source, project, "),
        ([*HEADER, "vid"], "columns of the same name: leave one of vid."),
    ):
        with pytest.raises(StartRefused, match=said.replace(".", r"\.")):
            await into.run(into.file([], header=header))
    empty = into.folder / "empty.csv"
    empty.touch()
    for file in (empty, into.folder, into.folder / "nowhere.csv"):
        with pytest.raises(StartRefused):
            await into.run(file)
    assert await into.facts() == []


async def test_a_group_that_is_none_is_refused(into: Imports) -> None:
    with pytest.raises(StartRefused, match=r"No group has the code nobody; there are .*\bimp"):
        await sites.import_sites(into.store, "nobody", into.file([cells()]), lambda _: None, dry_run=False)


async def test_two_imports_at_once_are_one(group: Group) -> None:
    """Each finds what the other brought; nothing is there twice."""
    into, alone = await group(), await group()
    rows = [cells(vid=str(vid), pcode=f"codmine9{vid % 50}") for vid in range(1, 3 * BATCH)]
    await asyncio.gather(*(into.run(rows) for _ in range(3)))
    await alone.run(rows)
    assert await into.facts() == await alone.facts()
    assert counts(await into.run(rows))[0] == f"{len(rows)} visits: 0 new, 0 changed, {len(rows)} unchanged."


async def test_a_group_does_not_see_what_is_imported_into_another(group: Group) -> None:
    one, other = await group(), await group()
    await one.run([cells()])
    assert (await other.ask("sites { totalCount }"))["sites"]["totalCount"] == 0
    assert counts(await other.run([cells()]))[0] == "1 visit: 1 new, 0 changed, 0 unchanged."


@pytest.mark.skipif(
    not REAL.exists(), reason="IPIS' file is not beside this checkout: ../shared/data/ipis_sud_kivu.csv"
)
async def test_the_real_file_has_1432_visits_and_changes_nothing_the_second_time(into: Imports) -> None:
    report = await into.run(REAL)
    assert counts(report) == [
        "1,432 visits: 1,432 new, 0 changed, 0 unchanged.",
        "775 sites: 775 new, 0 changed, 0 unchanged.",
    ]
    assert report.refused == 0
    places = {each.problem.value for each in report.found if each.problem.code == "TERRITORY_UNKNOWN"}
    assert places == {"Walungu et Kabare", "Pangi"}
    before = await into.state()
    report = await into.run(REAL)
    assert counts(report) == [
        "1,432 visits: 0 new, 0 changed, 1,432 unchanged.",
        "775 sites: 0 new, 0 changed, 775 unchanged.",
    ]
    assert await into.state() == before
    assert set(before) == set(TABLES)
    found = await into.ask('sites(filter: {code: "codmine00917"}) { nodes { place { pcode } visits { totalCount } } }')
    assert found["sites"]["nodes"] == [{"place": {"pcode": "CD6205"}, "visits": {"totalCount": 10}}]
