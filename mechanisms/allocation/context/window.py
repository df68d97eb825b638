"""A context window shared out for a while: the allocation, its prices, and what becomes of tokens that are not used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from mechanisms.allocation.context.mechanisms import exact, greedy
from mechanisms.allocation.context.optimum import optimum
from mechanisms.allocation.context.requests import ContextConstraints, ContextError, ContextRequest, wants
from mechanisms.allocation.priority import Priority
from mechanisms.auctions.outcome import Amount

MINUTE = 60_000  # ms for which an allocation holds, unless told


@dataclass(frozen=True, slots=True)
class ContextAllocation:
    """Tokens of one agent; `price` is its whole payment, `expires_at` a time in ms."""

    agent: str
    tokens: int
    price: Amount
    priority: Priority
    expires_at: int


@dataclass(frozen=True, slots=True)
class ContextAllocationResult:
    """A window shared out.

    Attributes
    ----------
    allocations : by agent, everybody's, of 0 tokens too
    remaining : tokens for bursts, those that are reserved not among them
    social_welfare : the sum of values at the reported values per token
    efficiency : of the most that it could be, exactly; 1 where nothing is worth anything
    """

    allocations: Mapping[str, ContextAllocation]
    total_allocated: int
    remaining: int
    social_welfare: Amount
    efficiency: Fraction


@dataclass(frozen=True, slots=True)
class ContextPrice:
    """What an agent pays; `per_token` is 0 where it has no tokens."""

    per_token: Amount
    total: Amount
    kind: str


def allocate(
    requests: Sequence[ContextRequest],
    constraints: ContextConstraints,
    mechanism: str = "exact",
    *,
    now: int = 0,
    valid_for: int = MINUTE,
) -> ContextAllocationResult:
    """Share out the window; times in ms.

    Raises
    ------
    ContextError : guarantees that do not fit, two requests of one agent, an unknown mechanism.
    """
    ordered = sorted(requests, key=lambda request: request.urgency.rank)  # equal values in this order
    wanted, capacity = wants(ordered, constraints)
    if mechanism == "exact":
        extra, payments = exact(wanted, capacity, constraints.fairness)
    elif mechanism != "greedy":
        raise ContextError(f"unknown mechanism {mechanism!r}; there are exact, greedy")
    elif constraints.fairness is not None:
        raise ContextError("greedy serves equals one after the other; fairness goes with exact")
    else:
        extra, payments = greedy(wanted, capacity)
    until = now + valid_for
    found = {
        request.agent: ContextAllocation(request.agent, want.floor + tokens, paid, request.urgency, until)
        for request, want, tokens, paid in zip(ordered, wanted, extra, payments, strict=True)
    }
    return _result(requests, found, constraints, optimum(wanted, capacity)[0])


def update_allocation(
    requests: Sequence[ContextRequest],
    current: ContextAllocationResult,
    usage: Mapping[str, int],
    constraints: ContextConstraints,
    mechanism: str = "exact",
) -> ContextAllocationResult:
    """Take back what is not used, and give it to those who used all that they had and can use more.

    An agent keeps what it used, and its guarantee. What it paid is not returned: it paid for the right to use. The
    tokens that come back are shared out by the same mechanism among further requests for what is still wanted, without
    minimum amounts, and paid for on top. Truthful within one update; an agent that foresees the next one may wait.

    Parameters
    ----------
    usage : tokens used, of every agent with an allocation

    Raises
    ------
    ContextError : usage is missing, negative or above an allocation.
    """
    kept: dict[str, int] = {}
    further: list[ContextRequest] = []
    revised: list[ContextRequest] = []
    for request in requests:
        held = current.allocations[request.agent]
        used = usage.get(request.agent)
        if used is None or not 0 <= used <= held.tokens:
            raise ContextError(f"{request.agent}: usage is {used}, of {held.tokens:,} tokens that it has")
        idle = used < held.tokens
        kept[request.agent] = max(used, min(constraints.min_per_agent, held.tokens)) if idle else held.tokens
        more = 0 if idle else max(0, request.useful(request.requested) - held.tokens)
        further.append(replace(request, requested=more, minimum=0, saturation=None))
        worth = replace(request, minimum=0, saturation=used) if idle else request
        revised.append(worth)
    left = constraints.total - constraints.reserved - sum(kept.values())
    cap = constraints.max_per_agent
    if cap is not None:
        further = [replace(one, requested=min(one.requested, max(0, cap - kept[one.agent]))) for one in further]
    pool = ContextConstraints(left, fairness=constraints.fairness)
    added = allocate(further, pool, mechanism)
    found = {
        agent: replace(
            held,
            tokens=kept[agent] + added.allocations[agent].tokens,
            price=held.price + added.allocations[agent].price,
        )
        for agent, held in current.allocations.items()
    }
    wanted, capacity = wants(revised, constraints)
    return _result(revised, found, constraints, optimum(wanted, capacity)[0])


def compute_prices(
    requests: Sequence[ContextRequest], result: ContextAllocationResult, kind: str = "vcg"
) -> dict[str, ContextPrice]:
    """By agent what its tokens cost.

    Parameters
    ----------
    kind : "vcg", what the mechanism charged; "uniform", for every token the highest value per token at which somebody
        wanted more than it got, 0 where nobody did; "discriminatory", the own value per token. Only the first is
        truthful.

    Raises ContextError for an unknown kind.
    """
    tokens = {agent: held.tokens for agent, held in result.allocations.items()}
    if kind == "vcg":
        due = {agent: held.price for agent, held in result.allocations.items()}
    elif kind == "uniform":
        wanting = [one.value_per_token for one in requests if tokens[one.agent] < one.useful(one.requested)]
        due = {agent: max([0, *wanting]) * count for agent, count in tokens.items()}
    elif kind == "discriminatory":
        due = {one.agent: one.value_per_token * one.useful(tokens[one.agent]) for one in requests}
    else:
        raise ContextError(f"unknown kind of price {kind!r}; there are vcg, uniform, discriminatory")
    return {
        agent: ContextPrice(Fraction(amount) / tokens[agent] if tokens[agent] else 0, amount, kind)
        for agent, amount in due.items()
    }


def _result(
    requests: Sequence[ContextRequest],
    found: Mapping[str, ContextAllocation],
    constraints: ContextConstraints,
    best: Amount,
) -> ContextAllocationResult:
    worth: Amount = 0
    for request in requests:
        worth += request.value_per_token * request.useful(found[request.agent].tokens)
    total = sum(one.tokens for one in found.values())
    left = constraints.total - constraints.reserved - total
    named = {request.agent: found[request.agent] for request in requests}
    return ContextAllocationResult(named, total, left, worth, Fraction(worth) / best if best else Fraction(1))
