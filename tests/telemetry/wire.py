"""Between the service and PostgreSQL: a relay that counts the statements that PostgreSQL gets through it."""

from __future__ import annotations

import asyncio
import struct
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

STATEMENT = b"QE"
"""Messages of the protocol that run something: a simple query, and the execution of a prepared statement."""

TLS_ASKED = 80_877_103


@dataclass
class Wire:
    """`url` leads through the relay; `statements` have gone through so far."""

    url: str = ""
    statements: int = 0

    async def relay(self, client: asyncio.StreamReader, back: asyncio.StreamWriter, host: str, port: int) -> None:
        server, forth = await asyncio.open_connection(host, port)
        answers = asyncio.create_task(_copy(server, back))
        try:
            await self._ask(client, forth)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            forth.close()
            await answers

    async def _ask(self, client: asyncio.StreamReader, forth: asyncio.StreamWriter) -> None:
        """Messages before the session has begun carry no type."""
        begun = False
        while True:
            kind = await client.readexactly(1) if begun else b""
            length = await client.readexactly(4)
            rest = await client.readexactly(struct.unpack("!I", length)[0] - 4)
            begun = begun or struct.unpack("!I", rest[:4])[0] != TLS_ASKED
            self.statements += kind in STATEMENT and kind != b""
            forth.write(kind + length + rest)
            await forth.drain()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while some := await reader.read(65_536):
            writer.write(some)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


@asynccontextmanager
async def tapped(url: str) -> AsyncIterator[Wire]:
    there, wire = make_url(url), Wire()
    assert there.host is not None

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await wire.relay(reader, writer, str(there.host), there.port or 5432)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    here = there.set(host="127.0.0.1", port=server.sockets[0].getsockname()[1])
    wire.url = here.render_as_string(hide_password=False)
    try:
        yield wire
    finally:
        server.close()
