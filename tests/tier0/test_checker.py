"""The independent checker on certificates written by hand, for mechanisms small enough to work out on paper.

Two bidders, ann and bob, with values 0 and 1; a mechanism is a table of what it does at the four profiles. All counts
and margins below were worked out by hand.
"""

from __future__ import annotations

import copy
import hashlib
import json
import runpy
import sys
from functools import partial

import pytest
from in_process import in_this_process
from sealing import sealed

from verifier import checker

RANKED = ("stable", "sd-strategyproof", "unanimous", "condorcet", "universally-truthful")  # or of draws
STATEMENTS = {name: (law.statement, law.formula) for name, law in checker.LAWS.items()}
GRID = [["0"], ["1"]]

STRICT = """
NAMES = ["ann", "bob"], ["ann"], ["bob"]

def run(bids):
    if type(bids) is not dict or list(bids) not in NAMES or {type(bid) for bid in bids.values()} != {int}:
        raise TypeError("not the bids that were promised")
    print("what a subject prints is not a report")
    return TABLE[bids["ann"], bids["bob"]] if len(bids) == 2 else ([1], [0])
"""

# at (ann, bob): allocation, payments
SECOND_PRICE = {
    (0, 0): ([1, 0], [0, 0]),
    (0, 1): ([0, 1], [0, 0]),
    (1, 0): ([1, 0], [0, 0]),
    (1, 1): ([1, 0], [1, 0]),
}
UPSIDE_DOWN = {
    (0, 0): ([1, 0], [0, 0]),
    (0, 1): ([1, 0], [1, 0]),
    (1, 0): ([0, 0], [-1, 0]),
    (1, 1): ([0, 1], [0, 1]),
}
SOLD_TWICE = {**SECOND_PRICE, (1, 1): ([1, 1], [1, 1])}


def check(certificate, *sources):
    return checker.check(certificate, [str(source) for source in sources], fresh=in_this_process)


def row(agent, cases, violations, least):
    return {"agent": agent, "cases": cases, "violations": violations, "least_margin": least}


def table(*rows, skipped=0, truth_best=None, unequal_ties=None):
    def part(pair):
        return None if pair is None else {"part": pair[0], "whole": pair[1]}

    counts = {"truth_best": part(truth_best), "unequal_ties": part(unequal_ties)}
    return {"rows": list(rows), "skipped": skipped, **counts}


def entry(name, verdict, table_, **changes):
    statement, formula = STATEMENTS[name]
    return {
        "id": name,
        "property": name,
        "statement": statement,
        "formula": formula,
        "engine": "exhaustive",
        "tolerance": "0",
        "expect": verdict,
        "verdict": verdict,
        "met": verdict != "UNKNOWN",
        "reason": "a sentence" if verdict in ("ERROR", "UNKNOWN") else None,
        "table": table_,
        "witness": None,
        "worst": None,
        "proof": None,
        "regret": None,
        **changes,
    }


def run(bids, allocation, payments):
    draw = {"probability": "1", "allocation": allocation.split(), "payments": payments.split()}
    return {"bids": [[bid] for bid in bids.split()], "draws": [draw]}


def witness(agents, margin, *runs, **changes):
    plain = {"alternative": None, "repeat": None, "rounding": False}
    return {"agents": agents, "runs": list(runs), "margin": margin, **plain, **changes}


def refuted(name, table_, worst, **changes):
    return entry(name, "REFUTED", table_, witness=worst, worst=copy.deepcopy(worst), **changes)


def certificate(folder, source, claims, *, faults=(), count=None, hash_seeds=(0, 1), interrupted=False, **subject):
    """A sealed certificate about the module `auction` with that source; `subject` replaces entries of its table."""
    (folder / "auction.py").write_text(source)
    plain = {"allocation": "0", "payments": "1", "allocation_as": "shares", "payments_as": "per-agent"}
    domain = {"kind": "single-item", "agents": ["ann", "bob"], "types": [GRID, GRID], "upper": None}
    domain = subject.pop("domain", domain)
    size = 1
    for types in domain["types"]:
        size *= len(types)
    body = {
        "format": "mechanism-verifier certificate",
        "version": 1,
        "name": "auction",
        "title": "An auction",
        "subject": {
            "call": "auction:run",
            "create": False,
            "method": None,
            "arguments": {},
            "bids": "dict",
            "numbers": "exact",
            "returns": {**plain, "randomised": False, **subject.pop("returns", {})},
            "source": {"auction.py": hashlib.sha256(source.encode()).hexdigest()},
            "contracts": {},
            **subject,
        },
        "domain": {"amounts": "reals", **domain},
        "method": {
            "engine": "exhaustive",
            "arithmetic": "int64",
            "profiles": size,
            "evaluated": size,
            "outcomes": "scalar",
            "batch_sample": 0,
            "batch_refused": None,
            "repeat_sample": size,
            "hash_seeds": list(hash_seeds),
            "scope": "grid",
        },
        "versions": {"python": "3.11"},
        "seed": 0,
        "budget": {"profiles": 100, "paths": 100, "queries": 100},
        "interrupted": interrupted,
        "exploration": None,
        "faults": {
            "count": len(faults) if count is None else count,
            "first": [
                {"bids": [[bid] for bid in bids.split()], "kind": kind, "message": "a text"} for bids, kind in faults
            ],
        },
        "claims": claims,
    }
    return sealed(copy.deepcopy(body))


def strict(rows):
    return f"TABLE = {rows!r}\n{STRICT}"


def second_price_claims():
    return [
        entry("feasible", "EXHAUSTED", table(row(None, 4, 0, "0"))),
        entry("deterministic", "EXHAUSTED", table(row(None, 12, 0, "0"))),
        entry("dsic", "EXHAUSTED", table(row(0, 8, 0, "0"), row(1, 8, 0, "0"), truth_best=(8, 8))),
        entry("ex-post-ir", "EXHAUSTED", table(row(0, 4, 0, "0"), row(1, 4, 0, "0"))),
        entry("no-deficit", "EXHAUSTED", table(row(None, 4, 0, "0"))),
        entry("no-positive-transfers", "EXHAUSTED", table(row(0, 4, 0, "0"), row(1, 4, 0, "0"))),
        entry("efficient", "EXHAUSTED", table(row(None, 12, 0, "0"))),
        entry("anonymous", "EXHAUSTED", table(row(None, 2, 0, "0"), unequal_ties=(2, 2))),
        entry("monotone", "EXHAUSTED", table(row(0, 8, 0, "0"), row(1, 8, 0, "0"))),
        entry("envy-free", "EXHAUSTED", table(row(0, 4, 0, "0"), row(1, 4, 0, "0"))),
        entry("critical-payment", "EXHAUSTED", table(row(0, 8, 0, "0"), row(1, 8, 0, "0"))),
        entry("pairwise-strategyproof", "EXHAUSTED", table(row(None, 16, 0, "0"))),
        entry("core", "EXHAUSTED", table(row(None, 12, 0, "0"))),
        entry("pareto-efficient", "EXHAUSTED", table(row(None, 12, 0, "0"))),
        entry("revenue-monotone", "EXHAUSTED", table(row(0, 4, 0, "0"), row(1, 4, 0, "0"))),
        entry("false-name-proof", "EXHAUSTED", table(row(0, 8, 0, "0"), row(1, 8, 0, "0"))),
        entry("consumer-sovereignty", "EXHAUSTED", table(row(0, 1, 0, "0"), row(1, 1, 0, "0"))),
        entry("no-free-riding", "EXHAUSTED", table(row(0, 2, 0, "0"), row(1, 2, 0, "0"))),
        entry("scale-invariant", "EXHAUSTED", table(row(None, 1, 0, "0"))),  # 0 alone can be doubled
        entry("translation-invariant", "EXHAUSTED", table(row(None, 1, 0, "0"))),  # and raised by 1
        entry("losers-irrelevant", "EXHAUSTED", table(row(0, 8, 0, "0"), row(1, 8, 0, "0"))),
        entry("null-bidder", "EXHAUSTED", table(row(0, 2, 0, "0"), row(1, 2, 0, "0"))),
    ]


def upside_down_claims():
    at_00 = run("0 0", "1 0", "0 0")
    at_01 = run("0 1", "1 0", "1 0")
    at_10 = run("1 0", "0 0", "-1 0")
    claims = [
        refuted("no-deficit", table(row(None, 4, 1, "-1")), witness([], "-1", at_10)),
        refuted("no-positive-transfers", table(row(0, 4, 1, "-1"), row(1, 4, 0, "0")), witness([0], "-1", at_10)),
        refuted("ex-post-ir", table(row(0, 4, 1, "-1"), row(1, 4, 0, "0")), witness([0], "-1", at_01)),
        refuted(
            "dsic",
            table(row(0, 8, 2, "-1"), row(1, 8, 0, "0"), truth_best=(6, 8)),
            witness([0], "-1", at_00, at_10),
        ),
        refuted("efficient", table(row(None, 12, 2, "-1")), witness([], "-1", at_01, alternative=["0", "1"])),
        refuted("anonymous", table(row(None, 2, 2, "-3"), unequal_ties=(2, 2)), witness([0, 1], "-3", at_01, at_10)),
        refuted("monotone", table(row(0, 8, 4, "-1"), row(1, 8, 0, "0")), witness([0], "-1", at_00, at_10)),
        refuted("envy-free", table(row(0, 4, 1, "-1"), row(1, 4, 1, "-1")), witness([0, 1], "-1", at_01)),
        refuted("core", table(row(None, 12, 4, "-1")), witness([], "-1", at_10, alternative=["0", "0"])),
        refuted("pareto-efficient", table(row(None, 12, 2, "-1")), witness([], "-1", at_01, alternative=["0", "1"])),
        refuted("revenue-monotone", table(row(0, 4, 1, "-1"), row(1, 4, 0, "0")), witness([0], "-1", at_10, at_00)),
        refuted("false-name-proof", table(row(0, 8, 1, "-1"), row(1, 8, 3, "-1")), witness([0, 1], "-1", at_00, at_10)),
        refuted("consumer-sovereignty", table(row(0, 1, 0, "0"), row(1, 1, 1, "-1")), witness([1], "-1", at_00, at_01)),
    ]
    return json.loads(json.dumps(claims))  # nothing shared, so that a test may change one place


def statuses(reports):
    return {report["claim"]: report["status"] for report in reports}


def reason(reports):
    """What the only claim, or all claims alike, are told."""
    (said,) = {tuple(report["reasons"]) for report in reports}
    return " ".join(said)


@pytest.fixture
def truthful(tmp_path):
    return certificate(tmp_path, strict(SECOND_PRICE), second_price_claims())


def test_a_second_price_auction_is_confirmed_on_every_property(truthful, tmp_path):
    reports = check(truthful, tmp_path)
    assert len(reports) == 22
    assert {(report["status"], *report["reasons"]) for report in reports} == {("CONFIRMED",)}


def test_refutations_of_every_quantifier_are_confirmed(tmp_path):
    reports = check(certificate(tmp_path, strict(UPSIDE_DOWN), upside_down_claims()), tmp_path)
    assert len(reports) == 13
    assert {(report["verdict"], report["status"]) for report in reports} == {("REFUTED", "CONFIRMED")}


def test_a_free_ride_is_confirmed_and_is_one_of_somebody_who_reports_zero(tmp_path):
    """The item is ann's for nothing, and bob has a value of 1 for it."""
    given = {bids: ([1, 0], [0, 0]) for bids in SECOND_PRICE}
    rows = table(row(0, 2, 1, "-1"), row(1, 2, 0, "0"))
    told = {"0 1": "CONFIRMED", "1 1": "REJECTED"}
    for bids, status in told.items():
        claims = [refuted("no-free-riding", rows, witness([0, 1], "-1", run(bids, "1 0", "0 0")))]
        reports = check(certificate(tmp_path, strict(given), claims), tmp_path)
        assert statuses(reports) == {"no-free-riding": status}
    assert "an idler does not report zero" in reason(reports)


def test_reports_that_change_nothing_are_judged_alike_for_all_reports_of_the_others(tmp_path):
    nothing = {bids: ([0, 0], [0, 0]) for bids in SECOND_PRICE}
    claims = [entry("dsic", "EXHAUSTED", table(row(0, 8, 0, "0"), row(1, 8, 0, "0"), truth_best=(8, 8)))]
    assert statuses(check(certificate(tmp_path, strict(nothing), claims), tmp_path)) == {"dsic": "CONFIRMED"}


def test_a_loss_of_the_size_of_a_double_is_named_rounding(tmp_path):
    source = "def run(bids):\n    return [1, 0], [0.1 + 0.2, 0]\n"
    paid = "1351079888211149/4503599627370496"  # what 0.1 + 0.2 is in doubles; 3/10 is less by 1/22517998136852480
    domain = {"kind": "single-item", "agents": ["ann", "bob"], "types": [[["3/10"]], GRID], "upper": None}
    rows = table(row(0, 2, 2, "-1/22517998136852480"), row(1, 2, 0, "0"))
    for rounding, status in ((True, "CONFIRMED"), (False, "REJECTED")):
        worst = witness([0], "-1/22517998136852480", run("3/10 0", "1 0", f"{paid} 0"), rounding=rounding)
        written = certificate(tmp_path, source, [refuted("ex-post-ir", rows, worst)], domain=domain)
        assert statuses(check(written, tmp_path)) == {"ex-post-ir": status}


def test_an_item_sold_twice_is_refuted_and_leaves_other_claims_in_error(tmp_path):
    claims = [
        refuted("feasible", table(row(None, 4, 1, "-1")), witness([], "-1", run("1 1", "1 1", "1 1"))),
        entry("ex-post-ir", "ERROR", table(row(0, 3, 0, "0"), row(1, 3, 0, "0"), skipped=2)),
        entry("anonymous", "EXHAUSTED", table(row(None, 2, 0, "0"), unequal_ties=(1, 1))),
    ]
    written = certificate(tmp_path, strict(SOLD_TWICE), claims, faults=[("1 1", "infeasible")])
    assert set(statuses(check(written, tmp_path)).values()) == {"CONFIRMED"}


def test_a_crash_is_confirmed_where_it_happens_and_nowhere_else(tmp_path):
    source = strict({key: SECOND_PRICE[key] for key in [(0, 0), (0, 1), (1, 0)]})
    claims = [entry("no-deficit", "ERROR", table(row(None, 3, 0, "0"), skipped=1))]
    assert statuses(check(certificate(tmp_path, source, claims, faults=[("1 1", "crash")]), tmp_path)) == {
        "no-deficit": "CONFIRMED"
    }
    for faults in [("1 0", "crash")], [("1 1", "protocol")], [("0 1", "crash"), ("1 1", "crash")], []:
        reports = check(certificate(tmp_path, source, claims, faults=faults), tmp_path)
        assert statuses(reports) == {"no-deficit": "REJECTED"}, faults


COUNTING = """
class Counting:
    def __init__(self):
        self.calls = 0

    def run(self, bids):
        self.calls += 1
        return [1, 0], [self.calls, 0]
"""


def counting(folder, claims, **changes):
    return certificate(folder, COUNTING, claims, call="auction:Counting", create=True, method="run", **changes)


def repeated(how="second call, in reverse order"):
    return witness([], "-7", run("0 0", "1 0", "1 0"), run("0 0", "1 0", "8 0"), repeat=how)


def test_two_outcomes_at_one_profile_refute_determinism_whatever_they_were(tmp_path):
    claims = [
        refuted("deterministic", table(row(None, 12, 11, "-7")), repeated()),
        entry("dsic", "ERROR", None),
        entry("dsic", "UNKNOWN", None, id="dsic-2"),
    ]
    for faults, count in ([("0 0", "unstable")], 1), ([("0 1", "unstable"), ("0 0", "unstable")], 2):
        written = counting(tmp_path, claims, faults=faults, count=count, interrupted=True)
        assert set(statuses(check(written, tmp_path)).values()) == {"CONFIRMED"}


def test_a_fresh_process_is_a_repetition_if_its_seed_is_listed(tmp_path):
    def written(how):
        claims = [refuted("deterministic", table(row(None, 12, 11, "-7")), repeated(how))]
        return counting(tmp_path, claims)

    assert statuses(check(written("fresh process, PYTHONHASHSEED=1"), tmp_path)) == {"deterministic": "CONFIRMED"}
    assert "no such repetition" in reason(check(written("fresh process, PYTHONHASHSEED=3"), tmp_path))
    assert "no such repetition" in reason(check(written("by hearsay"), tmp_path))


def test_who_hides_an_unstable_subject_is_rejected(tmp_path):
    claims = [entry("feasible", "EXHAUSTED", table(row(None, 4, 0, "0")))]
    assert "not said: two outcomes at bids [['0'], ['0']]" in reason(check(counting(tmp_path, claims), tmp_path))
    written = counting(tmp_path, claims, faults=[("0 0", "unstable")])
    assert "a table of a subject that does not repeat itself" in reason(check(written, tmp_path))


def test_who_slanders_a_stable_subject_is_rejected(tmp_path):
    claims = [entry("feasible", "ERROR", None)]
    for faults, count, said in [
        ([("0 0", "unstable")], 1, "no profile that is called unstable gave two outcomes"),
        ([], 0, "ERROR without a table"),
    ]:
        written = certificate(tmp_path, strict(SECOND_PRICE), claims, faults=faults, count=count)
        assert said in reason(check(written, tmp_path))
    lie = refuted("deterministic", table(row(None, 12, 11, "-7")), repeated())
    assert "no profile gave two outcomes" in reason(check(certificate(tmp_path, strict(SECOND_PRICE), [lie]), tmp_path))
    claims = [entry("dsic", "ERROR", None)]
    written = certificate(tmp_path, strict(SOLD_TWICE), claims, faults=[("1 1", "infeasible")])
    assert "of a subject that repeats itself" in reason(check(written, tmp_path))


def test_more_than_five_faults_are_listed_up_to_the_fifth_and_may_hide_an_unstable_one(tmp_path):
    source = "CALLS = []\ndef run(bids):\n    CALLS.append(1)\n    return [1, 1], [CHANGE * len(CALLS), 0]\n"
    domain = {"kind": "single-item", "agents": ["ann", "bob"], "types": [[["0"], ["1"], ["2"]], GRID], "upper": None}
    faults = [(bids, "infeasible") for bids in ("0 0", "0 1", "1 0", "1 1", "2 0")]
    claims = [entry("no-deficit", "ERROR", table(row(None, 0, 0, None), skipped=6))]
    stable = certificate(tmp_path, source.replace("CHANGE", "0"), claims, faults=faults, count=6, domain=domain)
    assert set(statuses(check(stable, tmp_path)).values()) == {"CONFIRMED"}
    claims = [entry("no-deficit", "ERROR", None)]
    slander = certificate(tmp_path, source.replace("CHANGE", "0"), claims, faults=faults, count=7, domain=domain)
    assert "no profile that is called unstable" in reason(check(slander, tmp_path))
    hidden = certificate(tmp_path, source.replace("CHANGE", "1"), claims, faults=faults, count=7, domain=domain)
    assert set(statuses(check(hidden, tmp_path)).values()) == {"CONFIRMED"}
    claims = [entry("no-deficit", "ERROR", table(row(None, 0, 0, None), skipped=6))]
    half = certificate(tmp_path, source.replace("CHANGE", "1"), claims, faults=faults, count=7, domain=domain)
    assert "a table of a subject that does not repeat itself" in reason(check(half, tmp_path))


def test_a_fault_listed_where_nothing_is_wrong_is_refused_even_beside_an_unstable_one(tmp_path):
    source = (
        "CALLS = []\ndef run(bids):\n    CALLS.append(1)\n"
        "    return [1, 0], [len(CALLS) if list(bids.values()) == [1, 1] else 0, 0]\n"
    )
    claims = [entry("no-deficit", "ERROR", None)]
    told = certificate(tmp_path, source, claims, faults=[("0 0", "crash"), ("1 1", "unstable")])
    assert "where nothing is wrong" in reason(check(told, tmp_path))


def test_a_violation_that_does_not_repeat_is_an_error_of_the_subject(tmp_path):
    source = "CALLS = []\ndef run(bids):\n    CALLS.append(1)\n    return [1, 0], [-1 if len(CALLS) == 1 else 0, 0]\n"
    claims = [entry("no-deficit", "ERROR", table(row(None, 4, 1, "-1")))]
    assert "nor did the violation" in reason(check(certificate(tmp_path, source, claims), tmp_path))
    claims = [entry("no-deficit", "ERROR", table(row(None, 4, 1, "-1")))]
    stable = certificate(tmp_path, strict(UPSIDE_DOWN), claims)
    assert "REFUTED, not ERROR" in reason(check(stable, tmp_path))


def test_determinism_in_error_needs_a_fault_but_no_count_of_it_where_the_subject_is_unstable(tmp_path):
    claims = [entry("deterministic", "ERROR", table(row(None, 11, 0, "0"), skipped=1))]
    odd = "CALLS = []\ndef run(bids):\n    CALLS.append(1)\n    assert len(CALLS) % 3\n    return [1, 0], [0, 0]\n"
    written = certificate(tmp_path, odd, claims, faults=[("1 0", "crash"), ("1 0", "unstable")])
    assert "need not repeat" in reason(check(written, tmp_path))
    written = counting(tmp_path, claims, faults=[("1 0", "unstable")])
    assert "every profile gave an outcome" in reason(check(written, tmp_path))


def test_a_grid_without_a_case_is_undecided(tmp_path):
    source = "def run(bids):\n    return [1], [0]\n"
    domain = {"kind": "single-item", "agents": ["ann"], "types": [GRID], "upper": "1"}
    claims = [entry("envy-free", "UNKNOWN", table()), entry("anonymous", "UNKNOWN", table(unequal_ties=(0, 0)))]
    reports = check(certificate(tmp_path, source, claims, domain=domain), tmp_path)
    assert {(report["status"], *report["reasons"]) for report in reports} == {
        ("CONFIRMED", "undecided: the grid has no case")
    }


def test_an_interrupted_audit_is_confirmed_as_far_as_it_went(tmp_path):
    written = certificate(tmp_path, strict(SECOND_PRICE), [entry("dsic", "UNKNOWN", None)], interrupted=True)
    written["method"]["evaluated"] = 0
    assert "nothing is claimed" in reason(check(sealed(written), tmp_path))
    written["interrupted"] = False
    assert statuses(check(sealed(written), tmp_path)) == {"dsic": "REJECTED"}
    claims = [entry("feasible", "EXHAUSTED", table(row(None, 4, 0, "0"))), entry("dsic", "UNKNOWN", None)]
    written = certificate(tmp_path, strict(SECOND_PRICE), claims, interrupted=True)
    written["method"]["evaluated"] = 0
    assert statuses(check(sealed(written), tmp_path)) == {"feasible": "REJECTED", "dsic": "CONFIRMED"}


def test_a_tolerance_moves_the_line_between_cases_and_violations(tmp_path):
    claims = upside_down_claims()
    deficit, envy, anonymous = claims[0], claims[7], claims[5]
    deficit.update(tolerance="1/2")
    envy.update(entry("envy-free", "EXHAUSTED", table(row(0, 4, 0, "-1"), row(1, 4, 0, "-1"))), tolerance="1")
    anonymous.update(tolerance="3")
    reports = check(certificate(tmp_path, strict(UPSIDE_DOWN), [deficit, envy, anonymous]), tmp_path)
    assert statuses(reports) == {"no-deficit": "CONFIRMED", "envy-free": "CONFIRMED", "anonymous": "REJECTED"}


def test_without_the_source_the_recorded_arithmetic_is_checked_and_the_rest_is_named(truthful, tmp_path):
    reports = check(truthful)
    assert set(statuses(reports).values()) == {"PARTLY"}
    assert "no directory given by --source, and none on the import path, holds auction.py" in reason(reports)
    bad = upside_down_claims()
    bad[0]["worst"]["margin"] = "-2"
    reports = check(certificate(tmp_path, strict(UPSIDE_DOWN), bad))
    assert {name for name, status in statuses(reports).items() if status == "REJECTED"} == {"no-deficit"}


def test_a_source_that_differs_is_refused_before_it_runs(truthful, tmp_path):
    (tmp_path / "auction.py").write_text(strict(SECOND_PRICE) + "raise SystemExit('must not run')\n")
    assert "source differs: auction.py is not the file that was certified" in reason(check(truthful, tmp_path))


def test_a_listed_file_that_is_missing_is_a_difference(truthful, tmp_path):
    truthful["subject"]["source"]["helper.py"] = "0" * 64
    assert "source differs: helper.py is not below" in reason(check(sealed(truthful), tmp_path))


def test_a_file_of_the_package_that_is_loaded_but_not_listed_is_named(tmp_path):
    package = tmp_path / "shop"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "helper.py").write_text("FEE = 0\n")
    source = (
        "import importlib\ndef run(bids):\n    fee = importlib.import_module('shop.helper').FEE\n"
        "    return [1, 0], [fee, 0]\n"
    )
    claims = [entry("feasible", "EXHAUSTED", table(row(None, 4, 0, "0")))]
    written = certificate(package, source, claims, call="shop.auction:run")
    files = ("shop/__init__.py", "shop/auction.py", "shop/helper.py")
    digests = {file: hashlib.sha256((tmp_path / file).read_bytes()).hexdigest() for file in files}
    written["subject"]["source"] = digests
    assert statuses(check(sealed(written), tmp_path)) == {"feasible": "CONFIRMED"}
    del digests["shop/helper.py"]
    reports = check(sealed(written), tmp_path)
    assert statuses(reports) == {"feasible": "PARTLY"}
    assert "helper.py, which the certificate does not list" in reason(reports)


def test_the_process_is_left_as_it_was(truthful, tmp_path, monkeypatch):
    stranger = type(sys)("auction")
    monkeypatch.setitem(sys.modules, "auction", stranger)
    before = list(sys.path), sys.dont_write_bytecode, sys.pycache_prefix
    assert set(statuses(check(truthful, tmp_path)).values()) == {"CONFIRMED"}
    assert sys.modules["auction"] is stranger
    assert (list(sys.path), sys.dont_write_bytecode, sys.pycache_prefix) == before
    assert not (tmp_path / "__pycache__").exists()


def test_planted_bytecode_is_not_run(truthful, tmp_path):
    import py_compile

    source = tmp_path / "auction.py"
    honest = source.read_text()
    liar = honest.replace("([1, 0], [1, 0])", "([1, 0], [2, 0])")
    assert len(liar) == len(honest)
    source.write_text(liar)
    py_compile.compile(str(source), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    source.write_text(honest)
    assert set(statuses(check(truthful, tmp_path)).values()) == {"CONFIRMED"}


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("auction", "is not package.module:attribute"),
        ("auction:", "is not package.module:attribute"),
        ("auction:run it", "is not package.module:attribute"),
        ("other:run", "does not list module other"),
        ("auction:walk", "cannot be loaded"),
        ("auction:TABLE", "cannot be called"),
    ],
)
def test_a_call_that_names_no_mechanism_of_the_source_is_refused(truthful, tmp_path, call, said):
    truthful["subject"]["call"] = call
    assert said in reason(check(sealed(truthful), tmp_path))


@pytest.mark.parametrize("call", ["json:loads", "__main__:run"])
def test_a_module_of_python_itself_is_not_reloaded(truthful, tmp_path, call):
    truthful["subject"].update(call=call, source={})
    reports = check(sealed(truthful), tmp_path)
    assert set(statuses(reports).values()) == {"PARTLY"}
    assert "names a part of Python" in reason(reports)


def test_a_module_that_binds_no_source_is_checked_in_part(truthful, tmp_path):
    truthful["subject"]["source"] = {}
    reports = check(sealed(truthful), tmp_path)
    assert set(statuses(reports).values()) == {"PARTLY"}
    assert "which the certificate does not list" in reason(reports)


@pytest.mark.parametrize(
    ("line", "status", "said"),
    [
        ("import a_library_that_is_not_here", "PARTLY", "cannot be imported here"),
        ("raise SystemExit(0)", "REJECTED", "cannot be loaded: SystemExit(0)"),
        ("1 / 0", "REJECTED", "cannot be loaded: ZeroDivisionError"),
    ],
)
def test_a_subject_that_does_not_load_says_why(tmp_path, line, status, said):
    written = certificate(tmp_path, f"{line}\n{strict(SECOND_PRICE)}", second_price_claims())
    reports = check(written, tmp_path)
    assert set(statuses(reports).values()) == {status}
    assert said in reason(reports)


@pytest.mark.parametrize("where", ["while importing", "while running", "while being read"])
def test_ctrl_c_is_no_fault_of_the_subject(tmp_path, where):
    source = {
        "while importing": "raise KeyboardInterrupt\n",
        "while running": "def run(bids):\n    raise KeyboardInterrupt\n",
        "while being read": (
            "class Shares:\n    def __iter__(self):\n        raise KeyboardInterrupt\n"
            "def run(bids):\n    return Shares(), [0, 0]\n"
        ),
    }[where]
    with pytest.raises(KeyboardInterrupt):
        check(certificate(tmp_path, source, second_price_claims()), tmp_path)


# every way in which a single recorded fact can be wrong on its face, and what is said about it


def _set(path, value):
    def change(body):
        *steps, last = path.split(".")
        for step in steps:
            body = body[int(step) if step.isdigit() else step]
        body[int(last) if last.isdigit() else last] = value

    return change


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("format", "another", "certificate.format is none of"),
        ("version", 2, "is not the version 1"),
        ("version", True, "is not the version 1"),
        ("title", None, "certificate.title is not a text"),
        ("extra", 1, "has the unknown key 'extra'"),
        ("claims", [], "there is no claim"),
        ("claims", None, "certificate.claims is no list"),
        ("claims.0", 3, "certificate.claims[0] is no object"),
        ("method.engine", "oracle", "method.engine 'oracle' is unknown"),
        ("method.profiles", 5, "method.profiles should be 4"),
        ("method.evaluated", 3, "not the whole grid"),
        ("method.scope", "reals", "certificate.method.scope is none of grid"),
        ("method.hash_seeds", [0, 0], "not distinct seeds"),
        ("method.hash_seeds", [2**32], "not distinct seeds"),
        ("method.batch_sample", -1, "is not a whole number"),
        ("interrupted", 0, "is not true or false"),
        ("interrupted", True, "true iff a claim was left undecided"),
        ("faults.count", 1, "not the first five"),
        ("subject.source", {"../auction.py": "0" * 64}, "is not a map from files"),
        ("subject.source", {"auction.py": "0"}, "is not a map from files"),
        ("subject.source", [], "is not a map from files"),
        ("subject.arguments", {"fee": 0.5}, "is not an object without floats"),
        ("subject.arguments", {"fee": [{"x": 0.5}]}, "is not an object without floats"),
        ("subject.bids", "heap", "is none of"),
        ("subject.returns.allocation_as", "order", "allocation_as order does not fit here"),
        ("domain", {}, "domain.kind 'None' is unknown"),
        ("domain.kind", "barter", "domain.kind 'barter' is unknown"),
        ("domain.kind", "slots", "domain lacks the key 'click_rates'"),
        ("domain.items", 1, "domain has the unknown key 'items'"),
        ("domain.agents", ["ann", "ann"], "must be distinct"),
        ("domain.types", [GRID], "needs a grid for every agent"),
        ("domain.types", [GRID, []], "needs a grid for every agent"),
        ("domain.types.0", [["-1"], ["0"]], "has a negative value"),
        ("domain.types.0", [["1"], ["0"]], "must be distinct and ordered"),
        ("domain.types.0", [["0"], ["0"]], "must be distinct and ordered"),
        ("domain.types.0", [["0"], ["1", "1"]], "has 2 coordinates, not 1"),
        ("domain.types.0.1.0", "2/2", "is not a rational in lowest terms"),
        ("domain.types.0.1.0", "1.0", "is not a rational in lowest terms"),
        ("domain.types.0.1.0", "-0", "is not a rational in lowest terms"),
        ("domain.types.0.1.0", "1" * 5000, "is not a rational in lowest terms"),
        ("domain.types.0.1.0", 1, "is not a rational in lowest terms"),
        ("domain.upper", "1/2", "exceeds domain.upper"),
        ("claims.0.property", "beautiful", "property 'beautiful' is unknown"),
        ("claims.0.id", "mine", "claim id 'mine' should be 'feasible'"),
    ],
)
def test_what_no_certificate_says_rejects_all_of_it(truthful, tmp_path, path, value, said):
    _set(path, value)(truthful)
    reports = check(sealed(truthful), tmp_path)
    assert {report["status"] for report in reports} == {"REJECTED"}
    assert said in reason(reports)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("statement", "It is good.", "statement: not that of the property"),
        ("formula", "true", "formula: not that of the property"),
        ("tolerance", "-1", "tolerance is negative"),
        ("met", False, "met should be True"),
        ("expect", "PROVED", "met should be False"),
        ("engine", "guessing", "engine 'guessing' is unknown"),
        ("reason", "because", "reason: only for ERROR and UNKNOWN"),
        ("witness", None, "witness: only for REFUTED"),
        ("table", None, "REFUTED without a table"),
        ("table.rows.0.agent", 1, "not the rows of this property"),
        ("table.rows.0.cases", 5, "the table should have 4 cases"),
        ("table.rows.0.least_margin", None, "a least margin without a case"),
        ("table.rows.0.least_margin", "0", "violations: impossible count"),
        ("table.rows.0.violations", 5, "violations: impossible count"),
        ("table.truth_best", {"part": 1, "whole": 1}, "table.truth_best: only for dsic"),
        ("table.rows.0.least_margin", "-1/2", "does not have the table's least margin"),
        ("witness.agents", [0], "is about 0 agents"),
        ("witness.runs", [], "has 1 runs"),
        ("witness.runs.0.bids", [["1"]], "are not one report per agent"),
        ("witness.runs.0.bids", [["1"], ["3"]], "are not on the grid"),
        ("witness.runs.0.draws", [], "recorded probabilities"),
        ("witness.runs.0.draws.0.probability", "1/2", "recorded probabilities"),
        ("witness.runs.0.draws.0.payments", ["-1"], "a draw is not for all agents"),
        ("witness.runs.0.draws.0.allocation", [None, "0"], "has no meaning here"),
        ("witness.runs.0.draws.0.allocation", ["1", "1"], "has an infeasible outcome"),
        ("witness.runs.0.draws.0.allocation", ["1", "0"], "the subject does something else"),
        ("witness.alternative", ["0", "0"], "alternative: only where"),
        ("witness.repeat", "twice", "no such repetition"),
        ("witness.rounding", True, "rounding"),
        ("witness.margin", "-1/2", "margin -1/2 should be -1"),
        ("witness.runs.0.draws.0.payments", ["0", "0"], "margin -1 should be 0"),
    ],
)
def test_what_is_wrong_with_one_claim_rejects_that_claim(tmp_path, path, value, said):
    claims = upside_down_claims()
    _set(path, value)(claims[0])
    reports = check(certificate(tmp_path, strict(UPSIDE_DOWN), claims), tmp_path)
    assert [report["status"] for report in reports] == ["REJECTED", *["CONFIRMED"] * 12]
    assert said in reports[0]["reasons"][0]


@pytest.mark.parametrize(
    ("claim", "path", "value", "said"),
    [
        (2, "witness.agents", [2], "an agent that does not exist"),
        (3, "witness.agents", [1], "somebody else's report differs"),
        (4, "witness.alternative", ["1", "1"], "not among the feasible allocations"),
        (4, "witness.alternative", [], "not among the feasible allocations"),
        (5, "witness.agents", [1, 0], "are not in order"),
        (5, "witness.agents", [1, 1], "is about 2 agents"),
        (5, "witness.runs.1", run("1 1", "0 1", "0 1"), "do not exchange the two reports"),
        (5, "witness.runs", [run("1 1", "0 1", "0 1")] * 2, "has a tie"),
        (5, "table.unequal_ties", {"part": 3, "whole": 2}, "part exceeds whole"),
        (5, "table.unequal_ties", {"part": 1, "whole": 2}, "table.unequal_ties should be"),
        (3, "table.truth_best", {"part": 5, "whole": 8}, "table.truth_best should be"),
        (3, "verdict", "PROVED", "a finite grid cannot give PROVED"),
        (8, "witness.alternative", ["1", "1"], "not among the feasible allocations"),
        (9, "witness.alternative", ["1", "0"], "margin -1 should be 0"),
        (10, "witness.agents", [1], "somebody else's report differs"),
        (10, "witness.runs.1", run("1 0", "0 0", "-1 0"), "an agent that withdraws does not report zero"),
        (11, "witness.runs.0", run("0 1", "1 0", "1 0"), "the second name of a witness does not report zero"),
        (12, "witness.runs", [run("0 0", "1 0", "0 0")], "has 2 runs"),
        (12, "witness.runs.1", run("0 0", "1 0", "0 0"), "are not those at all reports, in their order"),
        (12, "witness.runs", [run("1 0", "0 0", "-1 0"), run("1 1", "0 1", "0 1")], "report as much as the agent can"),
    ],
)
def test_witnesses_must_be_cases_of_their_property(tmp_path, claim, path, value, said):
    claims = upside_down_claims()
    _set(path, value)(claims[claim])
    if path == "verdict":
        claims[claim]["expect"] = value
    reports = check(certificate(tmp_path, strict(UPSIDE_DOWN), claims), tmp_path)
    assert reports[claim]["status"] == "REJECTED"
    assert said in reports[claim]["reasons"][0]


def test_a_repetition_is_of_the_same_bids(tmp_path):
    told = repeated()
    told["runs"][1]["bids"] = [["0"], ["1"]]
    claims = [refuted("deterministic", table(row(None, 12, 11, "-7")), told)]
    assert "a repetition of other bids" in reason(check(counting(tmp_path, claims), tmp_path))


def test_faults_are_listed_in_the_order_of_the_grid_and_unstable_ones_last(tmp_path):
    source = strict({(0, 0): SECOND_PRICE[0, 0]})
    claims = [entry("no-deficit", "ERROR", table(row(None, 1, 0, "0"), skipped=3))]
    good = [("0 1", "crash"), ("1 0", "crash"), ("1 1", "crash")]
    assert set(statuses(check(certificate(tmp_path, source, claims, faults=good), tmp_path)).values()) == {"CONFIRMED"}
    for faults in (good[::-1], [good[0], good[0], good[2]], [("0 0", "unstable"), *good]):
        written = certificate(tmp_path, source, claims, faults=faults)
        assert "not in the order of the grid" in reason(check(written, tmp_path))


def test_a_verdict_weaker_or_stronger_than_expected_is_met_or_not(tmp_path):
    strength = {"SUPPORTED": True, "UNKNOWN": True, "EXHAUSTED": True, "PROVED": False, "REFUTED": False}
    for expect, met in strength.items():
        claims = [entry("feasible", "EXHAUSTED", table(row(None, 4, 0, "0")), expect=expect, met=met)]
        written = certificate(tmp_path, strict(SECOND_PRICE), claims)
        assert statuses(check(written, tmp_path)) == {"feasible": "CONFIRMED"}, expect


def test_a_broken_seal_rejects_everything(truthful, tmp_path):
    truthful["title"] = "Another auction"
    assert "the seal is broken" in reason(check(truthful, tmp_path))


@pytest.mark.parametrize("nonsense", [[], None, "certificate", {"claims": []}, {"claims": {"id": "x"}}])
def test_what_is_no_certificate_at_all_gets_one_report(nonsense):
    (report,) = check(nonsense)
    assert (report["claim"], report["status"]) == (None, "REJECTED")


# the command


@pytest.fixture
def command(monkeypatch, capfd):
    """Runs the command in this process; returns its exit code, stdout and stderr."""
    monkeypatch.setattr(checker, "check", partial(checker.check, fresh=in_this_process))

    def call(*arguments):
        code = checker.main([str(argument) for argument in arguments])
        return code, *capfd.readouterr()

    return call


@pytest.fixture
def written(truthful, tmp_path):
    path = tmp_path / "certificate.json"
    path.write_text(json.dumps(truthful))
    return path


def test_the_command_confirms_and_keeps_its_output_clean(command, written, tmp_path):
    code, out, err = command(written, "--source", tmp_path)
    assert code == 0
    assert out.splitlines() == [f"CONFIRMED  {name}  EXHAUSTED" for name in STATEMENTS if name not in RANKED]
    assert "what a subject prints" in err


def test_the_command_prints_one_json_document(command, written, tmp_path):
    code, out, _ = command(written, "--source", tmp_path, "--json", "--claim", "dsic")
    assert code == 0
    reports = [{"claim": "dsic", "verdict": "EXHAUSTED", "status": "CONFIRMED", "reasons": []}]
    assert json.loads(out) == {"certificate": str(written), "status": "CONFIRMED", "claims": reports}


def test_the_command_tells_partly_checked_and_rejected_apart(command, written, truthful):
    code, out, _ = command(written)
    assert code == 3
    assert out.count("the subject was not run") == 1
    truthful["claims"][0]["met"] = False
    written.write_text(json.dumps(sealed(truthful)))
    code, out, _ = command(written)
    assert code == 4
    assert out.splitlines()[:2] == [
        "REJECTED   feasible  EXHAUSTED",
        "           met should be True: EXHAUSTED where EXHAUSTED is expected",
    ]
    written.write_text("[]")
    code, out, _ = command(written, "--claim", "dsic")
    assert (code, out) == (4, "REJECTED   certificate\n           certificate is no object\n")


@pytest.mark.parametrize(
    "path", ["versions", "subject.arguments", "claims.0.id", "claims.0.verdict", "claims.0.reason"]
)
@pytest.mark.parametrize("flags", [[], ["--json"]], ids=str)
def test_what_is_nested_deeply_is_rejected_like_other_nonsense(command, written, truthful, path, flags):
    """Deep enough to run out of stack, not deep enough for the parser of JSON to do so."""
    _set(path, {"x": "nested"})(truthful)
    written.write_text(json.dumps(sealed(truthful)).replace('"nested"', '{"x":[' * 400 + "]}" * 400))
    code, out, err = command(written, *flags)
    assert (code, err) == (4, "")
    assert "REJECTED" in out


@pytest.mark.parametrize(
    ("content", "said"),
    [("{", "cannot be read"), ('{"a": 1, "a": 2}', "names a key twice"), ("[" * 200_000, "cannot be read")],
)
def test_a_file_that_cannot_be_read_is_a_usage_error(command, tmp_path, content, said):
    path = tmp_path / "certificate.json"
    path.write_text(content)
    code, out, err = command(path)
    assert (code, out) == (2, "")
    assert said in err


def test_usage_errors_and_help(command, written, tmp_path):
    assert command(tmp_path / "nothing.json")[0] == 2
    assert command(written, "--source", tmp_path / "nowhere")[0] == 2
    assert command(written, "--claim", "beauty")[0] == 2
    assert command()[0] == 2
    assert command("--help")[0] == 0


def test_the_file_is_a_program_and_answers_for_fresh_processes(truthful, tmp_path, monkeypatch, capfd):
    import io

    place = checker.locate(truthful["subject"], [str(tmp_path)])
    question = {
        "subject": truthful["subject"],
        "domain": truthful["domain"],
        "place": list(place),
        "profiles": [0, 1, 3],
        "bids": [],
    }
    monkeypatch.setattr(sys, "argv", ["checker.py", "--answer"])
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(question)))
    with pytest.raises(SystemExit) as ending:
        runpy.run_path(checker.__file__, run_name="__main__")
    assert ending.value.code == 0
    reply = json.loads(capfd.readouterr().out)
    assert reply["answers"] == [0, 1, 2]
    assert reply["outcomes"][2] == [{"probability": "1", "allocation": ["1", "0"], "payments": ["1", "0"]}]


# both always win and pay what they bid: at (1, 1) they gain 1 each by bidding nothing together
PAY_YOUR_BID = {(a, b): ([1, 1], [a, b]) for a in (0, 1) for b in (0, 1)}
BOTH_WIN = {"kind": "unit-demand", "agents": ["ann", "bob"], "types": [GRID, GRID], "upper": None, "items": 2}


@pytest.mark.parametrize(
    ("agents", "lie", "status"),
    [([0, 1], "0 0", "CONFIRMED"), ([1, 0], "0 0", "REJECTED"), ([0, 1], "0 1", "REJECTED")],
)
def test_two_who_gain_together_are_confirmed_in_order_if_both_gain(tmp_path, agents, lie, status):
    runs = run("1 1", "1 1", "1 1"), run(lie, "1 1", lie)
    claim = refuted("pairwise-strategyproof", table(row(None, 16, 1, "-1")), witness(agents, "-1", *runs))
    (report,) = check(certificate(tmp_path, strict(PAY_YOUR_BID), [claim], domain=BOTH_WIN), tmp_path)
    assert report["status"] == status


def test_a_second_share_that_can_be_had_refutes_critical_payments(tmp_path):
    """Ann gets the better slot for the higher bid, Bob the other one; nobody pays."""
    slots = {
        "kind": "slots",
        "agents": ["ann", "bob"],
        "types": [GRID, GRID],
        "upper": None,
        "click_rates": ["1", "1/2"],
    }
    outcomes = {(a, b): ([1 - a, a], [0, 0]) for a in (0, 1) for b in (0, 1)}
    shape = table(row(0, 8, 4, "-1/2"), row(1, 8, 0, "0"))
    runs = run("0 0", "1 0", "0 0"), run("1 0", "0 1", "0 0")
    claim = refuted("critical-payment", shape, witness([0], "-1/2", *runs))
    (report,) = check(certificate(tmp_path, strict(outcomes), [claim], domain=slots), tmp_path)
    assert report["status"] == "CONFIRMED", report
