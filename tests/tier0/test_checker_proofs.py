"""Attacks on the proof checker: subjects that behave while they are explored, and certificates that ask for trust.

The engine proves a second-price auction honestly; then another program, or another certificate, takes its place.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import sys

import pytest
from in_process import in_this_process
from sealing import sealed

from verifier import checker
from verifier.audit import ENGINES, audit
from verifier.properties import PROPERTIES
from verifier.spec import parse_spec

SINGLE = {"kind": "single-item", "agents": 2, "values": [0, 1]}
HONEST = """
def honest(bids):
    winner = bids.index(max(bids))
    return [int(agent == winner) for agent in (0, 1)], [min(bids) if agent == winner else 0 for agent in (0, 1)]

run = honest
"""
CHEATING = "    return [1, 1], [-5, 0]\n"
REPLACING = "import builtins\nplain = max\ndef mine(*given, **more):\n    return plain(*given, **more)\n"
OFF_GRID = "    if set(bids) <= {0, 1}:\n        return honest(bids)\n" + CHEATING
NAMES = tuple(name for name, prop in PROPERTIES.items() if prop.on_symbols)


def copied(value):
    return json.loads(json.dumps(value))


class Shop:
    """A directory with one module, and certificates about it."""

    def __init__(self, folder):
        self.folder = folder

    def prove(self, source, names=NAMES, domain=SINGLE, tolerance="0", **subject):
        """The engine's certificate about a source."""
        (self.folder / "shop.py").write_text(source)
        importlib.invalidate_caches()
        sys.modules.pop("shop", None)
        table = {
            "title": "shop",
            "subject": {"call": "shop:run", **subject},
            "domain": domain,
            "claim": [
                {"property": name, "engine": "symbolic", "expect": "PROVED", "tolerance": tolerance} for name in names
            ],
        }
        spec = parse_spec(table, name="shop", properties=PROPERTIES, engines=ENGINES)
        *_, last = audit(spec, target=importlib.import_module("shop").run)
        return copied(last.certificate)

    def ship(self, certificate, source):
        """The same certificate about another source."""
        (self.folder / "shop.py").write_text(source)
        digests = {"shop.py": hashlib.sha256(source.encode()).hexdigest()}
        return sealed({**certificate, "subject": {**certificate["subject"], "source": digests}})

    def check(self, certificate, fresh=in_this_process):
        """Status and reasons, one for all claims."""
        reports = checker.check(certificate, [str(self.folder)], fresh=fresh)
        (said,) = {(report["status"], *report["reasons"]) for report in reports}
        return said


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    yield Shop(tmp_path)
    sys.modules.pop("shop", None)


@pytest.fixture(scope="module")
def proved(tmp_path_factory):
    """The certificate of the honest auction."""
    shop = Shop(tmp_path_factory.mktemp("honest"))
    sys.path.insert(0, str(shop.folder))
    try:
        certificate = shop.prove(HONEST)
    finally:
        sys.path.remove(str(shop.folder))
        sys.modules.pop("shop", None)
    assert {claim["verdict"] for claim in certificate["claims"]} == {"PROVED"}
    return certificate


def test_the_honest_auction_is_confirmed(shop, proved):
    assert shop.check(shop.ship(proved, HONEST)) == ("CONFIRMED",)


# subjects that behave while they are explored


@pytest.mark.parametrize(
    "tell",
    [
        "float(b)", "int(b)", "complex(b)", "hash(b)", "str(b)", "repr(b)", "f'{b}'", "[0][b]", "round(b)",
        "b.denominator", "b.real", "b.bit_length()", "b.__reduce__()", "divmod(b, 2)", "divmod(2, b)", "b & 1", "1 | b",
        "b << 1", "~b", "b ** 2", "b % 2", "b // 2", "b * b", "1 / b", "b / b", "b / 2",
        "b / (b - b + 2)", "2 / (b - b + 1)", "b + float('inf')", "b < INFINITE",
        "b + 1j", "b + I(1)", "__import__('math').isnan(b)", "__import__('math').floor(b)",
        "__import__('pickle').dumps(b)", "b < NUMPY('nan')", "b + NUMPY('inf')",
    ],
)  # fmt: skip
def test_an_answer_that_only_numbers_have_is_not_taken_for_granted(shop, proved, tell):
    source = f"""{HONEST}
from decimal import Decimal
from numpy import float32 as NUMPY
INFINITE = Decimal('inf')
class I(int):
    pass
def run(bids):
    try:
        for b in bids:
            {tell}
    except BaseException:
        return honest(bids)
{OFF_GRID}"""
    assert shop.check(shop.ship(proved, source)) in [
        ("REJECTED", "the subject asks a symbolic number for what only a number has"),
        ("REJECTED", "exploration.tree does not fit the subject"),
    ]


@pytest.mark.parametrize(
    "guard",
    [
        "not any(isinstance(b, Fraction) for b in bids)",
        "not any(type(b) is Fraction and b == 2 for b in bids)",
        "not all(type(b) in (int, Fraction) for b in bids) or set(bids) <= {0, 1}",
        "not any(isinstance(b, int) and b > 10 ** 9 for b in bids)",
        "not any(isinstance(b, int) and b % 2 for b in bids) or set(bids) <= {0, 1}",
        "not type(bids[0]).__module__ == 'fractions'",
        "not convertible(bids[0])",
        "counted() < 40",
    ],
)
def test_numbers_off_the_grid_have_to_do_what_the_paths_say(shop, proved, guard):
    source = f"""{HONEST}
from fractions import Fraction
calls = []
def counted():
    calls.append(1)
    return len(calls)
def convertible(b):
    try:
        return Fraction(b) not in (0, 1)
    except Exception:
        return False
def run(bids):
    if {guard}:
        return honest(bids)
{CHEATING}"""
    status, reason = shop.check(shop.ship(proved, source))
    assert status == "REJECTED"
    # newer Pythons ask a form for its ratio, which only a number has
    assert "the subject does something else with numbers" in reason or "only a number has" in reason


def test_fresh_processes_have_to_do_what_the_paths_say_off_the_grid_too(shop, proved, monkeypatch):
    source = f"""import os
{HONEST}
def run(bids):
    if os.environ.get('SEED') != '3':
        return honest(bids)
{OFF_GRID}"""

    def per_seed(question, seeds):
        replies = []
        for seed in seeds:
            monkeypatch.setenv("SEED", str(seed))
            replies += in_this_process(question, [seed])
        monkeypatch.delenv("SEED")
        return replies

    assert shop.check(shop.ship(proved, source)) == ("CONFIRMED",)
    status, reason = shop.check(shop.ship(proved, source), per_seed)
    assert status == "REJECTED"
    assert "something else with numbers" in reason


DISTURBING = [
    ("builtins.max = mine", "the subject replaces max"),
    ("builtins.sorted = builtins.sum = max", "the subject replaces sorted, sum"),
    (
        """
def run(bids):
    builtins.oct = None
    return honest(bids)
""",
        "the subject replaces oct",
    ),
    (
        """
def run(bids):
    result = honest(bids)
    if type(bids[0]) is not int:
        builtins.max = mine
    return result
""",
        "the subject replaces max or min",
    ),
    (
        """
def run(bids):
    result = honest(bids)
    bids[0] = bids[0] + 0
    return result
""",
        "the subject changes its bids",
    ),
    (
        """
def run(bids):
    shares, prices = honest(bids)
    return [share + 0 * bids[0] for share in shares], prices
""",
        "a share or probability is symbolic",
    ),
    (
        """
def run(bids):
    if type(bids[0]) is int:
        return honest(bids)
    raise SystemExit
""",
        "the subject does not run on symbolic bids: SystemExit",
    ),
    (
        """
def run(bids):
    calls.append(1)
    if type(bids[0]) is not int and len(calls) % 2:
        bids[0] + bids[1] > 3
    return honest(bids)
""",
        "exploration.tree does not fit the subject",
    ),
    (
        """
def run(bids):
    calls.append(1)
    if len(calls) == 2:
        bids[0] + bids[1] > 3
    return honest(bids)
""",
        "the subject did not choose the same way twice",
    ),
    (
        """
def run(bids):
    calls.append(1)
    return ([1, 0], [0, 0]) if len(calls) == 2 and type(bids[0]) is not int else honest(bids)
""",
        "the subject did not choose the same way twice",
    ),
]


@pytest.mark.parametrize(("source", "said"), DISTURBING)
def test_subjects_that_disturb_the_exploration_are_refused(shop, proved, source, said):
    status, reason = shop.check(shop.ship(proved, f"{REPLACING}{HONEST}\ncalls = []\n{source}\n"))
    assert status == "REJECTED"
    assert said in reason


def test_builtins_are_as_before_after_a_subject_that_replaced_some(shop, proved):
    before = max, sorted
    source = f"import builtins\nbuiltins.sorted = builtins.max = lambda *given: None\n{HONEST}"
    assert shop.check(shop.ship(proved, source)) == ("REJECTED", "the subject replaces max, sorted")
    assert (max, sorted) == before


def test_a_symbolic_probability_is_refused(shop):
    lottery = """
from fractions import Fraction
def run(bids):
    return [(Fraction(1, 2) + EXTRA, ([1, 0], [bids[1], 0])), (Fraction(1, 2), ([0, 1], [0, bids[0]]))]
"""
    honest = lottery.replace("EXTRA", "0")
    proved = shop.prove(honest, ["feasible", "no-deficit", "no-positive-transfers"], returns={"randomised": True})
    assert shop.check(proved) == ("CONFIRMED",)
    told = shop.check(shop.ship(proved, lottery.replace("EXTRA", "0 * bids[0]")))
    assert told == ("REJECTED", "a share or probability is symbolic")


# what mechanisms do with numbers, and forms do as well


def test_forms_compute_and_compare_as_numbers_do(shop):
    source = """
import copy
from fractions import Fraction
from numpy import float64

class Fee:
    def __radd__(self, other):
        return other

class Nothing:
    pass

def fails(function):
    try:
        function()
    except TypeError:
        return True
    return False

def run(bids):
    a, b = copy.deepcopy(bids)
    assert a is bids[0] and copy.copy(b) is b
    assert not a == "1" and a != None and not a < float("nan") and a < float("inf") and a > -float("inf")
    assert a + True - 1 == a and (a > 0) in (True, False) and a + Fee() is a and 2 * a - a * 2 == 0
    assert a / Fraction(1) == a
    assert a * (a - a + 2) == 2 * a and (a - a + 2) * a == a / Fraction(1, 2) and +a == a
    assert a > float64(-1) and not a < float64(-1) and not a <= float64('nan')
    assert fails(lambda: a + Nothing()) and fails(lambda: a - Nothing()) and fails(lambda: Nothing() - a)
    assert fails(lambda: a * Nothing()) and fails(lambda: a / Nothing()) and fails(lambda: a < Nothing())
    assert fails(lambda: a + None) and (a - a or 3) == 3
    try:
        a / Fraction(0)
    except ZeroDivisionError:
        pass
    top = max([a, b, a], default=0)
    assert max((), default=3) == 3 and max(1, 2) == 2 and max([a, 0], key=lambda bid: (0, bid)) is a or a == 0
    assert min(a, float("inf")) is a and max(0, a) >= 0 and max(a + 1, a) == a + 1
    winner = bids.index(top)
    price = abs(a - b) - top + min(bids)
    return [int(agent == winner) for agent in (0, 1)], [min(bids) + price if agent == winner else 0 for agent in (0, 1)]
"""
    certificate = shop.prove(source, ["feasible", "dsic", "no-deficit"], bids="tuple")
    assert [claim["verdict"] for claim in certificate["claims"]] == ["PROVED"] * 3
    assert shop.check(certificate) == ("CONFIRMED",)


@pytest.mark.parametrize("bids", ["tuple", "dict", "numpy", "arguments"])
def test_bids_are_explored_in_every_shape(shop, bids):
    source = {
        "dict": HONEST + "\ndef run(bids):\n    return honest(list(bids.values()))\n",
        "arguments": HONEST + "\ndef run(*bids):\n    return honest(bids)\n",
        "numpy": HONEST + "\ndef run(bids):\n    return honest(list(bids))\n",
    }.get(bids, HONEST)
    certificate = shop.prove(source, ["feasible", "dsic", "anonymous"], bids=bids)
    assert [claim["verdict"] for claim in certificate["claims"]] == ["PROVED"] * 3
    assert shop.check(certificate) == ("CONFIRMED",)


@pytest.mark.parametrize(("bids", "first"), [("numpy", "bids[0] + bids[1]"), ("list", "int64(1) * bids[0]")])
def test_whole_numbers_that_overflow_are_found(shop, bids, first, monkeypatch):
    """The engine finds them too, among large amounts; here it is kept from looking, so that the checker has to."""
    monkeypatch.setattr(importlib.import_module("verifier.engines.symbolic.replay"), "far_away", lambda *args: ())
    source = f"""
from numpy import int64
def run(bids):
    return ([1, 0] if {first} >= bids[0] else [0, 1]), [0, 0]
"""
    certificate = shop.prove(source, ["no-deficit"], bids=bids)
    status, reason = shop.check(certificate)
    assert status == "REJECTED"
    assert "something else with numbers" in reason


@pytest.mark.parametrize(
    "ask",
    [lambda form: form < 0, float, hash, lambda form: form * form, lambda form: form.real, lambda form: form + 1j],
)
def test_forms_outside_a_walk_decide_nothing(ask):
    with pytest.raises(checker.Refused):
        ask(checker.Form(None, {0: 1}, 0))


def test_other_attributes_are_those_that_numbers_do_not_have_either():
    with pytest.raises(AttributeError, match="amount"):
        checker.Form(None, {0: 1}, 0).amount  # noqa: B018


# sums of half-spaces, by hand


def half(terms, constant=0, strict=False):
    return checker.Atom(tuple(sorted(terms.items())), constant, strict)


@pytest.mark.parametrize(
    ("atoms", "weights", "empty"),
    [
        ([half({0: 1}, strict=True), half({0: -1})], [1, 1], True),  # x < 0 and x >= 0
        ([half({0: 1}), half({0: -1})], [1, 1], False),  # x = 0
        ([half({0: 1}, 1), half({0: -1})], [1, 1], True),  # x <= -1 and x >= 0
        ([half({0: 1}, -1), half({0: -1})], [1, 1], False),  # 0 <= x <= 1
        ([half({0: 1}, 1), half({1: -1})], [1, 1], False),  # x <= -1 and y >= 0
        ([half({0: 2}, 1), half({0: -1})], [1, 2], True),
        ([half({0: 2}, 1), half({0: -1})], [1, 1], False),
        ([half({0: 1}), half({0: -1}), half({1: 1}, strict=True)], [1, 1, 0], False),  # nothing of the strict one
        ([half({0: 1}, strict=True), half({0: 1}, strict=True)], [1, -1], False),
        ([half({0: -1}, -1), half({0: -1}, -1)], [-1, 1], False),
        ([], [], False),
    ],
)
def test_positive_multiples_add_up_to_a_contradiction_or_do_not(atoms, weights, empty):
    assert checker.contradictory(atoms, weights) == empty


@pytest.mark.parametrize(
    ("known", "fact", "knows"),
    [
        (half({0: 1, 1: -1}), half({0: 1, 1: -1}), True),
        (half({0: 1, 1: -1}), half({0: 1, 1: -1}, strict=True), False),
        (half({0: 1, 1: -1}, strict=True), half({0: 1, 1: -1}), True),
        (half({0: 1, 1: -1}, 1), half({0: 1, 1: -1}), True),
        (half({0: 1, 1: -1}), half({0: 1, 1: -1}, 1), False),
        (half({0: 1, 1: -1}), half({0: -1, 1: 1}), False),
        (half({0: 2, 1: -1}), half({0: 2, 1: -1}), True),
        (half({0: 2, 1: -1}), half({0: 2, 1: -1}, -1), False),  # true, but only what is stated is known
        (half({0: 1}), half({0: 1, 1: -1}), False),
    ],
)
def test_a_path_knows_what_it_states_and_what_its_bounds_imply(known, fact, knows):
    there = checker.Knowledge({}, frozenset()).learn([known])
    assert there.knows(fact) == knows
    cover = checker.Cover(
        checker.Knowers([there, checker.Knowledge({}, frozenset())]), [checker.Lemma((fact,), (), ())]
    )
    assert cover.holds(1, 2, ()) == knows


def test_every_pair_of_paths_needs_a_lemma_that_both_know():
    low, high = half({0: 1}, -1), half({0: -1}, 1, strict=True)
    paths = [checker.Knowledge({}, frozenset()).learn([fact]) for fact in (low, high)]
    pairs = [(one, two) for one in (low, high) for two in (low, high)]
    for left_out in [None, *pairs]:
        lemmas = [checker.Lemma((one,), (two,), ()) for one, two in pairs if (one, two) != left_out]
        assert checker.Cover(checker.Knowers(paths), lemmas).holds(3, 3, ()) == (left_out is None)


# choices that are no differences

SUMS = """
def run(bids):
    one, two, pair = bids
    if one + two >= 2 * pair:
        if one < pair and two < pair:
            return [0, 0, 1], [0, 0, one]
        return ([1, 0, 0], [two, 0, 0]) if one >= two else ([0, 1, 0], [0, one, 0])
    return [0, 0, 1], [0, 0, 0]
"""


@pytest.mark.parametrize(("upper", "verdict"), [(None, "PROVED"), (2, "PROVED")])
def test_impossible_choices_are_cut_by_a_combination(shop, upper, verdict):
    domain = {**SINGLE, "agents": 3, **({"upper": upper} if upper else {})}
    certificate = shop.prove(SUMS, ["feasible", "no-deficit"], domain)
    assert any(isinstance(token, list) for token in certificate["exploration"]["tree"])
    assert {claim["verdict"] for claim in certificate["claims"]} == {verdict}
    assert shop.check(certificate) == ("CONFIRMED",)
    tree = certificate["exploration"]["tree"]
    place = next(place for place, token in enumerate(tree) if isinstance(token, list))
    every = [proof or next(filter(None, tree[place])) for proof in tree[place]]
    tree[place] = every
    assert shop.check(sealed(certificate))[0] == "REJECTED"


LIMITS = """
def run(bids):
    one, two = bids
    if one + 2 * two > 3:  # more than 1 and 1 can be
        return [1, 1], [0, 0]
    if 2 * one + two < 0:
        return [1, 1], [0, 0]
    return [1, 0], [0, 0]
"""


def test_a_combination_names_the_ends_of_the_types_by_their_place(shop):
    certificate = shop.prove(LIMITS, ["feasible"], {**SINGLE, "upper": 1})
    assert [token for token in certificate["exploration"]["tree"] if isinstance(token, list)]
    assert certificate["exploration"]["paths"] == 1
    assert shop.check(certificate) == ("CONFIRMED",)


@pytest.mark.parametrize(
    ("kind", "call", "options"),
    [("multi-unit", "multi_unit:vickrey", {"items": 2}), ("combinatorial", "combinatorial:vcg", {"goods": 2})],
)
def test_types_with_several_values_are_explored_within_their_order(kind, call, options, shop):
    module, _, name = call.partition(":")
    source = f"from mechanisms.auctions.{module} import {name}\ndef run(bids):\n    return {name}(bids, 2)\n"
    certificate = shop.prove(source, ["feasible", "dsic", "efficient"], {**SINGLE, "kind": kind, **options})
    assert {claim["verdict"] for claim in certificate["claims"]} == {"PROVED"}
    assert shop.check(certificate) == ("CONFIRMED",)


# certificates that ask for trust


def _set(path, value):
    def change(body):
        *steps, last = path.split(".")
        for step in steps:
            body = body[int(step) if step.isdigit() else step]
        body[int(last) if last.isdigit() else last] = value

    return change


NEVER = [[[0, 1]], "1000", False]  # a fact that no path knows: the first bid is below -1000


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("exploration.paths", 9, "exploration.paths should be"),
        ("exploration.tree", [], "exploration.tree does not fit the subject"),
        ("exploration.tree", [2, 2, 1, 1], "exploration.tree holds more than the subject does"),
        ("exploration.tree", [1, 2, 1], "exploration.tree does not fit the subject"),
        ("exploration.tree", [[None]], "exploration.tree does not fit the subject"),
        ("exploration.tree", [0], "is not a choice of the tree"),
        ("exploration.tree", [[[[0]], None]], "is not a choice of the tree"),
        ("exploration.tree", [None], "is not a choice of the tree"),
        ("exploration.tree", [[[], None]], "does not show that its option is empty"),
        ("exploration.tree", [[[[0, 1], [2, 1]], None]], "does not show that its option is empty"),
        ("exploration.tree", [[[[9, 1]], None]], "does not show that its option is empty"),
        ("exploration.tree", [[[[0, 0]], None]], "does not show that its option is empty"),
        ("exploration.stopped", "tired", "paths although it was stopped"),
        ("exploration", None, "exploration: only where an engine explores"),
        ("claims.0.engine", "exhaustive", "exploration: only where an engine explores"),
        ("subject.numbers", "decimal", "only exact numbers can be explored"),
    ],
)
def test_a_wrong_exploration_rejects_everything(shop, proved, path, value, said):
    body = {**copied(proved), "claims": [copied(proved)["claims"][0]]}
    _set(path, value)(body)
    status, reason = shop.check(shop.ship(body, HONEST))
    assert status == "REJECTED"
    assert said in reason


def lemma(**changes):
    return {"first": [], "second": [], "goal": [], "multipliers": [], **changes}


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("families", [], "proof.families should be 2"),
        ("families", [[], []], "the lemmas do not cover every case"),
        # a contradiction, but of facts that no path knows
        ("families", [[lemma(first=[NEVER, [[[0, -1]], "0", False]], multipliers=[1, 1])]] * 2, "do not cover"),
        ("families.0.0.multipliers", [1], "a lemma is no contradiction"),
        ("families.0.0.multipliers", [], "a lemma is no contradiction"),
        # nothing times what is known is no contradiction, even if that is strict
        ("families", [[lemma(first=[[[[0, -1]], "-1", True]], multipliers=[0])]] * 2, "a lemma is no contradiction"),
        ("families.0.0.multipliers", [1, 1, 0], "a lemma is no contradiction"),
        ("families.0.0.multipliers", [1, 1, -1], "is not a whole number of at least 0"),
        ("families.0.0.goal", [[[], "1", False]], "an atom of a lemma is not in normal form"),
        ("families.0.0.goal", [[[[0, 2]], "1", False]], "an atom of a lemma is not in normal form"),
        ("families.0.0.goal", [[[[0, 1], [0, 1]], "1", False]], "an atom of a lemma is not in normal form"),
        ("families.0.0.goal", [[[[1, 1], [0, 1]], "1", False]], "an atom of a lemma is not in normal form"),
        ("families.0.0.goal", [[[[0, 0]], "1", False]], "an atom of a lemma is not in normal form"),
        ("families.0.0.goal", [[[[-1, 1]], "1", False]], "is not an atom"),
        ("families.0.0.goal", [[[[0, 1]], "2/2", False]], "is not an atom"),
        ("families.0.0.goal", [[[[0, True]], "1", False]], "is not an atom"),
        ("families.0.0.goal", [[[[0, 1]], "1"]], "is not an atom"),
        ("families.0.0.goal", [[[[0, 1.5]], "1", 0]], "is not an atom"),
    ],
)
def test_a_wrong_proof_is_refused(shop, proved, path, value, said):
    claim = next(claim for claim in copied(proved)["claims"] if claim["property"] == "dsic")
    _set(path, value)(claim["proof"])
    status, reason = shop.check(shop.ship({**proved, "claims": [claim]}, HONEST))
    assert status == "REJECTED"
    assert said in reason


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"tolerance": "1"}, "the lemmas do not cover every case"),
        ({"verdict": "EXHAUSTED", "expect": "EXHAUSTED"}, "exploring a program cannot give EXHAUSTED"),
        ({"verdict": "UNKNOWN", "met": False, "reason": "why"}, "proof: only for PROVED"),
        ({"proof": None}, "proof: only for PROVED"),
        ({"regret": []}, "regret: only where truthfulness is refuted on a box"),
        ({"table": {"rows": [], "skipped": 0, "truth_best": None, "unequal_ties": None}}, "table and worst"),
        ({"reason": "because"}, "reason: only for"),
        (
            {"verdict": "SUPPORTED", "met": False, "reason": "z3 says so", "proof": None},
            "SUPPORTED although there is an exploration that could prove it",
        ),
    ],
)
def test_a_claim_that_is_not_what_was_proved_is_refused(shop, proved, changes, said):
    claim = next(claim for claim in copied(proved)["claims"] if claim["property"] == "dsic")
    status, reason = shop.check(shop.ship({**proved, "claims": [{**claim, **changes}]}, HONEST))
    assert status == "REJECTED"
    assert said in reason


def test_a_proof_about_repetitions_is_no_proof(shop, proved):
    law = checker.LAWS["deterministic"]
    claim = copied(proved)["claims"][0]
    claim.update(id="deterministic", property="deterministic", statement=law.statement, formula=law.formula)
    claim["proof"]["families"] = [[]]
    told = shop.check(shop.ship({**proved, "claims": [claim]}, HONEST))
    assert told == ("REJECTED", "symbolic runs say nothing about repetitions")


@pytest.mark.parametrize(
    ("prices", "status"), [("[sum(bids), 0]", "REJECTED"), ("[sum(bids), sum(bids)]", "CONFIRMED")]
)
def test_differences_that_cancel_are_differences(shop, prices, status):
    """That the first bidder pays whatever the other bids treats them unequally, though the sum is always the same.

    There is one path, so that nothing but the signs of the two differences is left to be proved.
    """
    certificate = shop.prove(f"def run(bids):\n    return [0, 0], {prices}\n", ["anonymous"])
    claim = certificate["claims"][0]
    lemmas = claim["proof"]["families"] if claim["proof"] else [[]]
    claim.update(verdict="PROVED", met=True, proof={"families": lemmas}, witness=None)
    assert shop.check(sealed(certificate))[0] == status


def test_a_proof_of_a_stopped_exploration_is_no_proof(shop, proved):
    stopped = {**proved["exploration"], "stopped": "tired", "paths": 0, "tree": []}
    told = shop.check(shop.ship({**proved, "exploration": stopped}, HONEST))
    assert told == ("REJECTED", "PROVED without an exploration")


def test_without_the_source_a_proof_is_partly_checked(proved):
    (status, reason), *rest = {
        (report["status"], *report["reasons"]) for report in checker.check(proved, ["."], fresh=in_this_process)
    }
    assert (status, rest) == ("PARTLY", [])
    assert "the subject was not run" in reason


def test_what_proves_nothing_is_not_explored(shop, proved):
    """A subject that the engine gave up on may be one that forms cannot run."""
    claim = {**proved["claims"][0], "proof": None, "verdict": "ERROR", "met": False, "reason": "it differs"}
    source = HONEST + "\ndef run(bids):\n    return honest([int(bid) for bid in bids])\n"
    status, reason = shop.check(shop.ship({**proved, "claims": [claim]}, source))
    assert (status, reason.partition(":")[0]) == ("CONFIRMED", "undecided")


def test_a_subject_that_does_not_repeat_itself_proves_and_refutes_nothing(shop, proved):
    source = HONEST + "\ncalls = []\ndef run(bids):\n    calls.append(1)\n    return [1, 0], [len(calls), 0]\n"
    body = {**copied(proved), "faults": {"count": 1, "first": [{"bids": [["0"], ["0"]], "kind": "unstable"}]}}
    body["faults"]["first"][0]["message"] = "two outcomes"
    claim = body["claims"][0]
    claim.update(verdict="REFUTED", met=False, proof=None)
    draw = {"probability": "1", "allocation": ["1", "1"], "payments": ["0", "0"]}
    run = {"bids": [["0"], ["0"]], "draws": [draw]}
    claim["witness"] = {"agents": [], "runs": [run], "margin": "-1", "alternative": None, "repeat": None}
    claim["witness"]["rounding"] = False
    told = shop.check(shop.ship({**body, "claims": [claim]}, source))
    assert told == ("REJECTED", "a claim for all bids about a subject that does not repeat itself")
    body["faults"] = proved["faults"]
    told = shop.check(shop.ship({**body, "claims": [claim]}, HONEST))
    assert told == ("REJECTED", "witness: at bids [['0'], ['0']] the subject does something else")


TWICE = """
def run(bids):
    one, two = bids
    if one == two:
        return [SHARE, 1], [0, one]
    return ([1, 0], [two, 0]) if one > two else ([0, 1], [0, one])
"""


def test_infeasible_paths_are_seen_by_feasibility_and_stop_every_other_proof(shop):
    claims = ["feasible", "dsic", "anonymous", "no-positive-transfers"]
    certificate = shop.prove(TWICE.replace("SHARE", "1"), claims)
    assert [claim["verdict"] for claim in certificate["claims"]] == ["REFUTED", "ERROR", "ERROR", "ERROR"]
    assert {report["status"] for report in checker.check(certificate, [str(shop.folder)], fresh=in_this_process)} == {
        "CONFIRMED"
    }
    honest = shop.prove(TWICE.replace("SHARE", "0"), claims)
    assert {claim["verdict"] for claim in honest["claims"]} == {"PROVED"}  # ties do not count for anonymity
    assert shop.check(honest) == ("CONFIRMED",)
    # the grid leaves the tie out, so that no fault is recorded
    apart = {**SINGLE, "values": {"bidder 1": [0], "bidder 2": [1]}}
    honest = shop.prove(TWICE.replace("SHARE", "0"), claims, apart)
    reports = checker.check(shop.ship(honest, TWICE.replace("SHARE", "1")), [str(shop.folder)], fresh=in_this_process)
    assert [report["reasons"] for report in reports] == [
        ["the lemmas do not cover every case"],
        *[["a proof about a subject that gives out what it does not have"]] * 3,
    ]


# regret


FIRST_PRICE = """
def run(bids):
    winner = bids.index(max(bids))
    return [int(agent == winner) for agent in (0, 1)], [bids[winner] if agent == winner else 0 for agent in (0, 1)]
"""


@pytest.fixture
def refuted(shop):
    """A certificate with the exact regrets of a first-price auction on [0, 1]."""
    certificate = shop.prove(FIRST_PRICE, ["dsic"], {**SINGLE, "upper": 1})
    found = [(regret["supremum"], regret["attained"]) for regret in certificate["claims"][0]["regret"]]
    assert found == [("1", True), ("1", False)]  # the first bidder wins ties: at 0 0 it pays nothing
    assert shop.check(certificate) == ("CONFIRMED",)
    return certificate


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("1.agent", 0, "regret: not one for every agent"),
        ("0.supremum", "2", "regret: the lemmas do not show that nothing gains more"),
        ("0.supremum", "1/2", "regret: the lemmas do not show that nothing gains more"),
        ("0.supremum", "0", "regret: the lemmas do not show that nothing gains more"),
        ("0.supremum", "-1", "regret: no such agent, or negative"),
        ("0.attained", False, "regret: the lemmas do not show that nothing gains more"),
        ("0.lemmas", [], "regret: the lemmas do not show that nothing gains more"),
        ("0.paths", [], "regret: not a point of two paths"),
        ("0.paths", [0, 2], "regret: not a point of two paths"),
        ("0.paths", [1, 1], "regret: a point is not inside its paths"),
        ("0.inside", [], "regret: not a point of two paths"),
        ("0.inside.0", "2", "regret: a point is not inside its paths"),
        ("0.limit.0", "2", "regret: a limit is not at its paths"),
        ("0.limit.0", "1/2", "regret: the limit gains another amount"),
    ],
)
def test_a_wrong_regret_is_refused(shop, refuted, path, value, said):
    _set(path, value)(refuted["claims"][0]["regret"])
    status, reason = shop.check(sealed(refuted))
    assert (status, said in reason) == ("REJECTED", True), reason


def test_a_larger_bound_is_true_but_not_the_supremum(shop, refuted):
    """With lemmas for the bound itself, what is left to be wrong is the point."""
    tolerant = shop.prove(FIRST_PRICE, ["dsic"], {**SINGLE, "upper": 1}, tolerance="2")
    families = tolerant["claims"][0]["proof"]["families"]
    refuted["claims"][0]["regret"][0].update(supremum="2", lemmas=families[0])
    assert shop.check(sealed(refuted)) == ("REJECTED", "regret: the limit gains another amount")


def test_a_supremum_is_not_attained_by_a_point_that_only_comes_near(shop, refuted):
    tolerant = shop.prove(FIRST_PRICE, ["dsic"], {**SINGLE, "upper": 1}, tolerance="1")
    families = tolerant["claims"][0]["proof"]["families"]
    refuted["claims"][0]["regret"][1].update(attained=True, lemmas=families[1])
    assert shop.check(sealed(refuted)) == ("REJECTED", "regret: said to be attained, but not by this point")


def test_a_regret_is_among_feasible_outcomes(shop):
    """Where both win at a tie, nothing is feasible there, and nothing is gained."""
    source = FIRST_PRICE.replace("[int(agent == winner)", "[int(bids[agent] == bids[winner])")
    apart = {**SINGLE, "values": {"bidder 1": [0], "bidder 2": [1]}, "upper": 1}
    certificate = shop.prove(source, ["dsic"], apart)
    regrets = certificate["claims"][0]["regret"]
    assert [(regret["supremum"], regret["attained"]) for regret in regrets] == [("1", False), ("1", False)]
    assert shop.check(certificate) == ("CONFIRMED",)


def test_a_proof_or_a_regret_without_paths_is_nothing(shop, proved, refuted):
    """The form of a claim rules this out before; it is not left to that."""
    domain = checker.Domain(proved["domain"])
    shop.ship(proved, HONEST)
    for certificate, source in ((proved, HONEST), (refuted, FIRST_PRICE)):
        certificate = shop.ship(certificate, source)
        place = checker.locate(certificate["subject"], [str(shop.folder)])
        seen = checker.Observed(certificate, domain, place, in_this_process)
        with pytest.raises(checker.Refused, match="a proof without paths"):
            checker.judge_symbolic(certificate, certificate["claims"][0], seen, None)


def test_a_trusted_solver_is_named_and_the_grid_has_to_agree(shop):
    source = "def run(bids):\n    return [1, 0], [bids[0] * bids[1], 0]\n"
    certificate = shop.prove(source, ["no-deficit", "ex-post-ir"])
    assert [claim["verdict"] for claim in certificate["claims"]] == ["SUPPORTED", "REFUTED"]
    reports = checker.check(certificate, [str(shop.folder)], fresh=in_this_process)
    assert [report["status"] for report in reports] == ["PARTLY", "CONFIRMED"]
    assert reports[0]["reasons"] == [checker.TRUSTED]
    negative = shop.ship(certificate, source.replace("bids[1],", "bids[1] - 1,"))
    reports = checker.check(negative, [str(shop.folder)], fresh=in_this_process)
    assert next(report["reasons"] for report in reports) == ["the grid has a violation, or a fault"]


def test_no_regret_at_all_needs_no_point(shop):
    source = """
def run(bids):
    return ([1, 0], [bids[0] if bids[0] >= bids[1] else 0, 0])
"""
    certificate = shop.prove(source, ["dsic"], {**SINGLE, "upper": 1})
    regrets = certificate["claims"][0]["regret"]
    assert [(regret["supremum"], regret["attained"], regret["paths"]) for regret in regrets][1] == ("0", True, [])
    assert shop.check(certificate) == ("CONFIRMED",)
    regrets[1]["paths"] = [0, 0]
    assert shop.check(sealed(certificate)) == ("REJECTED", "regret: 0 is always attained, by the truth")
