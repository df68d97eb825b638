"""How results are read: every declared form of allocation and payments, and what is said where a result is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType, SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest

from verifier.adapters.faults import ProtocolFault
from verifier.adapters.returns import reader
from verifier.domains import Domain, parse_domain
from verifier.errors import SubjectError, VerifierError
from verifier.returns import Returns

NAMES = ["ann", "bob", "cyd"]
SINGLE = parse_domain({"kind": "single-item", "agents": NAMES, "values": "0..3"})
DEMAND = parse_domain({"kind": "unit-demand", "agents": NAMES, "items": 2, "values": "0..3"})
UNITS = parse_domain({"kind": "multi-unit", "agents": NAMES, "items": 3, "values": "0..1"})
SLOTS = parse_domain({"kind": "slots", "agents": NAMES, "click_rates": [2, 1], "values": "0..3"})


def read(result: object, domain: Domain = SINGLE, **returns: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    (draw,) = reader(Returns(**returns), domain)(result).draws
    return draw.shares, draw.payments


def complaint(result: object, domain: Domain = SINGLE, **returns: Any) -> str:
    with pytest.raises(ProtocolFault) as caught:
        reader(Returns(**returns), domain)(result)
    assert caught.value.kind == "protocol"
    return caught.value.message


@dataclass
class Sale:
    winner: object
    price: object


class Result(NamedTuple):
    goods: object
    money: object


def lazily(*amounts: object) -> Iterator[object]:
    yield from amounts


# --- where things are


@pytest.mark.parametrize(
    ("result", "paths"),
    [
        (([0, 1, 0], [0, 2, 0]), {}),
        ([(0, 1, 0), (0, 2, 0)], {}),
        ((lazily(0, 1, 0), lazily(0, 2, 0)), {}),
        (Result([0, 1, 0], [0, 2, 0]), {"allocation": "goods", "payments": "money"}),
        ({"x": [0, 1, 0], "t": [0, 2, 0]}, {"allocation": "x", "payments": "t"}),
        (MappingProxyType({"x": [0, 1, 0], "t": [0, 2, 0]}), {"allocation": "x", "payments": "t"}),
        ({0: [0, 1, 0], 1: [0, 2, 0]}, {}),
        (SimpleNamespace(x=[0, 1, 0], t=[0, 2, 0]), {"allocation": "x", "payments": "t"}),
        (SimpleNamespace(parts=({"x": [0, 1, 0]}, [0, 2, 0])), {"allocation": "parts.0.x", "payments": "parts.1"}),
        (np.array([[0, 1, 0], [0, 2, 0]]), {}),
    ],
)
def test_a_path_leads_through_sequences_mappings_and_attributes(result: object, paths: dict[str, str]) -> None:
    assert read(result, **paths) == ((0, 1, 0), (0, 2, 0))


def test_a_dot_is_the_result_itself() -> None:
    assert read(1, allocation=".", allocation_as="winner", payments=".", payments_as="winner-pays") == (
        (0, 1, 0),
        (0, 1, 0),
    )


@pytest.mark.parametrize(
    ("result", "paths", "says"),
    [
        (([1, 0, 0],), {}, "nothing at '1' (IndexError); declare where it is in [subject.returns]"),
        (None, {}, "returned None: nothing at '0' (TypeError); declare"),
        ({"x": [1, 0, 0]}, {}, "nothing at '0' (KeyError)"),
        (Sale(1, 2), {"allocation": "winer"}, "nothing at 'winer' (AttributeError)"),
        (([[1, 0, 0]], 0), {"allocation": "0.1"}, "nothing at '0.1' (IndexError)"),
        (([1, 0, 0], 0), {"allocation": "0²"}, "nothing at '0²' (AttributeError)"),
        (lazily(1, 2), {}, "nothing at '0' (TypeError)"),
    ],
)
def test_a_path_to_nothing_names_the_table_to_mend(result: object, paths: dict[str, str], says: str) -> None:
    assert says in complaint(result, **paths)


# --- allocations


@pytest.mark.parametrize(
    ("domain", "form", "written", "shares"),
    [
        (SINGLE, "shares", (True, False, np.True_), (1, 0, 1)),
        (SINGLE, "shares", (1.0, np.float64(0), np.int8(0)), (1, 0, 0)),
        (SINGLE, "shares", (0.5, Fraction(1, 2), Decimal("0.25")), (Fraction(1, 2), Fraction(1, 2), Fraction(1, 4))),
        (SINGLE, "shares", np.array([0, 0, 1]), (0, 0, 1)),
        (SINGLE, "winner", 2, (0, 0, 1)),
        (SINGLE, "winner", np.int64(1), (0, 1, 0)),
        (SINGLE, "winner", 1.0, (0, 1, 0)),
        (SINGLE, "winner", None, (0, 0, 0)),
        (DEMAND, "winners", [2, 0], (1, 0, 1)),
        (DEMAND, "winners", {0, 1}, (1, 1, 0)),
        (DEMAND, "winners", [], (0, 0, 0)),
        (UNITS, "winners", [2, 0, 2], (1, 0, 2)),
        (UNITS, "shares", [3, 0, 0], (3, 0, 0)),
        (UNITS, "by-agent", {"cyd": 2}, (0, 0, 2)),
        (SINGLE, "by-agent", {"bob": True}, (0, 1, 0)),
        (SLOTS, "shares", [1, None, 0], (1, None, 0)),
        (SLOTS, "by-agent", {"bob": 0}, (None, 0, None)),
        (SLOTS, "order", [2, 0], (1, None, 0)),
        (SLOTS, "order", [None, 1], (None, 1, None)),
        (SLOTS, "order", [], (None, None, None)),
    ],
)
def test_every_form_of_an_allocation_is_read(domain: Domain, form: str, written: object, shares: object) -> None:
    assert read((written, [0, 0, 0]), domain, allocation_as=form)[0] == shares


@pytest.mark.parametrize(
    ("domain", "form", "written", "says"),
    [
        (SINGLE, "shares", 1, "allocation is a int, not one number per agent; declare allocation_as"),
        (SINGLE, "shares", {"ann": 1}, "allocation is a dict, not one number per agent; declare allocation_as"),
        (SINGLE, "shares", "100", "allocation is a str, not one number per agent; declare allocation_as"),
        (SINGLE, "shares", {0, 1, 2}, "allocation is a set, not one number per agent; declare allocation_as"),
        (SINGLE, "shares", [1, 0], "allocation has 2 entries for 3 agents"),
        (SINGLE, "shares", [1, 0, None], "None (NoneType) is not a number"),
        (SINGLE, "shares", ["1", 0, 0], "'1' is not a number"),
        (SINGLE, "shares", [float("nan"), 0, 0], "nan is not a finite number"),
        (SINGLE, "shares", [Decimal("Infinity"), 0, 0], "Infinity is not a finite number"),
        (SINGLE, "shares", [1j, 0, 0], "1j (complex) is not a number"),
        (SINGLE, "shares", [[1], [0], [0]], "[1] (list) is not a number"),
        (SINGLE, "shares", (x // 0 for x in (1, 0, 0)), "ZeroDivisionError: integer division or modulo by zero"),
        (SINGLE, "winner", 3, "3 is no index of an agent (0..2)"),
        (SINGLE, "winner", -1, "-1 is no index of an agent (0..2)"),
        (SINGLE, "winner", 0.5, "0.5 is no index of an agent (0..2)"),
        (SINGLE, "winner", "dan", "allocation names 'dan', who is no agent"),
        (SINGLE, "winner", True, "True is not a number"),
        (DEMAND, "winners", 1, 'allocation is a int, not several indices; declare allocation_as, such as "winner"'),
        (DEMAND, "winners", {0: 5}, "allocation is a dict, not several indices; declare allocation_as"),
        (DEMAND, "winners", [0, 7], "7 is no index of an agent (0..2)"),
        (DEMAND, "winners", (x // 0 for x in (1,)), "ZeroDivisionError: "),
        (SINGLE, "by-agent", [1, 0, 0], "allocation is a list, not a mapping from agent names"),
        (SINGLE, "by-agent", {"dan": 1}, "allocation names 'dan', who is no agent; agents are ann, bob, cyd"),
        (SINGLE, "by-agent", {5: 1}, "5 is no index of an agent (0..2)"),
        (SLOTS, "shares", [2, None, 0], "returned ([2, None, 0], [0, 0, 0]): "),
        (SLOTS, "shares", [0.5, None, 0], "returned ([0.5, None, 0], [0, 0, 0]): "),
        (SLOTS, "order", [0, 0], "ann holds slot 0 and slot 1"),
        (SLOTS, "order", [0, 1, 2], "returned ([0, 1, 2], [0, 0, 0]): "),
        (SLOTS, "order", {0, 1}, "allocation is a set, not several indices; declare allocation_as"),
        (SLOTS, "order", 0, 'allocation is a int, not several indices; declare allocation_as, such as "shares"'),
    ],
)
def test_an_allocation_of_another_form_is_a_fault(domain: Domain, form: str, written: object, says: str) -> None:
    assert says in complaint((written, [0, 0, 0]), domain, allocation_as=form)


# --- payments


@pytest.mark.parametrize(
    ("form", "written", "payments"),
    [
        ("per-agent", [1, Fraction(4, 2), Decimal("0.5")], (1, 2, Fraction(1, 2))),
        ("per-agent", [0.1, 0, np.float32(0.5)], (Fraction(0.1), 0, Fraction(1, 2))),
        ("per-agent", np.array([1, 2, 3]), (1, 2, 3)),
        ("per-agent", [-1, 0, 0], (-1, 0, 0)),
        ("by-agent", {"cyd": 2, "ann": Fraction(1, 3)}, (Fraction(1, 3), 0, 2)),
        ("by-agent", {}, (0, 0, 0)),
        ("unit-price", Fraction(3, 2), (3, 0, Fraction(3, 2))),
        ("unit-price", None, (0, 0, 0)),
    ],
)
def test_every_form_of_payments_is_read(form: str, written: object, payments: object) -> None:
    assert read(([2, 0, 1], written), UNITS, payments_as=form)[1] == payments


def test_the_winner_pays_the_price() -> None:
    how = {"allocation_as": "winner", "payments_as": "winner-pays"}
    assert read((1, 4), **how) == ((0, 1, 0), (0, 4, 0))
    assert read((1, None), **how) == ((0, 1, 0), (0, 0, 0))
    assert read((None, None), **how) == read((None, 0), **how) == ((0, 0, 0), (0, 0, 0))
    assert read(([0, 2, 0], 4), UNITS, payments_as="winner-pays") == ((0, 2, 0), (0, 4, 0))
    assert read(([None, 1, None], 4), SLOTS, payments_as="winner-pays") == ((None, 1, None), (0, 4, 0))


def test_a_price_per_unit_in_slots_is_a_price_per_click() -> None:
    assert read(([1, 0, None], 3), SLOTS, payments_as="unit-price")[1] == (3, 6, 0)


@pytest.mark.parametrize(
    ("allocation", "form", "written", "says"),
    [
        ([1, 0, 0], "per-agent", 5, "payments is a int, not one number per agent; declare payments_as"),
        ([1, 0, 0], "per-agent", {5, 0, 1}, "payments is a set, not one number per agent; declare payments_as"),
        ([1, 0, 0], "per-agent", [5], "payments has 1 entries for 3 agents"),
        ([1, 0, 0], "per-agent", [5, True, 0], "True is not a number"),
        ([1, 0, 0], "per-agent", [5, float("inf"), 0], "inf is not a finite number"),
        ([1, 0, 0], "by-agent", [5, 0, 0], "payments is a list, not a mapping from agent names"),
        ([1, 0, 0], "by-agent", {"eve": 0}, "payments names 'eve', who is no agent"),
        ([1, 1, 0], "winner-pays", 5, 'payments_as = "winner-pays" needs one winner for the price 5; there are 2'),
        ([0, 0, 0], "winner-pays", 5, 'payments_as = "winner-pays" needs one winner for the price 5; there are 0'),
        ([1, 0, 0], "winner-pays", [5, 0, 0], "[5, 0, 0] (list) is not a number"),
        ([1, 0, 0], "unit-price", "5", "'5' is not a number"),
    ],
)
def test_payments_of_another_form_are_a_fault(allocation: object, form: str, written: object, says: str) -> None:
    assert says in complaint((allocation, written), payments_as=form)


def test_the_same_allocation_is_read_the_same_again_however_it_is_written() -> None:
    """Allocations are remembered by value: equal numbers of another type must not come out as themselves."""
    reads = reader(Returns(), SINGLE)
    for written in ([True, False, False], [1.0, 0.0, 0], (1, 0, 0), [Fraction(1), 0, 0]):
        (draw,) = reads((written, [0, 0, 0])).draws
        assert draw.shares == (1, 0, 0)
        assert {type(share) for share in draw.shares} == {int}


# --- lotteries


def test_a_lottery_is_a_list_of_probabilities_and_results() -> None:
    half = Fraction(1, 2)
    drawn = [(half, (0, 3)), (Decimal("0.25"), (1, 3)), (0.25, (1, 2)), (0, "never read")]
    outcome = reader(Returns(allocation_as="winner", payments_as="winner-pays", randomised=True), SINGLE)(drawn)
    assert [(draw.probability, draw.shares, draw.payments) for draw in outcome.draws] == [
        (half, (1, 0, 0), (3, 0, 0)),
        (Fraction(1, 4), (0, 1, 0), (0, 3, 0)),
        (Fraction(1, 4), (0, 1, 0), (0, 2, 0)),
    ]


SURE = ([1, 0, 0], [0, 0, 0])


@pytest.mark.parametrize(
    ("result", "says"),
    [
        (SURE, "is no list of (probability, result): "),
        (5, "returned 5 is no list of (probability, result): "),
        ([("half", SURE)], "is no list of (probability, result): 'half' is not a number"),
        ([], "returned []: probabilities must be non-negative and add up to exactly 1"),
        ([(0.1, SURE)] * 10, "probabilities must be non-negative and add up to exactly 1"),
        ([(2, SURE), (-1, SURE)], "probabilities must be non-negative and add up to exactly 1"),
        ([(1, None)], "returned None: nothing at '0' (TypeError)"),
        ((1 // 0 for _ in "x"), "ZeroDivisionError: "),
    ],
)
def test_what_is_no_lottery_is_a_fault(result: object, says: str) -> None:
    assert says in complaint(result, randomised=True)


# --- what a complaint shows


def test_a_complaint_shows_the_beginning_of_what_was_returned() -> None:
    assert complaint("x" * 200).startswith("returned '" + "x" * 79 + "...: ")


def test_a_result_that_cannot_be_shown_is_no_crash() -> None:
    class Shy:
        def __repr__(self) -> str:
            raise RuntimeError

    assert complaint(Shy()).startswith("returned <Shy whose repr raises RuntimeError>: nothing at '0' (TypeError)")


def test_a_number_that_fails_when_it_is_read_is_a_fault() -> None:
    class Fickle:
        def __float__(self) -> float:
            raise OSError("gone")

    assert complaint(([1, 0, 0], [Fickle(), 0, 0])).endswith(": OSError: gone")


def test_an_error_of_an_engine_passes_through() -> None:
    class Stop(VerifierError):
        pass

    def number(value: object) -> int:
        raise Stop

    with pytest.raises(Stop):
        reader(Returns(), SINGLE, number)(([1, 0, 0], [0.5, 0, 0]))
    with pytest.raises(Stop):
        reader(Returns(randomised=True), SINGLE, number)([(1, ([1, 0, 0], [0.5, 0, 0]))])


@pytest.mark.parametrize(
    ("returns", "domain", "says"),
    [
        ({"allocation_as": "loot"}, SINGLE, "unknown form in Returns"),
        ({"payments_as": "loot"}, SINGLE, "unknown form in Returns"),
        ({"allocation_as": "winner"}, SLOTS, "allocation_as = 'winner' cannot say which slot; use shares, by-agent or"),
        ({"allocation_as": "winners"}, SLOTS, "allocation_as = 'winners' cannot say which slot"),
        ({"allocation_as": "order"}, SINGLE, 'allocation_as = "order" lists agents by slot; this domain has no slots'),
    ],
)
def test_a_form_that_does_not_fit_the_domain_is_refused_at_once(
    returns: dict[str, str], domain: Domain, says: str
) -> None:
    with pytest.raises(SubjectError) as caught:
        reader(Returns(**returns), domain)
    assert str(caught.value).startswith(says)
