"""Exact enumeration of coin flips: a randomised mechanism runs once for every way in which its draws can come out.

Definition   A script decides every draw of one run. The first one answers each draw with its first option; the next one
             repeats all draws but the last that has another option, which it takes, and so on: depth first, until every
             draw has had all of its options. A run has the product of the chances of what was drawn in it; over all
             scripts these add up to exactly 1, since the chances of the options of one draw do.
Refused      Draws from a continuum, draws with more options than runs are allowed, and a mechanism that draws otherwise
             when the same draws come out the same (it has another source, or state).
Source       Nisan et al. 2007, Chapter 9, on what randomised mechanisms can mean; stateless search of all branches
             by re-execution: Godefroid 1997.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import TypeVar

from verifier.adapters.faults import ProtocolFault
from verifier.chance import Flip
from verifier.errors import MoneyError
from verifier.exact import from_subject

Result = TypeVar("Result")

MOST_BRANCHES = 5_000  # runs for one profile
SAMPLE = "say in [subject.random] how many are to be sampled"


class Unscripted(ProtocolFault):
    """A draw whose outcomes cannot be enumerated. Draw from finite ranges, or sample."""

    def __init__(self, message: str) -> None:
        super().__init__("protocol", message)


class Script:
    """The draws of one run: `given` ones first, then always the first option; `flips` are those that were made."""

    def __init__(self, given: Sequence[Flip] = (), most: int = MOST_BRANCHES) -> None:
        self.flips: list[Flip] = []
        self.refused: Unscripted | None = None
        self._given = given
        self._most = most

    @property
    def probability(self) -> Fraction:
        """The chance that exactly these draws come out."""
        total = Fraction(1)
        for flip in self.flips:
            total *= flip.chance
        return total

    def uniform(self, count: int) -> int:
        """One of `count` equally likely options; a single one is no draw."""
        if count > self._most:
            raise self.refuse(f"one draw has {_many(count)} outcomes, and at most {self._most:,} are tried")
        return 0 if count == 1 else self._draw(count)

    def weighted(self, weights: Sequence[object]) -> int:
        """One option with a chance in proportion to its weight, a number at its exact value."""
        try:
            exact = [Fraction(from_subject(weight)) for weight in weights]
        except MoneyError as error:
            raise ValueError(f"a weight is no number: {error}") from error
        total = sum(exact)
        if total <= 0 or min(exact) < 0:
            raise ValueError("weights must not be negative, and some must be positive")
        if len(set(exact)) == 1:
            return self.uniform(len(exact))
        possible = [place for place, weight in enumerate(exact) if weight]
        return possible[0] if len(possible) == 1 else self._draw(tuple(weight / total for weight in exact))

    def _draw(self, of: int | tuple[Fraction, ...]) -> int:
        if len(self.flips) < len(self._given):
            flip = self._given[len(self.flips)]
            if flip.of != of:
                raise self.refuse("it draws otherwise when the same draws come out the same")
        else:
            first = 0 if isinstance(of, int) else next(place for place, chance in enumerate(of) if chance)
            flip = Flip(of, first)
        self.flips.append(flip)
        return flip.value

    def refuse(self, why: str) -> Unscripted:
        """The error to raise; it is kept, since the subject may swallow any exception."""
        self.refused = self.refused or Unscripted(f"{why}; draw from finite ranges, or {SAMPLE}")
        return self.refused

    def finished(self) -> None:
        """Raise what was refused during the run, or that draws were left over."""
        if self.refused is None and len(self.flips) < len(self._given):
            self.refuse("it draws otherwise when the same draws come out the same")
        if self.refused is not None:
            raise self.refused


def _many(count: int) -> str:
    return f"{count:,}" if count.bit_length() <= 64 else f"at least 2^{count.bit_length() - 1}"


def every_branch(
    run: Callable[[Script], Result], most: int = MOST_BRANCHES
) -> Iterator[tuple[tuple[Flip, ...], Fraction, Result]]:
    """Run under every script, in the order of the draws: what was drawn, how likely that is, and what came of it.

    Raises
    ------
    Unscripted : something cannot be enumerated, or takes more than `most` runs.
    """
    given: list[Flip] | None = []
    for _ in range(most):
        script = Script(given or (), most)
        try:
            result = run(script)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            if script.refused is None:
                raise
            raise script.refused from error  # whatever the subject made of it
        script.finished()
        yield tuple(script.flips), script.probability, result
        given = _next(script.flips)
        if given is None:
            return
    raise Unscripted(f"its draws can come out in more than {most:,} ways; have it draw less, or {SAMPLE}")


def _next(flips: Sequence[Flip]) -> list[Flip] | None:
    """The draws up to the last that has another option, with that one; None where there is none."""
    for place in reversed(range(len(flips))):
        other = flips[place].other()
        if other is not None:
            return [*flips[:place], other]
    return None
