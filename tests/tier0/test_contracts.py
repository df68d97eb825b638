"""Optimisers under contract, in the engine: what is proved on their word, and every way in which they break it."""

from __future__ import annotations

import importlib
import sys
from copy import deepcopy
from fractions import Fraction

import pytest

from verifier.adapters.contracts import Contract, Contracts, same
from verifier.audit import ENGINES, audit, without_broken_ground
from verifier.engines.symbolic import contracts as symbolic
from verifier.engines.symbolic.leaves import Path
from verifier.errors import VerifierError
from verifier.properties import PROPERTIES
from verifier.spec import parse_spec

SINGLE = {"kind": "single-item", "agents": 3, "values": "0..2"}
CONTRACT = {"shop:best": "shop:listed"}
# as_integer_ratio() is what numbers have and symbols have not
SHOP = """
def best(bids):
    ratios = [bid.as_integer_ratio() for bid in bids]
    top = 0
    for place, (above, below) in enumerate(ratios):
        if above * ratios[top][1] > ratios[top][0] * below:
            top = place
    return top

def listed(bids):
    for place, bid in enumerate(bids):
        yield place, bid

def run(bids):
    winner = best(bids)
    price = max([0] + [bid for place, bid in enumerate(bids) if place != winner])
    won = [int(place == winner) for place in range(len(bids))]
    return won, [price * share for share in won]
"""
RATIOS = "[bid.as_integer_ratio() for bid in bids]"
LARGER = "> ratios[top][0] * below"
YIELD = "        yield place, bid\n"
CALL = "winner = best(bids)"


def other(*changes):
    """The shop with parts of its text replaced."""
    text = SHOP
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


class Folder:
    """A directory of modules that are imported anew for each use."""

    def __init__(self, path):
        self.path = path

    def module(self, source, name="shop"):
        (self.path / f"{name}.py").write_text(source, encoding="utf-8")
        sys.modules.pop(name, None)
        importlib.invalidate_caches()
        return importlib.import_module(name)

    def certificate(
        self, source, names=("dsic", "efficient"), domain=SINGLE, contracts=None, engine="symbolic", **more
    ):
        """What an audit without fresh processes says about `shop:run`."""
        target = self.module(source).run
        table = {
            "title": "shop",
            "subject": {"call": "shop:run", "contracts": CONTRACT if contracts is None else contracts, **more},
            "domain": domain,
            "claim": [{"property": name, "engine": engine, "expect": "PROVED"} for name in names],
        }
        spec = parse_spec(table, name="shop", properties=PROPERTIES, engines=ENGINES)
        *_, last = audit(spec, target=target)
        return last.certificate

    def verdicts(self, *args, **more):
        return {(claim["verdict"], claim["reason"]) for claim in self.certificate(*args, **more)["claims"]}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)
    yield Folder(tmp_path)
    for name in set(sys.modules) - before:
        if (tmp_path / f"{name}.py").exists():
            del sys.modules[name]


# what is proved


def test_a_mechanism_on_an_optimiser_is_proved_under_its_contract(folder):
    certificate = folder.certificate(SHOP, ("feasible", "dsic", "ex-post-ir", "no-deficit", "efficient", "anonymous"))
    assert {claim["verdict"] for claim in certificate["claims"]} == {"PROVED"}
    assert certificate["subject"]["contracts"] == CONTRACT
    assert certificate["exploration"]["paths"] == 9  # three winners; whose second price it is takes a choice of three
    (compared,) = certificate["exploration"]["contracts"].values()
    assert compared["calls"] > 27  # the grid, and then the points of paths
    assert compared["rounded"] == 0


def test_without_the_contract_nothing_is_decided_and_the_line_is_named(folder):
    ((verdict, reason),) = folder.verdicts(SHOP, contracts={})
    assert verdict == "UNKNOWN"
    assert "'as_integer_ratio' of a symbolic number" in reason
    assert "ratios = [bid.as_integer_ratio() for bid in bids]" in reason


def test_an_optimiser_is_replaced_under_every_name_that_a_module_has_for_it(folder):
    folder.module(SHOP, "solver")
    source = "from solver import best as optimum, listed\nimport solver\n" + SHOP.partition("def run")[1]
    source += other((CALL, "winner = optimum(bids)")).partition("def run")[2]
    contracts = {"solver:best": "solver:listed"}
    certificate = folder.certificate(source, contracts=contracts)
    assert {claim["verdict"] for claim in certificate["claims"]} == {"PROVED"}
    assert sorted(certificate["subject"]["source"]) == ["shop.py", "solver.py"]


@pytest.mark.parametrize(
    "change", [("", ""), ("price = max", "if len(bids) == 3: raise KeyError(price)\n    price = max")]
)
def test_the_optimiser_is_in_its_place_again_whatever_happened(folder, change):
    folder.certificate(other(change) if change[0] else SHOP)
    shop = sys.modules["shop"]
    assert shop.best.__name__ == "best"
    assert type(shop.best) is type(shop.run)


def test_a_module_that_is_imported_during_a_run_gets_the_optimiser_back(folder):
    (folder.path / "late.py").write_text("from shop import best\n")
    source = other((CALL, "import late\n    winner = late.best(bids)"))
    assert {verdict for verdict, _ in folder.verdicts(source)} == {"PROVED"}
    assert sys.modules["late"].best is sys.modules["shop"].best
    assert type(sys.modules["shop"].best) is type(folder.verdicts.__func__)


def test_keyword_arguments_reach_the_alternatives(folder):
    source = other(("def best(bids)", "def best(*, bids)"), ("def listed(bids)", "def listed(*, bids)"))
    source = source.replace(CALL, "winner = best(bids=bids)")
    assert folder.verdicts(source) == {("PROVED", None)}


def test_calls_that_an_optimiser_makes_to_itself_are_its_own_business(folder):
    recursive = (
        "    if len(bids) > 2:\n        rest = 1 + best(bids[1:])\n        return best([bids[0], bids[rest]]) * rest\n"
    )
    plain = folder.certificate(SHOP)
    certificate = folder.certificate(other(("    ratios =", recursive + "    ratios =")))
    assert {claim["verdict"] for claim in certificate["claims"]} == {"PROVED"}
    assert certificate["exploration"]["contracts"] == plain["exploration"]["contracts"]  # not three calls for each


def test_scores_that_are_numbers_are_compared_without_a_choice(folder):
    source = other((CALL, "winner = best(bids) if best([1, 3, Fraction(7, 2), 3]) == 2 else 7"))
    assert folder.verdicts("from fractions import Fraction\n" + source) == {("PROVED", None)}


def test_whole_bids_are_proved_under_a_contract_too(folder):
    domain = {**SINGLE, "amounts": "integers", "upper": 9}
    source = other((RATIOS, "[(int(bid), 1) for bid in bids]"))  # right for whole numbers, and for no others
    assert folder.verdicts(source, domain=domain) == {("PROVED", None)}
    ((verdict, reason),) = folder.verdicts(source)
    assert verdict == "ERROR"
    assert "a contract is broken: shop:best([0, Fraction(1, 10), 0]) returned 0; " in reason


def test_an_upper_end_is_respected_where_contracts_are_tested(folder):
    certificate = folder.certificate(SHOP, domain={**SINGLE, "upper": 2})
    assert {claim["verdict"] for claim in certificate["claims"]} == {"PROVED"}


def test_exact_regrets_rest_on_the_contract_too(folder):
    pays_its_bid = other(
        ("price = max([0] + [bid for place, bid in enumerate(bids) if place != winner])", "price = bids[winner]")
    )
    certificate = folder.certificate(pays_its_bid, ["dsic"], domain={**SINGLE, "upper": 2})
    (claim,) = certificate["claims"]
    assert (claim["verdict"], [regret["supremum"] for regret in claim["regret"]]) == ("REFUTED", ["2", "2", "2"])


# what breaks a contract, or makes it useless

BROKEN = {
    "the last of equals": [(LARGER, LARGER.replace(">", ">="))],
    "the last of equals, with no effect on outcomes": [
        (LARGER, LARGER.replace(">", ">=")),
        (CALL, "best(bids)\n    winner = min(w for w in range(len(bids)) if all(bids[w] >= bid for bid in bids))"),
    ],
    "whole numbers": [(RATIOS, "[(int(bid), 1) for bid in bids]")],
    "tenths": [(RATIOS, "[(int(10 * bid), 1) for bid in bids]")],
    "doubles": [(RATIOS, "[(float(bid), 1) for bid in bids]")],
    "32 bits": [(RATIOS, "[(int(64 * bid) % 2**32, 64) for bid in bids]")],
    "raises at ties": [
        ("    return top", "    if len({*bids}) < len(bids):\n        raise ValueError('tie')\n    return top")
    ],
    "another type": [("    return top", "    return [top]"), (CALL, "(winner,) = best(bids)")],
    "a list that lacks one": [(YIELD, "        if place:\n    " + YIELD)],
    "a score that lacks one": [(YIELD, "        yield place, bid * (place < 2)\n")],
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_contract_is_an_error_that_says_how(folder, name):
    ((verdict, reason),) = folder.verdicts(other(*BROKEN[name]))
    assert verdict == "ERROR"
    assert reason.startswith("a contract is broken: shop:best([")
    assert "the first of largest score in shop:listed is " in reason


def test_an_optimiser_that_changes_its_arguments_breaks_its_contract(folder):
    ((verdict, reason),) = folder.verdicts(
        other(("    return top", "    bids.sort()\n    return top"), (CALL, "winner = best(bids[:])"))
    )
    assert verdict == "ERROR"
    assert "changed its arguments, which its contract does not allow" in reason


def test_the_grid_may_be_exhausted_whatever_the_contract_is_worth(folder):
    source = other(*BROKEN["the last of equals"])
    assert folder.verdicts(source, engine="exhaustive") == {("EXHAUSTED", None)}


USELESS = {
    "no alternatives": ([(YIELD, "        if False:\n    " + YIELD)], "shop:listed gives no alternatives"),
    "no pairs": ([(YIELD, "        yield place\n")], "shop:listed gives 0, which is no pair (result, score)"),
    "symbols": ([(YIELD, "        yield bid\n")], "which is no pair (result, score)"),
    "too many": (
        [("in enumerate(bids):\n        yield place,", "in enumerate(list(bids) * 400):\n        yield place % 3,")],
        "shop:listed gives more than 1,000 alternatives",
    ),
    "texts": ([(YIELD, "        yield place, 'much'\n")], "a score of shop:listed is no number"),
    "doubles": ([(YIELD, "        yield place, bid\n    yield 7, -1.0\n")], "a score of shop:listed is a double"),
    "products": ([(YIELD, "        yield place, bid * bid\n")], "the product of two symbolic numbers, in listed"),
    "an exception": ([(YIELD, "        raise KeyError(place)\n" + YIELD)], "shop:listed raised KeyError: 0"),
    "an exit": ([(YIELD, "        raise SystemExit(3)\n" + YIELD)], "shop:listed raised SystemExit: 3"),
    "a number wanted": ([(YIELD, "        float(bid)\n" + YIELD)], "float() of a symbolic number, in listed"),
    "a number wanted in secret": (
        [(YIELD, "        try:\n            float(bid)\n        except BaseException:\n            pass\n" + YIELD)],
        "float() of a symbolic number, in listed",
    ),
    "what is swallowed": (
        [
            (YIELD, "        yield place, bid * bid\n"),
            (CALL, "try:\n        winner = best(bids)\n    except BaseException:\n        winner = 0"),
        ],
        "the product of two symbolic numbers, in listed",
    ),
    "its own optimiser": (
        [("    for place, bid", "    best(bids)\n    for place, bid")],
        "'as_integer_ratio' of a symbolic",
    ),
    "a generator": (
        [(CALL, "winner = best(bid for bid in bids)"), ("    ratios", "    bids = list(bids)\n    ratios")],
        "its arguments cannot be copied (TypeError: cannot pickle 'generator' object); pass lists",
    ),
}


@pytest.mark.parametrize("name", USELESS)
def test_a_contract_that_lists_nothing_of_use_leaves_the_claim_undecided(folder, name):
    changes, words = USELESS[name]
    names = ["ex-post-ir"] if name == "doubles" else ["dsic"]
    ((verdict, reason),) = folder.verdicts(other(*changes), names)
    assert verdict == "UNKNOWN"
    assert "the contract of shop:best" in reason
    assert words in reason


def test_alternatives_that_fail_on_numbers_alone_prove_nothing(folder):
    """On symbols they are as they should be, so that there are paths."""
    source = other((YIELD, "        if 'coefficients' not in dir(bid):\n            raise KeyError(place)\n" + YIELD))
    ((verdict, reason),) = folder.verdicts(source)
    assert (verdict, reason) == ("UNKNOWN", "the contract of shop:best: shop:listed raised KeyError: 0")


def test_a_contract_that_nothing_calls_is_of_no_use(folder):
    ((verdict, reason),) = folder.verdicts(other((CALL, "winner = bids.index(max(bids))")))
    assert (verdict, reason.partition(":")[0]) == ("UNKNOWN", "the contract of shop")
    assert "the subject never calls it" in reason


def test_a_contract_that_only_symbols_met_is_no_ground(folder):
    source = other((CALL, "winner = best(bids) if 'coefficients' in dir(bids[0]) else bids.index(max(bids))"))
    ((verdict, reason),) = folder.verdicts(source)
    assert verdict == "UNKNOWN"
    assert "was not tested: with numbers the subject does not call it" in reason


def test_an_optimiser_held_where_no_module_has_it_is_met_by_symbols(folder):
    ((verdict, reason),) = folder.verdicts(other(("def run(bids):", "def run(bids, best=best):")))
    assert verdict == "UNKNOWN"
    assert "'as_integer_ratio' of a symbolic number" in reason


def test_products_of_bids_beside_a_contract_are_not_left_to_a_trusted_solver(folder):
    ((verdict, reason),) = folder.verdicts(other(("price = max(", "price = bids[0] * bids[1] - max(")), ["no-deficit"])
    assert verdict == "UNKNOWN"
    assert "the product of two symbolic numbers" in reason


# the parts


def contracts_of(real, pairs):
    """One contract at work on a function of this module."""
    return Contracts([Contract("m:f", "m:g", real, lambda *args, **keywords: pairs)])


def call(contracts, *args, rounding=False):
    namespace = globals()
    with contracts.in_force(rounding=rounding):
        return namespace["under_contract"](*args)


def under_contract(answer):
    return answer


under_contract.remark = "kept"
ALMOST = 1 - 2.0**-50


def test_with_floats_a_difference_of_a_rounding_is_counted_and_a_larger_one_is_a_breach():
    for score, rounding, rounded, broken in (
        (ALMOST, True, 1, False),
        (ALMOST, False, 0, True),
        (0.99, True, 0, True),
    ):
        contracts = contracts_of(under_contract, [("best", 1.0), ("other", score)])
        assert call(contracts, "other", rounding=rounding) == "other"
        assert contracts.to_json() == {"m:f": {"calls": 1, "rounded": rounded}}
        assert (contracts.breach is not None) is broken
    contracts = contracts_of(under_contract, [("best", 1.0)])
    call(contracts, "unlisted", rounding=True)
    assert "returned 'unlisted'; the first of largest score in m:g is 'best', with score 1" in contracts.breach


def test_the_first_breach_is_kept_and_unusable_scores_are_no_breach():
    contracts = contracts_of(under_contract, [(1, 5)])
    call(contracts, 2)
    call(contracts, 3)
    assert contracts.breach.startswith("a contract is broken: m:f(2) returned 2;")
    contracts = contracts_of(under_contract, [(1, True)])
    call(contracts, 1)
    assert (contracts.breach, contracts.unusable) == (
        None,
        "the contract of m:f: a score of m:g is no number: True is not a number",
    )


def test_a_stand_in_looks_like_its_optimiser_and_outside_of_runs_is_just_that():
    contracts = contracts_of(under_contract, [(1, 5)])
    with contracts.in_force(rounding=False):
        stand_in = globals()["under_contract"]
        assert stand_in is not sys.modules[__name__].same
        assert (stand_in.__name__, stand_in.remark, stand_in.__wrapped__.__name__) == (
            "under_contract",
            "kept",
            "under_contract",
        )
        assert deepcopy([stand_in])[0] is stand_in
        for name in ("absent", "__absent__"):
            assert not hasattr(stand_in, name)
    assert stand_in(7) == 7
    assert contracts.to_json() == {"m:f": {"calls": 0, "rounded": 0}}
    assert globals()["under_contract"] is stand_in.__wrapped__


def test_ctrl_c_ends_a_comparison():
    def interrupted(*_):
        raise KeyboardInterrupt

    for real, listed in ((interrupted, lambda _: [(1, 1)]), (under_contract, interrupted)):
        contracts = Contracts([Contract("m:f", "m:g", real, listed)])
        with pytest.raises(KeyboardInterrupt), contracts.in_force(rounding=False):
            contracts.answer(Contract("m:f", "m:g", real, listed), ((1,), {}))
        assert (contracts.breach, contracts.unusable) == (None, None)
    answer = symbolic.chooser(None)
    with pytest.raises(KeyboardInterrupt):
        answer(Contract("m:f", "m:g", under_contract, interrupted), ((1,), {}))


class Odd:
    """Compares with nothing, and has no text."""

    def __eq__(self, other):
        raise ValueError

    __hash__ = None

    def __repr__(self):
        raise KeyError


class Refusing:
    def __deepcopy__(self, memo):
        raise VerifierError("not to be copied")


def test_what_cannot_be_compared_or_shown_or_copied_is_said_to_be_so():
    contracts = contracts_of(under_contract, [(Odd(), 1)])
    contract = Contract("m:f", "m:g", lambda *args, **keywords: Odd(), lambda *args, **keywords: [(Odd(), 1)])
    with contracts.in_force(rounding=False):
        contracts.answer(contract, ((Odd(),), {"a": "b" * 99}))
    assert "m:f(<Odd whose repr raises KeyError>, a='bbb" in contracts.breach
    assert "..." in contracts.breach
    contract = Contract("m:f", "m:g", lambda *args: 3, lambda *args: [(3, 1)])
    with contracts.in_force(rounding=False):
        assert contracts.answer(contract, ((Refusing(),), {})) == 3
    assert contracts.unusable == "not to be copied"


def test_results_are_compared_entry_by_entry():
    numpy = pytest.importorskip("numpy")
    array = numpy.array([1, 2])
    assert same((array, [1]), (array.copy(), [1]))
    assert not same((array, [1]), (array + 1, [1]))
    assert same({"a": [array]}, {"a": [array.copy()]})
    assert not same({"a": 1}, {"b": 1})
    assert not same([1], (1,))
    assert not same([1], [1, 2])
    assert not same(Odd(), Odd())
    assert same(Fraction(2, 2), 1)


def test_a_proof_falls_with_a_contract_that_a_later_run_breaks(folder):
    certificate = folder.certificate(SHOP, ["dsic", "feasible"])
    table = {"title": "t", "subject": {"call": "shop:run"}, "domain": SINGLE}
    claims = [{"property": name, "engine": "symbolic", "expect": "PROVED"} for name in ("dsic", "feasible")]
    spec = parse_spec({**table, "claim": claims}, name="shop", properties=PROPERTIES, engines=ENGINES)
    proved, refuted = certificate["claims"][0], {**certificate["claims"][1], "proof": None, "verdict": "REFUTED"}
    contracts = contracts_of(under_contract, [(1, 5)])
    assert without_broken_ground(spec.claims, [proved, refuted], contracts) == [proved, refuted]
    contracts.unusable = "nothing listed"
    first, second = without_broken_ground(spec.claims, [proved, refuted], contracts)
    assert (first["verdict"], first["reason"], first["proof"], second) == ("UNKNOWN", "nothing listed", None, refuted)
    contracts.breach = "a contract is broken"
    (first, _) = without_broken_ground(spec.claims, [proved, refuted], contracts)
    assert (first["verdict"], first["reason"], first["met"]) == ("ERROR", "a contract is broken", False)


def test_further_points_lie_on_paths_also_where_there_is_one_path_or_none():
    spec = parse_spec(
        {"title": "t", "subject": {"call": "a:b"}, "domain": SINGLE, "claim": [{"property": "dsic"}]},
        name="t", properties=PROPERTIES, engines=ENGINES,
    )  # fmt: skip
    assert list(symbolic.elsewhere(spec.domain, ())) == []
    path = Path(None, (), (), 0, (), None, {0: 1, 1: 2, 2: 0})
    found = [tuple(point.values()) for _, point in symbolic.elsewhere(spec.domain, (path,))]
    large = Fraction(10**20 + 1, 7)
    assert found == [(Fraction(1, 10), Fraction(1, 5), 0), (large, 2 * large, 0)]
    several = symbolic.elsewhere(spec.domain, (path,) * 12)  # too many to try every two of them
    assert {tuple(point.values()) for _, point in several} >= {(1, 2, 0), *found}
