"""Contracts before the checker: genuine proofs under a contract are confirmed, whatever is bent about them is not."""

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

SINGLE = {"kind": "single-item", "agents": 3, "values": [0, 1]}
CONTRACT = {"shop:best": "shop:listed"}
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

def backwards(bids):
    return [*listed(bids)][::-1]

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
FOR = "    for place, bid in enumerate(bids):\n        yield"
PRICE = "price = max([0] + [bid for place, bid in enumerate(bids) if place != winner])"
RETURN = "    return top\n"


def other(*changes):
    text = SHOP
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def copied(value):
    return json.loads(json.dumps(value))


def prove(folder, source, names=("dsic", "efficient"), domain=SINGLE, contracts=None, **subject):
    """The engine's certificate about a source."""
    (folder / "shop.py").write_text(source)
    sys.modules.pop("shop", None)
    importlib.invalidate_caches()
    sys.path.insert(0, str(folder))
    try:
        table = {
            "title": "shop",
            "subject": {"call": "shop:run", "contracts": CONTRACT if contracts is None else contracts, **subject},
            "domain": domain,
            "claim": [{"property": name, "engine": "symbolic", "expect": "PROVED"} for name in names],
        }
        spec = parse_spec(table, name="shop", properties=PROPERTIES, engines=ENGINES)
        *_, last = audit(spec, target=importlib.import_module("shop").run)
        return copied(last.certificate)
    finally:
        sys.path.remove(str(folder))
        sys.modules.pop("shop", None)


@pytest.fixture(scope="module")
def proved(tmp_path_factory):
    certificate = prove(tmp_path_factory.mktemp("honest"), SHOP)
    assert {claim["verdict"] for claim in certificate["claims"]} == {"PROVED"}
    return certificate


@pytest.fixture
def check(tmp_path, proved):
    """Checks the certificate, or a bent one, about a source; status and reasons, one for all claims."""

    def run(certificate=None, source=SHOP, **subject):
        certificate = certificate or proved
        (tmp_path / "shop.py").write_text(source)
        digests = {"shop.py": hashlib.sha256(source.encode()).hexdigest()}
        bent = {**certificate, "subject": {**certificate["subject"], "source": digests, **subject}}
        reports = checker.check(sealed(bent), [str(tmp_path)], fresh=in_this_process)
        assert "shop" not in sys.modules
        (said,) = {(report["status"], *report["reasons"]) for report in reports}
        return said

    return run


def rejected(said):
    status, reason = said
    assert status == "REJECTED"
    return reason


def test_a_proof_under_a_contract_is_confirmed_and_says_what_it_takes_for_granted(check):
    status, reason = check()
    assert status == "CONFIRMED"
    start, _, calls = reason.partition("(compared at ")
    assert start == "under the contract that shop:best returns the first best of shop:listed "
    assert int(calls.removesuffix(" calls)").replace(",", "")) > 2 * 8  # the grid twice, and much else


def test_fresh_processes_run_the_optimiser_as_it_is(tmp_path, proved):
    (tmp_path / "shop.py").write_text(SHOP + "from sys import modules\nassert 'seen' not in modules\n")
    asked = []

    def fresh(question, seeds):
        asked.append(question)
        return in_this_process(question, seeds)

    source = (tmp_path / "shop.py").read_text()
    digests = {"shop.py": hashlib.sha256(source.encode()).hexdigest()}
    bent = sealed({**proved, "subject": {**proved["subject"], "source": digests}})
    assert {report["status"] for report in checker.check(bent, [str(tmp_path)], fresh=fresh)} == {"CONFIRMED"}
    stand_ins = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checker, "StandIn", lambda *names: stand_ins.append(names))
        for question in asked:
            assert in_this_process(question, [0])
    assert (len(asked), stand_ins) == (2, [])


# forged contracts


def test_a_contract_that_was_removed_is_missed(check, proved):
    exploration = {**proved["exploration"], "contracts": {}}
    assert rejected(check({**proved, "exploration": exploration}, contracts={})).startswith(
        "the subject asks a symbolic"
    )
    assert rejected(check(contracts={})) == "exploration.contracts: not those of the subject"


def test_a_contract_that_was_added_must_be_of_use(check, proved):
    compared = proved["exploration"]["contracts"] | {"shop:listed": {"calls": 3, "rounded": 0}}
    forged = {**proved, "exploration": {**proved["exploration"], "contracts": compared}}
    assert rejected(check(contracts={**CONTRACT, "shop:listed": "shop:backwards"})).startswith("exploration.contracts")
    added = check(forged, contracts={**CONTRACT, "shop:listed": "shop:backwards"})
    assert rejected(added) == "the contract of shop:listed is not used: the subject never calls it"


def test_other_alternatives_are_another_contract(check):
    reason = rejected(check(contracts={"shop:best": "shop:backwards"}))
    assert reason == "the contract of shop:best is broken: shop:backwards puts another result first"


def test_other_alternatives_with_a_tree_of_their_own_are_compared_with_the_optimiser(check, tmp_path, proved):
    """The engine proves it of a shop that prefers the last; then the first is preferred, as before."""
    last = other((LARGER, LARGER.replace(">", ">=")))
    genuine = prove(tmp_path, last, contracts={"shop:best": "shop:backwards"})
    assert {claim["verdict"] for claim in genuine["claims"]} == {"PROVED"}
    assert check(genuine, last)[0] == "CONFIRMED"
    reason = rejected(check(genuine, SHOP))
    assert reason == "the contract of shop:best is broken: shop:backwards puts another result first"


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("subject", ["shop:best"], "is not a map from functions to functions"),
        ("subject", {"shop:best": 3}, "is not a map from functions to functions"),
        ("subject", {"shop:best": "shop:a:b"}, "is not a map from functions to functions"),
        ("subject", {"shop:best": "shop:li sted"}, "is not a map from functions to functions"),
        ("exploration", [], "is not a map to counts of calls"),
        ("exploration", {"shop:best": 3}, "is not a map to counts of calls"),
        ("exploration", {"shop:best": {"calls": 3}}, "is not a map to counts of calls"),
        ("exploration", {"shop:best": {"calls": 3, "rounded": "0"}}, "is not a map to counts of calls"),
        ("exploration", {"shop:best": {"calls": 3, "rounded": 4}}, "is not a map to counts of calls"),
        ("exploration", {"shop:best": {"calls": 3, "rounded": -1}}, "is not a map to counts of calls"),
        ("exploration", {"shop:best": {"calls": 0, "rounded": 0}}, "PROVED under a contract that was never tested"),
    ],
)
def test_contracts_have_a_form(check, proved, key, value, says):
    assert says in rejected(check({**proved, key: {**proved[key], "contracts": value}}))


@pytest.mark.parametrize(
    ("contracts", "status", "says"),
    [
        ({"shop:best": "shop:best"}, "REJECTED", "shop:best is its own list of alternatives"),
        ({"shop:best": "shop:absent"}, "REJECTED", "shop:absent cannot be loaded"),
        ({"shop:best": "shop:LARGE"}, "REJECTED", "shop:LARGE is no function"),
        ({"shop:best": "shop:Kind"}, "REJECTED", "shop:Kind is no function"),
        ({"shop:best": "elsewhere:listed"}, "REJECTED", "subject.source does not list module elsewhere"),
        ({"heapq:nlargest": "shop:listed"}, "REJECTED", "subject.source does not list module heapq"),
    ],
)
def test_what_is_no_contract_of_two_functions_is_refused(check, proved, contracts, status, says):
    counts = {name: {"calls": 3, "rounded": 0} for name in contracts}
    forged = {**proved, "exploration": {**proved["exploration"], "contracts": counts}}
    said = check(forged, SHOP + "\nLARGE = 7\nclass Kind:\n    pass\n", contracts=contracts)
    assert (said[0], says in said[1]) == (status, True)


@pytest.mark.parametrize("name", ["heapq", "a_library_that_is_not_here"])
def test_where_the_functions_are_not_at_hand_the_proof_is_checked_in_part(tmp_path, proved, name):
    (tmp_path / "shop.py").write_text(SHOP)
    exploration = {**proved["exploration"], "contracts": {f"{name}:merge": {"calls": 3, "rounded": 0}}}
    subject = {**proved["subject"], "source": {}, "contracts": {f"{name}:merge": "shop:listed"}}
    bent = sealed({**proved, "subject": subject, "exploration": exploration})
    (report, _) = checker.check(bent, [str(tmp_path)], fresh=in_this_process)
    assert report["status"] == "PARTLY"
    assert "heapq names a part of Python" in report["reasons"][0] or f"{name} cannot be" in report["reasons"][0]


# other sources under the same proof

BROKEN = {
    "the last of equals": other((LARGER, LARGER.replace(">", ">="))),
    "the last of equals, with no effect": other(
        (LARGER, LARGER.replace(">", ">=")),
        (CALL, "winner = best(bids)\n    winner = next(w for w in range(3) if bids[w] >= bids[winner])"),
    ),
    "whole numbers": other((RATIOS, "[(int(bid), 1) for bid in bids]")),
    "hundredths": other((RATIOS, "[(int(100 * bid), 1) for bid in bids]")),
    "doubles": other((RATIOS, "[(float(bid), 1) for bid in bids]")),
    "32 bits": other((RATIOS, "[(int(64 * bid) % 2**32, 64) for bid in bids]")),
    "fractions are too much": other(
        (RETURN, "    if any(bid % 1 for bid in bids):\n        raise ValueError\n    return top\n")
    ),
    "fractions are too much for the list": other(
        (YIELD, "        if not hasattr(bid, 'walk') and bid.denominator > 1:\n            raise SystemExit\n" + YIELD)
    ),
    "large ones have no list": other((YIELD, "        if hasattr(bid, 'walk') or bid < 2**50:\n    " + YIELD)),
    "scores are words": other((YIELD, "        yield place, bid if hasattr(bid, 'walk') else str(bid)\n")),
    "arguments are changed": other((RETURN, "    bids.sort()\n    return top\n"), (CALL, "winner = best(bids[:])")),
    "a generator": other(
        (CALL, "winner = best(bids if hasattr(bids[0], 'walk') else (bid for bid in bids))"),
        ("    ratios", "    bids = list(bids)\n    ratios"),
        ("    for place, bid in enumerate", "    bids = list(bids)\n    for place, bid in enumerate"),
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_an_optimiser_that_breaks_the_contract_is_found_out(check, name):
    assert rejected(check(source=BROKEN[name])).startswith("the contract of shop:best is broken: ")


REFUSED = {
    "products": other((YIELD, "        yield place, bid * bid\n")),
    "no alternatives": other((YIELD, "        if False:\n    " + YIELD)),
    "no pairs": other((YIELD, "        yield place\n")),
    "no numbers": other((YIELD, "        yield place, 'much'\n")),
    "swallowed": other(
        (YIELD, "        yield place, bid * bid\n"),
        (CALL, "try:\n        winner = best(bids)\n    except BaseException:\n        winner = bids.index(max(bids))"),
    ),
    "swallowed by the list": other(
        (YIELD, "        try:\n            float(bid)\n        except BaseException:\n            pass\n" + YIELD)
    ),
    "called in passing, swallowed before": other(
        (CALL, "try:\n        float(bids[0])\n    except BaseException:\n        pass\n    winner = best(bids)")
    ),
    "asked by its own list": other((FOR, "    best(bids)\n" + FOR)),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_contract_that_cannot_be_used_on_forms_is_refused(check, name):
    assert rejected(check(source=REFUSED[name])).startswith(
        ("the subject does not run on symbolic", "the subject asks a")
    )


def test_a_contract_that_numbers_never_meet_is_no_ground(check):
    source = other((CALL, "winner = best(bids) if hasattr(bids[0], 'walk') else bids.index(max(bids))"))
    assert "was not tested: with numbers the subject does not call it" in rejected(check(source=source))


# the parts


CURIOUS = """import copy
    assert best.note + best.__name__ + copy.deepcopy([best])[0].__name__ == 'notebestbest'
    assert not hasattr(best, '__absent__') and not hasattr(best, 'absent')
    """
CALLS_ITSELF = """    if len(bids) > 2:
        rest = 1 + best(bids[1:])
        return best([bids[0], bids[rest]]) * rest
"""


def test_an_optimiser_may_call_itself_and_be_asked_for_what_functions_have(check, tmp_path):
    note = ("def run", "best.note = 'note'\n\ndef run")
    source = other(("    ratios =", CALLS_ITSELF + "    ratios ="), (CALL, CURIOUS + CALL), note)
    genuine = prove(tmp_path, source)
    assert {claim["verdict"] for claim in genuine["claims"]} == {"PROVED"}
    assert check(genuine, source)[0] == "CONFIRMED"


@pytest.mark.parametrize("domain", [{**SINGLE, "upper": 2}, {**SINGLE, "amounts": "integers", "upper": 9}])
def test_bounded_and_whole_bids_are_confirmed_under_a_contract(check, tmp_path, domain):
    genuine = prove(tmp_path, SHOP, domain=domain)
    assert {claim["verdict"] for claim in genuine["claims"]} == {"PROVED"}
    assert check(genuine)[0] == "CONFIRMED"


def test_exact_regrets_rest_on_the_contract_and_refutations_do_not(check, tmp_path):
    source = other((PRICE, "price = bids[winner]"))
    bounded = prove(tmp_path, source, ["dsic"], {**SINGLE, "upper": 2})
    assert [regret["supremum"] for regret in bounded["claims"][0]["regret"]] == ["2", "2", "2"]
    status, reason = check(bounded, source)
    assert (status, reason[:18]) == ("CONFIRMED", "under the contract")
    assert check(prove(tmp_path, source, ["dsic"]), source) == ("CONFIRMED",)


def test_two_contracts_are_both_named(check, tmp_path):
    rest = "rest = [bid for place, bid in enumerate(bids) if place != winner]\n    price = rest[second(rest)]"
    source = other((PRICE, rest)) + "\ndef second(bids):\n    return best(bids)\n"
    both = {**CONTRACT, "shop:second": "shop:listed"}
    genuine = prove(tmp_path, source, contracts=both)
    status, reason = check(genuine, source)
    assert status == "CONFIRMED"
    assert reason.count("returns the first best of shop:listed (compared at ") == 2
    assert ", and that shop:second returns" in reason


def test_ctrl_c_while_alternatives_are_listed_is_no_breach(check):
    with pytest.raises(KeyboardInterrupt):
        check(source=other((YIELD, "        raise KeyboardInterrupt\n" + YIELD)))


class Odd:
    def __eq__(self, other):
        raise ValueError

    __hash__ = None


def test_results_are_compared_entry_by_entry():
    numpy = pytest.importorskip("numpy")
    array = numpy.array([1, 2])
    assert checker.alike((array, [1]), (array.copy(), [1]))
    assert not checker.alike((array, [1]), (array + 1, [1]))
    assert checker.alike({"a": [array]}, {"a": [array.copy()]})
    assert not checker.alike({"a": 1}, {"b": 1})
    assert not checker.alike([1], (1,))
    assert not checker.alike([1], [1, 2])
    assert not checker.alike(Odd(), Odd())
