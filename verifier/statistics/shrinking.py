"""Smaller instances that are as bad: what a person can work by hand.

Definition   An instance is JSON; its size is the sum of the absolute values of the whole numbers in it. A step divides
             all of them by a common divisor, or moves one of them towards 0. Steps are taken greedily, in fixed order,
             as long as the instance stays bad; so the same instance always shrinks to the same one.
Minimal      No single number of the result can be moved by 1 towards 0, or to 0, without losing what made it bad.

Source: Zeller and Hildebrandt 2002 (minimising failure-inducing input); Hughes and Claessen 2000 (shrinking).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from verifier.errors import StudyError

MOST_TRIES = 10_000
MOST_DIVISOR = 1_000  # that is tried besides the greatest common one


@dataclass(frozen=True, slots=True)
class Shrunk:
    """The smallest instance found, how often `still_bad` was asked, and whether it is minimal (False: budget spent)."""

    instance: object
    tries: int
    minimal: bool


class _Spent(Exception):
    """The budget of tries is used up; what was found so far stands."""


def shrink(instance: object, still_bad: Callable[[object], bool], most_tries: int = MOST_TRIES) -> Shrunk:
    """The instance with smaller whole numbers for which `still_bad` holds on.

    Parameters
    ----------
    instance : JSON of dicts, lists, tuples and leaves; only ints that are no bools are changed
    still_bad : says whether an instance of the same form is as bad; False for one that makes no sense
    most_tries : how often it may be asked

    Raises
    ------
    StudyError : the instance that was given is not bad itself.
    """
    search = _Search(instance, still_bad, most_tries)
    try:
        while search.divided() or search.lowered():
            pass
    except _Spent:
        return Shrunk(search.best(), search.tries, minimal=False)
    return Shrunk(search.best(), search.tries, minimal=True)


class _Search:
    def __init__(self, instance: object, still_bad: Callable[[object], bool], most_tries: int) -> None:
        self._form = instance
        self._still_bad = still_bad
        self._most = most_tries
        self._numbers = list(_numbers(instance))
        self.tries = 0
        if not still_bad(instance):
            raise StudyError("the instance to shrink is not bad itself; check that the question repeats")

    def best(self) -> object:
        return _filled(self._form, iter(self._numbers))

    def divided(self) -> bool:
        """Whether all numbers could be divided by a common divisor: the largest first."""
        common = math.gcd(*self._numbers)
        small = [d for d in range(min(common - 1, MOST_DIVISOR), 1, -1) if common % d == 0]
        divisors = [common, *small] if common > 1 else []
        return any(self._accepts([number // d for number in self._numbers]) for d in divisors)

    def lowered(self) -> bool:
        """Whether some number could be moved towards 0: each by all of it, then by half as much, down to 1."""
        moved = False
        for place in range(len(self._numbers)):
            step = abs(self._numbers[place])
            while step:
                sign = 1 if self._numbers[place] > 0 else -1
                fits = step <= abs(self._numbers[place])
                if fits and self._accepts([n - sign * step * (i == place) for i, n in enumerate(self._numbers)]):
                    moved = True
                else:
                    step //= 2
        return moved

    def _accepts(self, numbers: list[int]) -> bool:
        if self.tries >= self._most:
            raise _Spent
        self.tries += 1
        if not self._still_bad(_filled(self._form, iter(numbers))):
            return False
        self._numbers = numbers
        return True


def _numbers(form: object) -> Iterator[int]:
    """The whole numbers of a JSON value, in the order in which they are written."""
    if isinstance(form, dict):
        for value in form.values():
            yield from _numbers(value)
    elif isinstance(form, list | tuple):
        for value in form:
            yield from _numbers(value)
    elif isinstance(form, int) and not isinstance(form, bool):
        yield form


def _filled(form: object, numbers: Iterator[int]) -> object:
    """The JSON value with these whole numbers in place of its own."""
    if isinstance(form, dict):
        return {key: _filled(value, numbers) for key, value in form.items()}
    if isinstance(form, list | tuple):
        return [_filled(value, numbers) for value in form]
    return next(numbers) if isinstance(form, int) and not isinstance(form, bool) else form
