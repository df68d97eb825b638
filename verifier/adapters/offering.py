"""How the subject is given its bids: a fresh container for each call, in the declared shape and number type."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy, deepcopy
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from verifier.adapters.rankings import ballots
from verifier.adapters.reports import composed
from verifier.domains import Domain, MultiUnit, Ordinal, Profile, TwoSided, Utilities
from verifier.domains.utilities import Label
from verifier.errors import SubjectError, VerifierError
from verifier.exact import Money
from verifier.spec import SubjectSpec

Offer: TypeAlias = Callable[[Profile], object]


def offering(spec: SubjectSpec, domain: Domain) -> Offer:
    """The function from a profile to the bids as the subject wants them.

    `bids` list, tuple, dict (by agent name), numpy, or arguments (a tuple that is spread over positional arguments);
    `numbers` exact (int where whole, else Fraction), fraction, float (the nearest double) or decimal (28 digits).
    """
    if (spec.bids == "hook") != bool(spec.hook):
        raise SubjectError('bids = "hook" and hook = "module:callable" go together')
    if spec.hook or spec.fields or spec.absent or (isinstance(domain, MultiUnit) and domain.flat):
        return composed(spec, domain, _NUMBERS[spec.numbers])
    if isinstance(domain, Ordinal):
        return ballots(spec.bids, domain)
    shape = _SHAPES.get(spec.bids)
    if spec.bids == "sides" and isinstance(domain, TwoSided):
        shape = _two_sides
    if shape is None or spec.numbers not in _NUMBERS:
        raise SubjectError(f"bids = {spec.bids!r}, numbers = {spec.numbers!r}: not a known way to offer bids")
    if spec.numbers == "exact" and spec.bids == "list":  # the usual case, without a detour
        if isinstance(domain, Utilities):
            return lambda profile: list(domain.bids(profile))
        return (lambda profile: [report[0] for report in profile]) if domain.dimension == 1 else list
    if spec.numbers == "exact":
        return lambda profile: shape(domain, domain.bids(profile))
    number = _NUMBERS[spec.numbers]
    if isinstance(domain, Utilities):
        return lambda profile: shape(domain, tuple(_labelled(label, number) for label in domain.bids(profile)))

    def offer(profile: Profile) -> object:
        converted = tuple(tuple(number(amount) for amount in report) for report in profile)
        bids = tuple(report[0] for report in converted) if domain.dimension == 1 else converted
        return shape(domain, bids)

    return offer


def _two_sides(domain: Domain, bids: tuple[object, ...]) -> object:
    """Two dicts, of the buyers and of the sellers, as two arguments."""
    told, buyers = list(zip(domain.agents, bids, strict=True)), domain.buyers if isinstance(domain, TwoSided) else 0
    return dict(told[:buyers]), dict(told[buyers:])


def _labelled(label: Label, number: Callable[[Money], object]) -> object:
    return label if isinstance(label, str) else number(label)


def _array(domain: Domain, bids: tuple[object, ...]) -> object:
    import numpy as np

    offered = np.array(bids, dtype=object)
    if all(type(amount) is float for amount in offered.flat):
        return offered.astype(float)
    whole = all(type(amount) is int and amount < 2**63 for amount in offered.flat)
    return offered.astype(np.int64) if whole else offered  # numpy would turn larger ones into doubles


_SHAPES: dict[str, Callable[[Domain, tuple[object, ...]], object]] = {
    "list": lambda domain, bids: list(bids),
    "tuple": lambda domain, bids: bids,
    "arguments": lambda domain, bids: bids,
    "dict": lambda domain, bids: dict(zip(domain.agents, bids, strict=True)),
    "numpy": _array,
}
_NUMBERS: dict[str, Callable[[Money], object]] = {
    "exact": lambda amount: amount,
    "fraction": Fraction,
    "float": float,
    "decimal": lambda amount: Decimal(amount.numerator) / Decimal(amount.denominator),
}


def kept_copy(offered: object, *, deep: bool = False) -> object:
    """A copy to compare with afterwards; it must be `deep` where the container holds lists, as rankings are."""
    if deep:
        return deepcopy(offered)
    return offered if type(offered) is tuple else copy(offered)


def unchanged(offered: object, kept: object) -> bool:
    """Whether the subject left its bids alone."""
    try:
        equal = offered == kept
        return equal if isinstance(equal, bool) else bool(getattr(equal, "all", lambda: equal)())
    except VerifierError:
        raise
    except Exception:  # an array of another size, or a bid replaced by what cannot be compared
        return False
