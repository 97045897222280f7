"""Documents in, JSON out: what front ends list and open."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Client


async def test_a_case_with_its_timeline(client: Client) -> None:
    data = await client.ask(
        "sk.coordinator",
        """{ cases { totalCount nodes { number state place { name parent { pcode } } narrative { text }
             timeline { nodes { kind date { start precision } } } } } }""",
    )
    assert data["cases"]["totalCount"] == 5
    bitale = data["cases"]["nodes"][-2]
    assert re.fullmatch(r"SK-2019-[2-9A-Z]{4}", bitale["number"])
    assert bitale["place"] == {"name": "Kalehe", "parent": {"pcode": "CD62"}}
    assert "Maï-Maï" in bitale["narrative"]["text"]
    kinds = [entry["kind"] for entry in bitale["timeline"]["nodes"]]
    assert kinds == ["BROUGHT", "TABLED", "DECIDED", *["ACTIVITY"] * 6]


async def test_another_group_has_none_of_it(client: Client) -> None:
    data = await client.ask("lub.coordinator", "{ cases { totalCount nodes { id } } requests { nodes { title } } }")
    assert data["cases"] == {"totalCount": 0, "nodes": []}
    assert [node["title"] for node in data["requests"]["nodes"]] == [
        "Table ronde sur les intrusions et les gardes des entreprises"
    ]
