"""Each flawed mechanism shows its bug at the bids given here, and looks right elsewhere. Known answers by hand."""

from __future__ import annotations

import importlib
import inspect
import math
import pkgutil
import re
from fractions import Fraction

import pytest

import mechanisms.flawed
from mechanisms.auctions import single_item
from mechanisms.auctions.combinatorial import vcg as brute_force
from mechanisms.auctions.slots import vcg
from mechanisms.flawed import hidden_inputs, optimisers, participation, prices, protocol, winners
from verifier.properties import PROPERTIES

HALF = Fraction(1, 2)


def name_of(item):
    return getattr(item, "__name__", "")


MODULES = [info.name for info in pkgutil.iter_modules(mechanisms.flawed.__path__, "mechanisms.flawed.")]
OF_MONEY = {name for name, prop in PROPERTIES.items() if "money" in prop.settings and prop.over != "tapes"}
FLAWED = [  # every public function or class that a module of mechanisms.flawed defines
    item
    for module in MODULES
    for name, item in vars(importlib.import_module(module)).items()
    if callable(item) and getattr(item, "__module__", None) == module and not name.startswith("_")
]


def test_there_are_at_least_sixteen_of_them():
    assert len(FLAWED) >= 16


@pytest.mark.parametrize("item", FLAWED, ids=name_of)
def test_the_docstring_is_one_line_with_the_bug_and_the_property_it_breaks(item):
    documentation = inspect.getdoc(item)
    match = re.fullmatch(r"[A-Z].*\. Breaks: (\S+)", documentation)  # no "." matches a line break
    assert match, documentation
    assert match[1] in PROPERTIES


def test_every_property_is_broken_by_some_flawed_mechanism():
    assert {inspect.getdoc(item).rpartition(" ")[2] for item in FLAWED} == OF_MONEY


# mechanism, bids, arguments, what it says, what would be right
WRONG = [
    (prices.lowest_winning_bid, [10, 8, 5], {"items": 2}, ([1, 1, 0], [8, 8, 0]), ([1, 1, 0], [5, 5, 0])),
    (prices.next_bid_each, [10, 8, 5], {"items": 2}, ([1, 1, 0], [8, 5, 0]), ([1, 1, 0], [5, 5, 0])),
    (prices.half_for_the_runner_up, [10, 8], {}, ([1, 0], [4, 0]), ([1, 0], [8, 0])),
    (prices.everybody_pays_its_own_bid, [10, 8, 5], {"items": 2}, ([1, 1, 0], [10, 8, 0]), ([1, 1, 0], [5, 5, 0])),
    (prices.reserve_not_charged, [4, 1], {"reserve": 3}, ([1, 0], [1, 0]), ([1, 0], [3, 0])),
    (prices.first_price_for_one, [10, 8], {}, ([1, 0], [10, 0]), ([1, 0], [8, 0])),
    (prices.skips_the_runner_up, [10, 8, 5], {}, ([1, 0, 0], [5, 0, 0]), ([1, 0, 0], [8, 0, 0])),
    (prices.excludes_the_neighbour, [10, 8, 5], {}, ([1, 0, 0], [5, 0, 0]), ([1, 0, 0], [8, 0, 0])),
    (prices.increment_at_seven, [9, 7], {}, ([1, 0], [8, 0]), ([1, 0], [7, 0])),
    (prices.wraps_at_32_bits, [2**31, 2**31], {}, ([1, 0], [-(2**31), 0]), ([1, 0], [2**31, 0])),
    (prices.rounded_down, [1, HALF], {}, ([1, 0], [0, 0]), ([1, 0], [HALF, 0])),
    (prices.sign_flipped, [10, 8], {}, ([1, 0], [-8, 0]), ([1, 0], [8, 0])),
    (prices.shares_the_revenue, [10, 8], {}, ([1, 0], [4, -4]), ([1, 0], [8, 0])),
    (prices.entry_fee, [10, 8], {}, ([1, 0], [9, 1]), ([1, 0], [8, 0])),
    (prices.vickrey_with_own_bids, [(4, 2), (3, 1)], {"items": 2}, ([1, 1], [2, 2]), ([1, 1], [1, 2])),
    (prices.vcg_free_last_slot, [6, 4, 2], {"click_rates": [2, 1]}, ([0, 1, None], [4, 0, 0]), vcg([6, 4, 2], [2, 1])),
    (prices.vcg_neighbour_rate, [6, 4], {"click_rates": [3, 1]}, ([0, 1], [4, 0]), ([0, 1], [8, 0])),
    (winners.tie_sold_twice, [5, 5], {}, ([1, 1], [5, 5]), ([1, 0], [5, 0])),
    (winners.tie_split, [5, 5], {}, ([HALF, HALF], [5 * HALF, 5 * HALF]), ([1, 0], [5, 0])),
    (winners.tie_unsold, [5, 5], {}, ([0, 0], [0, 0]), ([1, 0], [5, 0])),
    (winners.all_at_clearing_price, [(3, 2), (2, 1)], {"items": 2}, ([2, 1], [4, 2]), ([2, 0], [4, 0])),
    (winners.outlier_discarded, [9, 4, 1], {}, ([0, 1, 0], [0, 1, 0]), ([1, 0, 0], [4, 0, 0])),
    (winners.incumbent_favoured, [4, 5], {}, ([1, 0], [3, 0]), ([0, 1], [0, 4])),
    (optimisers.greedy_assignment, [(0, 0, 4), (1, 0, 1)], {"goods": 2}, ([2, 1], [0, 4]), ([3, 0], [1, 0])),
    (optimisers.whole_amounts, [(HALF,) * 3, (3 * HALF / 2,) * 3], {"goods": 2}, ([0, 3], [0, HALF]), ([1, 2], [0, 0])),
    (participation.third_price, [10, 8, 5], {}, ([1, 0, 0], [5, 0, 0]), ([1, 0, 0], [8, 0, 0])),
    (participation.one_bid_is_no_auction, [10, 0], {}, ([0, 0], [0, 0]), ([1, 0], [0, 0])),
    (participation.rebate_for_a_crowd, [10, 8, 5], {}, ([1, 0, 0], [4, 0, 0]), ([1, 0, 0], [8, 0, 0])),
    (participation.last_of_the_list, [3, 8], {}, ([1, 0], [3, 0]), ([0, 1], [0, 3])),
    (participation.guaranteed_item, [0, 8, 5], {"items": 2}, ([1, 1, 0], [0, 5, 0]), ([0, 1, 1], [0, 0, 0])),
    (protocol.winners_only, [10, 8], {}, ([1, 0], [8]), ([1, 0], [8, 0])),
    (hidden_inputs.floats_pay_their_bid, [10.0, 8.0], {}, ([1, 0], [10, 0]), ([1, 0], [8, 0])),
]


@pytest.mark.parametrize(("mechanism", "bids", "arguments", "says", "right"), WRONG, ids=name_of)
def test_the_bug_shows_at_these_bids(mechanism, bids, arguments, says, right):
    assert mechanism(bids, **arguments) == says
    assert says != right


# mechanism, bids at which it happens to do the right thing, arguments
RIGHT = [
    (prices.half_for_the_runner_up, [8, 0], {}),
    (prices.first_price_for_one, [8, 10], {}),
    (prices.excludes_the_neighbour, [5, 8, 10], {}),
    (prices.increment_at_seven, [10, 8], {}),
    (prices.wraps_at_32_bits, [2**31, 2**31 - 1], {}),
    (prices.rounded_down, [5 * HALF, 2], {}),
    (prices.reserve_not_charged, [9, 4], {"reserve": 3}),
    (winners.tie_sold_twice, [5, 4], {}),
    (winners.tie_split, [5, 4], {}),
    (winners.tie_unsold, [5, 4], {}),
    (winners.outlier_discarded, [8, 4], {}),
    (winners.incumbent_favoured, [4, 7], {"advantage": 0}),
    (participation.third_price, [8, 10, 8], {}),
    (participation.one_bid_is_no_auction, [8, 10], {}),
    (participation.rebate_for_a_crowd, [8, 10, 0], {}),
    (participation.last_of_the_list, [10, 8], {}),
    (protocol.crash_one_bidder, [8, 10], {}),
    (protocol.crash_below_reserve, [8, 10, 2], {"reserve": 9}),
    (protocol.nan_without_rivals, [8, 10], {}),
    (protocol.sorts_the_callers_list, [8, 10], {}),
    (hidden_inputs.cached_by_sorted_bids, [8, 10], {}),
    (hidden_inputs.tie_by_set_order, [8, 10], {}),
    (hidden_inputs.tie_by_chance, [8, 10], {}),
    (hidden_inputs.floats_pay_their_bid, [8, 10], {}),
]


@pytest.mark.parametrize(("mechanism", "bids", "arguments"), RIGHT, ids=name_of)
def test_at_other_bids_it_cannot_be_told_from_the_second_price_auction(mechanism, bids, arguments):
    reserve = {"reserve": arguments["reserve"]} if "reserve" in arguments else {}
    assert mechanism(list(bids), **arguments) == single_item.second_price(bids, **reserve)


def test_free_last_slot_is_right_while_every_bidder_has_a_slot():
    assert prices.vcg_free_last_slot([6, 4], [2, 1]) == vcg([6, 4], [2, 1])


def test_with_whole_amounts_or_one_good_the_optimisers_find_the_best():
    additive = [(2, 3, 5), (4, 1, 5), (0, 2, 2)]
    assert optimisers.greedy_assignment(additive, 2) == brute_force(additive, 2)
    assert optimisers.whole_amounts(additive, 2) == brute_force(additive, 2)


def test_crashes():
    with pytest.raises(IndexError):
        protocol.crash_one_bidder([5])
    with pytest.raises(ValueError, match="empty"):
        protocol.crash_below_reserve([2, 1], reserve=3)


def test_price_without_rivals_is_not_a_number():
    allocation, payments = protocol.nan_without_rivals([5, 0])
    assert allocation == [1, 0]
    assert math.isnan(payments[0])


def test_the_callers_list_comes_back_sorted():
    bids = [10, 8]
    protocol.sorts_the_callers_list(bids)
    assert bids == [8, 10]


def test_lottery_probabilities_do_not_add_up():
    lottery = protocol.lottery_over_everybody([5, 4])
    assert [probability for probability, _ in lottery] == [HALF]


def test_the_reserve_is_learned_from_earlier_auctions():
    house = hidden_inputs.LearnedReserve()
    assert house.run([2, 1]) == ([1, 0], [1, 0])
    house.run([10, 0])
    assert house.run([2, 1]) == ([0, 0], [0, 0])


def test_the_cache_answers_the_second_order_of_the_same_bids_with_the_first():
    seen = {}
    first = hidden_inputs.cached_by_sorted_bids([2, 1], seen)
    assert hidden_inputs.cached_by_sorted_bids([1, 2], seen) == first == ([1, 0], [1, 0])


def test_ties_by_set_order_go_to_the_first_name_that_the_set_yields():
    first = next(iter({f"bidder {agent}" for agent in range(3)}))  # filled in the same order, or collisions tell
    assert hidden_inputs.tie_by_set_order([4, 4, 4])[0] == [int(first[-1] == digit) for digit in "012"]


def test_ties_by_chance_go_to_either():
    assert {tuple(hidden_inputs.tie_by_chance([4, 4])[0]) for _ in range(200)} == {(1, 0), (0, 1)}
