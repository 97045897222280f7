"""Documents made to be costly are refused at the endpoint before anything is compiled, and neighbours are answered.

What each stage refuses of them is in `tests/graph/test_limits.py`.
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx
    from isolation.world import World

PERSONA = "sk.coordinator"
AT_ONCE = 8
MEGABYTE = 1_048_576


def many(form: str, count: int) -> str:
    return " ".join(form.format(number) for number in range(count))


def doubling(form: str) -> str:
    """Twenty-five fragments that each spread the next one twice."""
    chain = "".join(f"fragment f{number} on Case{{{form.format(number + 1)}}}" for number in range(24))
    return f"{{cases{{nodes{{...f0}}}}}}{chain}fragment f24 on Case{{id}}"


HONEST = "{ requests(first: 20) { nodes { title narrative { text } place { name } } } cases { totalCount } }"
HOSTILE: dict[str, tuple[dict[str, Any], str]] = {
    "fragments that double": ({"query": doubling("...f{0} ...f{0}")}, "TOO_MANY_FIELDS"),
    "fragments that double beside fields": ({"query": doubling("id ...f{0} title ...f{0}")}, "TOO_MANY_FIELDS"),
    "fragments that double below fields": (
        {"query": doubling("a:request{{case{{...f{0}}}}}b:request{{case{{...f{0}}}}}")},
        "DOCUMENT_TOO_DEEP",
    ),
    "10,000 aliases": ({"query": f"{{actingSeat{{{many('a{}:id', 10_000)}}}}}"}, "DOCUMENT_TOO_LARGE"),
    "650 aliases": ({"query": f"{{actingSeat{{{many('a{}:id', 650)}}}}}"}, "TOO_MANY_ALIASES"),
    "300 lists": ({"query": f"{{{'cases{totalCount}' * 300}}}"}, "TOO_MANY_ROOT_FIELDS"),
    "depth 50": ({"query": "{cases{nodes" + "{request{case" * 24 + "{id}" + "}}" * 24 + "}}"}, "DOCUMENT_TOO_DEEP"),
    "1,000 directives": ({"query": f"{{actingSeat{{id{'@skip(if:true)' * 1_000}}}}}"}, "TOO_MANY_TOKENS"),
    "300 directives": ({"query": f"{{actingSeat{{id{'@skip(if:true)' * 270}}}}}"}, "TOO_MANY_DIRECTIVES"),
    "a megabyte of a document": ({"query": "#" * (MEGABYTE - 100)}, "DOCUMENT_TOO_LARGE"),
    "more than a megabyte": ({"query": "#" * MEGABYTE}, "BODY_TOO_LARGE"),
    "a megabyte of values": (
        {"query": "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", "variables": {"ids": ["Case:"] * 100_000}},
        "VARIABLES_TOO_LARGE",
    ),
    "rows of rows of rows": (
        {"query": "{ cases(first: 100) { nodes { timeline(first: 200) { nodes { kind case: request { id } } } } } }"},
        "COST_TOO_HIGH",
    ),
}


async def post(world: World, body: bytes) -> httpx.Response:
    bearer = {"Authorization": f"Bearer {world.token(PERSONA)}", "Content-Type": "application/json"}
    return await world.http.post("/graphql", content=body, headers=bearer)


async def seconds(world: World, body: bytes) -> float:
    """The best of three: what the work takes in this process, whatever else the machine does."""
    taken = []
    for _ in range(3):
        began = time.process_time()
        await post(world, body)
        taken.append(time.process_time() - began)
    return min(taken)


@pytest.fixture(scope="module")
async def bound(world: World) -> float:
    """A tenth of a second, or on a slow machine ten times what an honest document takes."""
    return max(0.1, 10 * await seconds(world, json.dumps({"query": HONEST}).encode()))


@pytest.mark.parametrize(("asked", "code"), HOSTILE.values(), ids=HOSTILE)
async def test_a_hostile_document_is_refused_at_once_and_its_neighbours_are_answered(
    world: World, bound: float, asked: dict[str, Any], code: str
) -> None:
    honest, body = json.dumps({"query": HONEST}).encode(), json.dumps(asked).encode()
    alone = await post(world, honest)
    assert "errors" not in alone.json()
    assert await seconds(world, body) < bound
    *refused, beside = await asyncio.gather(*(post(world, body) for _ in range(AT_ONCE)), post(world, honest))
    assert {answer.json()["errors"][0]["extensions"]["code"] for answer in refused} == {code}
    assert all(answer.json().get("data") is None for answer in refused)
    assert beside.content == alone.content
