"""`baraza import sites` as an operator gives it: what it prints, how it ends, and what a kill leaves."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest
from ipis_rows import cells
from serve.processes import Shell, running, wait_until

from api.imports.sites import BATCH

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from imports.conftest import Imports

    from api.running import Urls
    from api.settings import Settings

    Group = Callable[[], Awaitable[Imports]]


@pytest.fixture(scope="module")
def baraza(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    shell = Shell(tmp_path_factory.mktemp("commands"))
    yield shell
    shell.close()


@pytest.fixture(scope="module")
def where(urls: Urls, settings: Settings) -> dict[str, str]:
    return {
        "BARAZA_DATABASE_URL": urls.app.get_secret_value(),
        "BARAZA_OWNER_DATABASE_URL": urls.owner.get_secret_value(),
        "BARAZA_KEY_FILE": str(settings.keys),
    }


def test_what_it_prints(baraza: Shell, into: Imports, where: dict[str, str], tmp_path: Path) -> None:
    file = into.file([cells(vid="1", territoire="Pangi"), cells(vid="2", mineral1="Mfanolite")])
    arguments = ("import", "sites", str(file), "--group", into.team.code)
    remarks = (
        "2 remarks:\n"
        "  line 2, visit 1, territoire: No territory of the province has this name: the text is kept, without a P-code."
        " (Pangi)\n"
        "  line 3, visit 2, mineral1: This word is not on the list: the text is kept, under OTHER. (Mfanolite)\n"
    )
    dry = baraza(*arguments, "--dry-run", data=tmp_path, **where)
    assert (dry.code, dry.err) == (0, "2 visits\n")
    assert dry.out == (
        "Dry run: nothing was written. An import would find:\n"
        "2 visits: 2 new, 0 changed, 0 unchanged.\n"
        f"1 site: 1 new, 0 changed, 0 unchanged.\n{remarks}"
    )
    done = baraza(*arguments, "--report", str(tmp_path / "remarks.csv"), data=tmp_path, **where)
    assert (done.code, done.out) == (0, dry.out.partition("\n")[2])
    (_, first, _) = (tmp_path / "remarks.csv").read_text(encoding="utf-8").splitlines()
    assert first.startswith('2,1,territoire,Pangi,no,TERRITORY_UNKNOWN,"Aucun territoire')
    again = baraza(*arguments, data=tmp_path, **where)
    assert again.out.startswith("2 visits: 0 new, 0 changed, 2 unchanged.\n1 site: 0 new, 0 changed, 1 unchanged.\n")


def test_rows_that_were_refused_are_an_end_of_their_own(
    baraza: Shell, into: Imports, where: dict[str, str], tmp_path: Path
) -> None:
    file = into.file([cells(vid="1"), cells(vid="x")])
    done = baraza("import", "sites", str(file), "--group", into.team.code, data=tmp_path, **where)
    assert done.code == 3
    assert "1 row refused.\n" in done.out
    assert "line 3, visit x, vid: Give the visit's number: a positive whole number. (x)\n" in done.out


def test_what_cannot_begin_is_one_sentence(baraza: Shell, into: Imports, where: dict[str, str], tmp_path: Path) -> None:
    (wrong := tmp_path / "wrong.csv").write_text("a,b\n1,2\n")
    for file, group, said in (
        (wrong, into.team.code, "is not in the format of IPIS' site visits"),
        (tmp_path / "none.csv", into.team.code, "cannot be read"),
        (into.file([cells()]), "nobody", "No group has the code nobody"),
    ):
        done = baraza("import", "sites", str(file), "--group", group, data=tmp_path, **where)
        assert said in done.sentence


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
async def test_stopped_in_the_middle_it_can_be_run_again(
    group: Group, baraza: Shell, where: dict[str, str], tmp_path: Path, how: signal.Signals
) -> None:
    """And comes to what an import comes to that nobody stopped."""
    into, alone = await group(), await group()
    rows = [
        cells(
            vid=str(vid),
            pcode=f"codmine9{vid % 900}",
            visit_date=f"20{10 + vid % 9}-03-0{1 + vid % 9}",
            mineral1="Or",
            qualification=("Vert", "", "Jaune")[vid % 3],
            armed_group1="Mfano",
            type_armed_group1="Groupe armé local",
        )
        for vid in range(1, 5 * BATCH + 1)
    ]
    file = into.file(rows)
    arguments = ("import", "sites", str(file), "--group", into.team.code)
    with running(tmp_path / "data", *arguments, **where) as process:
        process.comes_to(lambda: f"{BATCH} visits" in process.err)
        process.popen.send_signal(how)
        wait_until(lambda: process.popen.poll() is not None)
        assert process.popen.returncode == (-how if how is signal.SIGKILL else 130)
        assert process.out == ""
    there = [json.loads(each)["vid"] for each in await into.facts()]
    assert there == list(range(1, len(there) + 1))
    assert BATCH <= len(there) < len(rows), "it was stopped in the middle"
    assert len(there) % BATCH == 0, "whole batches are there, and no part of one"
    done = baraza(*arguments, data=tmp_path, **where)
    assert f"{len(rows):,} visits: {len(rows) - len(there):,} new, 0 changed, {len(there):,} unchanged.\n" in done.out
    await alone.run(rows)
    assert await into.facts() == await alone.facts()
    before = await into.state()
    done = baraza(*arguments, data=tmp_path, **where)
    assert f"{len(rows):,} visits: 0 new, 0 changed, {len(rows):,} unchanged.\n" in done.out
    assert await into.state() == before
