"""A proof of the tests' world, without a network, as wide or as narrow as a test needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from isolation.contract import CONTRACT, SCHEMA
from isolation.world import EVERYBODY

from api.proof.asking import Asker
from api.proof.documents import Coverage
from api.proof.leaks import Found
from api.proof.proof import Proof

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import httpx
    from isolation.world import World


def proof_of(
    world: World,
    personas: Iterable[str],
    *,
    only: Iterable[str] | None = None,
    by: httpx.AsyncClient | None = None,
    samples: int = 5,
) -> Proof:
    """A proof that asks the application of the world, or another over the same database."""

    async def ask(persona: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> httpx.Response:
        return await world._posted(by or world.http, persona, body, headers)

    return Proof(
        CONTRACT,
        Asker(ask, Found(), Coverage(SCHEMA)),
        [EVERYBODY[name] for name in personas],
        frozenset(only) if only else None,
        samples,
    )
