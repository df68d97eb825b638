"""How the subject's result is read: through the mapping that the claims file declares, never by guessing.

`reader` compiles the mapping once into a function from a raw result to an `Outcome`. What does not fit the declaration
is a protocol fault whose message shows what came and which key of `[subject.returns]` would describe it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from fractions import Fraction
from typing import Any, TypeAlias

from verifier.adapters.faults import ProtocolFault, worded
from verifier.adapters.paths import agent_place, by_agent, path
from verifier.adapters.rankings import shares_reader
from verifier.adapters.tables import shares_of_matrix
from verifier.adapters.trades import amounts_of, units_of
from verifier.adapters.worths import rows_reader
from verifier.domains import Domain, Draw, Market, Ordinal, Outcome, Share, Slots, Utilities
from verifier.domains.single_item import quantity
from verifier.errors import DomainError, MoneyError, SubjectError, VerifierError
from verifier.exact import Money, from_subject
from verifier.returns import Returns

Shares: TypeAlias = tuple[Share, ...]
Payments: TypeAlias = tuple[Money, ...]
Number: TypeAlias = Callable[[Any], Money]  # from what a subject returns to an exact amount
ReadAllocation: TypeAlias = Callable[[Any, Domain, Number], Shares]
ReadPayments: TypeAlias = Callable[[Any, Domain, Shares, Number], Payments]

_MOST_REMEMBERED = 10_000
_NO_ROW = (str, bytes, Mapping, AbstractSet)  # can be iterated over, but are no entries in the order of the agents
_USUAL = 2**63  # whole numbers within it need no further look


def reader(
    returns: Returns, domain: Domain, number: Number = from_subject, amount: Number = from_subject
) -> Callable[[object], Outcome]:
    """The function that reads one raw result as an outcome; it raises ProtocolFault.

    `number` reads one payment and `amount` one share: exact numbers by default, symbolic ones too where a program is
    explored.
    """
    if isinstance(domain, Ordinal):
        return _ranked_reader(returns, domain)
    if returns.allocation_as not in _ALLOCATIONS or returns.payments_as not in _PAYMENTS:
        raise SubjectError(f"unknown form in {returns}; see `allocation_as` and `payments_as`")
    slots = isinstance(domain, Slots)
    if slots and returns.allocation_as in ("winner", "winners"):
        form = returns.allocation_as
        raise SubjectError(f"allocation_as = {form!r} cannot say which slot; use shares, by-agent or order")
    if not slots and returns.allocation_as == "order":
        raise SubjectError('allocation_as = "order" lists agents by slot; this domain has no slots')
    if isinstance(domain, Utilities):
        return _told_reader(returns, domain, number)
    if (returns.sellers is None) == isinstance(domain, Market):
        raise SubjectError('sellers = "receive" or "net" is said where agents sell, and nowhere else')
    if isinstance(domain, Market):
        return _market_reader(returns, domain, number, amount)
    find_allocation, find_payments = path(returns.allocation), path(returns.payments)
    read_allocation, read_payments = _ALLOCATIONS[returns.allocation_as], _PAYMENTS[returns.payments_as]

    if returns.allocation_as == "shares" and amount is from_subject:
        read_allocation = _remembering(read_allocation)

    if returns.payments_as == "none":
        find_payments = path(".")  # nothing is looked for

    def read(result: object, probability: Money) -> Draw:
        shares = read_allocation(find_allocation(result), domain, amount)
        return Draw(probability, shares, read_payments(find_payments(result), domain, shares, number))

    return _outcomes(read, returns.randomised)


def _ranked_reader(returns: Returns, domain: Ordinal) -> Callable[[object], Outcome]:
    """The reader of an ordinal domain, where nobody pays."""
    read_shares, find = shares_reader(returns.allocation_as, domain), path(returns.allocation)
    if returns.payments_as != "none":
        raise SubjectError('payments_as must be "none" where agents only rank: there is no money')
    nothing = (0,) * len(domain.agents)

    def read(result: object, probability: Money) -> Draw:
        shares = read_shares(find(result), domain)
        for share in shares:
            domain.consumption(share)  # refuses a share that means nothing here
        return Draw(probability, shares, nothing)

    return _outcomes(read, returns.randomised)


def _market_reader(returns: Returns, domain: Market, number: Number, amount: Number) -> Callable[[object], Outcome]:
    """The reader where agents sell; what they sell and receive is below zero, as in every deal."""
    if "trades" in (returns.allocation_as, returns.payments_as) and returns.sellers == "net":
        raise SubjectError('allocation_as = "trades" tells what sellers receive; write sellers = "receive"')
    read_units, read_amounts = _ALLOCATIONS[returns.allocation_as], _PAYMENTS[returns.payments_as]
    find_allocation = path(returns.allocation)
    find_payments = path("." if returns.payments_as == "none" else returns.payments)

    def read(result: object, probability: Money) -> Draw:
        units = read_units(find_allocation(result), domain, amount)
        amounts = read_amounts(find_payments(result), domain, units, number)
        if returns.sellers == "net":
            return Draw(probability, units, amounts)
        own = range(domain.buying)
        shares = tuple(one if agent in own else -quantity(one) for agent, one in enumerate(units))
        return Draw(probability, shares, tuple(one if agent in own else -one for agent, one in enumerate(amounts)))

    return _outcomes(read, returns.randomised)


def _traded(value: Any, domain: Domain, amount: Number) -> Shares:
    return units_of(value, domain)


def _traded_at(value: Any, domain: Domain, shares: Shares, number: Number) -> Payments:
    return amounts_of(value, domain, number)


def _told_reader(returns: Returns, domain: Utilities, number: Number) -> Callable[[object], Outcome]:
    """The reader where what comes out is told by what it is worth."""
    if returns.payments_as in ("winner-pays", "unit-price"):
        raise SubjectError(
            f"payments_as = {returns.payments_as!r} needs amounts of a good; here only utilities are told"
        )
    find, read_rows, read_payments = (
        path(returns.allocation),
        rows_reader(returns.allocation_as),
        _PAYMENTS[returns.payments_as],
    )
    find_payments = path("." if returns.payments_as == "none" else returns.payments)

    def read(result: object, probability: Money) -> Draw:
        shares = read_rows(find(result), domain)
        return Draw(probability, shares, read_payments(find_payments(result), domain, shares, number))

    return _outcomes(read, returns.randomised)


def _outcomes(read: Callable[[object, Money], Draw], randomised: bool) -> Callable[[object], Outcome]:
    """The function from a raw result to its outcome, with what goes wrong in `read` as a ProtocolFault."""

    def draw(result: object, probability: Money) -> Draw:
        try:
            return read(result, probability)
        except (MoneyError, DomainError, TypeError, ValueError) as error:
            raise ProtocolFault("protocol", f"{_excerpt(result)}: {error}") from error
        except VerifierError:
            raise
        except Exception as error:  # a lazy result computes while it is read
            raise ProtocolFault("protocol", f"{_excerpt(result)}: {worded(error)}") from error

    if not randomised:
        return lambda result: Outcome((draw(result, 1),))
    return lambda result: _lottery(result, draw)


def _lottery(result: object, draw: Callable[[object, Money], Draw]) -> Outcome:
    try:
        pairs = [(from_subject(probability), drawn) for probability, drawn in result]  # type: ignore[attr-defined]
    except (MoneyError, TypeError, ValueError) as error:
        raise ProtocolFault("protocol", f"{_excerpt(result)} is no list of (probability, result): {error}") from error
    except VerifierError:
        raise
    except Exception as error:
        raise ProtocolFault("protocol", f"{_excerpt(result)}: {worded(error)}") from error
    if any(probability < 0 for probability, _ in pairs) or sum(p for p, _ in pairs) != 1:
        complaint = "probabilities must be non-negative and add up to exactly 1"
        raise ProtocolFault("protocol", f"{_excerpt(result)}: {complaint}")
    return Outcome(tuple(draw(drawn, probability) for probability, drawn in pairs if probability))


def _remembering(read: ReadAllocation) -> ReadAllocation:
    """`read` for hashable sequences read once: a mechanism has few allocations and many profiles."""
    known: dict[object, Shares] = {}

    def remember(value: Any, domain: Domain, amount: Number) -> Shares:
        key = tuple(value) if type(value) in (list, tuple) else ()
        if not key or any(item.__hash__ is None for item in key):
            return read(value, domain, amount)
        shares = known.get(key)
        if shares is None:
            shares = read(key, domain, amount)
            if len(known) < _MOST_REMEMBERED:
                known[key] = shares
        return shares

    return remember


def _amounts(sequence: Any, domain: Domain, what: str) -> tuple[Any, ...]:
    plain = type(sequence) in (list, tuple)  # what most code returns needs no further look
    if not plain and (isinstance(sequence, _NO_ROW) or not isinstance(sequence, Iterable)):
        raise ValueError(f"{what} is a {type(sequence).__name__}, not one number per agent; declare {what}_as")
    amounts = tuple(sequence)
    if len(amounts) != len(domain.agents):
        raise ValueError(f"{what} has {len(amounts)} entries for {len(domain.agents)} agents")
    return amounts


def _share(value: Any, domain: Domain, amount: Number) -> Share:
    if type(value) is int and -_USUAL < value < _USUAL:
        share: Share = value
    elif value is None and isinstance(domain, Slots):
        return None
    else:
        share = _plain(value, amount)
    domain.consumption(share)  # refuses a share that means nothing here
    return share


def _plain(value: Any, amount: Number) -> Money:
    """An amount; truth values count as 0 and 1."""
    return int(value) if type(value).__name__ in ("bool", "bool_") else amount(value)


def _by_agent(mapping: Any, domain: Domain, what: str, default: Any) -> list[Any]:
    found = by_agent(mapping, domain.agents, what)
    return [found.get(agent, default) for agent in range(len(domain.agents))]


def _several(value: Any, otherwise: str, *, in_order: bool = False) -> Iterable[Any]:
    if not isinstance(value, Iterable) or isinstance(value, _NO_ROW if in_order else Mapping):
        kind = type(value).__name__
        raise ValueError(f'allocation is a {kind}, not several indices; declare allocation_as, such as "{otherwise}"')
    return value


def _from_shares(value: Any, domain: Domain, amount: Number) -> Shares:
    return tuple([_share(item, domain, amount) for item in _amounts(value, domain, "allocation")])


def _from_winner(value: Any, domain: Domain, amount: Number) -> Shares:
    return _from_winners(() if value is None else (value,), domain, amount)


def _from_winners(value: Any, domain: Domain, amount: Number) -> Shares:
    won: list[Money] = [0] * len(domain.agents)
    for item in _several(value, "winner"):
        won[agent_place(item, domain.agents, "allocation")] += 1
    return tuple(won)


def _from_mapping(value: Any, domain: Domain, amount: Number) -> Shares:
    nothing = None if isinstance(domain, Slots) else 0
    return tuple(_share(item, domain, amount) for item in _by_agent(value, domain, "allocation", nothing))


def _from_order(value: Any, domain: Domain, amount: Number) -> Shares:
    shares: list[Share] = [None] * len(domain.agents)
    for slot, holder in enumerate(_several(value, "shares", in_order=True)):
        if holder is None:
            continue
        index = agent_place(holder, domain.agents, "allocation")
        if shares[index] is not None:
            raise ValueError(f"{domain.agents[index]} holds slot {shares[index]} and slot {slot}")
        shares[index] = _share(slot, domain, amount)
    return tuple(shares)


def _from_matrix(value: Any, domain: Domain, amount: Number) -> Shares:
    return shares_of_matrix(value, domain, lambda item: _plain(item, amount))


def _from_places(value: Any, domain: Domain, amount: Number) -> Shares:
    return tuple(_share(value(agent), domain, amount) for agent in range(len(domain.agents)))


def _from_names(value: Any, domain: Domain, amount: Number) -> Shares:
    return tuple(_share(value(name), domain, amount) for name in domain.agents)


def _pay_each(value: Any, domain: Domain, shares: Shares, number: Number) -> Payments:
    amounts = _amounts(value, domain, "payments")
    return tuple([item if type(item) is int and -_USUAL < item < _USUAL else number(item) for item in amounts])


def _pay_by_agent(value: Any, domain: Domain, shares: Shares, number: Number) -> Payments:
    return tuple(number(item) for item in _by_agent(value, domain, "payments", 0))


def _pay_at_places(value: Any, domain: Domain, shares: Shares, number: Number) -> Payments:
    return tuple(_sum(value(agent), number) for agent in range(len(domain.agents)))


def _pay_by_names(value: Any, domain: Domain, shares: Shares, number: Number) -> Payments:
    return tuple(_sum(value(name), number) for name in domain.agents)


def _sum(value: Any, number: Number) -> Money:
    return 0 if value is None else number(value)


def _winner_pays(value: Any, domain: Domain, shares: Shares, number: Number) -> Payments:
    winners = [agent for agent, share in enumerate(shares) if any(domain.consumption(share))]
    price = 0 if value is None else number(value)
    if len(winners) > 1 or (not winners and price):
        found = len(winners)
        raise ValueError(f'payments_as = "winner-pays" needs one winner for the price {price}; there are {found}')
    return tuple(price if agent in winners else 0 for agent in range(len(shares)))


def _nobody_pays(value: Any, domain: Domain, shares: Shares, number: Number) -> Payments:
    return (0,) * len(shares)


def _unit_price(value: Any, domain: Domain, shares: Shares, number: Number) -> Payments:
    price = 0 if value is None else number(value)
    return tuple(price * sum(domain.consumption(share), Fraction(0)) for share in shares)


_ALLOCATIONS: dict[str, ReadAllocation] = {
    "shares": _from_shares,
    "winner": _from_winner,
    "winners": _from_winners,
    "by-agent": _from_mapping,
    "order": _from_order,
    "matrix": _from_matrix,
    "asked": _from_places,
    "asked-by-name": _from_names,
    "trades": _traded,
}
_PAYMENTS: dict[str, ReadPayments] = {
    "per-agent": _pay_each,
    "by-agent": _pay_by_agent,
    "winner-pays": _winner_pays,
    "unit-price": _unit_price,
    "asked": _pay_at_places,
    "asked-by-name": _pay_by_names,
    "trades": _traded_at,
    "none": _nobody_pays,
}


def _excerpt(result: object, most: int = 80) -> str:
    try:
        text = repr(result)
    except Exception as error:  # a stranger's __repr__ may raise anything
        text = f"<{type(result).__name__} whose repr raises {type(error).__name__}>"
    return f"returned {text if len(text) <= most else text[:most] + '...'}"
