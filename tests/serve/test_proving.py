"""`baraza prove-isolation` against a served demonstration, as a developer and a reviewer run it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import asyncpg
from serve.processes import renamed, serving

if TYPE_CHECKING:
    from pathlib import Path

    from serve.conftest import External, Place
    from serve.processes import Shell

PROGRESS = re.compile(r"(read|ids): [\d,]+ requests in [\d.]+ s, 0 leaks so far")


def test_the_demonstration_leaks_nothing_by_its_ids(baraza: Shell, data: Path) -> None:
    """One stage of all, and the reading that it needs: the whole takes a minute."""
    with serving(data) as server:
        done = baraza("prove-isolation", "--address", server.address, "--stage", "ids", data=data, within=90)
        elsewhere = baraza("prove-isolation", "--address", server.address, data=data.parent / "none")
    assert done.code == 0, done
    assert re.fullmatch(r"0 leaks in [\d,]+ requests", done.out.splitlines()[-1])
    assert done.out.startswith("Tried as 19 personas of 4 groups")
    assert [bool(PROGRESS.fullmatch(line)) for line in done.err.splitlines()] == [True, True]
    assert "start one with `make serve`" in elsewhere.sentence


async def test_a_leak_is_told_without_what_leaked(baraza: Shell, network: Place, external: External) -> None:
    superuser = await asyncpg.connect(renamed(external.superuser, "network"))
    titles = {row["title"] for row in await superuser.fetch("SELECT title FROM cases")}
    with serving(network.data, **network.settings) as server:
        await superuser.execute("ALTER TABLE cases DISABLE ROW LEVEL SECURITY")
        try:
            asked = ("prove-isolation", "--address", server.address, "--stage", "read")
            done = baraza(*asked, data=network.data, within=90, **network.settings)
        finally:
            await superuser.execute("ALTER TABLE cases ENABLE ROW LEVEL SECURITY")
            await superuser.close()
    assert done.code == 1, done
    assert "lub.cso cases: a row of another group was shown" in done.out.splitlines()
    assert re.fullmatch(r"\d+ leaks in [\d,]+ requests", done.out.splitlines()[-1])
    assert titles
    assert not any(title in done.out + done.err for title in titles)


def test_tokens_stay_on_this_machine(baraza: Shell, data: Path) -> None:
    for address in ("http://example.org", "http://127.0.0.1.example.org:8000", "nonsense"):
        refused = baraza("prove-isolation", "--address", address, data=data).sentence
        assert "stay on this machine" in refused


def test_what_cannot_be_proved_is_one_sentence(baraza: Shell, data: Path) -> None:
    nobody = baraza("prove-isolation", "--address", "http://127.0.0.1:1", data=data).sentence
    assert nobody == "No service answers on http://127.0.0.1:1: start one with `make serve`."
    assert "no stage" in baraza("prove-isolation", "--stage", "all", data=data).sentence
