"""The self-test before a sheet, and how verdicts of several rounds add up to one."""

from __future__ import annotations

import json
import tomllib

import pytest
from jsonschema import Draft202012Validator, ValidationError

from verifier.adapters.subject import load
from verifier.audit import ENGINES
from verifier.domains import parse_domain
from verifier.engines.base import Limits
from verifier.errors import SpecError
from verifier.evidence import Verdict
from verifier.properties import PROPERTIES
from verifier.reporting import sheets
from verifier.resources import reports_dir
from verifier.sheets.asked import REQUIRED
from verifier.sheets.drafts import draft
from verifier.sheets.inference import Inferred
from verifier.sheets.plan import Plan, Round
from verifier.sheets.self_test import self_test
from verifier.sheets.sheet import SelfTest, Sheet, add_up
from verifier.spec import parse_spec, subject_from_json

ONE = parse_domain({"kind": "single-item", "agents": 2, "values": "0..2"})
VOTES = parse_domain({"kind": "voting", "agents": 2, "candidates": 2})


def second_price(bids):
    winner = int(bids[1] > bids[0])
    return [int(agent == winner) for agent in (0, 1)], [min(bids) if agent == winner else 0 for agent in (0, 1)]


def free_for_the_first(bids):
    return [1, 0], [0, 0]


def nothing_to_nobody(bids):
    return [0, 0], [0, 0]


def lottery(bids):
    return [(1, second_price(bids))]


def crash(bids):
    raise ValueError("never")


def crash_sometimes(bids):
    if bids == [0, 0]:
        raise ValueError("nobody")
    return nothing_to_nobody(bids)


def first_voter(ballots):
    return ballots[0][0]


def planted(target, domain=None, **more):
    domain = domain or ONE
    table = {"call": "nobody.there:run", **more}
    return self_test(load(subject_from_json(table, domain.kind), domain, target))


@pytest.mark.parametrize("target", [second_price, free_for_the_first])
def test_pay_as_bid_behind_the_adapter_is_caught(target):
    found = planted(target)
    assert found.caught is True
    assert found.said == "pay-as-bid through the same adapter was caught (9 profiles)"


def test_pay_as_bid_is_caught_in_every_draw_of_a_lottery():
    returns = {"allocation": "0", "payments": "1", "randomised": True}
    assert planted(lottery, returns=returns).caught is True


def test_where_nobody_gets_anything_nothing_is_reported():
    found = planted(nothing_to_nobody)
    assert (found.caught, found.no_outcome) == (False, False)
    assert "nobody gets anything at any profile; the allocation is read from the wrong place" in found.said


def test_where_no_lie_could_pay_the_values_are_to_be_widened():
    domain = parse_domain({"kind": "single-item", "agents": 2, "values": [3]})
    assert "no lie about it would pay on this grid; widen the values" in planted(second_price, domain).said


def test_a_subject_without_any_outcome_is_told_apart():
    found = planted(crash)
    assert (found.caught, found.no_outcome) == (False, True)
    assert "ValueError: never" in found.said
    assert planted(crash_sometimes).no_outcome


def test_a_subject_that_changes_its_mind_is_left_to_the_audit():
    moods = iter([[0, 0]] * 9 + [[5, 5]] * 100)
    found = planted(lambda bids: ([1, 0], next(moods)))
    assert found.caught is True  # payments are replaced: only the allocation counts here
    shares = iter([[1, 0]] * 9 + [[0, 1]] * 100)
    found = planted(lambda bids: (next(shares), [0, 0]))
    assert found.no_outcome
    assert "does not repeat itself" in found.said


def test_rankings_have_a_planted_rule_of_their_own():
    assert "what it ranks last through the same adapter was caught" in planted(first_voter, VOTES).said
    one = parse_domain(
        {"kind": "voting", "agents": ["a"], "candidates": ["x", "y"], "preferences": {"a": [["x", "y"]]}}
    )
    assert planted(first_voter, one).caught is None


def round_(name, label, engine="exhaustive", main=True):
    return Round(name, label, engine, ONE, ("dsic",), Limits(examples=9, samples=8), main)


def certificate(name, verdict, reason=None, faults=(), prop="dsic"):
    claim = {"id": prop, "property": prop, "verdict": str(verdict), "reason": reason}
    return {"name": name, "claims": [claim], "faults": {"count": len(faults), "first": list(faults)}}


def summed(*results):
    plan = Plan(("dsic",), ("dsic",), ONE, tuple(one for one, _ in results), ())
    rows, flags = add_up(plan, results)
    return rows[0], flags


GRID, SEARCH = round_("g", "3 agents"), round_("s", "3 agents", "search")
PROOF, DRAWS = round_("p", "3 agents", "symbolic"), round_("d", "3 agents", "sampling")
FIVE = round_("f", "5 agents", main=False)


def test_the_strongest_verdict_of_the_main_setting_counts():
    held = [(SEARCH, certificate("s", Verdict.SUPPORTED)), (GRID, certificate("g", Verdict.EXHAUSTED))]
    row, flags = summed(*held)
    assert (row.verdict, row.decided, row.coverage) == (Verdict.EXHAUSTED, "g#dsic", "all 9 profiles (3 agents)")
    assert flags == ()
    row, _ = summed(*held, (PROOF, certificate("p", Verdict.PROVED)), (FIVE, certificate("f", Verdict.EXHAUSTED)))
    assert (row.verdict, row.coverage) == (Verdict.PROVED, "all bids (3 agents); 1 more setting")
    row, _ = summed(*held, (PROOF, certificate("p", Verdict.UNKNOWN, "too many paths")))
    assert row.verdict is Verdict.EXHAUSTED
    row, _ = summed((SEARCH, certificate("s", Verdict.SUPPORTED)))
    assert row.coverage == "a search of at most 9 cases (3 agents)"
    row, _ = summed((DRAWS, certificate("d", Verdict.SUPPORTED)))
    assert row.coverage == "8 draws from 9 profiles (3 agents)"


def test_one_refutation_refutes_and_the_grid_has_the_simplest_case():
    row, _ = summed((SEARCH, certificate("s", Verdict.REFUTED)), (GRID, certificate("g", Verdict.REFUTED)))
    assert (row.verdict, row.decided) == (Verdict.REFUTED, "g#dsic")
    row, _ = summed((SEARCH, certificate("s", Verdict.REFUTED)), (GRID, certificate("g", Verdict.EXHAUSTED)))
    assert (row.verdict, row.decided) == (Verdict.REFUTED, "s#dsic")


def test_a_verdict_that_changes_with_size_refutes_and_is_flagged():
    row, flags = summed((GRID, certificate("g", Verdict.EXHAUSTED)), (FIVE, certificate("f", Verdict.REFUTED)))
    assert (row.verdict, row.decided) == (Verdict.REFUTED, "f#dsic")
    assert flags == ("dsic changes with the setting: it fails with 5 agents and holds with 3 agents",)


def test_an_error_in_the_main_setting_counts_and_one_beside_it_is_flagged():
    fault = {"bids": [["0"], ["1"]], "kind": "crash", "message": "IndexError"}
    row, _ = summed((GRID, certificate("g", Verdict.ERROR, "it crashed", [fault])))
    assert (row.verdict, row.reason) == (Verdict.ERROR, "it crashed")
    assert row.coverage == "all 9 profiles (3 agents); judged on the 8 with a valid outcome"
    row, flags = summed(
        (GRID, certificate("g", Verdict.EXHAUSTED)), (FIVE, certificate("f", Verdict.ERROR, "", [fault]))
    )
    assert row.verdict is Verdict.EXHAUSTED
    assert flags == ("5 agents: no valid outcome at 1 of 9 profiles; first at bids 0, 1: IndexError",)


def test_more_faults_than_profiles_leave_no_outcome_that_holds():
    """A profile without an outcome that repeats itself has a fault of each kind."""
    unstable = certificate("g", Verdict.ERROR, "the subject does not repeat itself")
    first = {"bids": [["1"], ["2"]], "message": "another outcome"}
    row, flags = summed((GRID, {**unstable, "faults": {"count": 12, "first": [first]}}))
    assert row.coverage == "all 9 profiles (3 agents); none of them with an outcome that holds"
    assert flags == ("3 agents: 12 faults at 9 profiles; first at bids 1, 2: another outcome",)


def test_a_symbolic_round_covers_all_bids_only_where_it_proved():
    row, _ = summed((PROOF, certificate("p", Verdict.UNKNOWN, "too many paths")))
    assert (row.verdict, row.coverage) == (Verdict.UNKNOWN, "paths of the code (3 agents)")


def test_what_no_round_decided_is_unknown():
    row, _ = summed((GRID, certificate("g", Verdict.EXHAUSTED, prop="efficient")))
    assert (row.verdict, row.decided, row.reason) == (Verdict.UNKNOWN, None, "no round decided it")


def sheet(rows=(), **more):
    entry = {**subject_from_json({"call": "auctions:run"}).to_json(), "inferred": ["bids <list>"], "isolation": "here"}
    how = {"notes": ("a note",), "flags": ("look",), "digests": {}, "interrupted": False} | more
    return Sheet("run", entry, plan=("grid",), tested=SelfTest(True, "caught"), rows=tuple(rows), **how).to_json()


def test_the_sheet_says_what_was_judged_and_what_is_open():
    row, _ = summed((GRID, certificate("g", Verdict.EXHAUSTED, prop="efficient")))
    text = sheets.console(sheet([row]), {})
    assert "judged: auctions:run (here)" in text
    assert "1 of 1 required properties do not hold or are open: dsic." in text
    assert "! look" in text
    assert "- a note" in text
    page = sheets.page(sheet([row]), {})
    assert "bids &lt;list&gt;" in page
    assert "no round decided it" in page


def test_the_sheet_has_a_schema():
    schema = json.loads((reports_dir() / "schema" / "audit-sheet-v1.schema.json").read_text("utf-8"))
    row, _ = summed((GRID, certificate("g", Verdict.EXHAUSTED)))
    told = json.loads(json.dumps(sheet([row], digests={"g": "0" * 64})))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(told)
    with pytest.raises(ValidationError):
        Draft202012Validator(schema).validate({**told, "rows": [{}]})


def test_a_sheet_that_refuses_to_report_shows_no_verdict():
    told = sheet(refused="nobody gets anything")
    assert sheets.console(told, {}) == "nothing is reported: nobody gets anything\n"
    assert "Nothing is reported: nobody gets anything." in sheets.page(told, {})


def test_the_entry_point_is_told_with_method_and_arguments():
    entry = subject_from_json({"call": "a:B", "create": True, "method": "run", "arguments": {"reserve": 3}}).to_json()
    assert sheets.judged({"entry": {**entry, "isolation": "here"}}) == "a:B.run with reserve=3 (here)"


def test_a_draft_is_a_claims_file_that_says_what_was_inferred(tmp_path):
    returns = {"allocation": "winner", "payments": "price", "allocation_as": "winner", "payments_as": "winner-pays"}
    subject = {"call": "auctions:run", "root": str(tmp_path), "bids": "dict", "returns": returns, "create": False}
    domain = {
        "kind": "slots",
        "agents": ["a b", "c"],
        "values": {"a b": "0..2", "c": [0, 1]},
        "click_rates": [1, "1/2"],
    }
    text = draft(Inferred(subject, ("bids are offered as dict",)), domain, tmp_path)
    assert "# inferred: bids are offered as dict" in text
    assert '# [[claim]]\n# property = "efficient"' in text
    table = tomllib.loads(text)
    assert table["subject"]["root"] == "."
    assert tuple(claim["property"] for claim in table["claim"]) == REQUIRED
    spec = parse_spec(table, name="a", properties=PROPERTIES, engines=ENGINES, path=str(tmp_path / "a.toml"))
    assert spec.subject == subject_from_json({**subject, "root": str(tmp_path / ".")})
    assert spec.domain == parse_domain(domain)
    with pytest.raises(SpecError, match="cannot be written in a claims file"):
        draft(Inferred({**subject, "arguments": {"a": None}}, ()), domain, None)
