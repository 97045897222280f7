"""The HTTP service: health, and GraphQL as a plain ASGI sub-application beneath it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from api.graph.documents import Documents
from api.graph.limits import Limits
from api.graph.reading import Reads
from api.graph.readings import Readings
from api.graph.trusted import TrustedDocuments
from api.http.graphql import GraphQLEndpoint
from api.telemetry import SILENT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from contextlib import AbstractAsyncContextManager

    from fastapi.telemetry import TelemetryConfig
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from api.graph.readings import Note
    from api.identity import Verifier
    from api.settings import Settings
    from api.store.engine import Store
    from api.telemetry import Telemetry

HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)

NONE_OF_FASTAPI: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""Its own telemetry, which an environment variable switches on, tells of paths, queries and exceptions' texts."""


def create_app(  # noqa: PLR0913 - the parts that the composition root chose
    schema: Any,
    store: Store,
    verifier: Verifier,
    settings: Settings,
    *,
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]],
    state: Callable[[], Awaitable[str]],
    graphiql: ASGIApp | None = None,
    telemetry: Telemetry = SILENT,
    noting: Mapping[str, Note] | None = None,
) -> ASGIApp:
    """Compose the service. There is no generated documentation: the contract is the SDL."""
    limits = Limits()
    built = schema._schema  # noqa: SLF001 - strawberry has no other way
    documents = Documents(built, limits, introspection=settings.shows_schema)
    reads = Reads(built, switched_on=settings.compiled_reads)
    trusted = TrustedDocuments(store, only=settings.trusted_documents)
    endpoint = GraphQLEndpoint(
        schema,
        documents,
        reads,
        limits,
        store,
        verifier,
        trusted,
        settings.development,
        telemetry,
        Readings(noting or {}),
    )
    app = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        telemetry=NONE_OF_FASTAPI,
    )

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        """The process runs."""
        return {"status": "ok"}

    @app.get("/readyz")
    async def readyz() -> JSONResponse:
        """The database answers, and is one to serve."""
        said = await state()
        return JSONResponse({"status": said}, 200 if said == "ready" else 503)

    if graphiql is not None:
        app.mount("/graphiql", graphiql)
    return SecurityHeaders(AtOnce(app, "/graphql", endpoint))


class SecurityHeaders:
    """Adds what every answer carries and does not say itself. A plain ASGI middleware, since Starlette's base class
    buffers streams."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def carry(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(header for header in HEADERS if header[0] not in said)]
            await send(message)

        await self._app(scope, receive, carry if scope["type"] == "http" else send)


class AtOnce:
    """Serves one path before anything is looked up, which takes FastAPI longer than most operations take us."""

    def __init__(self, app: ASGIApp, path: str, endpoint: ASGIApp) -> None:
        self._app, self._path, self._endpoint = app, path, endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        here = scope["type"] == "http" and scope["path"] == self._path
        await (self._endpoint if here else self._app)(scope, receive, send)
