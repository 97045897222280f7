"""Ways to leave a seat, or a transaction, on a connection, each of which a storm must find."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

from api.identity import Verifier
from api.store import binding, engine
from api.store.connections import Connections

if TYPE_CHECKING:
    import pytest

    from api.seat import Seat


def session_level(patch: pytest.MonkeyPatch) -> None:
    """What row security reads is set for the session, and not for the transaction."""
    for name in ("FIND", "READ"):
        patch.setattr(binding, name, getattr(binding, name).replace(", true)", ", false)"))


def kept_as_it_is(patch: pytest.MonkeyPatch) -> None:
    """A connection on which something was cut off is taken back as it is."""

    async def taken(self: Connections, lent: Any, *, begun: bool = True) -> None:  # noqa: ARG001 - as the method is called
        self._free.append(lent)

    patch.setattr(Connections, "_cleaned", taken)


BEARER: ContextVar[str] = ContextVar("BEARER")


def bound_by_a_hook(patch: pytest.MonkeyPatch) -> None:
    """An event of the engine binds the seat when it hands out a connection; what is asked then relies on it."""
    known = Verifier.subject

    async def subject(self: Verifier, authorization: str | None) -> str:
        BEARER.set(found := await known(self, authorization))
        return found

    patch.setattr(Verifier, "subject", subject)
    patch.setattr(engine, "bind", relying)
    made = engine.Store.__init__

    def init(self: engine.Store, *said: Any, **named: Any) -> None:
        made(self, *said, **named)
        event.listen(self._engine.sync_engine.pool, "checkout", hook)

    patch.setattr(engine.Store, "__init__", init)


def hook(connection: Any, *_: object) -> None:
    """As an application would write it that binds from a variable of the request."""
    connection.run_async(at_session)


async def at_session(raw: Any) -> None:
    if (bearer := BEARER.get(None)) is not None:
        await raw.execute(f"SELECT set_config('baraza.subject', '{bearer}', false)")
        await raw.fetch(binding.FIND.replace(", true)", ", false)"), None)


MINE = "SELECT * FROM seats WHERE id = nullif(current_setting('baraza.seat', true), '')::uuid"


async def relying(raw: Any, *_: object, write: bool) -> Seat:
    await raw.execute(binding.BEGIN[write])
    return binding._seat(binding.the_one(await raw.fetch(MINE)))


LEAKS = {session_level: "remembers", kept_as_it_is: ".", bound_by_a_hook: "its own seat|not NO_SEAT"}
"""With what is found of each; a transaction that is left open shows as it happens to go on."""
