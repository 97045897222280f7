"""Composition root of the server: settings → telemetry → store → create_app(schema, store)."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from api.cases import actions as cases
from api.demo import loading
from api.demo.roster import PERSONAS
from api.errors import RequestRefused, StartRefused
from api.http import graphiql
from api.http.app import create_app
from api.identity import DEVELOPMENT_ISSUER, DevelopmentIssuer, Trusted, Verifier
from api.issuers import OidcIssuer
from api.requests import actions as requests
from api.requests.rules import ToldPart
from api.settings import on_loopback
from api.telemetry import SILENT
from api.worker import work
from schema.root import schema

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
    from typing import Any

    from fastapi import FastAPI
    from starlette.types import ASGIApp

    from api.graph.readings import Note
    from api.settings import Settings
    from api.store.engine import Store
    from api.telemetry import Telemetry


NOTING: Mapping[str, Note] = {
    "request_narratives": partial(requests.note_reading, part=ToldPart.NARRATIVE),
    "request_places": partial(requests.note_reading, part=ToldPart.EXACT_PLACE),
    "request_sources": partial(requests.note_reading, part=ToldPart.SOURCE),
    "case_narratives": partial(cases.note_reading, part=ToldPart.NARRATIVE),
    "case_places": partial(cases.note_reading, part=ToldPart.EXACT_PLACE),
}
"""By table, who notes that what people told was opened."""


def check_mode(settings: Settings) -> None:
    """Raise `StartRefused` in production that knows nobody to sign in with, before anything is started."""
    if not settings.development and settings.oidc_issuer is None:
        raise StartRefused(
            "Production needs an OIDC issuer: set BARAZA_OIDC_ISSUER and BARAZA_OIDC_AUDIENCE, "
            "or run `baraza serve --development`."
        )


def build(settings: Settings, store: Store, telemetry: Telemetry = SILENT) -> ASGIApp:
    """The application over a store that is ready; it closes the store when it ends."""
    check_mode(settings)
    development = DevelopmentIssuer(settings.issuer_key) if settings.development else None
    oidc = OidcIssuer(settings.oidc_issuer) if settings.oidc_issuer else None
    stop = Event()
    lending = store.connections
    telemetry.watch_pool(lambda: lending.lent, lambda: lending.waiting)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        beside: list[Coroutine[Any, Any, object]] = [work(store, telemetry)] if settings.worker else []
        if development:
            beside.append(asyncio.to_thread(graphiql.ensure_files, settings.data, stop))
        if oidc:
            beside.append(oidc.follow())
        tasks = [asyncio.create_task(each) for each in beside]
        try:
            yield
        finally:
            stop.set()
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            await store.close()

    return create_app(
        schema,
        store,
        Verifier(*_trusted(settings, development, oidc)),
        settings,
        lifespan=lifespan,
        state=partial(_state, settings, store),
        graphiql=_graphiql(settings, development) if development else None,
        telemetry=telemetry,
        noting=NOTING,
    )


async def _state(settings: Settings, store: Store) -> str:
    """Demonstration data in production make it unready (SECURITY §7)."""
    try:
        if not await store.alive():
            return "away"
        return "demonstration" if not settings.development and await loading.shown(store) else "ready"
    except RequestRefused:
        return "away"


def _trusted(settings: Settings, development: DevelopmentIssuer | None, oidc: OidcIssuer | None) -> Iterator[Trusted]:
    """One issuer, but in development two. The demonstration's seats are those of an issuer on loopback too, where a
    developer tries a sign-in of their own."""
    if development:
        yield Trusted(development, settings.audience)
    if oidc and settings.oidc_audience:
        demonstration = development and on_loopback(oidc.name)
        yield Trusted(
            oidc,
            settings.oidc_audience,
            plain=settings.oidc_token_type == "JWT",  # noqa: S105 - a type of token
            seats_of=DEVELOPMENT_ISSUER if demonstration else None,
        )


def _graphiql(settings: Settings, issuer: DevelopmentIssuer) -> ASGIApp:
    return graphiql.create_graphiql(
        files=lambda: graphiql.installed(settings.data),
        personas=[graphiql.Persona(persona.name, persona.label) for persona in PERSONAS],
        token=lambda name: issuer.token(name, settings.audience),
    )
