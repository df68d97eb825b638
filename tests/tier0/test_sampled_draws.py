"""Draws that cannot be enumerated: averages of runs with seeds of their own, and bounds by Hoeffding's inequality.

Known answers: a price drawn before anybody bids is truthful; of first price with chance 9/10 the best answer is a lie
that gains nine tenths of the difference; the bound against its closed form in floats, and its coverage by simulation.
"""

from __future__ import annotations

import json
import math
import random
import sys
from fractions import Fraction

import numpy as np
import pytest
from in_process import in_this_process
from jsonschema import Draft202012Validator
from sealing import ABSENT, altered

from verifier import checker
from verifier.adapters import load
from verifier.audit import ENGINES, audit
from verifier.chance import Chance
from verifier.domains import parse_domain
from verifier.errors import DomainError, SpecError
from verifier.games.induced import run_outcomes
from verifier.properties import PROPERTIES
from verifier.properties.defined import defined_for
from verifier.reporting import coverage, words
from verifier.reporting.reading import read as read_report
from verifier.reporting.worked import lines, work
from verifier.resources import reports_dir
from verifier.sampled_draws import radius, seed_of
from verifier.spec import parse_spec, subject_from_json

SOURCE = '''
import random

import numpy as np


def sold(bids, winner, price):
    won = [int(agent == winner) for agent in range(len(bids))]
    return won, [price * share for share in won]


def first_above(bids, price):
    return sold(bids, next((agent for agent, bid in enumerate(bids) if bid >= price), None), price)


def posted(bids, rng):
    return first_above(bids, 2 * rng.random())


def module_posted(bids):
    return first_above(bids, random.uniform(0, 2))


def generator_posted(bids, rng):
    return first_above(bids, float(rng.uniform(0, 2)))


def state_posted(bids, rng):
    return first_above(bids, float(rng.uniform(0, 2)))


def default_posted(bids):
    return first_above(bids, float(np.random.default_rng(7).uniform(0, 2)))


def mostly_first(bids, seed):
    """First price with a chance of 9/10, else nothing to pay."""
    winner = max(range(len(bids)), key=bids.__getitem__)
    return sold(bids, winner, bids[winner] if random.Random(seed).random() > 0.1 else 0)


class Seller:
    def __init__(self, rng):
        self.rng = rng

    def run(self, bids):
        return posted(bids, self.rng)


def pays_its_own_bid_or_less(bids, rng):
    winner = max(range(len(bids)), key=bids.__getitem__)
    return sold(bids, winner, bids[winner] * (1 - rng.random() / 10))


def sold_twice(bids, rng):
    return ([1, 1], [0, 0]) if rng.random() < 0.01 else first_above(bids, 1)


def charges_too_much(bids, rng):
    return sold(bids, 0, 3 if rng.random() < 0.01 else 0)


def crashes(bids, rng):
    if rng.random() < 0.01:
        raise ValueError("unlucky")
    return first_above(bids, 1)
'''
DOMAIN = {"kind": "single-item", "agents": 2, "values": "0..2"}
SAMPLE = {"sampled": 200, "payments_within": [0, 2]}
ARGUMENT = {"how": "argument", "parameter": "rng", **SAMPLE}
SAMPLED = ("dsic", "ex-post-ir", "no-deficit", "feasible", "deterministic")
HONEST = {
    "posted": ARGUMENT,
    "Seller": ARGUMENT,
    "module_posted": {"how": "module", **SAMPLE},
    "generator_posted": {**ARGUMENT, "kind": "numpy-generator"},
    "state_posted": {**ARGUMENT, "kind": "numpy-random-state"},
    "default_posted": {"how": "module", "kind": "numpy-generator", **SAMPLE},
}
MOSTLY = {"how": "seed", "parameter": "seed", "sampled": 800, "payments_within": [0, 2]}


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("sampled")
    (made / "sampling.py").write_text(SOURCE, encoding="utf-8")
    sys.path.insert(0, str(made))
    yield made
    sys.path.remove(str(made))
    sys.modules.pop("sampling", None)


@pytest.fixture(autouse=True)
def in_one_process(monkeypatch):
    monkeypatch.setattr("verifier.engines.exhaustive.session.HASH_SEEDS", ())


def spec_of(name, chance, *names, domain=None, **claim):
    claims = [{"property": one, **claim} for one in names or ("dsic",)]
    subject = {"call": f"sampling:{name}", "random": chance}
    if name == "Seller":
        subject |= {"create": True, "fresh": True, "method": "run"}
    table = {"title": "t", "subject": subject, "domain": domain or DOMAIN, "claim": claims}
    return parse_spec(table, name="t", properties=PROPERTIES, engines=ENGINES)


def certified(name, chance, *names):
    *_, last = audit(spec_of(name, chance, *names))
    return json.loads(json.dumps(last.certificate))


def judged(certificate, folder):
    reports = checker.check(certificate, [str(folder)], fresh=in_this_process)
    return {report["status"]: report["reasons"] for report in reports}


def verdicts(certificate):
    return {claim["id"]: claim["verdict"] for claim in certificate["claims"]}


@pytest.mark.parametrize("name", sorted(HONEST))
def test_a_price_that_no_bid_moves_is_supported_and_never_more(name, folder):
    certificate = certified(name, HONEST[name], *SAMPLED)
    assert verdicts(certificate) == dict.fromkeys(SAMPLED, "SUPPORTED")
    assert list(judged(certificate, folder)) == ["CONFIRMED"]
    schema = json.loads((reports_dir() / "schema" / "certificate-v1.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(certificate)


@pytest.fixture(scope="module")
def refuted():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("verifier.engines.exhaustive.session.HASH_SEEDS", ())
        return certified("mostly_first", MOSTLY, "dsic", "ex-post-ir")


def test_a_gain_beyond_the_bound_is_refuted_with_averages_that_run_again(refuted, folder):
    """At 2 against 0, the bid of 0 wins too: expected 2 in the place of 2 - 0.9 x 2."""
    assert verdicts(refuted) == {"dsic": "REFUTED", "ex-post-ir": "SUPPORTED"}
    assert list(judged(refuted, folder)) == ["CONFIRMED"]
    (worst,) = [claim["worst"] for claim in refuted["claims"] if claim["worst"]]
    assert float(Fraction(worst["margin"])) == pytest.approx(-1.8, abs=0.11)  # five standard errors


def test_a_gain_within_the_bound_is_not_refuted():
    few = {**MOSTLY, "sampled": 30}
    certificate = certified("mostly_first", few, "dsic")
    assert verdicts(certificate) == {"dsic": "SUPPORTED"}
    claim = read_report(certificate).claims[0]
    assert words.note(read_report(certificate), claim).startswith("in expectation no violation is larger than ")


@pytest.mark.parametrize(("name", "property_"), [("sold_twice", "feasible"), ("charges_too_much", "dsic")])
def test_one_draw_is_enough_where_every_draw_counts(name, property_, folder):
    certificate = certified(name, ARGUMENT, property_)
    wanted = "REFUTED" if property_ == "feasible" else "ERROR"
    assert verdicts(certificate) == {property_: wanted}
    assert list(judged(certificate, folder)) == ["CONFIRMED"]
    if wanted == "ERROR":
        assert "payments_within = [0, 2]" in certificate["claims"][0]["reason"]


def test_a_draw_that_crashes_is_an_error(folder):
    certificate = certified("crashes", ARGUMENT, "dsic")
    assert verdicts(certificate) == {"dsic": "ERROR"}
    assert "unlucky" in certificate["claims"][0]["reason"]
    assert list(judged(certificate, folder)) == ["CONFIRMED"]


def test_the_bound_is_that_of_hoeffding_rounded_up():
    """Values up to 2, payments up to 2: a difference of two utilities lies within 4 either way."""
    domain = parse_domain(DOMAIN)
    chance = Chance("argument", "rng", "random", (), 1_000, (0, 2))
    exact = 4 * math.sqrt(2 * math.log(2 * 2 * 9 * 3 * 10**6) / 1_000)
    found = radius("dsic", domain, chance)
    assert exact < found < 1.02 * exact  # the next power of two
    assert radius("no-deficit", domain, chance) == found / 2  # 2 x 2 payments, no values
    assert radius("feasible", domain, chance) == 0
    four_times = Chance("argument", "rng", "random", (), 4_000, (0, 2))
    assert 2 * radius("dsic", domain, four_times) == pytest.approx(found, rel=1e-5)


def test_averages_of_fair_coins_stay_within_the_bound():
    """The worst case of the inequality, a margin of 4 or -4 with equal chances, in 10,000 samples."""
    chance = Chance("argument", "rng", "random", (), 200, (0, 2))
    most = radius("dsic", parse_domain(DOMAIN), chance)
    means = np.random.default_rng(1).choice([-4.0, 4.0], size=(10_000, 200)).mean(axis=1)
    assert abs(means).max() < most < 4
    assert abs(means).max() > most / 2  # and is no bound for the sake of it


def test_seeds_are_those_of_the_documented_digest():
    assert [seed_of(draw) for draw in range(3)] == [checker.sampled_source({"how": "seed"}, draw) for draw in range(3)]
    assert len({seed_of(draw) for draw in range(1_000)}) == 1_000
    theirs = checker.sampled_source({"how": "argument", "kind": "random"}, 3)
    assert random.Random(seed_of(3)).random() == theirs.random()


@pytest.mark.parametrize(
    ("chance", "complaint"),
    [
        ({**ARGUMENT, "sampled": 0}, "a number of runs from 1 to 20,000"),
        ({**ARGUMENT, "sampled": True}, "a number of runs"),
        ({**ARGUMENT, "payments_within": [1, 0]}, "the least and the largest payment"),
        ({**ARGUMENT, "payments_within": [1]}, "the least and the largest payment"),
        ({**ARGUMENT, "payments_within": "few"}, "the least and the largest payment"),
        ({"how": "argument", "parameter": "rng", "sampled": 3}, "nothing bounds how far an average is off"),
        ({"how": "argument", "parameter": "rng", "payments_within": [0, 1]}, "goes with sampled"),
        ({**MOSTLY, "seeds": [1, 2]}, "leave out seeds"),
    ],
)
def test_a_sample_that_contradicts_itself_is_refused(chance, complaint):
    with pytest.raises(SpecError, match=complaint):
        spec_of("posted", chance)


@pytest.mark.parametrize(
    ("name", "more", "complaint"),
    [
        ("envy-free", {}, "is not decided from a sample of draws"),
        ("dsic", {"engine": "search"}, 'write engine = "exhaustive"'),
        ("dsic", {"expect": "EXHAUSTED"}, 'sampled draws cannot give EXHAUSTED; write expect = "SUPPORTED"'),
        ("dsic", {"domain": {"kind": "procurement", "agents": 2, "items": 1, "values": "0..1"}}, "only buy"),
    ],
)
def test_what_a_sample_cannot_tell_is_refused(name, more, complaint):
    with pytest.raises(SpecError, match=complaint):
        spec_of("posted", ARGUMENT, name, **more)


def test_what_can_be_claimed_is_listed_and_games_are_refused():
    assert set(defined_for(parse_domain(DOMAIN), randomised=True, scripted=True, sampled=True)) == set(SAMPLED)
    subject = subject_from_json({"call": "sampling:posted", "random": ARGUMENT})
    with pytest.raises(DomainError, match="list seeds instead"):
        run_outcomes(load(subject, parse_domain(DOMAIN)))


def test_a_page_says_what_the_sample_rests_on(refuted):
    report = read_report(refuted)
    said = " ".join(coverage.not_covered(report))
    assert "At every profile 800 runs with seeds of their own stand for all draws" in said
    supported = report.claims[1]
    assert words.verdict(report, supported).startswith("Supported: in expectation no violation is larger than ")
    every = read_report(certified("posted", ARGUMENT, "feasible"))
    assert words.note(every, every.claims[0]) == "no violation in 200 runs at each profile"


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        (("claims", 0, "tolerance"), "1/10", "averages may be off by more"),
        (("claims", 1, "verdict"), "EXHAUSTED", "cannot give EXHAUSTED"),
        (("claims", 1, "expect"), "EXHAUSTED", "more than a sample can give"),
        (("claims", 0, "engine"), "search", "judged on the grid"),
        (("claims", 0, "property"), "envy-free", "not decided from a sample"),
        (("subject", "random", "sampled"), 0, "no number of runs"),
        (("subject", "random", "sampled"), 801, ""),
        (("subject", "random", "sampled"), ABSENT, "needs a range of payments"),
        (("subject", "random", "payments_within"), ["2", "0"], "no range of payments"),
        (("subject", "random", "payments_within"), ["0", "1"], ""),
        (("subject", "random", "payments_within"), ["0", "20"], "averages may be off by more"),
        (("subject", "random", "seeds"), [1], "seeds for a seed alone"),
    ],
)
def test_a_falsified_sample_is_refused(refuted, folder, path, value, complaint):
    found = judged(altered(refuted, path, value), folder)
    assert "REJECTED" in found
    assert complaint in " ".join(found["REJECTED"])


def test_the_checker_knows_the_bound_of_a_deficit_too(folder):
    certificate = certified("posted", ARGUMENT, "no-deficit")
    found = judged(altered(certificate, ("claims", 0, "tolerance"), "1/10"), folder)
    assert "averages may be off by more" in " ".join(found["REJECTED"])


def test_a_long_lottery_is_not_written_out_in_full():
    """Payments from a continuum: every draw pays something else, and a page shows a dozen of them."""
    certificate = certified("pays_its_own_bid_or_less", {**ARGUMENT, "sampled": 300}, "dsic")
    report = read_report(certificate)
    (claim,) = report.claims
    assert claim.verdict == "REFUTED"
    worked = work("dsic", report.domain, claim.witness)
    assert len(claim.witness.runs[0].outcome.draws) == 300
    assert max(len(run.draws) for run in worked.runs) == 12
    text = "\n".join(lines(worked))
    assert "(the first 12 of 300 outcomes of its draws)" in text
    assert "pays on average: over 300 draws " in text
    assert "best response" not in words.verdict(report, claim)
