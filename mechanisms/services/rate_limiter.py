"""Token buckets that allocations fill: nobody uses faster than what it was allocated, but for a burst.

Definition   A bucket of size B fills at a rate of A tokens in D ms. In any time from s to t no more than
             B + A (t - s) / D tokens are let through (Turner 1986, the leaky bucket as a meter). Levels are whole
             numbers of 1/D tokens, so that nothing drifts.
Time         In ms, given by the caller. Where it runs back nothing is filled until it is where it was.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class _Bucket:
    tokens: int  # in `duration`
    duration: int
    burst: int
    level: int  # in 1/duration tokens
    at: int

    def fill(self, now: int) -> None:
        """Add what time has brought."""
        if now > self.at:
            self.level = min(self.burst * self.duration, self.level + self.tokens * (now - self.at))
            self.at = now


class RateLimiter:
    """Buckets by agent."""

    def __init__(self) -> None:
        self._buckets: dict[str, _Bucket] = {}

    def feed(self, agent: str, tokens: int, duration: int, *, burst: int, now: int) -> None:
        """From now on the agent may use `tokens` in `duration` ms, and up to `burst` at once.

        What it had left it keeps, up to the new burst; a new bucket is full.

        Raises ValueError for a duration or amounts that make no sense.
        """
        if duration < 1 or tokens < 0 or burst < 0:
            raise ValueError(f"{agent}: {tokens} tokens in {duration} ms with bursts of {burst} is no rate")
        before = self._buckets.get(agent)
        level = burst * duration
        if before is not None:
            before.fill(now)
            now = before.at
            level = min(level, before.level * duration // before.duration)
        self._buckets[agent] = _Bucket(tokens, duration, burst, level, now)

    def allow(self, agent: str, tokens: int, now: int) -> bool:
        """Let so many tokens through, or none of them; an agent without an allocation has none.

        Raises ValueError for a number below zero.
        """
        if tokens < 0:
            raise ValueError(f"{agent}: {tokens} tokens")
        bucket = self._buckets.get(agent)
        if bucket is None:
            return tokens == 0
        bucket.fill(now)
        if tokens * bucket.duration > bucket.level:
            return False
        bucket.level -= tokens * bucket.duration
        return True

    def wait(self, agent: str, tokens: int, now: int) -> int | None:
        """In how many ms so many tokens will be let through; None where they never will."""
        bucket = self._buckets.get(agent)
        if bucket is None or tokens > bucket.burst:
            return 0 if tokens == 0 else None
        bucket.fill(now)
        missing = tokens * bucket.duration - bucket.level
        if missing <= 0:
            return 0
        return None if bucket.tokens == 0 else -(-missing // bucket.tokens) + max(0, bucket.at - now)
