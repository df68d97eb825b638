"""How markets and utilities are read where nothing is said: by what trades at the probes, and sellers by signs."""

from __future__ import annotations

import json
import sys

import pytest
from click.testing import CliRunner

from verifier.cli import main
from verifier.commands.asking import Told
from verifier.domains import parse_domain
from verifier.engines import trials
from verifier.engines.exhaustive import session
from verifier.errors import SpecError
from verifier.sheets.inference import infer
from verifier.sheets.settings import around

EXCHANGE = {"kind": "two-sided", "buyers": 2, "sellers": 2, "values": "0..2"}
REVERSE = {"kind": "procurement", "agents": 3, "items": 1, "values": "1..3"}
PLACES = {"kind": "utilities", "agents": 3, "types": "0..2"}
SOURCE = """
def second_lowest(costs):
    seller = min(range(len(costs)), key=costs.__getitem__)
    return {"winner": seller, "price": sorted(costs)[1] if len(costs) > 1 else costs[seller]}


def net(costs):
    told = second_lowest(costs)
    shares = [-int(agent == told["winner"]) for agent in range(len(costs))]
    return shares, [told["price"] * share for share in shares]


def paid_backwards(costs):
    told = second_lowest(costs)
    return told["winner"], [0] * len(costs), told["price"]


def pairs(bids, asks):
    buyers, sellers = sorted(bids, key=lambda one: -bids[one]), sorted(asks, key=lambda one: asks[one])
    found = []
    for buyer, seller in zip(buyers, sellers):
        if bids[buyer] >= asks[seller]:
            found.append((buyer, seller, asks[seller]))
    return found


def sizes_and_prices(bids, asks):
    # trades as a public exchange tells them: how many units at which price, and not whose
    demand, supply = sorted(bids, reverse=True), sorted(asks)
    count = sum(bid >= ask for bid, ask in zip(demand, supply))
    return [(1, supply[count - 1])] * count


def named(bids, asks):
    # its adapter: the keenest on each side trade, the first named of equals
    trades = sizes_and_prices(list(bids.values()), list(asks.values()))
    buyers, sellers = sorted(bids, key=bids.get, reverse=True), sorted(asks, key=asks.get)
    return [(buyer, seller, price) for buyer, seller, (_, price) in zip(buyers, sellers, trades)]


LABELS = ["0/0", "0/1", "1/0", "1/1"]


def by_type_and_quality(reports):
    # each worker reports skill and quality as one label; the best of both gets the job
    best = max(range(len(reports)), key=lambda agent: sum(map(int, reports[agent].split("/"))))
    return [[int(agent == best) * int(own.split("/")[0]) for own in LABELS] for agent in range(len(reports))]


def median(places):
    middle = sorted(places)[len(places) // 2]
    return [[-abs(place - middle) for place in range(3)] for _ in places]


def median_for_a_fee(places):
    return median(places), [1] * len(places)
"""


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    for module in (session, trials):
        monkeypatch.setattr(module, "HASH_SEEDS", ())
    (tmp_path / "traded_here.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    sys.modules.pop("traded_here", None)


@pytest.mark.parametrize(
    ("call", "domain", "bids", "reading"),
    [
        (
            "second_lowest",
            REVERSE,
            "list",
            {"allocation": "winner", "payments": "price", "allocation_as": "winner", "payments_as": "winner-pays"}
            | {"sellers": "receive"},
        ),
        (
            "net",
            REVERSE,
            "list",
            {"allocation": "0", "payments": "1", "allocation_as": "shares", "payments_as": "per-agent"}
            | {"sellers": "net"},
        ),
        (
            "pairs",
            EXCHANGE,
            "sides",
            {"allocation": ".", "payments": ".", "allocation_as": "trades", "payments_as": "trades"}
            | {"sellers": "receive"},
        ),
        ("median", PLACES, "list", {"allocation": ".", "allocation_as": "shares", "payments_as": "none"}),
    ],
)
def test_one_reading_fits_and_is_told(call, domain, bids, reading):
    found = infer({"call": f"traded_here:{call}"}, parse_domain(domain))
    assert (found.subject["bids"], found.subject["returns"]) == (bids, reading)
    assert len(found.said) == 2


def test_a_fee_beside_utilities_may_be_one_or_not_and_is_a_question():
    with pytest.raises(SpecError, match="--allocation 0 --payments 1 --allocation-as shares --payments-as per-agent"):
        infer({"call": "traded_here:median_for_a_fee"}, parse_domain(PLACES))


def test_what_reads_in_several_ways_is_a_question_with_options_to_paste():
    with pytest.raises(SpecError, match=r"ways; say one of: .*--set subject\.returns\.sellers=receive"):
        infer({"call": "traded_here:paid_backwards"}, parse_domain(REVERSE))


@pytest.mark.parametrize(
    ("call", "kind", "verdict"),
    [
        ("second_lowest", "procurement", "EXHAUSTED"),
        ("pairs", "two-sided", "REFUTED"),
        ("median", "utilities", "EXHAUSTED"),
    ],
)
def test_a_domain_by_its_name_is_enough(here, call, kind, verdict):
    """Vickrey with costs; sellers who get what they ask for; the median voter (Black 1948)."""
    values = () if kind == "utilities" else ("--values", "0..2")
    types = ("--set", "domain.types=[0, 1, 2]") if kind == "utilities" else ()
    command = ["audit", f"traded_here.py:{call}", "--domain", kind, "--trust", "--no-sweep", "--json", *values, *types]
    done = CliRunner().invoke(main, [*command, "--engine", "exhaustive"])
    sheet = json.loads(done.stdout)["sheet"]
    assert {row["property"]: row["verdict"] for row in sheet["rows"]}["dsic"] == verdict, done.output
    assert not any("no agent at all" in note for note in sheet["notes"])


def test_trades_without_traders_are_named_by_an_adapter_of_a_few_lines(here):
    """Sellers get the last ask that trades: the last seller asks for more."""
    command = ["audit", "traded_here.py:named", "--domain", "two-sided", "--values", "0..2", "--trust", "--no-sweep"]
    done = CliRunner().invoke(main, [*command, "--json", "--engine", "exhaustive"])
    sheet = json.loads(done.stdout)["sheet"]
    verdicts = {row["property"]: row["verdict"] for row in sheet["rows"]}
    assert (verdicts["dsic"], verdicts["feasible"], verdicts["ex-post-ir"]) == ("REFUTED", "EXHAUSTED", "EXHAUSTED")
    assert sheet["entry"]["call"] == "traded_here:named"  # the sheet says that the adapter was judged


def test_type_and_quality_are_one_report(here):
    """Quality costs nothing to claim, so that whoever wants the job says the most."""
    types = 'domain.types=["0/0", "0/1", "1/0", "1/1"]'
    command = ["audit", "traded_here.py:by_type_and_quality", "--domain", "utilities", "--set", types, "--agents", "2"]
    done = CliRunner().invoke(main, [*command, "--trust", "--no-sweep", "--json", "--engine", "exhaustive"])
    verdicts = {row["property"]: row["verdict"] for row in json.loads(done.stdout)["sheet"]["rows"]}
    assert (verdicts["dsic"], verdicts["ex-post-ir"]) == ("REFUTED", "EXHAUSTED"), done.output


def test_usual_settings_and_sizes_around_them():
    for kind in ("two-sided", "procurement", "utilities"):
        parse_domain(Told(domain=kind).tables("traded_here.py:net")[1])
    labels = {one.label for one in around(EXCHANGE, [])[0]}
    assert {"1 buyer", "3 buyers", "1 seller", "3 sellers"} <= labels
