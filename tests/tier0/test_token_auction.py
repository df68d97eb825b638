"""Auctions of tokens: welfare against trying everything, prices by hand, bursts and returns that never exceed a window.

Which modes are truthful is in `specs/claims/allocation/tokens-*.toml`.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechanisms.allocation.priority import Priority
from mechanisms.allocation.tokens import (
    AuctionState,
    TimeWindow,
    TokenBid,
    TokenError,
    TokenRequest,
    handle_request,
    rebalance,
    run_auction,
)
from mechanisms.allocation.tokens.pricing import MODES, descending, first_price, served, vcg
from verifier.audit import ENGINES, audit
from verifier.properties import PROPERTIES
from verifier.resources import specs_dir
from verifier.spec import load_spec

MINUTE = TimeWindow(0, 60_000)
ONE_LEFT = AuctionState(MINUTE, 1, 0, {})
CLAIMS = sorted((specs_dir() / "claims" / "allocation").glob("tokens-*.toml"))
BIDS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5)), max_size=4)


def bids_of(*asked):
    return [TokenBid(name, tokens, price) for name, (tokens, price) in zip("abcdef", asked, strict=False)]


def worth(bids, tokens):
    return sum(price * got for (_, price), got in zip(bids, tokens, strict=True))


@settings(max_examples=100, deadline=None)
@given(BIDS, st.integers(0, 8))
def test_tokens_by_price_are_worth_what_trying_everything_finds(bids, capacity):
    ways = product(*(range(wanted + 1) for wanted, _ in bids))
    assert worth(bids, served(bids, capacity)) == max(worth(bids, way) for way in ways if sum(way) <= capacity)


@settings(max_examples=100, deadline=None)
@given(BIDS, st.integers(0, 8), st.sampled_from(sorted(MODES)))
def test_no_mode_sells_more_than_there_is_or_pays_anybody(bids, capacity, mode):
    tokens, payments = MODES[mode](bids, capacity)
    assert sum(tokens) <= capacity
    assert all(got >= 0 for got in tokens)
    assert all(paid >= 0 for paid in payments)
    if mode != "proportional":
        demand = sum(wanted for wanted, _ in bids)
        assert sum(tokens) == min(capacity, demand)  # nothing that is wanted is left over
        for (wanted, price), got, paid in zip(bids, tokens, payments, strict=True):
            assert got <= wanted
            assert paid <= price * got  # individually rational


@settings(max_examples=60, deadline=None)
@given(BIDS, st.integers(0, 8), st.sampled_from(sorted(MODES)), st.integers(2, 4))
def test_money_scales_and_a_bid_for_nothing_changes_nothing(bids, capacity, mode, factor):
    tokens, payments = MODES[mode](bids, capacity)
    if mode != "ascending":  # its steps do not scale
        scaled = MODES[mode]([(wanted, factor * price) for wanted, price in bids], capacity)
        assert scaled == (tokens, [factor * paid for paid in payments])
    assert MODES[mode]([*bids, (0, 3)], capacity) == ([*tokens, 0], [*payments, 0])


@settings(max_examples=60, deadline=None)
@given(BIDS, st.integers(0, 8))
def test_a_falling_price_ends_as_pay_as_bid(bids, capacity):
    """Whole prices and steps of 1: each takes at its own price, the highest first."""
    assert descending(bids, capacity, 6) == first_price(bids, capacity)


def test_token_auction_clears():
    """Supply is demand: everything is sold, nobody goes without, and nothing is scarce, so that the price is 0."""
    for mode in ("vcg", "uniform", "ascending"):
        found = run_auction(MINUTE, 100_000, bids_of((60_000, 3), (30_000, 2), (10_000, 1)), mode)
        assert sum(one.tokens for one in found.winners.values()) == 100_000
        assert (found.unsatisfied_demand, found.clearing_price, found.revenue, found.efficiency) == (0, 0, 0, 1)


def test_payments_by_hand():
    """8 tokens; a wants 5 at 9, b 5 at 6, c 2 at 4: b is cut short by 2."""
    bids = bids_of((5, 9), (5, 6), (2, 4))
    found = {mode: run_auction(MINUTE, 8, bids, mode) for mode in MODES}
    assert {agent: one.tokens for agent, one in found["vcg"].winners.items()} == {"a": 5, "b": 3}
    assert found["uniform"].clearing_price == 6
    assert found["uniform"].revenue == 48
    assert found["vcg"].winners["a"].total_cost == 2 * 6 + 2 * 4  # b would have 2 more, c its 2; one is left over
    assert found["vcg"].winners["b"].total_cost == 2 * 4
    assert found["first-price"].revenue == 5 * 9 + 3 * 6
    assert found["ascending"].winners["a"].price_per_token == 7  # b leaves at 7, and takes the rest at 6
    assert found["ascending"].winners["b"].total_cost == 18
    assert found["vcg"].unsatisfied_demand == 4
    assert found["proportional"].efficiency < 1


def test_urgency_breaks_ties_and_a_reserve_is_kept():
    bids = [TokenBid("a", 4, 2), TokenBid("b", 4, 2, Priority.CRITICAL), TokenBid("c", 1, 1, Priority.LOW)]
    found = run_auction(MINUTE, 6, bids, burst_reserve=2)
    assert list(found.winners) == ["b"]
    assert (found.winners["b"].burst_limit, found.winners["b"].allow_burst) == (2, True)
    assert found.winners["b"].valid_until == 60_000


@pytest.mark.parametrize(
    ("urgency", "wanted", "price", "tokens", "reason"),
    [
        (Priority.CRITICAL, 10, 9, 10, ""),
        (Priority.CRITICAL, 11, 9, 10, "10 tokens are open to it"),
        (Priority.NORMAL, 10, 9, 5, "5 tokens are open to it"),
        (Priority.LOW, 1, 9, 0, "it is not urgent enough for the reserve"),
        (Priority.HIGH, 1, 5, 0, "tokens cost 6 each"),
    ],
)
def test_bursts_come_out_of_the_reserve_at_the_clearing_price(urgency, wanted, price, tokens, reason):
    state = AuctionState(MINUTE, 10, 6, {})
    grant, after = handle_request(TokenRequest("a", wanted, price, urgency, 30_000), state)
    assert (grant.tokens, grant.cost, grant.reason) == (tokens, 6 * tokens, reason)
    assert (after.reserve, after.drawn) == (10 - tokens, {"a": tokens})
    empty = AuctionState(MINUTE, 0, 0, {})
    assert handle_request(TokenRequest("a", 1, 1, Priority.HIGH, 0), empty)[0].reason == "the reserve is empty"


@settings(max_examples=60, deadline=None)
@given(BIDS, st.lists(st.tuples(st.integers(0, 3), st.integers(1, 4), st.sampled_from(list(Priority))), max_size=6))
def test_a_window_is_never_exceeded_by_bursts(bids, requests):
    found = run_auction(MINUTE, 9, bids_of(*bids), "uniform", burst_reserve=3)
    state = AuctionState.after(MINUTE, 3, found)
    for place, tokens, urgency in requests:
        grant, state = handle_request(TokenRequest("abcd"[place], tokens, 9, urgency, 1), state)
        assert 0 <= grant.tokens <= tokens
    sold = sum(one.tokens for one in found.winners.values())
    assert sold + sum(state.drawn.values()) + state.reserve <= 9
    assert sum(state.drawn.values()) + state.reserve == 3


@settings(max_examples=60, deadline=None)
@given(BIDS, st.lists(st.integers(0, 4), min_size=4, max_size=4))
def test_what_is_not_used_goes_to_who_was_cut_short(bids, used):
    asked = bids_of(*bids)
    found = run_auction(MINUTE, 5, asked)
    usage = {agent: min(used["abcd".index(agent)], one.tokens) for agent, one in found.winners.items()}
    after = rebalance(found, asked, usage)
    assert sum(one.tokens for one in after.values()) <= sum(one.tokens for one in found.winners.values())
    for bid in asked:
        before = found.winners[bid.agent].tokens if bid.agent in found.winners else 0
        now = after.get(bid.agent)
        if now is None:
            continue
        idle = usage.get(bid.agent, before) < before
        assert now.tokens == usage[bid.agent] if idle else before <= now.tokens <= bid.requested


def test_a_return_is_paid_for_at_the_clearing_price():
    asked = bids_of((5, 9), (5, 6), (2, 4))
    found = run_auction(MINUTE, 8, asked)
    after = rebalance(found, asked, {"a": 3})
    assert {agent: one.tokens for agent, one in after.items()} == {"a": 3, "b": 5}
    assert after["b"].total_cost == found.winners["b"].total_cost + 2 * 6
    assert after["a"].total_cost == found.winners["a"].total_cost
    for agent, used in (("a", 9), ("b", -1), ("c", 1)):
        with pytest.raises(TokenError, match=f"{agent}: usage is"):
            rebalance(found, asked, {agent: used})


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (lambda: TimeWindow(5, 5), "has no duration"),
        (lambda: TokenBid("a", -1, 1), "is no number of tokens"),
        (lambda: TokenBid("a", 1, -1), "is negative"),
        (lambda: run_auction(MINUTE, 5, [], "dutch"), "there are uniform, vcg"),
        (lambda: run_auction(MINUTE, 5, [], burst_reserve=6), "a reserve of 6"),
        (lambda: run_auction(MINUTE, 5, bids_of((1, 1)) * 2), "one bid in an auction"),
        (
            lambda: handle_request(TokenRequest("a", 0, 1, Priority.HIGH, 0), ONE_LEFT),
            "no number",
        ),
        (lambda: handle_request(TokenRequest("a", 1, 1, Priority.HIGH, -1), ONE_LEFT), "outside"),
    ],
)
def test_what_makes_no_sense_is_refused(call, complaint):
    with pytest.raises(TokenError, match=complaint):
        call()


def test_a_clock_that_stands_still_is_refused():
    with pytest.raises(ValueError, match="never ends"):
        descending([(1, 1)], 1, 5, 0)


def test_clarke_payments_are_differences_of_the_best_without():
    """By the definition, with Fractions: W(without i) - W of the others."""
    bids = [(3, Fraction(7, 2)), (4, 2), (2, Fraction(5, 3)), (1, 5)]
    tokens, payments = vcg(bids, 6)
    for agent in range(4):
        others = [bid if one != agent else (0, 0) for one, bid in enumerate(bids)]
        assert payments[agent] == worth(others, served(others, 6)) - worth(others, tokens)


@pytest.mark.parametrize("path", CLAIMS, ids=lambda path: path.stem)
def test_claims_are_met(path, monkeypatch):
    monkeypatch.setattr("verifier.engines.exhaustive.session.HASH_SEEDS", ())
    *_, last = audit(load_spec(path, properties=PROPERTIES, engines=ENGINES))
    assert [claim["id"] for claim in last.certificate["claims"] if not claim["met"]] == []
