"""Operations that schemathesis makes from the published schema, sent by every persona: never a 5xx, nothing of ours.

They are made before they are sent, so that a seed makes the same ones whatever was answered. They write, so their
database is their own.
"""

from __future__ import annotations

import itertools
import os
import random
import re
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import schemathesis
from conftest import Client, database
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from refusing import checked
from schemathesis import GenerationMode
from schemathesis.graphql import nodes
from sizes import size

from api.asgi import build
from api.demo import loading
from api.demo.roster import PERSONAS
from api.http.negotiation import GRAPHQL_JSON, JSON
from api.identity import DevelopmentIssuer
from api.store.engine import Store
from api.store.migrating import migrate
from api.store.sealing import Keyring
from api.worker import once
from schema.root import schema

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from api.cli import Urls
    from api.settings import Settings

SEED = int(os.environ.get("BARAZA_SEED", "20261125"))
PUBLISHED = schemathesis.graphql.from_file(schema.as_str())
OPERATIONS = {operation.ok().label: operation.ok() for operation in PUBLISHED.get_all_operations()}
MODES = {"valid": GenerationMode.POSITIVE, "invalid": GenerationMode.NEGATIVE}
EACH = -(-size("generated operations") // (len(OPERATIONS) * len(MODES)))
"""Documents of an operation in a mode."""
EVERYBODY = [persona.name for persona in PERSONAS]
MISFITS = {"DOCUMENT_SYNTAX", "DOCUMENT_INVALID", "VARIABLES_INVALID", "OPERATION_UNKNOWN"}
"""What is said of a document that is not one of the schema."""
VALUE = r'("(?:[^"\\]|\\.)*"|-?\d+)'
BOUND = {False: re.compile(rf"\b(first|last|after|before): {VALUE}"), True: re.compile(rf"\b(id): {VALUE}")}
IDS = """{ requests { nodes { id } } cases { nodes { id } } meetings { nodes { id } } seats { nodes { id } }
  groups { nodes { id } } organisations { nodes { id } } notices { nodes { id } } }"""


@pytest.fixture(scope="module")
async def client(server: Urls, settings: Settings) -> AsyncIterator[Client]:
    """The application on a database of its own, with the demonstration network in it; its ids are among those asked."""
    async with database(server, f"baraza_generated_{os.getpid()}") as urls:
        await migrate(urls.owner, urls.app)
        loading.make_keys(settings.keys)
        store = Store(urls.app, Keyring(settings.keys), size=10, wait=5)
        await loading.load(store)
        while await once(store):
            pass
        transport = httpx.ASGITransport(app=build(settings, store))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            client = Client(http, DevelopmentIssuer(settings.issuer_key))
            register(await ids(client))
            yield client
        await store.close()


async def ids(client: Client) -> list[str]:
    """What some seats of both groups see."""
    pages = [(await client.ask(name, IDS)).values() for name in ("sk.coordinator", "sk.officer", "lub.coordinator")]
    return list(dict.fromkeys(node["id"] for page in itertools.chain(*pages) for node in page["nodes"]))


def register(known: list[str]) -> None:
    """Values that reach further than chance alone: ids that exist, first versions, codes of places, plain words."""
    chosen, words = st.sampled_from(known), st.sampled_from(["CD62", "CD6205", "Barrière", "SRC-1", "Kalehe"])
    small, texts = st.integers(-1, 3), st.text(max_size=50)
    schemathesis.graphql.scalar("ID", (chosen | chosen | chosen | texts).map(nodes.String))
    schemathesis.graphql.scalar("Int", (small | small | st.integers(-(2**31), 2**31 - 1)).map(nodes.Int))
    schemathesis.graphql.scalar("String", (words | words | words | texts).map(nodes.String))


def made(label: str, mode: GenerationMode) -> list[str]:
    """Documents of one operation."""
    documents: list[str] = []

    @seed(SEED)
    @settings(
        max_examples=EACH,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=OPERATIONS[label].as_strategy(generation_mode=mode))
    def collect(case: Any) -> None:
        if case.meta.generation.mode is mode:  # without arguments there is little to make invalid
            documents.append(case.body)

    collect()
    return documents


def further(document: str, chance: random.Random) -> str:
    """The document without most bounds of pages, of which two at once are a refusal, and without most ids for what is
    new; an act says what it came to."""
    acts = document.startswith("mutation")
    document = BOUND[acts].sub(lambda bound: f"{bound[1]}: null" if chance.random() < 0.8 else bound[0], document)
    selections, _, ends = document.rpartition("  }")
    return f"{selections}    __typename ... on Refusal {{ code message }}\n  }}{ends}" if acts else document


@pytest.fixture(scope="module")
def tokens(client: Client) -> dict[str, str]:
    """Signing one is slower than most answers."""
    return {name: client.token(name) for name in EVERYBODY}


def headers(chance: random.Random) -> dict[str, str]:
    """Of a front end, some of them: few keys, so that they come again."""
    accept = chance.choice([JSON, GRAPHQL_JSON])
    return {"Accept": accept, **({"Idempotency-Key": f"key-{chance.randrange(20)}"} if chance.random() < 0.1 else {})}


@pytest.mark.proof
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("label", OPERATIONS)
async def test_what_is_made_from_the_schema(client: Client, tokens: dict[str, str], label: str, mode: str) -> None:
    """What the schema allows is understood, whatever comes of it; what it does not allow is refused."""
    chance = random.Random(SEED)
    for made_document in made(label, MODES[mode]):
        document = further(made_document, chance) if mode == "valid" else made_document
        name = chance.choice(EVERYBODY)
        sent = {"Authorization": f"Bearer {tokens[name]}", **headers(chance)}
        answer = await client.http.post("/graphql", json={"query": document}, headers=sent)
        try:
            codes = set(checked(answer))
            assert codes & {*MISFITS, "TEXT_INVALID"} if mode == "invalid" else not codes & MISFITS
        except AssertionError as error:
            raise AssertionError(name, document, answer.text[:1_000]) from error
