"""Everything that a document may ask with, by name: compiled where it can be, with the executor's answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from alike import reads, same
from compiled import features, features_of_rows
from compiled.features import ANY, Asked

if TYPE_CHECKING:
    from isolation.world import World

FEATURES: dict[str, Asked] = {
    f"{about.lower()}: {name}": asked
    for module in (features, features_of_rows)
    for about, table in vars(module).items()
    if isinstance(table, dict) and about.isupper()
    for name, asked in table.items()
}


@pytest.mark.parametrize("asked", FEATURES.values(), ids=FEATURES)
async def test_a_feature_is_read_alike(world: World, asked: Asked) -> None:
    """Asked twice: a plan that is kept answers as the one that was made."""
    for _ in range(2):
        compiled, executor = await world.both(asked.by, asked.source, asked.variables, asked.name)
        same(compiled, executor)
        body = compiled.json()
        assert [(error["path"], error["extensions"]["code"]) for error in body.get("errors", ())] == list(asked.errors)
        assert asked.data is ANY or body["data"] == asked.data
        assert reads(compiled) == asked.reads
        assert reads(executor) == "EXECUTOR SWITCHED_OFF"


PAGED = """query($first: Int, $after: String, $last: Int, $before: String) {
  list: %s(first: $first, after: $after, last: $last, before: $before) {
    totalCount edges { cursor } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } }"""
LISTS: dict[str, tuple[str, str]] = {
    "sk.coordinator": ("cases", "requests"),
    "sk.officer": ("sites", "seats"),
    "national.analyst": ("places", "organisations"),
}


@pytest.mark.parametrize(("persona", "name"), [(persona, name) for persona, names in LISTS.items() for name in names])
async def test_a_list_has_the_same_pages_forward_and_backward_in_both_ways(
    world: World, persona: str, name: str
) -> None:
    """From one end to the other; many of its rows share a key of the order."""
    source = PAGED % name
    forward = await walked(world, persona, source, ("first", "after"), ("hasNextPage", "endCursor"))
    backward = await walked(world, persona, source, ("last", "before"), ("hasPreviousPage", "startCursor"))
    assert [each for page in forward for each in page] == [each for page in reversed(backward) for each in page]
    assert len({each for page in forward for each in page}) == sum(map(len, forward)) > 10


async def walked(
    world: World, persona: str, source: str, given: tuple[str, str], told: tuple[str, str]
) -> list[list[str]]:
    """The cursors of each page, until it says that there is no other."""
    pages: list[list[str]] = []
    variables: dict[str, Any] = {given[0]: 7}
    while True:
        compiled, executor = await world.both(persona, source, variables)
        same(compiled, executor)
        page = compiled.json()["data"]["list"]
        pages.append([edge["cursor"] for edge in page["edges"]])
        assert (page["pageInfo"]["startCursor"], page["pageInfo"]["endCursor"]) == (pages[-1][0], pages[-1][-1])
        if not page["pageInfo"][told[0]]:
            assert sum(map(len, pages)) == page["totalCount"]
            return pages
        variables[given[1]] = page["pageInfo"][told[1]]
