"""Composition root of the commands."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import signal
import socket
import sys
from contextlib import asynccontextmanager, contextmanager
from enum import Enum
from pathlib import Path  # noqa: TC003 - Typer reads the annotations at run time
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TypeVar

import typer
import uvicorn
from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError

from api.asgi import build, check_mode
from api.demo import loading
from api.demo.roster import PERSONAS
from api.errors import RequestRefused, StartRefused
from api.groups.actions import check_keys
from api.identity import DevelopmentIssuer
from api.imports.sites import import_sites
from api.issuers import IssuerTrouble, fetch
from api.joining import Joined, Joining, join
from api.seat import Category, Pillar, Role, system_seat
from api.settings import Settings, load
from api.store import embedded
from api.store.engine import Store
from api.store.migrating import migrate as run_migrations
from api.store.migrating import up_to_date
from api.store.sealing import Keyring
from api.store.supervise import end_with_parent
from api.worker import work
from schema.root import schema

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine, Iterator
    from types import FrameType

    from api.imports.report import Report

Code = TypeVar("Code", bound=Enum)

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
imports = typer.Typer(no_args_is_help=True)
app.add_typer(imports, name="import", help="Bring in files of other systems.")

STOPPING = 5
"""Seconds that requests under way are given when the server stops."""

group = typer.Typer(no_args_is_help=True, help="Groups of the network.")
app.add_typer(group, name="group")

ROWS_REFUSED, INTERRUPTED = 3, 130
"""How an import ends that left rows out, or was stopped; 0 says that every row is in."""

Development = Annotated[
    bool, typer.Option("--development", help="Demonstration data, personas, GraphiQL; loopback only.")
]


class Urls(NamedTuple):
    """Where the database is, as the service's role and as the owner."""

    app: SecretStr
    owner: SecretStr


def main() -> None:
    """Run a command; what an operator must know is one sentence, and the exit code 1."""
    logging.basicConfig(format="%(levelname)s %(name)s %(message)s", level=logging.WARNING)
    try:
        app()
    except StartRefused as refusal:
        sys.exit(f"baraza: {refusal}")


@app.command()
def serve(*, development: Development = False) -> None:
    """Serve GraphQL, and carry the outbox unless BARAZA_WORKER is off."""
    settings = _settings(development=development)
    _leave_quietly()
    with _listening(settings) as listener, _served(settings) as urls:
        _run(_prepare(settings, urls))
        application = build(settings, _store(settings, urls))
        address = f"http://{settings.host}:{listener.getsockname()[1]}"
        server = uvicorn.Server(
            uvicorn.Config(
                application,
                log_level="critical",
                access_log=False,
                server_header=False,
                date_header=False,
                timeout_graceful_shutdown=STOPPING,
            )
        )
        graphiql = [f"GraphiQL: {address}/graphiql/"] if settings.development else []
        _say(f"Baraza serves on {address}/graphql", *graphiql, "Stop it with Ctrl-C.")
        server.run(sockets=[listener])


@app.command()
def worker() -> None:
    """Carry the outbox and chain the audit, beside a `serve` with BARAZA_WORKER off."""
    settings = load()
    _leave_quietly()
    with _database(settings) as urls:
        _run(_carry(settings, urls))


@app.command(context_settings={"ignore_unknown_options": True})  # `-1` is a revision
def migrate(
    revision: Annotated[str, typer.Argument(help="Where to; `-1` is one step down.")] = "head",
    *,
    destroy: Annotated[bool, typer.Option("--destroy", help="Go back although records are deleted.")] = False,
) -> None:
    """Bring the database to the shape that this version expects."""
    with _database(load()) as urls:
        _run(run_migrations(urls.owner, urls.app, revision, destroy=destroy))


@app.command()
def demo() -> None:
    """Enter the demonstration network; run again, it adds only what is missing."""
    settings = _settings(development=True)
    with _database(settings) as urls:
        done = _run(_load_demo(settings, urls))
    _say(f"{done} steps entered.")


@group.command("add")
def group_add(
    code: Annotated[str, typer.Option(help="Two to eight small letters, for example nk.")],
    name: Annotated[str, typer.Option(help="Its name in French.")],
    jurisdiction: Annotated[list[str], typer.Option(help="P-code that it covers; again for each.")],
    clone_from: Annotated[str | None, typer.Option(help="Code of the group whose settings it takes over.")] = None,
    name_en: Annotated[str | None, typer.Option(help="Its name in English; the French one unless given.")] = None,
    coordinator: Annotated[str, typer.Option(help="Name of its first coordinator.")] = "Coordination",
    organisation: Annotated[str | None, typer.Option(help="Whom the coordinator represents.")] = None,
    category: Annotated[str, typer.Option(help="Kind of that organisation.")] = Category.CSO.name,
    pillar: Annotated[str, typer.Option(help="Pillar of the seat.")] = Pillar.CIVIL_SOCIETY.name,
) -> None:
    """Open a group beside running servers, and print the code that leads to its first seat."""
    settings = load()
    joining = Joining(
        code=code,
        name_fr=name,
        name_en=name_en or name,
        jurisdiction=jurisdiction,
        like=clone_from,
        coordinator=coordinator,
        organisation=organisation or f"Secrétariat {name}",
        category=_coded(Category, category),
        pillar=_coded(Pillar, pillar),
    )
    with _database(settings) as urls:
        joined: Joined = _run(_join(settings, urls, joining))
    _say(
        f"Group {joined.code} is open.",
        f"Its first coordinator signs in and accepts this invitation until {joined.expires_on}: {joined.invitation}",
    )


@app.command()
def token(
    persona: Annotated[str, typer.Argument(help="For example sk.coordinator.")],
    *,
    new: Annotated[bool, typer.Option("--new", help="Somebody who has no seat yet, to accept an invitation.")] = False,
) -> None:
    """Print a token of the development issuer for a persona of the demonstration."""
    settings = load()
    if settings.mode == "production" or not settings.issuer_key.exists():
        raise StartRefused("Tokens are printed for a development server only: start one with `make serve` first.")
    if not new and persona not in {known.name for known in PERSONAS}:
        raise StartRefused(f"No persona has this name; there are {', '.join(known.name for known in PERSONAS)}.")
    _say(DevelopmentIssuer(settings.issuer_key).token(persona, settings.audience))


@imports.command("sites")
def sites(
    file: Annotated[Path, typer.Argument(help="CSV in the format of IPIS' site visits.")],
    *,
    group: Annotated[str, typer.Option(help="Code of the group, for example sk.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Do everything but keep it, and say what it would do.")
    ] = False,
    report: Annotated[Path | None, typer.Option(help="Write all remarks to this CSV file.")] = None,
) -> None:
    """Bring visits of sites into a group; run again, it adds and changes only what differs."""
    settings = load()
    with _database(settings) as urls:
        done = _run(_import_sites(settings, urls, group, file, dry_run=dry_run), stopped=INTERRUPTED)
    if report is not None:
        done.write(report)
    _say(*done.lines())
    sys.exit(ROWS_REFUSED if done.refused else 0)


@app.command("database-url")
def database_url(*, owner: Annotated[bool, typer.Option(help="As the owner of the tables.")] = False) -> None:
    """Print the URL of the database, for psql and other tools. It holds a password."""
    urls = _known(load())
    if urls is None:
        raise StartRefused(
            "No server runs on this data folder: start one with `make serve`, or set BARAZA_DATABASE_URL."
        )
    _say((urls.owner if owner else urls.app).get_secret_value())


@app.command()
def sdl() -> None:
    """Print the schema."""
    _say(schema.as_str())


def _coded(codes: type[Code], name: str) -> Code:
    if name not in codes.__members__:
        raise StartRefused(f"{name} is no {codes.__name__.lower()}: take one of {', '.join(codes.__members__)}.")
    return codes[name]


def _settings(*, development: bool) -> Settings:
    settings = load()
    if development and settings.mode == "production":
        raise StartRefused("BARAZA_MODE=production and a development command exclude each other: unset one.")
    return load(mode="development") if development else settings


def _known(settings: Settings) -> Urls | None:
    if settings.database_url is not None and settings.owner_database_url is not None:
        return Urls(settings.database_url, settings.owner_database_url)
    server = embedded.running(settings.data)
    return Urls(SecretStr(server.app_url), SecretStr(server.owner_url)) if server else None


@contextmanager
def _database(settings: Settings) -> Iterator[Urls]:
    """The server that is named or runs already, or our own for as long as the command lasts."""
    known = _known(settings)
    if known is not None:
        yield known
        return
    with embedded.postgres(settings.data) as server:
        yield Urls(SecretStr(server.app_url), SecretStr(server.owner_url))


@contextmanager
def _served(settings: Settings) -> Iterator[Urls]:
    check_mode(settings)
    with _database(settings) as urls:
        yield urls


async def _prepare(settings: Settings, urls: Urls) -> None:
    """Migrate; in development load the demonstration once, in production see that this is a network to serve."""
    await _check_issuer(settings)
    await run_migrations(urls.owner, urls.app)
    await (_load_demo(settings, urls) if settings.development else _check_network(settings, urls))


async def _check_issuer(settings: Settings) -> None:
    """One that is away stops nobody, since links are poor; a name that is not its own is an operator's to correct."""
    if settings.oidc_issuer is None:
        return
    try:
        await fetch(settings.oidc_issuer)
    except IssuerTrouble as trouble:
        if trouble.code == "ANOTHER_ISSUER":
            raise StartRefused(
                "The issuer calls itself otherwise than BARAZA_OIDC_ISSUER does: set it to the `issuer` that its "
                "openid-configuration says, to the letter."
            ) from None


async def _load_demo(settings: Settings, urls: Urls) -> int:
    """Whose key is missing gets it first, unless the whole file is missing: then a network that is there needs it
    back."""
    async with _opened(settings, urls) as store:
        try:
            if settings.keys.exists() or not await loading.loaded(store):
                loading.make_keys(settings.keys)
            store.keyring.check()
            entered = await loading.load(store)
            await _check_keys(store)
        except RequestRefused:
            raise StartRefused(
                "This database holds another network, which the demonstration cannot be entered into: "
                "name an empty one."
            ) from None
    return entered


async def _check_network(settings: Settings, urls: Urls) -> None:
    """A network without groups has no keys yet."""
    async with _opened(settings, urls) as store:
        if await loading.shown(store):
            raise StartRefused(
                "This database holds the demonstration, which production does not serve: name another with "
                "BARAZA_DATABASE_URL or BARAZA_DATA."
            )
        if settings.keys.exists() or await loading.loaded(store):
            store.keyring.check()
        await _check_keys(store)


@asynccontextmanager
async def _opened(settings: Settings, urls: Urls) -> AsyncIterator[Store]:
    store = _store(settings, urls)
    try:
        await store.check()
        yield store
    except (OSError, SQLAlchemyError, RequestRefused):
        raise StartRefused(
            "BARAZA_DATABASE_URL does not lead to the migrated database: check that it runs and both URLs, "
            "then run `baraza migrate`."
        ) from None
    finally:
        await store.close()


async def _join(settings: Settings, urls: Urls, joining: Joining) -> Joined:
    await up_to_date(urls.owner)
    async with _opened(settings, urls) as store:
        return await join(store, joining)


async def _carry(settings: Settings, urls: Urls) -> None:
    await up_to_date(urls.owner)
    await work(_store(settings, urls))


async def _import_sites(settings: Settings, urls: Urls, group: str, file: Path, *, dry_run: bool) -> Report:
    await up_to_date(urls.owner)
    store = _store(settings, urls)
    try:
        return await import_sites(store, group, file, _progress, dry_run=dry_run)
    finally:
        await store.close()
        if sys.stderr.isatty():
            print(file=sys.stderr)  # noqa: T201 - ends the line that counted


def _progress(rows: int) -> None:
    """One line that counts up on a terminal, and lines of their own in a log."""
    start, end = ("\r", "") if sys.stderr.isatty() else ("", "\n")
    print(f"{start}{rows:,} visits", end=end, file=sys.stderr, flush=True)  # noqa: T201 - as _say


async def _check_keys(store: Store) -> None:
    async with store.process(system_seat(Role.WORKER), write=False) as op:
        await check_keys(op)


def _store(settings: Settings, urls: Urls) -> Store:
    return Store(urls.app, Keyring(settings.keys), size=settings.pool_size, wait=settings.pool_wait)


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    """The port is taken before anything is started."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
        except OSError as error:
            raise StartRefused(_not_bound(settings, error)) from None
        yield listener


def _not_bound(settings: Settings, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {settings.port} of {settings.host} is taken: stop what uses it, or set PORT to another."
    if error.errno == errno.EACCES:
        return f"Port {settings.port} needs rights that this user has not: set PORT to one above 1023."
    return f"{settings.host} is no address of this machine: correct BARAZA_HOST."


def _run(work: Coroutine[Any, Any, Any], *, stopped: int = 0) -> Any:
    """Run to the end, or until Ctrl-C or SIGTERM cancels it, which leaves nothing half done and exits `stopped`."""
    try:
        return asyncio.run(_until_asked(work))
    except asyncio.CancelledError:
        sys.exit(stopped)
    finally:
        _leave_quietly()  # the loop has taken the handlers with it


async def _until_asked(work: Coroutine[Any, Any, Any]) -> Any:
    task = asyncio.current_task()
    assert task is not None
    for asked in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(asked, task.cancel)
    return await work


def _leave_quietly() -> None:
    """Ctrl-C and SIGTERM end the process in order, with exit code 0; so does the end of the `make` that started it."""
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    if "MAKELEVEL" in os.environ:
        end_with_parent(signal.SIGTERM)


def _leave(_: int, __: FrameType | None) -> None:
    sys.exit(0)


def _say(*lines: str) -> None:
    for line in lines:
        print(line, flush=True)  # noqa: T201 - a command's answer
