"""What operators are told of the running service: a span an operation, one a statement, some metrics (SECURITY §7).

Everything that is exported is put together in this file, out of words that are ours: kinds, codes, names of root fields
and of tables, numbers. Nothing of a request is taken over, its trace context included: a client could write into it.
"""

from __future__ import annotations

import random
from collections import Counter
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import time_ns
from typing import TYPE_CHECKING, NamedTuple

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
FAILED = 500
WATCHED = frozenset({"FAILED", "CANCELLED"})
SLOW = 500_000_000
"""Nanoseconds."""


class Statement(NamedTuple):
    """What is told of a statement: when it began and ended (nanoseconds since 1970), and how it failed."""

    name: str
    began: int
    ended: int
    error_type: str | None


@dataclass(slots=True)
class Told:
    """What is known of an operation under way. A request that never became one has no kind."""

    kind: str = "none"
    document: str = ""
    fields: tuple[str, ...] = ()
    status: int = 0
    codes: set[str] = field(default_factory=set)
    statements: list[Statement] = field(default_factory=list)
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


class statement:  # noqa: N801 - used as a context manager
    """A statement of the operation under way, named by its verb and tables. Outside of one, nothing is told."""

    __slots__ = ("_began", "_name", "_told")

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        self._told = _under_way.get()
        self._began = time_ns() if self._told is not None else 0

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if self._told is not None:
            self._told.statements.append(
                Statement(self._name, self._began, time_ns(), _error_type(error) if error else None)
            )


def _error_type(error: BaseException) -> str:
    """The SQLSTATE, or the error's class: its text may quote values."""
    return str(getattr(getattr(error, "orig", error), "sqlstate", None) or type(error).__name__)


class Counted:
    """Counts in a dictionary, which the exporter reads from time to time: the library's own counters take longer than
    what they count."""

    def __init__(self, meter: Meter, name: str, unit: str) -> None:
        self._counts: Counter[tuple[tuple[str, str], ...]] = Counter()
        meter.create_observable_counter(name, [self._observed], unit)

    def add(self, amount: int, **attributes: str) -> None:
        self._counts[tuple(attributes.items())] += amount

    def _observed(self, _: object) -> Iterable[Observation]:
        return [Observation(count, dict(attributes)) for attributes, count in list(self._counts.items())]


class Telemetry:
    """Makes spans and counts; silent without a tracer.

    All operations are counted. Spans are exported of those that failed or were slow, and of this share of the others:
    making and sending them takes longer than a read does.
    """

    def __init__(self, tracer: Tracer | None, meter: Meter, share: float = 1.0) -> None:
        self._tracer, self._meter, self._share = tracer, meter, share
        self._operations = Counted(meter, "baraza.operations", "{operation}")
        self._reads = Counted(meter, "baraza.reads", "{operation}")
        self._refusals = Counted(meter, "baraza.refusals", "{refusal}")
        self._rounds = Counted(meter, "baraza.worker.rounds", "{round}")
        self._done = Counted(meter, "baraza.worker.done", "{item}")
        self._duration = meter.create_histogram(
            "baraza.operation.duration", "s", explicit_bucket_boundaries_advisory=SECONDS
        )
        self._statements = Counted(meter, "baraza.statements", "{statement}")

    @contextmanager
    def operation(self) -> Iterator[Told]:
        """One operation, which says of itself what it comes to know."""
        told = Told()
        if self._tracer is None:
            yield told
            return
        began, token = time_ns(), _under_way.set(told)
        try:
            yield told
        finally:
            _under_way.reset(token)
            ended = time_ns()
            self._count(told, (ended - began) / 1e9)
            if told.outcome in WATCHED or ended - began > SLOW or random.random() < self._share:  # noqa: S311 - which traces are kept is no secret
                _export(self._tracer, told, began, ended)

    def _count(self, told: Told, seconds: float) -> None:
        self._operations.add(1, type=told.kind, outcome=told.outcome)
        self._duration.record(seconds, {"type": told.kind, "outcome": told.outcome})
        self._statements.add(len(told.statements), type=told.kind)
        if told.read:
            self._reads.add(1, read=told.read)
        for code in told.known_codes:
            self._refusals.add(1, code=code)

    def round(self, began: int, done: int | None) -> None:
        """A round of the worker that began at `began` (nanoseconds) and ends now; one without work has no span."""
        self._rounds.add(1, outcome="FAILED" if done is None else "DONE" if done else "IDLE")
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


def _export(tracer: Tracer, told: Told, began: int, ended: int) -> None:
    """A span of the operation, and below it one of each of its statements."""
    span = tracer.start_span(told.kind, Context(), SpanKind.SERVER, start_time=began)
    span.set_attribute("baraza.outcome", told.outcome)
    span.set_attribute("baraza.statements", len(told.statements))
    if told.status:
        span.set_attribute("http.response.status_code", told.status)
    if told.document:
        span.set_attribute("graphql.operation.type", told.kind)
        span.set_attribute("baraza.document", told.document)
        span.set_attribute("baraza.fields", told.fields)
    if told.read:
        span.set_attribute("baraza.read", told.read)
    if told.codes:
        span.set_attribute("baraza.codes", told.known_codes)
    if told.outcome == "FAILED":
        span.set_status(StatusCode.ERROR)
    for each in told.statements:
        _export_statement(tracer, span, each)
    span.end(ended)


def _export_statement(tracer: Tracer, operation: Span, told: Statement) -> None:
    parent, attributes = set_span_in_context(operation, Context()), {"db.system.name": "postgresql"}
    span = tracer.start_span(told.name, parent, SpanKind.CLIENT, attributes, start_time=told.began)
    if told.error_type is not None:
        span.set_attribute("error.type", told.error_type)
        span.set_status(StatusCode.ERROR)
    span.end(told.ended)


@contextmanager
def exporting(endpoint: str | None, share: float) -> Iterator[Telemetry]:
    """Telemetry that goes to the collector at `endpoint` for as long as this lasts; silent without one."""
    if endpoint is None:
        yield SILENT
        return
    from api.otlp import providers  # noqa: PLC0415 - without an endpoint none of it is read, and no thread is started

    with providers(endpoint) as (tracers, meters):
        yield Telemetry(tracers.get_tracer(SCOPE), meters.get_meter(SCOPE), share)
