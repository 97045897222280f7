"""Composition root of the server: settings → store → create_app(schema, store)."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from threading import Event
from typing import TYPE_CHECKING

from api.demo.roster import PERSONAS
from api.errors import StartRefused
from api.http import graphiql
from api.http.app import create_app
from api.identity import DevelopmentIssuer, Verifier
from api.worker import work
from schema.root import schema

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fastapi import FastAPI
    from starlette.types import ASGIApp

    from api.settings import Settings
    from api.store.engine import Store


def check_mode(settings: Settings) -> None:
    """Raise `StartRefused` in production, before anything is started."""
    if not settings.development:
        raise StartRefused(
            "Production needs an OIDC issuer, which this version cannot use yet: run `baraza serve --development`."
        )


def build(settings: Settings, store: Store) -> FastAPI:
    """The application over a store that is ready; it closes the store when it ends."""
    check_mode(settings)
    issuer = DevelopmentIssuer(settings.issuer_key)
    stop = Event()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        working = asyncio.create_task(work(store)) if settings.worker else None
        files = asyncio.create_task(asyncio.to_thread(graphiql.ensure_files, settings.data, stop))
        try:
            yield
        finally:
            stop.set()
            for task in (working, files):
                if task is not None:
                    task.cancel()
                    with suppress(asyncio.CancelledError):
                        await task
            await store.close()

    return create_app(
        schema,
        store,
        Verifier(issuer, settings.audience),
        settings,
        lifespan=lifespan,
        graphiql=_graphiql(settings, issuer),
    )


def _graphiql(settings: Settings, issuer: DevelopmentIssuer) -> ASGIApp:
    return graphiql.create_graphiql(
        files=lambda: graphiql.installed(settings.data),
        personas=[graphiql.Persona(persona.name, persona.label) for persona in PERSONAS],
        token=lambda name: issuer.token(name, settings.audience),
    )
