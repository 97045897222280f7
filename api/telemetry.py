"""What operators are told of the running service: a span an operation, one a statement, some metrics (SECURITY §7).

Everything that is exported is put together in this file, out of words that are ours: kinds, codes, names of root fields
and of tables, numbers. Nothing of a request is taken over, its trace context included: a client could write into it.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING

from opentelemetry.context import Context
from opentelemetry.metrics import NoOpMeter, Observation
from opentelemetry.trace import SpanKind, StatusCode, set_span_in_context

from api.sentences import SENTENCES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from opentelemetry.metrics import Meter
    from opentelemetry.trace import Span, Tracer

SCOPE = "baraza"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
STATEMENTS = (0, 2, 4, 6, 8, 10, 15, 20, 30, 50, 100, 200)
FAILED = 500


@dataclass(slots=True)
class Told:
    """What is known of an operation under way. A request that never became one has no kind."""

    span: Span | None = None
    tracer: Tracer | None = None
    kind: str = "none"
    document: str = ""
    fields: tuple[str, ...] = ()
    status: int = 0
    codes: set[str] = field(default_factory=set)
    statements: int = 0
    read: str = ""
    """How a query was answered: COMPILED, or EXECUTOR and why."""

    def prepared(self, kind: str, document: str, fields: Iterable[str]) -> None:
        """`document` is a hash without the document's literals; `fields` are the schema's names of root fields."""
        self.kind, self.document, self.fields = kind, document, tuple(sorted(set(fields)))

    def answered(self, status: int, codes: Iterable[str]) -> None:
        self.status = status
        self.codes.update(codes)

    @property
    def outcome(self) -> str:
        """Nothing was answered where the operation was cancelled."""
        if not self.status:
            return "CANCELLED"
        if self.status >= FAILED or "INTERNAL" in self.codes:
            return "FAILED"
        return "REFUSED" if self.codes else "OK"

    @property
    def known_codes(self) -> list[str]:
        """The codes that we have a sentence for; what else came this way is no code of ours."""
        return sorted({code if code in SENTENCES else "OTHER" for code in self.codes})


_under_way: ContextVar[Told | None] = ContextVar("operation", default=None)


def refused(code: str) -> None:
    """An act of the operation under way was refused."""
    told = _under_way.get()
    if told is not None:
        told.codes.add(code)


@contextmanager
def statement(name: str) -> Iterator[None]:
    """A statement of the operation under way, named by its verb and tables. Outside of one, nothing is told."""
    told = _under_way.get()
    if told is None or told.span is None or told.tracer is None:
        yield
        return
    told.statements += 1
    span = told.tracer.start_span(
        name, set_span_in_context(told.span, Context()), SpanKind.CLIENT, {"db.system.name": "postgresql"}
    )
    try:
        yield
    except BaseException as error:
        span.set_attribute("error.type", _error_type(error))
        span.set_status(StatusCode.ERROR)
        raise
    finally:
        span.end()


def _error_type(error: BaseException) -> str:
    """The SQLSTATE, or the error's class: its text may quote values."""
    return str(getattr(getattr(error, "orig", error), "sqlstate", None) or type(error).__name__)


class Telemetry:
    """Makes spans and counts; silent without a tracer."""

    def __init__(self, tracer: Tracer | None, meter: Meter) -> None:
        self._tracer, self._meter = tracer, meter
        self._operations = meter.create_counter("baraza.operations", "{operation}")
        self._reads = meter.create_counter("baraza.reads", "{operation}")
        self._refusals = meter.create_counter("baraza.refusals", "{refusal}")
        self._rounds = meter.create_counter("baraza.worker.rounds", "{round}")
        self._done = meter.create_counter("baraza.worker.done", "{item}")
        self._duration = meter.create_histogram(
            "baraza.operation.duration", "s", explicit_bucket_boundaries_advisory=SECONDS
        )
        self._statements = meter.create_histogram(
            "baraza.operation.statements", "{statement}", explicit_bucket_boundaries_advisory=STATEMENTS
        )

    @contextmanager
    def operation(self) -> Iterator[Told]:
        """One operation, which says of itself what it comes to know."""
        if self._tracer is None:
            yield Told()
            return
        told = Told(self._tracer.start_span("none", Context(), SpanKind.SERVER), self._tracer)
        began, token = perf_counter(), _under_way.set(told)
        try:
            yield told
        finally:
            _under_way.reset(token)
            self._count(told, perf_counter() - began)
            _end(told)

    def _count(self, told: Told, seconds: float) -> None:
        self._operations.add(1, {"type": told.kind, "outcome": told.outcome})
        self._duration.record(seconds, {"type": told.kind, "outcome": told.outcome})
        self._statements.record(told.statements, {"type": told.kind})
        if told.read:
            self._reads.add(1, {"read": told.read})
        for code in told.known_codes:
            self._refusals.add(1, {"code": code})

    def round(self, began: int, done: int | None) -> None:
        """A round of the worker that began at `began` (nanoseconds) and ends now; one without work has no span."""
        self._rounds.add(1, {"outcome": "FAILED" if done is None else "DONE" if done else "IDLE"})
        if done and self._tracer is not None:
            self._done.add(done)
            self._tracer.start_span("round", Context(), start_time=began, attributes={"baraza.done": done}).end()

    def watch_pool(self, used: Callable[[], int], waiting: Callable[[], int]) -> None:
        """Observe how many connections are lent, and how many operations wait for one."""
        for name, unit, value in (
            ("baraza.pool.used", "{connection}", used),
            ("baraza.pool.waiting", "{operation}", waiting),
        ):
            self._meter.create_observable_gauge(name, [_observed(value)], unit)


SILENT = Telemetry(None, NoOpMeter(SCOPE))


def _observed(value: Callable[[], int]) -> Callable[[object], Iterable[Observation]]:
    return lambda _: [Observation(value())]


def _end(told: Told) -> None:
    assert told.span is not None
    told.span.update_name(told.kind)
    told.span.set_attribute("baraza.outcome", told.outcome)
    told.span.set_attribute("baraza.statements", told.statements)
    if told.status:
        told.span.set_attribute("http.response.status_code", told.status)
    if told.document:
        told.span.set_attribute("graphql.operation.type", told.kind)
        told.span.set_attribute("baraza.document", told.document)
        told.span.set_attribute("baraza.fields", told.fields)
    if told.read:
        told.span.set_attribute("baraza.read", told.read)
    if told.codes:
        told.span.set_attribute("baraza.codes", told.known_codes)
    if told.outcome == "FAILED":
        told.span.set_status(StatusCode.ERROR)
    told.span.end()


@contextmanager
def exporting(endpoint: str | None) -> Iterator[Telemetry]:
    """Telemetry that goes to the collector at `endpoint` for as long as this lasts; silent without one."""
    if endpoint is None:
        yield SILENT
        return
    from api.otlp import providers  # noqa: PLC0415 - without an endpoint none of it is read, and no thread is started

    with providers(endpoint) as (tracers, meters):
        yield Telemetry(tracers.get_tracer(SCOPE), meters.get_meter(SCOPE))
