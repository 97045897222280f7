"""A ciphertext opens in its own row, column and group, unchanged, and nowhere else."""

from __future__ import annotations

import base64
import json
import os
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest

from api.errors import StartRefused
from api.store import sealing
from api.store.sealing import Keyring, SealBroken, place

if TYPE_CHECKING:
    from pathlib import Path

HERE, THERE, ROW, OTHER = (UUID(int=number) for number in range(1, 5))
TEXT = "Des hommes armés tiennent une barrière."
AT = place("request_narratives", "text", HERE, ROW)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    for group in (HERE, THERE):
        sealing.add_group(tmp_path / "keys.json", group)
    return tmp_path / "keys.json"


@pytest.fixture
def keyring(file: Path) -> Keyring:
    return Keyring(file)


@pytest.mark.parametrize("text", [TEXT, "x", "", "Maï-Maï \U0001f980", "\u202e", "a" * 20_000, "é" * 20_000])
def test_what_was_sealed_opens(keyring: Keyring, text: str) -> None:
    sealed = keyring.seal(text, HERE, AT)
    assert keyring.open(sealed, HERE, AT) == text
    assert len(sealed) == 93 + len(text.encode())
    assert not text.strip() or text.encode()[:20] not in sealed or len(text) < 3


@pytest.mark.parametrize(
    "elsewhere",
    [
        place("request_narratives", "text", HERE, OTHER),
        place("request_narratives", "wanted_action", HERE, ROW),
        place("case_narratives", "text", HERE, ROW),
        place("request_narratives", "text", THERE, ROW),
        place("request_narratives", "text", ROW, HERE),
        b"",
    ],
    ids=["row", "column", "table", "group", "turned", "nowhere"],
)
def test_moved_it_does_not_open(keyring: Keyring, elsewhere: bytes) -> None:
    sealed = keyring.seal(TEXT, HERE, AT)
    with pytest.raises(SealBroken):
        keyring.open(sealed, HERE, elsewhere)


def test_under_another_groups_key_it_does_not_open(keyring: Keyring) -> None:
    sealed = keyring.seal(TEXT, HERE, AT)
    for group in (THERE, uuid4()):
        with pytest.raises(SealBroken):
            keyring.open(sealed, group, AT)
        with pytest.raises(SealBroken):
            keyring.open(sealed, group, place("request_narratives", "text", group, ROW))


def test_with_any_bit_changed_it_does_not_open(keyring: Keyring) -> None:
    """In the version and the key's number too."""
    sealed = keyring.seal("x" * 20, HERE, AT)
    opened = []
    for at in range(len(sealed)):
        for bit in range(8):
            other = bytearray(sealed)
            other[at] ^= 1 << bit
            try:
                keyring.open(bytes(other), HERE, AT)
            except SealBroken:
                continue
            opened.append(at)
    assert not opened


def test_cut_or_joined_it_does_not_open(keyring: Keyring) -> None:
    first, second = (keyring.seal(TEXT, HERE, AT) for _ in range(2))
    forms = [first[:size] for size in range(len(first))]
    forms += [
        first + b"\0",
        first + second,
        first[:65] + second[65:],
        first[:-16] + second[-16:],
        os.urandom(200),
        b"\0" * 93,
    ]
    for form in forms:
        with pytest.raises(SealBroken):
            keyring.open(form, HERE, AT)


def test_the_same_text_is_sealed_otherwise_each_time(keyring: Keyring) -> None:
    sealed = {keyring.seal(TEXT, HERE, AT) for _ in range(20)}
    parts = [{each[5:17] for each in sealed}, {each[17:65] for each in sealed}, {each[65:77] for each in sealed}]
    assert [len(part) for part in (sealed, *parts)] == [20] * 4


def test_a_new_key_seals_and_the_old_one_still_opens(file: Path) -> None:
    before = Keyring(file).seal(TEXT, HERE, AT)
    kept = json.loads(file.read_text())
    kept[str(HERE)]["2"] = base64.b64encode(os.urandom(32)).decode()
    file.write_text(json.dumps(kept))
    turned = Keyring(file)
    after = turned.seal(TEXT, HERE, AT)
    assert [int.from_bytes(each[1:5], "big") for each in (before, after)] == [1, 2]
    assert [turned.open(each, HERE, AT) for each in (before, after)] == [TEXT, TEXT]
    del kept[str(HERE)]["1"]
    file.write_text(json.dumps(kept))
    with pytest.raises(SealBroken):
        Keyring(file).open(before, HERE, AT)


def test_a_group_that_joined_since_is_looked_up(file: Path, keyring: Keyring) -> None:
    keyring.check()
    joined = uuid4()
    at = place("case_places", "stated", joined, ROW)
    with pytest.raises(KeyError):
        keyring.seal(TEXT, joined, at)
    sealing.add_group(file, joined)
    assert keyring.open(keyring.seal(TEXT, joined, at), joined, at) == TEXT


def test_a_group_keeps_its_key_and_others_keep_theirs(file: Path) -> None:
    before = json.loads(file.read_text())
    sealing.add_group(file, HERE)
    assert json.loads(file.read_text()) == before
    sealing.add_group(file, OTHER)
    assert {**before, str(OTHER): json.loads(file.read_text())[str(OTHER)]} == json.loads(file.read_text())
    assert file.stat().st_mode & 0o077 == 0
    assert [each.name for each in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize("damage", ["", "{", "[]", "null", '{"x": {"1": "AAAA"}}', '{"%s": 1}', '{"%s": {"1": "!"}}',
                                    '{"%s": {"one": "AAAA"}}', '{"%s": {"1": "c2hvcnQ="}}', '{"%s": {}}'])  # fmt: skip
def test_a_damaged_key_file_stops_the_start_with_one_sentence(file: Path, damage: str) -> None:
    file.write_text(damage.replace("%s", str(HERE)))
    with pytest.raises(StartRefused) as refusal:
        Keyring(file).check()
    assert str(file) in str(refusal.value)
    assert "c2hvcnQ" not in str(refusal.value)


def test_a_missing_key_file_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(StartRefused, match="is missing"):
        Keyring(tmp_path / "keys.json").check()
