"""The exhaustive engine on mechanisms whose answers are known by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from verifier.audit import Decided, Finished, Progress, audit
from verifier.engines.exhaustive.observe import spread_sample
from verifier.spec import parse_spec

PROPERTIES = (
    "feasible deterministic dsic ex-post-ir no-deficit no-positive-transfers efficient anonymous monotone envy-free "
    "critical-payment pairwise-strategyproof"
).split()


def second_price(bids):
    winner = bids.index(max(bids))
    price = max([*bids[:winner], *bids[winner + 1 :], 0])
    won = [int(agent == winner) for agent in range(len(bids))]
    return won, [price * share for share in won]


def first_price(bids):
    winner = bids.index(max(bids))
    return [int(agent == winner) for agent in range(len(bids))], [max(bids) * (a == winner) for a in range(len(bids))]


def decide(mechanism, *properties, domain=None, returns=None, **keys):
    """Verdict entries by property for a mechanism held in memory."""
    from verifier.audit import ENGINES
    from verifier.properties import PROPERTIES as known

    table = {
        "title": "under test",
        "subject": {"call": f"{mechanism.__module__}:{mechanism.__qualname__}", "returns": returns or {}, **keys},
        "domain": domain or {"kind": "single-item", "agents": 2, "values": "0..3"},
        "claim": [{"property": name} for name in properties or PROPERTIES],
    }
    spec = parse_spec(table, name="test", properties=known, engines=ENGINES)
    return list(audit(spec, target=mechanism))


def entries(events):
    return {event.claim.property: event.result for event in events if isinstance(event, Decided)}


def verdicts(events):
    return {name: entry["verdict"] for name, entry in entries(events).items()}


def test_second_price_has_every_property_on_the_grid_but_envy_is_decided_too():
    assert set(verdicts(decide(second_price)).values()) == {"EXHAUSTED"}


def test_first_price_is_refuted_with_the_smallest_possible_lie():
    entry = entries(decide(first_price))["dsic"]
    assert entry["verdict"] == "REFUTED"
    truth, lie = entry["witness"]["runs"]
    assert (truth["bids"], lie["bids"]) == ([["1"], ["0"]], [["0"], ["0"]])
    assert entry["witness"]["margin"] == "-1"
    # worst case: value 3 against 0, shade to 0 and win for nothing
    assert entry["worst"]["margin"] == "-3"
    assert [row["least_margin"] for row in entry["table"]["rows"]] == ["-3", "-2"]


def test_truth_is_a_best_response_exactly_where_first_price_gives_nothing_to_shade():
    """Bidder 1 (wins ties) with value v against b gains iff v > b: by b. Bidder 2 gains iff v > b + 1."""
    table = entries(decide(first_price, "dsic"))["dsic"]["table"]
    gains_first = sum(v > b for v in range(4) for b in range(4))
    gains_second = sum(v > b + 1 for v in range(4) for b in range(4))
    assert table["truth_best"] == {"part": 32 - gains_first - gains_second, "whole": 32}


def test_counts_are_profiles_times_reports():
    table = entries(decide(second_price, "dsic", "efficient", "envy-free", "anonymous"))
    assert [row["cases"] for row in table["dsic"]["table"]["rows"]] == [64, 64]
    assert table["efficient"]["table"]["rows"][0]["cases"] == 16 * 3
    assert [row["cases"] for row in table["envy-free"]["table"]["rows"]] == [16, 16]
    assert table["anonymous"]["table"]["rows"][0]["cases"] == 12
    assert table["anonymous"]["table"]["unequal_ties"] == {"part": 4, "whole": 4}


def test_a_tolerance_is_exact():
    def charge(bids):
        return [1, 0], [bids[0] + Fraction(1, 3), 0]

    from verifier.audit import ENGINES
    from verifier.properties import PROPERTIES as known

    for tolerance, verdict in (("1/3", "EXHAUSTED"), ("0.3333333333333333", "REFUTED")):
        table = {
            "title": "t",
            "subject": {"call": "m:f"},
            "domain": {"kind": "single-item", "agents": 2, "values": "0..3"},
            "claim": [{"property": "ex-post-ir", "tolerance": tolerance}],
        }
        spec = parse_spec(table, name="t", properties=known, engines=ENGINES)
        (entry,) = entries(audit(spec, target=charge)).values()
        assert entry["verdict"] == verdict


def test_a_crash_is_an_error_that_names_the_profile_and_the_rest_is_still_decided():
    def crash(bids):
        if bids == [2, 3]:
            raise ZeroDivisionError("no such luck")
        return first_price(bids)

    result = entries(decide(crash))
    assert result["dsic"]["verdict"] == "REFUTED"  # a sound refutation elsewhere stands
    assert result["ex-post-ir"]["verdict"] == "ERROR"
    assert "(2, 3)" in result["ex-post-ir"]["reason"]
    assert "ZeroDivisionError" in result["ex-post-ir"]["reason"]
    assert result["ex-post-ir"]["table"]["skipped"] == 2
    assert result["feasible"]["verdict"] == "ERROR"


@pytest.mark.parametrize(
    ("returned", "needle"),
    [
        (([1, 0], [float("nan"), 0]), "nan"),
        (([1, 0], [float("inf"), 0]), "inf"),
        (([1, 0], [0]), "1 entries for 2 agents"),
        (([1], [0, 0]), "1 entries for 2 agents"),
        (None, "nothing at '0' (TypeError)"),
        (7, "TypeError"),
        (([[1], [0]], [0, 0]), "not a number"),
        (([1, 0], ["1", 0]), "not a number"),
    ],
)
def test_an_unreadable_result_is_a_protocol_error(returned, needle):
    def mechanism(bids):
        return returned

    entry = entries(decide(mechanism, "dsic"))["dsic"]
    assert entry["verdict"] == "ERROR"
    assert "protocol" in entry["reason"]
    assert needle in entry["reason"]


def test_selling_a_tie_twice_refutes_feasibility_and_leaves_the_other_claims_undecided():
    def both(bids):
        top = max(bids)
        return [int(bid == top) for bid in bids], [min(bids) * (bid == top) for bid in bids]

    result = entries(decide(both))
    assert result["feasible"]["verdict"] == "REFUTED"
    assert result["feasible"]["witness"]["margin"] == "-1"
    assert result["feasible"]["witness"]["runs"][0]["bids"] == [["0"], ["0"]]
    assert result["efficient"]["verdict"] == "ERROR"
    assert "infeasible" in result["efficient"]["reason"]


def test_state_kept_between_calls_is_found_and_spoils_every_other_claim():
    calls = []

    def moody(bids):
        calls.append(1)
        return [1, 0], [len(calls) % 7, 0]

    result = entries(decide(moody))
    assert result["deterministic"]["verdict"] == "REFUTED"
    assert result["deterministic"]["witness"]["repeat"] == "second call, in reverse order"
    assert {entry["verdict"] for name, entry in result.items() if name != "deterministic"} == {"ERROR"}


def test_a_mechanism_that_sorts_its_callers_list_is_an_error():
    def sorts(bids):
        bids.sort()
        return [0, 1], [0, bids[0]]

    entry = entries(decide(sorts, "dsic"))["dsic"]
    assert entry["verdict"] == "ERROR"
    assert "changed the caller's bids" in entry["reason"]


def test_what_the_subject_prints_does_not_reach_stdout(capsys):
    def chatty(bids):
        print("running")
        return second_price(bids)

    decide(chatty, "dsic")
    assert capsys.readouterr().out == ""


def test_floats_are_taken_at_their_exact_value_and_rounding_is_named():
    def in_floats(bids):
        return [1, 0], [0.1 + 0.2 if bids[0] else 0, 0]  # 0.30000000000000004: above 3/10 by rounding

    domain = {"kind": "single-item", "agents": 2, "values": ["0", "0.3"]}
    entry = entries(decide(in_floats, "ex-post-ir", domain=domain))["ex-post-ir"]
    assert entry["verdict"] == "REFUTED"
    assert entry["witness"]["rounding"] is True
    assert Fraction(entry["witness"]["margin"]) == Fraction("0.3") - Fraction(0.1 + 0.2)


def test_lotteries_are_judged_in_exact_expectation():
    def coin(bids):
        third, rest = Fraction(1, 3), Fraction(2, 3)
        return [(third, ([1, 0], [3, 0])), (rest, ([0, 1], [0, 0]))]

    entry = entries(decide(coin, "ex-post-ir", returns={"randomised": True}))["ex-post-ir"]
    # value v in expectation v/3, payment 1: worst at v = 0
    assert [row["least_margin"] for row in entry["table"]["rows"]] == ["-1", "0"]


def test_probabilities_must_add_up_to_exactly_one():
    def coin(bids):
        return [(0.1, ([1, 0], [0, 0]))] * 10

    entry = entries(decide(coin, "dsic", returns={"randomised": True}))["dsic"]
    assert entry["verdict"] == "ERROR"
    assert "add up to exactly 1" in entry["reason"]


def test_money_past_int64_is_decided_in_integers():
    domain = {"kind": "single-item", "agents": 2, "values": [0, 10**30, 10**30 + 1]}
    events = decide(second_price, "dsic", "efficient", domain=domain)
    assert set(verdicts(events).values()) == {"EXHAUSTED"}
    assert events[-1].certificate["method"]["arithmetic"] == "fractions"
    entry = entries(decide(first_price, "dsic", domain=domain))["dsic"]
    assert entry["worst"]["margin"] == str(-(10**30) - 1)


def test_an_interrupt_keeps_what_was_decided():
    calls = []

    def slow(bids):
        calls.append(1)
        if len(calls) > 40:
            raise KeyboardInterrupt
        return second_price(bids)

    events = decide(slow, "ex-post-ir", "deterministic", "dsic")
    assert verdicts(events) == {"ex-post-ir": "EXHAUSTED", "deterministic": "UNKNOWN", "dsic": "UNKNOWN"}
    certificate = events[-1].certificate
    assert certificate["interrupted"] is True


def test_progress_is_reported_for_long_grids():
    events = decide(second_price, "dsic", domain={"kind": "single-item", "agents": 3, "values": "0..19"})
    steps = [event for event in events if isinstance(event, Progress) and event.stage == "profiles run"]
    assert [step.done for step in steps] == [4096, 8000]
    assert isinstance(events[-1], Finished)


def test_a_batch_that_agrees_is_used_and_one_that_does_not_is_refused():
    import numpy as np

    def batch(bids):
        winner = bids.argmax(axis=1)
        shares = np.eye(bids.shape[1], dtype=np.int64)[winner]
        return shares, shares * np.sort(bids, axis=1)[:, -2:-1]

    def wrong(bids):
        shares, payments = batch(bids)
        return shares, payments + 1

    def scalar(bids):
        return second_price(bids)

    scalar.run_batch = batch
    events = decide(scalar, "dsic", "ex-post-ir")
    assert set(verdicts(events).values()) == {"EXHAUSTED"}
    assert events[-1].certificate["method"]["outcomes"] == "batch"
    assert events[-1].certificate["method"]["batch_sample"] == 16
    scalar.run_batch = wrong
    events = decide(scalar, "dsic", "ex-post-ir")
    assert set(verdicts(events).values()) == {"EXHAUSTED"}
    method = events[-1].certificate["method"]
    assert (method["outcomes"], method["batch_sample"]) == ("scalar", 0)
    assert "disagrees" in method["batch_refused"]


def test_the_batch_sample_holds_the_ends_and_the_diagonal():
    sample = spread_sample(1000, (10, 10, 10), 50)
    assert {0, 999, 111, 222} <= set(sample)
    assert len(sample) < 80
    assert spread_sample(4, (2, 2), 200) == [0, 1, 2, 3]
