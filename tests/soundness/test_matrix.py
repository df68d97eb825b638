"""Flawed mechanisms against the exhaustive engine: each is caught at the property it breaks, no correct one is accused.

Which property a correct mechanism has is theory (see its docstring); nothing here was copied from a run.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest

import mechanisms.flawed
from verifier.audit import ENGINES, Decided, audit
from verifier.domains import parse_domain
from verifier.properties import PROPERTIES
from verifier.properties.defined import defined_for
from verifier.spec import parse_spec

HALF = [1, {"money": "1/2"}]
RANDOMISED = {"returns": {"randomised": True}}
TWO = {"arguments": {"items": 2}}
TWO_GOODS = {"arguments": {"goods": 2}}


def single(agents=2, values="0..4"):
    return {"kind": "single-item", "agents": agents, "values": values}


def unit_demand(agents=3, items=2, values="0..3"):
    return {"kind": "unit-demand", "items": items, "agents": agents, "values": values}


def multi_unit(agents=2, items=2, values="0..3"):
    return {"kind": "multi-unit", "items": items, "agents": agents, "values": values}


def slots(agents=3, rates=(1, "1/2"), values="0..4"):
    return {"kind": "slots", "click_rates": list(rates), "agents": agents, "values": values}


def combinatorial(agents=2, goods=2, values="0..1"):
    return {"kind": "combinatorial", "goods": goods, "agents": agents, "values": values}


def verdicts(call, subject, domain, properties):
    table = {
        "title": "under test",
        "subject": {"call": call, **subject},
        "domain": domain,
        "claim": [{"property": name} for name in properties],
    }
    events = audit(parse_spec(table, name="test", properties=PROPERTIES, engines=ENGINES))
    return {event.claim.property: event.result for event in events if isinstance(event, Decided)}


# (mechanism, subject table, domain, property it breaks, verdict)
FLAWED = [
    ("prices:lowest_winning_bid", {"arguments": {"items": 2}}, unit_demand(), "dsic", "REFUTED"),
    ("prices:next_bid_each", {"arguments": {"items": 2}}, unit_demand(), "envy-free", "REFUTED"),
    ("prices:reserve_not_charged", {"arguments": {"reserve": 3}}, single(), "dsic", "REFUTED"),
    ("prices:first_price_for_one", {}, single(), "dsic", "REFUTED"),
    ("prices:skips_the_runner_up", {}, single(3), "dsic", "REFUTED"),
    ("prices:excludes_the_neighbour", {}, single(3), "dsic", "REFUTED"),
    ("prices:half_for_the_runner_up", {}, single(), "critical-payment", "REFUTED"),
    ("prices:everybody_pays_its_own_bid", TWO, unit_demand(), "pairwise-strategyproof", "REFUTED"),
    ("prices:increment_at_seven", {}, single(2, "0..10"), "dsic", "REFUTED"),
    ("prices:wraps_at_32_bits", {}, single(2, [1, 2147483647, 2147483648]), "no-positive-transfers", "REFUTED"),
    ("prices:rounded_down", {}, single(2, "0..1 step 1/10"), "dsic", "REFUTED"),
    ("prices:sign_flipped", {}, single(), "no-deficit", "REFUTED"),
    ("prices:shares_the_revenue", {}, single(), "dsic", "REFUTED"),
    ("prices:entry_fee", {}, single(), "ex-post-ir", "REFUTED"),
    ("prices:vickrey_with_own_bids", {"arguments": {"items": 2}}, multi_unit(), "dsic", "REFUTED"),
    ("prices:vcg_free_last_slot", {"arguments": {"click_rates": HALF}}, slots(), "dsic", "REFUTED"),
    ("prices:vcg_neighbour_rate", {"arguments": {"click_rates": [3, 1]}}, slots(2, (3, 1)), "dsic", "REFUTED"),
    ("winners:tie_sold_twice", {}, single(), "feasible", "REFUTED"),
    ("winners:tie_split", {}, single(), "feasible", "REFUTED"),
    ("winners:tie_unsold", {}, single(), "efficient", "REFUTED"),
    ("winners:all_at_clearing_price", {"arguments": {"items": 2}}, multi_unit(), "feasible", "REFUTED"),
    ("winners:outlier_discarded", {}, single(), "monotone", "REFUTED"),
    ("winners:incumbent_favoured", {}, single(), "anonymous", "REFUTED"),
    ("optimisers:greedy_assignment", TWO_GOODS, combinatorial(), "efficient", "REFUTED"),
    ("optimisers:whole_amounts", TWO_GOODS, combinatorial(values="0..1 step 1/2"), "efficient", "REFUTED"),
    ("participation:third_price", {}, single(3), "core", "REFUTED"),
    ("participation:one_bid_is_no_auction", {}, single(), "pareto-efficient", "REFUTED"),
    ("participation:rebate_for_a_crowd", {}, single(3), "revenue-monotone", "REFUTED"),
    (
        "participation:one_ticket_per_bidder",
        {**RANDOMISED, "arguments": {"price": 2}},
        single(3),
        "false-name-proof",
        "REFUTED",
    ),
    ("participation:last_of_the_list", {}, single(), "consumer-sovereignty", "REFUTED"),
    ("participation:guaranteed_item", TWO, unit_demand(), "no-free-riding", "REFUTED"),
    ("relations:flat_discount", {}, single(), "scale-invariant", "REFUTED"),
    ("relations:nearest_to_the_average", {}, single(3), "losers-irrelevant", "REFUTED"),
    ("relations:reserve_for_a_crowd", {}, single(3), "null-bidder", "REFUTED"),
    ("relations:discount_in_percent", {}, single(), "translation-invariant", "REFUTED"),
    (
        "context:greedy_with_clarke_payments",
        {"arguments": {"total": 4, "requested": [1, 4], "minimum": [1, 4]}},
        {"kind": "divisible", "agents": 2, "values": "0..3"},
        "ex-post-ir",
        "REFUTED",
    ),
    ("protocol:crash_one_bidder", {}, single(1), "dsic", "ERROR"),
    ("protocol:crash_below_reserve", {"arguments": {"reserve": 3}}, single(), "dsic", "ERROR"),
    ("protocol:nan_without_rivals", {}, single(), "ex-post-ir", "ERROR"),
    ("protocol:winners_only", {}, single(), "no-deficit", "ERROR"),
    ("protocol:sorts_the_callers_list", {}, single(), "deterministic", "ERROR"),
    ("protocol:lottery_over_everybody", RANDOMISED, single(), "feasible", "ERROR"),
    ("hidden_inputs:LearnedReserve", {"create": True, "method": "run"}, single(), "deterministic", "REFUTED"),
    ("hidden_inputs:cached_by_sorted_bids", {}, single(), "deterministic", "REFUTED"),
    ("hidden_inputs:tie_by_set_order", {}, single(3, "0..2"), "deterministic", "REFUTED"),
    ("hidden_inputs:tie_by_chance", {}, single(3), "deterministic", "REFUTED"),
    ("hidden_inputs:floats_pay_their_bid", {"numbers": "float"}, single(), "dsic", "REFUTED"),
]


@pytest.mark.parametrize(("name", "subject", "domain", "prop", "verdict"), FLAWED, ids=[row[0] for row in FLAWED])
def test_a_flawed_mechanism_is_caught_at_the_property_it_breaks(name, subject, domain, prop, verdict):
    result = verdicts(f"mechanisms.flawed.{name}", subject, domain, [prop])[prop]
    assert result["verdict"] == verdict, result["reason"]
    assert (result["witness"] is not None) == (verdict == "REFUTED")


def test_the_matrix_lists_every_flawed_mechanism_with_the_property_of_its_docstring():
    written = {}
    for info in pkgutil.iter_modules(mechanisms.flawed.__path__, "mechanisms.flawed."):
        for name, item in vars(importlib.import_module(info.name)).items():
            if callable(item) and getattr(item, "__module__", None) == info.name and not name.startswith("_"):
                written[f"{info.name.rpartition('.')[2]}:{name}"] = inspect.getdoc(item).rpartition("Breaks: ")[2]
    assert {name: prop for name, _, _, prop, _ in FLAWED} == written


# (mechanism, subject table, domain that hides the bug, property): what a finite grid, or one kind of number, cannot see
HIDDEN = [
    ("prices:increment_at_seven", {}, single(2, "0..6"), "dsic"),
    ("prices:wraps_at_32_bits", {}, single(2, "0..10"), "no-positive-transfers"),
    ("prices:rounded_down", {}, single(2, "0..10"), "dsic"),
    ("prices:vcg_free_last_slot", {"arguments": {"click_rates": HALF}}, slots(2), "dsic"),
    ("optimisers:whole_amounts", TWO_GOODS, combinatorial(), "efficient"),
    ("protocol:crash_one_bidder", {}, single(2), "dsic"),
    ("hidden_inputs:floats_pay_their_bid", {}, single(), "dsic"),
]


@pytest.mark.parametrize(("name", "subject", "domain", "prop"), HIDDEN, ids=[row[0] for row in HIDDEN])
def test_a_bug_outside_the_grid_is_missed_and_never_called_proved(name, subject, domain, prop):
    assert verdicts(f"mechanisms.flawed.{name}", subject, domain, [prop])[prop]["verdict"] == "EXHAUSTED"


CRITICAL, PAIRS, NAMES = "critical-payment", "pairwise-strategyproof", "false-name-proof"
SCALED, RAISED = "scale-invariant", "translation-invariant"
# a reserve keeps the item from who wants it: seller and bidder could both have more; and it is an amount of money
KEPT = {"efficient", "pareto-efficient", "core", SCALED, RAISED}
# who gains by a lie gains by it beside a second name that bids zero
LIES = {"dsic", NAMES}
SINGLE, LOTTERIES = "mechanisms.auctions.single_item", "mechanisms.auctions.lotteries"
K_ITEMS, MULTI, SLOTS = "mechanisms.auctions.k_items", "mechanisms.auctions.multi_unit", "mechanisms.auctions.slots"
THREE, FLOATS = {"arguments": {"reserve": 3}}, {"numbers": "float"}

# (mechanism, subject table, domain, the properties that it lacks in theory; it has all the others)
CORRECT = [
    (f"{SINGLE}:second_price", {}, single(3), set()),
    (f"{SINGLE}:second_price", {"numbers": "decimal", "bids": "tuple"}, single(2, "0..1 step 1/10"), set()),
    (f"{SINGLE}:second_price", FLOATS, single(3), set()),
    (f"{SINGLE}:second_price", {}, single(2, {"bidder 1": "0..4", "bidder 2": [0, "1/2", 1, 7]}), set()),
    (f"{SINGLE}:second_price", THREE, single(2, "0..5"), KEPT),
    (f"{SINGLE}:second_price", THREE, single(1, "0..5"), KEPT),
    (f"{SINGLE}:first_price", {}, single(3), {*LIES, CRITICAL}),
    (f"{SINGLE}:first_price", THREE, single(2, "0..5"), {*LIES, *KEPT, CRITICAL}),
    (f"{SINGLE}:all_pay", {}, single(3), {*LIES, "ex-post-ir", "envy-free", CRITICAL, PAIRS, RAISED}),
    # the first who takes it has it: a name further up the list is worth having, and no bid outbids who stands there
    (
        f"{SINGLE}:posted_price",
        {"arguments": {"price": 2}},
        single(3),
        {*KEPT, "anonymous", "envy-free", NAMES, "consumer-sovereignty"},
    ),
    # at a tie there is a part of the item in expectation, and so more than one share to be had
    # (which those who tie can have for less if they all bid 0)
    (f"{LOTTERIES}:second_price", RANDOMISED, single(3), {CRITICAL, PAIRS}),
    (f"{LOTTERIES}:second_price", {**RANDOMISED, **THREE}, single(2, "0..5"), {*KEPT, CRITICAL, PAIRS}),
    (f"{LOTTERIES}:posted_price", {**RANDOMISED, "arguments": {"price": 2}}, single(3), {*KEPT, NAMES}),
    (f"{LOTTERIES}:k_plus_one_price", {**RANDOMISED, "arguments": {"items": 2}}, unit_demand(), {CRITICAL, PAIRS}),
    (f"{K_ITEMS}:k_plus_one_price", {"arguments": {"items": 2}}, unit_demand(4), set()),
    (f"{K_ITEMS}:k_plus_one_price", {"arguments": {"items": 3}}, unit_demand(2, 3), {RAISED}),
    (f"{K_ITEMS}:k_plus_one_price", {"arguments": {"items": 2, "reserve": 2}}, unit_demand(), KEPT),
    (f"{MULTI}:uniform_price", {"arguments": {"items": 1}}, multi_unit(3, 1), set()),
    # of two bidders one has no second name but the place of its only rival, without whom the price is zero
    (f"{MULTI}:uniform_price", {"arguments": {"items": 2}}, multi_unit(), {"dsic", PAIRS}),
    (f"{MULTI}:uniform_price", {"arguments": {"items": 2}}, multi_unit(3, 2, "0..2"), {*LIES, PAIRS}),
    (f"{MULTI}:discriminatory", {"arguments": {"items": 2}}, multi_unit(), {*LIES, "envy-free", PAIRS}),
    (f"{MULTI}:vickrey", {"arguments": {"items": 1}}, multi_unit(3, 1), set()),
    (f"{MULTI}:vickrey", {"arguments": {"items": 2}}, multi_unit(3, 2, "0..2"), {"envy-free", PAIRS}),
    (f"{MULTI}:vickrey", {"arguments": {"items": 3}}, multi_unit(2, 3), {"envy-free", PAIRS}),
    (f"{SLOTS}:generalized_second_price", {"arguments": {"click_rates": [1]}}, slots(3, [1]), set()),
    # several slots are several shares; the first two of a GSP gain by trading places for low bids
    (
        f"{SLOTS}:generalized_second_price",
        {"arguments": {"click_rates": HALF}},
        slots(),
        {*LIES, "envy-free", CRITICAL, PAIRS},
    ),
    (f"{SLOTS}:vcg", {"arguments": {"click_rates": HALF}}, slots(), {CRITICAL}),
    (f"{SLOTS}:vcg", {"arguments": {"click_rates": [5, 3, 1]}}, slots(2, (5, 3, 1)), {CRITICAL, RAISED}),
]
# With one bidder nobody can be compared: the honest answer is UNKNOWN, and that is no accusation either.
UNDECIDABLE = {(prop, 1) for prop in ("anonymous", "envy-free", PAIRS, NAMES, "no-free-riding")}


@pytest.mark.parametrize(("call", "subject", "domain", "lacks"), CORRECT)
def test_a_correct_mechanism_has_what_theory_says_and_lacks_what_theory_says(call, subject, domain, lacks):
    results = verdicts(call, subject, domain, defined_for(parse_domain(domain, 10**6)))
    for prop, result in results.items():
        undecidable = (prop, domain["agents"]) in UNDECIDABLE
        expected = "UNKNOWN" if undecidable else "REFUTED" if prop in lacks else "EXHAUSTED"
        assert result["verdict"] == expected, (prop, result["reason"])
    money = {name for name, prop in PROPERTIES.items() if "money" in prop.settings and prop.over != "tapes"}
    assert money - set(results) <= {CRITICAL, "null-bidder"}  # the latter needs two agents


def test_only_the_lottery_treats_tied_bidders_equally():
    def unequal_ties(call, subject):
        return verdicts(call, subject, single(3), ["anonymous"])["anonymous"]["table"]["unequal_ties"]

    plain, drawn = unequal_ties(f"{SINGLE}:second_price", {}), unequal_ties(f"{LOTTERIES}:second_price", RANDOMISED)
    assert drawn["whole"] == plain["whole"] > 0
    assert drawn["part"] == 0
    assert plain["part"] > 0
