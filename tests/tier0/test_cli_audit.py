"""`verify audit` and `verify init` in this process, on code that is trusted; tier 1 has the processes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from verifier.cli import main
from verifier.commands import exits
from verifier.commands.asking import Told
from verifier.commands.audit import name_of
from verifier.engines import trials
from verifier.engines.exhaustive import session
from verifier.errors import SpecError

SOURCE = """
def first_price(bids):
    winner = max(range(len(bids)), key=lambda agent: bids[agent])
    return {"winner": winner, "price": bids[winner]}


def second_price(bids):
    winner = max(range(len(bids)), key=lambda agent: bids[agent])
    return {"winner": winner, "price": max([bid for agent, bid in enumerate(bids) if agent != winner], default=0)}


def by_size(bids):
    return second_price(bids) if len(bids) < 3 else first_price(bids)


def crash(bids):
    raise ValueError("never")


def nobody(bids):
    return {"winner": None, "price": 0}


def interrupted(bids):
    raise KeyboardInterrupt


def first_voter(ballots):
    return next(iter(ballots.values()))[0]


def lowest_ask(costs):
    seller = min(range(len(costs)), key=lambda agent: costs[agent])
    return {"winner": seller, "price": costs[seller]}


def at_the_bid(bids, asks):
    (bid,), (ask,) = bids.values(), asks.values()
    trade = int(bid >= ask)
    return [trade, trade], [trade * bid, trade * bid]


def mean_place(places):
    numbers = [int(place) for place in places]
    mean = sum(numbers) / len(numbers)
    return [[-abs(true - mean) for true in range(3)] for _ in numbers]
"""
READ = ("--bids", "list", "--allocation", "winner", "--payments", "price")
READ += ("--allocation-as", "winner", "--payments-as", "winner-pays")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for module in (session, trials):
        monkeypatch.setattr(module, "HASH_SEEDS", ())  # no processes in this tier
    (tmp_path / "audited_here.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "audited_here", raising=False)
    return tmp_path


def verify(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def audit(target: str, *words: str) -> Result:
    small = ("--domain", "single-item", "--agents", "2", "--values", "0..2", "--trust")
    return verify("audit", target, *small, *words)


def test_a_manipulable_auction_has_a_sheet_advice_a_test_and_a_mended_module(here):
    done = audit("audited_here.py:first_price", "--write-test", "test_kept.py", "--no-sweep", "--engine", "exhaustive")
    assert done.exit_code == exits.MISSED, done.output
    assert "dsic: Whoever gets something pays its own bid for it (at all 9 profiles" in done.stdout
    assert "payments: there are payments that make this allocation truthful" in done.stdout
    assert "Replay a refutation: verify replay verify-report/first_price-grid.json#dsic" in done.stdout
    assert "  1. exhaustive: single-item, 2 agents: 9 profiles" in done.stderr
    assert "a test that fails until this is mended: test_kept.py" in done.stderr
    report = here / "verify-report"
    assert "def test_bidder_1_gains_nothing_by_this_lie" in (here / "test_kept.py").read_text("utf-8")
    mended = json.loads((report / "first_price_repaired.json").read_text("utf-8"))
    assert [claim["verdict"] for claim in mended["claims"]] == ["EXHAUSTED"] * 3
    assert "audited_here:first_price" in (report / "first_price.sheet.html").read_text("utf-8")


def test_sizes_are_swept_and_a_change_is_flagged(here):
    done = audit("audited_here.py:by_size", "--engine", "exhaustive", "--json")
    assert done.exit_code == exits.MISSED, done.output
    sheet = json.loads(done.stdout)["sheet"]
    assert sheet["flags"][0].startswith("dsic changes with the setting: it fails with 3 agents (one more)")
    assert "with no agent at all: crash: ValueError" in " ".join(sheet["notes"])
    assert not (here / "test_kept.py").exists()


def test_a_truthful_auction_meets_what_is_required_and_a_search_supports_it(here):
    done = audit("audited_here.py:second_price", "--engine", "search", "--no-sweep", "--quiet")
    assert (done.exit_code, done.stdout) == (exits.MET, "")
    done = audit("audited_here.py:second_price", "--no-sweep", "--require", "efficient", "--write-test", "none.py")
    assert done.exit_code == exits.MET, done.output
    assert "All 1 required properties hold" in done.stdout
    assert "no test is written: none of dsic" in done.stderr


def test_no_outcome_at_all_is_an_error_and_no_allocation_is_not_reported(here):
    done = audit("audited_here.py:crash", *READ)
    assert done.exit_code == exits.MISSED
    assert "not run, since the subject gave no answer in the setting that was asked for" in done.stdout
    assert "ERROR" in done.stdout
    done = audit("audited_here.py:nobody", *READ)
    assert done.exit_code == exits.NOTHING
    assert "nothing is reported: pay-as-bid through the same adapter was not caught" in done.stdout


def test_ctrl_c_before_anything_is_decided(here):
    done = audit("audited_here.py:interrupted", *READ)
    assert done.exit_code == exits.INTERRUPTED


def test_rankings_are_audited_with_properties_of_their_own(here):
    done = verify("audit", "audited_here.py:first_voter", "--domain", "voting", "--trust", "--no-sweep", "--json")
    assert done.exit_code == exits.MET, done.output
    rows = {row["property"]: row["verdict"] for row in json.loads(done.stdout)["sheet"]["rows"]}
    assert (rows["dsic"], rows["condorcet"]) == ("EXHAUSTED", "REFUTED")


MARKETS = {
    "lowest_ask": """
[domain]
kind = "procurement"
agents = 2
items = 1
values = "0..2"
[subject]
call = "audited_here.py:lowest_ask"
bids = "list"
[subject.returns]
allocation = "winner"
payments = "price"
allocation_as = "winner"
payments_as = "winner-pays"
sellers = "receive"
""",
    "at_the_bid": """
[domain]
kind = "two-sided"
buyers = 1
sellers = 1
values = "0..2"
[subject]
call = "audited_here.py:at_the_bid"
bids = "sides"
[subject.returns]
sellers = "receive"
""",
    "mean_place": """
[domain]
kind = "utilities"
agents = 2
types = ["0", "1", "2"]
[subject]
call = "audited_here.py:mean_place"
bids = "list"
[subject.returns]
allocation = "."
allocation_as = "shares"
payments_as = "none"
""",
}


@pytest.mark.parametrize("name", sorted(MARKETS))
def test_where_agents_sell_or_only_utilities_are_told_a_refutation_ends_with_a_sheet_and_without_payments(here, name):
    (here / "claims.toml").write_text(MARKETS[name], encoding="utf-8")
    done = verify("audit", "claims.toml", "--trust", "--engine", "exhaustive", "--no-sweep", "--write-test", "none.py")
    assert done.exit_code == exits.MISSED, done.output
    sheet = json.loads((here / "verify-report" / f"{name}.sheet.json").read_text("utf-8"))
    verdicts = {row["property"]: row["verdict"] for row in sheet["rows"]}
    assert verdicts["dsic"] == "REFUTED"
    assert sheet["payments"] == []
    assert "no test is written: shares are not among a few" in done.stderr
    assert not list((here / "verify-report").glob("*_repaired*"))


def test_a_claims_file_is_a_target_and_options_overrule_it(here):
    setting = '[domain]\nkind = "single-item"\nagents = 3\nvalues = "0..9"\n'
    text = f'[subject]\ncall = "audited_here.py:second_price"\n{setting}'
    (here / "claims.toml").write_text(text, encoding="utf-8")
    subject, domain = Told(agents=2, settings=("domain.values=0..1", "subject.arguments.fee=3")).tables("claims.toml")
    assert subject == {"call": "audited_here:second_price", "root": str(here), "arguments": {"fee": 3}}
    assert domain == {"kind": "single-item", "agents": 2, "values": "0..1"}
    (here / "exec.toml").write_text(text.replace("audited_here.py:second_price", "exec:node a.js"), encoding="utf-8")
    assert Told().tables("exec.toml")[0] == {"call": "exec:node a.js", "root": str(here)}
    assert Told(domain="voting").tables("claims.toml")[1] == {"kind": "voting", "agents": 3, "candidates": 3}
    told = Told(domain="single-item", payments="price").tables("audited_here.py:second_price")
    assert told[0]["returns"] == {"payments": "price"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", r"there is no table \[subject\]"),
        ("[subject]\nbids = 3\n[domain]\n", "the subject lacks the key 'call'"),
        ("[subject", "claims.toml"),
    ],
)
def test_a_claims_file_that_cannot_be_audited(here, text, why):
    (here / "claims.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SpecError, match=why):
        Told().tables("claims.toml")


@pytest.mark.parametrize(
    ("call", "method", "name"),
    [
        ("a.b:run", None, "run"),
        ("a:B", "settle", "B-settle"),
        ("exec:node my auction.js", None, "auction"),
        ("a:b.c", None, "b-c"),
    ],
)
def test_reports_are_named_after_what_was_called(call, method, name):
    assert name_of(call, method) == name


def test_init_lists_settings_asks_and_writes(here):
    asked = verify("init", "audited_here.py:second_price", "--trust")
    assert asked.exit_code == exits.USAGE
    assert "  single-item: fits, bids are offered as list" in asked.stderr
    assert "  voting: " in asked.stderr
    words = ("--domain", "single-item", "--agents", "2", "--trust")
    shown = verify("init", "audited_here.py:second_price", *words)
    assert shown.exit_code == 0
    assert 'kind = "single-item"' in shown.stdout
    assert verify("init", "audited_here.py:second_price", *words, "--output", "mine.toml").exit_code == 0
    assert 'root = "."' in (here / "mine.toml").read_text("utf-8")
    again = verify("init", "audited_here.py:second_price", *words, "--output", "mine.toml")
    assert (again.exit_code, "is there already" in again.stderr) == (exits.USAGE, True)
