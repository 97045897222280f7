"""The way to the collector: OTLP over HTTP, bounded in memory, in time and in what it logs.

The providers are never made the process's own: FastAPI, and any library of tomorrow, would find them there and tell of
requests by itself, with paths, queries and texts of errors.
"""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from importlib.metadata import version
from threading import Thread
from typing import TYPE_CHECKING
from uuid import uuid4

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import AlwaysOffExemplarFilter, MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

if TYPE_CHECKING:
    from collections.abc import Iterator

log = logging.getLogger("baraza.telemetry")

LIBRARY = "opentelemetry"
HOUR = 3600.0
STOPPING = 2.0
"""Seconds that the end of the process waits for what is not delivered yet."""


class Seldom(logging.Handler):
    """Says for all of the library's complaints that there are some: their texts may hold the headers and the answers
    of the collector, and there is one for each batch that is not delivered."""

    def __init__(self) -> None:
        super().__init__()
        self._said = -HOUR

    def emit(self, record: logging.LogRecord) -> None:
        if time.monotonic() - self._said >= HOUR:
            self._said = time.monotonic()
            log.warning(
                "telemetry is not delivered (%s): see that the collector answers. Said once an hour.", record.name
            )


@contextmanager
def providers(endpoint: str) -> Iterator[tuple[TracerProvider, MeterProvider]]:
    """Export for as long as this lasts. `OTEL_EXPORTER_OTLP_HEADERS` and its kin are read by the exporters."""
    _complain_seldom()
    base, resource = endpoint.removesuffix("/"), _resource()
    tracers = TracerProvider(resource=resource, shutdown_on_exit=False)
    tracers.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{base}/v1/traces")))
    reader = PeriodicExportingMetricReader(OTLPMetricExporter(f"{base}/v1/metrics"))
    meters = MeterProvider(
        [reader], resource=resource, exemplar_filter=AlwaysOffExemplarFilter(), shutdown_on_exit=False
    )
    try:
        yield tracers, meters
    finally:
        _shut_down(tracers, meters)


def _resource() -> Resource:
    """Who exports, and what the operator adds by OTEL_RESOURCE_ATTRIBUTES; no detector looks at the machine. The
    instance is a random name: counters of two processes under one name would overwrite each other."""
    ours = {"service.name": "baraza", "service.version": version("baraza"), "service.instance.id": str(uuid4())}
    return Resource(ours).merge(OTELResourceDetector().detect())


def _shut_down(*ending: TracerProvider | MeterProvider) -> None:
    """Both at once, in threads that the process does not wait for longer: a collector that hangs holds up nobody."""
    deadline = time.monotonic() + STOPPING
    threads = [Thread(target=provider.shutdown, daemon=True) for provider in ending]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))


def _complain_seldom() -> None:
    """Not undone at the end: a thread that is not waited for may still complain."""
    library = logging.getLogger(LIBRARY)
    library.handlers, library.propagate = [Seldom()], False
