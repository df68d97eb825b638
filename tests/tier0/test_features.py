"""The seed's scenarios for VCG, run as they are written in `specs/features/`."""

from __future__ import annotations

from fractions import Fraction

import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from mechanisms.auctions.packages.clarke import vcg
from verifier.auction_audit import audit_auction
from verifier.domains.packages import auction
from verifier.library import certify
from verifier.resources import specs_dir

scenarios(str(specs_dir() / "features" / "vcg.feature"))


def one_item(bids):
    """The same auction as the verifier calls it: a bid for each bidder."""
    sold = auction(["X"], {f"bidder {index}": [(["X"], bid)] for index, bid in enumerate(bids)})
    found = vcg(sold)
    return [len(places) for places in found.choice], list(found.payments)


@pytest.fixture
def market():
    return {"capacity": 1}


def settled(market, **changed):
    values = {**market["values"], **changed}
    sold = auction({"X": market["capacity"]}, {name: [(["X"], value)] for name, value in values.items()})
    found = vcg(sold)
    return sold, found, {name: (bool(found.choice[i]), found.payments[i]) for i, name in enumerate(values)}


@given("agents with valuations:", target_fixture="market")
def _agents(datatable):
    heading, *rows = datatable
    assert heading == ["Agent", "Value for Resource X"]
    return {"capacity": 1, "values": {name: int(value) for name, value in rows}}


@given(parsers.parse("resource X has capacity {capacity:d}"))
def _capacity(market, capacity):
    market["capacity"] = capacity


@given(parsers.parse("an agent with true value {value:d}"), target_fixture="market")
def _agent(value):
    return {"capacity": 1, "values": {"A": value, "B": 80, "C": 50}, "true": value}


@when("I run VCG auction")
def _run(market):
    market["sold"], market["result"], market["deals"] = settled(market)


@when("the agent considers all possible bids")
def _consider(market):
    """Every whole bid up to twice the value, and amounts beside those where the outcome changes."""
    beside = [80 + sign * Fraction(1, 10**9) for sign in (-1, 1)]
    market["utilities"] = {}
    for bid in [*range(2 * market["true"] + 1), *beside]:
        won, pays = settled(market, A=bid)[2]["A"]
        market["utilities"][bid] = market["true"] * won - pays


@then("Agent A receives Resource X")
def _receives(market):
    assert [name for name, (won, _) in market["deals"].items() if won] == ["A"]


@then(parsers.parse("Agent A pays {price:d} (second-highest value)"))
def _pays(market, price):
    assert market["deals"]["A"][1] == price
    assert [pays for name, (_, pays) in market["deals"].items() if name != "A"] == [0, 0]


@then("truthful bidding is verified as optimal")
def _truthful(market):
    """The outcome has the Clarke pivots, by the oracle; and on a grid with these values no lie ever pays."""
    claims = {claim["id"]: claim["verdict"] for claim in audit_auction(market["sold"], vcg)["claims"]}
    assert claims["efficient"] == claims["vcg-payments"] == "PROVED"
    values = [0, *sorted(market["values"].values())]
    certificate = certify(one_item, "dsic", kind="single-item", agents=list(market["values"]), values=values)
    assert certificate["claims"][0]["verdict"] == "EXHAUSTED"


@then(parsers.parse("reporting {bid:d} yields highest utility"))
def _highest(market, bid):
    assert market["utilities"][bid] == max(market["utilities"].values()) == 20


@then("no misreport improves outcome")
def _no_misreport(market):
    assert len(market["utilities"]) > 200
    assert min(market["utilities"].values()) == 0  # some bids lose: the agent does have something to decide


@then(parsers.re(r"(?P<winners>.+) receive Resource X"))
def _several(market, winners):
    assert [name for name, (won, _) in market["deals"].items() if won] == winners.split(", ")


@then(parsers.parse("every winner pays {price:d}"))
def _price(market, price):
    assert {pays for won, pays in market["deals"].values() if won} == {price}
