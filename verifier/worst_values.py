"""The worst true values of a mechanism: a search over the grid of a game file that pushes its price of anarchy up.

What is found is written as a game file of its own, whose certificate proves its price. That a local search found
nothing worse proves nothing; the synthesis by linear programs covers all real values up to the largest of the grid.
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
from verifier.oracles.anarchy_search import Instance, search_worst
from verifier.oracles.anarchy_synthesis import synthesise_worst
from verifier.spec import subject_from_json

_VALUES = re.compile(r"^(\[game\][^\[]*?^values[ \t]*=[ \t]*)\[[^\n]*\][ \t]*$", re.MULTILINE)
_ASKED = re.compile(r"^\[\[(claim|gate|smooth)\]\][^\n]*\n(?:(?!\[(?:game|subject|domain))[^\n]*\n?)*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class WorstValues:
    """What was found: the values in words, the text of a game file with them (empty without a price), and a summary."""

    values: str
    text: str
    summary: str


def worst_values(
    text: str,
    path: str,
    gate: Gate,
    *,
    tries: int,
    seed: int,
    synthesis: bool = False,
    tell: Callable[[str], None] = lambda line: None,
) -> WorstValues:
    """Look for the true values on the grid of a game file, or of all real ones, with the largest price of anarchy.

    Parameters
    ----------
    text, path : of a game file with [subject], [domain] and values, which reads without a mistake
    gate : the concept, and whether overbidding counts (`played` is not None: it does not)
    tries, seed : see `oracles.anarchy_search.search_worst`
    synthesis : see `oracles.anarchy_synthesis.synthesise_worst`, of the concept "pure" alone
    tell : is told of every worse instance

    Raises
    ------
    SpecError : the file is not the game of a mechanism, its values stand in no list below [game], or synthesis is asked
        for another concept.
    """
    if synthesis and gate.concept != "pure":
        raise SpecError(f"synthesis is of pure equilibria; the gate is about {gate.concept} ones", path)
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

    def told(worst: Profile, price: Price) -> None:
        tell(f"values {_written(worst)}: {_said(price)}")

    if synthesis:
        upper = max(amount for own in domain.types for type_ in own for amount in type_)
        made = synthesise_worst(outcomes, upper, overbidding=gate.played is None, most=tries, tell=told)
        found = made.values
        summary = f"{made.programs:,} linear programs, {made.counterexamples:,} counterexamples; "
        rest = f"no values up to {show(upper)} are worse" if made.complete else "the search is not complete"
        summary += rest
    else:
        ranges = [range(len(own)) for own in domain.types]
        searched = search_worst(price, ranges, tries=tries, seed=seed, tell=lambda one, worst: told(types(one), worst))
        found = None if searched.instance is None else types(searched.instance)
        summary = f"{searched.tried:,} instances priced"
    if found is None:
        return WorstValues("", "", summary)
    values = _written(found)
    kept = _ASKED.sub("", text if text.endswith("\n") else text + "\n").rstrip()
    rewritten, count = _VALUES.subn(lambda match: match[1] + values, kept, count=1)
    if not count:
        raise SpecError("values cannot be replaced; write them as a list on one line right below [game]", path)
    over = "" if gate.played is None else "overbidding = false\n"
    return WorstValues(values, f'{rewritten}\n\n[[gate]]\nconcept = "{gate.concept}"\n{over}', summary)


def _written(values: Profile) -> str:
    """True values as a file has them."""
    rows = [", ".join(f'"{show(amount)}"' for amount in worth) for worth in values]
    return "[" + ", ".join(f"[{row}]" for row in rows) + "]"


def _said(price: Price) -> str:
    return show(simplest(price)) if isinstance(price, Fraction) else "unbounded"
