"""No flawed mechanism is proved to have what it lacks; what the matrix calls broken is refuted wherever symbols go."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from verifier.adapters import load
from verifier.domains import parse_domain
from verifier.engines.symbolic import SymbolicSession
from verifier.evidence import Verdict
from verifier.properties import PROPERTIES, find_property
from verifier.properties.defined import defined_for
from verifier.spec import parse_spec

_SPEC = importlib.util.spec_from_file_location("matrix", Path(__file__).with_name("test_matrix.py"))
matrix = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(matrix)

# "deterministic" is no question for symbols; all rows with that property are undecided here (see UNSTABLE)
SEEN = {
    "prices:wraps_at_32_bits": "REFUTED",
    "prices:rounded_down": "UNKNOWN",  # //
    "winners:tie_split": "REFUTED",
    "optimisers:whole_amounts": "UNKNOWN",  # int()
    "participation:third_price": "UNKNOWN",  # these properties are decided on grids only
    "participation:one_bid_is_no_auction": "UNKNOWN",
    "participation:rebate_for_a_crowd": "UNKNOWN",
    "participation:one_ticket_per_bidder": "UNKNOWN",
    "participation:last_of_the_list": "UNKNOWN",
    "participation:guaranteed_item": "UNKNOWN",
    "protocol:crash_one_bidder": "UNKNOWN",  # it crashes on symbols as it does on numbers
    "protocol:crash_below_reserve": "UNKNOWN",
    "protocol:nan_without_rivals": "UNKNOWN",
    "protocol:winners_only": "UNKNOWN",
    "protocol:sorts_the_callers_list": "UNKNOWN",
    "protocol:lottery_over_everybody": "UNKNOWN",
    "hidden_inputs:LearnedReserve": "UNKNOWN",
    "hidden_inputs:cached_by_sorted_bids": "UNKNOWN",
    "hidden_inputs:tie_by_set_order": "UNKNOWN",
    "hidden_inputs:tie_by_chance": "UNKNOWN",
    "hidden_inputs:floats_pay_their_bid": "UNKNOWN",  # offered as floats
}


def session_of(call, subject, domain, *, importable=False):
    table = {
        "title": "under test",
        "subject": {"call": f"mechanisms.{call}", **subject},
        "domain": domain,
        "claim": [{"property": "dsic"}],
    }
    spec = parse_spec(table, name="test", properties=PROPERTIES, engines=["exhaustive"])
    return SymbolicSession(load(spec.subject, spec.domain), importable=importable)


def decided(session, prop):
    deciding = session.decide(find_property(prop), 0)
    while True:
        try:
            next(deciding)
        except StopIteration as end:
            return end.value


ON_SYMBOLS = [row for row in matrix.FLAWED if find_property(row[3]).on_symbols]


@pytest.mark.parametrize(("name", "subject", "domain", "prop", "_"), ON_SYMBOLS, ids=[row[0] for row in ON_SYMBOLS])
def test_a_flawed_mechanism_is_never_proved_to_have_what_it_lacks(name, subject, domain, prop, _):
    found = decided(session_of(f"flawed.{name}", subject, domain), prop)
    assert found.verdict == SEEN.get(name, "REFUTED"), found.reason
    if found.verdict is Verdict.REFUTED:
        assert found.witness.margin < 0
    else:
        assert found.reason


@pytest.mark.parametrize(("name", "subject", "domain", "prop"), matrix.HIDDEN, ids=[row[0] for row in matrix.HIDDEN])
def test_a_bug_that_the_grid_misses_is_not_missed_for_all_bids(name, subject, domain, prop):
    """Except where the bug does not exist: a slot domain with as many slots as bidders, or two bidders."""
    found = decided(session_of(f"flawed.{name}", subject, domain), prop)
    expected = {
        "prices:increment_at_seven": "REFUTED",
        "prices:wraps_at_32_bits": "REFUTED",
        "prices:rounded_down": "UNKNOWN",
        "prices:vcg_free_last_slot": "PROVED",
        "optimisers:whole_amounts": "UNKNOWN",  # int()
        "protocol:crash_one_bidder": "PROVED",
        "hidden_inputs:floats_pay_their_bid": "UNKNOWN",  # isinstance() of a bid
    }
    assert found.verdict == expected[name], found.reason


FLAWED, REFERENCE = "mechanisms.flawed.optimisers", "mechanisms.auctions.combinatorial_by_optimiser"
CONTRACTS = {
    "greedy_assignment": {f"{FLAWED}:_good_by_good": f"{FLAWED}:_owner_by_owner"},
    "whole_amounts": {f"{FLAWED}:_in_whole_numbers": f"{REFERENCE}:assignments"},
}


@pytest.mark.parametrize("agents", [2, 3])
@pytest.mark.parametrize("name", CONTRACTS)
def test_a_flawed_optimiser_under_contract_is_an_error_whatever_is_asked_and_whatever_the_grid_shows(name, agents):
    """Whole amounts are right on a grid of whole numbers, and nothing but points of paths is run here anyway."""
    subject = {"arguments": {"goods": 2}, "contracts": CONTRACTS[name]}
    session = session_of(f"flawed.optimisers:{name}", subject, matrix.combinatorial(agents))
    for prop in defined_for(parse_domain(matrix.combinatorial(agents), 10**6), "symbolic"):
        found = decided(session, prop)
        assert found.verdict is Verdict.ERROR, (prop, found)
        assert f"a contract is broken: {next(iter(CONTRACTS[name]))}(" in found.reason


UNSTABLE = [
    ("hidden_inputs:LearnedReserve", {"create": True, "method": "run"}, "dsic"),
    ("hidden_inputs:cached_by_sorted_bids", {}, "dsic"),
    ("hidden_inputs:tie_by_chance", {}, "ex-post-ir"),
    ("hidden_inputs:tie_by_set_order", {}, "ex-post-ir"),
]


@pytest.mark.parametrize(("name", "subject", "prop"), UNSTABLE, ids=[row[0] for row in UNSTABLE])
def test_what_does_not_repeat_itself_is_not_proved_to_have_anything(name, subject, prop):
    """With fresh processes under several hash seeds, as an audit runs them."""
    found = decided(session_of(f"flawed.{name}", subject, matrix.single(3), importable=True), prop)
    assert found.verdict in (Verdict.UNKNOWN, Verdict.ERROR), found


@pytest.mark.parametrize(("call", "subject", "domain", "lacks"), matrix.CORRECT)
def test_a_correct_mechanism_is_not_accused_and_not_given_what_it_lacks(call, subject, domain, lacks):
    session = session_of(call.removeprefix("mechanisms."), subject, domain)
    for prop in defined_for(parse_domain(domain, 10**6), "symbolic"):
        found = decided(session, prop)
        if (prop, domain["agents"]) in matrix.UNDECIDABLE or "numbers" in subject:
            assert found.verdict is Verdict.UNKNOWN, (prop, found.reason)
        else:
            expected = Verdict.REFUTED if prop in lacks else Verdict.PROVED
            assert found.verdict is expected, (prop, found.reason)
