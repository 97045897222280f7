"""`baraza prove-isolation` beside a demonstration that leaks, and beside none; tests/docs has it find nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import asyncpg
from serve.processes import renamed, serving

if TYPE_CHECKING:
    from pathlib import Path

    from serve.conftest import External, Place
    from serve.processes import Shell


async def test_a_leak_is_told_without_what_leaked(baraza: Shell, network: Place, external: External) -> None:
    superuser = await asyncpg.connect(renamed(external.superuser, "network"))
    titles = {row["title"] for row in await superuser.fetch("SELECT title FROM cases")}
    with serving(network.data, **network.settings) as server:
        await superuser.execute("ALTER TABLE cases DISABLE ROW LEVEL SECURITY")
        try:
            asked = ("prove-isolation", "--address", server.address, "--stage", "read")
            done = baraza(*asked, data=network.data, within=90, **network.settings)
            elsewhere = baraza(*asked, data=network.data.parent / "none")
        finally:
            await superuser.execute("ALTER TABLE cases ENABLE ROW LEVEL SECURITY")
            await superuser.close()
    assert "start one with `make serve`" in elsewhere.sentence
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
