"""The driver's dialect with a span a statement: the one place through which what SQLAlchemy sends goes.

Not an event (SECURITY §5): nothing here awaits, and nothing is done to the connection.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from api.store.base import Base
from api.telemetry import statement

DRIVER = "postgresql+baraza"
VERBS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "SAVEPOINT", "RELEASE", "ROLLBACK", "SHOW", "WITH"})
TABLE = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+(\w+)")


@lru_cache(1000)
def name(sql: str) -> str:
    """A verb and tables of ours: whatever else stands in a statement, no word of it can be in its name."""
    verb = next(iter(sql.split(maxsplit=1)), "").upper()
    tables = sorted({table for table in TABLE.findall(sql) if table in Base.metadata.tables})
    return " ".join([verb if verb in VERBS else "OTHER", *tables])


class Dialect(PGDialect_asyncpg):
    """SQLAlchemy's dialect of asyncpg, which tells of each statement."""

    supports_statement_cache = True

    def do_execute(self, cursor: Any, sql: str, parameters: Any, context: Any = None) -> None:
        with statement(name(sql)):
            super().do_execute(cursor, sql, parameters, context)  # type: ignore[no-untyped-call]

    def do_executemany(self, cursor: Any, sql: str, parameters: Any, context: Any = None) -> None:
        with statement(name(sql)):
            super().do_executemany(cursor, sql, parameters, context)  # type: ignore[no-untyped-call]


registry.register("postgresql.baraza", __name__, "Dialect")
