"""Composition root of the commands. Each reads what it needs when it is given: all of it takes seconds."""

from __future__ import annotations

import gc
import logging
import sys
from contextlib import contextmanager
from enum import Enum
from functools import partial
from pathlib import Path  # noqa: TC003 - Typer reads the annotations at run time
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from api.errors import StartRefused
from api.running import count_up, database, known, leave_quietly, listening, run, say
from api.seat import Category, Pillar, Role
from api.settings import load

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from api.imports.report import Report
    from api.joining import Inviting, Joined, Joining
    from api.running import Urls
    from api.settings import Settings
    from api.store.engine import Store
    from api.telemetry import Telemetry

Code = TypeVar("Code", bound=Enum)

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
imports = typer.Typer(no_args_is_help=True)
app.add_typer(imports, name="import", help="Bring in files of other systems.")

STOPPING = 5
"""Seconds that requests under way are given when the server stops."""

group = typer.Typer(no_args_is_help=True, help="Groups of the network.")
app.add_typer(group, name="group")
seat = typer.Typer(no_args_is_help=True, help="Seats that no coordinator can give.")
app.add_typer(seat, name="seat")
documents = typer.Typer(no_args_is_help=True, help="Documents that front ends register.")
app.add_typer(documents, name="documents")

ROWS_REFUSED, INTERRUPTED = 3, 130
"""How an import ends that left rows out, or was stopped; 0 says that every row is in."""

Development = Annotated[
    bool, typer.Option("--development", help="Demonstration data, personas, GraphiQL; loopback only.")
]


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
    leave_quietly()
    with _reading():
        import uvicorn

        from api.asgi import build
        from api.opening import store_of
        from api.preparing import prepare
        from api.telemetry import exporting

    with (
        listening(settings) as listener,
        _served(settings) as urls,
        exporting(settings.otlp_endpoint, settings.traces) as telemetry,
    ):
        run(prepare(settings, urls))
        application = build(settings, store_of(settings, urls), telemetry)
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
        say(f"Baraza serves on {address}/graphql", *graphiql, "Stop it with Ctrl-C.")
        server.run(sockets=[listener])


@app.command()
def worker() -> None:
    """Carry the outbox and chain the audit, beside a `serve` with BARAZA_WORKER off."""
    settings = load()
    leave_quietly()
    from api.telemetry import exporting

    with database(settings) as urls, exporting(settings.otlp_endpoint, settings.traces) as telemetry:
        run(_carry(settings, urls, telemetry))


@app.command(context_settings={"ignore_unknown_options": True})  # `-1` is a revision
def migrate(
    revision: Annotated[str, typer.Argument(help="Where to; `-1` is one step down.")] = "head",
    *,
    destroy: Annotated[bool, typer.Option("--destroy", help="Go back although records are deleted.")] = False,
) -> None:
    """Bring the database to the shape that this version expects."""
    from api.store.migrating import migrate as run_migrations

    with database(load()) as urls:
        run(run_migrations(urls.owner, urls.app, revision, destroy=destroy))


@app.command()
def demo() -> None:
    """Enter the demonstration network; run again, it adds only what is missing."""
    settings = _settings(development=True)
    from api.preparing import load_demo

    with database(settings) as urls:
        done = run(load_demo(settings, urls))
    say(f"{done} steps entered.")


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
    from api.joining import Joining

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
    with database(settings) as urls:
        joined: Joined = run(_join(settings, urls, joining))
    say(
        f"Group {joined.code} is open.",
        f"Its first coordinator signs in and accepts this invitation until {joined.expires_on}: {joined.invitation}",
    )


@seat.command("invite")
def seat_invite(
    group: Annotated[str, typer.Option(help="Code of the group, or network.")],
    role: Annotated[str, typer.Option(help="COORDINATOR of a group; of the network for example NETWORK_ADMIN.")],
    name: Annotated[str, typer.Option(help="Who is invited.")],
    organisation: Annotated[str, typer.Option(help="Whom that person represents.")],
    category: Annotated[str, typer.Option(help="Kind of that organisation.")] = Category.CSO.name,
    pillar: Annotated[str | None, typer.Option(help="Pillar of the seat, where it has one.")] = None,
) -> None:
    """Print the code that leads to a seat of the network, or to a group's coordinator's."""
    settings = load()
    from api.joining import Inviting

    inviting = Inviting(
        code=group,
        role=_coded(Role, role),
        holder=name,
        organisation=organisation,
        category=_coded(Category, category),
        pillar=_coded(Pillar, pillar) if pillar else None,
    )
    with database(settings) as urls:
        invited: Joined = run(_invite(settings, urls, inviting))
    say(f"Whoever signs in and accepts this invitation until {invited.expires_on} has the seat: {invited.invitation}")


@app.command()
def token(
    persona: Annotated[str, typer.Argument(help="For example sk.coordinator.")],
    *,
    new: Annotated[bool, typer.Option("--new", help="Somebody who has no seat yet, to accept an invitation.")] = False,
) -> None:
    """Print a token of the development issuer for a persona of the demonstration."""
    from api.demo import tokens

    say(tokens.token(load(), persona, new=new))


@app.command("prove-isolation")
def prove_isolation(
    address: Annotated[str | None, typer.Option(help="Of a development server on this machine.")] = None,
    samples: Annotated[int, typer.Option(min=5, max=1000, help="How often each time is measured.")] = 30,
    stage: Annotated[list[str] | None, typer.Option(help="Only this stage, and the reading that it needs.")] = None,
) -> None:
    """Try the access matrix against the demonstration that runs, and print what leaked."""
    settings = load()
    from api.proof.running import run_proof
    from schema.root import schema

    told, held = run(run_proof(settings, schema._schema, address, stage or (), samples), stopped=INTERRUPTED)  # noqa: SLF001 - as above
    say(*told)
    sys.exit(0 if held else 1)


@documents.command("add")
def documents_add(
    front_end: Annotated[str, typer.Argument(help="Your name for the front end, for example secretariat.")],
    files: Annotated[list[Path], typer.Argument(help="A document each; .json is a map of documents by their SHA-256.")],
) -> None:
    """Register documents, all of them or none; run again, it adds only what is missing."""
    settings = load()
    from api import registering
    from schema.root import schema

    found = registering.documents_of(files, schema._schema, introspection=settings.shows_schema)  # noqa: SLF001 - as in api/http/app.py
    added = _registry(settings, partial(registering.register, front_end=front_end, sources=found))
    say(f"{len(added)} of {len(found)} documents added for {front_end}.")


@documents.command("list")
def documents_list() -> None:
    """Print every document: its identifier, front end, days and beginning."""
    from api import registering

    say(*_registry(load(), registering.listed))


@documents.command("withdraw")
def documents_withdraw(
    identifiers: Annotated[list[str], typer.Argument(help="As the list prints them, sha256: and digits.")],
) -> None:
    """Admit documents no longer; running servers forget them within a minute."""
    from api import registering

    withdrawn = _registry(load(), partial(registering.withdraw, names=identifiers))
    say(f"{len(withdrawn)} documents withdrawn.")


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
    with database(settings) as urls:
        done = run(_import_sites(settings, urls, group, file, dry_run=dry_run), stopped=INTERRUPTED)
    say(*done.lines())
    if report is not None:
        done.write(report)
    sys.exit(ROWS_REFUSED if done.refused else 0)


@app.command("database-url")
def database_url(*, owner: Annotated[bool, typer.Option(help="As the owner of the tables.")] = False) -> None:
    """Print the URL of the database, for psql and other tools. It holds a password."""
    urls = known(load())
    if urls is None:
        raise StartRefused(
            "No server runs on this data folder: start one with `make serve`, or set BARAZA_DATABASE_URL."
        )
    say((urls.owner if owner else urls.app).get_secret_value())


@app.command()
def grants() -> None:
    """Print every right to act, and the roles that hold it (docs/access.md)."""
    from api import policy

    for act, grant in policy.GRANTS.items():
        say(f"{act:<22} {grant.said} : {', '.join(role.value for role in policy.holders(act))}")


@app.command()
def sdl() -> None:
    """Print the schema."""
    from schema.root import schema

    say(schema.as_str())


def _coded(codes: type[Code], name: str) -> Code:
    if name not in codes.__members__:
        raise StartRefused(f"{name} is no {codes.__name__.lower()}: take one of {', '.join(codes.__members__)}.")
    return codes[name]


def _settings(*, development: bool) -> Settings:
    settings = load()
    if development and settings.mode == "production":
        raise StartRefused("BARAZA_MODE=production and a development command exclude each other: unset one.")
    return load(mode="development") if development else settings


@contextmanager
def _reading() -> Iterator[None]:
    """Of a start a quarter was the collector's, which looks through all that is read again and again, and finds it in
    use; nor does it look there later."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def _served(settings: Settings) -> Iterator[Urls]:
    from api.asgi import check_mode

    check_mode(settings)
    with database(settings) as urls:
        yield urls


async def _join(settings: Settings, urls: Urls, joining: Joining) -> Joined:
    from api.joining import join
    from api.opening import opened
    from api.store.migrating import up_to_date

    await up_to_date(urls.owner)
    async with opened(settings, urls) as store:
        return await join(store, joining)


async def _invite(settings: Settings, urls: Urls, inviting: Inviting) -> Joined:
    from api.joining import invite
    from api.opening import opened
    from api.store.migrating import up_to_date

    await up_to_date(urls.owner)
    async with opened(settings, urls) as store:
        return await invite(store, inviting)


def _registry(settings: Settings, work: Callable[[Store], Awaitable[Sequence[str]]]) -> Sequence[str]:
    """What was done with the documents of the network."""
    with database(settings) as urls:
        done: Sequence[str] = run(_registered(settings, urls, work))
    return done


async def _registered(
    settings: Settings, urls: Urls, work: Callable[[Store], Awaitable[Sequence[str]]]
) -> Sequence[str]:
    from api.opening import opened
    from api.store.migrating import up_to_date

    await up_to_date(urls.owner)
    async with opened(settings, urls) as store:
        return await work(store)


async def _carry(settings: Settings, urls: Urls, telemetry: Telemetry) -> None:
    from api.opening import store_of
    from api.store.migrating import up_to_date
    from api.worker import work

    await up_to_date(urls.owner)
    await work(store_of(settings, urls), telemetry)


async def _import_sites(settings: Settings, urls: Urls, group: str, file: Path, *, dry_run: bool) -> Report:
    from api.imports.sites import import_sites
    from api.opening import store_of
    from api.store.migrating import up_to_date

    await up_to_date(urls.owner)
    store = store_of(settings, urls)
    try:
        return await import_sites(store, group, file, count_up, dry_run=dry_run)
    finally:
        await store.close()
        if sys.stderr.isatty():
            print(file=sys.stderr)  # noqa: T201 - ends the line that counted
