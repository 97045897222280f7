"""What an operator can get wrong: one sentence on stderr, exit code 1, nothing started, no secret in it."""

from __future__ import annotations

import base64
import json
import os
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

import asyncpg
import pytest
from serve.processes import Done, Shell, processes_of, renamed, serving

from api.demo.roster import PERSONAS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from serve.conftest import External, First, Place

DEVELOPMENT = ("serve", "--development")
SECRET = "hunter2"
NOWHERE = f"postgresql://baraza_app:{SECRET}@127.0.0.1:1/baraza"
OWNER_NOWHERE = f"postgresql://baraza_owner:{SECRET}@127.0.0.1:1/baraza"


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Path]:
    """A data folder that a refused start must not make."""
    data = tmp_path / "data"
    yield data
    assert not data.exists()
    assert processes_of(data) == []


SETTINGS = {
    "port is a word": ({"PORT": "http"}, "PORT"),
    "port is too high": ({"PORT": "70000"}, "PORT"),
    "port is negative": ({"PORT": "-1"}, "PORT"),
    "other name of the port": ({"PORT": "", "BARAZA_PORT": "x"}, "PORT"),
    "mode is unknown": ({"BARAZA_MODE": "test"}, "BARAZA_MODE"),
    "pool is empty": ({"BARAZA_POOL_SIZE": "0"}, "BARAZA_POOL_SIZE"),
    "worker is no yes or no": ({"BARAZA_WORKER": "perhaps"}, "BARAZA_WORKER"),
    "trusted documents is no yes or no": ({"BARAZA_TRUSTED_DOCUMENTS": "some"}, "BARAZA_TRUSTED_DOCUMENTS"),
    "every address": ({"BARAZA_HOST": "0.0.0.0"}, "BARAZA_HOST"),
    "production": ({"BARAZA_MODE": "production"}, "BARAZA_MODE"),
    "only the service's URL": ({"BARAZA_DATABASE_URL": NOWHERE}, "BARAZA_OWNER_DATABASE_URL"),
    "only the owner's URL": ({"BARAZA_OWNER_DATABASE_URL": OWNER_NOWHERE}, "BARAZA_DATABASE_URL"),
}


@pytest.mark.parametrize("case", SETTINGS)
def test_settings_that_cannot_be_taken_are_named(baraza: Shell, fresh: Path, case: str) -> None:
    settings, named = SETTINGS[case]
    sentence = baraza(*DEVELOPMENT, data=fresh, **settings).sentence
    assert named in sentence
    assert SECRET not in sentence


def test_several_are_named_together(baraza: Shell, fresh: Path) -> None:
    sentence = baraza(*DEVELOPMENT, data=fresh, PORT="x", BARAZA_WORKER="x", BARAZA_POOL_WAIT="x").sentence
    assert [name for name in ("PORT", "BARAZA_WORKER", "BARAZA_POOL_WAIT") if name not in sentence] == []


@pytest.mark.parametrize("name", ["PORT", "BARAZA_DATABASE_URL", "BARAZA_MODE", "BARAZA_WORKER", "BARAZA_KEY_FILE"])
def test_a_variable_that_is_set_to_nothing_is_not_set(baraza: Shell, fresh: Path, name: str) -> None:
    """As in `PORT= make serve`."""
    assert "No server runs" in baraza("database-url", data=fresh, **{name: ""}).sentence


def test_no_data_folder_is_the_usual_one(baraza: Shell, first: First, tmp_path: Path) -> None:
    (tmp_path / ".baraza").symlink_to(first.data)
    for settings in ({}, {"BARAZA_DATA": ""}):
        assert baraza("token", "sk.cso", data=None, folder=tmp_path, **settings).said.count(".") == 2


@contextmanager
def taken(host: str = "127.0.0.1") -> Iterator[str]:
    with socket.create_server((host, 0)) as held:
        yield str(held.getsockname()[1])


def test_a_busy_port(baraza: Shell, fresh: Path) -> None:
    with taken() as port:
        sentence = baraza(*DEVELOPMENT, data=fresh, PORT=port).sentence
    assert port in sentence
    assert "PORT" in sentence.partition(port)[2]


def test_the_port_of_another_baraza(baraza: Shell, data: Path, fresh: Path) -> None:
    with serving(data) as server:
        port = server.address.rpartition(":")[2]
        assert port in baraza(*DEVELOPMENT, data=fresh, PORT=port).sentence
        assert server.ask("sk.coordinator", "{ actingSeat { id } }")["actingSeat"]


def test_a_host_that_is_not_ours(baraza: Shell, fresh: Path) -> None:
    """Not the port is to blame. 192.0.2.1 is nobody's (RFC 5737)."""
    sentence = baraza("serve", data=fresh, BARAZA_HOST="192.0.2.1").sentence
    assert "BARAZA_HOST" in sentence
    assert "is taken" not in sentence


def test_production_is_refused_before_anything_is_started(baraza: Shell, fresh: Path) -> None:
    assert "OIDC" in baraza("serve", data=fresh).sentence
    assert "OIDC" in baraza("serve", data=fresh, BARAZA_MODE="production").sentence


@pytest.mark.parametrize("arguments", [("demo",), DEVELOPMENT])
def test_development_commands_are_refused_in_production(baraza: Shell, fresh: Path, arguments: tuple[str, ...]) -> None:
    assert "BARAZA_MODE" in baraza(*arguments, data=fresh, BARAZA_MODE="production").sentence


UNREACHABLE = {"BARAZA_DATABASE_URL": NOWHERE, "BARAZA_OWNER_DATABASE_URL": OWNER_NOWHERE}


@pytest.mark.parametrize("arguments", [DEVELOPMENT, ("migrate",), ("demo",)])
def test_a_database_that_is_out_of_reach(baraza: Shell, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    sentence = baraza(*arguments, data=tmp_path / "data", **UNREACHABLE).sentence
    assert SECRET not in sentence
    assert "database" in sentence


BAD_URLS = {
    "no URL": SECRET,
    "port is a word": f"postgresql://baraza_app:{SECRET}@127.0.0.1:port/baraza",
    "unknown host": f"postgresql://baraza_app:{SECRET}@nowhere.invalid/baraza",
    "another database's scheme": f"mysql://baraza_app:{SECRET}@127.0.0.1:1/baraza",
    "unknown parameter": f"{NOWHERE}?colour=blue",
}


@pytest.mark.parametrize("case", BAD_URLS)
def test_a_url_that_is_none(baraza: Shell, tmp_path: Path, case: str) -> None:
    urls = {"BARAZA_DATABASE_URL": BAD_URLS[case], "BARAZA_OWNER_DATABASE_URL": BAD_URLS[case]}
    assert SECRET not in baraza(*DEVELOPMENT, data=tmp_path / "data", **urls).sentence


@pytest.mark.parametrize("arguments", [DEVELOPMENT, ("migrate",), ("demo",), ("worker",)])
def test_a_data_folder_that_cannot_be(baraza: Shell, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    file = tmp_path / "a file"
    file.write_text("")
    for data in (file, file / "data"):
        assert "BARAZA_DATA" in baraza(*arguments, data=data).sentence


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_data_folder_that_may_not_be_written(baraza: Shell, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        assert "BARAZA_DATA" in baraza(*DEVELOPMENT, data=tmp_path / "data").sentence
    finally:
        tmp_path.chmod(0o700)


def test_a_token_needs_a_development_server(baraza: Shell, data: Path, fresh: Path) -> None:
    assert "development" in baraza("token", "sk.cso", data=fresh).sentence
    assert "development" in baraza("token", "sk.cso", data=data, BARAZA_MODE="production").sentence
    assert baraza("token", "sk.cso", data=data).said.count(".") == 2


@pytest.mark.parametrize("name", ["nobody", "", "sk.cso ", "SK.CSO", "sk.cso\nsk.pmh"])
def test_an_unknown_persona_is_told_the_known_ones(baraza: Shell, data: Path, name: str) -> None:
    sentence = baraza("token", name, data=data).sentence
    assert [persona.name for persona in PERSONAS if persona.name not in sentence] == []


def test_a_database_url_needs_a_server(baraza: Shell, data: Path, fresh: Path) -> None:
    for arguments in (("database-url",), ("database-url", "--owner")):
        assert "make serve" in baraza(*arguments, data=fresh).sentence
        assert "make serve" in baraza(*arguments, data=data).sentence


@contextmanager
def changed(file: Path, content: bytes | None) -> Iterator[None]:
    """The file with other content, or without a file; put back at the end."""
    kept = file.read_bytes()
    try:
        if content is None:
            file.unlink()
        else:
            file.write_bytes(content)
        yield
    finally:
        file.write_bytes(kept)


DAMAGED: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut short": lambda kept: kept[: len(kept) // 2],
    "no text": lambda _: b"\xff\xfe\x00",
    "another shape": lambda _: b"[]",
    "nothing in it": lambda _: b"{}",
    "null": lambda _: b"null",
}


@pytest.mark.parametrize("damage", DAMAGED)
@pytest.mark.parametrize("name", ["keys.json", "development-issuer.json"])
async def test_a_damaged_file_of_secrets(baraza: Shell, network: Place, name: str, damage: str) -> None:
    file = network.data / name
    with changed(file, DAMAGED[damage](file.read_bytes())):
        assert name in _serve(baraza, network).sentence


ISSUERS = {
    "of another kind": {"kty": "EC", "crv": "P-256", "x": "", "y": ""},
    "symmetric": {"kty": "oct", "k": "c2hvcnQ"},
    "no kind": {"n": "AQAB", "e": "AQAB"},
}


@pytest.mark.parametrize("kind", ISSUERS)
async def test_a_key_that_signs_no_token(baraza: Shell, network: Place, kind: str) -> None:
    with changed(network.data / "development-issuer.json", json.dumps(ISSUERS[kind]).encode()):
        assert "development-issuer.json" in _serve(baraza, network).sentence
        assert "development-issuer.json" in baraza("token", "sk.cso", data=network.data).sentence


async def test_a_public_key_signs_no_token(baraza: Shell, network: Place) -> None:
    file = network.data / "development-issuer.json"
    public = {name: value for name, value in json.loads(file.read_bytes()).items() if name in {"kty", "n", "e", "kid"}}
    with changed(file, json.dumps(public).encode()):
        assert "development-issuer.json" in _serve(baraza, network).sentence


FOREIGN = base64.b64encode(bytes(range(32))).decode()
KEYS: dict[str, Callable[[dict[str, dict[str, str]]], object]] = {
    "a group's keys are missing": lambda kept: dict(list(kept.items())[:1]),
    "a group has no key": lambda kept: {group: {} for group in kept},
    "a key is too short": lambda kept: {group: {"1": "c2hvcnQ="} for group in kept},
    "a key has no number": lambda kept: {group: {"one": keys["1"]} for group, keys in kept.items()},
    "a group has no id": lambda kept: {f"not {group}": keys for group, keys in kept.items()},
    "it is of another installation": lambda kept: {group: {"1": FOREIGN} for group in kept},
}


@pytest.mark.parametrize("damage", KEYS)
async def test_a_key_file_that_does_not_serve_this_network(baraza: Shell, network: Place, damage: str) -> None:
    """Served, narratives would not open, and new ones would be lost or sealed with keys that nobody keeps."""
    file = network.data / "keys.json"
    with changed(file, json.dumps(KEYS[damage](json.loads(file.read_bytes()))).encode()):
        assert "keys.json" in _serve(baraza, network).sentence


async def test_a_missing_key_file_is_not_replaced(baraza: Shell, network: Place) -> None:
    """New keys would open nothing, and hide that the old ones are gone."""
    with changed(network.data / "keys.json", None):
        assert "keys.json is missing" in _serve(baraza, network).sentence
        assert "keys.json is missing" in baraza("demo", data=network.data, **network.settings).sentence
        assert not (network.data / "keys.json").exists()


def _serve(baraza: Shell, place: Place, **settings: str) -> Done:
    return baraza(*DEVELOPMENT, data=place.data, within=10, **{**place.settings, **settings})


async def test_keys_that_cannot_be_kept(baraza: Shell, empty: Place, tmp_path: Path) -> None:
    """The data folder is of use beside an external database too."""
    (tmp_path / "file").write_text("")
    sentence = baraza(*DEVELOPMENT, data=tmp_path / "file" / "data", within=10, **empty.settings).sentence
    assert "BARAZA_DATA" in sentence


async def test_the_service_under_another_name(baraza: Shell, empty: Place) -> None:
    for arguments in (DEVELOPMENT, ("migrate",)):
        urls = {"BARAZA_DATABASE_URL": empty.settings["BARAZA_OWNER_DATABASE_URL"]}
        sentence = baraza(*arguments, data=empty.data, within=10, **{**empty.settings, **urls}).sentence
        assert "baraza_app" in sentence


async def test_two_urls_of_two_databases(baraza: Shell, empty: Place, network: Place) -> None:
    """Migrated would be one, and served the other."""
    owner = {"BARAZA_OWNER_DATABASE_URL": network.settings["BARAZA_OWNER_DATABASE_URL"]}
    assert "BARAZA_DATABASE_URL" in _serve(baraza, empty, **owner).sentence


RIGHTS = {
    "BYPASSRLS": ("ALTER ROLE baraza_app BYPASSRLS", "ALTER ROLE baraza_app NOBYPASSRLS"),
    "CREATEDB": ("ALTER ROLE baraza_app CREATEDB", "ALTER ROLE baraza_app NOCREATEDB"),
    "SUPERUSER": ("ALTER ROLE baraza_app SUPERUSER", "ALTER ROLE baraza_app NOSUPERUSER"),
    "membership": ("CREATE ROLE other; GRANT other TO baraza_app", "DROP ROLE other"),
    "ownership": ("CREATE SCHEMA x CREATE TABLE x.y (); ALTER TABLE x.y OWNER TO baraza_app", "DROP SCHEMA x CASCADE"),
    "making tables": ("GRANT CREATE ON SCHEMA public TO baraza_app", "REVOKE CREATE ON SCHEMA public FROM baraza_app"),
    "forgetfulness": (
        "ALTER ROLE baraza_app SET synchronous_commit = off",
        "ALTER ROLE baraza_app RESET synchronous_commit",
    ),
}


@pytest.mark.parametrize("right", RIGHTS)
async def test_a_service_that_may_too_much(baraza: Shell, external: External, network: Place, right: str) -> None:
    give, take = RIGHTS[right]
    superuser = await asyncpg.connect(renamed(external.superuser, "network"))
    try:
        await superuser.execute(give)
        assert "graphql" not in _serve(baraza, network).sentence
    finally:
        await superuser.execute(take)
        await superuser.close()


async def test_a_database_that_was_never_migrated(baraza: Shell, empty: Place) -> None:
    assert "baraza migrate" in baraza("demo", data=empty.data, **empty.settings).sentence
    assert "baraza migrate" in baraza("worker", data=empty.data, within=10, **empty.settings).sentence


async def test_a_database_of_a_newer_version(baraza: Shell, empty: Place) -> None:
    assert baraza("migrate", data=empty.data, **empty.settings).said == ""
    owner = await asyncpg.connect(empty.urls.owner.get_secret_value())
    await owner.execute("UPDATE alembic_version SET version_num = '2099_01_01_later'")
    await owner.close()
    for arguments in (DEVELOPMENT, ("migrate",), ("migrate", "base")):
        sentence = baraza(*arguments, data=empty.data, within=10, **empty.settings).sentence
        assert "version" in sentence


async def test_a_revision_that_is_none(baraza: Shell, network: Place) -> None:
    assert "2001" in baraza("migrate", "2001_01_01_nothing", data=network.data, **network.settings).sentence


def test_a_command_that_is_none(baraza: Shell, fresh: Path) -> None:
    done = baraza("serv", data=fresh)
    assert done.code == 2
    assert "Traceback" not in done.err
