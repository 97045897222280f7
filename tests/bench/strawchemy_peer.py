"""Strawchemy over models of the same tables, behind a bare ASGI application: python strawchemy_peer.py PORT, with the
database in BENCH_DATABASE_URL, the seat to bind in BENCH_SEAT, and the groups' keys in BENCH_KEYS.

Its venv is its own (requirements.lock), and knows of ours how a narrative is opened, and nothing else.
"""

import json
import os
import sys
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

import orjson
import strawberry
import uvicorn
from sqlalchemy import ForeignKey, ForeignKeyConstraint, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from strawberry.extensions import ParserCache, ValidationCache
from strawchemy import ModelInstance, QueryHook, Strawchemy, StrawchemyAsyncRepository, StrawchemyConfig

from api.store import sealing

SEAT = json.loads(os.environ["BENCH_SEAT"])
KEYRING = sealing.Keyring(Path(os.environ["BENCH_KEYS"]))
BIND = text("SELECT " + ", ".join(f"set_config('{name}', '{value}', true)" for name, value in SEAT.items()))


class Base(DeclarativeBase):
    pass


class Place(Base):
    __tablename__ = "places"

    pcode: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class Request(Base):
    __tablename__ = "requests"

    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[str]
    state: Mapped[str]


class Decision(Base):
    __tablename__ = "decisions"

    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]


class Case(Base):
    __tablename__ = "cases"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "request_id"], ["requests.group_id", "requests.id"]),
        ForeignKeyConstraint(["group_id", "decision_id"], ["decisions.group_id", "decisions.id"]),
    )

    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    state: Mapped[str]
    title: Mapped[str]
    incident_class: Mapped[str]
    opened_on: Mapped[date]
    pcode: Mapped[str] = mapped_column(ForeignKey("places.pcode"))
    request_id: Mapped[UUID]
    decision_id: Mapped[UUID]

    place: Mapped[Place] = relationship()
    request: Mapped[Request] = relationship(overlaps="decision")
    decision: Mapped[Decision] = relationship(overlaps="request")
    risks: Mapped[list["CaseRisk"]] = relationship(viewonly=True)
    activities: Mapped[list["Activity"]] = relationship(viewonly=True)
    narrative: Mapped["CaseNarrative | None"] = relationship(viewonly=True, uselist=False)


class CaseRisk(Base):
    __tablename__ = "case_risks"
    __table_args__ = (ForeignKeyConstraint(["group_id", "case_id"], ["cases.group_id", "cases.id"]),)

    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    risk: Mapped[str] = mapped_column(primary_key=True)


class Activity(Base):
    __tablename__ = "activities"
    __table_args__ = (ForeignKeyConstraint(["group_id", "case_id"], ["cases.group_id", "cases.id"]),)

    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    kind: Mapped[str]
    recorded_at: Mapped[datetime]


class CaseNarrative(Base):
    __tablename__ = "case_narratives"
    __table_args__ = (ForeignKeyConstraint(["group_id", "case_id"], ["cases.group_id", "cases.id"]),)

    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    text: Mapped[bytes]


strawchemy = Strawchemy(
    StrawchemyConfig(
        "postgresql",
        session_getter=lambda info: info.context["session"],
        repository_type=StrawchemyAsyncRepository,
        pagination_default_limit=20,
    )
)


@strawchemy.type(Place, include={"name"}, override=True)
class PlaceType:
    pass


@strawchemy.type(Request, include={"title", "state"}, override=True)
class RequestType:
    pass


@strawchemy.type(Decision, include={"kind"}, override=True)
class DecisionType:
    pass


@strawchemy.type(CaseRisk, include={"risk"}, override=True)
class CaseRiskType:
    pass


@strawchemy.order(CaseRisk, include={"risk"}, override=True)
class CaseRiskOrderBy:
    pass


@strawchemy.type(Activity, include={"kind", "recorded_at"}, override=True)
class ActivityType:
    pass


@strawchemy.order(Activity, include={"recorded_at", "id"}, override=True)
class ActivityOrderBy:
    pass


@strawchemy.type(CaseNarrative, include=set(), override=True)
class CaseNarrativeType:
    instance: ModelInstance[CaseNarrative]

    @strawchemy.field(query_hook=QueryHook(load=[CaseNarrative.text, CaseNarrative.group_id, CaseNarrative.case_id]))
    def opened(self) -> str:
        row = self.instance
        return KEYRING.open(row.text, row.group_id, sealing.place("case_narratives", "text", row.group_id, row.case_id))


@strawchemy.filter(Case, include={"id", "group_id", "state"})
class CaseFilter:
    pass


@strawchemy.filter(Request, include={"state"})
class RequestFilter:
    pass


@strawchemy.order(Case, include={"opened_on", "id"})
class CaseSort:
    pass


@strawchemy.type(
    Case,
    include={
        "id", "number", "state", "title", "incident_class", "opened_on", "place", "request", "decision", "risks",
        "activities", "narrative",
    },
    paginate={"activities", "risks"},
    order={"activities", "risks"},
    override=True,
)  # fmt: skip
class CaseType:
    activities: list[ActivityType]
    risks: list[CaseRiskType]
    narrative: CaseNarrativeType | None


@strawchemy.aggregate(Case, include={"state"})
class CaseCount:
    pass


@strawchemy.aggregate(Request, include={"state"})
class RequestCount:
    pass


@strawberry.type
class Query:
    cases: list[CaseType] = strawchemy.field(filter_input=CaseFilter, order_by_input=CaseSort, pagination=True)
    case_counts: CaseCount = strawchemy.field(filter_input=CaseFilter, root_aggregations=True)
    request_counts: RequestCount = strawchemy.field(filter_input=RequestFilter, root_aggregations=True)


schema = strawberry.Schema(query=Query, extensions=[ParserCache(), ValidationCache()])
engine = create_async_engine(
    os.environ["BENCH_DATABASE_URL"].replace("postgresql:", "postgresql+asyncpg:").partition("?")[0],
    pool_size=int(os.environ["BENCH_POOL"]),
    max_overflow=0,
    isolation_level="REPEATABLE READ",
    execution_options={"postgresql_readonly": True},
)


async def answer(body: bytes) -> bytes:
    asked = orjson.loads(body)
    async with AsyncSession(engine) as session:
        await session.execute(BIND)
        result = await schema.execute(asked["query"], asked["variables"], {"session": session})
        await session.commit()
    said = {"data": result.data}
    if result.errors:
        said["errors"] = [error.formatted for error in result.errors]
    return orjson.dumps(said)


async def application(scope, receive, send) -> None:
    if scope["type"] == "lifespan":
        for said in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{said}.complete"})
        return
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    content = await answer(body)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content})


if __name__ == "__main__":
    uvicorn.run(
        application,
        port=int(sys.argv[1]),
        log_level="error",
        access_log=False,
        server_header=False,
        date_header=False,
    )
