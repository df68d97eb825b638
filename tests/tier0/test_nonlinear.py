"""The symbolic engine where bids are multiplied and divided: known answers, and subjects that try to get away."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product

import pytest

from mechanisms.allocation.proportional_share import proportional_share
from mechanisms.allocation.quadratic_menu import quadratic_menu
from verifier.adapters import load
from verifier.domains import parse_domain
from verifier.engines.base import Limits
from verifier.engines.exhaustive import ExhaustiveSession
from verifier.engines.symbolic import SymbolicSession
from verifier.engines.symbolic.nonlinear import explore
from verifier.engines.symbolic.oracle import OracleFailed
from verifier.properties import find_property
from verifier.spec import SubjectSpec

F = Fraction
UNIT = {"agents": 1, "values": "0..1 step 1/4", "upper": 1}
ITEM = {"kind": "single-item", "agents": 3, "values": "0..2"}


def started(mechanism, domain, engine=SymbolicSession, **more):
    table = {"kind": "divisible", "agents": 2, "values": "0..3", **domain}
    return engine(load(SubjectSpec(call="m:f"), parse_domain(table), mechanism), importable=False, **more)


def decided(session, name, tolerance=0):
    deciding = session.decide(find_property(name), tolerance)
    while True:
        try:
            next(deciding)
        except StopIteration as end:
            return end.value


def finding(mechanism, name, tolerance=0, **domain):
    return decided(started(mechanism, domain), name, tolerance)


def verdict(mechanism, name, **domain):
    return str(finding(mechanism, name, **domain).verdict)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("feasible", "SUPPORTED"),
        ("dsic", "REFUTED"),
        ("ex-post-ir", "REFUTED"),
        ("no-deficit", "SUPPORTED"),
        ("no-positive-transfers", "SUPPORTED"),
        ("efficient", "REFUTED"),
        ("anonymous", "SUPPORTED"),
        ("monotone", "SUPPORTED"),
        ("envy-free", "REFUTED"),
        ("deterministic", "UNKNOWN"),
    ],
)
def test_proportional_shares_are_what_theory_says(name, expected):
    assert verdict(proportional_share, name) == expected


def test_a_lie_about_a_proportional_share_gains_what_the_formula_says():
    found = finding(proportional_share, "dsic")
    truth, lie = ([report[0] for report in run.reports] for run in found.witness.runs)
    (agent,) = found.witness.agents
    value, deviation, other = truth[agent], lie[agent], truth[1 - agent]
    assert lie[1 - agent] == other

    def utility(bid):
        return F(value * bid) / (bid + other) - bid if bid + other else 0

    assert found.witness.margin == utility(value) - utility(deviation) < 0


def test_one_user_alone_gets_all_for_its_value():
    alone = {name: verdict(proportional_share, name, agents=1) for name in ("dsic", "ex-post-ir", "efficient")}
    assert alone == {"dsic": "REFUTED", "ex-post-ir": "SUPPORTED", "efficient": "SUPPORTED"}


MENU = ["feasible", "dsic", "ex-post-ir", "no-deficit", "monotone"]


@pytest.mark.parametrize(("name", "agents"), [*product(MENU, [1, 3]), ("envy-free", 3)])
def test_the_quadratic_menu_is_truthful_for_all_reals(name, agents):
    found = finding(quadratic_menu, name, **{**UNIT, "agents": agents})
    assert found.verdict == "SUPPORTED"
    assert found.reason.startswith("trusted solver: z3 ")
    assert found.reason.endswith("decided for all reals by nonlinear arithmetic that the checker cannot repeat")
    assert found.proof is None


def test_without_an_upper_end_the_menu_sells_more_than_there_is():
    assert verdict(quadratic_menu, "feasible", agents=1) == "REFUTED"
    found = finding(quadratic_menu, "dsic", agents=1)
    assert found.verdict == "ERROR"
    assert "holds where the allocation is feasible, which it is not at bids (" in found.reason


def best_square(bids):
    winner = max(range(len(bids)), key=lambda agent: bids[agent] * bids[agent])
    price = max(bids[:winner] + bids[winner + 1 :])
    return [int(agent == winner) for agent in range(len(bids))], [price * (a == winner) for a in range(len(bids))]


def weighed(bids, discount=0):
    """Agent 2 reports the quality of agent 0, of whose bid it makes 1 + b_2 times as much."""
    quality = 1 + bids[2]
    if bids[0] * quality >= bids[1]:
        return [1, 0, 0], [F(1) * bids[1] / (quality + discount), 0, 0]
    return [0, 1, 0], [0, bids[0] * quality, 0]


def test_second_prices_on_products_are_truthful():
    assert {verdict(best_square, name, **ITEM) for name in ("dsic", "efficient", "ex-post-ir")} == {"SUPPORTED"}
    assert verdict(weighed, "dsic", **ITEM) == "SUPPORTED"
    assert verdict(weighed, "efficient", **ITEM) == "REFUTED"


def test_a_second_price_that_forgets_a_part_of_the_quality_is_not():
    found = finding(lambda bids: weighed(bids, discount=1), "dsic", **ITEM)
    assert found.verdict == "REFUTED"
    assert found.witness.agents == (0,)


def discount(size, low, high):
    """The quadratic menu, `size` cheaper for squares of bids between the two ends."""

    def menu(bids):
        (bid,) = bids
        return [bid], [bid * bid / F(2) - size * (low < bid * bid < high)]

    return menu


@pytest.mark.parametrize("width", [F(1, 10), F(1, 10**9)])
def test_a_wrong_price_in_a_narrow_window_is_found(width):
    """The window around the square 1/2 lies at an irrational bid, between any two points of a grid."""
    flawed = discount(F(1, 100), F(1, 2) - width, F(1, 2) + width)
    found = finding(flawed, "dsic", **UNIT)
    assert found.verdict == "REFUTED"
    lie = found.witness.runs[1].reports[0][0]
    assert abs(lie * lie - F(1, 2)) < width


def test_a_discount_no_larger_than_the_tolerance_is_none():
    flawed = discount(F(1, 100), F(1, 4), F(1, 3))
    assert finding(flawed, "dsic", tolerance=F(1, 100), **UNIT).verdict == "SUPPORTED"
    assert finding(flawed, "dsic", tolerance=F(1, 101), **UNIT).verdict == "REFUTED"


def test_a_path_that_only_irrational_bids_take_is_not_passed_over():
    def free_at_the_root(bids):
        return [bids[0]], [0 if 2 * bids[0] * bids[0] == 1 else bids[0] ** 2 / F(2)]

    found = finding(free_at_the_root, "dsic", **UNIT)
    assert (str(found.verdict), found.reason) == (
        "UNKNOWN",
        "after 0 paths: no rational bids were found for a path that some real bids take",
    )


def test_a_division_by_zero_happens_where_numbers_would_divide_by_zero():
    def careless(bids):
        return [F(1) * bid / sum(bids) for bid in bids], list(bids)

    found = finding(careless, "no-deficit")
    assert found.verdict == "ERROR"
    assert found.reason == "the subject fails at bids (0, 0): crash: ZeroDivisionError: division by zero"
    assert verdict(careless, "ex-post-ir") == "REFUTED"


def test_a_division_by_zero_that_is_caught_is_a_path():
    def caught(bids):
        try:
            return [F(1) * bid / sum(bids) for bid in bids], list(bids)
        except ZeroDivisionError:
            return [0, 0], [-1, 0]

    assert verdict(caught, "feasible") == "SUPPORTED"
    found = finding(caught, "no-deficit")
    assert found.verdict == "REFUTED"
    assert found.witness.runs[0].reports == ((0,), (0,))


def test_the_sign_of_a_divisor_counts():
    def slope(bids):
        high, low = bids
        gap = high - low
        return [0, 0], [0 if gap == 0 else 1 / gap, 0]

    assert verdict(slope, "ex-post-ir") == "REFUTED"
    found = finding(slope, "no-deficit")
    assert found.verdict == "REFUTED"
    (high,), (low,) = found.witness.runs[0].reports
    assert high < low


def swallows(bids):
    try:
        paid = bids[0] if hash(bids[0]) else 0
    except BaseException:
        paid = bids[0] * bids[0] / 2
    return [bids[0]], [paid]


def looks_inside(bids):
    try:
        paid = bids[0] if bids[0].denominator else 0
    except BaseException:
        paid = bids[0] * bids[0] / F(2)
    return [bids[0]], [paid]


def asks_its_kind(bids):
    dear = isinstance(bids[0], int) and bids[0] > F(9, 10)
    return [bids[0]], [bids[0] if dear else bids[0] * bids[0] / 2]


def root(bids):
    guess = bids[0] + 1
    while guess * guess - bids[0] > F(1, 10**12):
        guess = (guess + bids[0] / guess) / 2
    return [bids[0]], [guess]


@pytest.mark.parametrize(
    ("mechanism", "reason"),
    [
        (swallows, "the hash of a symbolic number"),
        (looks_inside, "the attribute 'denominator' of a symbolic number"),
        (asks_its_kind, "isinstance() of a symbolic number"),
        (root, "a polynomial of a degree above 24"),
        (lambda bids: ([bids[0]], [bids[0] ** 0.5]), "** of a symbolic number with an exponent that is no int"),
        (lambda bids: ([bids[0]], [float(bids[0]) * 2]), "float() of a symbolic number"),
    ],
)
def test_what_cannot_be_decided_is_unknown_even_if_the_subject_keeps_quiet(mechanism, reason):
    found = finding(mechanism, "dsic", **UNIT)
    assert found.verdict == "UNKNOWN"
    assert found.reason.startswith(f"after 0 paths: {reason}")


def test_a_solver_that_gives_up_is_not_kept_quiet_either(monkeypatch):
    def quiet(bids):
        try:
            dear = bids[0] * bids[0] * bids[0] + 3 * bids[0] > F(7, 3)
        except BaseException:
            dear = False
        return [bids[0]], [bids[0] if dear else bids[0] * bids[0] / F(2)]

    monkeypatch.setattr("verifier.engines.symbolic.nonlinear.solver.STEPS", 1)
    found = finding(quiet, "dsic", **UNIT)
    assert found.verdict == "UNKNOWN"
    assert found.reason.startswith("after 0 paths: z3 gave up")


@pytest.mark.parametrize("limit", ["PATH_BUDGET", "MOST_CHOICES"])
def test_past_a_budget_nothing_is_claimed(monkeypatch, limit):
    monkeypatch.setattr(explore, limit, 1)
    found = finding(best_square, "dsic", **ITEM)
    assert found.verdict == "UNKNOWN"
    assert "more than 1 " in found.reason


def paid_back(bids):
    """The larger square wins, and gets it back as money, or so much more than symbols would say."""
    wins = bids[0] * bids[0] >= bids[1] * bids[1]
    return [int(wins), int(not wins)], [-bids[0] * bids[0] if wins else 0, 0]


PAIR = {"kind": "single-item", "agents": 2, "values": "0..2"}


def test_past_a_budget_what_was_explored_may_refute():
    """Its first path breaks the budget of money, and no path the promise to take part."""
    session = started(paid_back, PAIR, limits=Limits(paths=1))
    refuted, open_ = decided(session, "no-deficit"), decided(session, "ex-post-ir")
    assert (refuted.verdict, refuted.regret) == ("REFUTED", None)
    assert (open_.verdict, open_.reason) == (
        "UNKNOWN",
        "after 1 path: more than 1 path (--max-paths); no violation on these paths",
    )
    assert session.method()["stopped"].endswith("; nonlinear: more than 1 path (--max-paths)")
    assert verdict(paid_back, "ex-post-ir", **PAIR) == "SUPPORTED"


def test_past_a_budget_a_path_that_numbers_do_not_take_refutes_nothing():
    def two_faced(bids):
        won, paid = paid_back(bids)
        return won, [0, 0] if bids[0].__class__ in (int, Fraction) else paid

    found = decided(started(two_faced, PAIR, limits=Limits(paths=1)), "no-deficit")
    assert (found.verdict, found.reason) == ("UNKNOWN", "after 1 path: more than 1 path (--max-paths)")


def test_questions_to_the_solver_are_counted_here_too():
    found = decided(started(paid_back, PAIR, limits=Limits(queries=0)), "no-deficit")
    assert found.verdict == "UNKNOWN"
    assert found.reason == "after 0 paths: more than 0 questions to the solver (--max-queries)"


def test_past_a_budget_a_solver_that_gives_up_leaves_the_first_reason(monkeypatch):
    def gives_up(*_):
        raise OracleFailed("no idea")
        yield

    monkeypatch.setattr("verifier.engines.symbolic.nonlinear.session.prove", gives_up)
    found = decided(started(paid_back, PAIR, limits=Limits(paths=1)), "no-deficit")
    assert (found.verdict, found.reason) == ("UNKNOWN", "after 1 path: more than 1 path (--max-paths)")


@pytest.mark.parametrize("cheat", [lambda bid: True, lambda bid: bid > F(9, 10)])
def test_a_subject_that_knows_numbers_from_symbols_is_caught(cheat):
    def two_faced(bids):
        if bids[0].__class__ in (int, Fraction) and cheat(bids[0]):
            return [bids[0]], [bids[0]]
        return [bids[0]], [bids[0] * bids[0] / 2]

    found = finding(two_faced, "no-deficit", **UNIT)
    assert found.verdict == "ERROR"
    assert found.reason.startswith("the explored paths are not what the code does with numbers: at bids (")


def test_whole_numbers_that_are_divided_round_and_that_is_said():
    def naive(bids):
        total = sum(bids)
        return [bid / total if total else 0 for bid in bids], list(bids)

    assert "1/3" in finding(naive, "no-deficit").reason
    assert verdict(naive, "no-deficit") == "ERROR"
    assert verdict(naive, "dsic") == "REFUTED"  # what the real code does refutes it all the same


def test_a_subject_that_changes_its_mind_is_noticed():
    calls = []

    def moody(bids):
        calls.append(bids)
        return [0], [0 if bids[0] * bids[0] > F(1, 2 + len(calls) % 2) else 1]

    found = finding(moody, "dsic", **UNIT)
    assert found.reason.startswith("after 1 path: the subject asks other questions when it is run again")


def test_linear_subjects_are_still_proved_and_others_say_how_far_they_came():
    def dictator(bids):
        return [1, 0], [0, 0]

    assert verdict(dictator, "dsic") == "PROVED"
    session = started(proportional_share, {})
    decided(session, "no-deficit")
    method = session.method()
    assert method["tree"] == []
    assert method["stopped"].startswith("after 1 path: division by a symbolic number")
    assert method["stopped"].endswith("; decided by nonlinear arithmetic on 2 paths")
    assert method["replays"]["exact"] == method["replays"]["fraction"] == 2 + 16  # paths and grid


def generated(seed):
    """A mechanism for two agents from small random polynomials, quotients and comparisons."""
    draw = random.Random(seed)

    def expression(depth):
        if not depth:
            return draw.choice(["a", "b", "F(1, 2)", "1", "F(2, 3)"])
        kind = draw.choice(["+", "-", "*", "*", "/", "if"])
        one, two = expression(depth - 1), expression(depth - 1)
        if kind == "/":
            return f"({one} / (1 + b * b))"
        if kind == "if":
            return f"({one} if {expression(depth - 1)} < {expression(depth - 1)} else {two})"
        return f"({one} {kind} {two})"

    share = draw.choice(["F(1, 3)", "a / 2", "a * b / 2", "a / (a + b + 1)", "(F(1, 2) if a * a > b else 0)"])
    other = draw.choice(["0", "b / 2", "b / (a + b + 1)"])
    source = f"lambda a, b: ([{share}, {other}], [{expression(2)}, {expression(1)}])"
    formula = eval(source, {"F": Fraction})
    return lambda bids: formula(Fraction(1) * bids[0], Fraction(1) * bids[1])


@pytest.mark.parametrize("seed", range(12))
def test_random_mechanisms_are_never_supported_against_the_grid(seed):
    unit = {"values": "0..1 step 1/4", "upper": 1}
    mechanism = generated(seed)
    symbolic, grid = started(mechanism, unit), started(mechanism, unit, ExhaustiveSession)
    for name in ("feasible", "dsic", "ex-post-ir", "no-deficit", "monotone"):
        found, checked = decided(symbolic, name), decided(grid, name)
        if found.verdict in ("SUPPORTED", "PROVED"):
            assert checked.verdict == "EXHAUSTED", (seed, name)
        if checked.verdict == "REFUTED":
            assert found.verdict in ("REFUTED", "UNKNOWN"), (seed, name)
