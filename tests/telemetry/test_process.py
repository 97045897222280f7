"""The server as a process of its own: what it tells a collector, one that is away, and none."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from conftest import database
from serve.processes import ROOT, free_port, serving, wait_until
from telemetry.canaries import Canaries
from telemetry.receiver import attributes, receiving

from api.errors import StartRefused
from api.otlp import STOPPING
from api.settings import load
from api.telemetry import exporting

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from api.cli import Urls

CASES = "{ cases { totalCount nodes { number } } }"
MEANWHILE = {"OTEL_BSP_SCHEDULE_DELAY": "100", "OTEL_METRIC_EXPORT_INTERVAL": "200"}
SILENT = """
import sys, threading
import api.cli
from api.telemetry import exporting
with exporting(None, 1.0) as telemetry, telemetry.operation() as told:
    told.answered(200, ())
print(threading.active_count(), [name for name in sys.modules if name.startswith(("opentelemetry.sdk", "requests"))])
"""


@pytest.fixture(scope="module")
async def settings_of_a_network(
    server: Urls, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Path, dict[str, str]]]:
    """A data folder, and the settings of a database of its own."""
    async with database(server, f"baraza_told_{os.getpid()}") as urls:
        yield (
            tmp_path_factory.mktemp("told") / "data",
            {
                "BARAZA_DATABASE_URL": urls.app.get_secret_value(),
                "BARAZA_OWNER_DATABASE_URL": urls.owner.get_secret_value(),
            },
        )


def test_a_server_tells_its_collector_and_nobody_else(
    settings_of_a_network: tuple[Path, dict[str, str]],
) -> None:
    """Whatever else the environment asks the libraries for."""
    data, settings = settings_of_a_network
    canaries = Canaries()
    told = {
        "FASTAPI_OTEL_AUTO_CONFIGURE": "true",
        "OTEL_EXPERIMENTAL_RESOURCE_DETECTORS": "*",
        "OTEL_PYTHON_SDK_INTERNAL_METRICS_ENABLED": "true",
        "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=trial",
        "OTEL_EXPORTER_OTLP_HEADERS": "x-collector=admitted",
        "BARAZA_TRACES": "1",
        **MEANWHILE,
    }
    with receiving() as received, serving(data, OTEL_EXPORTER_OTLP_ENDPOINT=received.url, **told, **settings) as server:
        with server.http("sk.officer") as http:
            canaries.token(http.headers["Authorization"].removeprefix("Bearer "))
            http.headers["traceparent"] = f"00-{'ab' * 16}-{'cd' * 8}-01"
            http.headers.update({name: canaries.text() for name in ("tracestate", "baggage", "User-Agent")})
            assert http.post(f"/graphql?q={canaries.text()}", json={"query": CASES}).status_code == 200
            assert http.post(f"/graphql?q={canaries.text()}", content=canaries.text()).status_code == 415
            http.get(f"/{canaries.text()}?q={canaries.text()}")
            http.get(f"/healthz?q={canaries.text()}")
        wait_until(lambda: "baraza.worker.rounds" in received.metrics)
        server.popen.terminate()
        done = server.ends()
    assert (done.code, done.err) == (0, "")
    assert received.refused == []
    assert all("x-collector: admitted" in headers for headers in received.headers)
    assert [attributes(operation)["baraza.outcome"] for operation in received.operations] == ["OK", "REFUSED"]
    assert received.metrics.keys() >= {"baraza.operations", "baraza.pool.used", "baraza.worker.rounds"}
    for each in received.resources:
        named = attributes(each.resource)
        assert named.keys() == {"service.name", "service.version", "service.instance.id", "deployment.environment.name"}
    canaries.made |= {"ab" * 16, "cd" * 8, str(data), "healthz", *settings.values()}
    canaries.raw |= {b"\xab" * 16, b"\xcd" * 8}
    assert canaries.found(received.everything) == set()


@contextmanager
def hanging() -> Iterator[str]:
    """A collector that takes connections, and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_a_collector_that_hangs_is_nobodys_concern(settings_of_a_network: tuple[Path, dict[str, str]]) -> None:
    """It ends without waiting for what is under way."""
    data, settings = settings_of_a_network
    slowly = {"OTEL_EXPORTER_OTLP_TIMEOUT": "25", **MEANWHILE}
    with hanging() as url, serving(data, OTEL_EXPORTER_OTLP_ENDPOINT=url, **slowly, **settings) as server:
        until = time.monotonic() + 4
        while time.monotonic() < until:
            assert server.ask("sk.officer", CASES)["cases"]["totalCount"] > 0
        server.popen.terminate()
        asked = time.monotonic()
        done = server.ends()
    assert time.monotonic() - asked < 10
    assert (done.code, done.err) == (0, "")


def test_a_collector_that_is_not_there_costs_a_line_and_two_seconds(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """However many operations are told of: what is not delivered is dropped."""
    for name, value in MEANWHILE.items():
        monkeypatch.setenv(name, value)
    with exporting(f"http://127.0.0.1:{free_port()}", 1.0) as telemetry:
        for _ in range(5_000):
            with telemetry.operation() as told:
                told.answered(200, ())
        time.sleep(2)
        ending = time.monotonic()
    assert time.monotonic() - ending < STOPPING + 1
    time.sleep(1)  # what is not waited for is still under way
    (record,) = caplog.records
    assert record.name == "baraza.telemetry"
    assert record.getMessage().startswith("telemetry is not delivered (opentelemetry.")
    assert capfd.readouterr().err == ""


def test_without_a_collector_nothing_is_read_and_no_thread_is_started() -> None:
    done = subprocess.run([sys.executable, "-c", SILENT], capture_output=True, text=True, cwd=ROOT, check=True)
    assert (done.stdout, done.stderr) == ("1 []\n", "")


@pytest.mark.parametrize(
    "url",
    [
        "http://collector:4318",
        "http://192.0.2.1:4318",
        "https://user:secret@collector.example",
        "ftp://127.0.0.1",
        "https://",
        "127.0.0.1:4318",
        "http://127.0.0.1:port",
        "http://[::1",
    ],
)
def test_a_collector_that_others_could_listen_to_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
    with pytest.raises(StartRefused, match=r"^OTEL_EXPORTER_OTLP_ENDPOINT must be an https URL") as refused:
        load(mode="development")
    assert url not in str(refused.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:4318", "http://[::1]:4318", "https://collector.example/otlp"])
def test_a_collector_on_loopback_or_behind_tls_is_taken(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
    assert load(mode="development").otlp_endpoint == url
