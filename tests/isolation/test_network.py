"""Seats of the network see that there are groups, where they stand and how many sit in them; of casework nothing: no
row, count, id, text, or error that betrays one. Generated: what is published tomorrow is tried unasked."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from isolation.contract import ACTS, CONTRACT, SCHEMA
from isolation.test_reads import BY_ID, NETWORK, NODES, SHORTEST, own_of, same
from isolation.world import CONSUMERS, GROUPS, OVERVIEW, changed

from api.demo.roster import GROUPS as OPENED
from api.graph.declare import PUBLISHED
from api.proof import documents
from api.proof.arguments import DOORS
from api.proof.documents import UUID_TEXT
from api.seat import NETWORK as NETWORK_ID

if TYPE_CHECKING:
    from isolation.world import Rows, World

each_consumer = pytest.mark.parametrize("persona", CONSUMERS)
SEEN_BY_ALL = {"groups", "organisations", "places"}
"""Lists of what the network knows."""


@pytest.fixture(scope="module")
def secrets(truth: dict[str, Rows]) -> tuple[set[str], set[str]]:
    """Ids and texts of the groups that no overview tells."""
    ids: set[str] = set()
    texts: set[str] = set()
    told: set[str] = set()
    for code, rows in truth.items():
        mine = own_of(rows, code)
        ids |= mine[0]
        texts |= mine[1]
        told |= {str(row["id"]) for name in OVERVIEW for row in rows[name] if "id" in row.keys()}  # noqa: SIM118 - a record
    assert len(ids - told) > 200
    assert all(len(text) >= SHORTEST for text in texts)
    return ids - told, texts


@each_consumer
@pytest.mark.parametrize("name", sorted(PUBLISHED))
async def test_no_way_leads_to_casework(
    world: World, secrets: tuple[set[str], set[str]], name: str, persona: str
) -> None:
    kind = SCHEMA.type_map[name]
    asked = CONTRACT.along(CONTRACT.paths()[name], documents.selection(kind, depth=1))
    answer = await world.read(persona, asked)
    assert "errors" not in answer.json(), answer.text
    readable = documents.readable(answer.text)
    ids, texts = secrets
    assert not set(UUID_TEXT.findall(readable)) & ids
    assert not {text for text in texts if text in readable}


@each_consumer
@pytest.mark.parametrize("name", sorted(set(CONTRACT.roots()) - SEEN_BY_ALL))
async def test_a_list_counts_what_is_the_networks_own(world: World, name: str, persona: str) -> None:
    """Its own seat or seats; of everything else nothing, whatever the groups have."""
    found = (await world.ask(persona, f"{{ {name}(first: 100) {{ totalCount nodes {{ __typename }} }} }}"))[name]
    own = {"network.admin": 4}.get(persona, 1) if name == "seats" else 0
    assert (found["totalCount"], len(found["nodes"])) == (own, own)


@each_consumer
@pytest.mark.parametrize("name", sorted(set(NODES) - NETWORK))
async def test_an_id_of_a_group_is_not_found(world: World, truth: dict[str, Rows], name: str, persona: str) -> None:
    overview = NODES[name] in OVERVIEW and persona != "network.auditor"
    for code, rows in truth.items():
        theirs = [f"{name}:{row.get('id', GROUPS[code])}" for row in rows[NODES[name]]][:50]
        nobodys = [f"{name}:{uuid.uuid4()}" for _ in theirs]
        answers = [await world.read(persona, BY_ID, {"id": ids[0], "ids": ids}) for ids in (theirs, nobodys)]
        assert (answers[0].content != answers[1].content) == overview
        if not overview:
            same(*answers)


@each_consumer
async def test_no_act_tells_whether_a_row_is_there(scratch: World, truth: dict[str, Rows], persona: str) -> None:
    before = await scratch.state()
    for reference in ACTS.every_reference():
        row = truth["sk"][reference.table][0]
        given = next(ACTS.tries(reference.mutation, truth["sk"], but=reference))
        asked = ACTS.document(reference.mutation)
        theirs = await scratch.post(persona, asked, given | ACTS.named(reference, row))
        nobodys = await scratch.post(persona, asked, given | ACTS.named(reference, {**row, "id": uuid.uuid4()}))
        same(theirs, nobodys)
        assert theirs.json()["data"][reference.mutation]["__typename"] in {"NotAllowed", "NotFound"}, reference
    assert changed(before, await scratch.state()) <= {"network.audit_lines"}


@pytest.mark.parametrize("persona", sorted({*CONSUMERS} - {"network.admin"}))
async def test_every_refusal_is_typed_and_written_down(scratch: World, truth: dict[str, Rows], persona: str) -> None:
    """Also without a group to write it down in: the network has an audit of its own."""
    before, lines = await scratch.state(), await audited(scratch)
    tried = sorted(set(ACTS.fields) - set(DOORS))
    for mutation in tried:
        given = next(ACTS.tries(mutation, truth["sk"]))
        answer = await scratch.post(persona, ACTS.document(mutation), given, Idempotency_Key=f"{mutation}-{persona}")
        assert answer.json()["data"][mutation]["code"] == "NOT_ALLOWED", answer.text
    assert changed(before, await scratch.state()) == {"network.audit_lines"}
    assert await audited(scratch) == lines + len(tried)


async def audited(world: World) -> int:
    """How many lines the network's audit has."""
    async with world.owner() as owner:
        found: int = await owner.fetchval("SELECT count(*) FROM audit_lines WHERE group_id = $1", NETWORK_ID)
        return found


OVERVIEW_ASKED = """{ groups { totalCount nodes { code nameFr standings(first: 1) { nodes { standing since } }
    phases(first: 1) { nodes { phase } } jurisdictions { nodes { place { pcode } } }
    seatTally { government privateSector civilSociety withoutPillar } settings { version } } } }"""


@pytest.mark.parametrize("persona", CONSUMERS[:3])
async def test_the_overview(world: World, persona: str) -> None:
    groups = (await world.ask(persona, OVERVIEW_ASKED))["groups"]
    assert [group["code"] for group in groups["nodes"]] == ["kin", "lub", "sk"]
    assert groups["totalCount"] == len(OPENED)
    kin, lub, sk = groups["nodes"]
    assert kin["seatTally"] == {"government": 7, "privateSector": 2, "civilSociety": 3, "withoutPillar": 2}
    assert all(sum(group["seatTally"].values()) > 10 for group in (lub, sk))
    assert [row["standing"] for row in sk["standings"]["nodes"]] == ["ACTIVE"]
    assert {row["place"]["pcode"] for row in lub["jurisdictions"]["nodes"]} == {"CD71", "CD72", "CD20"}
    assert not any(group["settings"] for group in groups["nodes"])


async def test_a_group_sees_of_others_their_names(world: World) -> None:
    """And the auditor too: lines of the audit are its matter."""
    for persona, own in (("sk.coordinator", "sk"), ("lub.cso", "lub"), ("network.auditor", None)):
        for group in (await world.ask(persona, OVERVIEW_ASKED))["groups"]["nodes"]:
            shown: dict[str, Any] = {name: group[name] for name in ("seatTally", "settings")}
            lists = [group[name]["nodes"] for name in ("standings", "phases", "jurisdictions")]
            if group["code"] == own:
                assert all(shown.values())
                assert all(lists)
            else:
                assert not any(shown.values())
                assert not any(lists)
