"""Hypothesis at work: it draws reports from the continuum and is told the margin, which it tries to make small.

An amount is a few bits: two say whether it stays as it is in the worst instance so far, is one of the amounts known to
be telling, or lies anywhere in the continuum; the others say which. Bits, not integers, since Hypothesis mixes
constants of whatever modules are loaded into the integers that it draws: the same seed would not give the same search.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from verifier.domains import Profile, Type
from verifier.engines.search.amounts import Amounts
from verifier.engines.search.hunt import Hunt
from verifier.exact import Money

ROUND = 50  # examples between two progress reports
_BITS = 6
_LARGEST = 1e300  # what is told to Hypothesis has to be a finite double


class _Found(Exception):
    """A violation; it stops Hypothesis, which then keeps the example in its database."""


def search_round(
    hunt: Hunt,
    amounts: Amounts,
    start: tuple[Profile, Sequence[Type]],
    telling: Sequence[Money],
    seed: int,
    base: Path | None,
) -> None:
    """One round of Hypothesis; what it meets is in the hunt.

    Parameters
    ----------
    start : the reports that are changed
    telling : amounts that are tried more often than others
    seed : of this round
    base : directory of the database of examples; None for none, and then the same seed gives the same search
    """
    from hypothesis import HealthCheck, Phase, Verbosity, given, settings, strategies, target
    from hypothesis import seed as seeded
    from hypothesis.database import DirectoryBasedExampleDatabase
    from hypothesis.errors import HypothesisException

    vectors = (*start[0], *start[1])
    width = sum(map(len, vectors)) * (_BITS + 2)

    @settings(
        max_examples=ROUND,
        database=None if base is None else DirectoryBasedExampleDatabase(base / _folder(hunt)),
        derandomize=False,  # under CI the default is True, and then there is no database
        deadline=None,
        phases=(Phase.reuse, Phase.generate, Phase.target),
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        print_blob=False,
    )
    @seeded(seed)  # below the settings: it takes the database away from those that it finds
    @given(strategies.tuples(*[strategies.booleans()] * width))
    def example(bits: tuple[bool, ...]) -> None:
        made = None if hunt.spent else _types(amounts, vectors, telling, bits)
        least = None if made is None else hunt.judge(made[: len(start[0])], made[len(start[0]) :])
        if hunt.violated:
            raise _Found
        if least is not None:  # nothing is rejected: Hypothesis would go on until it has enough examples
            target(max(-_LARGEST, min(_LARGEST, -_double(least))))

    with contextlib.suppress(_Found, HypothesisException):
        example()


def _double(amount: Money) -> float:
    try:
        return float(amount)
    except OverflowError:
        return _LARGEST if amount > 0 else -_LARGEST


def _types(
    amounts: Amounts, vectors: Sequence[Type], telling: Sequence[Money], bits: Sequence[bool]
) -> tuple[Type, ...] | None:
    """The reports that some bits stand for."""
    found, place = [], 0
    for vector in vectors:
        changed: list[Money] = []
        for amount in vector:
            new, free, *rest = bits[place : place + _BITS + 2]
            place += _BITS + 2
            number = sum(bit << power for power, bit in enumerate(rest))
            if not new:
                changed.append(amount)
            elif free:
                changed.append(amounts.top * Fraction(number, 2**_BITS - 1))
            else:
                changed.append(telling[number * len(telling) >> _BITS])
        type_ = amounts.type_of(changed)
        if type_ is None:
            return None
        found.append(type_)
    return tuple(found)


def _folder(hunt: Hunt) -> str:
    """A name of its own for each subject, domain and property: examples of another one mean nothing."""
    spec, domain = hunt.trials.subject.spec, hunt.trials.subject.domain
    text = f"{spec.to_json()}\n{domain.to_json()}\n{hunt.prop.name}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]
