"""Contracts as a claims file declares them: what is accepted, and what every mistake is told."""

from __future__ import annotations

import importlib
import sys

import pytest
from click.testing import CliRunner

from verifier.adapters import load
from verifier.adapters.source import source_digests
from verifier.cli import main
from verifier.engines.symbolic import SymbolicSession
from verifier.errors import SpecError, SubjectError
from verifier.properties import PROPERTIES
from verifier.spec import SubjectSpec, load_spec, parse_spec, subject_from_json

PATH = "mechanisms.auctions.combinatorial_by_optimiser"
BEST, LISTED = f"{PATH}:best_assignment", f"{PATH}:assignments"


def table(contracts):
    return {
        "title": "t",
        "subject": {"call": f"{PATH}:vcg", "arguments": {"goods": 2}, "contracts": contracts},
        "domain": {"kind": "combinatorial", "agents": 2, "goods": 2, "values": "0..1"},
        "claim": [{"property": "dsic"}],
    }


def parsed(contracts):
    return parse_spec(table(contracts), name="t", properties=PROPERTIES, engines=["exhaustive"])


def test_a_contract_is_kept_as_it_is_written_and_read_again_from_a_certificate():
    subject = parsed({BEST: LISTED}).subject
    assert subject.to_json()["contracts"] == {BEST: LISTED}
    assert subject_from_json(subject.to_json() | {"source": {}}) == subject
    assert parsed({}).subject.to_json()["contracts"] == {}


@pytest.mark.parametrize(
    ("contracts", "says"),
    [
        ([BEST, LISTED], 'contracts must be a table, { "package.module:optimiser" = "package.module:alternatives" }'),
        ({BEST: 3}, 'contracts: 3 is no function of a module; write "package.module:function"'),
        ({BEST: [LISTED]}, "is no function of a module"),
        ({"best_assignment": LISTED}, "contracts: 'best_assignment' is no function of a module"),
        ({BEST: PATH}, f"contracts: {PATH!r} is no function of a module"),
        ({f"{PATH}:": LISTED}, "is no function of a module"),
        ({":f": LISTED}, "is no function of a module"),
        ({f"{PATH}:Class.method": LISTED}, "is no function of a module"),
        ({f"{PATH}:a:b": LISTED}, "is no function of a module"),
        ({"a..b:f": LISTED}, "is no function of a module"),
        ({"a b:f": LISTED}, "is no function of a module"),
    ],
)
def test_what_names_no_two_functions_is_refused(contracts, says):
    with pytest.raises(SpecError) as caught:
        parsed(contracts)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("contracts", "says"),
    [
        (
            {"mechanisms.nowhere:f": LISTED},
            "contracts: 'mechanisms.nowhere:f': module 'mechanisms.nowhere' does not import",
        ),
        ({f"{PATH}:absent": LISTED}, f"contracts: '{PATH}:absent': '{PATH}:absent': no attribute 'absent' in {PATH}"),
        ({BEST: f"{PATH}:absent"}, f"contracts: the alternatives of {BEST!r}, '{PATH}:absent': "),
        ({BEST: "mechanisms.flawed.hidden_inputs:LearnedReserve"}, "is a class; name a function"),
        ({f"{PATH}:TYPE_CHECKING": LISTED}, "is a bool; name a function"),
        ({BEST: BEST}, f"{BEST!r} is its own list of alternatives; name another function"),
        (
            {BEST: LISTED, "mechanisms.flawed.optimisers:best_assignment": LISTED},
            "'mechanisms.flawed.optimisers:best_assignment' is declared twice, under another name too",
        ),
        ({"heapq:nlargest": LISTED}, "contracts: 'heapq:nlargest' does not lie in "),
        (
            {"math:prod": LISTED},
            "wrap it in a function beside the mechanism, so that its source is part of what is certified",
        ),
    ],
)
def test_functions_that_cannot_be_under_contract_are_refused_when_the_subject_is_loaded(contracts, says):
    spec = parsed(contracts)
    with pytest.raises(SubjectError) as caught:
        load(spec.subject, spec.domain)
    assert says in str(caught.value)


CLAIMS = f'''title = "t"

[subject]
call = "{PATH}:vcg"
arguments = {{ goods = 2 }}

[subject.contracts]
"{BEST}" = "{LISTED}"
"%s" = %s

[domain]
kind = "combinatorial"
agents = 2
goods = 2
values = "0..1"

[[claim]]
property = "dsic"
'''


@pytest.mark.parametrize(
    ("optimiser", "alternatives", "says"),
    [
        ("a:f", "7", "contracts: 7 is no function of a module"),
        (f"{PATH}:welfare", '"mechanisms.nowhere:f"', "'mechanisms.nowhere' does not import"),
    ],
)
def test_a_mistake_is_blamed_on_its_line(tmp_path, optimiser, alternatives, says):
    file = tmp_path / "t.toml"
    file.write_text(CLAIMS % (optimiser, alternatives), encoding="utf-8")
    done = CliRunner().invoke(main, ["run", str(file), "--output", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert f"{file}:9: contracts: " in done.stderr
    assert says in done.stderr


def test_the_files_of_both_functions_are_part_of_what_is_certified(tmp_path, monkeypatch):
    for name, text in (
        ("front", "from solver.exact import best\n\n\ndef run(bids):\n    return best(bids)\n"),
        ("solver/__init__", ""),
        ("solver/exact", "from solver import tables\n\n\ndef best(bids):\n    return bids\n"),
        ("solver/tables", ""),
        ("promises", "import front\n\n\ndef listed(bids):\n    return []\n"),
        ("bystander", ""),
    ):
        (tmp_path / f"{name}.py").parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    spec = SubjectSpec("front:run", contracts={"solver.exact:best": "promises:listed"})
    subject = load(spec, parsed({}).domain)
    assert list(subject.contracts.compared) == ["solver.exact:best"]
    found = source_digests(spec)
    assert list(found) == ["front.py", "promises.py", "solver/__init__.py", "solver/exact.py", "solver/tables.py"]
    for name in ("front", "promises", "solver", "solver.exact", "solver.tables"):
        sys.modules.pop(name, None)


def packaged(name):
    from verifier.resources import specs_dir

    return load_spec(specs_dir() / "claims" / f"{name}.toml", properties=PROPERTIES, engines=["exhaustive", "symbolic"])


def test_a_subject_without_a_file_may_have_a_contract_with_functions_of_any_place():
    spec = SubjectSpec("made_up:run", contracts={BEST: LISTED})
    assert list(SymbolicSession(_held(spec)).method()["contracts"]) == [BEST]


def _held(spec):
    return load(spec, packaged("proved-combinatorial-contract").domain, lambda bids: None)


def test_explain_says_what_a_contract_is():
    done = CliRunner().invoke(main, ["explain", "contract"])
    assert done.exit_code == 0
    assert done.stdout.startswith("Argmax contracts: ")
    assert "PROVED, under the contract that mod:f returns the first best of mod:g (compared at N calls)" in done.stdout
