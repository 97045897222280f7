"""The documents' commands are run as they stand, in order, against the real server, and print what the documents say.

With BARAZA_WRITE_DOCS (`make docs`) the documents are written anew instead.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from console import DOCUMENTS, blocks, rewritten
from serve.processes import serving

if TYPE_CHECKING:
    from pathlib import Path

WRITES = "BARAZA_WRITE_DOCS" in os.environ


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.stem)
def test_commands_print_what_the_document_says(document: Path, tmp_path: Path) -> None:
    """An act that is sent again under its key prints the same, at once."""
    found = blocks(document)
    assert len(found) >= 2
    with serving(tmp_path / "data") as server:
        for block in found:
            printed = block.run(server)
            if WRITES:
                rewritten(document, block, printed)
            else:
                assert printed == block.printed, block.command
            if block.has_key:
                assert block.run(server) == printed
