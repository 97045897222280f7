"""A token is the issuer's, for us, of now and for access, or it is none: 401, the same body whatever is wrong.

The public Wycheproof vectors are not among the forms: they come with no package that the tests install.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

import pytest
from forging import PERSONA, bearer, refused
from forms import BY_CURVE, BY_HEADER, BY_KIND, BY_TOKEN

if TYPE_CHECKING:
    from forging import Place


def silent(caplog: pytest.LogCaptureFixture, headers: list[tuple[str, bytes]]) -> None:
    """Of what was sent no part is logged, and no trace; a code may be."""
    ours = [
        record for record in caplog.records if record.name.partition(".")[0] not in {"httpx", "httpcore", "asyncio"}
    ]
    said = " ".join(f"{record.getMessage()} {record.exc_info or ''}" for record in ours)
    sent = re.findall(r"[\w-]{8,}", " ".join(value.decode("latin-1") for _, value in headers))
    assert not [part for part in sent if part in said]
    assert not re.search(rf"{PERSONA}|Traceback|Error|eyJ|\.py", said)


async def refuses(place: Place, headers: list[tuple[str, bytes]], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = await place.ask(headers)
    await refused(place, answer)
    silent(caplog, headers)


def test_they_are_many_and_differ(place: Place) -> None:
    tables = [BY_TOKEN, BY_KIND, *([BY_CURVE] if place.forge.curve else [])]
    tokens = {form(place.forge) for table in tables for form in table.values()}
    assert len(tokens) >= 170
    assert place.forge.token() not in tokens
    assert len(BY_HEADER) >= 20


@pytest.mark.parametrize("name", BY_TOKEN)
async def test_a_forged_token(place: Place, name: str, caplog: pytest.LogCaptureFixture) -> None:
    await refuses(place, bearer(BY_TOKEN[name](place.forge)), caplog)


@pytest.mark.parametrize("name", BY_KIND)
async def test_a_token_of_another_kind(place: Place, name: str, caplog: pytest.LogCaptureFixture) -> None:
    await refuses(place, bearer(BY_KIND[name](place.forge)), caplog)


@pytest.mark.parametrize("name", BY_CURVE)
async def test_a_token_by_a_curve(place: Place, name: str, caplog: pytest.LogCaptureFixture) -> None:
    if place.forge.curve is not None:
        await refuses(place, bearer(BY_CURVE[name](place.forge)), caplog)


@pytest.mark.parametrize("name", BY_HEADER)
async def test_a_token_in_another_form(place: Place, name: str, caplog: pytest.LogCaptureFixture) -> None:
    await refuses(place, BY_HEADER[name](place.forge), caplog)


async def test_a_token_elsewhere_than_in_its_header(place: Place) -> None:
    token = place.forge.token()
    query = {"query": "{ actingSeat { id } }"}
    await refused(place, await place.ask([], path=f"/graphql?access_token={token}"))
    await refused(place, await place.ask([], path=f"/graphql?Authorization=Bearer%20{token}"))
    await refused(place, await place.ask([], body={**query, "access_token": token, "extensions": {"token": token}}))
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await place.http.post("/graphql", content=f"access_token={token}", headers=form)
    assert answer.status_code == 415


async def test_every_part_of_a_token_counts(place: Place) -> None:
    """One character changed anywhere, at places spread over the token."""
    token = place.forge.token()
    for at in range(0, len(token) - 4, 37):
        other = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        assert (await place.ask(bearer(other))).status_code == 401, at
