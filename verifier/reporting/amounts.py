"""Exact amounts as a reader wants to see them: a true minus sign, sums and products written out, plurals."""

from __future__ import annotations

from collections.abc import Sequence

from verifier.domains import Domain, Market, Matching, Ordinal, Share, Type, Utilities
from verifier.exact import Money, size

MINUS = "\N{MINUS SIGN}"
TIMES = "\N{MULTIPLICATION SIGN}"
_LONG = 10_000  # denominators past this one get a decimal beside them

_WORTH = {"single-item": "the item is", "unit-demand": "one item is", "slots": "a click is", "divisible": "the good is"}
_WORTH |= {"two-sided": "a unit is", "procurement": "to part with a unit is"}
_UNITS = {
    "single-item": "share of the item",
    "slots": "click rate",
    "combinatorial": "bundles",
    "divisible": "share of the good",
}


def amount(number: Money) -> str:
    """The number, exact; a long quotient with its decimal in brackets."""
    text = str(number).replace("-", MINUS)
    return text if number.denominator <= _LONG else f"{text} (about {decimal(number)})"


def decimal(number: Money, digits: int = 6) -> str:
    """A short decimal for axes and asides; never for a sum that somebody might check."""
    try:
        return f"{float(number):.{digits}g}".replace("-", MINUS)
    except OverflowError:
        return str(number).replace("-", MINUS)


def factor(number: Money) -> str:
    """The number inside a product or after an operator: negative ones in brackets."""
    return f"({amount(number)})" if number < 0 else amount(number)


def total(terms: Sequence[Money]) -> str:
    """`a + b - c`, term by term."""
    text = ""
    for number in terms:
        if not text:
            text = amount(number)
        else:
            text += f" {MINUS} {amount(-number)}" if number < 0 else f" + {amount(number)}"
    return text or "0"


def products(left: Sequence[Money], right: Sequence[Money]) -> str:
    """`a x b + c x d`, pair by pair."""
    return " + ".join(f"{factor(a)} {TIMES} {factor(b)}" for a, b in zip(left, right, strict=True)) or "0"


def counted(count: int, thing: str) -> str:
    """`1 profile`, `1,331 profiles`."""
    return f"{count:,} {thing}" + ("" if count == 1 else "s")


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def vector(numbers: Sequence[Money]) -> str:
    """A type or a consumption: a plain number where it has one coordinate, else `(a, b)`."""
    return amount(numbers[0]) if len(numbers) == 1 else f"({', '.join(map(amount, numbers))})"


def told(domain: Domain, agent: int, type_: Type) -> str:
    """A report as a reader wants to see it: a ranking by its names, else numbers."""
    if isinstance(domain, Utilities):
        return label(domain, agent, type_)
    if not isinstance(domain, Ordinal):
        return vector(type_)
    return " > ".join(domain.ballot(agent, type_)) or "nothing"


def label(domain: Utilities, agent: int, type_: Type) -> str:
    """The label that a type stands for."""
    found = domain.label(agent, type_)
    return found if isinstance(found, str) else amount(found)


def share(domain: Domain, got: Share, agent: int = 0) -> str:
    """What an agent gets, in words of the domain."""
    if isinstance(domain, Ordinal):
        names = domain.ranked(agent)
        known = isinstance(got, int) and got < len(names)
        return names[got] if isinstance(got, int) and known else "nobody" if isinstance(domain, Matching) else "nothing"
    if isinstance(got, tuple):
        return f"utilities {vector(got)}"
    if domain.kind == "slots":
        return "no slot" if got is None else f"slot {amount(got)} (click rate {vector(domain.consumption(got))})"
    if got is None:
        return "none"
    if got == 0:
        return "nothing"
    if domain.kind == "single-item":
        return "the item" if got == 1 else f"{amount(got)} of the item"
    if domain.kind == "combinatorial":
        return bundle(got)
    if domain.kind == "divisible":
        return "the whole good" if got == 1 else f"{amount(got)} of the good"
    if isinstance(domain, Market):
        return f"{'sells' if got < 0 else 'buys'} {counted_amount(size(got), 'unit')}"
    return counted_amount(got, "item")


def counted_amount(number: Money, thing: str) -> str:
    """`1 item`, `3/2 items`."""
    return f"{amount(number)} {thing}" + ("" if number == 1 else "s")


def bundle(number: Money) -> str:
    """The goods of a bundle, from the binary digits of its number: `goods 0 and 2` for 5."""
    if not isinstance(number, int) or number < 0:
        return f"{amount(number)}, which is no bundle"
    goods = [str(good) for good in range(number.bit_length()) if number >> good & 1]
    return f"good{'s' if len(goods) > 1 else ''} {listed(goods)}" if goods else "nothing"


def worth_of(domain: Domain, type_: Type) -> str:
    """What a type says, as the middle of a sentence: `the item is worth 2`."""
    if isinstance(domain, Utilities):
        return f"what counts is its type number {type_.index(1) + 1}"
    if domain.kind == "combinatorial":
        return listed([f"{bundle(each)} {_verb(each)} worth {amount(worth)}" for each, worth in enumerate(type_, 1)])
    if domain.kind in _WORTH or len(type_) == 1:
        return f"{_WORTH.get(domain.kind, 'one item is')} worth {vector(type_)}"
    return listed([f"the first item is worth {amount(type_[0])}", *(f"the next {amount(more)}" for more in type_[1:])])


def _verb(number: int) -> str:
    """The verb for a bundle: more goods than one are."""
    return "are" if number.bit_count() > 1 else "is"


def good(domain: Domain) -> str:
    """The unit in which shares are consumed."""
    return _UNITS.get(domain.kind, "items")
