"""A front end's documents are registered by one command, all of its files or none. No server is restarted: each looks
at what is registered when it is asked for what it does not know."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import orjson
from sqlalchemy.exc import DBAPIError

from api.documents import actions, reads, rules
from api.errors import NotFound, RequestRefused, StartRefused
from api.graph.documents import Documents
from api.graph.limits import Limits
from api.groups import reads as groups
from api.seat import NETWORK, Role, system_seat
from api.store.engine import refusal_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence
    from pathlib import Path

    from graphql import GraphQLSchema

    from api.documents.tables import TrustedDocument
    from api.store.engine import Store
    from api.store.operation import Operation

OPERATOR = system_seat(Role.NETWORK_ADMIN, NETWORK)
SHOWN = 60
"""Characters of a document in a list."""


def documents_of(files: Sequence[Path], schema: GraphQLSchema, *, introspection: bool) -> Sequence[str]:
    """The text of each document, once; raise `StartRefused` with the file of the first that the service would not admit
    either."""
    door = Documents(schema, Limits(), introspection=introspection)
    found: dict[str, None] = {}
    for file in files:
        for place, source in _read(file):
            try:
                door.examine(source)
            except RequestRefused as refusal:
                raise StartRefused(f"{place}: {_said(refusal)}") from None
            found[source] = None
    return list(found)


def _read(file: Path) -> Iterator[tuple[str, str]]:
    """Each document of the file, and where it stands: a `.json` file is a map of documents by their hashes, any other
    is one document."""
    try:
        content = file.read_bytes()
        if file.suffix == ".json":
            yield from _mapped(file, orjson.loads(content))
        else:
            yield str(file), content.decode()
    except OSError as error:
        raise StartRefused(f"{file}: it cannot be read ({error.strerror}): correct its name or its rights.") from None
    except ValueError:
        raise StartRefused(f"{file}: it is not what its name says: give GraphQL or JSON, in UTF-8.") from None


def _mapped(file: Path, members: object) -> Iterator[tuple[str, str]]:
    if not isinstance(members, dict) or not all(isinstance(source, str) for source in members.values()):
        raise StartRefused(
            f"{file}: it must map hashes to documents, as Relay's compiler and GraphQL Code Generator do."
        )
    for name, source in members.items():
        if name.removeprefix(rules.PREFIX) != rules.hash_of(source):
            raise StartRefused(
                f"{file}, {name[:SHOWN]}: this is not the SHA-256 of its document: set SHA-256 as the compiler's hash."
            )
        yield f"{file}, {name}", source


def _said(refusal: RequestRefused) -> str:
    """What to do, and what the library says of the first error, on one line."""
    first = next(iter(refusal.errors), {})
    return " ".join(f"{refusal.message('en')} {first.get('message', '')}".split())


async def register(store: Store, front_end: str, sources: Sequence[str]) -> Sequence[str]:
    """The identifiers of those that were not admitted before."""
    if not rules.FRONT_END.fullmatch(front_end):
        raise StartRefused(
            f"{front_end} cannot name a front end: take up to 40 small letters, digits, points and hyphens."
        )
    return await _changed(store, partial(actions.register, front_end=front_end, sources=sources))


async def withdraw(store: Store, names: Sequence[str]) -> Sequence[str]:
    """The identifiers of those that were admitted before; raise `StartRefused` where one was never registered."""
    hashes = {name.removeprefix(rules.PREFIX) for name in names}
    return await _changed(store, partial(actions.withdraw, hashes=hashes))


async def _changed(store: Store, act: Callable[[Operation], Awaitable[Sequence[str]]]) -> Sequence[str]:
    """What the operator's act changed. Two commands that change the same rows at once: one of them is told."""
    try:
        async with store.process(OPERATOR) as op:
            if not await op.scalars(groups.code_of(NETWORK)):
                raise StartRefused("There is no network yet: open its first group with `baraza group add`.")
            return [f"{rules.PREFIX}{digits}" for digits in await act(op)]
    except NotFound:
        raise StartRefused(
            "Nothing was withdrawn, since one of these was never registered: see `baraza documents list`."
        ) from None
    except DBAPIError as error:
        if refusal_of(error) is None:
            raise
        raise StartRefused("The database is busy with the same documents, or away: run the command again.") from None


async def listed(store: Store) -> Sequence[str]:
    """A line for each document, withdrawn or not."""
    async with store.process(OPERATOR, write=False) as op:
        return [_line(document) for document in await op.scalars(reads.every())]


def _line(document: TrustedDocument) -> str:
    withdrawn = f", withdrawn {document.withdrawn_at:%Y-%m-%d}" if document.withdrawn_at else ""
    text = " ".join(document.source.split())
    shown = text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
    return f"{rules.PREFIX}{document.hash} {document.front_end}, added {document.added_at:%Y-%m-%d}{withdrawn}: {shown}"
