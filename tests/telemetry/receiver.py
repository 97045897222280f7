"""An OTLP receiver on loopback: it decodes what it is sent by the official protobuf stubs, and keeps the bytes."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

PATHS = {
    "/v1/traces": (ExportTraceServiceRequest, ExportTraceServiceResponse),
    "/v1/metrics": (ExportMetricsServiceRequest, ExportMetricsServiceResponse),
}


@dataclass
class Received:
    """Everything that was sent, in the order of its arrival."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    messages: list[Any] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def everything(self) -> bytes:
        return b"\n".join([*self.bodies, *(headers.encode() for headers in self.headers)])

    @property
    def resources(self) -> list[Any]:
        return [each for message in self.messages for each in _resources(message)]

    @property
    def spans(self) -> list[Span]:
        """All spans, by their beginning."""
        scopes = [scope for each in self.resources if hasattr(each, "scope_spans") for scope in each.scope_spans]
        return sorted((span for scope in scopes for span in scope.spans), key=lambda span: span.start_time_unix_nano)

    @property
    def operations(self) -> list[Span]:
        return [span for span in self.spans if span.kind == Span.SPAN_KIND_SERVER]

    @property
    def statements(self) -> list[Span]:
        return [span for span in self.spans if span.kind == Span.SPAN_KIND_CLIENT]

    def statements_of(self, operation: Span) -> list[Span]:
        return [span for span in self.statements if span.parent_span_id == operation.span_id]

    @property
    def metrics(self) -> dict[str, list[Any]]:
        """The points of each metric as they were sent last."""
        scopes = [scope for each in self.resources if hasattr(each, "scope_metrics") for scope in each.scope_metrics]
        return {metric.name: list(points(metric)) for scope in scopes for metric in scope.metrics}


def points(metric: Any) -> Any:
    return getattr(metric, metric.WhichOneof("data")).data_points


def attributes(one: Any) -> dict[str, Any]:
    """The attributes of a span, a point or a resource as plain values."""
    return {each.key: _plain(each.value) for each in one.attributes}


def _plain(value: Any) -> Any:
    kind = value.WhichOneof("value")
    found = getattr(value, kind)
    return [_plain(each) for each in found.values] if kind == "array_value" else found


def _resources(message: Any) -> Any:
    return message.resource_spans if isinstance(message, ExportTraceServiceRequest) else message.resource_metrics


@contextmanager
def receiving() -> Iterator[Received]:
    received = Received()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked, answer = PATHS.get(self.path, (None, None))
            if asked is None or answer is None:
                received.refused.append(self.path)
                self.send_error(404)
                return
            received.bodies.append(body)
            received.headers.append(str(self.headers))
            received.messages.append(asked.FromString(body))
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.end_headers()
            self.wfile.write(answer().SerializeToString())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        received.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield received
        finally:
            server.shutdown()
            thread.join()
