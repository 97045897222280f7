"""Documents that hypothesis makes from the schema have one answer, whether reads are compiled or not.

In `make test` a thousand, in `make prove` fifty thousand; a seed makes the same ones. What fails shrinks.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from alike import COMPILED, reads, same
from compiled.generating import Generated, documents
from compiled.known import Known, look
from hypothesis import HealthCheck, Phase, given, seed, settings
from sizes import size

if TYPE_CHECKING:
    from collections.abc import Callable

    from isolation.world import World

SEED = int(os.environ.get("BARAZA_SEED", "20261127"))
TOGETHER = 250
"""Documents in one part; each part has its own seed."""

OF_THE_EXECUTOR = ("__schema", "codeLists", "whyCanISee", "whyCanINot", "whoLookedAt")
"""Fields that take no statement, or have a resolver of their own: a document with one goes whole to the executor."""

PARTS = -(-size("documents read in both ways") // TOGETHER)


@pytest.fixture(scope="module")
async def known(world: World) -> Known:
    return await look(world)


def trying(known: Known, part: int, ask: Callable[[Generated], None]) -> Callable[[], None]:
    """Asks each document of a part."""

    @seed(SEED + part)
    @settings(
        max_examples=TOGETHER,
        phases=[Phase.generate, Phase.shrink],
        database=None,
        deadline=None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(documents(known))
    def tried(document: Generated) -> None:
        ask(document)

    return tried


# Where a field is refused, the executor cancels its siblings and leaves coroutines behind that nobody awaited.
@pytest.mark.filterwarnings("ignore:coroutine 'Executor:RuntimeWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.proof
@pytest.mark.parametrize("part", range(PARTS))
async def test_what_is_made_from_the_schema_is_read_alike(world: World, known: Known, part: int) -> None:
    """Most of it is answered without an error, so that there is something to compare, and of that nearly all by a
    compiled statement, of which none fails. What is refused, such as a page that is too long, is the executor's to
    word."""
    told: Counter[str] = Counter()
    loop = asyncio.get_running_loop()

    async def compared(document: Generated) -> None:
        answers = await world.both(document.persona, document.source, document.variables, document.name)
        try:
            same(*answers)
        except (AssertionError, UnicodeError) as error:
            raise AssertionError(f"{document}\n{error}") from None
        told["asked"] += 1
        assert reads(answers[0]) != "EXECUTOR STATEMENT", str(document)
        answered = "errors" not in answers[0].json()
        told["without errors"] += answered
        if answered and not any(custom in document.source for custom in OF_THE_EXECUTOR):
            told[reads(answers[0])] += 1

    def ask(document: Generated) -> None:
        asyncio.run_coroutine_threadsafe(compared(document), loop).result()

    try:
        await asyncio.to_thread(trying(known, part, ask))
    except BaseException as error:
        error.add_note(f"BARAZA_SEED={SEED}, part {part}")
        raise
    assert told["asked"] >= TOGETHER
    assert told["without errors"] > 0.6 * told["asked"], told
    rows = sum(count for way, count in told.items() if way.isupper() and way != "EXECUTOR SCHEMA_ONLY")
    assert told[COMPILED] > 0.9 * rows, told
