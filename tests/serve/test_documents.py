"""A front end's documents, registered by commands beside a server that admits only those."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from serve.processes import Baraza, Shell, serving, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from serve.conftest import Place

ONE, TWO = "query One { actingSeat { group { code } } }\n", "query Two { actingSeat { roles } }"
THREE = "query Three($n: Int = 20) { cases(first: $n) { totalCount nodes { title } } }"


def digits(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture(scope="module")
def server(network: Place) -> Iterator[Baraza]:
    with serving(network.data, BARAZA_TRUSTED_DOCUMENTS="true", **network.settings) as running:
        yield running


@pytest.fixture
def documents(baraza: Shell, network: Place, tmp_path: Path) -> Callable[..., Any]:
    def command(*arguments: str) -> Any:
        return baraza("documents", *arguments, data=network.data, folder=tmp_path, **network.settings)

    return command


def says(server: Baraza, **asked: Any) -> Any:
    """The data of an answer, or the code of its error."""
    with server.http("sk.officer") as http:
        answer = http.post("/graphql", json=asked).json()
    return answer["data"] if "data" in answer else answer["errors"][0]["extensions"]["code"]


def comes_to(server: Baraza, said: object, **asked: Any) -> None:
    wait_until(lambda: says(server, **asked) == said, 10)


def test_documents_are_registered_asked_for_and_withdrawn(
    documents: Callable[..., Any], server: Baraza, tmp_path: Path
) -> None:
    """As a document a file, and in the maps that Relay's compiler and GraphQL Code Generator write."""
    (tmp_path / "one.graphql").write_text(ONE)
    (tmp_path / "relay.json").write_text(json.dumps({digits(TWO): TWO}))
    (tmp_path / "codegen.json").write_text(json.dumps({f"sha256:{digits(text)}": text for text in (TWO, THREE)}))
    files = ("one.graphql", "relay.json", "codegen.json")
    one = {"documentId": f"sha256:{digits(ONE)}"}
    assert says(server, **one) == "DOCUMENT_UNKNOWN"
    assert documents("add", "web", *files).said == "3 of 3 documents added for web.\n"
    assert documents("add", "mobile", *files).said == "0 of 3 documents added for mobile.\n"
    comes_to(server, {"actingSeat": {"group": {"code": "sk"}}}, **one)
    assert says(server, query=TWO) == {"actingSeat": {"roles": ["CASE_OFFICER"]}}
    assert says(server, query=f"{TWO} ") == "DOCUMENT_NOT_TRUSTED"
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    lines = documents("list").said.splitlines()
    assert sorted(lines) == sorted(
        f"sha256:{digits(text)} web, added {today}: {shown}"
        for text, shown in ((ONE, ONE.strip()), (TWO, TWO), (THREE, f"{THREE[:59]}…"))
    )
    assert documents("withdraw", one["documentId"], digits(ONE), digits(TWO)).said == "2 documents withdrawn.\n"
    assert documents("withdraw", digits(ONE)).said == "0 documents withdrawn.\n"
    comes_to(server, "DOCUMENT_NOT_TRUSTED", query="{ __typename }")
    comes_to(server, "DOCUMENT_UNKNOWN", documentId=f"sha256:{digits('another')}")
    comes_to(server, "DOCUMENT_UNKNOWN", **one)
    assert sum(f"withdrawn {today}: " in line for line in documents("list").said.splitlines()) == 2
    assert documents("add", "mobile", "one.graphql").said == "1 of 1 documents added for mobile.\n"
    assert f"sha256:{digits(ONE)} mobile, added {today}: {ONE}" in documents("list").said
    comes_to(server, {"actingSeat": {"group": {"code": "sk"}}}, **one)


COSTLY = "{ cases(first: 1000) { nodes { timeline(first: 200) { nodes { kind } } } } }"
REFUSED = {
    "invalid.graphql": (
        "query Q {\n cases { nodes { titel } } }",
        "Correct the document by the schema. Cannot query field 'titel' on type 'Case'.",
    ),
    "syntax.graphql": (
        "{",
        "Correct the document's syntax at the place named. Syntax Error: Expected Name, found <EOF>.",
    ),
    "two.graphql": ("{ __typename } { __typename }", "Correct the document by the schema. This anonymous operation"),
    "costly.graphql": (COSTLY, "Ask for less at a time: the operation costs more than 1000 points;"),
    "schema.graphql": ("{ __schema { description } }", "Correct the document by the schema. "),
    "latin.graphql": ("{ a } # é".encode("latin-1"), "it is not what its name says: give GraphQL or JSON, in UTF-8."),
    "broken.json": ("{", "it is not what its name says: give GraphQL or JSON, in UTF-8."),
    "list.json": ("[]", "it must map hashes to documents, as Relay's compiler and GraphQL Code Generator do."),
    "manifest.json": ('{"operations": []}', "it must map hashes to documents"),
    "none.graphql": (None, "it cannot be read (No such file or directory): correct its name or its rights."),
}


def test_one_bad_document_keeps_all_of_them_out(documents: Callable[..., Any], tmp_path: Path) -> None:
    """Told in one sentence that names the file."""
    before = documents("list").said
    (tmp_path / "good.graphql").write_text("query Good { __typename }")
    for name, (content, says) in REFUSED.items():
        if content is not None:
            (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        sentence = documents("add", "web", "good.graphql", name).sentence
        assert sentence.startswith(f"{name}: {says}"), sentence
    md5 = hashlib.md5(TWO.encode()).hexdigest()
    for key, text in ((md5, TWO), (digits(ONE), TWO), (f"sha256:{digits(ONE)}", TWO), (digits(TWO).upper(), TWO)):
        (tmp_path / "map.json").write_text(json.dumps({digits(THREE): THREE, key: text}))
        sentence = documents("add", "web", "good.graphql", "map.json").sentence
        told = "this is not the SHA-256 of its document: set SHA-256 as the compiler's hash."
        assert sentence == f"map.json, {key[:60]}: {told}"
    (tmp_path / "map.json").write_text(json.dumps({digits(COSTLY): COSTLY}))
    assert documents("add", "web", "map.json").sentence.startswith(f"map.json, {digits(COSTLY)}: Ask for less")
    assert documents("add", "Web!", "good.graphql").sentence.startswith("Web! cannot name a front end: ")
    assert documents("list").said == before


def test_what_was_never_registered_is_not_withdrawn(documents: Callable[..., Any], tmp_path: Path) -> None:
    """Nor anything that is named with it."""
    kept = "query Kept { __typename }"
    (tmp_path / "kept.graphql").write_text(kept)
    documents("add", "web", "kept.graphql")
    for other in (digits("nothing"), "sha256:", "kept.graphql", f"md5:{digits(kept)}"):
        sentence = documents("withdraw", digits(kept), other).sentence
        assert (
            sentence == "Nothing was withdrawn, since one of these was never registered: see `baraza documents list`."
        )
    assert f"sha256:{digits(kept)} web, added" in documents("list").said
    assert "withdrawn" not in next(line for line in documents("list").said.splitlines() if digits(kept) in line)


def test_a_network_comes_first(baraza: Shell, empty: Place, tmp_path: Path) -> None:
    (tmp_path / "one.graphql").write_text(ONE)
    baraza("migrate", data=empty.data, **empty.settings)
    sentence = baraza(
        "documents", "add", "web", "one.graphql", data=empty.data, folder=tmp_path, **empty.settings
    ).sentence
    assert sentence == "There is no network yet: open its first group with `baraza group add`."
