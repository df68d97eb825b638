"""The independent checker's own domains, readers and loaders, against answers worked out by hand."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import pytest

from verifier import checker
from verifier.checker import Domain, Draw, Place, Refused, Subject

HALF = Fraction(1, 2)


def domain(kind="single-item", agents=2, types=((0,), (1,)), **options):
    grid = [[str(amount) for amount in type_] for type_ in types]
    names = ["ann", "bob", "cyd"][:agents]
    written = {"kind": kind, "agents": names, "types": [grid] * agents, "upper": None, "amounts": "reals"}
    return Domain({**written, **options})


UNITS = domain("unit-demand", 3, items=2)
MULTI = domain("multi-unit", 2, [(0, 0), (1, 0), (1, 1)], items=2)
SLOTS = domain("slots", 2, click_rates=["1", "1/2", "1/4"])
GOODS = domain("combinatorial", 2, [(0, 0, 0), (1, 2, 4)], goods=2)
CAKE = domain("divisible")


# domains


@pytest.mark.parametrize(
    ("where", "feasible"),
    [
        (domain(), [(0, 0), (1, 0), (0, 1)]),
        (UNITS, [(1, 1, 0), (1, 0, 1), (0, 1, 1)]),
        (domain("unit-demand", 2, items=5), [(1, 1)]),
        (MULTI, [(0, 2), (1, 1), (2, 0)]),
        (domain("multi-unit", 1, [(0, 0)], items=2), [(2,)]),
        (SLOTS, [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)]),
        (GOODS, [(3, 0), (1, 2), (2, 1), (0, 3)]),
        (domain("slots", 3, click_rates=["1"]), [(0, None, None), (None, 0, None), (None, None, 0)]),
    ],
)
def test_alternatives_are_the_allocations_that_can_be_efficient(where, feasible):
    found = list(where.alternatives())
    assert sorted(found, key=str) == sorted(feasible, key=str)
    assert min(map(where.slack, found)) >= 0


@pytest.mark.parametrize(
    ("where", "shares", "slack"),
    [
        (domain(), (1, 0), 0),
        (domain(), (1, 1), -1),
        (domain(), (HALF, HALF), -HALF),
        (domain(), (-1, 0), -1),
        (domain(), (2, 0), -1),
        (UNITS, (1, 1, 1), -1),
        (UNITS, (1, 0, 0), 0),
        (MULTI, (2, 0), 0),
        (MULTI, (2, 1), -1),
        (MULTI, (-3, 0), -3),
        (MULTI, (Fraction(1, 3), 0), -Fraction(1, 3)),
        (MULTI, (Fraction(2, 3), 0), -Fraction(1, 3)),
        (SLOTS, (0, 0), -1),
        (SLOTS, (0, 1), 0),
        (SLOTS, (None, None), 1),
        (GOODS, (1, 2), 0),
        (GOODS, (0, 0), 1),
        (GOODS, (3, 2), -1),
        (CAKE, (HALF, HALF), 0),
        (CAKE, (HALF, -HALF), -HALF),
        (CAKE, (HALF, 1), -HALF),
    ],
)
def test_slack_is_how_far_the_tightest_constraint_is_from_breaking(where, shares, slack):
    # three slots, two holders: the free one leaves slack, but a taken one has none
    assert where.slack(shares) == slack


@pytest.mark.parametrize(
    ("where", "share", "amounts"),
    [
        (domain(), HALF, (HALF,)),
        (MULTI, 1, (1, 0)),
        (MULTI, Fraction(3, 2), (1, HALF)),
        (MULTI, 9, (1, 1)),
        (MULTI, -1, (0, 0)),
        (SLOTS, None, (0,)),
        (SLOTS, 1, (HALF,)),
        (GOODS, 0, (0, 0, 0)),
        (GOODS, 3, (0, 0, 1)),
    ],
)
def test_consumption_is_what_a_type_is_multiplied_with(where, share, amounts):
    assert where.consumes(share) == amounts


@pytest.mark.parametrize(
    ("where", "share"), [(SLOTS, 3), (SLOTS, -1), (SLOTS, HALF), (domain(), None), (GOODS, 4), (GOODS, HALF)]
)
def test_a_share_without_a_meaning_is_an_error(where, share):
    with pytest.raises(ValueError, match=r"no slot|no amount|no bundle"):
        where.share(share)


def test_profiles_are_numbered_with_the_last_agent_fastest():
    assert [MULTI.profile(k) for k in (0, 1, 3)] == [((0, 0), (0, 0)), ((0, 0), (1, 0)), ((1, 0), (0, 0))]
    assert [MULTI.place([[*map(str, report)] for report in MULTI.profile(k)]) for k in range(9)] == list(range(9))


def test_swaps_stay_on_the_grid_and_name_ties():
    written = {"kind": "single-item", "agents": ["ann", "bob"], "upper": None, "amounts": "reals"}
    where = Domain({**written, "types": [[["0"], ["1"], ["5"]], [["1"], ["2"], ["5"]]]})
    # only 1 and 5 belong to both: (1,1), (1,5), (5,1), (5,5)
    assert list(where.swaps()) == [(3, 3, 0, 1, True), (5, 6, 0, 1, False), (6, 5, 0, 1, False), (8, 8, 0, 1, True)]
    apart = Domain({**written, "types": [[["0"]], [["1"]]]})
    assert (list(apart.swaps()), checker.row_agents(apart, "anonymous")) == ([], [])


def test_a_tie_of_vectors_is_an_equal_amount_anywhere():
    assert checker.tied([(3, 1), (1, 0)])
    assert not checker.tied([(3, 1), (2, 0)])


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"kind": "multi-unit", "items": 0, "types": [[[]]]}, "domain.items must be at least 1"),
        ({"kind": "multi-unit", "items": 2, "types": [[["0", "1"]]]}, "increase"),
        ({"kind": "multi-unit", "items": 2, "types": [[["1", "1"], ["1", "0"]]]}, "smallest first"),
        ({"kind": "slots", "click_rates": [], "types": [[["0"]]]}, "non-negative, and at least one"),
        ({"kind": "slots", "click_rates": ["-1"], "types": [[["0"]]]}, "non-negative, and at least one"),
        ({"kind": "slots", "click_rates": ["1/2", "1"], "types": [[["0"]]]}, "must not increase"),
        ({"kind": "combinatorial", "goods": 0, "types": [[["0"]]]}, "domain.goods must be 1 to 16"),
        ({"kind": "combinatorial", "goods": 17, "types": [[["0"]]]}, "domain.goods must be 1 to 16"),
        ({"kind": "combinatorial", "goods": 2, "types": [[["2", "1", "1"]]]}, "worth less than a part of it"),
    ],
)
def test_domains_without_sense_are_refused(written, said):
    with pytest.raises(Refused, match=said):
        Domain({"agents": ["ann"], "upper": None, "amounts": "reals", **written})


def test_a_lottery_is_judged_in_expectation_and_by_its_worst_draw():
    where = domain()
    outcome = where.outcome((Draw(HALF, (1, 0), (4, 0)), Draw(HALF, (1, 1), (0, 3))))
    assert outcome.deals == (((1,), 2), ((HALF,), Fraction(3, 2)))
    assert outcome.slack == -1
    assert where.outcome(outcome.draws) is outcome


# reading what a subject returned


class Half:
    def __float__(self):
        return 0.5


class Three:
    def __index__(self):
        return 3


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (3, 3),
        (Fraction(4, 2), 2),
        (Decimal("0.1"), Fraction(1, 10)),
        (0.1, Fraction(3602879701896397, 36028797018963968)),
        (2.0, 2),
        (Half(), HALF),
        (Three(), 3),
    ],
)
def test_numbers_are_read_at_their_exact_value(value, amount):
    read = checker.exact(value)
    assert read == amount
    assert type(read) is type(amount)


@pytest.mark.parametrize(
    "value", [True, "1", b"1", bytearray(b"1"), None, float("nan"), float("inf"), Decimal("nan"), Decimal("inf"), 1j]
)
def test_what_is_no_finite_number_is_not_read(value):
    with pytest.raises((ValueError, OverflowError, TypeError, AttributeError)):
        checker.exact(value)


def read(result, where=None, **returns):
    plain = {"allocation": "0", "payments": "1", "allocation_as": "shares", "payments_as": "per-agent"}
    outcome = checker.read_outcome(result, {**plain, "randomised": False, **returns}, where or domain())
    return [(draw.probability, draw.shares, draw.payments) for draw in outcome.draws]


@pytest.mark.parametrize(
    ("result", "where", "returns", "shares", "payments"),
    [
        (((True, False), [2.5, 0]), None, {}, (1, 0), (Fraction(5, 2), 0)),
        ({"x": [1, 0], "p": [1, 0]}, None, {"allocation": "x", "payments": "p"}, (1, 0), (1, 0)),
        (SimpleNamespace(a={0: [1, 0]}, b=[0, 0]), None, {"allocation": "a.0", "payments": "b"}, (1, 0), (0, 0)),
        ([1, 0], None, {"allocation": ".", "payments": "."}, (1, 0), (1, 0)),
        ((1, 7), None, {"allocation_as": "winner", "payments_as": "winner-pays"}, (0, 1), (0, 7)),
        ((None, None), None, {"allocation_as": "winner", "payments_as": "winner-pays"}, (0, 0), (0, 0)),
        (([0, 2], 3), UNITS, {"allocation_as": "winners", "payments_as": "unit-price"}, (1, 0, 1), (3, 0, 3)),
        (({"bob": 1}, {"bob": 5}), None, {"allocation_as": "by-agent", "payments_as": "by-agent"}, (0, 1), (0, 5)),
        (({"bob": 2}, [0, 0]), SLOTS, {"allocation_as": "by-agent"}, (None, 2), (0, 0)),
        (([None, 1, 0], [0, 0]), SLOTS, {"allocation_as": "order"}, (2, 1), (0, 0)),
        (([1, None], 8), SLOTS, {"payments_as": "unit-price"}, (1, None), (4, 0)),
        (([2, 0], None), MULTI, {"payments_as": "unit-price"}, (2, 0), (0, 0)),
    ],
)
def test_results_are_read_as_declared(result, where, returns, shares, payments):
    assert read(result, where, **returns) == [(1, shares, payments)]


def test_a_declared_lottery_is_read_without_its_impossible_draws():
    lottery = [(HALF, ([1, 0], [0, 0])), (0, "unread"), (0.5, ([0, 1], [0, 0]))]
    assert read(lottery, randomised=True) == [(HALF, (1, 0), (0, 0)), (HALF, (0, 1), (0, 0))]


@pytest.mark.parametrize(
    ("result", "where", "returns"),
    [
        (None, None, {}),
        (([1], [0, 0]), None, {}),
        (([1, 0], {"ann": 0, "bob": 0}), None, {}),
        (("10", [0, 0]), None, {}),
        (([None, 0], [0, 0]), None, {}),
        (([3, None], [0, 0]), SLOTS, {}),
        (([1, 0], [0, 0]), None, {"allocation_as": "by-agent"}),
        (({"eve": 1}, [0, 0]), None, {"allocation_as": "by-agent"}),
        ((2, [0, 0]), None, {"allocation_as": "winner"}),
        ((HALF, [0, 0]), None, {"allocation_as": "winner"}),
        (([0, 0], [0, 0]), SLOTS, {"allocation_as": "order"}),
        (({0, 1}, [0, 0]), SLOTS, {"allocation_as": "order"}),
        (({0: 1}, [0, 0]), UNITS, {"allocation_as": "winners"}),
        (([None, None, None, 0], [0, 0]), SLOTS, {"allocation_as": "order"}),
        (([1, 1], 3), None, {"payments_as": "winner-pays"}),
        (([0, 0], 3), None, {"payments_as": "winner-pays"}),
        ([(HALF, ([1, 0], [0, 0]))], None, {"randomised": True}),
        ([(2, ([1, 0], [0, 0])), (-1, ([1, 0], [0, 0]))], None, {"randomised": True}),
    ],
)
def test_what_does_not_fit_the_declaration_is_not_read(result, where, returns):
    with pytest.raises((ValueError, TypeError)):
        read(result, where, **returns)


# loading and calling a subject


SHOP = """
class Shop:
    def __init__(self, fee=0, rates=()):
        self.fee, self.rates = fee, rates

    def sell(self, bids):
        return [1, 0], [self.fee, sum(self.rates)]

    def __call__(self, bids):
        return [0, 1], [self.fee, 0]


shop = Shop(5)
seen = []


def record(*bids):
    seen.append(bids)
    return [1, 0], [0, 0]


def refuse(bids):
    raise SystemExit(0)


def grow(bids):
    bids.append(0)
    return [1, 0], [0, 0]


def zero(bids):
    bids[0] = 7
    return [1, 0], [0, 0]


def mute(bids):
    return None


class Bomb:
    def __iter__(self):
        raise SystemExit(0)


def bomb(bids):
    return Bomb(), [0, 0]


def charge(bids, fee):
    return [1, 0], [fee["per unit"][0], 0]


calls = []


def count(bids):
    calls.append(bids)
    return [1, 0], [len(calls), 0]
"""


@pytest.fixture
def load(tmp_path):
    """Loads a subject from the module above and calls it at the last profile, inside the loader's context."""
    plain = {"allocation": "0", "payments": "1", "allocation_as": "shares", "payments_as": "per-agent"}

    def run(call, where=None, **subject):
        (tmp_path / "shop.py").write_text(SHOP)
        where = where or domain()
        place = Place("shop", str(tmp_path), list(sys.path), ["shop"])
        written = {"call": f"shop:{call}", "create": False, "method": None, "arguments": {}, "bids": "list"}
        returns = {**plain, "randomised": False}
        with checker.alone(place):
            loaded = Subject({**written, "numbers": "exact", "returns": returns, **subject}, where, place)
            outcome = loaded.observe(where.profile(where.size - 1))
            seen = sys.modules["shop"].seen
        return outcome if isinstance(outcome, str) else outcome.draws[0].payments, seen

    return run


@pytest.mark.parametrize(
    ("call", "subject", "payments"),
    [
        ("shop", {}, (5, 0)),
        ("shop.sell", {}, (5, 0)),
        ("shop", {"method": "sell"}, (5, 0)),
        ("Shop", {"create": True, "arguments": {"fee": {"money": "5/2"}}}, (Fraction(5, 2), 0)),
        ("Shop", {"create": True, "method": "sell", "arguments": {"rates": [1, {"money": "0.5"}]}}, (0, 3 * HALF)),
        ("charge", {"arguments": {"fee": {"per unit": [{"money": 3}]}}}, (3, 0)),
    ],
)
def test_subjects_are_loaded_as_declared(load, call, subject, payments):
    assert load(call, **subject)[0] == payments


@pytest.mark.parametrize(
    ("call", "subject"),
    [
        ("Shop", {"create": True, "arguments": {"colour": "red"}}),
        ("Shop", {"create": True, "arguments": {"fee": {"money": "much"}}}),
        ("shop", {"method": "rent"}),
        ("shop.fee", {}),
    ],
)
def test_subjects_that_are_not_there_are_refused(load, call, subject):
    with pytest.raises(Refused, match=r"cannot be (loaded|called)"):
        load(call, **subject)


@pytest.mark.parametrize(
    ("where", "form"), [(SLOTS, "winner"), (SLOTS, "winners"), (domain(), "order"), (MULTI, "order")]
)
def test_forms_that_mean_nothing_in_the_domain_are_refused(load, where, form):
    with pytest.raises(Refused, match="does not fit here"):
        load("shop", where, returns={"allocation_as": form})


def test_a_library_that_the_bids_need_and_that_is_not_here_is_missing(load, monkeypatch):
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(checker.Missing, match="cannot be imported here"):
        load("shop", bids="numpy")


@pytest.mark.parametrize("call", ["replacing", "shop"])
def test_a_subject_that_replaces_builtins_is_refused_and_they_are_as_before(load, call, monkeypatch):
    before = sorted
    source = "import builtins\ndef replacing(bids):\n    builtins.sorted = None\n    return [1, 0], [0, 0]\n"
    at_once = "builtins.sorted = None\n" if call == "shop" else ""
    monkeypatch.setattr(sys.modules[__name__], "SHOP", SHOP + source + at_once)
    with pytest.raises(Refused, match="the subject replaces sorted"):
        load(call)
    assert sorted is before


THIRDS = domain(types=[("1/3",), ("2/3",)])


@pytest.mark.parametrize(
    ("where", "subject", "bids"),
    [
        (None, {}, ([1, 1],)),
        (None, {"bids": "tuple"}, ((1, 1),)),
        (None, {"bids": "arguments"}, (1, 1)),
        (None, {"bids": "dict"}, ({"ann": 1, "bob": 1},)),
        (None, {"numbers": "float"}, ([1.0, 1.0],)),
        (None, {"numbers": "decimal"}, ([Decimal(1), Decimal(1)],)),
        (THIRDS, {}, ([Fraction(2, 3), Fraction(2, 3)],)),
        (THIRDS, {"numbers": "float"}, ([2 / 3, 2 / 3],)),
        (THIRDS, {"numbers": "decimal"}, ([Decimal(2) / Decimal(3)] * 2,)),
        (MULTI, {}, ([(1, 1), (1, 1)],)),
        (MULTI, {"numbers": "float", "bids": "tuple"}, (((1.0, 1.0), (1.0, 1.0)),)),
    ],
)
def test_bids_are_offered_as_declared(load, where, subject, bids):
    outcome, seen = load("record", where, **subject)
    assert outcome == (0, 0)
    assert repr(seen) == repr([bids])  # types included


@pytest.mark.parametrize(("where", "kind"), [(None, "i"), (THIRDS, "O")])
def test_bids_are_offered_as_numpy_arrays(load, where, kind):
    _, [[array]] = load("record", where, bids="numpy")
    assert (array.shape, array.dtype.kind) == ((2,), kind)
    assert load("zero", where, bids="numpy")[0] == "protocol"


@pytest.mark.parametrize(
    ("call", "kind"),
    [("refuse", "crash"), ("grow", "protocol"), ("zero", "protocol"), ("mute", "protocol"), ("bomb", "protocol")],
)
def test_faults_are_told_apart(load, call, kind):
    assert load(call)[0] == kind


def test_fresh_processes_go_through_the_grid_backwards(load, tmp_path):
    load("shop")
    types = [[["0"], ["1"]]] * 2
    where = {"kind": "single-item", "agents": ["ann", "bob"], "types": types, "upper": None, "amounts": "reals"}
    returns = {"allocation": "0", "payments": "1", "allocation_as": "shares", "payments_as": "per-agent"}
    subject = {"call": "shop:count", "create": False, "method": None, "arguments": {}, "bids": "list"}
    subject |= {"numbers": "exact", "returns": {**returns, "randomised": False}}
    question = {"subject": subject, "domain": where, "place": ["shop", str(tmp_path), [], ["shop"]]}
    question |= {"profiles": [0, 1, 2, 3], "bids": [[["1/2"], ["7"]]]}
    reply = json.loads(json.dumps(checker.answer(question)))
    paid = [reply["outcomes"][place][0]["payments"][0] for place in reply["answers"]]
    assert paid == ["5", "4", "3", "2", "1"]
