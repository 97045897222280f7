"""A province joins by one command beside a running server, and works."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from serve.processes import Baraza, Shell, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from serve.conftest import Place

NK = ("--code", "nk", "--name", "Nord-Kivu", "--jurisdiction", "CD61", "--clone-from", "sk")
ACCEPT = "mutation($code: String!) { acceptInvitation(code: $code) { __typename ... on Seat { id group { code } } } }"
INVITE = """mutation($holder: String!, $organisation: ID!, $post: SeatPost!) {
  inviteToSeat(holder: $holder, organisationId: $organisation, post: $post, validFrom: "2026-01-01") {
    __typename ... on Invitation { invitationCode } ... on Refusal { code } } }"""
SUBMIT = """mutation { submitRequest(title: "Taxe sur la route de Masisi (fictif)", requestType: SITE_INCIDENT,
    requester: COMMUNITY, channel: MEETING, pcode: "CD6103", incidentClass: ROADBLOCK,
    occurred: {start: "2026-01-01", precision: MONTH}, brought: {start: "2026-02-02", precision: DAY},
    told: {narrative: "Exemple fictif."}) { __typename ... on Request { id version } ... on Refusal { code } } }"""
TRIAGE = "mutation($id: ID!) { triageRequest(requestId: $id, version: 1) { __typename ... on Refusal { code } } }"
GROUP = """{ groups(first: 50) { nodes { code nameFr settings { workingMode quorumPerPillar sizeTarget formalStatus }
    standings { nodes { standing } } jurisdictions { nodes { place { pcode } validTo } } } }
    organisations(filter: {category: [CSO]}, first: 100) { nodes { id name } } }"""


@pytest.fixture(scope="module")
def server(network: Place) -> Iterator[Baraza]:
    with serving(network.data, **network.settings) as running:
        yield running


def new(baraza: Shell, network: Place, server: Baraza, name: str) -> httpx.Client:
    """Somebody who has signed in and has no seat."""
    token = baraza("token", name, "--new", data=network.data, **network.settings).said.strip()
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=server.address, headers=headers, timeout=30, trust_env=False)


def ask(client: httpx.Client, document: str, **variables: Any) -> Any:
    body = client.post("/graphql", json={"query": document, "variables": variables}).json()
    assert "errors" not in body, body
    return body["data"]


def test_a_province_joins_in_under_a_minute_and_works(baraza: Shell, network: Place, server: Baraza) -> None:
    begun = time.monotonic()
    said = baraza("group", "add", *NK, data=network.data, **network.settings).said
    assert time.monotonic() - begun < 60
    assert said.startswith("Group nk is open.\n")
    with new(baraza, network, server, "nk.coordinator") as coordinator:
        seat = ask(coordinator, ACCEPT, code=said.split()[-1])["acceptInvitation"]
        assert (seat["__typename"], seat["group"]["code"]) == ("Seat", "nk")
        told = ask(coordinator, GROUP)
        group = next(each for each in told["groups"]["nodes"] if each["code"] == "nk")
        assert group == {
            "code": "nk",
            "nameFr": "Nord-Kivu",
            "settings": {
                "workingMode": "FIELD_MISSION", "quorumPerPillar": 1, "sizeTarget": 30, "formalStatus": "INFORMAL"
            },
            "standings": {"nodes": [{"standing": "FORMING"}]},
            "jurisdictions": {"nodes": [{"place": {"pcode": "CD61"}, "validTo": None}]},
        }  # fmt: skip
        pact = next(each["id"] for each in told["organisations"]["nodes"] if each["name"] == "Pact")
        post = {"category": "CSO", "pillar": "CIVIL_SOCIETY", "roles": ["MEMBER"]}
        invited = ask(coordinator, INVITE, holder="Kavira Mfano", organisation=pact, post=post)["inviteToSeat"]
        with new(baraza, network, server, "nk.cso") as member:
            assert ask(member, ACCEPT, code=invited["invitationCode"])["acceptInvitation"]["__typename"] == "Seat"
            request = ask(member, SUBMIT)["submitRequest"]
            assert request["__typename"] == "Request", request
        assert ask(coordinator, TRIAGE, id=request["id"])["triageRequest"] == {"__typename": "Request"}
        narratives = "{ requests { nodes { title narrative { text } } } }"
        assert ask(coordinator, narratives)["requests"]["nodes"][0]["narrative"]["text"] == "Exemple fictif."
    assert server.ask("sk.coordinator", f'{{ node(id: "{request["id"]}") {{ id }} }}') == {"node": None}


NETWORK = ("--group", "network", "--role", "NETWORK_ADMIN", "--name", "Zola Mfano", "--organisation", "Mfano")
ME = "{ actingSeat { roles group { code } } }"


@pytest.mark.parametrize(
    ("arguments", "seat"),
    [
        (NETWORK, {"roles": ["NETWORK_ADMIN"], "group": {"code": "network"}}),
        ((*NETWORK, "--role", "AUDITOR"), {"roles": ["AUDITOR"], "group": {"code": "network"}}),
        (
            (*NETWORK, "--role", "COORDINATOR", "--group", "lub", "--pillar", "CIVIL_SOCIETY"),
            {"roles": ["COORDINATOR"], "group": {"code": "lub"}},
        ),
    ],
    ids=["administrator", "auditor", "coordinator"],
)
def test_the_operator_invites_where_nobody_else_can(
    baraza: Shell, network: Place, server: Baraza, arguments: tuple[str, ...], seat: dict[str, Any]
) -> None:
    """The network's first administrator, and a coordinator for a group whose code was lost."""
    said = baraza("seat", "invite", *arguments, data=network.data, **network.settings).said
    with new(baraza, network, server, f"invited.{seat['roles'][0].lower()}") as somebody:
        assert ask(somebody, ACCEPT, code=said.split()[-1])["acceptInvitation"]["__typename"] == "Seat"
        assert ask(somebody, ME)["actingSeat"] == seat


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (("--group", "zz"), "There is no group zz: name one that there is, or network."),
        (("--group", "sk", "--role", "MEMBER"), "These roles do not belong here"),
        (("--role", "COORDINATOR"), "These roles do not belong here"),
        (("--role", "X"), "X is no role: take one of "),
    ],
)
def test_what_the_operator_cannot_invite_to(baraza: Shell, network: Place, changes: tuple[str, ...], says: str) -> None:
    assert baraza("seat", "invite", *NETWORK, *changes, data=network.data, **network.settings).sentence.startswith(says)


async def test_no_group_joins_under_another_key_file(baraza: Shell, network: Place, tmp_path: Path) -> None:
    """It would stop every server's next start: the network's file does not open it."""
    keys = network.data / "keys.json"
    for other in (None, b"{}"):
        elsewhere = tmp_path / f"keys-{other is None}.json"
        if other is not None:
            elsewhere.write_bytes(other)
        done = baraza(
            "group", "add", *NK, "--code", "qq", data=network.data, BARAZA_KEY_FILE=str(elsewhere), **network.settings
        )
        assert "key file" in done.sentence
        assert elsewhere.exists() == (other is not None)
    assert keys.exists()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (("--code", "sk"), "There is a group sk already: take another code."),
        (("--code", "SK!"), "SK! cannot be a group's code: take two to eight small letters."),
        (("--code", "xx", "--jurisdiction", "CD99"), "No place has the P-code CD99: see api/places/pcodes.csv."),
        (("--code", "xx", "--clone-from", "zz"), "There is no group zz to be like: name one that there is."),
        (("--code", "network"), "There is a group network already: take another code."),
    ],
)
def test_what_cannot_join_is_told_in_one_sentence(
    baraza: Shell, network: Place, changes: tuple[str, ...], says: str
) -> None:
    keys = (network.data / "keys.json").read_bytes()
    assert baraza("group", "add", *NK, *changes, data=network.data, **network.settings).sentence == says
    assert (network.data / "keys.json").read_bytes() == keys


def test_an_unknown_code_is_told_with_those_there_are(baraza: Shell, tmp_path: Path) -> None:
    said = baraza("group", "add", *NK, "--category", "X", data=tmp_path).sentence
    assert said.startswith("X is no category: take one of SECURITY_FORCES, ")
