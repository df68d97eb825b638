"""What theory says holds for all bids is proved about the code for all bids, and the independent checker agrees."""

from __future__ import annotations

import importlib
from fractions import Fraction
from pathlib import Path

import pytest

import mechanisms
import verifier.checker as checker
from verifier.audit import ENGINES, Finished, audit
from verifier.properties import PROPERTIES
from verifier.spec import parse_spec

SOURCE = str(Path(mechanisms.__file__).resolve().parent.parent)
VCG = ("feasible", "dsic", "ex-post-ir", "no-deficit", "efficient")
TRUTHFUL = ("feasible", "dsic", "ex-post-ir", "no-deficit")
RATES = [1, {"money": "1/2"}, {"money": "1/4"}]

PROVED = {
    **{f"second price, {n} bidders": ("single_item:second_price", "single-item", n, {}, {}, VCG) for n in (2, 3, 4, 5)},
    **{
        f"second price with a reserve, {n} bidders": (
            "single_item:second_price", "single-item", n, {}, {"reserve": 3}, TRUTHFUL
        )
        for n in (1, 2, 4)
    },
    "posted price": ("single_item:posted_price", "single-item", 4, {}, {"price": 2}, TRUTHFUL),
    "(k+1)-price, two items": ("k_items:k_plus_one_price", "unit-demand", 5, {"items": 2}, {"items": 2}, VCG),
    "(k+1)-price, three items": ("k_items:k_plus_one_price", "unit-demand", 6, {"items": 3}, {"items": 3}, TRUTHFUL),
    "(k+1)-price, more items than bidders": (
        "k_items:k_plus_one_price", "unit-demand", 2, {"items": 3}, {"items": 3}, VCG
    ),
    "Vickrey multi-unit": ("multi_unit:vickrey", "multi-unit", 3, {"items": 2}, {"items": 2}, VCG),
    "VCG for slots": ("slots:vcg", "slots", 4, {"click_rates": [1, "1/2", "1/4"]}, {"click_rates": RATES}, VCG),
    "combinatorial VCG, two bidders": ("combinatorial:vcg", "combinatorial", 2, {"goods": 2}, {"goods": 2}, VCG),
    "combinatorial VCG, three bidders": ("combinatorial:vcg", "combinatorial", 3, {"goods": 2}, {"goods": 2}, VCG),
}  # fmt: skip


def certificate_of(call, kind, agents, properties, arguments=None, contracts=None, **domain):
    """The certificate of symbolic claims about a mechanism."""
    table = {
        "title": call,
        "subject": {"call": call, "arguments": arguments or {}, "contracts": contracts or {}},
        "domain": {"kind": kind, "agents": agents, "values": "0..1", **domain},
        "claim": [{"property": name, "engine": "symbolic", "expect": "PROVED"} for name in properties],
    }
    spec = parse_spec(table, name="case", properties=PROPERTIES, engines=ENGINES)
    (certificate,) = [event.certificate for event in audit(spec) if isinstance(event, Finished)]
    return certificate


def verdicts(certificate):
    return {claim["property"]: (claim["verdict"], claim["reason"]) for claim in certificate["claims"]}


def confirmed(certificate, source=SOURCE):
    return {report["status"] for report in checker.check(certificate, [source])} == {"CONFIRMED"}


@pytest.mark.parametrize("case", PROVED.values(), ids=PROVED.keys())
def test_what_theory_says_is_proved_for_all_bids_and_the_checker_agrees(case):
    call, kind, agents, domain, arguments, properties = case
    certificate = certificate_of(f"mechanisms.auctions.{call}", kind, agents, properties, arguments, **domain)
    assert verdicts(certificate) == dict.fromkeys(properties, ("PROVED", None))
    assert confirmed(certificate)


@pytest.mark.parametrize(("agents", "goods"), [(1, 2), (2, 2), (2, 3), (3, 2), (4, 2)])
def test_vcg_on_an_optimiser_is_proved_under_its_contract_and_not_at_all_without_it(agents, goods):
    module = "mechanisms.auctions.combinatorial_by_optimiser"
    asked = (f"{module}:vcg", "combinatorial", agents, VCG, {"goods": goods})
    contracts = {f"{module}:best_assignment": f"{module}:assignments"}
    certificate = certificate_of(*asked, contracts=contracts, goods=goods)
    assert verdicts(certificate) == dict.fromkeys(VCG, ("PROVED", None))
    reports = checker.check(certificate, [SOURCE])
    assert {report["status"] for report in reports} == {"CONFIRMED"}
    assert all(report["reasons"][0].startswith("under the contract that ") for report in reports)
    without = verdicts(certificate_of(*asked, goods=goods))
    assert {verdict for verdict, _ in without.values()} == {"UNKNOWN"}
    assert "in <listcomp>, line " in without["dsic"][1] or "in best_assignment, line " in without["dsic"][1]


def test_a_second_price_auction_has_every_property_for_all_bids():
    names = [name for name, prop in PROPERTIES.items() if prop.on_symbols]
    certificate = certificate_of("mechanisms.auctions.single_item:second_price", "single-item", 3, names)
    assert verdicts(certificate) == dict.fromkeys(names, ("PROVED", None))
    assert confirmed(certificate)


def suprema(certificate):
    return [(Fraction(entry["supremum"]), entry["attained"]) for entry in certificate["claims"][0]["regret"]]


def test_the_regret_of_the_generalized_second_price_is_one_half():
    """Click rates 1, 1/2: giving up the first slot at price 1 for the second, free, gains 1 - 1 + 1/2."""
    rates = {"click_rates": [1, "1/2"], "upper": 1}
    arguments = {"click_rates": [1, {"money": "1/2"}]}
    call = "mechanisms.auctions.slots:generalized_second_price"
    certificate = certificate_of(call, "slots", 3, ["dsic"], arguments, **rates)
    assert verdicts(certificate)["dsic"][0] == "REFUTED"
    # the last bidder loses ties: with value 1 it cannot hold the first slot against a rival at 1
    assert suprema(certificate) == [(Fraction(1, 2), True), (Fraction(1, 2), True), (Fraction(1, 2), False)]
    assert confirmed(certificate)


def test_the_regret_of_the_first_price_is_all_the_winner_pays():
    """Value 1 against zeros: bidder 1 wins with a bid of 0, the others only with a bid above it."""
    certificate = certificate_of("mechanisms.auctions.single_item:first_price", "single-item", 3, ["dsic"], upper=1)
    assert suprema(certificate) == [(1, True), (1, False), (1, False)]
    assert confirmed(certificate)


def test_without_an_upper_end_no_regret_is_stated():
    certificate = certificate_of("mechanisms.auctions.single_item:first_price", "single-item", 2, ["dsic"])
    assert certificate["claims"][0]["regret"] is None
    assert confirmed(certificate)


SWALLOWED = """
    try:
        price = float(bids[0])
    except Exception:
        price = 0
    return [1, 0], [price, 0]"""

REFUSED = {
    "float": ("float(bids[0]); return [1, 0], [0, 0]", "float() of a symbolic number"),
    "hash": ("return [1, 0], [{bid: bid for bid in bids}[bids[0]], 0]", "hash of a symbolic number"),
    "round": ("return [1, 0], [round(bids[0]), 0]", "round() of a symbolic number"),
    "text": ("return [1, 0], [len(str(bids[0])), 0]", "text of a symbolic number"),
    "swallowed": (SWALLOWED, "float() of a symbolic number"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_only_a_number_has_leaves_the_claim_undecided_and_names_the_line(tmp_path, monkeypatch, name):
    body, reason = REFUSED[name]
    (tmp_path / f"subject_asks_{name}.py").write_text(f"def run(bids):\n    {body}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    certificate = certificate_of(f"subject_asks_{name}:run", "single-item", 2, ["no-deficit"])
    verdict, why = verdicts(certificate)["no-deficit"]
    assert verdict == "UNKNOWN"
    assert reason in why
    assert "line " in why
    assert confirmed(certificate, str(tmp_path))


DISPATCH = {
    "isinstance": "    if isinstance(bids[0], float):\n        return [1, 0], [bids[0], 0]\n",
    "type": "    if type(bids[0]) in (int, float):\n        return [1, 0], [bids[0], 0]\n",
    "fraction": (
        "    from fractions import Fraction\n    try:\n        Fraction(bids[0])\n        return [1, 0], [bids[0], 0]\n"
        "    except TypeError:\n        pass\n"
    ),
}


@pytest.mark.parametrize("name", DISPATCH)
def test_code_that_tells_symbols_from_numbers_is_found_out(tmp_path, monkeypatch, name):
    """On symbols a price of zero; on numbers the winner pays its bid."""
    module = f"subject_dispatches_by_{name}"
    (tmp_path / f"{module}.py").write_text(f"def run(bids):\n{DISPATCH[name]}    return [1, 0], [0, 0]\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    verdict, why = verdicts(certificate_of(f"{module}:run", "single-item", 2, ["dsic"]))["dsic"]
    assert verdict == "UNKNOWN"  # a question about the kind of a number has no answer
    assert "line " in why
