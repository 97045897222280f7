"""Sites that the stories name, by IPIS' codes (DOMAIN 3.10). Code, name and territory are facts; nobody's visit is
invented, so there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.demo.stories import Step
from api.sites.actions import take_in
from api.sites.rules import Seen, SiteFacts

if TYPE_CHECKING:
    from collections.abc import Iterator

SITES = (
    ("codmine00917", "Kalimbi (Nyabibwe)", "CD6205", "Kalehe", "Buhavu"),
    ("codmine00829", "Kaesi", "CD6205", "Kalehe", None),
    ("codmine03107", "Kainga", "CD6205", "Kalehe", None),
    ("codmine01723", "Lugushwa", "CD6212", "Mwenga", "Wamuzimu"),
    ("codmine01728", "Luntukulu", "CD6207", "Walungu", "Ngweshe"),
    ("codmine01755", "Mbwega", "CD6212", "Mwenga", "Luhwindja"),
)


def steps() -> Iterator[Step]:
    """One act of the secretariat."""
    seen = [
        Seen(
            SiteFacts(
                code=code,
                name=name,
                pcode=pcode,
                province_pcode="CD62",
                stated_territory=territory,
                stated_chiefdom=chiefdom,
            )
        )
        for code, name, pcode, territory, chiefdom in SITES
    ]
    yield Step("sk.officer", "sites", lambda op: take_in(op, seen))
