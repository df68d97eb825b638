"""The worst true values of a mechanism: a search over the grid of a game file that pushes its price of anarchy up.

What is found is written as a game file of its own, whose certificate proves its price; that nothing worse was found
proves nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from verifier.adapters import load
from verifier.domains import Profile, parse_domain
from verifier.errors import DomainError, MoneyError, SpecError, SubjectError
from verifier.exact import show, simplest
from verifier.games.files import honest_play
from verifier.games.gates import Gate
from verifier.games.induced import NoOutcome, run_outcomes
from verifier.oracles.anarchy import price_of_anarchy
from verifier.oracles.anarchy_result import Price
from verifier.oracles.anarchy_search import Instance, Worst, search_worst
from verifier.spec import subject_from_json

_VALUES = re.compile(r"^(\[game\][^\[]*?^values[ \t]*=[ \t]*)\[[^\n]*\][ \t]*$", re.MULTILINE)
_ASKED = re.compile(r"^\[\[(claim|gate|smooth)\]\][^\n]*\n(?:(?!\[(?:game|subject|domain))[^\n]*\n?)*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class WorstValues:
    """What was found: the search, the values in words, and the text of a game file with them; empty without a price."""

    search: Worst
    values: str
    text: str


def worst_values(
    text: str, path: str, gate: Gate, *, tries: int, seed: int, tell: Callable[[str], None] = lambda line: None
) -> WorstValues:
    """Search the true values on the grid of a game file for the largest price of anarchy.

    Parameters
    ----------
    text, path : of a game file with [subject], [domain] and values, which reads without a mistake
    gate : the concept, and whether overbidding counts (`played` is not None: it does not)
    tries, seed : see `oracles.anarchy_search.search_worst`
    tell : is told of every worse instance

    Raises
    ------
    SpecError : the file is not the game of a mechanism, or its values stand in no list below [game].
    """
    table = tomllib.loads(text)
    if not {"subject", "domain"} <= table.keys():
        raise SpecError("this is not the game of a mechanism: it has no [subject] and [domain]", path)
    try:
        domain = parse_domain(cast("dict[str, object]", table["domain"]))
        outcomes = run_outcomes(load(subject_from_json(table["subject"]), domain), importable=True)
    except (DomainError, MoneyError, NoOutcome, SubjectError) as error:
        raise SpecError(str(error), path) from error

    def types(instance: Instance) -> Profile:
        return tuple(own[place] for own, place in zip(domain.types, instance, strict=True))

    def price(instance: Instance) -> Price:
        honest = honest_play(domain, list(enumerate(types(instance))))
        played = None if gate.played is None else honest.modest
        truth = honest.truth if gate.concept == "truthful" else None
        return price_of_anarchy(outcomes.game(types(instance)), gate.concept, played=played, truth=truth).poa

    found = search_worst(
        price,
        [range(len(own)) for own in domain.types],
        tries=tries,
        seed=seed,
        tell=lambda instance, worst: tell(f"values {_written(types(instance))}: {_said(worst)}"),
    )
    if found.instance is None:
        return WorstValues(found, "", "")
    values = _written(types(found.instance))
    kept = _ASKED.sub("", text if text.endswith("\n") else text + "\n").rstrip()
    rewritten, count = _VALUES.subn(lambda match: match[1] + values, kept, count=1)
    if not count:
        raise SpecError("values cannot be replaced; write them as a list on one line right below [game]", path)
    over = "" if gate.played is None else "overbidding = false\n"
    return WorstValues(found, values, f'{rewritten}\n\n[[gate]]\nconcept = "{gate.concept}"\n{over}')


def _written(values: Profile) -> str:
    """True values as a file has them."""
    rows = [", ".join(f'"{show(amount)}"' for amount in worth) for worth in values]
    return "[" + ", ".join(f"[{row}]" for row in rows) + "]"


def _said(price: Price) -> str:
    return show(simplest(price)) if isinstance(price, Fraction) else "unbounded"
