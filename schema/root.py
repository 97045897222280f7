"""The contract's root: what may be asked and done."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry import Info
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from api.errors import RequestRefused
from api.graph.declare import PUBLISHED
from api.graph.operation import OperationExtension
from api.graph.payloads import PayloadExecution
from schema.cases import CaseMutation, CaseQuery
from schema.codes import CodeQuery
from schema.conflicts import ConflictMutation, ConflictQuery
from schema.groups import GroupMutation, GroupQuery
from schema.involvements import InvolvementMutation, InvolvementQuery
from schema.meetings import MeetingMutation, MeetingQuery
from schema.nodes import Node, find
from schema.notices import NoticeQuery
from schema.places import PlaceQuery
from schema.requests import RequestMutation, RequestQuery
from schema.scalars import SCALARS
from schema.seats import SeatMutation, SeatQuery
from schema.sight import SightQuery
from schema.sites import SiteQuery
from schema.structures import StructureMutation, StructureQuery

if TYPE_CHECKING:
    from graphql import GraphQLError
    from strawberry.types import ExecutionContext

MOST_NODES = 100


@strawberry.type
class NodeQuery:
    @strawberry.field(
        metadata={"kind": "node"}, description="The row with this id; null where there is none that is yours to see."
    )
    async def node(
        self, info: Info[Any, None], id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")]
    ) -> Node | None:
        found: Node | None = await find(info, id)
        return found

    @strawberry.field(
        metadata={"kind": "nodes", "sized_by": "ids", "most": MOST_NODES},
        description=f"The rows with these ids, in their order, null for each that is not there. At most {MOST_NODES}.",
    )
    async def nodes(
        self, info: Info[Any, None], ids: Annotated[list[strawberry.ID], strawberry.argument(description="Their ids.")]
    ) -> list[Node | None]:
        if len(ids) > MOST_NODES:
            raise RequestRefused("PAGE_INVALID", most=MOST_NODES)
        return await asyncio.gather(*(find(info, global_id) for global_id in ids))


def _root(name: str, description: str, parts: tuple[type, ...]) -> type:
    merged: Any = merge_types(name, parts)
    merged.__strawberry_definition__.description = description
    made: type = merged
    return made


class Schema(strawberry.Schema):
    """Errors are logged where they are answered: a code and an id, never the document's text (SECURITY §7)."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Leave logging to the edge: the library's would quote literals."""


Query = _root(
    "Query",
    "What a seat may ask; all that it answers is what the acting seat may see.",
    (
        NodeQuery,
        GroupQuery,
        SeatQuery,
        StructureQuery,
        PlaceQuery,
        SiteQuery,
        RequestQuery,
        MeetingQuery,
        CaseQuery,
        InvolvementQuery,
        ConflictQuery,
        NoticeQuery,
        SightQuery,
        CodeQuery,
    ),
)
Mutation = _root(
    "Mutation",
    "What a seat may do; each act is done whole or not at all, and answers with its row or with a refusal.",
    (
        RequestMutation,
        MeetingMutation,
        CaseMutation,
        InvolvementMutation,
        ConflictMutation,
        GroupMutation,
        SeatMutation,
        StructureMutation,
    ),
)

schema = Schema(
    query=Query,
    mutation=Mutation,
    types=[published.type for published in PUBLISHED.values()],
    extensions=[OperationExtension],
    execution_context_class=PayloadExecution,
    config=StrawberryConfig(disable_field_suggestions=True, scalar_map=SCALARS),
)
