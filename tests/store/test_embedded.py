"""The embedded PostgreSQL under the accidents that it must survive: real processes, really killed."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from store.serving import ROOT, SERVER, Process, refusal, serving, supervisor_of, within, working_in

from api.errors import StartRefused
from api.store import embedded
from api.store.embedded import postgres, running
from api.store.place import programs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
NOBODY = pwd.getpwnam("nobody")
WRITTEN = {"postgres.log", "postgres.lock", "postmaster.pid", "postmaster.opts", "pg_internal.init"}
"""What a start may write anew."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose cluster holds one table; tests work on copies."""
    data = tmp_path_factory.mktemp("made") / "data"
    with serving(data) as process:
        process.ask("CREATE TABLE written (number int)")
    return data


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "a folder's name" / "data")


def content(folder: Path) -> dict[str, int]:
    """What lies in a folder and is not written anew by each start."""
    files = (path for path in folder.rglob("*") if path.name not in WRITTEN)
    return {str(path.relative_to(folder)): path.lstat().st_size for path in files}


def test_a_server_keeps_its_data_and_its_settings(data: Path) -> None:
    with serving(data) as process:
        process.ask("INSERT INTO written VALUES (1)")
        assert process.ask("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user") is False
        assert process.ask("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'baraza'") == "baraza_owner"
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
            assert process.ask(f"SHOW {setting}") == "on"
        assert process.ask("SHOW listen_addresses") == "127.0.0.1"
    hba = (data / "postgres" / "pg_hba.conf").read_text(encoding="utf-8").splitlines()
    assert {line.split()[-1] for line in hba if line and not line.startswith("#")} == {"scram-sha-256"}
    with serving(data) as process:
        assert process.ask("SELECT count(*) FROM written") == 1


def test_nobody_else_reads_the_passwords(data: Path) -> None:
    with serving(data):
        for name in ("postgres.passwords", "postgres.lock", "postgres.log"):
            assert (data / name).stat().st_mode & 0o777 == 0o600
        server = running(data)
        assert server is not None
        assert json.loads((data / "postgres.passwords").read_bytes())["baraza_owner"] in server.owner_url
        assert server.owner_url not in repr(server)


def test_the_log_repeats_nothing_that_was_said(data: Path) -> None:
    with serving(data) as process:
        assert process.ask("SELECT 'Canary'::int") == "22P02"
        assert process.ask("DO $$ BEGIN RAISE WARNING 'Canary'; END $$") is None
        assert process.ask("SELECT Canary") == "42703"
    assert b"Canary" not in (data / "postgres.log").read_bytes()


@LINUX
def test_after_kill_9_no_postgres_is_left_and_all_acknowledged_is_there(data: Path) -> None:
    with serving(data) as process:
        for number in range(300):
            assert process.ask(f"INSERT INTO written VALUES ({number}) RETURNING number") == number
        process.kill()
        assert within(10, lambda: not working_in(process.cluster))
    with serving(data) as again:
        assert again.ask("SELECT count(*) FROM written") == 300


@LINUX
def test_after_kill_9_of_the_supervisor_too_no_postgres_is_left(data: Path) -> None:
    with serving(data) as process:
        process.ask("INSERT INTO written VALUES (1)")
        process.kill(supervisor_of(process))
        assert within(10, lambda: not working_in(process.cluster))
    with serving(data) as again:
        assert again.ask("SELECT count(*) FROM written") == 1


@LINUX
def test_a_start_waits_for_a_server_that_still_stops(data: Path) -> None:
    with serving(data) as process:
        server = int((process.cluster / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        os.kill(server, signal.SIGSTOP)
        process.kill(supervisor_of(process))
    later = subprocess.Popen(["/bin/sh", "-c", f"sleep 1; kill -CONT {server}"])
    begun = time.monotonic()
    with serving(data) as again:
        assert time.monotonic() - begun > 0.9
        assert server not in working_in(again.cluster)
    later.wait()


@LINUX
def test_after_kill_9_of_the_server_itself_it_starts_again(data: Path) -> None:
    """Its notes then name a process number that may be anybody's."""
    with serving(data) as process:
        process.ask("INSERT INTO written VALUES (1)")
        notes = process.cluster / "postmaster.pid"
        lines = notes.read_text(encoding="utf-8").splitlines()
        process.kill(supervisor_of(process), int(lines[0]))
        assert within(10, lambda: not working_in(process.cluster))
    notes.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n", encoding="utf-8")
    with serving(data) as again:
        assert again.ask("SELECT count(*) FROM written") == 1


def test_ctrl_c_stops_the_server_after_its_process(data: Path) -> None:
    with serving(data) as process:
        os.killpg(process.popen.pid, signal.SIGINT)
        assert process.read() == "interrupted"
        assert process.ask("SELECT 1") == 1


@LINUX
def test_an_interrupted_initdb_is_done_again(tmp_path: Path) -> None:
    popen = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(tmp_path / "data")], env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    unfinished = tmp_path / "data" / "postgres.unfinished"
    assert within(20, (unfinished / "PG_VERSION").exists)
    popen.kill()
    popen.wait()
    assert not (tmp_path / "data" / "postgres").exists()
    with serving(tmp_path / "data") as process:
        assert process.ask("SELECT 1") == 1
    assert not unfinished.exists()


def test_a_second_server_on_a_folder_is_refused(data: Path, made: Path) -> None:
    assert running(data) is None
    with serving(data) as process:
        assert f"already runs on {data} (process {process.popen.pid})" in refusal(data)
        assert process.ask("SELECT 1") == 1
        with serving(made) as beside:
            assert beside.ask("SELECT 1") == 1
    assert running(data) is None


def empty(cluster: Path) -> None:
    shutil.rmtree(cluster)
    cluster.mkdir()


def gone(cluster: Path) -> None:
    shutil.rmtree(cluster)


def garbage(cluster: Path) -> None:
    (cluster / "PG_VERSION").write_bytes(b"\xff\x00 18")


def older(cluster: Path) -> None:
    (cluster / "PG_VERSION").write_text("17\n", encoding="ascii")


def headless(cluster: Path) -> None:
    (cluster / "global" / "pg_control").unlink()


def no_database(cluster: Path) -> None:
    shutil.rmtree(cluster / "base")


def no_passwords(cluster: Path) -> None:
    (cluster.parent / "postgres.passwords").unlink()


def other_passwords(cluster: Path) -> None:
    roles = ("postgres", embedded.OWNER, embedded.APP)
    (cluster.parent / "postgres.passwords").write_text(json.dumps(dict.fromkeys(roles, "another")), encoding="ascii")


def half_passwords(cluster: Path) -> None:
    (cluster.parent / "postgres.passwords").write_text("{}", encoding="ascii")


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (empty, "put a backup"),
        (gone, "put a backup"),
        (garbage, "put a backup"),
        (older, "made by PostgreSQL 17 and this is 18"),
        (headless, "put a backup"),
        (no_database, "put a backup"),
        (no_passwords, "put a backup"),
        (half_passwords, "put a backup"),
        (other_passwords, "put a backup"),
    ],
)
def test_a_damaged_folder_is_refused_and_left_as_it_is(data: Path, damage: Callable[[Path], None], says: str) -> None:
    damage(data / "postgres")
    before = content(data)
    with pytest.raises(StartRefused, match=says), postgres(data):
        pass
    assert content(data) == before


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StartRefused, match="cannot be used"), postgres(tmp_path / "file"):
        pass


# --- root and others ---------------------------------------------------------------------------------------------


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may enter, as far as the machine's temporary folder is one."""
    folder = Path(tempfile.mkdtemp(prefix="baraza test "))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def as_nobody(*command: str) -> bool:
    uid, gid = NOBODY.pw_uid, NOBODY.pw_gid
    try:
        done = subprocess.run(command, check=False, cwd="/", capture_output=True, user=uid, group=gid, extra_groups=[])
    except PermissionError:
        return False
    return done.returncode == 0


def server_user(process: Process) -> int:
    return Path(f"/proc/{working_in(process.cluster)[0]}").stat().st_uid


@LINUX
@AS_ROOT
def test_root_below_a_folder_for_root_alone(data: Path) -> None:
    data.parent.chmod(0o700)
    assert not as_nobody("/bin/ls", str(data))
    with serving(data) as process:
        assert process.ask("SELECT 1") == 1
        assert server_user(process) == 0


@LINUX
@AS_ROOT
def test_root_becomes_nobody_and_follows_the_folder_when_it_is_moved(open_folder: Path, tmp_path: Path) -> None:
    if not as_nobody(str(programs() / "postgres"), "--version"):
        pytest.skip("PostgreSQL's programs lie where only root may go")
    with serving(open_folder / "data") as process:
        process.ask("CREATE TABLE written (number int)")
        assert server_user(process) == NOBODY.pw_uid
    assert not as_nobody("/bin/cat", str(open_folder / "data" / "postgres.passwords"))
    tmp_path.chmod(0o700)
    shutil.move(open_folder / "data", tmp_path / "data")
    with serving(tmp_path / "data") as process:
        assert process.ask("SELECT count(*) FROM written") == 0
        assert server_user(process) == 0


@LINUX
@AS_ROOT
def test_root_keeps_the_cluster_elsewhere_where_nothing_else_is_possible(tmp_path: Path) -> None:
    """In a changed root the kernel refuses user namespaces, as some containers do."""
    tmp_path.chmod(0o700)
    (tmp_path / "root").mkdir()
    inside = (
        "unshare",
        "--mount",
        "/bin/sh",
        "-c",
        'mount --rbind / "$0" && exec chroot "$0" "$@"',
        str(tmp_path / "root"),
    )
    if subprocess.run([*inside, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this root may not change its root")
    data = tmp_path / "data"
    try:
        for count in (1, 2):
            with serving(data, *inside) as process:
                process.ask("CREATE TABLE IF NOT EXISTS written (number int)")
                assert (
                    process.ask("WITH new AS (INSERT INTO written VALUES (1)) SELECT count(*) FROM written")
                    == count - 1
                )
    finally:
        room = (data / "postgres").readlink().parent
        assert room.name.startswith("baraza-")
        shutil.rmtree(room)


@LINUX
@AS_ROOT
def test_an_ordinary_user(open_folder: Path) -> None:
    if not as_nobody(
        sys.executable, "-c", f"import sys; sys.path[0] = {str(ROOT)!r}; import asyncpg, api.store.embedded"
    ):
        pytest.skip("this Python or this checkout lies where only root may go")
    os.chown(open_folder, NOBODY.pw_uid, NOBODY.pw_gid)
    with serving(open_folder / "data", user=NOBODY.pw_uid) as process:
        assert process.ask("SELECT 1") == 1
        assert server_user(process) == NOBODY.pw_uid
    (open_folder / "data" / "postgres.lock").chmod(0)
    assert "start Baraza as the user whose folder it is" in refusal(open_folder / "data", NOBODY.pw_uid)
    (open_folder / "data" / "postgres.lock").chmod(0o600)
    with serving(open_folder / "data") as process:
        assert process.ask("SELECT 1") == 1
    with serving(open_folder / "data", user=NOBODY.pw_uid) as process:
        assert process.ask("SELECT 1") == 1
