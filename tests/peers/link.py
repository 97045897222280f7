"""A poor link in front of the server: it loses requests, and it loses answers after their act was done."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import httpx
import orjson

from api.errors import RequestRefused
from api.http.answers import refused

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSED = {"Authorization", "Content-Type", "Accept", "Accept-Language", "Baraza-Seat", "Idempotency-Key"}
BUSY = refused(RequestRefused("BUSY", 503, headers={"Retry-After": "1"}), "fr")


class Link(BaseHTTPRequestHandler):
    """A request is lost the first time, its answer the second; the third time it hears that the service is busy."""

    server: PoorLink

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        asked = f"{self.headers['Authorization']} {body.decode()}"
        self.server.seen[asked] += 1
        if self.server.seen[asked] == 1:
            self.close_connection = True
        elif self.server.seen[asked] == 3:
            self._answer(BUSY.status, orjson.dumps(BUSY.body), BUSY.headers)
        else:
            self._forward(body, lost=self.server.seen[asked] == 2)

    def _forward(self, body: bytes, *, lost: bool) -> None:
        headers = {name: value for name, value in self.headers.items() if name.title() in PASSED}
        answer = httpx.post(f"{self.server.address}/graphql", content=body, headers=headers, timeout=30)
        self._answer(answer.status_code, answer.content, {}, lost=lost)

    def _answer(self, status: int, content: bytes, headers: dict[str, str], *, lost: bool = False) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if lost else content)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """A test reads what its client says."""


class PoorLink(ThreadingHTTPServer):
    def __init__(self, address: str) -> None:
        super().__init__(("127.0.0.1", 0), Link)
        self.address = address
        self.seen: Counter[str] = Counter()


@contextmanager
def poor_link(address: str) -> Iterator[tuple[str, Counter[str]]]:
    """The link's own address, and how often each request came."""
    server = PoorLink(address)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", server.seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
