"""Reading from a group is what it would be if there were no other: byte for byte, by any field, filter, page or id:
of one of two groups in turn, and in `make prove` of both.

The documents are made by walking the schema. `alone` is the same database without the other group's rows.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from isolation.contract import CONTRACT, NOT_PAGED, QUERY, SCHEMA
from isolation.world import AREA, ELSEWHERE, FOCAL, GROUPS, OTHER, OWNED, REGISTRY, one_of_each
from sizes import in_turn
from sqlalchemy import Text, Uuid

from api.graph.declare import PUBLISHED
from api.proof import documents
from api.proof.documents import UUID_TEXT, Lists
from schema.nodes import Node

if TYPE_CHECKING:
    import httpx
    from isolation.world import Rows, World

CODES = sorted(GROUPS)
NODES = {
    name: published.table.__tablename__ for name, published in PUBLISHED.items() if issubclass(published.type, Node)
}
NETWORK = {"WorkingGroup", "Organisation", "OrganisationLink"}
"""Types whose rows are the network's, for every seat to see."""

SHORTEST = 8
"""Shorter texts stand by chance in other words."""

BY_ID = "query($id: ID!, $ids: [ID!]!) { node(id: $id) { __typename id } nodes(ids: $ids) { __typename id } }"


@dataclass(frozen=True)
class Readings:
    """Reads from the world and from the same world without the other group."""

    world: World
    alone: dict[str, World] = field(repr=False)
    secrets: dict[str, tuple[set[str], set[str]]] = field(repr=False)

    async def alike(self, persona: str, document: str) -> None:
        """The answer is the same in both, compiled or not, and tells nothing that is the other group's."""
        code = persona.partition(".")[0]
        answer = await self.world.read(persona, document)
        assert "errors" not in answer.json(), answer.text
        assert not self.told(answer.text, code)
        same(answer, await self.alone[code].post(persona, document))

    def told(self, answer: str, code: str) -> set[str]:
        """What an answer, its cursors included, tells of another group's ids and texts."""
        ids, texts = self.secrets[OTHER[code]]
        readable = documents.readable(answer)
        return (set(UUID_TEXT.findall(readable)) & ids) | {text for text in texts if text in readable}


@pytest.fixture(scope="module")
def readings(world: World, alone: dict[str, World], truth: dict[str, Rows]) -> Readings:
    own = {code: own_of(truth[code], code) for code in GROUPS}
    secrets = {}
    for code, (ids, texts) in own.items():
        other_ids, other_texts = own[OTHER[code]]
        secrets[code] = (ids - other_ids, texts - other_texts)
    assert all(len(ids) > 100 and len(texts) > 10 for ids, texts in secrets.values())
    return Readings(world, alone, secrets)


def own_of(rows: Rows, code: str) -> tuple[set[str], set[str]]:
    """The ids and texts of a group's rows; what they name of the network is not the group's."""
    ids, texts = set(), {f"Kanari {code}"}
    for name, table in OWNED.items():
        for column in table.columns:
            values = [row[column.name] for row in rows[name]]
            if any(key.column.table.name in REGISTRY for key in column.foreign_keys):
                continue
            if isinstance(column.type, Uuid):
                ids |= {str(value) for value in values if value not in {None, GROUPS[code]}}
            elif isinstance(column.type, Text):
                texts |= {value for value in values if value is not None and len(value) >= SHORTEST}
    return ids, texts


def test_every_root_field_is_tried() -> None:
    assert set(QUERY) == {*CONTRACT.roots(), *NOT_PAGED}


def test_every_published_type_is_reached() -> None:
    assert set(CONTRACT.paths()) == set(PUBLISHED)


def test_every_type_with_an_id_is_a_groups_or_the_networks() -> None:
    assert {name for name, table in NODES.items() if table not in OWNED} == NETWORK


@pytest.mark.proof
@pytest.mark.parametrize(("name", "code"), in_turn(sorted(set(NODES) - NETWORK), CODES))
async def test_an_id_of_another_group_is_not_found(world: World, truth: dict[str, Rows], name: str, code: str) -> None:
    theirs = [f"{name}:{row.get('id', GROUPS[OTHER[code]])}" for row in truth[OTHER[code]][NODES[name]]][:100]
    nobodys = [f"{name}:{uuid.uuid4()}" for _ in theirs]
    assert theirs
    for persona in one_of_each(code):
        answers = [await world.read(persona, BY_ID, {"id": ids[0], "ids": ids}) for ids in (theirs, nobodys)]
        same(*answers)


@pytest.mark.proof
@pytest.mark.parametrize(("name", "code"), in_turn(sorted(set(NODES) - NETWORK), CODES))
async def test_an_id_of_ones_own_group_is_found(world: World, truth: dict[str, Rows], name: str, code: str) -> None:
    """So that the test before this one asks for something that is there."""
    persona = f"{code}.cso" if name == "Notice" else f"{code}.coordinator"
    ids = [f"{name}:{row.get('id', GROUPS[code])}" for row in truth[code][NODES[name]]][:100]
    found = [row["id"] for row in (await world.ask(persona, BY_ID, {"id": ids[0], "ids": ids}))["nodes"] if row]
    assert found == ids or (name == "Notice" and found)


@pytest.mark.proof
@pytest.mark.parametrize(("name", "code"), in_turn(sorted(PUBLISHED), CODES))
async def test_what_a_type_shows_is_ones_own_groups(readings: Readings, name: str, code: str) -> None:
    kind = SCHEMA.type_map[name]
    document = CONTRACT.along(CONTRACT.paths()[name], documents.selection(kind, depth=1))
    others = [f"{code}.custodian", f"{code}.company", f"{code}.observer", FOCAL[code]]
    for persona in (f"{code}.coordinator", others[sorted(PUBLISHED).index(name) % len(others)]):
        await readings.alike(persona, document)


@pytest.mark.proof
@pytest.mark.parametrize(("name", "code"), in_turn(sorted(CONTRACT.roots()), CODES))
async def test_a_list_is_ones_own_groups(readings: Readings, name: str, code: str) -> None:
    theirs = await readings.world.ask(
        f"{OTHER[code]}.coordinator", f"{{ {name}(first: 100) {{ edges {{ cursor }} }} }}"
    )
    cursors = documents.some(list(documents.cursors(theirs)))
    lists = Lists(name, CONTRACT.roots()[name], [*AREA.values(), *ELSEWHERE.values(), "CD62", "CD71"], cursors)
    for index, document in enumerate(lists.documents()):
        await readings.alike(f"{code}.{('coordinator', 'cso')[index % 2]}", document)


@pytest.mark.proof
@pytest.mark.parametrize(("name", "edge", "code"), in_turn(CONTRACT.nested(), CODES))
async def test_a_list_below_a_row_is_ones_own_groups(readings: Readings, name: str, edge: str, code: str) -> None:
    path, connection = CONTRACT.paths()[name], SCHEMA.type_map[name].fields[edge]
    theirs = CONTRACT.along(path, f"{edge} {{ edges {{ cursor }} }}")
    asked = await readings.world.ask(f"{OTHER[code]}.coordinator", theirs)
    ways = documents.pages(documents.some(list(documents.cursors(asked)))[:1])
    inner = documents.brief(documents.row_type(connection))
    lists = [f"a{index}: {documents.asked(edge, connection, inner, f'({way})')}" for index, way in enumerate(ways)]
    await readings.alike(f"{code}.coordinator", CONTRACT.along(path, " ".join(lists)))


def same(one: httpx.Response, other: httpx.Response) -> None:
    assert one.content == other.content
    assert one.status_code == other.status_code
    assert one.headers == other.headers
