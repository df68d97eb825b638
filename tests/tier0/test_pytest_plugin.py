"""The pytest plugin, in a suite of somebody else: tiers, the fixture, its failures and what it leaves behind."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

# loaded before the suites inside: each forgets what it imported, and loading numpy anew takes a second every time
import verifier.library
import verifier.reporting.worked  # noqa: F401
from verifier.adapters.faults import Answer
from verifier.adapters.fresh import observe_all
from verifier.cli import main

pytest_plugins = ["pytester"]

PLUGIN = ("-p", "verifier.pytest_plugin")

AUCTIONS = """
def second_price(bids):
    winner = bids.index(max(bids))
    price = max(bid for agent, bid in enumerate(bids) if agent != winner)
    won = [int(agent == winner) for agent in range(len(bids))]
    return won, [price * share for share in won]


def first_price(bids):
    won, _ = second_price(bids)
    return won, [bid * share for bid, share in zip(bids, won)]


class Reserve:
    def __init__(self, reserve):
        self.reserve = reserve

    def run(self, bids):
        if max(bids) < self.reserve:
            return [0] * len(bids), [0] * len(bids)
        won, paid = second_price(bids)
        return won, [max(price, self.reserve * share) for price, share in zip(paid, won)]

SETTING = dict(kind="single-item", agents=2, values="0..3")
"""


@pytest.fixture(autouse=True)
def _no_other_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    """A suite inside loads this plugin by name, whether or not the package is installed, and nothing else."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def suite(pytester: pytest.Pytester, body: str, *options: str) -> pytest.RunResult:
    pytester.makepyfile(test_claims=AUCTIONS + body)
    strict = ("--strict-markers", "-W", "error", "-p", "no:cacheprovider")
    return pytester.runpytest_inprocess(*PLUGIN, *strict, *options, no_reraise_ctrlc=True)


TIERED = """
import pytest

def test_plain(): pass

@pytest.mark.tier0
def test_zero(): pass

@pytest.mark.tier1
def test_one(): pass

@pytest.mark.tier2
class TestLong:
    def test_two(self): pass

    @pytest.mark.tier1
    def test_both(self): pass
"""


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ((), ["plain", "zero", "one", "two", "both"]),
        (("--tier", "0"), ["plain", "zero"]),
        (("--tier=1",), ["one", "both"]),
        (("--tier", "2"), ["two", "both"]),
        (("--tier", "0", "--tier", "2"), ["plain", "zero", "two", "both"]),
    ],
)
def test_tiers_select_tests(pytester: pytest.Pytester, options: tuple[str, ...], names: list[str]) -> None:
    result = suite(pytester, TIERED, "-v", *options)
    result.assert_outcomes(passed=len(names), deselected=5 - len(names))
    passed = [line.split()[0].rpartition("::test_")[2] for line in result.outlines if "PASSED" in line]
    assert passed == names


def test_a_conftest_may_mark_tests_by_their_place(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("def pytest_collection_modifyitems(items):\n    items[0].add_marker('tier2')\n")
    suite(pytester, "def test_it(): pass\n", "--tier", "0").assert_outcomes(deselected=1)
    suite(pytester, "def test_it(): pass\n", "--tier", "2").assert_outcomes(passed=1)


def test_there_are_three_tiers(pytester: pytest.Pytester) -> None:
    result = suite(pytester, "def test_it(): pass\n", "--tier", "3")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "--tier" in "\n".join(result.errlines)


def test_a_claim_that_holds_passes_and_returns_its_entry(pytester: pytest.Pytester) -> None:
    body = """
def test_truth_is_best(verify_claim):
    entry = verify_claim(second_price, "dsic", **SETTING)
    assert (entry["property"], entry["verdict"], entry["met"]) == ("dsic", "EXHAUSTED", True)
    assert entry["table"]["rows"][0]["cases"] == 64

def test_a_refutation_may_be_expected(verify_claim):
    assert verify_claim(first_price, "dsic", expect="REFUTED", **SETTING)["witness"]["margin"] == "-1"

def test_tolerance(verify_claim):
    verify_claim(first_price, "dsic", tolerance="3/2", kind="single-item", agents=2, values=range(2))
"""
    suite(pytester, body).assert_outcomes(passed=3)


def test_a_class_is_made_with_its_arguments(pytester: pytest.Pytester) -> None:
    body = """
def test_reserve(verify_claim):
    how = {"create": True, "method": "run", "arguments": {"reserve": 2}}
    verify_claim(Reserve, "dsic", subject=how, **SETTING)
    entry = verify_claim(Reserve, "efficient", expect="REFUTED", subject=how, **SETTING)
    assert entry["witness"]["margin"] == "-1"
"""
    suite(pytester, body).assert_outcomes(passed=1)


def test_a_claim_that_fails_shows_the_witness_worked_by_hand(pytester: pytest.Pytester) -> None:
    result = suite(pytester, "\ndef test_it(verify_claim):\n    verify_claim(first_price, 'dsic', **SETTING)\n")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "dsic of test_claims:first_price is REFUTED where EXHAUSTED is expected",
            "False: bidder 1 gains 1 by reporting 0 when the item is worth 1 to it, at the reports (1, 0).",
            "*bidder 1 reports 1, gets the item, pays 1",
            "Gain: 1 \N{MINUS SIGN} 0 = 1",
        ]
    )
    assert "Traceback" not in result.stdout.str()
    result.stdout.no_fnmatch_line("*pytest_plugin.py*")


@pytest.mark.parametrize("where", [".", "elsewhere"])
def test_the_replay_command_of_a_failing_test_works_as_it_stands(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    body = "\ndef test_it(verify_claim):\n    verify_claim(first_price, 'dsic', **SETTING)\n"
    folder = pytester.mkdir(where) if where != "." else pytester.path
    (folder / "test_claims.py").write_text(AUCTIONS + body, encoding="utf-8")
    result = pytester.runpytest_inprocess(*PLUGIN, "-p", "no:cacheprovider", where, "--verify-output", "a b")
    (line,) = [line for line in result.outlines if line.startswith("Replay: ")]
    monkeypatch.setattr(sys, "path", list(sys.path))
    replayed = CliRunner().invoke(main, shlex.split(line.removeprefix("Replay: verify ")))
    assert replayed.exit_code == 0, replayed.output
    assert "REPRODUCED: the margin is -1" in replayed.stdout
    assert ("--source" in line) == (where != ".")


def test_what_holds_although_it_should_not_is_shown_with_its_certificate(pytester: pytest.Pytester) -> None:
    body = "\ndef test_it(verify_claim):\n    verify_claim(second_price, 'dsic', expect='REFUTED', **SETTING)\n"
    result = suite(pytester, body, "--verify-output", "certs")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "dsic of test_claims:second_price is EXHAUSTED where REFUTED is expected",
            "True at every one of the 16 profiles of the grid. *",
            f"Certificate: {pytester.path / 'certs' / 'test_it-dsic-'}*.json",
        ]
    )


def test_a_mechanism_that_crashes_fails_the_test_with_the_bids(pytester: pytest.Pytester) -> None:
    body = """
def broken(bids):
    return 1 // bids[0]

def test_it(verify_claim):
    verify_claim(broken, "dsic", **SETTING)
"""
    result = suite(pytester, body)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "dsic of test_claims:broken is ERROR where EXHAUSTED is expected",
            "No answer: * first at bids (0, 0): crash, ZeroDivisionError: *",
        ]
    )


def test_a_function_of_a_test_module_works_under_either_import_mode(pytester: pytest.Pytester) -> None:
    """With importlib no directory is put on the import path: a fresh process could not find the module."""
    (pytester.mkdir("deep") / "test_claims.py").write_text(
        AUCTIONS + "\ndef test_it(verify_claim):\n    verify_claim(second_price, 'deterministic', **SETTING)\n",
        encoding="utf-8",
    )
    for mode in ("importlib", "prepend"):
        options = ("-p", "no:cacheprovider", f"--import-mode={mode}", f"--verify-output={mode}")
        pytester.runpytest_inprocess(*PLUGIN, *options, "deep").assert_outcomes(passed=1)
        (path,) = (pytester.path / mode).iterdir()
        assert json.loads(path.read_text(encoding="utf-8"))["method"]["hash_seeds"] == []


def test_a_mechanism_of_a_conftest_stays_in_this_process(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(AUCTIONS)
    body = """
from conftest import first_price as theirs

def test_it(verify_claim):
    verify_claim(theirs, "efficient", **SETTING)
"""
    suite(pytester, body, "--verify-output", "certs").assert_outcomes(passed=1)
    (path,) = (pytester.path / "certs").iterdir()
    certificate = json.loads(path.read_text(encoding="utf-8"))
    assert (certificate["subject"]["call"], certificate["method"]["hash_seeds"]) == ("conftest:first_price", [])


def test_a_function_of_a_package_is_certified_by_its_path(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    from verifier.engines.exhaustive import session

    monkeypatch.setattr(session, "HASH_SEEDS", (7,))
    monkeypatch.setattr(session, "FreshProcess", Remembered)  # no processes in this tier
    body = """
from mechanisms.auctions import single_item

def test_it(verify_claim):
    verify_claim(single_item.second_price, "dsic", subject={"arguments": {"reserve": 2}}, **SETTING)
"""
    suite(pytester, body, "--verify-output", "certs").assert_outcomes(passed=1)
    (path,) = (pytester.path / "certs").iterdir()
    certificate = json.loads(path.read_text(encoding="utf-8"))
    assert certificate["subject"]["call"] == "mechanisms.auctions.single_item:second_price"
    assert certificate["subject"]["arguments"] == {"reserve": 2}
    assert certificate["method"]["hash_seeds"] == [7]


class Remembered:
    """What a fresh process would answer, computed in this one."""

    def __init__(self, *question: Any) -> None:
        *self._question, self.hash_seed = question

    def answers(self) -> list[Answer]:
        return observe_all(*self._question)


MISUSE = {
    "a lambda": ("lambda bids: bids, 'dsic'", "*<lambda>* has no name of its own; give a function*"),
    "a bound method": ("Reserve(1).run, 'dsic'", "*Reserve.run is not the object that was passed*"),
    "an instance": ("Reserve(1), 'dsic'", "*has no name of its own*"),
    "a missing module": ("'no.such:thing', 'dsic'", "module 'no.such' does not import: ModuleNotFoundError*"),
    "an unknown property": ("second_price, 'dsci'", "unknown property 'dsci'; did you mean 'dsic'?"),
    "an unknown engine": ("second_price, 'dsic', engine='magic'", "unknown engine 'magic'; known: exhaustive*"),
    "an unknown verdict": ("second_price, 'dsic', expect='TRUE'", "unknown expect 'TRUE'; *"),
    "an unknown key": ("second_price, 'dsic', itmes=1", "unknown key 'itmes' in the domain; *"),
    "a float": ("second_price, 'dsic', tolerance=0.5", '0.5 is a binary float; write "0.5"'),
}


@pytest.mark.parametrize(("claim", "says"), MISUSE.values(), ids=MISUSE.keys())
def test_misuse_fails_the_test_in_one_sentence(pytester: pytest.Pytester, claim: str, says: str) -> None:
    result = suite(pytester, f"\ndef test_it(verify_claim):\n    verify_claim({claim}, **SETTING)\n")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([says])
    assert "Traceback" not in result.stdout.str()


def test_a_function_inside_a_function_cannot_be_named(pytester: pytest.Pytester) -> None:
    body = """
def test_it(verify_claim):
    def inner(bids):
        return second_price(bids)
    verify_claim(inner, "dsic", **SETTING)
"""
    result = suite(pytester, body)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*has no name of its own*"])


def test_a_grid_beyond_the_budget_is_refused(pytester: pytest.Pytester) -> None:
    body = "\ndef test_it(verify_claim):\n    verify_claim(second_price, 'dsic', budget=15, **SETTING)\n"
    result = suite(pytester, body)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*the grid has 16 profiles and the budget allows 15*"])


def test_a_proof_has_a_budget_too(pytester: pytest.Pytester) -> None:
    more = "engine='symbolic', expect='PROVED', max_paths=1, max_queries=7"
    body = f"\ndef test_it(verify_claim):\n    verify_claim(second_price, 'dsic', {more}, **SETTING)\n"
    result = suite(pytester, body, "--verify-output", "kept")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*after 1 path: more than 1 path (--max-paths); no violation on these paths*"])
    (file,) = (pytester.path / "kept").glob("*.json")
    assert json.loads(file.read_text(encoding="ascii"))["budget"] == {"profiles": 10**7, "paths": 1, "queries": 7}


def test_every_claim_leaves_a_certificate_of_its_own(pytester: pytest.Pytester) -> None:
    body = """
import pytest

@pytest.mark.parametrize("case", ["a/b", "a b"])
def test_it(verify_claim, case):
    verify_claim(second_price, "dsic", **SETTING)
    verify_claim(second_price, "dsic", **SETTING)
"""
    first = suite(pytester, body, "--verify-output", "certs")
    first.assert_outcomes(passed=2)
    names = sorted(path.name for path in (pytester.path / "certs").iterdir())
    assert len(names) == 4
    suite(pytester, body, "--verify-output", "certs")
    assert sorted(path.name for path in (pytester.path / "certs").iterdir()) == names


def test_the_path_of_the_certificate_is_in_the_junit_report(pytester: pytest.Pytester) -> None:
    body = "\ndef test_it(verify_claim):\n    verify_claim(first_price, 'dsic', **SETTING)\n"
    suite(pytester, body, "--junitxml", "junit.xml", "--verify-output", "certs").assert_outcomes(failed=1)
    (found,) = ET.parse(pytester.path / "junit.xml").iter("property")
    assert found.get("name") == "certificate"
    path = Path(found.get("value") or "")
    certificate = json.loads(path.read_text(encoding="utf-8"))
    assert path.parent == pytester.path / "certs"
    assert certificate["name"] == path.stem
    assert certificate["subject"]["call"] == "test_claims:first_price"


def test_without_a_directory_certificates_go_to_the_temporary_one(pytester: pytest.Pytester) -> None:
    body = """
from pathlib import Path

def test_it(verify_claim, request, tmp_path_factory):
    verify_claim(second_price, "dsic", **SETTING)
    ((name, path),) = request.node.user_properties
    assert (name, Path(path).parents[1]) == ("certificate", tmp_path_factory.getbasetemp())
"""
    suite(pytester, body).assert_outcomes(passed=1)


def test_ctrl_c_in_an_audit_stops_the_test_run(pytester: pytest.Pytester) -> None:
    body = """
def impatient(bids):
    raise KeyboardInterrupt

def test_it(verify_claim):
    verify_claim(impatient, "dsic", **SETTING)

def test_another(): pass
"""
    result = suite(pytester, body)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.assert_outcomes(passed=0)


def test_the_plugin_is_listed_in_the_help(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_inprocess(*PLUGIN, "--help")
    result.stdout.fnmatch_lines(["mechanism-verifier:", "*--tier*", "*--verify-output=DIR*"])
    result = pytester.runpytest_inprocess(*PLUGIN, "--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.tier0: *", "@pytest.mark.tier1: *", "@pytest.mark.tier2: *"])
