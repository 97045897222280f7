"""What an organisation is told of what it brought."""

from __future__ import annotations

from enum import Enum, unique


@unique
class NoticeKind(Enum):
    """What became of a request."""

    REQUEST_TRIAGED = "requête instruite"
    REQUEST_TABLED = "requête inscrite à l'ordre du jour"
    REQUEST_DECIDED = "décision prise sur la requête"
    REQUEST_TAKEN_OFF = "requête retirée de l'ordre du jour"
