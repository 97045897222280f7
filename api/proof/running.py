"""The proof against a service that runs: over HTTP, on this machine, with tokens of the development issuer."""

from __future__ import annotations

import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx

from api.demo.roster import PERSONAS
from api.demo.tokens import issuer
from api.errors import StartRefused
from api.proof.asking import Asker
from api.proof.documents import Contract, Coverage
from api.proof.leaks import Found
from api.proof.proof import Proof
from api.proof.proving import STAGES, prove, report, require_all
from api.settings import on_loopback

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from graphql import GraphQLSchema

    from api.proof.asking import Ask
    from api.settings import Settings

TIMEOUT = 30
NOT_A_TOKEN = 401


def check_address(address: str) -> None:
    """Tokens of the development issuer, whose key anybody on this machine may have, go nowhere else."""
    if not on_loopback(address):
        raise StartRefused("Tokens of the development issuer stay on this machine: give an --address on 127.0.0.1.")


def check_stages(stages: Sequence[str]) -> Sequence[str]:
    """The stages named, after the one that the others need; all of them where none is."""
    for name in stages:
        if name not in STAGES:
            raise StartRefused(f"{name} is no stage: take some of {', '.join(STAGES)}.")
    return [name for name in STAGES if not stages or name in {"read", *stages}]


@asynccontextmanager
async def asking(settings: Settings, address: str) -> AsyncIterator[Ask]:
    """Posts to the service's endpoint, with a token for each persona."""
    made, tokens = issuer(settings), dict[str, str]()
    async with httpx.AsyncClient(base_url=address, timeout=TIMEOUT, trust_env=False) as http:

        async def ask(persona: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> httpx.Response:
            if persona not in tokens:
                tokens[persona] = made.token(persona, settings.audience)
            bearer = {"Authorization": f"Bearer {tokens[persona]}"}
            try:
                return await http.post("/graphql", json=body, headers={**bearer, **headers})
            except httpx.TransportError:
                raise StartRefused(f"No service answers on {address}: start one with `make serve`.") from None

        yield ask


async def run_proof(
    settings: Settings, schema: GraphQLSchema, address: str | None, only: Sequence[str], samples: int
) -> tuple[list[str], bool]:
    """What the proof says, of some stages or all, and whether nothing leaked."""
    address = address or f"http://127.0.0.1:{settings.port}"
    check_address(address)
    contract, stages = Contract(schema), check_stages(only)
    async with asking(settings, address) as ask:
        await _admitted(ask, address)
        proof = Proof(contract, Asker(ask, Found(), Coverage(schema)), PERSONAS, samples=samples, say=progress)
        await prove(proof, stages)
    if not only:
        require_all(proof)
    return list(report(proof)), not proof.asker.found.leaks


async def _admitted(ask: Ask, address: str) -> None:
    answer = await ask(PERSONAS[0].name, {"query": "{ __typename }"}, {})
    if answer.status_code == NOT_A_TOKEN:
        raise StartRefused(f"The service on {address} does not take our tokens: set BARAZA_DATA to its data folder.")


def progress(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - standard output is the answer's
