"""Prices of anarchy against the literature, each with a certificate that the checker confirms; and what it refuses."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sealing import sealed

from verifier import checker
from verifier.errors import SpecError, TooLarge
from verifier.evidence import Verdict
from verifier.game_audit import audit_game
from verifier.games.files import read_game_file
from verifier.games.formats import read_game
from verifier.games.gates import Gate, Smoothness
from verifier.games.normal_form import Game, from_matrices, from_table
from verifier.oracles.equilibria.vertices import TooManyBases
from verifier.resources import specs_dir


def written(game, *gates):
    return json.loads(json.dumps(audit_game(game, (), gates, seconds=0)))


def priced(game, *gates):
    """The claims about prices, the whole certificate being confirmed."""
    certificate = written(game, *gates)
    assert {report["status"] for report in checker.check(certificate)} == {"CONFIRMED"}, checker.check(certificate)
    return [claim for claim in certificate["claims"] if claim["kind"] == "price-of-anarchy"]


def prices(game, concept, **more):
    (claim,) = priced(game, Gate(concept, **more))
    return claim["evidence"]["anarchy"], claim["evidence"]["stability"]


def mechanism(call, values, grid, *, kind='kind = "single-item"', arguments=""):
    text = f"""
        [game]
        values = {values}
        [subject]
        call = "mechanisms.auctions.{call}"
        {arguments}
        [domain]
        {kind}
        agents = {len(values)}
        values = "{grid}"
        [[gate]]
        concept = "CONCEPT"
        overbidding = OVER
    """

    def asked(concept, overbidding=True):
        said = text.replace("CONCEPT", concept).replace("OVER", str(overbidding).lower())
        found = read_game_file(said, "x.game.toml", read_game)
        assert isinstance(found.game, Game)
        (claim,) = priced(found.game, *found.gates)
        return claim["evidence"]["anarchy"], claim["evidence"]["stability"]

    return asked


def routing(players, strategies, costs):
    """Each player takes one of its sets of resources; costs[resource](load) is what each user pays there."""
    table = {}
    for profile in product(*(range(len(own)) for own in strategies)):
        chosen = [own[action] for own, action in zip(strategies, profile, strict=True)]
        loads = {resource: sum(resource in used for used in chosen) for resource in costs}
        table[profile] = [-sum(Fraction(costs[resource](loads[resource])) for resource in used) for used in chosen]
    assert len(strategies) == players
    return from_table(table, [[str(k) for k in range(len(own))] for own in strategies])


def linear(load):
    return load


DILEMMA = from_matrices([[3, 0], [5, 1]], [[3, 5], [0, 1]])
CHICKEN = from_matrices([[6, 2], [7, 0]], [[6, 7], [2, 0]])
PENNIES = from_matrices([[2, 0], [0, 2]], [[0, 2], [2, 0]])
TOGETHER = from_matrices([[1, 0], [0, 1]], [[1, 0], [0, 1]])
ZERO = from_matrices([[1, 0], [0, 0]], [[1, 0], [0, 0]])
SIX_FIFTHS = from_matrices([[3, 0], [4, 2]], [[3, 4], [0, 3]])  # defecting brings 5 of 6
STAG = from_matrices([[4, 0], [3, 3]], [[4, 3], [0, 3]])
CHRISTODOULOU = routing(
    3,
    [[(f"h{i}", f"g{i}"), (f"g{(i + 1) % 3}", f"h{(i - 1) % 3}", f"h{(i + 1) % 3}")] for i in range(3)],
    {f"{kind}{i}": linear for kind in "hg" for i in range(3)},
)
SHARING = routing(
    3, [[("dear",), ("cheap",)]] * 3, {"dear": lambda k: Fraction(3, k), "cheap": lambda k: Fraction(1, k)}
)
PIGOU = routing(4, [[("fixed",), ("crowded",)]] * 4, {"fixed": lambda k: 4, "crowded": linear})
BRAESS = routing(
    4,
    [[("sa", "at"), ("sb", "bt"), ("sa", "bt")]] * 4,
    {"sa": linear, "bt": linear, "at": lambda k: 4, "sb": lambda k: 4},
)

KNOWN = [
    ("prisoner's dilemma (Luce and Raiffa 1957)", DILEMMA, "pure", ("3", "3")),
    ("prisoner's dilemma, its equilibrium is alone", DILEMMA, "coarse correlated", ("3", "3")),
    ("chicken (Aumann 1974), pure", CHICKEN, "pure", ("4/3", "4/3")),
    ("chicken, mixed: 28/3 is more than 9", CHICKEN, "mixed", ("4/3", "9/7")),
    (
        "chicken, correlated: from 36/5, 2/5 on each corner and 1/5 on the crash, to 21/2",
        CHICKEN,
        "correlated",
        ("5/3", "8/7"),
    ),
    ("no equilibrium in pure strategies", PENNIES, "pure", (None, None)),
    ("pennies for 2, mixed", PENNIES, "mixed", ("1", "1")),
    ("meeting: pure 1, mixed 2", TOGETHER, "pure", ("1", "1")),
    ("meeting: pure 1, mixed 2", TOGETHER, "mixed", ("2", "1")),
    ("meeting, coarse correlated", TOGETHER, "coarse correlated", ("2", "1")),
    ("a weak equilibrium of welfare 0", ZERO, "pure", ("infinite", "1")),
    ("exactly 6/5", SIX_FIFTHS, "pure", ("6/5", "6/5")),
    ("stag hunt", STAG, "pure", ("4/3", "1")),
    ("affine congestion, 3 players (Christodoulou and Koutsoupias 2005)", CHRISTODOULOU, "pure", ("5/2", "1")),
    ("fair cost sharing, n = 3 (Anshelevich et al. 2008)", SHARING, "pure", ("3", "1")),
    ("Pigou with 4 users: 16 of 12", PIGOU, "pure", ("4/3", "13/12")),
    ("Braess with 4 users: all take the bridge, 32 of 24", BRAESS, "pure", None),
]


@pytest.mark.parametrize(("source", "game", "concept", "expected"), KNOWN, ids=[row[0] for row in KNOWN])
def test_prices_are_those_of_the_literature(source, game, concept, expected):
    found = prices(game, concept)
    if expected is None:
        assert found[0] == "4/3"
    else:
        assert found == expected


SLOTS = 'kind = "slots"\nclick_rates = ["1", "1/2"]'
RATES = 'arguments = { click_rates = [1, "1/2"] }'


def test_vickrey_is_perfect_where_nobody_overbids_and_unbounded_else():
    ask = mechanism("single_item:second_price", [1, 0], "0..1")
    assert ask("truthful") == ("1", "1")
    assert ask("pure") == ("infinite", "1")
    for concept in ("pure", "mixed", "correlated", "coarse correlated"):
        assert ask(concept, overbidding=False) == ("1", "1")


def test_all_pay_with_values_3_and_2_has_six_fifths_which_a_support_alone_hides():
    ask = mechanism("single_item:all_pay", [3, 2], "0..3")
    assert ask("pure") == (None, None)
    assert ask("mixed") == ("6/5", "18/17")


def test_the_tie_rule_changes_the_price_of_a_first_price_auction():
    assert mechanism("single_item:first_price", [2, 1], "0..2")("pure") == ("1", "1")
    assert mechanism("single_item:first_price", [1, 2], "0..2")("pure")[0] == "2"  # the first bidder wins ties


def test_two_slots_reach_five_quarters():
    """Caragiannis et al. 2015: the bidder of value 2 is content with the second slot for nothing."""
    ask = mechanism("slots:generalized_second_price", [2, 1], "0..2", kind=SLOTS, arguments=RATES)
    assert ask("pure", overbidding=False) == ("5/4", "1")


def test_the_gate_is_strict_and_decided_in_whole_numbers():
    below = Fraction(6, 5)
    at, above = priced(SIX_FIFTHS, Gate("pure", below), Gate("pure", below + Fraction(1, 10**30)))
    assert (at["verdict"], above["verdict"]) == ("REFUTED", "PROVED")
    for game in (PENNIES, ZERO):  # undefined and infinite never pass
        (claim,) = priced(game, Gate("pure", Fraction(10**9)))
        assert claim["verdict"] == "REFUTED"


def test_what_has_no_ratio_is_unknown():
    signs = from_matrices([[1, 0], [0, -1]], [[1, 0], [0, -1]])
    nothing = from_matrices([[0]], [[0]])
    told = [priced(game, Gate("pure"))[0] for game in (signs, nothing)]
    assert [claim["verdict"] for claim in told] == ["PROVED", "UNKNOWN"]
    bad = from_matrices([[1, -5], [-5, -1]], [[1, -5], [-5, -1]])
    (claim,) = priced(bad, Gate("pure"))
    assert claim["verdict"] == "UNKNOWN"
    assert "negative welfare" in claim["reason"]


def test_unknown_is_said_where_all_equilibria_are_not_known(monkeypatch):
    three = from_table({p: [1, 1, 1] for p in product((0, 1), repeat=3)}, [["a", "b"]] * 3)
    assert priced(three, Gate("mixed"))[0]["verdict"] == "UNKNOWN"
    assert "truth" not in priced(three, Gate("truthful"))[0]["evidence"]
    (lie,) = priced(CHICKEN, Gate("truthful", truth=(0, 0)))
    assert "not a dominant strategy" in lie["reason"]
    (none,) = priced(CHICKEN, Gate("correlated", played=((0,), (0,))))
    assert "no such equilibrium" in none["reason"]

    def spent(game):
        raise TooManyBases(5)

    monkeypatch.setattr("verifier.oracles.anarchy.two_player", spent)
    (open_,) = priced(CHICKEN, Gate("mixed"))
    assert open_["verdict"] == "UNKNOWN"
    assert open_["reason"].endswith(": at most 5/3")


@st.composite
def games(draw):
    shape = draw(st.sampled_from([(2, 2), (2, 3), (3, 3)]))
    amounts = st.integers(0, 5)
    return from_table(
        {p: [draw(amounts), draw(amounts)] for p in product(*map(range, shape))}, [list("abc")[:k] for k in shape]
    )


ORDER = ("pure", "mixed", "correlated", "coarse correlated")


def number(price):
    return Fraction(10**9) if price == "infinite" else Fraction(price)


@settings(max_examples=50, deadline=None)
@given(games())
def test_larger_sets_of_equilibria_have_larger_prices(game):
    told = {
        claim["evidence"]["concept"]: claim["evidence"]
        for claim in priced(game, *map(Gate, ORDER))
        if claim["evidence"]
    }
    found = [number(told[concept]["anarchy"]) for concept in ORDER if concept in told and told[concept]["anarchy"]]
    assert found == sorted(found)
    best = [number(told[concept]["stability"]) for concept in ORDER if concept in told and told[concept]["stability"]]
    assert best == sorted(best, reverse=True)


@settings(max_examples=25, deadline=None)
@given(games(), st.integers(2, 9))
def test_scaling_money_and_swapping_players_change_no_price(game, factor):
    scaled = Game(game.players, game.actions, tuple(tensor * factor for tensor in game.payoffs))
    first, second = (tensor.view(tensor.numerators.T) for tensor in game.payoffs)
    swapped = Game(game.players, game.actions[::-1], (second, first))
    for concept in ("pure", "mixed"):
        (claim,) = priced(game, Gate(concept))
        if claim["evidence"]:
            assert prices(scaled, concept) == prices(swapped, concept) == prices(game, concept)


def altered(certificate, path, value):
    body = copy.deepcopy(certificate)
    place = next(claim for claim in body["claims"] if claim["id"] == "price-of-anarchy-1")
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return next(
        report["reasons"][0] for report in checker.check(sealed(body)) if report["claim"] == "price-of-anarchy-1"
    )


PURE = [["1", "0"], ["0", "1"]]
ALTERED = [
    ("pure", ("evidence", "optimum"), [1, 1], "not the largest welfare"),
    ("pure", ("evidence", "optimum"), [2, 0], "no profile of this game"),
    ("pure", ("evidence", "optimum"), [0], "no profile of this game"),
    ("gated", ("evidence", "anarchy"), "1", "the prices are 4/3 and 4/3"),
    ("gated", ("evidence", "stability"), None, "the prices are 4/3 and 4/3"),
    ("pure", ("evidence", "worst"), None, "worst and best are not equilibria"),
    ("pure", ("evidence", "worst"), [["1", "0"], ["1", "0"]], "worst and best are not equilibria"),
    ("pure", ("evidence", "played"), [[0], [0]], "an equilibrium, though there is none"),
    ("pure", ("evidence", "played"), [[1], [0]], "another|are not equilibria|the statement|not that of the claim"),
    ("pure", ("evidence", "played"), [[1, 0], [0, 1]], "not actions of every player"),
    ("pure", ("evidence", "played"), [[0, 1]], "not actions of every player"),
    ("pure", ("evidence", "played"), [[0, 1], [0, 2]], "not actions of every player"),
    ("pure", ("evidence", "gate"), "4/3", "statement: not that of the claim"),
    ("pure", ("evidence", "concept"), "mixed", "not that of the claim"),
    ("mixed", ("evidence", "best"), PURE, "worst and best have another welfare"),
    ("correlated", ("evidence", "bounds"), [], "not the least and the greatest"),
    ("correlated", ("evidence", "bounds", 1, "value"), "11", "not the least and the greatest"),
    ("correlated", ("evidence", "worst"), PURE, "the bounds are the witnesses"),
    ("pure", ("verdict",), "REFUTED", "REFUTED, but the claim is true"),
]


@pytest.mark.parametrize(("concept", "path", "value", "said"), ALTERED)
def test_what_is_altered_is_refused(concept, path, value, said):
    import re

    certificate = written(CHICKEN, Gate("pure", Fraction(2)) if concept == "gated" else Gate(concept))
    told = altered(certificate, path, value)
    if path[-1] == "played":  # the statement speaks of it too
        body = copy.deepcopy(certificate)
        claim = next(one for one in body["claims"] if one["id"] == "price-of-anarchy-1")
        claim["evidence"]["played"] = value
        claim["statement"] = claim["statement"].replace(
            "equilibria is", "equilibria that play only the actions listed is"
        )
        told = next(r["reasons"][0] for r in checker.check(sealed(body)) if r["claim"] == "price-of-anarchy-1")
    assert re.search(said, told), told


def test_bounds_belong_to_correlated_equilibria_alone():
    bounds = written(CHICKEN, Gate("correlated"))["claims"][-1]["evidence"]["bounds"]
    assert "only of correlated equilibria" in altered(written(CHICKEN, Gate("pure")), ("evidence", "bounds"), bounds)


def test_a_game_without_welfare_and_an_equilibrium_that_loses_have_no_ratio():
    body = written(from_matrices([[1]], [[1]]), Gate("pure"))
    body["game"]["payoffs"] = [["0"], ["0"]]
    told = {r["claim"]: r["reasons"] for r in checker.check(sealed(body))}
    assert "all profiles have welfare 0" in told["price-of-anarchy-1"][0]
    body = written(from_matrices([[5, 0], [0, 1]], [[5, 0], [0, 1]]), Gate("pure"))
    for own in body["game"]["payoffs"]:
        own[1:] = ["-7", "-7", "-1"]
    told = {r["claim"]: r["reasons"] for r in checker.check(sealed(body))}
    assert "negative welfare" in told["price-of-anarchy-1"][0]


def test_truth_has_to_be_dominant_and_pure():
    text = written(DILEMMA, Gate("truthful", truth=(1, 1)))
    assert altered(text, ("evidence", "worst"), [["1/2", "1/2"], ["0", "1"]]) == (
        "evidence: the truth is a profile of actions"
    )
    body = copy.deepcopy(text)
    claim = body["claims"][-1]
    claim["evidence"]["worst"] = claim["evidence"]["best"] = [["1", "0"], ["1", "0"]]
    assert "not an equilibrium in dominant strategies" in checker.check(sealed(body))[-1]["reasons"][0]
    claim["evidence"]["best"] = [["0", "1"], ["0", "1"]]
    assert "the truth is a single profile" in checker.check(sealed(body))[-1]["reasons"][0]


GATE = "[game]\nactions = [['a'], ['b']]\npayoffs = [[[1, 2]]]\n"
WRONG = [
    ("[gate]\npoa = '6/5'", "concept must be one of truthful, pure, mixed, correlated, coarse correlated, not None"),
    ("[gate]\nconcept = 'pure'\nbelow = 2", "unknown key 'below'"),
    ("[gate]\nconcept = 'pure'\npoa = '1/2'", "no price of anarchy is below 1/2"),
    ("[gate]\nconcept = 'pure'\npoa = 'x'", "x"),
    ("[gate]\nconcept = 'pure'\nstrength = 'SUPPORTED'", "strength goes with poa"),
    ("[gate]\nconcept = 'pure'\npoa = 2\nstrength = 'UNKNOWN'", "strength must be one of PROVED, SUPPORTED"),
    ("[gate]\nconcept = 'pure'\npoa = 2\nstrength = 'PROVED'\nexpect = 'PROVED'", "without expect"),
    ("[gate]\nconcept = 'pure'\nexpect = 'yes'", "expect must be one of PROVED, REFUTED, UNKNOWN"),
    ("[gate]\nconcept = 'pure'\noverbidding = 'no'", "overbidding must be true or false"),
    ("[gate]\nconcept = 'pure'\noverbidding = false", "are of the game of a mechanism"),
    ("[[gate]]\nconcept = 'pure'\n[[gate]]\nconcept = 'truthful'", "are of the game of a mechanism"),
]


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_a_wrong_gate_is_refused_with_its_line(text, said):
    with pytest.raises(SpecError, match=said) as refused:
        read_game_file(GATE + text, "x.game.toml", read_game)
    assert refused.value.line > 3
    with pytest.raises(SpecError, match=r"write .*gate.* tables"):
        read_game_file("gate = 3\n" + GATE, "x.game.toml", read_game)


def test_a_gate_is_expected_to_pass_unless_the_file_says_otherwise():
    found = read_game_file(GATE + "[[gate]]\nconcept = 'pure'\npoa = '6/5'\n", "x.game.toml", read_game)
    assert found.gates == (Gate("pure", Fraction(6, 5), expect=Verdict.PROVED),)


def test_honesty_needs_true_values_on_the_grid_and_bids_that_are_not_above_them():
    base = (
        "[subject]\ncall = 'mechanisms.auctions.single_item:second_price'\n[domain]\nkind = 'single-item'\nagents = 2\n"
    )
    text = "[game]\nvalues = [5, 1]\n" + base + "values = '0..2'\n[gate]\nconcept = 'truthful'\n"
    with pytest.raises(SpecError, match="the grid lacks the true values"):
        read_game_file(text, "x.game.toml", read_game)
    text = "[game]\nvalues = [0, 3]\n" + base + "values = '1..2'\n[gate]\nconcept = 'pure'\noverbidding = false\n"
    with pytest.raises(SpecError, match="somebody can only bid above its value"):
        read_game_file(text, "x.game.toml", read_game)


SPLIT = from_matrices([[3, 0], [5, 1]], [[3, 5], [0, 1]])


def smooth(certificate, **changed):
    """What the checker says of the claim of smoothness, with its evidence changed."""
    body = copy.deepcopy(certificate)
    (claim,) = (one for one in body["claims"] if one["kind"] == "smooth")
    claim["evidence"] |= changed
    if "parameters" in changed or "form" in changed:
        evidence = claim["evidence"]
        parameters = ", ".join(evidence["parameters"])
        given = "deviations and charges" if evidence["form"] == "D" else "deviations"
        claim["statement"] = f"The game is ({parameters})-smooth in form {evidence['form']} with these {given}."
    (report,) = (one for one in checker.check(sealed(body)) if one["claim"] == claim["id"])
    return report["status"] if report["status"] == "CONFIRMED" else report["reasons"][0]


def smooth_certificate(game, form):
    return json.loads(json.dumps(audit_game(game, (), (), (Smoothness(form),), seconds=0)))


def test_smoothness_is_confirmed_and_every_number_of_it_is_checked():
    certificate = smooth_certificate(CHRISTODOULOU, "A")
    assert smooth(certificate) == "CONFIRMED"
    assert "evidence.slack should be 0" in smooth(certificate, slack="1")
    assert "evidence.bound should be 5/2" in smooth(certificate, bound="2")
    assert "not where the inequality is tightest" in smooth(certificate, profile=[0])
    assert "not 2" in smooth(certificate, parameters=["1"])
    assert "negative" in smooth(certificate, parameters=["-1", "0"])
    assert "should be" in smooth(certificate, parameters=["5/2", "1"])
    assert "forms B to D need welfare" in smooth(certificate, form="B")
    assert "do not add up to 1" in smooth(certificate, deviations=[["1", "1"], ["1", "0"], ["1", "0"]])


def test_forms_take_for_granted_what_the_checker_asks():
    certificate = smooth_certificate(SPLIT, "B")
    assert smooth(certificate) == "CONFIRMED"
    assert "form A is for costs" in smooth(certificate, form="A")
    assert "forms C and D are for auctions" in smooth(certificate, form="C")
    assert "evidence.bound should be None" in smooth(certificate, parameters=["0", "0"], slack="2", profile=[1, 1])


def test_smoothness_of_an_auction_is_confirmed_and_what_is_false_refuted():
    text = (specs_dir() / "claims" / "poa" / "first-price.game.toml").read_text(encoding="utf-8")
    text = text.replace('lambda = "1/2"', 'lambda = "9/10"').replace("mu = 1\n", 'mu = 1\nexpect = "REFUTED"\n')
    found = read_game_file(text, "x.game.toml", read_game)
    certificate = json.loads(json.dumps(audit_game(found.game, (), (), found.smooth, seconds=0)))
    assert [claim["verdict"] for claim in certificate["claims"] if claim["kind"] == "smooth"] == ["REFUTED", "PROVED"]
    assert {report["status"] for report in checker.check(certificate)} == {"CONFIRMED"}


def test_what_no_form_fits_is_unknown():
    (claim,) = (one for one in smooth_certificate(SPLIT, "C")["claims"] if one["kind"] == "smooth")
    assert claim["verdict"] == "UNKNOWN"
    assert "form C is for auctions" in claim["reason"]
    vickrey = "[game]\nvalues = [1, 0]\n[subject]\ncall = 'mechanisms.auctions.single_item:second_price'\n"
    vickrey += "[domain]\nkind = 'single-item'\nagents = 2\nvalues = '0..1'\n[[smooth]]\nform = 'C'\n"
    found = read_game_file(vickrey, "x.game.toml", read_game)
    claims = audit_game(found.game, (), (), found.smooth, seconds=0)["claims"]
    assert claims[-1]["reason"] == "no deviations give any bound"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("form = 'E'", "form must be A, B, C or D, not 'E'"),
        ("form = 'D'", "form D is of the game of a mechanism"),
        ("form = 'A'\nlambda = 1", "given together"),
        ("form = 'A'\nlambda = 1\nmu = -1", "not negative"),
        ("form = 'A'\ndeviations = ['b']", "deviations go with lambda and mu"),
        ("form = 'A'\nlambda = 1\nmu = 0\ndeviations = 'b'", "a list with a strategy for each player"),
        ("form = 'A'\nlambda = 1\nmu = 0\ndeviations = ['a']", "profile|strateg|players"),
        ("form = 'A'\nrho = 1", "unknown key 'rho'"),
        ("form = 'A'\nexpect = 'no'", "expect must be one of"),
    ],
)
def test_a_wrong_claim_of_smoothness_is_refused_with_its_line(text, said):
    with pytest.raises(SpecError, match=said) as refused:
        read_game_file(GATE + "[[smooth]]\n" + text, "x.game.toml", read_game)
    assert refused.value.line > 3


def test_claimed_parameters_get_the_best_deviations():
    (claim,) = (
        one
        for one in audit_game(SPLIT, (), (), (Smoothness("B", (Fraction(1, 10), Fraction(1))),), seconds=0)["claims"]
        if one["kind"] == "smooth"
    )
    assert claim["verdict"] == "PROVED"


def file_certificate(name, **more):
    found = read_game_file((specs_dir() / "claims" / "poa" / name).read_text("utf-8"), "x.game.toml", read_game)
    return json.loads(json.dumps(audit_game(found.game, (), (), found.smooth, seconds=0, **more)))


def test_form_d_is_confirmed_for_vcg_with_what_everybody_could_be_charged():
    """Syrgkanis and Tardos 2013: at most 2 where nobody overbids."""
    certificate = file_certificate("vcg-unit-demand.game.toml")
    proved, refuted = (claim for claim in certificate["claims"] if claim["kind"] == "smooth")
    assert (proved["verdict"], proved["evidence"]["bound"], refuted["verdict"]) == ("PROVED", "2", "REFUTED")
    assert {report["status"] for report in checker.check(certificate)} == {"CONFIRMED"}
    certificate["claims"].remove(refuted)
    charges = proved["evidence"]["charges"]
    assert "not 3" in smooth(certificate, parameters=["1", "1"])
    assert "of form D alone" in smooth(certificate, charges=charges[1:])
    assert "of form D alone" in smooth(certificate, charges=["-1", *charges[1:]])
    assert "of form D alone" in smooth(certificate, form="C", parameters=["1", "1"])
    assert "of form D alone" in smooth(certificate, form="C", parameters=["1", "1"], charges=[])
    assert "played: of form D alone" in smooth(certificate, form="C", parameters=["1", "1"], charges=None)
    assert "above welfare" in smooth(certificate, charges=["9", *charges[1:]])
    assert "not actions of every player" in smooth(certificate, played=[[0]])
    assert "above welfare" in smooth(certificate, played=None)  # whoever overbids could be charged anything
    assert "tightest" in smooth(certificate, profile=[8, 8])
    assert "slack" in smooth(certificate, slack="1")


def test_charges_above_welfare_say_nothing_about_equilibria(monkeypatch):
    text = (specs_dir() / "claims" / "poa" / "vcg-unit-demand.game.toml").read_text("utf-8")
    found = read_game_file(text, "x.game.toml", read_game)
    (asked, _) = found.smooth
    far = replace(asked.honest, charges=tuple(charge + 5 for charge in asked.honest.charges))
    claims = audit_game(found.game, (), (), (replace(asked, honest=far),), seconds=0)["claims"]
    assert claims[-1]["verdict"] == "UNKNOWN"
    assert "above welfare, though nobody overbids" in claims[-1]["reason"]


MAJORITY = from_table({p: [3 * (sum(p) >= 2)] * 3 for p in product((0, 1), repeat=3)}, [["a", "b"]] * 3)
PARTY = from_table({p: [2 + p.count(own) for own in p] for p in product((0, 1), repeat=3)}, [["a", "b"]] * 3)
BAR = from_table(
    {p: [1 if own else 3 * (p.count(0) < 3) for own in p] for p in product((0, 1), repeat=3)}, [["go", "stay"]] * 3
)


def mixed_gate(game, poa, expect=Verdict.PROVED, **more):
    certificate = written(game, Gate("mixed", Fraction(poa), expect=expect, **more))
    (claim,) = (one for one in certificate["claims"] if one["kind"] == "price-of-anarchy")
    (report,) = (one for one in checker.check(certificate) if one["claim"] == claim["id"])
    assert report["status"] == "CONFIRMED", report
    return certificate, claim


def test_a_gate_over_mixed_equilibria_of_three_players_is_decided_by_another_line():
    _, met = mixed_gate(PARTY, 2)
    assert (met["verdict"], met["evidence"]["line"], met["met"]) == ("PROVED", "correlated", True)
    _, missed = mixed_gate(MAJORITY, 100)  # nobody ever votes: a weak equilibrium of welfare 0
    assert (missed["verdict"], missed["evidence"]["line"], missed["met"]) == ("REFUTED", "witness", False)
    assert missed["evidence"]["anarchy"] == "infinite"


def test_a_line_that_does_not_decide_the_gate_is_refused():
    met, claim = mixed_gate(PARTY, 2)
    place = met["claims"].index(claim)

    def said(**changed):
        body = copy.deepcopy(met)
        body["claims"][place]["evidence"] |= changed
        (report,) = (one for one in checker.check(sealed(body)) if one["claim"] == claim["id"])
        return report["reasons"][0]

    assert "evidence.line: not one for this concept" in said(line="pure")
    body = copy.deepcopy(met)
    changed = body["claims"][place]
    changed["evidence"]["gate"] = None  # what is told without a gate has to be of the concept itself
    anarchy, stability = changed["evidence"]["anarchy"], changed["evidence"]["stability"]
    changed["statement"] = (
        f"The price of anarchy over mixed equilibria is {anarchy}, and that of stability {stability}."
    )
    reports = [one for one in checker.check(sealed(body)) if one["claim"] == claim["id"]]
    assert "evidence.line: not one for this concept" in reports[0]["reasons"][0]
    body = copy.deepcopy(met)
    changed = body["claims"][place]
    changed["evidence"]["gate"] = "101/100"  # the wider concept misses it, which says nothing
    changed |= {"statement": changed["statement"].replace("below 2", "below 101/100"), "verdict": "REFUTED"}
    changed["met"] = False
    reports = [one for one in checker.check(sealed(body)) if one["claim"] == claim["id"]]
    assert "does not decide the gate" in reports[0]["reasons"][0]
    assert "a witness is an equilibrium" in said(line="witness", bounds=[])
    missed, other = mixed_gate(MAJORITY, 100)
    evidence = missed["claims"][missed["claims"].index(other)]["evidence"]
    evidence["worst"] = evidence["best"] = [["0", "1"]] * 3  # a good equilibrium misses nothing
    evidence["anarchy"] = evidence["stability"] = "1"
    missed["claims"][missed["claims"].index(other)] |= {"verdict": "PROVED", "met": True}
    (report,) = (one for one in checker.check(sealed(missed)) if one["claim"] == other["id"])
    assert "does not decide the gate" in report["reasons"][0]


def test_a_wider_concept_meets_no_gate_where_no_equilibrium_counts():
    """All play b in each equilibrium; were only a allowed, there would be no price at all."""
    dominant = from_table({p: [3 + own for own in p] for p in product((0, 1), repeat=3)}, [["a", "b"]] * 3)
    _, claim = mixed_gate(dominant, 2, expect=Verdict.UNKNOWN, played=((0,), (0,), (0,)))
    assert claim["verdict"] == "UNKNOWN"
    _, claim = mixed_gate(dominant, 2, played=((1,), (1,), (1,)))
    assert (claim["verdict"], claim["evidence"]["line"]) == ("PROVED", "correlated")


def test_the_least_strength_is_said_in_the_file_and_a_stronger_verdict_meets_it():
    text = GATE + "[[gate]]\nconcept = 'pure'\npoa = '6/5'\nstrength = 'SUPPORTED'\n"
    found = read_game_file(text, "x.game.toml", read_game)
    assert found.gates == (Gate("pure", Fraction(6, 5), expect=Verdict.SUPPORTED),)
    (claim,) = priced(found.game, *found.gates)
    assert (claim["verdict"], claim["expect"], claim["met"]) == ("PROVED", "SUPPORTED", True)


def test_an_irrational_equilibrium_is_enclosed_and_supports_what_rests_on_z3_being_right(monkeypatch):
    """Everybody expects 1 in the symmetric equilibrium of the bar, 3 of 7, and goes with an irrational probability."""
    _, claim = mixed_gate(BAR, "5/2")
    assert (claim["verdict"], claim["evidence"]["line"], claim["evidence"]["anarchy"]) == (
        "PROVED",
        "correlated",
        "7/3",
    )

    def too_large(*asked):
        raise TooLarge(10, 1, "entries")

    monkeypatch.setattr("verifier.oracles.anarchy.extreme", too_large)
    _, claim = mixed_gate(BAR, "5/2", expect=Verdict.SUPPORTED)
    assert (claim["verdict"], claim["met"], claim["evidence"]) == ("SUPPORTED", True, {})
    assert "irrational" in claim["reason"]
    _, claim = mixed_gate(BAR, "7/3", expect=Verdict.UNKNOWN)  # of its box nobody knows on which side it lies
    assert claim["verdict"] == "UNKNOWN"


def test_a_pure_equilibrium_of_negative_welfare_leaves_a_gate_over_mixed_ones_unknown():
    """The third player never minds, so that the mixed equilibria are a continuum and only bounded."""
    table = {p: [1 if p[0] == p[1] == 0 else -9 if p[0] != p[1] else -2] * 2 + [0] for p in product((0, 1), repeat=3)}
    _, claim = mixed_gate(from_table(table, [["a", "b"]] * 3), 2, expect=Verdict.UNKNOWN)
    assert claim["verdict"] == "UNKNOWN"
    assert "negative welfare" in claim["reason"]


def test_form_d_says_nothing_where_somebody_can_only_overbid():
    text = (specs_dir() / "claims" / "poa" / "vcg-unit-demand.game.toml").read_text("utf-8")
    found = read_game_file(text, "x.game.toml", read_game)
    (asked, _) = found.smooth
    bold = replace(asked, honest=replace(asked.honest, modest=((), asked.honest.modest[1])))
    claims = audit_game(found.game, (), (), (bold,), seconds=0)["claims"]
    assert claims[-1]["verdict"] == "UNKNOWN"
    assert "only bid above its value" in claims[-1]["reason"]
