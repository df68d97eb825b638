"""`random.Random` whose draws a script decides: every method that draws from a finite range, each option exactly.

Idealised    `choices` and `shuffle` count every index as equally likely, as their documentation says, although the
             doubles or bits behind them may be off by less than 2^-50; weights count at their exact value.
Refused      random() and all that is made of it (uniform, gauss, ...): a continuum. seed, getstate and setstate: what a
             mechanism does with a state of its own choice is not random.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, MutableSequence, Sequence
from itertools import pairwise
from operator import index
from typing import Any, NoReturn, TypeVar

from verifier.adapters.coins import Script

Item = TypeVar("Item")


class ScriptedRandom(random.Random):
    """A source with the interface of `random.Random`; the base class's own generator is never asked."""

    def __init__(self, script: Script) -> None:  # the base class would seed itself
        self._script = script
        self.gauss_next = None

    def random(self) -> NoReturn:
        """Refused."""
        raise self._script.refuse("random(), which uniform, gauss and others use, draws from a continuum")

    def seed(self, *args: object, **more: object) -> NoReturn:
        """Refused."""
        raise self._script.refuse("it seeds its source, so that nothing is drawn at random")

    def getstate(self) -> NoReturn:
        """Refused."""
        raise self._script.refuse("it copies the state of its source")

    def setstate(self, state: object) -> NoReturn:
        """Refused."""
        raise self._script.refuse("it sets the state of its source, so that nothing is drawn at random")

    def _randbelow(self, n: int) -> int:
        return self._script.uniform(n)

    def getrandbits(self, k: int) -> int:
        """`k` fair coins."""
        if index(k) < 0:
            raise ValueError("number of bits must be non-negative")
        return self._script.uniform(1 << min(index(k), 10_000))  # more than can be tried, either way

    def randbytes(self, n: int) -> bytes:
        """`n` bytes of fair coins."""
        return self.getrandbits(8 * n).to_bytes(n, "little")

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        """An element of the range."""
        values = range(index(start)) if stop is None else range(index(start), index(stop), index(step))
        if not values:
            raise ValueError("empty range in randrange()")
        return values[self._script.uniform(_length(values))]

    def randint(self, a: int, b: int) -> int:
        """A whole number from `a` to `b`, both included."""
        return self.randrange(a, index(b) + 1)

    def choice(self, seq: Any) -> Any:
        """An element of a sequence."""
        if not len(seq):
            raise IndexError("Cannot choose from an empty sequence")
        return seq[self._script.uniform(len(seq))]

    def choices(
        self,
        population: Any,
        weights: Sequence[Any] | None = None,
        *,
        cum_weights: Sequence[Any] | None = None,
        k: int = 1,
    ) -> list[Any]:
        """`k` elements, each drawn anew, in proportion to the weights."""
        if cum_weights is not None:
            if weights is not None:
                raise TypeError("Cannot specify both weights and cumulative weights")
            weights = [after - before for before, after in pairwise([0, *cum_weights])]
        if weights is None:
            return [self.choice(population) for _ in range(k)]
        if len(weights) != len(population):
            raise ValueError("The number of weights does not match the population")
        return [population[self._script.weighted(weights)] for _ in range(k)]

    def shuffle(self, x: MutableSequence[Any]) -> None:
        """Every order equally likely: Fisher and Yates, as Knuth 2, Algorithm 3.4.2P."""
        for place in reversed(range(1, len(x))):
            other = self._script.uniform(place + 1)
            x[place], x[other] = x[other], x[place]

    def sample(self, population: Any, k: int, *, counts: Iterable[int] | None = None) -> list[Any]:
        """`k` elements in random order, none drawn twice."""
        if not isinstance(population, Sequence):
            raise TypeError("Population must be a sequence.  For dicts or sets, use sorted(d).")
        pool = list(population)
        if counts is not None:
            pool = [item for item, count in zip(pool, counts, strict=True) for _ in range(count)]
        if not 0 <= k <= len(pool):
            raise ValueError("Sample larger than population or is negative")
        return [pool.pop(self._script.uniform(len(pool))) for _ in range(k)]


def _length(values: range) -> int:
    """How many there are, also beyond what `len` can count."""
    return (values[-1] - values[0]) // values.step + 1
