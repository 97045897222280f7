"""`baraza serve --development` from its start to its end, as `make serve` runs it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpx
from serve.conftest import DEMONSTRATION
from serve.processes import (
    BARAZA,
    Baraza,
    Shell,
    answers,
    environment,
    free_port,
    processes_of,
    running,
    serving,
    wait_until,
)

if TYPE_CHECKING:
    from pathlib import Path

    from serve.conftest import First

COLD, WARM = 120, 5
"""Seconds."""
STOP = 15
"""Seconds, on a machine that does other things as well."""


def test_a_first_start_loads_the_demonstration_and_says_where_to_go(first: First) -> None:
    said = first.done.out.splitlines()
    assert [line.partition("http")[0] for line in said] == ["Baraza serves on ", "GraphiQL: ", "Stop it with Ctrl-C."]
    assert first.seconds < COLD
    assert (first.done.code, first.done.err) == (0, "")
    assert processes_of(first.data) == []
    told = [node["narrative"]["text"] for kind in first.demonstration.values() for node in kind["nodes"]]
    assert len(told) > first.demonstration["cases"]["totalCount"] > 0
    assert all(told)


def test_only_the_owner_reads_the_secrets(data: Path) -> None:
    for name in ("development-issuer.json", "keys.json", "postgres.passwords"):
        assert (data / name).stat().st_mode & 0o077 == 0, name


def test_a_second_start_is_warm_and_finds_what_the_first_one_entered(first: First, baraza: Shell) -> None:
    with running(first.data) as server:
        assert server.ready() < WARM
        assert baraza("demo", data=first.data).said == "0 steps entered.\n"
        assert server.ask("sk.coordinator", DEMONSTRATION) == first.demonstration
        assert answers(f"{server.address}/graphiql/")
        settings = {"BARAZA_DATA": str(first.data), "PATH": os.environ["PATH"]}
        said = subprocess.run([BARAZA, "token", "lub.cso"], env=settings, capture_output=True, text=True, check=True)
        with server.http("sk.cso") as http:
            http.headers["Authorization"] = f"Bearer {said.stdout.strip()}"
            answer = http.post("/graphql", json={"query": "{ actingSeat { organisation { name } } }"})
        assert answer.json()["data"] == {"actingSeat": {"organisation": {"name": "Pact"}}}
        server.interrupt()
        assert server.ends().code == 0
    assert processes_of(first.data) == []


def test_it_stops_within_seconds_whoever_still_talks(data: Path) -> None:
    """A front end keeps its connection, another sent half a body, a third half a head."""
    with serving(data) as server, server.http("sk.coordinator") as http:
        assert http.get("/healthz").status_code == 200
        host, port = server.address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as head, socket.create_connection((host, int(port))) as body:
            head.sendall(b"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\n")
            body.sendall(_half_a_body(http))
            time.sleep(0.3)
            begun = time.monotonic()
            server.popen.terminate()
            done = server.ends()
            assert time.monotonic() - begun < STOP
    assert done.code == 0
    assert "Traceback" not in done.err
    assert processes_of(data) == []


def _half_a_body(http: httpx.Client) -> bytes:
    head = {**http.headers, "host": "127.0.0.1", "content-type": "application/json", "content-length": "1000"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"POST /graphql HTTP/1.1\r\n{lines}\r\n{{".encode()


def test_a_start_that_is_interrupted_says_nothing_and_leaves_nothing_running(tmp_path: Path) -> None:
    with running(tmp_path / "data") as server:
        server.comes_to((server.data / "postgres.unfinished").exists)  # the cluster is made
        server.interrupt()
        done = server.ends()
    assert "Traceback" not in done.err
    assert "graphql" not in done.out
    assert processes_of(server.data) == []


def test_two_servers_at_once_one_of_them_after_an_interrupted_start(data: Path, tmp_path: Path) -> None:
    with running(tmp_path / "another") as interrupted:
        interrupted.comes_to((interrupted.data / "keys.json").exists)
        interrupted.interrupt()  # while the demonstration is loaded
        done = interrupted.ends()
    assert "Traceback" not in done.err
    assert processes_of(interrupted.data) == []
    with running(data) as one, running(tmp_path / "another") as other:
        one.ready()
        other.ready()
        assert one.address != other.address
        created = _request(one, "Only in one of them")
        assert created in _titles(one)
        assert created not in _titles(other)
        assert other.ask("sk.coordinator", "{ cases { totalCount } }")["cases"]["totalCount"] == 5


def _request(server: Baraza, title: str) -> str:
    document = """mutation ($title: String!) { submitRequest(title: $title, requestType: DIALOGUE, requester: CSO,
        channel: MEETING, pcode: "CD6201", occurred: {start: "2019-05-01", precision: DAY},
        brought: {start: "2019-05-02", precision: DAY}, told: {narrative: "What was told."})
        { __typename ... on Request { title } } }"""
    answer: dict[str, Any] = server.ask("sk.cso", document, {"title": title})["submitRequest"]
    assert answer == {"__typename": "Request", "title": title}
    return title


def _titles(server: Baraza) -> list[str]:
    nodes = server.ask("sk.coordinator", "{ requests(first: 50) { nodes { title } } }")["requests"]["nodes"]
    return [node["title"] for node in nodes]


def test_the_service_says_when_its_database_is_away(data: Path) -> None:
    with serving(data) as server:
        for process in processes_of(data):
            with suppress(ProcessLookupError):  # it ended with the one before it
                os.kill(process, signal.SIGKILL)
        answer = httpx.get(f"{server.address}/readyz", timeout=10, trust_env=False)
        assert (answer.status_code, answer.json()) == (503, {"status": "away"})
        assert httpx.get(f"{server.address}/healthz", trust_env=False).status_code == 200
        server.popen.terminate()
        done = server.ends()
    assert "Traceback" not in done.err
    assert done.code == 0


def test_it_ends_with_the_make_that_started_it(data: Path) -> None:
    """Somebody kills `make serve`, and not the server."""
    make = f"import subprocess; subprocess.run([{str(BARAZA)!r}, 'serve', '--development'])"
    settings = environment(data, {"MAKELEVEL": "1", "PORT": str(free_port())})
    with subprocess.Popen([sys.executable, "-c", make], env=settings, stdout=subprocess.DEVNULL) as process:
        wait_until(lambda: answers(f"http://127.0.0.1:{settings['PORT']}/readyz"))
        process.kill()
    wait_until(lambda: not answers(f"http://127.0.0.1:{settings['PORT']}/healthz") and not processes_of(data))
