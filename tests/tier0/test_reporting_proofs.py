"""Proofs in prose: over which bids, by how much, what is not covered, and never where the certificate holds none."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest

from verifier.domains import Combinatorial, MultiUnit, SingleItem
from verifier.errors import CertificateError
from verifier.evidence import Verdict
from verifier.reporting import amounts, coverage, html, proofs, words
from verifier.reporting.reading import read

SAMPLES = Path(__file__).parents[1] / "samples"


def sample(name):
    return json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))


def entry_of(certificate, name):
    return next(entry for entry in certificate["claims"] if entry["id"] == name)


def claim_of(report, name):
    return next(claim for claim in report.claims if claim.id == name)


def altered(name, claim, **changes):
    """A report in which one claim was changed, and that claim."""
    certificate = sample(name)
    entry_of(certificate, claim).update(changes)
    report = read(certificate)
    return report, claim_of(report, claim)


def explored(name="proved", **changes):
    """A report of which the exploration was changed."""
    certificate = sample(name)
    certificate["exploration"].update(changes)
    return read(certificate)


def covered(report):
    return " ".join(coverage.covered(report))


def not_covered(report):
    return " ".join(coverage.not_covered(report))


@pytest.mark.parametrize(
    ("claim", "whom"),
    [
        ("dsic", ", for every agent: 9 paths"),
        ("ex-post-ir", ", for every agent: 9 paths"),
        ("no-deficit", "0: 9 paths"),
        ("efficient", ", against every feasible allocation: 9 paths"),
        ("anonymous", ", for every two agents: 9 paths"),
        ("envy-free", ", for every two agents: 9 paths"),
    ],
)
def test_proved_says_for_which_bids_and_for_whom(claim, whom):
    report = read(sample("proved"))
    told = words.verdict(report, claim_of(report, claim))
    assert told.startswith("True for all real bids \u2265 0")
    assert f"{whom} through the code were explored" in told
    assert "a rational Farkas combination that the checker repeats without a solver." in told


def test_lemmas_are_counted_over_all_blocks_of_cases():
    certificate = sample("proved")
    lemmas = sum(len(family) for family in entry_of(certificate, "dsic")["proof"]["families"])
    report = read(certificate)
    claim = claim_of(report, "dsic")
    assert f"and {lemmas} lemmas cover every case, each a rational" in words.verdict(report, claim)
    assert words.note(report, claim) == f"9 paths, {lemmas} lemmas"
    assert proofs.anatomy(claim) == f"{lemmas} lemmas in 3 blocks of cases, one per agent."


def test_one_lemma_and_one_path_are_told_in_the_singular():
    lemma = entry_of(sample("proved"), "no-deficit")["proof"]["families"][0][0]
    certificate = sample("proved")
    certificate["exploration"]["paths"] = 1
    entry_of(certificate, "no-deficit")["proof"] = {"families": [[lemma]]}
    report = read(certificate)
    claim = claim_of(report, "no-deficit")
    assert "1 path through the code was explored, and 1 lemma covers every case: a" in words.verdict(report, claim)
    assert words.note(report, claim) == "1 path, 1 lemma"
    assert proofs.anatomy(claim) == "1 lemma in 1 block of cases."
    assert "its one path covers every profile" in covered(report)


def test_a_proof_without_lemmas_says_why_it_needs_none():
    report = read(sample("proved"))
    claim = claim_of(report, "feasible")
    assert words.verdict(report, claim).endswith("whatever the numbers are, so that no lemma is needed.")
    assert proofs.anatomy(claim) == "The paths alone; no lemma is needed."


def test_a_proof_of_anonymity_leaves_ties_out_aloud():
    report = read(sample("proved"))
    told = {claim.id: words.verdict(report, claim) for claim in report.claims}
    assert [name for name, text in told.items() if "Ties are no part" in text] == ["anonymous"]


@pytest.mark.parametrize(
    ("domain", "text"),
    [
        (SingleItem(("a",), (((0,),),)), "all real bids \u2265 0"),
        (SingleItem(("a",), (((0,),),), 10), "all real bids in [0, 10]"),
        (MultiUnit(("a",), (((1, 0),),), None, 2), "all real bids \u2265 0 (each further item worth no more than"),
        (MultiUnit(("a",), (((1,),),), None, 1), "all real bids \u2265 0"),
        (Combinatorial(("a",), (((0, 0, 1),),), 1, 2), "all real bids in [0, 1] (more goods worth no less)"),
    ],
)
def test_the_continuum_is_that_of_the_domain(domain, text):
    told = proofs.continuum(domain)
    assert told.startswith(text)
    assert ("(" in told) == ("(" in text)


@pytest.mark.parametrize(
    "damage",
    [
        lambda c: entry_of(c, "dsic").update(proof=None),
        lambda c: c.update(exploration=None),
        lambda c: c["exploration"].update(stopped="out of paths"),
    ],
)
def test_a_claim_is_not_called_proved_where_the_certificate_holds_no_proof(damage):
    certificate = sample("proved")
    damage(certificate)
    report = read(certificate)
    claim = claim_of(report, "dsic")
    assert words.verdict(report, claim) == proofs.BARE
    assert words.found(report, claim) == proofs.BARE
    assert words.note(report, claim) == "the certificate holds no proof of it"
    assert "True for all real bids" not in words.verdict(report, claim)


def test_coverage_of_proofs_names_symbols_points_seeds_and_source():
    told = covered(read(sample("proved")))
    assert "on symbolic bids, which stand for all real bids \u2265 0; its 9 paths together cover every profile." in told
    assert "run again, 9 with exact numbers, 9 with fractions and 9 with floats, and then in fresh processes" in told
    assert "PYTHONHASHSEED 0, 1, 2, 3. Every one did exactly what its path says." in told
    assert "bound to the source whose digests stand below" in told


def test_a_rounding_of_floats_is_told():
    told = covered(explored(rounded=2))
    assert "Every one did what its path says, but for the rounding of payments in 2 runs with floats." in told
    assert "exactly what its path says" not in told


def test_agreement_is_claimed_only_where_a_verdict_rests_on_it():
    certificate = sample("proved")
    for entry in certificate["claims"]:
        entry.update(verdict="ERROR", reason="the paths are not what the code does", proof=None)
    assert "what its path says" not in covered(read(certificate))


def test_what_proofs_do_not_cover_is_told():
    told = not_covered(read(sample("proved")))
    assert "between grid points" not in told
    assert "Proofs say nothing about bids below 0." in told
    assert "Floats were tried at the points above; elsewhere they may round." in told
    assert "tried at the points above and on the grid, not proved" in told
    assert "Other numbers of agents" in told
    assert "what the code does with floats was not tried" not in told
    assert "below 0 or above 1." in not_covered(read(sample("regret")))


def test_points_that_no_float_holds_leave_floats_uncovered():
    report = explored(replays={"exact": 9, "fraction": 9, "float": 0})
    assert "Floats are not covered, since they may round." in not_covered(report)
    assert "what the code does with floats was not tried" in not_covered(report)


def test_paths_that_were_not_run_with_numbers_are_not_said_to_have_been():
    told = covered(explored(replays={"exact": 0, "fraction": 0, "float": 0}, hash_seeds=[]))
    assert "No path was run again with numbers." in told
    assert "fresh processes under PYTHONHASHSEED" in told  # of the grid
    assert "does the same with numbers" not in told


def test_a_proof_of_code_without_source_is_bound_to_nothing():
    certificate = sample("proved")
    certificate["subject"]["source"] = {}
    report = read(certificate)
    assert "digests" not in covered(report)
    assert "a proof is not bound to any" in not_covered(report)


def test_the_limits_of_a_grid_are_told_of_its_claims_alone():
    report = read(sample("regret"))
    assert "For dsic-2 and deterministic, nothing is said about values between grid points" in not_covered(report)
    assert "For dsic and ex-post-ir, the unmodified code ran" in covered(report)
    assert "All arithmetic on the grid is exact" in covered(report)


def test_an_exploration_that_stopped_is_told_with_its_reason():
    report = read(sample("unknown-symbolic"))
    claim = claim_of(report, "dsic")
    reason = "int() of a symbolic number, in rounded, line 7: paid = int(second)"
    assert words.verdict(report, claim) == (
        "Not decided: the paths through the code could not all be explored. "
        f"The exploration stopped after 0 paths: {reason}."
    )
    limits = not_covered(report)
    assert f"Nothing is proved: the exploration of the code on symbolic bids stopped ({reason})." in limits
    assert "Proofs" not in limits
    assert "symbolic" not in covered(report)


def trusting():
    """A report on code that only a solver could decide."""
    certificate = sample("unknown-symbolic")
    certificate["exploration"].update(
        stopped="division by a symbolic number; decided by nonlinear arithmetic on 2 paths",
        replays={"exact": 11, "fraction": 11, "float": 0},
        hash_seeds=[0, 1],
    )
    entry_of(certificate, "dsic").update(verdict="SUPPORTED", expect="SUPPORTED", met=True, reason="trusted solver: z3")
    return read(certificate)


def test_what_a_solver_says_alone_is_not_called_a_proof():
    report = trusting()
    claim = claim_of(report, "dsic")
    assert words.verdict(report, claim) == "Supported, not proved: trusted solver: z3."
    assert words.found(report, claim) == claim.statement
    assert "For dsic, a solver says that no violation is possible for all real bids \u2265 0." in covered(report)
    assert "11 with exact numbers and 11 with fractions, and then in fresh" in covered(report)
    assert "Every one did exactly what its path says." in covered(report)
    assert "Nothing is proved" in not_covered(report)
    assert "cannot be checked here without trusting it" in not_covered(report)
    assert "trusting" not in not_covered(read(sample("unknown-symbolic")))


def test_the_checker_is_said_to_repeat_proofs_only_where_there_are_some():
    assert "repeat every proof" in html.page(sample("proved"))
    assert "repeat every proof" not in html.page(sample("unknown-symbolic"))


def test_a_divisible_good_is_told():
    certificate = sample("proved")
    certificate["domain"]["kind"] = "divisible"
    domain = read(certificate).domain
    assert coverage.setting(domain) == "3 agents, one divisible good"
    assert [amounts.share(domain, got) for got in (0, 1, Fraction(1, 3))] == [
        "nothing", "the whole good", "1/3 of the good",
    ]  # fmt: skip
    assert amounts.worth_of(domain, (2,)) == "the good is worth 2"
    assert amounts.good(domain) == "share of the good"


def test_an_interrupted_claim_is_not_blamed_on_the_exploration():
    report, claim = altered("unknown-symbolic", "dsic", reason="interrupted before it was decided")
    assert words.verdict(report, claim) == "Not decided: interrupted before it was decided."


def test_the_bound_on_every_lie_says_whether_it_is_reached():
    report = read(sample("regret"))
    assert proofs.bound(report, claim_of(report, "dsic")) == (
        "For all real bids in [0, 1], no lie of any agent gains more than 1/2, and some lie gains just that."
    )
    assert proofs.bound(report, claim_of(report, "dsic-2")) == ""
    regret = entry_of(sample("regret"), "dsic")["regret"]
    report, claim = altered("regret", "dsic", regret=[{**one, "attained": False} for one in regret])
    assert proofs.bound(report, claim).endswith("gains come as near to that as one likes without reaching it.")


def test_an_agent_whom_no_lie_helps_has_no_bar_and_no_place():
    regret = entry_of(sample("regret"), "dsic")["regret"]
    regret[1].update(supremum="0", attained=True, paths=[], inside=[], limit=[])
    report, claim = altered("regret", "dsic", regret=regret)
    row = proofs.regret_rows(report, claim)[1]
    assert (row.amount, row.reached, row.where, row.picture) == ("0", "", "no lie gains anything", "")
    assert proofs.regret_lines(report, claim)[1] == "Exact regret of bidder 2: 0, no lie gains anything"


def test_the_place_of_a_regret_gains_what_the_table_says():
    """Second price per click, by hand: slot 0 brings 1 click at the next bid, slot 1 half a click at the last bid."""
    report = read(sample("regret"))
    for regret in claim_of(report, "dsic").regret:
        if not regret.attained:
            continue
        *bids, lie = regret.limit
        worth = bids[regret.agent]
        gains = []
        for said in (worth, lie):
            reports = [said if agent == regret.agent else bid for agent, bid in enumerate(bids)]
            order = sorted(range(3), key=lambda agent: -reports[agent])
            place = order.index(regret.agent)
            clicks, price = [(2, order[1]), (1, order[2]), (0, order[0])][place]
            gains.append(clicks * (worth - reports[price]) / 2)
        assert gains[1] - gains[0] == regret.supremum


def test_vectors_are_told_agent_by_agent():
    certificate = sample("multi-unit")
    certificate["domain"]["upper"] = "4"
    certificate["exploration"] = sample("regret")["exploration"]
    point = ["1", "0", "3", "2", "4", "1"]
    regret = {
        "agent": 1, "supremum": "2", "attained": True, "paths": [0, 1], "inside": point, "limit": point, "lemmas": [],
    }  # fmt: skip
    entry_of(certificate, "dsic").update(engine="symbolic", table=None, worst=None, regret=[regret])
    report = read(certificate)
    (row,) = proofs.regret_rows(report, claim_of(report, "dsic"))
    assert row.agent == report.agent(1)
    assert row.where == "at the reports ((1, 0), (3, 2)), by reporting (4, 1) in place of the truth, (3, 2)"


@pytest.mark.parametrize(
    "change", [{"agent": 3}, {"agent": -1}, {"inside": ["1"]}, {"limit": []}, {"supremum": "0"}, {"supremum": "half"}]
)
def test_a_regret_that_is_nowhere_in_the_domain_is_refused(change):
    regret = entry_of(sample("regret"), "dsic")["regret"]
    regret[0].update(change)
    with pytest.raises(CertificateError, match="regret"):
        altered("regret", "dsic", regret=regret)


def test_proof_and_regret_beside_another_verdict_are_not_shown():
    assert altered("proved", "dsic", verdict=Verdict.UNKNOWN, reason="x")[1].proof is None
    assert altered("regret", "dsic", verdict=Verdict.UNKNOWN, reason="x")[1].regret is None


@pytest.mark.parametrize("key", ["exploration", "proof", "regret"])
def test_a_certificate_without_the_keys_of_proofs_is_refused(key):
    certificate = sample("proved")
    (certificate if key == "exploration" else certificate["claims"][0]).pop(key)
    with pytest.raises(CertificateError, match=key):
        read(certificate)


def combinatorial(goods):
    types = [[["0"] * (2**goods - 1)]] * 2
    certificate = sample("proved")
    certificate["domain"] = {
        "kind": "combinatorial", "goods": goods, "agents": ["Ann", "Bo"], "types": types, "upper": None,
        "amounts": "reals",
    }  # fmt: skip
    certificate["claims"] = certificate["claims"][:2]
    return certificate


def test_bundles_are_named_by_their_goods():
    domain = read(combinatorial(3)).domain
    assert [amounts.share(domain, got) for got in (0, 1, 4, 5, 7, -1)] == [
        "nothing", "good 0", "good 2", "goods 0 and 2", "goods 0, 1 and 2", "\u22121, which is no bundle",
    ]  # fmt: skip
    two = read(combinatorial(2)).domain
    assert amounts.worth_of(two, (1, 2, 3)) == "good 0 is worth 1, good 1 is worth 2 and goods 0 and 1 are worth 3"
    assert coverage.setting(two) == "2 agents, 2 distinct goods, more of them worth no less"
    assert coverage.setting(read(combinatorial(1)).domain) == "2 agents, one good"
    assert amounts.good(two) == "bundles"


def test_a_page_of_a_combinatorial_domain_is_made():
    said = " ".join(re.sub("<[^>]*>", " ", html.page(combinatorial(2))).split())
    assert "Proofs range over all real bids \u2265 0 (more goods worth no less)." in said
