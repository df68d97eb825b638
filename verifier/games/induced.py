"""The game that a mechanism and true values induce: actions are the bids of a grid, payoffs quasi-linear utilities.

Definition   u_i(b) = v_i . x_i(b) - p_i(b), with x_i and p_i in expectation where the mechanism draws lots. Revenue is
             the sum of payments; utilities and revenue together are welfare.
Truth        of value v_i is the bid v_i; a misreport gain is what another bid earns more against the same bids of the
             others. Over the true values of the grid, truth is dominant exactly when no misreport gains.
Method       the mechanism runs at every profile of bids; every true value then costs array operations only.
Limits       each profile is run again in reverse order, and in fresh processes where the mechanism has a path: one
             whose answers vary has no game.

Source: Nisan et al. 2007, Section 9.3 and Definition 9.14; Krishna 2010, Chapter 2.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import numpy as np

from verifier.adapters import ProtocolFault, Subject
from verifier.adapters.faults import Answer
from verifier.adapters.fresh import HASH_SEEDS, fresh_processes, in_words, same_answer
from verifier.domains import DEFAULT_BUDGET, Bid, Consumption, Domain, Outcome, Profile, Type
from verifier.errors import DomainError, TooLarge, VerifierError
from verifier.exact import Money, money, show, simplest
from verifier.games.normal_form import MOST_PROFILES, Actions, Game, refuse_large
from verifier.games.pure import welfares
from verifier.tensor import Array, Tensor


class NoOutcome(VerifierError):
    """The mechanism gave no feasible outcome at some bids, so the game has no payoffs there. Mend it, or take them out.

    Attributes: `bids`, and the `problem`.
    """

    def __init__(self, bids: Profile, problem: str) -> None:
        self.bids = bids
        self.problem = problem
        super().__init__(f"no payoffs at the bids ({', '.join(map(bid_name, bids))}): {problem}")


@dataclass(frozen=True, slots=True)
class Misreports:
    """What lies are worth over all true values of the grid and all bids of the others.

    Attributes
    ----------
    most : the largest gain; 0 exactly when truth is dominant
    truthful : in how many scenarios (an agent, its true value, bids of the others) truth is a best response
    scenarios : how many there are
    worst : agent, place of its true value, and the bids at which it gains `most`, its own included; None if none gains
    """

    most: Money
    truthful: int
    scenarios: int
    worst: tuple[int, int, Actions] | None

    @property
    def rate(self) -> Fraction:
        """The fraction of scenarios where truth is a best response."""
        return Fraction(self.truthful, self.scenarios)


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """What a mechanism did at every profile of bids of its domain's grid.

    Attributes
    ----------
    consumptions : [agent][coordinate] tensors of shape (T_1, ..., T_n)
    payments : [agent] tensors of that shape
    """

    domain: Domain
    consumptions: tuple[tuple[Tensor, ...], ...]
    payments: tuple[Tensor, ...]

    def utility(self, agent: int, worth: Type) -> Tensor:
        """(T_1, ..., T_n) what the agent gets at every profile of bids if `worth` is its true type."""
        gross = (amount * tensor for amount, tensor in zip(worth, self.consumptions[agent], strict=True) if amount != 0)
        return sum(gross, -self.payments[agent])

    def charges(self) -> tuple[Tensor, ...]:
        """(n,) at every profile what each agent bids for what it gets: the most that individual rationality allows."""
        shape = tuple(map(len, self.domain.types))
        found = []
        for agent, types in enumerate(self.domain.types):
            along = tuple(len(types) if axis == agent else 1 for axis in range(len(shape)))
            bids = [Tensor.of([bid[place] for bid in types], along) for place in range(self.domain.dimension)]
            products = (bid * amount for bid, amount in zip(bids, self.consumptions[agent], strict=True))
            found.append(sum(products, Tensor.of([0], (1,) * len(shape))))
        return tuple(found)

    def game(self, values: Sequence[Bid], title: str = "") -> Game:
        """The game between agents with these true values, (n,) numbers or, where d > 1, vectors of d numbers.

        Raises
        ------
        DomainError : not one value for each agent, or one with another number of coordinates; MoneyError : a float.
        """
        true = read_values(self.domain, values)
        actions = tuple(tuple(map(bid_name, types)) for types in self.domain.types)
        payoffs = tuple(self.utility(agent, worth) for agent, worth in enumerate(true))
        return Game(self.domain.agents, actions, payoffs, title, sum(self.payments[1:], self.payments[0]))

    def agent_form(self, types: Sequence[Sequence[Bid]], chances: Sequence[Sequence[Money]], title: str = "") -> Game:
        """The game of incomplete information, every type being a player of its own: its equilibria are Bayes-Nash.

        A type gets what it expects times its probability, so that payoffs and revenue add up to expected welfare.

        Parameters
        ----------
        types : (n,) for each agent the true values that it may have
        chances : (n,) their probabilities, independent between agents

        Raises
        ------
        DomainError : other numbers of types, probabilities that are not positive or do not add up to one, types that do
            not fit the domain; best bids that depend on others' types, so that no profile attains the expected optimum.
        TooLarge : more profiles of strategies than are held.
        """
        agents = self.domain.agents
        _refuse_chances(agents, types, chances)
        places = [(agent, place) for agent, own in enumerate(types) for place in range(len(own))]
        shape = tuple(len(self.domain.types[agent]) for agent, _ in places)
        refuse_large(shape)
        payoffs: list[Tensor] = [Tensor.of([0], (1,) * len(places)) for _ in places]
        revenue, optimum = Tensor.of([0], (1,) * len(places)), Fraction(0)
        for drawn in product(*(range(len(own)) for own in types)):
            weight = Fraction(math.prod((chances[agent][k] for agent, k in enumerate(drawn)), start=Fraction(1)))
            game = self.game([types[agent][k] for agent, k in enumerate(drawn)])
            spread = tuple(size if drawn[agent] == k else 1 for (agent, k), size in zip(places, shape, strict=True))
            total = welfares(game)
            optimum += weight * Fraction(int(total.numerators.max()), total.denominator)
            for agent, k in enumerate(drawn):
                axis = places.index((agent, k))
                payoffs[axis] = payoffs[axis] + _reshaped(game.payoffs[agent], spread) * simplest(weight)
            if game.revenue is not None:
                revenue = revenue + _reshaped(game.revenue, spread) * simplest(weight)
        whole = Tensor.of([0] * math.prod(shape), shape)
        names = tuple(f"{agents[agent]} at {bid_name(_type(types[agent][k]))}" for agent, k in places)
        actions = tuple(tuple(map(bid_name, self.domain.types[agent])) for agent, _ in places)
        made = Game(names, actions, tuple(whole + payoff for payoff in payoffs), title, whole + revenue)
        best = welfares(made)
        if Fraction(int(best.numerators.max()), best.denominator) != optimum:
            raise DomainError(
                f"no strategies attain the expected optimum {show(simplest(optimum))}; add bids to the grid"
            )
        return made

    def truth(self, values: Sequence[Bid]) -> Actions:
        """The profile in which everybody bids its value; DomainError where the grid lacks such a bid."""
        return tuple(self._place(agent, worth) for agent, worth in enumerate(read_values(self.domain, values)))

    def _place(self, agent: int, worth: Type) -> int:
        if worth not in self.domain.types[agent]:
            name = self.domain.agents[agent]
            raise DomainError(f"{name} cannot bid its value {bid_name(worth)}: the grid lacks it; add it to the values")
        return self.domain.types[agent].index(worth)

    def misreports(self) -> Misreports:
        """The most that a lie gains and how often truth is a best response, over all true values of the grid."""
        most, truthful, scenarios = Fraction(0), 0, 0
        worst: tuple[int, int, Actions] | None = None
        for agent, types in enumerate(self.domain.types):
            for place, worth in enumerate(types):
                utility = self.utility(agent, worth)
                gains = utility - utility.view(np.take(utility.numerators, [place], axis=agent))
                best = gains.numerators.max(axis=agent)
                truthful += int(np.count_nonzero(best == 0))
                scenarios += best.size
                largest = Fraction(int(best.max()), gains.denominator)
                if largest > most:
                    most, spot = largest, np.unravel_index(int(gains.numerators.argmax()), gains.numerators.shape)
                    worst = (agent, place, tuple(map(int, spot)))
        return Misreports(simplest(most), truthful, scenarios, worst)


def _refuse_chances(agents: Sequence[str], types: Sequence[Sequence[Bid]], chances: Sequence[Sequence[Money]]) -> None:
    if len(types) != len(agents) or len(chances) != len(agents):
        raise DomainError(f"types of {len(types)} agents and probabilities of {len(chances)}; there are {len(agents)}")
    for name, own, row in zip(agents, types, chances, strict=True):
        if not own or len(row) != len(own):
            raise DomainError(f"{name} has {len(own)} types and {len(row)} probabilities")
        if min(row) <= 0 or sum(row, Fraction(0)) != 1:
            raise DomainError(
                f"the probabilities of {name} are {', '.join(map(show, row))}: not positive, or not 1 in sum"
            )
        if len({_type(one) for one in own}) < len(own):
            raise DomainError(f"{name} has a type twice")


def _type(worth: Bid) -> Type:
    return tuple(map(money, worth)) if isinstance(worth, tuple | list) else (money(worth),)


def _reshaped(tensor: Tensor, spread: tuple[int, ...]) -> Tensor:
    """The tensor between the types that were drawn, for all types: those that were not drawn do not matter."""
    return tensor.view(tensor.numerators.reshape(spread))


def induced_game(
    subject: Subject,
    values: Sequence[Bid],
    budget: int = DEFAULT_BUDGET,
    title: str = "",
    *,
    importable: bool = False,
) -> Game:
    """The game between agents with the given true values who bid what the grid of the subject's domain has.

    Parameters
    ----------
    values : (n,) true values, a number each or, where types have d > 1 coordinates, a vector; they need not be bids
    budget : the most profiles of bids that are run
    importable : see `run_outcomes`

    Raises
    ------
    TooLarge : the grid has more profiles, said before any is run
    NoOutcome : there is no feasible outcome at some bids, or not the same one every time
    DomainError : the values do not fit the domain
    """
    read_values(subject.domain, values)
    return run_outcomes(subject, budget, importable=importable).game(values, title)


def run_outcomes(subject: Subject, budget: int = DEFAULT_BUDGET, *, importable: bool = False) -> Outcomes:
    """Run the mechanism at every profile of bids, and again: in reverse order, and in fresh processes.

    Parameters
    ----------
    importable : whether a fresh process can load the subject by its path; else everything stays in this one

    Raises
    ------
    TooLarge : the grid has more than `budget` profiles; NoOutcome : there is no feasible outcome at some bids, or not
        the same one every time.
    """
    domain = subject.domain
    if subject.spec.sampled:
        raise DomainError(f"{subject.spec.call}: payoffs are exact, and a sample of draws has none; list seeds instead")
    most = min(budget, MOST_PROFILES)
    if domain.size() > most:
        raise TooLarge(domain.size(), most)
    profiles = list(domain.profiles())
    with fresh_processes(subject.spec, domain, profiles, HASH_SEEDS if importable else ()) as children:
        with redirect_stdout(sys.stderr):
            outcomes = [_observed(subject, profile) for profile in profiles]
            again: list[Answer] = [_observed(subject, profile) for profile in reversed(profiles)]
        _refuse_unsteady(profiles, outcomes, again[::-1], "when it was asked again")
        for child in children:
            how = f"in a fresh process (PYTHONHASHSEED={child.hash_seed})"
            _refuse_unsteady(profiles, outcomes, child.answers(), how)
    known: dict[object, int] = {}  # equal allocations are valued once
    consumed: list[tuple[Consumption, ...]] = []
    rows: list[int] = []
    agents = range(len(domain.agents))
    for profile, outcome in zip(profiles, outcomes, strict=True):
        key = tuple((draw.probability, draw.shares) for draw in outcome.draws)
        if key not in known:
            _refuse_infeasible(domain, profile, outcome)
            known[key] = len(consumed)
            consumed.append(tuple(domain.expected_consumption(outcome, agent) for agent in agents))
        rows.append(known[key])
    paid = [outcome.expected_payment(agent) for outcome in outcomes for agent in agents]
    shape = tuple(map(len, domain.types))
    numbers = np.array(rows, dtype=np.intp).reshape(shape)
    return Outcomes(domain, _spread(domain, consumed, numbers), _payments(domain, paid, shape))


def _refuse_unsteady(profiles: list[Profile], once: list[Outcome], again: list[Answer], how: str) -> None:
    for profile, first, second in zip(profiles, once, again, strict=True):
        if not same_answer(first, second):
            raise NoOutcome(profile, f"{in_words(first)}; {how}: {in_words(second)}")


def _observed(subject: Subject, profile: Profile) -> Outcome:
    try:
        return subject.observe(profile)
    except ProtocolFault as fault:
        raise NoOutcome(profile, str(fault)) from fault


def _refuse_infeasible(domain: Domain, profile: Profile, outcome: Outcome) -> None:
    constraint, slack = domain.least_slack(outcome)
    if slack < 0:
        raise NoOutcome(profile, f"infeasible, broken: {constraint} (by {show(-slack)})")


def _spread(domain: Domain, consumed: Sequence[tuple[Consumption, ...]], rows: Array) -> tuple[tuple[Tensor, ...], ...]:
    def tensor(agent: int, coordinate: int) -> Tensor:
        table = Tensor.of([simplest(Fraction(of[agent][coordinate])) for of in consumed], (-1,))
        return table.view(table.numerators[rows])

    return tuple(
        tuple(tensor(agent, coordinate) for coordinate in range(domain.dimension))
        for agent in range(len(domain.agents))
    )


def _payments(domain: Domain, paid: Sequence[Money], shape: tuple[int, ...]) -> tuple[Tensor, ...]:
    count = len(domain.agents)
    return tuple(
        Tensor.of([simplest(Fraction(amount)) for amount in paid[agent::count]], shape) for agent in range(count)
    )


def read_values(domain: Domain, values: Sequence[Bid]) -> Profile:
    """(n,) true types, each a vector of exact numbers; see `Outcomes.game` for the errors."""
    if len(values) != len(domain.agents):
        raise DomainError(f"{len(values)} true values, but {len(domain.agents)} agents; give one for each")
    read = []
    for name, written in zip(domain.agents, values, strict=True):
        type_ = tuple(map(money, written)) if isinstance(written, tuple | list) else (money(written),)
        if len(type_) != domain.dimension:
            raise DomainError(f"the value of {name} has {len(type_)} coordinates; types have {domain.dimension} here")
        read.append(type_)
    return tuple(read)


def bid_name(bid: Type) -> str:
    """A bid as the name of an action: "3", or "(1, 1/2)"."""
    return show(bid[0]) if len(bid) == 1 else f"({', '.join(map(show, bid))})"
