"""Sealed text: opened once an operation however often it is asked for, and no more of it than one answer may hold."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from acting import TOLD, Team, contents, found, written
from conftest import endpoint_of

from api.asgi import build
from api.graph.limits import Limits
from api.sentences import SENTENCES
from api.store.sealing import Keyring

if TYPE_CHECKING:
    from conftest import Client

    from api.running import Urls
    from api.settings import Settings
    from api.store.engine import Store

LONG = "a" * 20_000
ALIASES = 25
AS_OFTEN_AS_ONE_MAY = " ".join(f"t{number}: text" for number in range(ALIASES))
LISTED = f"query($first: Int) {{ requests(first: $first) {{ nodes {{ narrative {{ {AS_OFTEN_AS_ONE_MAY} }} }} }} }}"


@pytest.fixture(scope="module")
async def team(store: Store, settings: Settings, client: Client) -> Team:
    """With as much told as one answer may hold in eight rows, and a ninth."""
    team = await found(store, settings, client, "seal")
    for _ in range(9):
        await team.submitted(told={**TOLD, "narrative": LONG})
    return team


def opened(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Note each text that is opened, by where it stands."""
    noted: list[bytes] = []
    original = Keyring.open

    def noting(keyring: Keyring, sealed: bytes, group_id: Any, place: bytes) -> str:
        noted.append(place)
        return original(keyring, sealed, group_id, place)

    monkeypatch.setattr(Keyring, "open", noting)
    return noted


async def test_a_text_is_opened_once_however_often_it_is_asked_for(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    noted = opened(monkeypatch)
    rows = (await team.ask("officer", LISTED, {"first": 3}))["requests"]["nodes"]
    assert {text for row in rows for text in row["narrative"].values()} == {LONG}
    assert len(noted) == len(set(noted)) == 3


async def test_an_answer_holds_so_much_text_and_no_more(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (await team.ask("officer", LISTED, {"first": 8}))["requests"]["nodes"]
    assert sum(len(text) for row in rows for text in row["narrative"].values()) == 4_000_000
    noted = opened(monkeypatch)
    for language, sentence in zip(("fr", "en"), SENTENCES["ANSWER_TOO_LARGE"], strict=True):
        answer = await team.post("officer", LISTED, {"first": 9}, Accept_Language=language)
        said = {"code": "ANSWER_TOO_LARGE", "limit": 4_000_000}
        assert answer.json() == {"errors": [{"message": sentence.format(limit=4_000_000), "extensions": said}]}
    assert len(noted) == 2 * 9


async def test_an_act_whose_answer_would_hold_too_much_is_not_done(
    team: Team, store: Store, settings: Settings, urls: Urls
) -> None:
    """The bound is a setting; here two copies of the narrative are too much."""
    narrow = replace(endpoint_of(build(settings, store)), limits=Limits(sealed_characters=30_000))
    request = await team.submitted(told={**TOLD, "narrative": LONG})
    source = """mutation($id: ID!, $again: Boolean!) { triageRequest(requestId: $id, version: 1) { ... on Request {
                state narrative { text again: text @include(if: $again) } } } }"""
    bearer = {"Authorization": f"Bearer {team.token('officer')}"}
    before = await contents(urls)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=narrow), base_url="http://127.0.0.1") as http:
        said = []
        for again in (True, False):
            body = {"query": source, "variables": {"id": request["id"], "again": again}}
            said.append((await http.post("/graphql", json=body, headers=bearer)).json())
            if again:
                assert await written(urls, before) == {}
    assert said[0]["errors"][0]["extensions"] == {"code": "ANSWER_TOO_LARGE", "limit": 30_000}
    assert "data" not in said[0]
    assert said[1]["data"]["triageRequest"] == {"state": "TRIAGED", "narrative": {"text": LONG}}
