"""`verify audit` and `verify init` as a stranger runs them: code of their own, in processes of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

AUCTIONS = '''\
import os
from pathlib import Path

Path("imported").touch()  # where this runs


def ranked(bids):
    return sorted(range(len(bids)), key=lambda agent: -bids[agent])


def up_to_three(bids):
    """Second price; with four bidders or more, first price."""
    first, *rest = ranked(bids)
    price = bids[first] if len(bids) >= 4 else max([bids[one] for one in rest], default=0)
    return {"winner": first, "price": price}


class Auction:
    def settle(self, bids):
        print("noise")
        return up_to_three(bids[:3])


def misread(bids):
    return {"winner": [], "price": 0}


def exits(bids):
    os._exit(3)


def slow(bids):
    import time

    Path("running").touch()
    time.sleep(0.003)
    return up_to_three(bids)
'''
NODE = """\
const lines = require('readline').createInterface({ input: process.stdin });
lines.on('line', line => {
  const bids = JSON.parse(line).bids;
  const top = bids.indexOf(Math.max(...bids));
  console.log(JSON.stringify({
    allocation: bids.map((_, i) => i === top ? 1 : 0), payments: bids.map((b, i) => i === top ? b : 0),
  }));
});
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "auctions.py").write_text(AUCTIONS, encoding="utf-8")
    return tmp_path


def verify(here: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "verifier", *words]
    return subprocess.run(command, cwd=here, capture_output=True, text=True, timeout=120, check=False)


def audit(here: Path, target: str, *words: str) -> subprocess.CompletedProcess[str]:
    small = ("--agents", "2", "--values", "0..3", "--domain", "single-item")
    return verify(here, "audit", target, *small, *words)


def rows(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    return {row["property"]: row["verdict"] for row in json.loads(done.stdout)["sheet"]["rows"]}


def test_a_threshold_in_the_source_is_found_and_flagged(here):
    done = audit(here, "auctions.py:up_to_three")
    assert done.returncode == 1, done.stderr
    assert not (here / "imported").exists()  # isolated code writes into a directory of its own
    lines = done.stdout.splitlines()
    assert "judged: auctions:up_to_three (processes of its own" in lines[0]
    assert any(line.startswith("dsic  ") and "REFUTED" in line and "4 agents" in line for line in lines)
    assert "! dsic changes with the setting: it fails with 4 agents" in done.stdout
    assert "with no agent at all: crash: ValueError" in done.stdout
    assert "pay-as-bid through the same adapter was caught (16 profiles)" in done.stdout
    (replay,) = [line for line in lines if line.startswith("Replay a refutation: verify replay")]
    words = replay.removeprefix("Replay a refutation: verify ").split()
    again = verify(here, *words)
    assert (again.returncode, "dsic" in again.stdout) == (0, True), again.stderr
    certificates = sorted(one.name for one in (here / "verify-report").glob("*.json"))
    assert "up_to_three-grid.json" in certificates
    checked = verify(here, "check", "verify-report/up_to_three-4-agents.json", "--source", str(here))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    page = (here / "verify-report" / "up_to_three.sheet.html").read_text("utf-8")
    assert "Not to be missed" in page


def test_a_method_of_a_class_is_audited_and_what_it_prints_is_not_in_the_way(here):
    done = audit(here, "auctions.py:Auction.settle", "--no-sweep", "--json", "--engine", "exhaustive")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert rows(done)["dsic"] == "EXHAUSTED"
    assert told["sheet"]["entry"]["method"] == "settle"
    assert [one["name"] for one in told["certificates"]] == ["Auction-settle-grid"]
    assert set(told["sheet"]["certificates"]) == {"Auction-settle-grid"}


def test_a_trusted_subject_is_proved(here):
    done = audit(here, "mechanisms.auctions.single_item:second_price", "--no-sweep", "--trust", "--json")
    assert done.returncode == 0, done.stderr
    assert rows(done)["dsic"] == "PROVED"


def test_an_allocation_read_from_the_wrong_place_is_not_reported(here):
    words = (
        "--allocation",
        "winner",
        "--payments",
        "price",
        "--allocation-as",
        "winners",
        "--payments-as",
        "winner-pays",
    )
    done = audit(here, "auctions.py:misread", "--bids", "list", *words)
    assert done.returncode == 5
    assert (
        "nothing is reported: pay-as-bid through the same adapter was not caught: nobody gets anything" in done.stdout
    )


def test_code_that_ends_its_process_is_an_error_and_never_holds(here):
    words = (
        "--allocation",
        "winner",
        "--payments",
        "price",
        "--allocation-as",
        "winner",
        "--payments-as",
        "winner-pays",
    )
    done = audit(here, "auctions.py:exits", "--bids", "list", *words, "--json", "--engine", "exhaustive")
    assert done.returncode == 1, done.stderr
    assert set(rows(done).values()) == {"ERROR"}


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node.js")
def test_a_program_in_another_language_is_audited_the_same_way(here):
    (here / "auction.js").write_text(NODE, encoding="utf-8")
    done = audit(here, "exec:node auction.js", "--no-sweep", "--engine", "exhaustive", "--json")
    assert done.returncode == 1, done.stderr
    assert rows(done)["dsic"] == "REFUTED"
    assert rows(done)["ex-post-ir"] == "EXHAUSTED"


def test_reports_for_other_tools_are_written_too(here):
    words = (
        "--no-sweep",
        "--engine",
        "exhaustive",
        "--junit",
        "out.xml",
        "--sarif",
        "out.sarif",
        "--events",
        "out.ndjson",
    )
    assert audit(here, "auctions.py:up_to_three", *words).returncode == 0
    assert json.loads((here / "out.sarif").read_text("utf-8"))["version"] == "2.1.0"
    assert "<testsuite" in (here / "out.xml").read_text("utf-8")
    assert (here / "out.ndjson").read_text("utf-8").count("\n") > 5


def test_init_asks_for_the_setting_and_then_writes_a_file_that_runs(here):
    asked = verify(here, "init", "auctions.py:up_to_three", "--trust")
    assert asked.returncode == 2
    assert "single-item: fits, bids are offered as list" in asked.stderr
    assert "voting: " in asked.stderr
    words = ("--domain", "single-item", "--agents", "2", "--values", "0..3")
    made = verify(here, "init", "auctions.py:up_to_three", *words, "--output", "claims.toml")
    assert made.returncode == 0, made.stderr
    assert "# inferred: bids are offered as list" in (here / "claims.toml").read_text("utf-8")
    run = verify(here, "run", "claims.toml", "--quiet")
    assert run.returncode == 0, run.stderr
    again = verify(here, "init", "auctions.py:up_to_three", *words, "--output", "claims.toml")
    assert (again.returncode, "is there already" in again.stderr) == (2, True)
    audited = verify(here, "audit", "claims.toml", "--no-sweep", "--engine", "exhaustive", "--quiet")
    assert (audited.returncode, audited.stdout) == (0, "")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("auctions.py:up_to_three",), "--domain is missing"),
        (("auctions.py:nothing", "--domain", "single-item"), "no attribute 'nothing'"),
        (("nowhere.py:run", "--domain", "single-item"), "there is no file 'nowhere.py'"),
        (("auctions.py:up_to_three", "--domain", "bazaar"), "unknown domain kind 'bazaar'"),
        (("auctions.py:up_to_three", "--domain", "single-item", "--set", "nonsense"), "write subject.KEY=VALUE"),
        (("auctions.py:up_to_three", "--domain", "single-item", "--require", "dsci"), "did you mean 'dsic'"),
        (("none.toml",), "none.toml: cannot be read"),
    ],
)
def test_mistakes_are_one_line_and_exit_code_2(here, words, told):
    done = verify(here, "audit", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


def test_ctrl_c_keeps_the_sheet_of_what_was_decided(here):
    words = ["--domain", "single-item", "--agents", "3", "--values", "0..20", "--trust", "--engine", "exhaustive"]
    command = [sys.executable, "-m", "verifier", "audit", "auctions.py:slow", *words]
    child = subprocess.Popen(command, cwd=here, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stderr is not None
    while "self-test" not in child.stderr.readline():  # the last line of the plan
        assert child.poll() is None
    time.sleep(1)
    os.kill(child.pid, signal.SIGINT)
    out, error = child.communicate(timeout=60)
    assert child.returncode == 130, error
    assert "! interrupted" in out
    assert (here / "verify-report" / "slow.sheet.json").exists()


SEED = '''\
"""The sealed-bid second-price auction of a specification, line by line from its Rust: no result below two bids."""


class VickreyAuction:
    def __init__(self, bids, reserve_price):
        self.bids, self.reserve_price = bids, reserve_price

    def run_auction(self):
        bids = sorted(self.bids, key=lambda bid: -bid[1])
        if len(bids) < 2 or bids[0][1] < self.reserve_price:
            return None
        return {"winner_id": bids[0][0], "winning_bid": bids[0][1], "price_paid": max(bids[1][1], self.reserve_price)}


def run(bids):
    sold = VickreyAuction(list(enumerate(bids)), 2).run_auction()
    return (None, 0) if sold is None else (sold["winner_id"], sold["price_paid"])
'''


def test_a_vickrey_auction_that_does_not_sell_to_a_single_bid_is_refuted_with_that_bid(here):
    (here / "seed.py").write_text(SEED, encoding="utf-8")
    words = ("--allocation-as", "winner", "--payments-as", "winner-pays", "--require", "consumer-sovereignty")
    done = audit(here, "seed.py:run", *words, "--bids", "list", "--json", "--engine", "exhaustive")
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    (row,) = [row for row in told["sheet"]["rows"] if row["property"] == "consumer-sovereignty"]
    assert (row["verdict"], row["decided"]) == ("REFUTED", "run-1-agent#consumer-sovereignty")
    assert row["advice"] == ["bidder 1 gets nothing at any of its 4 bids, the highest 3."]
    assert "consumer-sovereignty changes with the setting" in told["sheet"]["flags"][0]
    (alone,) = [one for one in told["certificates"] if one["name"] == "run-1-agent"]
    (claim,) = [claim for claim in alone["claims"] if claim["property"] == "efficient"]
    (run,) = claim["witness"]["runs"]
    assert run["draws"][0]["allocation"] == ["0"]  # a bid of 1 would not meet the reserve, 2 and 3 would
