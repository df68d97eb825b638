"""`verify replay` on small auctions of its own: what reproduces, what does not any more, what cannot be replayed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from verifier.audit import ENGINES, Finished, audit
from verifier.certificate import write
from verifier.cli import main
from verifier.commands import exits
from verifier.engines.exhaustive import session
from verifier.properties import PROPERTIES
from verifier.spec import parse_spec

FIRST_PRICE = """\
def run(bids):
    winner = bids.index(max(bids))
    won = [int(agent == winner) for agent in range(len(bids))]
    return won, [bid * share for bid, share in zip(bids, won)]
"""
ALTERNATING = """\
calls = []


def run(bids):
    calls.append(bids)
    return [len(calls) % 2, 0], [0, 0]
"""


def verify(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


@pytest.fixture
def fresh_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty directory to run in; modules imported from it and changes of the import path are forgotten."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # a module that is replaced within a second would be stale
    monkeypatch.setattr(session, "HASH_SEEDS", ())  # no processes in this tier
    yield tmp_path
    sys.modules.pop("replayed", None)


def put(source: str) -> None:
    """(Re)place the module under test; it is imported anew."""
    Path("replayed.py").write_text(source, encoding="utf-8")
    sys.modules.pop("replayed", None)


def certify(*properties: str, source: str = FIRST_PRICE) -> dict[str, Any]:
    """The certificate of the module under test, written to cert.json."""
    put(source)
    table = {
        "title": "Replayed",
        "subject": {"call": "replayed:run"},
        "domain": {"kind": "single-item", "agents": 2, "values": "0..2"},
        "claim": [{"property": name, "expect": "REFUTED"} for name in properties],
    }
    spec = parse_spec(table, name="cert", properties=PROPERTIES, engines=ENGINES)
    (finished,) = [event for event in audit(spec) if isinstance(event, Finished)]
    write(finished.certificate, Path("cert.json"))
    return finished.certificate


def test_a_refutation_is_run_again_and_worked_by_hand(fresh_modules: Path) -> None:
    certify("dsic", "ex-post-ir")
    result = verify("replay", "cert.json#dsic")
    assert result.exit_code == exits.MET
    assert "bidder 1 reports 1, gets the item, pays 1" in result.stdout
    assert "Gain: 1 \u2212 0 = 1" in result.stdout
    assert result.stdout.endswith("REPRODUCED: the margin is -1, negative, so the claim is false here.\n")
    assert result.stderr == ""


def test_the_claim_may_be_left_out_where_one_alone_is_refuted(fresh_modules: Path) -> None:
    certify("dsic", "efficient")
    assert verify("replay", "cert.json").stdout == verify("replay", "cert.json#dsic").stdout


def test_the_worst_refutation_can_be_asked_for(fresh_modules: Path) -> None:
    entry = certify("dsic")["claims"][0]
    assert entry["worst"]["margin"] != entry["witness"]["margin"]
    result = verify("replay", "cert.json#dsic", "--worst")
    assert result.stdout.endswith(f"the margin is {entry['worst']['margin']}, negative, so the claim is false here.\n")


def test_a_file_name_with_a_hash_is_found(fresh_modules: Path) -> None:
    certify("dsic")
    Path("cert.json").rename("cert#1.json")
    assert verify("replay", "cert#1.json").exit_code == exits.MET
    assert verify("replay", "cert#1.json#dsic").exit_code == exits.MET


def test_a_mended_mechanism_is_not_accused_again(fresh_modules: Path) -> None:
    certify("dsic")
    put(FIRST_PRICE.replace("bid * share", "0 * share"))
    result = verify("replay", "cert.json#dsic")
    assert result.exit_code == exits.MISSED
    told = "NOT REPRODUCED: the margin is 0 and the certificate records -1; the claim is not violated here."
    assert told in result.stdout
    assert result.stderr == "the source is not what the certificate was made from: replayed.py\n"


def test_another_amount_is_another_finding(fresh_modules: Path) -> None:
    certify("dsic")
    put(FIRST_PRICE.replace("bid * share", "3 * bid * share"))
    result = verify("replay", "cert.json#dsic")
    assert result.exit_code == exits.MISSED
    assert "the margin is -3 and the certificate records -1; the claim is still violated, by another" in result.stdout


def test_a_mechanism_that_fails_now_reproduces_nothing(fresh_modules: Path) -> None:
    certify("dsic")
    put(FIRST_PRICE.replace("winner = ", "winner = 1 // 0 or "))
    result = verify("replay", "cert.json#dsic")
    assert result.exit_code == exits.MISSED
    assert "NOT REPRODUCED: the mechanism fails now: crash: ZeroDivisionError" in result.stdout


def test_what_the_mechanism_prints_is_no_data(fresh_modules: Path) -> None:
    certify("dsic")
    put(FIRST_PRICE.replace("    winner", "    print('chatter')\n    winner", 1))
    result = verify("replay", "cert.json#dsic")
    assert "chatter" in result.stderr
    assert "chatter" not in result.stdout


def test_a_mechanism_that_does_not_repeat_itself_is_caught_again(fresh_modules: Path) -> None:
    entry = certify("deterministic", source=ALTERNATING)["claims"][0]
    assert entry["verdict"] == "REFUTED"
    put(ALTERNATING)
    result = verify("replay", "cert.json")
    assert result.exit_code == exits.MET
    assert "REPRODUCED" in result.stdout


def test_a_mechanism_that_repeats_itself_now_is_let_off(fresh_modules: Path) -> None:
    certify("deterministic", source=ALTERNATING)
    put(FIRST_PRICE)
    assert verify("replay", "cert.json").exit_code == exits.MISSED


def test_a_mechanism_that_fails_now_cannot_be_compared_with_itself(fresh_modules: Path) -> None:
    certify("deterministic", source=ALTERNATING)
    put("def run(bids):\n    return 1 // 0\n")
    result = verify("replay", "cert.json")
    assert result.exit_code == exits.MISSED
    assert "no outcome at the recorded bids in: second call, in reverse order" in result.stdout


def test_the_source_may_lie_elsewhere(fresh_modules: Path) -> None:
    certify("dsic")
    sys.modules.pop("replayed")
    Path("theirs").mkdir()
    Path("replayed.py").rename("theirs/replayed.py")
    result = verify("replay", "cert.json#dsic")
    assert result.exit_code == exits.USAGE
    assert result.stderr.startswith("module 'replayed' does not import: ")
    assert result.stderr.endswith("--source DIR says where the mechanism is imported from\n")
    assert verify("replay", "cert.json#dsic", "--source", "theirs").exit_code == exits.MET


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("gone.json", "gone.json: No such file or directory"),
        ("cert.json", "cert.json holds 2 refuted claims; name one: cert.json#dsic, cert.json#dsic-2"),
        ("cert.json#dsci", "cert.json: no claim 'dsci'; did you mean 'dsic'?"),
        ("cert.json#efficient", "cert.json: claim 'efficient' is EXHAUSTED; only a refutation can be replayed"),
        ("clean.json", "clean.json holds no refuted claims; nothing to replay"),
        ("empty.json", "empty.json: not a mechanism-verifier certificate"),
    ],
)
def test_what_cannot_be_replayed_is_said_in_one_sentence(fresh_modules: Path, address: str, says: str) -> None:
    certify("efficient")
    Path("cert.json").rename("clean.json")
    Path("empty.json").write_text(json.dumps({}), encoding="utf-8")
    certify("dsic", "dsic", "efficient")
    result = verify("replay", address)
    assert (result.exit_code, result.stderr, result.stdout) == (exits.USAGE, f"{says}\n", "")
