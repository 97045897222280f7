"""Every table of every domain, in one metadata: what the migrations must add up to."""

from __future__ import annotations

from api.audit import tables as audit
from api.cases import tables as cases
from api.conflicts import tables as conflicts
from api.decisions import tables as decisions
from api.documents import tables as documents
from api.graph import tables as graph
from api.groups import tables as groups
from api.involvements import tables as involvements
from api.meetings import tables as meetings
from api.notices import tables as notices
from api.places import tables as places
from api.requests import tables as requests
from api.seats import tables as seats
from api.sight import tables as sight
from api.sites import tables as sites
from api.store.base import Base
from api.structures import tables as structures

DOMAINS = (
    audit,
    cases,
    conflicts,
    decisions,
    documents,
    graph,
    groups,
    involvements,
    meetings,
    notices,
    places,
    requests,
    seats,
    sight,
    sites,
    structures,
)

metadata = Base.metadata
