"""The worst true values of all: the tight examples of the literature, found by linear programs, and nothing worse."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.adapters import Subject, load
from verifier.domains import parse_domain
from verifier.errors import DomainError
from verifier.games.files import honest_play
from verifier.games.induced import run_outcomes
from verifier.oracles.anarchy import price_of_anarchy
from verifier.oracles.anarchy_result import INFINITE
from verifier.oracles.anarchy_synthesis import synthesise_worst
from verifier.spec import SubjectSpec


def outcomes_of(call, domain, **arguments):
    return run_outcomes(load(SubjectSpec(f"mechanisms.auctions.{call}", arguments=arguments), parse_domain(domain)))


def price_at(seen, values, overbidding):
    played = None if overbidding else honest_play(seen.domain, list(enumerate(values))).modest
    return price_of_anarchy(seen.game(values), "pure", played=played).poa


SLOTS = {"kind": "slots", "agents": 2, "click_rates": ["1", "1/2"], "values": "0..4"}
GOODS = {"kind": "combinatorial", "agents": 2, "goods": 2, "values": "0..1"}


def test_two_slots_lose_a_fifth_at_most_where_nobody_overbids():
    """Caragiannis et al. 2015: 5/4."""
    seen = outcomes_of("slots:generalized_second_price", SLOTS, click_rates=[1, {"money": "1/2"}])
    found = synthesise_worst(seen, 4, overbidding=False)
    assert (found.price, found.complete) == (Fraction(5, 4), True)
    assert price_at(seen, found.values, overbidding=False) == found.price
    assert found.counterexamples > 0


def test_vcg_with_modest_package_bids_is_led_to_two():
    seen = outcomes_of("combinatorial:vcg", GOODS, goods=2)
    found = synthesise_worst(seen, 2, overbidding=False)
    assert found.complete
    assert found.price >= 2
    assert price_at(seen, found.values, overbidding=False) == found.price


def test_an_unbounded_price_is_found():
    seen = outcomes_of("single_item:second_price", {"kind": "single-item", "agents": 2, "values": "0..2"})
    told = []
    found = synthesise_worst(seen, 2, tell=lambda values, price: told.append(price))
    assert found.price is INFINITE
    assert price_at(seen, found.values, overbidding=True) is INFINITE
    assert told[:-1] == sorted(told[:-1])


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 3), st.sampled_from([True, False]), st.sampled_from(["first_price", "second_price"]))
def test_no_values_of_a_finer_grid_are_worse(top, overbidding, name):
    seen = outcomes_of(f"single_item:{name}", {"kind": "single-item", "agents": 2, "values": f"0..{top}"})
    found = synthesise_worst(seen, top, overbidding=overbidding)
    assert found.complete
    finer = [Fraction(k, 2) for k in range(2 * top + 1)]
    for values in product(finer, repeat=2):
        if any(values):
            price = price_at(seen, [(value,) for value in values], overbidding)
            assert price is None or found.price is INFINITE or price <= found.price


def test_work_is_bounded_and_ctrl_c_keeps_what_was_found():
    seen = outcomes_of("single_item:first_price", {"kind": "single-item", "agents": 2, "values": "0..3"})
    whole = synthesise_worst(seen, 3)
    part = synthesise_worst(seen, 3, most=whole.programs - 1)
    assert not part.complete
    assert part.price is None or part.price <= whole.price
    assert synthesise_worst(seen, 3, most=0) == type(whole)(None, None, False, 0, 0)

    def stopped(values, price):
        raise KeyboardInterrupt

    assert synthesise_worst(seen, 3, tell=stopped).complete is False
    with pytest.raises(DomainError, match="must be positive"):
        synthesise_worst(seen, 0)


def test_a_single_bidder_loses_nothing():
    seen = outcomes_of("single_item:second_price", {"kind": "single-item", "agents": 1, "values": "0..1"})
    found = synthesise_worst(seen, 1)
    assert found.price == 1


def idle(bids):
    return [0] * len(bids), [0] * len(bids)


def test_where_nothing_is_ever_given_there_is_no_price():
    domain = parse_domain({"kind": "single-item", "agents": 2, "values": "0..1"})
    found = synthesise_worst(run_outcomes(Subject(SubjectSpec("x:idle"), domain, idle)), 1)
    assert (found.values, found.price, found.complete) == (None, None, True)
