"""Rows in IPIS' format, written by us: every site and name in them is invented."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from api.imports.ipis import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

HEADER = ("FID", "cid", "id", *COLUMNS)
USUAL = {
    "source": "Équipe Mfano",
    "project": "Campagne Mfano",
    "pcode": "codmine90001",
    "name": "Mfano",
    "visit_date": "2018-09-07",
    "visit_onsite": "1",
    "geom": "POINT (28.900000000000002 -1.7)",
    "longitude": "28.9",
    "latitude": "-1.7",
    "location_origin": "GPS",
    "province": "Sud-Kivu",
    "province_old": "Sud-Kivu",
    "territoire": "Kalehe",
    "type_armed_group1": "0",
    "type_armed_group2": "0",
}


def cells(**said: str) -> dict[str, str]:
    """A row's cells; all that is not said is usual, or blank."""
    return {**dict.fromkeys(HEADER, ""), **USUAL, "vid": "1", **said}


def text(rows: Iterable[Mapping[str, str]], header: Sequence[str] = HEADER, end: str = "\r\n") -> str:
    """A file of rows."""
    out = io.StringIO()
    writer = csv.DictWriter(out, header, extrasaction="ignore", lineterminator=end)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
