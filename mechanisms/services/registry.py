"""Who may act: agents by the keys that they show. Of a key only its digest is kept.

A key is 32 random bytes, so that nobody guesses it and a plain digest does. Keys are looked up by their digests: how
long that takes says something about a digest at most, from which no key is found.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping

OPERATOR = "operator"  # closes auctions; takes part in none


class Registry:
    """Digests of keys by agent.

    Parameters
    ----------
    digests : sha256 in hexadecimal, as `digest` gives it
    """

    def __init__(self, digests: Mapping[str, str] | None = None) -> None:
        self._digests = dict(digests or {})

    @property
    def digests(self) -> Mapping[str, str]:
        """What is kept, to be kept elsewhere."""
        return dict(self._digests)

    @property
    def agents(self) -> tuple[str, ...]:
        """Those who can be allocated something."""
        return tuple(name for name in self._digests if name != OPERATOR)

    def add(self, agent: str) -> str:
        """A new key for an agent, shown this once; one that it had is void."""
        key = secrets.token_urlsafe(32)
        self._digests[agent] = digest(key)
        return key

    def who(self, key: str) -> str | None:
        """The agent whose key it is; None where it is nobody's."""
        shown = digest(key)
        return next((agent for agent, known in self._digests.items() if known == shown), None)


def digest(key: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(key.encode()).hexdigest()
