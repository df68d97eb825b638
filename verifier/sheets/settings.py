"""Settings around the one that was asked for: code may be right for three bidders and wrong for one, or for five.

Sizes    Every smaller number of agents down to one, and one more; one unit, good or candidate less and more, and one
         more than there are agents (supply above demand). Numbers in the subject's source may be thresholds: n and
         n + 1 of each of them are sizes too.
Values   Zero, where the grid has none; and just below, at and just above the numbers in the source: a reserve.
Grids    Every such setting is run as a whole: its values are thinned until it has at most `MOST` profiles, ends kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from verifier.domains import Domain, parse_domain
from verifier.domains.grid import parse_grid
from verifier.errors import DomainError, TooLarge
from verifier.exact import Money, show

MOST = 5_000  # profiles of a setting beside the one asked for
_WORDS = {
    "agents": "agent",
    "items": "item",
    "goods": "good",
    "objects": "object",
    "candidates": "candidate",
    "proposers": "proposer",
    "receivers": "receiver",
    "buyers": "buyer",
    "sellers": "seller",
}
_NAMING = ("capacities", "priorities", "endowment", "click_rates")  # options that speak of particular names or sizes
_MOST_SIZE = 12


@dataclass(frozen=True, slots=True)
class Setting:
    """A domain to run, in words and as a part of a file name; `why` says what made it worth a run."""

    label: str
    slug: str
    domain: Domain
    why: str


def around(asked: Mapping[str, object], numbers: Sequence[Money]) -> tuple[list[Setting], list[str]]:
    """The settings to run beside the one of a [domain] table, and in words those that are left out.

    Parameters
    ----------
    asked : the table
    numbers : constants in the subject's source
    """
    found: dict[str, Setting] = {}
    left_out: list[str] = []
    for label, table, why in (*_sizes(asked, numbers), *_values(asked, numbers)):
        try:
            domain, thinned = fitting(table, MOST)
        except DomainError as error:
            left_out.append(f"{label} ({why}): {error}")
            continue
        words = f"{label}, values {thinned}" if thinned else label
        slug = label.replace(" ", "-").replace(",", "").replace("/", "-")
        found.setdefault(slug, Setting(words, slug, domain, why))
    return list(found.values()), left_out


def fitting(table: Mapping[str, object], most: int) -> tuple[Domain, str]:
    """The domain of the table, its values thinned until it has at most `most` profiles; the values left, in words.

    Raises DomainError where the table is none, TooLarge where two values are too many already.
    """
    thin: Mapping[str, object] = table
    while True:
        try:
            return parse_domain(thin, most), "" if thin is table else _in_words(thin["values"])
        except TooLarge:
            fewer = _thinner(thin)
            if fewer is None:
                raise
            thin = fewer


def _thinner(table: Mapping[str, object]) -> dict[str, object] | None:
    """Every second value, and the largest; None where two are left, or where there are rankings in place of values."""
    if "values" not in table:
        return None
    written = table["values"]
    grids = dict(written) if isinstance(written, Mapping) else {"": written}
    fewer: dict[str, object] = {}
    for name, grid in grids.items():
        values = parse_grid(grid).values()
        kept = [*values[:-1][::2], values[-1]] if len(values) > 2 else list(values)
        fewer[str(name)] = kept
    if all(len(parse_grid(grid).values()) == len(fewer[str(name)]) for name, grid in grids.items()):  # type: ignore[arg-type]
        return None
    return {**table, "values": fewer if isinstance(written, Mapping) else fewer[""]}


def _in_words(values: object) -> str:
    if isinstance(values, Mapping):
        return "; ".join(f"{name}: {_in_words(grid)}" for name, grid in values.items())
    return ", ".join(show(amount) for amount in parse_grid(values).values())


def _sizes(asked: Mapping[str, object], numbers: Sequence[Money]) -> Iterable[tuple[str, dict[str, object], str]]:
    """The table with other counts."""
    if any(key in asked for key in _NAMING) or isinstance(asked.get("preferences"), Mapping):
        return
    thresholds = [int(one) + more for one in numbers if one.denominator == 1 and 2 <= one <= 8 for more in (0, 1)]
    for key, word in _WORDS.items():
        if key not in asked:
            continue
        now = _count(asked[key])
        few = "the smallest sizes" if key == "agents" else "one less"
        wanted = dict.fromkeys(range(1, now) if key == "agents" else [now - 1], few) | {now + 1: "one more"}
        if key == "items" and _count(asked["agents"]) + 1 > now:
            wanted.setdefault(_count(asked["agents"]) + 1, "supply above demand")
        for size in thresholds:
            wanted.setdefault(size, "a number in the source")
        for size, why in sorted(wanted.items()):
            if 1 <= size <= _MOST_SIZE and size != now:
                yield f"{size} {word}{'s' if size > 1 else ''}", _resized(asked, key, size), why


def _count(written: object) -> int:
    return written if isinstance(written, int) else len(written) if isinstance(written, list | tuple) else 0


def _resized(asked: Mapping[str, object], key: str, size: int) -> dict[str, object]:
    """The table with another count of one kind; names are kept, dropped from the end or made up."""
    written = asked[key]
    table = {**asked, key: size}
    if not isinstance(written, list | tuple):
        return table
    names = [*written[:size], *(f"another {place}" for place in range(1, size - len(written) + 1))]
    table[key] = names
    grids = asked.get("values")
    if key == "agents" and isinstance(grids, Mapping):
        last = grids[written[-1]]
        table["values"] = {name: grids.get(name, last) for name in names}
    return table


def _values(asked: Mapping[str, object], numbers: Sequence[Money]) -> Iterable[tuple[str, dict[str, object], str]]:
    """The table with other values: zero, and what surrounds the numbers in the source."""
    grid = asked.get("values")
    if grid is None or isinstance(grid, Mapping):
        return
    values = parse_grid(grid).values()
    whole = all(amount.denominator == 1 for amount in values)
    upper = asked.get("upper")
    if 0 not in values:
        yield "bids of zero", {**asked, "values": [0, *values]}, "the grid that was asked for has no zero"
    for number in sorted({one for one in numbers if one > 0 and not (whole and one.denominator != 1)}):
        if number in values and number + 1 in values and number - 1 in values:
            continue
        near = sorted({0, max(0, number - 1), number, number + 1, values[-1]})
        if upper is None or number + 1 <= parse_grid([upper]).high:
            yield f"bids around {show(number)}", {**asked, "values": near}, "a number in the source"
