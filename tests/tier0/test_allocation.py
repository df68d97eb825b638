"""Divisible goods: the domain, shares in proportion to bids, and the quadratic menu, by hand and by their formulas."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechanisms.allocation.proportional_share import equilibrium_of_two, proportional_share, weighted_share
from mechanisms.allocation.quadratic_menu import quadratic_menu
from verifier.adapters import load
from verifier.domains import Draw, Outcome, parse_domain
from verifier.engines.exhaustive import ExhaustiveSession
from verifier.errors import DomainError
from verifier.properties import find_property
from verifier.spec import SubjectSpec

exactly = settings(derandomize=True, deadline=None)
amounts = st.one_of(st.integers(0, 9), st.fractions(0, 9, max_denominator=6))
units = st.fractions(0, 1, max_denominator=12)
F = Fraction


def finding(mechanism, name, **domain):
    table = {"kind": "divisible", "agents": 2, "values": "0..3", **domain}
    session = ExhaustiveSession(load(SubjectSpec(call="m:f"), parse_domain(table), mechanism), importable=False)
    deciding = session.decide(find_property(name), 0)
    while True:
        try:
            next(deciding)
        except StopIteration as end:
            return end.value


def test_a_divisible_good_is_given_in_any_parts_up_to_the_whole():
    domain = parse_domain({"kind": "divisible", "agents": 2, "values": "0..1"})
    slack = {
        shares: domain.least_slack(Outcome((Draw(1, shares, (0, 0)),)))
        for shares in [(F(1, 3), F(2, 3)), (F(1, 3), F(1, 3)), (1, F(1, 7)), (F(-1, 5), 1)]
    }
    assert [amount for _, amount in slack.values()] == [0, F(1, 3), F(-1, 7), F(-1, 5)]
    assert slack[1, F(1, 7)][0] == "no more than the whole good is given out"
    assert slack[F(-1, 5), 1][0] == "bidder 1 receives no negative amount"
    assert list(domain.alternatives()) == [(1, 0), (0, 1)]
    assert domain.to_json() == {
        "kind": "divisible", "agents": ["bidder 1", "bidder 2"], "types": [[["0"], ["1"]]] * 2, "upper": None,
        "amounts": "reals",
    }  # fmt: skip


def test_a_divisible_share_is_an_amount():
    domain = parse_domain({"kind": "divisible", "agents": 1, "values": "0..1"})
    assert domain.consumption(F(2, 5)) == (F(2, 5),)
    with pytest.raises(DomainError, match="an amount was expected"):
        domain.consumption(None)


def test_shares_are_proportional_to_bids():
    assert proportional_share([3, 1]) == ([F(3, 4), F(1, 4)], [3, 1])
    assert proportional_share([0, F(1, 2), F(3, 2)]) == ([0, F(1, 4), F(3, 4)], [0, F(1, 2), F(3, 2)])
    assert proportional_share([7]) == ([1], [7])


def test_without_money_nobody_gets_anything():
    assert proportional_share([0, 0]) == ([0, 0], [0, 0])
    assert proportional_share([]) == ([], [])


@exactly
@given(st.lists(amounts, min_size=1, max_size=5))
def test_shares_are_exact_and_exhaust_the_good(bids):
    shares, payments = proportional_share(bids)
    assert payments == bids
    assert sum(shares) == (1 if any(bids) else 0)
    assert all(share * sum(bids) == bid for share, bid in zip(shares, bids, strict=True))


def test_the_regret_of_proportional_bidders_is_that_of_the_formula():
    """A value t against B gains most by d = sqrt(t B) - B: with t = 3 and B = 1 on whole numbers by d = 1."""

    def utility(value, bid, other):
        return F(value * bid, bid + other) - bid if bid else 0

    gains = {(t, d, b): utility(t, d, b) - utility(t, t, b) for t, d, b in product(range(4), repeat=3)}
    assert gains[3, 1, 1] == F(1, 2) - F(-3, 4)
    assert gains[3, 1, 0] == 2  # alone, the smallest bid does
    found = finding(proportional_share, "dsic")
    assert found.verdict == "REFUTED"
    assert [row.least for row in found.table.rows] == [-max(gains.values())] * 2
    assert [row.violations for row in found.table.rows] == [sum(gain > 0 for gain in gains.values())] * 2
    assert found.table.rows[0].least == -2


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("feasible", 0),
        ("no-deficit", 0),
        ("no-positive-transfers", 0),
        ("monotone", 0),
        ("anonymous", 0),
        ("ex-post-ir", F(-3, 2)),  # 3 against 3: half of the good, for all that the whole is worth
        ("efficient", F(-2, 3)),  # values 3 and 1: (9 + 1) / 4 instead of 3 is a loss of 1/2; 3 and 2: 13/5, of 2/5
        ("envy-free", F(-1, 2)),  # 3 against 1: -3/4 instead of -1/4
    ],
)
def test_what_proportional_shares_do_at_truthful_bids(name, least):
    worst = {
        "efficient": min(F(a * a + b * b, a + b) - max(a, b) for a, b in product(range(4), repeat=2) if a + b),
        "envy-free": min((a - b) * (F(a, a + b) - 1) for a, b in product(range(4), repeat=2) if a + b),
    }
    found = finding(proportional_share, name)
    assert min(row.least for row in found.table.rows) == worst.get(name, least)
    assert found.verdict == ("REFUTED" if least else "EXHAUSTED")


def test_the_menu_sells_more_at_a_higher_price():
    assert quadratic_menu([F(1, 2)]) == ([F(1, 2)], [F(1, 8)])
    assert quadratic_menu([1, F(1, 2)]) == ([F(1, 2), F(1, 4)], [F(1, 4), F(1, 16)])
    assert quadratic_menu([]) == ([], [])


@exactly
@given(st.lists(units, min_size=1, max_size=4), units)
def test_a_lie_to_the_menu_loses_half_of_its_square(bids, lie):
    """The difference t d - d^2 / 2 falls short of t^2 / 2 by (t - d)^2 / 2, for each of n agents over n."""

    def utility(reported):
        (share, *_), (price, *_) = quadratic_menu([reported, *bids[1:]])
        return bids[0] * share - price

    assert utility(bids[0]) == bids[0] ** 2 / (2 * len(bids))
    assert utility(bids[0]) - utility(lie) == (bids[0] - lie) ** 2 / (2 * len(bids))


@pytest.mark.parametrize("agents", [1, 2, 3])
def test_the_menu_fits_into_one_good(agents):
    unit = {"agents": agents, "values": "0..1 step 1/2"}
    for name in ("feasible", "dsic", "ex-post-ir", "no-deficit", "monotone"):
        assert finding(quadratic_menu, name, **unit).verdict == "EXHAUSTED"
    lost = finding(quadratic_menu, "efficient", **unit)
    assert lost.verdict == "REFUTED"
    assert lost.witness.margin == F(1, 4 * agents) - F(1, 2)  # one value of 1/2: (1/2)^2 / n of it is used


@exactly
@given(st.fractions(1, 9, max_denominator=4), st.fractions(1, 9, max_denominator=4), st.fractions(0, 9))
def test_in_the_equilibrium_of_two_no_other_bid_is_better(one, other, deviation):
    """Johari and Tsitsiklis 2004; for two agents at least 2 (sqrt 2 - 1) of the welfare is left."""
    bids = equilibrium_of_two((one, other))

    def utility(bid):
        shares, payments = proportional_share([bid, bids[1]])
        return one * shares[0] - payments[0]

    assert utility(bids[0]) >= utility(deviation)
    shares, _ = proportional_share(bids)
    assert shares == [one / (one + other), other / (one + other)]
    left = (one * shares[0] + other * shares[1]) / max(one, other)
    assert (left / 2 + 1) ** 2 >= 2  # left >= 2 (sqrt 2 - 1)


def test_weights_make_bids_go_further():
    assert weighted_share([1, 1], [3, 1]) == ([F(3, 4), F(1, 4)], [1, 1])
    assert weighted_share([2, 5], [1, 1]) == proportional_share([2, 5])
    with pytest.raises(ValueError, match="positive"):
        equilibrium_of_two((0, 1))
