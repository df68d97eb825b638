"""Price of anarchy of a game of incomplete information, over its Bayes-Nash equilibria in agent form.

Definition   Optimum = expectation over the types of the largest welfare at them: whoever attains it knows all types.
             Price of anarchy = optimum / least expected welfare of a Bayes-Nash equilibrium.
Agent form   Every type that can occur is a player of its own and gets its interim utility. Pure Nash equilibria of that
             game are the Bayes-Nash equilibria in pure strategies; its mixed ones those in behaviour strategies, its
             coarse correlated ones a larger set, which bounds both.
Overbidding  As for complete information: a candidate's types play only actions that are allowed to them, deviations are
             free. A bid is allowed to a type or not, as what is too much depends on the value.

Source: Harsanyi 1967-68; Roughgarden 2012 and Syrgkanis 2012 (price of anarchy with incomplete information);
Hartline, Syrgkanis and Tardos 2015 (agent form).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product

from verifier.errors import DomainError, TooLarge, nearest
from verifier.exact import Money, simplest
from verifier.games.bayesian import BayesianGame, Types, agent_form
from verifier.games.normal_form import MOST_PROFILES, Actions
from verifier.oracles.anarchy import CONCEPTS, ends, priced
from verifier.oracles.anarchy_result import Anarchy, Objective
from verifier.tensor import Tensor

Measure = Callable[[Types, Actions], Money]

_CONCEPTS = CONCEPTS[1:]


def bayes_nash_price(
    game: BayesianGame,
    concept: str = "pure",
    *,
    objective: str = "welfare",
    measure: Measure | None = None,
    keeps: Callable[[int, int, int], bool] | None = None,
) -> Anarchy:
    """The prices over the Bayes-Nash equilibria; the result's `optimal` gives an action profile for each type profile.

    Parameters
    ----------
    concept : of equilibria of the agent form: "pure", "mixed", "correlated" or "coarse correlated"
    measure : the welfare or cost at a profile of types and one of actions; without it the sum of utilities, or minus it
    keeps : whether a candidate's player, of a type, may play an action; None allows all

    Raises
    ------
    DomainError : an unknown concept or objective, no ratio has a meaning; TooLarge : too many strategies.
    """
    if concept not in _CONCEPTS:
        raise DomainError(f"unknown concept {concept!r}{nearest(concept, list(_CONCEPTS))}")
    if objective not in tuple(Objective):
        raise DomainError(f"unknown objective {objective!r}{nearest(objective, list(map(str, Objective)))}")
    shape = tuple(map(len, game.actions))
    cells = math.prod(shape) * len(game.prior)
    if cells > MOST_PROFILES:
        raise TooLarge(cells, MOST_PROFILES, "profiles of actions and types")
    form, agents = agent_form(game)
    sign = -1 if objective == Objective.COST and measure is not None else 1
    players = range(len(game.players))
    profiles = list(product(*map(range, shape)))
    worth = Tensor.of([0], (1,) * len(agents))
    best: Money = 0
    least: Money = 0
    optimal: dict[Types, Actions] = {}
    for types, chance in game.prior.items():
        if not chance:
            continue
        amounts = [
            sign * measure(types, actions) if measure else sum((game.utility(i, types, actions) for i in players), 0)
            for actions in profiles
        ]
        place = max(range(len(amounts)), key=amounts.__getitem__)
        best, least = best + chance * amounts[place], least + chance * min(amounts)
        optimal[types] = profiles[place]
        spread = [len(game.actions[player]) if types[player] == type_ else 1 for player, type_ in agents]
        worth += chance * Tensor.of(amounts, tuple(spread))  # the agents of other types do not matter
    played = None
    if keeps is not None:
        played = tuple(
            tuple(action for action in range(count) if keeps(player, type_, action))
            for (player, type_), count in zip(agents, form.shape, strict=True)
        )
    found = ends(form, concept, worth, played)
    name = "Bayes-Nash" if concept == "pure" else f"Bayes-Nash, {concept} in agent form"
    return priced(name, Objective(objective), (_short(best), optimal), _short(least), found, played)


def _short(amount: Money) -> Money:
    return amount if isinstance(amount, int) else simplest(amount)
