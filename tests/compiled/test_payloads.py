"""What acts answer with is the same, whether the row is read back compiled or by the executor.

Each act is done twice, in two copies of one database, with ids that the front end made.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

import pytest
from acting import submission
from alike import same
from compiled.features import ANY, CASE, LONG, REQUEST
from isolation.world import Copy, opened

from api.graph.reading import Reads

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from isolation.world import World

    from api.running import Urls
    from api.settings import Settings

REFUSED = "... on Refusal { __typename code field message } ... on VersionConflict { current { __typename id } }"
SUBMIT = """mutation($title: String!, $type: RequestType!, $requester: Category!, $channel: Channel!, $pcode: String!,
  $occurred: DateWithPrecisionInput!, $brought: DateWithPrecisionInput!, $told: RequestTold!, $class: IncidentClass,
  $id: ID!, $no: Boolean = false) { a: submitRequest(title: $title, requestType: $type, requester: $requester,
  channel: $channel, pcode: $pcode, occurred: $occurred, brought: $brought, told: $told, incidentClass: $class, id: $id)
  { k: __typename @include(if: $no) %s } }"""
LOG = """%s: logActivity(caseId: "%s", kind: MEDIATION, done: {precision: DAY, start: "2024-03-20"}, note: "Note %s",
  id: "%s") { %s }"""
TRIAGE = """mutation { %striageRequest(requestId: "%s", version: %d) { %s } }"""
SEEN = "... on Activity { kind case { activities { totalCount } } note { text } }"
CURRENT = """... on VersionConflict { code current { __typename id ... on Request { version title narrative { text }
  decisions { nodes { kind } } } } }"""
IN_FRAGMENTS = """...c ... on VersionConflict { current { ... on Case { id } x: id } } } }
  fragment c on VersionConflict { current { ... on Request { y: version }"""


def made(kind: str, name: str) -> str:
    return f"{kind}:{uuid5(NAMESPACE_URL, name)}"


def submitting(name: str) -> dict[str, Any]:
    given = submission()
    renamed = {"requestType": "type", "incidentClass": "class"}
    return {**{renamed.get(key, key): value for key, value in given.items()}, "id": made("Request", name)}


@dataclass(frozen=True)
class Act:
    """A document, and how many rows of its answer are read back."""

    source: str
    rows: int
    variables: Mapping[str, Any] = field(default_factory=dict)
    data: Any = ANY
    by: str = "sk.officer"


def log(key: str, name: str, inner: str, case: str = CASE) -> str:
    return LOG % (key, case, name, made("Activity", name), inner)


ACTS = {
    "a row": Act(
        SUBMIT
        % "__typename ... on Request { id version state title place { name parent { pcode } } occurred { start } }",
        1,
        submitting("a row"),
    ),
    "aliases and fragments": Act(
        SUBMIT
        % "t: __typename ...r ... on Node { x: id } ... { ... on Request { b: brought { start } brought { end } } }"
        + " fragment r on Request { s: state S: version narrative { n: text again: text audience } }",
        1,
        submitting("aliases and fragments"),
    ),
    "all that was told": Act(
        SUBMIT
        % """... on Request { narrative { text wantedAction affected } exactPlace { stated } arrival { channel }
        source { code statement } triageNote { text } case { id } decisions { totalCount edges { cursor } } }""",
        1,
        submitting("all that was told"),
    ),
    "conditions": Act(
        SUBMIT % "... on Request { state @include(if: $no) title @skip(if: $no) ...r @include(if: $no) }"
        + " fragment r on Request { version }",
        1,
        submitting("conditions"),
        {"a": {"title": "Barrière sur la route"}},
    ),
    "a name that is too long": Act(
        SUBMIT % f"... on Request {{ {LONG}: state }}", 0, submitting("too long"), {"a": {LONG: "SUBMITTED"}}
    ),
    "the type alone": Act(SUBMIT % "__typename", 1, submitting("the type alone"), {"a": {"__typename": "Request"}}),
    "another type": Act(SUBMIT % "... on NotAllowed { code }", 1, submitting("another type"), {"a": {}}),
    "two acts, of which the second sees the first": Act(
        f"""mutation {{ {log("one", "first", SEEN)} {log("two", "second", SEEN)} }}""",
        2,
        data={
            "one": {"kind": "MEDIATION", "case": {"activities": {"totalCount": 7}}, "note": {"text": "Note first"}},
            "two": {"kind": "MEDIATION", "case": {"activities": {"totalCount": 8}}, "note": {"text": "Note second"}},
        },
    ),
    "one act, and one that is refused": Act(
        f"""mutation {{ {log("one", "done", "... on Activity { kind }")}
        {log("two", "nowhere", REFUSED, made("Case", "nowhere"))} }}""",
        1,
    ),
    "the row as it is now": Act(TRIAGE % ("", REQUEST, 99, CURRENT), 1),
    "the row as it is now under fragments": Act(TRIAGE % ("a: ", REQUEST, 99, IN_FRAGMENTS), 1),
    "a refusal": Act(TRIAGE % ("", REQUEST, 1, REFUSED), 0, by="sk.observer"),
    "a refusal under aliases": Act(
        TRIAGE % ("", made("Request", "nowhere"), 1, "... on Refusal { a: code b: field } t: __typename"),
        0,
        data={"triageRequest": {"a": "NOT_FOUND", "b": "requestId", "t": "NotFound"}},
    ),
    "a refused page in what is read back": Act(
        f"mutation {{ {log('one', 'undone', '... on Activity { case { activities(first: -1) { totalCount } } }')} }}", 0
    ),
}


@dataclass(frozen=True)
class Twins:
    """Two copies of one database, to be asked with compiled reads and without."""

    compiled: World
    executor: World


@pytest.fixture(scope="module")
async def twins(server: Urls, settings: Settings, lived: Urls) -> AsyncIterator[Twins]:
    without = settings.model_copy(update={"compiled_reads": False})
    async with (
        Copy(server, f"baraza_payload_{os.getpid()}", lived) as one,
        Copy(server, f"baraza_twin_{os.getpid()}", lived) as other,
        opened(one, settings, size=1) as compiled,
        opened(other, without, size=1) as executor,
    ):
        yield Twins(compiled, executor)


@pytest.fixture
def read_back(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The rows that are read back compiled."""
    rows: list[object] = []
    original: Callable[..., Any] = Reads.row

    async def noting(*given: Any) -> Any:
        found = await original(*given)
        rows.append(found)
        return found

    monkeypatch.setattr(Reads, "row", noting)
    return rows


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
async def test_an_act_answers_alike(twins: Twins, read_back: list[object], act: Act) -> None:
    compiled = await twins.compiled.post(act.by, act.source, act.variables)
    assert len(read_back) == act.rows, compiled.text
    assert all(read_back)
    executor = await twins.executor.post(act.by, act.source, act.variables)
    assert len(read_back) == act.rows
    same(compiled, executor)
    assert "errors" not in compiled.json() or act.data is ANY, compiled.text
    assert act.data is ANY or compiled.json()["data"] == act.data
