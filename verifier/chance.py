"""Where a mechanism gets its randomness from: the table [subject.random].

`how` says it: a named parameter gets a source ("argument"), a named parameter gets one of the listed seeds, each as
likely as any other ("seed"), or the functions of a module are replaced while the mechanism runs ("module"). `kind` says
what the source looks like. Draws are scripted and all of them are tried, so that an outcome is an exact lottery; or,
where they cannot be enumerated, `sampled` says how many runs with seeds of their own stand for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from verifier.errors import DomainError, MoneyError, nearest
from verifier.exact import Money, money, show, simplest

WAYS = ("argument", "seed", "module")
SOURCES = ("random", "numpy-generator", "numpy-random-state")
CHANCE_KEYS = ("how", "parameter", "kind", "seeds", "sampled", "payments_within")
MOST_SAMPLED = 20_000  # runs at every profile


@dataclass(frozen=True, slots=True)
class Chance:
    """How the coins of a mechanism are scripted.

    Attributes
    ----------
    how : "argument", "seed" or "module"
    parameter : keyword that gets the source or the seed; it goes where `arguments` go
    kind : "random" (random.Random, the module random), "numpy-generator" (numpy.random.Generator, default_rng) or
        "numpy-random-state" (numpy.random.RandomState, the functions of numpy.random); None for seeds
    seeds : the seeds, each as likely as any other
    sampled : how many runs, each with a source or seed of its own, stand for all draws; 0 where these are enumerated
    within : the least and the largest payment that a sampled run may ask of anybody
    """

    how: str
    parameter: str | None = None
    kind: str | None = None
    seeds: tuple[int, ...] = ()
    sampled: int = 0
    within: tuple[Money, Money] | None = None

    def to_json(self) -> dict[str, object]:
        """The table as the certificate holds it."""
        written: dict[str, object] = {"how": self.how, "parameter": self.parameter, "kind": self.kind}
        written["seeds"] = list(self.seeds)
        if self.within is not None:
            written |= {"sampled": self.sampled, "payments_within": [show(amount) for amount in self.within]}
        return written


@dataclass(frozen=True, slots=True)
class Flip:
    """One draw: `of` how many equally likely options, or the chances of all of them; `value` the option's place."""

    of: int | tuple[Fraction, ...]
    value: int

    @property
    def chance(self) -> Fraction:
        """The probability of this option."""
        return Fraction(1, self.of) if isinstance(self.of, int) else self.of[self.value]

    def other(self) -> Flip | None:
        """The next option that is possible at all; None after the last."""
        if isinstance(self.of, int):
            return Flip(self.of, self.value + 1) if self.value + 1 < self.of else None
        later = (place for place in range(self.value + 1, len(self.of)) if self.of[place])
        return next((Flip(self.of, place) for place in later), None)

    def to_json(self) -> dict[str, object]:
        """The draw as a witness holds it: a number of options or their chances, and the place of what came out."""
        of = self.of if isinstance(self.of, int) else [show(simplest(chance)) for chance in self.of]
        return {"of": of, "value": self.value}


def flip_from_json(written: Mapping[str, Any]) -> Flip:
    """The draw that a witness holds."""
    of = written["of"]
    return Flip(of if isinstance(of, int) else tuple(Fraction(chance) for chance in of), written["value"])


class ChanceError(DomainError):
    """A source of randomness that contradicts itself; mend the key that `key` names."""

    def __init__(self, key: str, message: str) -> None:
        self.key = key
        super().__init__(message)


def parse_chance(table: Mapping[str, object]) -> Chance:
    """The source that a table [subject.random] declares; ChanceError where its keys do not go together."""
    for key in table:
        if key not in CHANCE_KEYS:
            raise ChanceError(key, f"unknown key {key!r} in [subject.random]{nearest(key, list(CHANCE_KEYS))}")
    how, kind, parameter = table.get("how"), table.get("kind"), table.get("parameter")
    if not isinstance(how, str) or how not in WAYS:
        raise ChanceError("how", f"how must be one of {', '.join(WAYS)}, not {how!r}{nearest(str(how), list(WAYS))}")
    if (parameter is None) != (how == "module"):
        missing = f'how = "{how}" needs the name of the parameter; add parameter = "rng"'
        raise ChanceError("parameter", missing if parameter is None else "parameter: a module has none; leave it out")
    if parameter is not None and (not isinstance(parameter, str) or not parameter.isidentifier()):
        raise ChanceError("parameter", f"parameter must be the name of a parameter, not {parameter!r}")
    sampled, within = _sampled(table)
    if sampled and "seeds" in table:
        raise ChanceError("seeds", "sampled draws have seeds of their own; leave out seeds, or sampled")
    seeds = () if sampled else _seeds(table.get("seeds") or (), how)
    if how == "seed":
        if kind is not None:
            raise ChanceError("kind", "kind is about sources, and this mechanism makes its own of a seed; leave it out")
        return Chance(how, parameter, None, seeds, sampled, within)
    kind = "random" if kind is None else kind
    if not isinstance(kind, str) or kind not in SOURCES:
        raise ChanceError("kind", f"unknown kind {kind!r}{nearest(str(kind), list(SOURCES))}")
    return Chance(how, parameter, kind, (), sampled, within)


def _sampled(table: Mapping[str, object]) -> tuple[int, tuple[Money, Money] | None]:
    """How many runs stand for all draws, and within which range of payments."""
    count, written = table.get("sampled", 0), table.get("payments_within")
    if "sampled" not in table:
        if written is not None:
            raise ChanceError("payments_within", "payments_within goes with sampled; leave it out")
        return 0, None
    if type(count) is not int or not 1 <= count <= MOST_SAMPLED:
        raise ChanceError("sampled", f"sampled must be a number of runs from 1 to {MOST_SAMPLED:,}, not {count!r}")
    try:
        low, high = map(money, written)  # type: ignore[call-overload]
    except (MoneyError, TypeError, ValueError):
        low, high = 0, -1
    if low > high:
        example = "payments_within = [0, 10]"
        why = "without a range of payments, nothing bounds how far an average is off"
        raise ChanceError("payments_within", f"sampled needs the least and the largest payment, {example}: {why}")
    return count, (low, high)


def _seeds(written: object, how: str) -> tuple[int, ...]:
    if how != "seed":
        if written != ():
            raise ChanceError("seeds", 'seeds go with how = "seed"; leave them out')
        return ()
    if not isinstance(written, list | tuple) or any(type(seed) is not int or seed < 0 for seed in written):
        raise ChanceError("seeds", f"seeds must be a list of whole numbers of at least 0, not {written!r}")
    if not written or len(set(written)) < len(written):
        advice = "what all integers do cannot be enumerated, so the claim is about the listed ones; or write sampled"
        raise ChanceError("seeds", f"seeds must list at least one seed, each once: {advice}")
    return tuple(written)
