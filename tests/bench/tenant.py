"""A copy of the database in which row security is the tenant's filter alone, to measure what ours costs beyond it."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

import asyncpg
from building import of_database

from api.store import embedded

if TYPE_CHECKING:
    from collections.abc import Iterator

COPY = f"{embedded.DATABASE}_tenant"

FILTERED = """
DO $$
DECLARE
  groups CONSTANT regclass[] := ARRAY(
    SELECT c.oid FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'group_id'
    WHERE c.relrowsecurity AND c.oid <> 'seats'::regclass);
  dropped record;
  filtered regclass;
BEGIN
  FOR dropped IN SELECT polname, polrelid::regclass AS of FROM pg_policy
    WHERE NOT polpermissive OR polrelid = ANY (groups) LOOP
    EXECUTE format('DROP POLICY %I ON %s', dropped.polname, dropped.of);
  END LOOP;
  FOREACH filtered IN ARRAY groups LOOP
    EXECUTE format('CREATE POLICY tenant ON %s TO baraza_app USING (group_id = (SELECT seat_group()))', filtered);
  END LOOP;
END
$$
"""
"""In every table that has a group. Seats keep theirs, by which the bearer's own is found; tables of the network too."""


def of_copy(url: str) -> str:
    return of_database(url, COPY)


@contextmanager
def copied(owner_url: str) -> Iterator[None]:
    """Nobody else may be connected to the database while it is copied."""
    asyncio.run(_copy(owner_url))
    try:
        yield
    finally:
        asyncio.run(_said(of_database(owner_url, "postgres"), DROP))


async def _copy(owner_url: str) -> None:
    await _said(of_database(owner_url, "postgres"), DROP, CREATE)
    await _said(of_copy(owner_url), FILTERED)


DROP = f'DROP DATABASE IF EXISTS "{COPY}" WITH (FORCE)'
CREATE = f'CREATE DATABASE "{COPY}" TEMPLATE "{embedded.DATABASE}" STRATEGY file_copy'


async def _said(url: str, *statements: str) -> None:
    owner = await asyncpg.connect(url)
    try:
        for statement in statements:
            await owner.execute(statement)
    finally:
        await owner.close()
