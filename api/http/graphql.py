"""The GraphQL endpoint, a plain ASGI application: a pipeline whose stages can only refuse (SECURITY §2, §3)."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import orjson
from graphql import FieldNode, OperationType

from api.errors import RequestRefused
from api.graph import body
from api.graph.compiling.reasons import NotCompiled
from api.graph.context import Context
from api.graph.idempotency import Answers, checked_key, request_hash
from api.graph.operation import run
from api.graph.readings import Readings
from api.http import negotiation
from api.http.answers import Answer, answered, masked, refused
from api.http.negotiation import GRAPHQL_JSON, JSON
from api.telemetry import SILENT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphql.execution.values import VariableValues
    from starlette.types import Message, Receive, Scope, Send

    from api.graph.body import Asked
    from api.graph.documents import Documents, Prepared
    from api.graph.limits import Limits
    from api.graph.reading import Reads
    from api.graph.trusted import TrustedDocuments
    from api.identity import Verifier
    from api.store.engine import Store
    from api.telemetry import Telemetry, Told

log = logging.getLogger("baraza.graphql")


@dataclass(frozen=True, slots=True)
class Head:
    """What the request's headers say."""

    method: str
    raw: tuple[tuple[bytes, bytes], ...]

    def value(self, name: bytes) -> str | None:
        """The header's value. Sent several times, it has them all in one, as an intermediary would join them (RFC 9110,
        section 5.3), so that none of them is taken for the only one."""
        found = [value for header, value in self.raw if header == name]
        return b", ".join(found).decode("latin-1") if found else None

    @property
    def language(self) -> str:
        return negotiation.language(self.value(b"accept-language"))

    @property
    def media_type(self) -> str:
        """The form of the answer; that of the refusal, where the client takes none of ours."""
        return negotiation.media_type(self.value(b"accept")) or JSON

    def acceptable(self, body_bytes: int) -> None:
        """Refuse a request that cannot be one, or whose answer its client would not take, before its body is read."""
        body.acceptable(self.method, self.raw, body_bytes)
        if negotiation.media_type(self.value(b"accept")) is None:
            raise RequestRefused("NOT_ACCEPTABLE", 406)


class Ready(NamedTuple):
    """An operation that may be executed: bounded, valid, with variables that fit, and within its budget."""

    prepared: Prepared
    variables: VariableValues
    cost: int
    same: bytes
    """What makes another request the same (`request_hash`)."""


@dataclass(frozen=True, slots=True)
class GraphQLEndpoint:
    """One POST, one operation, one answer."""

    schema: Any
    documents: Documents
    reads: Reads
    limits: Limits
    store: Store
    verifier: Verifier
    trusted: TrustedDocuments
    development: bool = False
    """Whether an answer tells how it was read."""
    telemetry: Telemetry = SILENT
    readings: Readings = field(default_factory=lambda: Readings({}))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        head = Head(scope["method"], tuple(scope["headers"]))
        with self.telemetry.operation() as told:
            try:
                answer = await self._answer(head, receive, told)
            except RequestRefused as refusal:
                answer = refused(refusal, head.language)
            except Exception as error:  # noqa: BLE001 - nothing of ours is shown, whatever happened
                answer = refused(masked(error, "none"), head.language)
            told.answered(answer.status, answer.codes)
        await _send(send, answer, head)

    async def _answer(self, head: Head, receive: Receive, told: Told) -> Answer:
        head.acceptable(self.limits.body_bytes)
        subject = await self.verifier.subject(head.value(b"authorization"))
        asked = await self._found(body.read(await _received(receive, self.limits)), head)
        ready = self._ready(asked, head)
        prepared = ready.prepared
        told.prepared(prepared.kind.value, prepared.digest, _root_fields(prepared))
        at_door = self.documents.at_door(prepared)
        key = checked_key(head.value(b"idempotency-key"))
        context = Context(
            store=self.store,
            prepared=prepared,
            reads=self.reads,
            subject=subject,
            wanted_seat=_seat_id(head.value(b"baraza-seat")),
            language=head.language,
            writes=prepared.kind is OperationType.MUTATION,
            reads_rows=_reads_rows(prepared),
            answers=Answers(None if at_door else key, ready.same),
            at_door=at_door,
            sealed_characters=self.limits.sealed_characters,
        )
        answer = await self._executed(context, ready.variables, asked, told)
        if answer.body.get("data") is not None:
            await self.readings.note(context)
        return self._telling(answer, ready, told) if "data" in answer.body else answer

    def _telling(self, answer: Answer, ready: Ready, told: Told) -> Answer:
        """What was executed says what it cost, and in development how it was read. An operation that is refused as a
        whole does not: its answer is the same whatever it asked."""
        cost = {"cost": {"used": ready.cost, "limit": self.limits.cost}}
        headers = {"Baraza-Reads": told.read.lower()} if self.development and told.read else {}
        return replace(answer, body={**answer.body, "extensions": cost}, headers={**answer.headers, **headers})

    async def _executed(self, context: Context, variables: VariableValues, asked: Asked, told: Told) -> Answer:
        """Through the compiler where it can be; by the executor otherwise, and no different but in speed."""
        prepared = context.prepared
        if prepared.kind is OperationType.QUERY:
            try:
                data = await self.reads.data(context, variables)
            except NotCompiled as why:
                told.read = f"EXECUTOR {why.reason.name}"
            else:
                told.read = "COMPILED"
                return Answer(200, {"data": orjson.Fragment(data)})
        result = await run(self.schema, context, asked.source, asked.variables, asked.operation_name)
        return answered(result, context.language, prepared.digest)

    async def _found(self, asked: Asked, head: Head) -> Asked:
        """With the text of the document that is asked for by its hash. That it is not there, a client of
        `application/json` reads under 200, like all else that is said of documents."""
        try:
            return replace(asked, source=await self.trusted.source(asked))
        except RequestRefused as refusal:
            if refusal.status < 500 and head.media_type != GRAPHQL_JSON:  # noqa: PLR2004 - the server's own failures
                refusal.status = 200
            raise

    def _ready(self, asked: Asked, head: Head) -> Ready:
        """What may be executed. A request that is well-formed answers 200 to a client of `application/json` whatever
        its document is like (GraphQL over HTTP, section 6.4.1)."""
        try:
            prepared = self.documents.prepare(asked.source, asked.operation_name)
            variables = self.documents.coerce(prepared, asked.variables)
            cost = self.documents.cost(prepared, variables)
            same = request_hash(self.documents.schema, prepared, variables)
        except RequestRefused as refusal:
            refusal.status = refusal.status if head.media_type == GRAPHQL_JSON else 200
            raise
        return Ready(prepared, variables, cost, same)


def _seat_id(text: str | None) -> UUID | None:
    """A seat that cannot be one is a seat that is not the bearer's."""
    if text is None:
        return None
    try:
        return UUID(text.removeprefix("Seat:"))
    except ValueError:
        raise RequestRefused("NO_SEAT", 403) from None


def _root_fields(prepared: Prepared) -> Iterable[str]:
    """The schema's names of what stands in the operation itself."""
    return (node.name.value for node in prepared.operation.selection_set.selections if isinstance(node, FieldNode))


def _reads_rows(prepared: Prepared) -> bool:
    """Whether a transaction is needed: introspection of the schema alone takes no connection."""
    chosen = prepared.operation.selection_set.selections
    return not all(isinstance(node, FieldNode) and node.name.value.startswith("__") for node in chosen)


async def _received(receive: Receive, limits: Limits) -> bytes:
    """The body, no longer than allowed and not slower than a poor link."""
    chunks, size, clock = [], 0, asyncio.get_running_loop().time
    started = heard = clock()
    while True:
        keeping_up = started + limits.body_silence + size / limits.body_rate
        try:
            async with asyncio.timeout_at(min(heard + limits.body_silence, keeping_up, started + limits.body_seconds)):
                message: Message = await receive()
        except TimeoutError:
            raise RequestRefused("BODY_INCOMPLETE", 408) from None
        if message["type"] == "http.disconnect":
            raise RequestRefused("BODY_INCOMPLETE", 400)
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        heard = clock() if chunks[-1] else heard
        if size > limits.body_bytes:
            raise body.too_large(limits.body_bytes)
        if not message.get("more_body", False):
            return b"".join(chunks)


async def _send(send: Send, answer: Answer, head: Head) -> None:
    content = orjson.dumps(answer.body)
    headers: Iterable[tuple[bytes, bytes]] = (
        (b"content-type", f"{head.media_type}; charset=utf-8".encode()),
        # Of our sentences: what people told stays in the language in which they told it.
        (b"content-language", head.language.encode()),
        (b"content-length", str(len(content)).encode()),
        (b"cache-control", b"no-store"),
        (b"vary", b"Accept, Accept-Language, Authorization, Baraza-Seat"),
        *((name.lower().encode(), value.encode()) for name, value in answer.headers.items()),
    )
    await send({"type": "http.response.start", "status": answer.status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": content})
