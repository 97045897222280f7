"""Code lists: what each code of the contract is called, for front ends that cannot ask for the schema itself."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry

from api.errors import RequestRefused
from api.graph.declare import CODE_LISTS

MOST_LISTS = 60
MOST_CODES = 60


@strawberry.type(description="A code and what it is called.")
class Code:
    """Published from `api/graph/declare.py`, as is `CodeList`."""

    code: str = strawberry.field(description="The value of the enum; it never changes its meaning.")
    fr: str | None = strawberry.field(description="In French; null where it is not translated yet: show the code.")
    en: str | None = strawberry.field(description="In English; null where it is not translated yet: show the code.")


@strawberry.type(description="An enum of the contract with its labels.")
class CodeList:
    name: str = strawberry.field(description="Name of the enum.")
    description: str = strawberry.field(description="What it says, in English.")
    codes: list[Code] = strawberry.field(
        metadata={"most": MOST_CODES}, description="Its codes, in the order to show them in."
    )


NAMES = Annotated[
    list[str] | None,
    strawberry.argument(
        description=f"Names of enums, at most {MOST_LISTS}; a name that none has is passed over. All lists without it."
    ),
]


@strawberry.type
class CodeQuery:
    @strawberry.field(
        metadata={"sized_by": "names", "most": MOST_LISTS},
        description="Code lists with their labels, by name; the same for every seat until the next version.",
    )
    def code_lists(self, names: NAMES = None) -> list[CodeList]:
        if names is not None and len(names) > MOST_LISTS:
            raise RequestRefused("LIST_LENGTH", most=MOST_LISTS)
        asked: Any = [found for name, found in sorted(CODE_LISTS.items()) if names is None or name in names]
        return asked
