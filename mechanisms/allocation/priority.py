"""How urgent a request is said to be. It breaks ties and orders queues; saying so costs nothing, so it buys nothing."""

from __future__ import annotations

from enum import StrEnum


class Priority(StrEnum):
    """From what cannot wait to what runs when nothing else does."""

    CRITICAL = "critical"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"
    BACKGROUND = "background"

    @property
    def rank(self) -> int:
        """0 for the most urgent."""
        return list(Priority).index(self)
