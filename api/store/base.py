"""What every table is made of."""

from __future__ import annotations

import os
import time
from datetime import datetime
from enum import Enum
from typing import Annotated
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, LargeBinary, MetaData, Text, Uuid
from sqlalchemy import Enum as CodeType
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def codes(enum: type[Enum], name: str | None = None) -> CodeType:
    """A code as text with a CHECK: names in the database, never a PostgreSQL enum (ARCHITECTURE §8). `name` tells two
    columns of one list in one table apart."""
    more = {} if name is None else {"name": name}
    return CodeType(enum, native_enum=False, create_constraint=True, validate_strings=True, length=40, **more)


class Base(DeclarativeBase):
    """The one declarative base: text, dates with time zone, codes as checked text."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads a plain class attribute
        str: Text(),
        datetime: DateTime(timezone=True),
        Enum: codes(Enum),
        list[str]: ARRAY(Text()),
        list[UUID]: ARRAY(Uuid()),
    }


GroupId = Annotated[UUID, mapped_column(ForeignKey("working_groups.id"), primary_key=True)]
"""First column of every key of a group's table, so that no constraint tells one group about another."""

Key = Annotated[UUID, mapped_column(primary_key=True)]
Sealed = Annotated[bytes, mapped_column(LargeBinary)]
"""Ciphertext of `api/store/sealing.py`."""


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562, method 3): ordered by time to a quarter of a microsecond, random otherwise; made here because
    PostgreSQL 15 has no uuidv7()."""
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    time_part = milliseconds << 80 | 0x7 << 76 | (rest * 4096 // 1_000_000) << 64
    return UUID(int=time_part | 0x2 << 62 | int.from_bytes(os.urandom(8), "big") >> 2)
