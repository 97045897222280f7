"""What docs/front-end.md tells a developer to do with TypeScript works: generated, compiled strictly, and run."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from console import DOCUMENTS, ROOT, blocks, code
from graphql import FragmentDefinitionNode, FragmentSpreadNode, NameNode, OperationDefinitionNode, Visitor, parse, visit
from graphql.language import print_ast
from peers.link import poor_link
from serve.processes import serving

from api.documents.rules import hash_of
from api.identity import DevelopmentIssuer
from api.registering import documents_of
from schema.root import schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import Node
    from serve.processes import Baraza

README, FRONT_END = DOCUMENTS
MODULES = Path(__file__).parent / "node_modules"
STRICT = ("--strict", "--target", "es2022", "--module", "commonjs", "--lib", "es2022,dom")
RUN = "require('./built/client.js').example(...JSON.parse(process.argv[1]), console.log)"
SAID = re.compile(r"^```text\n(.*?)^```$", re.DOTALL | re.MULTILINE)
MADE = "{ requests { nodes { title } } meetings { nodes { scheduledOn } } }"


def tool(name: str, *arguments: str, folder: Path) -> str:
    return done(str(MODULES / ".bin" / name), *arguments, folder=folder)


def done(*command: str, folder: Path) -> str:
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240, check=False)
    assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}"
    return ran.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the document's files, its types generated and its client compiled."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "node_modules").symlink_to(MODULES)
    (folder / "schema.graphql").symlink_to(ROOT / "schema" / "schema.graphql")
    for name in ("codegen.ts", "operations.graphql", "client.ts"):
        (folder / name).write_text(code(FRONT_END, name), encoding="utf-8")
    tool("graphql-codegen", "--config", "codegen.ts", folder=folder)
    tool("tsc", *STRICT, "--outDir", "built", "client.ts", folder=folder)
    return folder


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Baraza]:
    with serving(tmp_path_factory.mktemp("served") / "data") as server:
        yield server


def run(project: Path, served: Baraza, address: str) -> str:
    issuer = DevelopmentIssuer(served.data / "development-issuer.json")
    sessions = [{"address": address, "token": issuer.token(name, "baraza")} for name in ("sk.cso", "sk.officer")]
    return done("node", "-e", RUN, json.dumps(sessions), folder=project)


def made(served: Baraza) -> Counter[str]:
    found = served.ask("sk.coordinator", MADE)
    return Counter(value for rows in found.values() for row in rows["nodes"] for value in row.values())


def test_the_example_says_what_the_document_says(project: Path, served: Baraza) -> None:
    said = run(project, served, served.address)
    text = FRONT_END.read_text(encoding="utf-8")
    if "BARAZA_WRITE_DOCS" in os.environ:
        FRONT_END.write_text(SAID.sub(lambda _: f"```text\n{said}```", text), encoding="utf-8")
    else:
        assert SAID.findall(text) == [said]


def test_over_a_poor_link_it_says_the_same_and_does_all_once(project: Path, served: Baraza) -> None:
    before = made(served)
    direct = run(project, served, served.address)
    once = made(served) - before
    with poor_link(served.address) as (address, seen):
        assert run(project, served, address) == direct
    assert set(seen.values()) == {4}
    assert made(served) - before == once + once


def test_a_mistake_does_not_compile(project: Path) -> None:
    """So the types are those of the schema, and not any."""
    text = (project / "client.ts").read_text(encoding="utf-8")
    for right, wrong in (("one.title", "one.titel"), ("{ names: [list] }", "{ names: 3 }"), ("one.state)", "one)")):
        assert right in text
        text = text.replace(right, f"\n{wrong}\n")
    (project / "wrong.ts").write_text(text, encoding="utf-8")
    with pytest.raises(AssertionError) as caught:
        tool("tsc", *STRICT, "--noEmit", "wrong.ts", folder=project)
    assert len(set(re.findall(r"wrong\.ts\((\d+),\d+\): error", str(caught.value)))) == 3


class Renamed(Visitor):
    """Relay's rule for names: the module's first, and what it is last. Fragments are the module's own."""

    def __init__(self, module: str) -> None:
        super().__init__()
        self._module = module

    def leave_operation_definition(self, node: OperationDefinitionNode, *_: object) -> Node:
        name = f"{node.name.value if node.name else ''}{node.operation.value.title()}"
        return replace(node, name=NameNode(value=f"{self._module}{name}"))

    def leave_fragment_definition(self, node: FragmentDefinitionNode, *_: object) -> Node:
        return replace(node, name=self._own(node))

    def leave_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> Node:
        return replace(node, name=self._own(node))

    def _own(self, node: FragmentDefinitionNode | FragmentSpreadNode) -> NameNode:
        return NameNode(value=f"{self._module}_{node.name.value}")


def documented() -> dict[str, list[Node]]:
    """By module, every operation and fragment that the documents show."""
    texts = [block.asked for document in DOCUMENTS for block in blocks(document) if block.asked]
    asked = {text: f"Shown{number}" for number, text in enumerate(dict.fromkeys(texts), 1)}
    asked[code(FRONT_END, "operations.graphql")] = "Operations"
    found = {}
    for text, module in asked.items():
        found[module] = list(visit(parse(text), Renamed(module)).definitions)
    return found


RELAY = {
    "src": "./src",
    "schema": "./schema.graphql",
    "language": "typescript",
    "persistConfig": {"file": "./documents.json", "algorithm": "SHA256"},
    # Only Relay knows the directive that it would have on the spread of one member of a union.
    "featureFlags": {"enforce_fragment_alias_where_ambiguous": {"kind": "disabled"}},
}
COSTLY = "first: 1000"
"""What the one command asks that shows how a costly operation is answered; it is not registered either."""
WRONG = "titel"
"""What the one command asks that shows how a mistake in a document is answered."""


def valid() -> dict[str, list[Node]]:
    found = {module: nodes for module, nodes in documented().items() if WRONG not in print_ast(nodes[0])}
    assert len(found) == len(documented()) - 1
    return found


def test_code_generator_compiles_what_the_documents_show(project: Path, tmp_path: Path) -> None:
    for name in ("node_modules", "schema.graphql", "codegen.ts"):
        (tmp_path / name).symlink_to(project / name)
    nodes = [node for each in valid().values() for node in each]
    (tmp_path / "operations.graphql").write_text("\n".join(map(print_ast, nodes)), encoding="utf-8")
    tool("graphql-codegen", "--config", "codegen.ts", folder=tmp_path)
    generated = (tmp_path / "baraza" / "graphql.ts").read_text(encoding="utf-8")
    operations = [node.name.value for node in nodes if isinstance(node, OperationDefinitionNode) and node.name]
    assert [name for name in operations if f"export const {name}Document" not in generated] == []
    assert len(operations) >= 15
    tool("tsc", *STRICT, "--noEmit", "baraza/graphql.ts", folder=tmp_path)


def test_the_map_that_code_generator_writes_is_registered(project: Path, tmp_path: Path) -> None:
    for name in ("node_modules", "schema.graphql", "operations.graphql"):
        (tmp_path / name).symlink_to(project / name)
    config = (project / "codegen.ts").read_text(encoding="utf-8")
    preset = "fragmentMasking: false"
    config = config.replace(preset, f'{preset}, persistedDocuments: {{ hashAlgorithm: "sha256" }}')
    (tmp_path / "codegen.ts").write_text(config, encoding="utf-8")
    tool("graphql-codegen", "--config", "codegen.ts", folder=tmp_path)
    found = documents_of([tmp_path / "baraza" / "persisted-documents.json"], schema._schema, introspection=False)
    text = (tmp_path / "baraza" / "graphql.ts").read_text(encoding="utf-8")
    nodes = parse(code(FRONT_END, "operations.graphql")).definitions
    assert len(found) == sum(isinstance(node, OperationDefinitionNode) for node in nodes)
    assert all(hash_of(source) in text for source in found)


def test_relay_compiles_what_the_documents_show(tmp_path: Path) -> None:
    (tmp_path / "relay.config.json").write_text(json.dumps(RELAY), encoding="utf-8")
    (tmp_path / "schema.graphql").symlink_to(ROOT / "schema" / "schema.graphql")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "CaseList.ts").write_text(code(FRONT_END, "CaseList.ts"), encoding="utf-8")
    for module, nodes in valid().items():
        tags = "".join(f"graphql`{print_ast(node)}`;\n" for node in nodes)
        (tmp_path / "src" / f"{module}.ts").write_text(f'import {{ graphql }} from "relay-runtime";\n{tags}')
    (tmp_path / "documents.json").write_text("{}", encoding="utf-8")
    tool("relay-compiler", "relay.config.json", folder=tmp_path)
    made = {path.name.partition(".")[0] for path in (tmp_path / "src" / "__generated__").iterdir()}
    names = {node.name.value for nodes in valid().values() for node in nodes}  # type: ignore[attr-defined]
    map_made = tmp_path / "documents.json"
    documents = json.loads(map_made.read_text(encoding="utf-8"))
    map_made.write_text(json.dumps({key: text for key, text in documents.items() if COSTLY not in text}))
    assert len(documents_of([map_made], schema._schema, introspection=False)) == len(documents) - 1 > 20
    assert made == names | {"CaseListQuery", "CaseListNextQuery", "CaseListOneQuery", "CaseList_cases", "CaseList_case"}
