"""Continuous families: enclosures, proportional share, Cournot, nonatomic routing, against closed forms and grids."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.errors import DomainError, TooLarge
from verifier.oracles.families import cournot as co
from verifier.oracles.families import proportional_share as ps
from verifier.oracles.families.concave import PiecewiseLinear, Quadratic, Saturating, linear
from verifier.oracles.families.cournot import Market, cournot
from verifier.oracles.families.enclosure import Enclosure, crossing, exactly, filled, ratio_of_gains, root
from verifier.oracles.families.nonatomic import (
    Network,
    braess,
    latency,
    parallel_links,
    pigou,
    polynomial_bound,
    total_cost,
)
from verifier.oracles.families.proportional_share import most_gain, payoff, proportional_share, two_linear_users

F = Fraction
positive = st.fractions(F(1, 12), 12, max_denominator=12)
numbers = st.fractions(-9, 9, max_denominator=9)
enclosures = st.tuples(numbers, numbers).map(lambda ends: Enclosure(*sorted(ends)))


# enclosures


@settings(deadline=None)
@given(enclosures, enclosures, st.fractions(0, 1, max_denominator=7), st.fractions(0, 1, max_denominator=7))
def test_operations_enclose_what_they_do_to_any_numbers_inside(one, two, s, t):
    x, y = one.low + s * one.width, two.low + t * two.width
    assert x + y in one + two
    assert x - y in one - two
    assert x * y in one * two
    if 0 in two:
        with pytest.raises(DomainError, match="may be 0"):
            one / two
    else:
        assert x / y in one / two


def test_only_an_enclosure_that_is_wholly_below_passes_a_gate():
    gate = F(6, 5)
    assert not exactly(gate).passes(gate)
    assert exactly(gate).misses(gate)
    across = Enclosure(F(119, 100), F(121, 100))
    assert not across.passes(gate)
    assert not across.misses(gate)
    assert Enclosure(F(1), gate - F(1, 10**40)).passes(gate)
    assert not Enclosure(F(1), gate).passes(gate)


def test_ends_the_wrong_way_round_and_optima_below_what_is_reached_are_refused():
    with pytest.raises(DomainError):
        Enclosure(F(2), F(1))
    with pytest.raises(DomainError):
        ratio_of_gains(exactly(1), exactly(2))
    assert ratio_of_gains(Enclosure(F(1), F(3)), exactly(2)) == Enclosure(F(1), F(3, 2))


@pytest.mark.parametrize(("number", "degree"), [(2, 2), (2, 3), (10, 5), (27, 3), (16, 2), (7, 1)])
def test_roots_are_enclosed_by_their_powers(number, degree):
    found = root(number, degree, 60)
    assert found.low**degree <= number <= found.high**degree
    assert found.width in (0, F(1, 2**60))
    assert found.exact == (round(number ** (1 / degree)) ** degree == number)


def test_bisection_encloses_a_sign_change_and_stops_where_the_sign_is_unknown():
    found = crossing(lambda x: 1 if x * x < 2 else -1, F(1), F(2), 40)
    assert found.low**2 < 2 < found.high**2
    assert found.width == F(1, 2**40)
    assert crossing(lambda x: 0, F(0), F(4), 40) == Enclosure(F(0), F(4))
    with pytest.raises(TooLarge):
        crossing(lambda x: 1, F(0), F(1), 10**6)
    with pytest.raises(DomainError):
        root(0, 2, 10)
    with pytest.raises(TooLarge):
        root(2, 2, 10**9)


def test_numbers_are_filled_up_in_order_to_the_total():
    parts = [Enclosure(F(0), F(2)), Enclosure(F(1), F(3))]
    assert filled(parts, F(4)) == (2, 2)
    assert filled(parts, F(9)) == (2, 3)
    with pytest.raises(DomainError, match="more than the total"):
        filled(parts, F(1, 2))


# proportional share


@dataclass(frozen=True)
class Hidden:
    """A value that does not say that it is piecewise linear."""

    inner: PiecewiseLinear

    def value(self, amount):
        return self.inner.value(amount)

    def marginals(self, amount):
        return self.inner.marginals(amount)


def deviations(values, found, capacity, steps=200):
    """The most that anybody gains on a grid of payments."""
    most = F(0)
    top = 2 * sum(found.payments)
    for user in range(len(values)):
        now = payoff(values, found.payments, capacity, user)
        for k in range(steps + 1):
            paid = list(found.payments)
            paid[user] = top * k / steps
            most = max(most, payoff(values, paid, capacity, user) - now)
    return most


@pytest.mark.parametrize("k", [1, 2, F(3, 7), 10**6])
def test_slopes_k_and_half_of_k_have_exactly_six_fifths_and_do_not_pass(k):
    found = proportional_share([linear(k), linear(F(k) / 2)])
    assert found.poa == exactly(F(6, 5))
    assert not found.poa.passes(F(6, 5))
    assert found.gain == 0
    assert [share.low for share in found.shares] == [F(2, 3), F(1, 3)]


@settings(deadline=None)
@given(positive, positive)
def test_two_linear_users_have_their_closed_form_and_keep_their_bound(first, second):
    s = min(first, second) / max(first, second)
    found = proportional_share([linear(first), linear(second)])
    assert found.poa == exactly((1 + s) / (1 + s * s))
    assert found.poa.passes(two_linear_users().high)


def test_two_linear_users_come_close_to_their_bound():
    bound = two_linear_users()
    assert (2 * bound.low - 1) ** 2 <= 2 <= (2 * bound.high - 1) ** 2
    near = proportional_share([linear(1), linear(F(29, 70))]).poa  # 29/70 is close to sqrt 2 - 1
    assert bound.low - F(1, 10**6) < near.low < bound.low


def test_many_users_of_half_the_slope_come_close_to_four_thirds_from_below():
    prices = [proportional_share([linear(2)] + [linear(1)] * n).poa.low for n in (1, 4, 40, 160)]
    assert prices == sorted(prices)
    assert ps.WORST - F(1, 200) < prices[-1] < ps.WORST


concave = st.builds(
    lambda slopes, lengths: PiecewiseLinear(
        tuple(sorted(slopes[: len(lengths) + 1], reverse=True)),
        tuple(sum(lengths[: k + 1]) for k in range(len(lengths)))[: len(slopes) - 1],
    ),
    st.lists(positive, min_size=3, max_size=3),
    st.lists(st.fractions(F(1, 20), 1, max_denominator=20), min_size=0, max_size=2),
)
users = st.lists(concave, min_size=2, max_size=4)


@settings(max_examples=60, deadline=None)
@given(users, positive)
def test_the_exact_equilibrium_uses_the_capacity_and_nobody_gains(values, capacity):
    found = proportional_share(values, capacity)
    assert sum(share.low for share in found.shares) == capacity
    assert all(share.exact for share in found.shares)
    assert found.gain == 0
    assert deviations(values, found, capacity, 40) == 0
    assert found.poa.exact
    assert 1 <= found.poa.low < ps.WORST


@settings(max_examples=40, deadline=None)
@given(users, positive, positive, positive)
def test_prices_of_anarchy_keep_when_money_the_resource_or_the_order_changes(values, capacity, factor, stretch):
    found = proportional_share(values, capacity)
    richer = [PiecewiseLinear(tuple(factor * s for s in v.slopes), v.kinks) for v in values]
    wider = [PiecewiseLinear(v.slopes, tuple(stretch * k for k in v.kinks)) for v in values]
    assert proportional_share(richer, capacity).poa == found.poa
    assert proportional_share(richer, capacity).shares == found.shares
    assert proportional_share(wider, capacity * stretch).poa == found.poa
    assert proportional_share(values[::-1], capacity).poa == found.poa


@settings(max_examples=15, deadline=None)
@given(st.lists(concave, min_size=2, max_size=3))
def test_the_enclosure_by_bisection_holds_the_exact_answer_and_is_narrow(values):
    exact = proportional_share(values)
    found = proportional_share([Hidden(value) for value in values], bits=32)
    assert exact.poa.low in found.poa
    assert exact.welfare.low in found.welfare
    assert exact.optimum.low in found.optimum
    assert all(one.low in other for one, other in zip(exact.shares, found.shares, strict=True))
    assert found.poa.width < F(1, 10**6)
    assert found.gain < F(1, 10**6)


SMOOTH = [
    ([Quadratic(2, 1), Saturating(1, 1), linear(1)], 3),
    ([Quadratic(1, 1), Quadratic(1, 1)], 1),
    ([Saturating(4, 1), linear(F(1, 2)), PiecewiseLinear((2, F(1, 3)), (F(1, 4),))], 1),
]


@pytest.mark.parametrize(("values", "capacity"), SMOOTH)
def test_nobody_gains_more_than_is_certified_with_smooth_values(values, capacity):
    found = proportional_share(values, capacity)
    assert deviations(values, found, capacity) <= found.gain < F(1, 10**12)
    assert found.poa.width < F(1, 10**12)
    assert found.poa.passes(ps.WORST)
    assert sum(share.low for share in found.shares) <= capacity <= sum(share.high for share in found.shares)


@pytest.mark.parametrize(("values", "capacity"), SMOOTH)
def test_the_enclosed_optimum_is_not_beaten_on_a_grid_of_shares(values, capacity):
    found = proportional_share(values, capacity)
    steps = 60
    if len(values) == 2:
        ways = [(a, steps - a) for a in range(steps + 1)]
    else:
        ways = [(a, b, steps - a - b) for a in range(steps + 1) for b in range(steps + 1 - a)]
    best = max(sum(v.value(F(capacity) * k / steps) for v, k in zip(values, way, strict=True)) for way in ways)
    assert best <= found.optimum.high
    assert found.optimum.high - best < F(1, 100)


def test_equal_smooth_users_share_evenly_at_the_price_of_the_first_order_condition():
    found = proportional_share([Quadratic(1, 1)] * 2)
    assert F(1, 4) in found.price  # (1 - 1/2) (1 - 1/2)
    assert all(F(1, 2) in share for share in found.shares)
    assert 1 in found.poa


def test_the_certified_gain_of_wrong_payments_is_what_the_best_answer_gains():
    values = [linear(1), linear(1)]
    # others pay 1/4: the best share y has 1 = B / (1 - y)^2, so y = 1/2 and 1/2 - 1/4 = 1/4; now 4/5 - 1 = -1/5
    assert most_gain([values[0], values[1]], [F(1, 4), F(1, 4)], 1) == 0
    gain = most_gain(values, [1, F(1, 4)], 1)
    assert F(9, 20) <= gain < F(9, 20) + F(1, 10**12)
    with pytest.raises(DomainError, match="at most one user pays"):
        most_gain(values, [1, 0], 1)


@pytest.mark.parametrize(
    ("values", "capacity", "words"),
    [
        ([], 1, "fewer than two"),
        ([linear(1)], 1, "fewer than two"),
        ([linear(1), linear(0)], 1, "fewer than two"),
        ([linear(1)] * 2, 0, "capacity is 0"),
        ([PiecewiseLinear((1, 0), (F(1, 4),))] * 2, 1, "enough before"),
        ([Quadratic(1, 4)] * 2, 1, "no positive price"),
    ],
)
def test_resources_without_an_equilibrium_are_refused(values, capacity, words):
    with pytest.raises(DomainError, match=words):
        proportional_share(values, capacity)


def test_satiation_that_just_uses_the_capacity_still_has_an_equilibrium():
    found = proportional_share([PiecewiseLinear((1, 0), (F(1, 2),))] * 2)
    assert [share.low for share in found.shares] == [F(1, 2)] * 2
    assert found.gain == 0


@pytest.mark.parametrize(
    "make",
    [
        lambda: linear(-1),
        lambda: PiecewiseLinear((1, 2), (1,)),
        lambda: PiecewiseLinear((2, 1)),
        lambda: PiecewiseLinear((3, 2, 1), (2, 1)),
        lambda: PiecewiseLinear((2, 1), (0,)),
        lambda: Quadratic(1, 0),
        lambda: Saturating(0, 1),
    ],
)
def test_values_that_fall_or_are_not_concave_are_refused(make):
    with pytest.raises(DomainError):
        make()


def test_a_piecewise_linear_value_adds_up_its_pieces():
    value = PiecewiseLinear((3, 1, 0), (1, 2))
    assert [value.value(F(k, 2)) for k in range(6)] == [0, F(3, 2), 3, F(7, 2), 4, 4]
    assert value.marginals(F(1)) == (3, 1)
    assert value.marginals(F(5)) == (0, 0)


# Cournot


@pytest.mark.parametrize("firms", [1, 2, 3, 10])
def test_equal_firms_have_the_closed_ratio(firms):
    found = cournot(Market(10, 2, (1,) * firms))
    assert found.poa == exactly(F((firms + 1) ** 2, firms * (firms + 2)))
    assert found.price == 1 + F(9, firms + 1)


def test_one_cheap_firm_among_many_comes_close_to_three_halves_from_below():
    prices = [cournot(Market(3, 1, (0,) + (1,) * n)).poa.low for n in (1, 10, 100, 1000)]
    assert prices == sorted(prices)
    assert co.WORST - F(1, 100) < prices[-1] < co.WORST


markets = st.builds(
    lambda choke, slope, costs: Market(choke + min(costs), slope, tuple(costs)),
    positive,
    positive,
    st.lists(st.fractions(0, 12, max_denominator=12), min_size=1, max_size=5),
)


@settings(max_examples=60, deadline=None)
@given(markets, positive)
def test_no_firm_gains_by_another_quantity_and_three_halves_is_never_reached(market, factor):
    found = cournot(market)
    assert 1 <= found.poa.low < co.WORST
    assert found.price == market.choke - market.slope * sum(found.quantities)
    for firm, made in enumerate(found.quantities):
        now = market.profit(firm, found.quantities)
        for k in range(41):
            other = list(found.quantities)
            other[firm] = F(market.choke) / market.slope * k / 40
            assert market.profit(firm, other) <= now
        assert (made > 0) == (market.costs[firm] < found.price)
    scaled = Market(market.choke * factor, market.slope, tuple(cost * factor for cost in market.costs))
    assert cournot(scaled).poa == found.poa
    assert cournot(Market(market.choke, market.slope * factor, market.costs[::-1])).poa == found.poa


@settings(max_examples=40, deadline=None)
@given(markets)
def test_no_quantities_on_a_grid_have_more_welfare_than_the_optimum(market):
    found = cournot(market)
    cheap = market.costs.index(min(market.costs))
    best = max(
        market.welfare(
            [F(market.choke) / market.slope * k / 60 if i == cheap else F(0) for i in range(len(market.costs))]
        )
        for k in range(61)
    )
    assert found.welfare <= found.optimum
    assert best <= found.optimum


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((1, 0, (0,)), "slope"),
        ((1, -1, (0,)), "slope"),
        ((1, 1, ()), "no firms"),
        ((1, 1, (-1,)), "negative"),
        ((1, 1, (1, 2)), "nothing is sold"),
    ],
)
def test_markets_that_make_no_sense_are_refused(arguments, words):
    with pytest.raises(DomainError, match=words):
        Market(*arguments)


# routing


def test_pigou_has_exactly_four_thirds_and_does_not_pass():
    found = parallel_links(pigou())
    assert found.poa == exactly(F(4, 3))
    assert (found.flows, found.best) == ((1, 0), (F(1, 2), F(1, 2)))
    assert not found.poa.passes(F(4, 3))


@pytest.mark.parametrize(("degree", "published"), [(1, "1.333"), (2, "1.626"), (3, "1.896"), (4, "2.151")])
def test_bounds_of_polynomial_latencies_are_the_published_ones_and_pigou_attains_them(degree, published):
    # Roughgarden 2003, Table 1
    bound = polynomial_bound(degree)
    assert abs(bound.middle - F(published)) <= F(1, 2000)
    assert bound.width < F(1, 10**15)
    found = parallel_links(pigou(degree)).poa
    assert max(found.low, bound.low) <= min(found.high, bound.high)
    assert found.width < F(1, 10**12)


affine = st.tuples(st.fractions(0, 5, max_denominator=6), st.fractions(0, 5, max_denominator=6))


@settings(max_examples=100, deadline=None)
@given(st.lists(affine, min_size=1, max_size=5), positive, positive)
def test_affine_links_fill_to_one_level_and_never_exceed_four_thirds(links, demand, factor):
    found = parallel_links(links, demand)
    assert sum(found.flows) == sum(found.best) == demand
    times = [latency(link, flow) for link, flow in zip(links, found.flows, strict=True)]
    assert all(time == found.level.low for time, flow in zip(times, found.flows, strict=True) if flow)
    assert min(times) == found.level.low
    assert found.cost.low == total_cost(links, found.flows)
    assert 1 <= found.poa.low <= F(4, 3)
    slower = [tuple(factor * c for c in link) for link in links]
    assert parallel_links(slower, demand).poa == found.poa
    wider = [(link[0], link[1] / factor) for link in links]
    assert parallel_links(wider, demand * factor).poa == found.poa
    assert parallel_links(links[::-1], demand).poa == found.poa
    # a link of half the slope stands for two that share its drivers
    split = [(a, 2 * b) for a, b in links for _ in range(2)]
    assert parallel_links(split, demand).poa == found.poa


@settings(max_examples=60, deadline=None)
@given(st.lists(affine, min_size=2, max_size=3), positive)
def test_no_move_of_drivers_lowers_the_optimal_cost(links, demand):
    found = parallel_links(links, demand)
    for source in range(len(links)):
        for target in range(len(links)):
            for k in range(1, 11):
                moved = list(found.best)
                moved[target] += found.best[source] * k / 10
                moved[source] -= found.best[source] * k / 10
                assert total_cost(links, moved) >= found.optimum.low


@settings(max_examples=20, deadline=None)
@given(st.lists(affine, min_size=1, max_size=3), positive)
def test_the_enclosure_for_polynomials_holds_the_exact_answer_for_affine_links(links, demand):
    exact = parallel_links(links, demand)
    # a link that is never used, and curved, sends the question to bisection
    curved = [*links, (exact.level.low * 3 + 1, 0, 1)]
    found = parallel_links(curved, demand, bits=40)
    assert exact.level.low in found.level
    assert exact.cost.low in found.cost
    assert exact.optimum.low in found.optimum
    assert exact.poa.low in found.poa


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=4).map(tuple), min_size=1, max_size=3))
def test_polynomial_links_keep_the_bound_of_their_degree(links):
    found = parallel_links(links, bits=32)
    assert found.poa.low <= polynomial_bound(3).high
    assert sum(found.flows) == 1
    assert found.cost.low <= total_cost(links, found.flows) + F(1, 10**6)


def test_braess_shortcut_makes_everybody_slower_by_four_thirds():
    network = braess()
    everybody = (0, 0, 1)
    apart = (F(1, 2), F(1, 2), 0)
    assert network.cost(everybody) == 2
    assert network.cost(apart) == F(3, 2)
    assert network.price(everybody, apart) == exactly(F(4, 3))
    assert braess(shortcut=False).price(apart[:2], apart[:2]) == exactly(1)


def test_flows_that_are_no_equilibrium_or_not_optimal_are_refused_with_the_amount():
    network = braess()
    with pytest.raises(DomainError, match="saves 1/2"):
        network.price((F(1, 2), F(1, 2), 0), (F(1, 2), F(1, 2), 0))
    with pytest.raises(DomainError, match="differ by"):
        network.price((0, 0, 1), (0, 0, 1))
    with pytest.raises(DomainError, match="add up to 1"):
        network.gain((0, 0, 2))


def test_no_flow_of_braess_network_on_a_grid_costs_less_than_the_one_that_is_called_optimal():
    network = braess()
    costs = [network.cost((F(a, 20), F(b, 20), F(20 - a - b, 20))) for a in range(21) for b in range(21 - a)]
    assert min(costs) == F(3, 2)


def test_flat_links_that_tie_with_a_curved_one_share_the_demand():
    found = parallel_links([(1,), (1,), (1, 0, 1)])
    assert sum(found.flows) == 1
    assert found.poa == exactly(1)


def test_free_links_have_the_ratio_one():
    assert parallel_links([(0,), (1, 1)]).poa == exactly(1)
    assert parallel_links([(0,), (0, 0, 1)]).poa == exactly(1)
    assert Network({"a": (0,)}, (("a",),)).price((1,), (1,)) == exactly(1)


@pytest.mark.parametrize(
    "make",
    [
        lambda: parallel_links([]),
        lambda: parallel_links([()]),
        lambda: parallel_links([(1, -1)]),
        lambda: parallel_links([(1, 1)], 0),
        lambda: polynomial_bound(0),
        lambda: Network({"a": (1,)}, ()),
        lambda: Network({"a": (1,)}, (("b",),)),
        lambda: Network({"a": (-1,)}, (("a",),)),
    ],
)
def test_routing_problems_that_make_no_sense_are_refused(make):
    with pytest.raises(DomainError):
        make()
