"""The README says nothing that is not so: its blocks of code are run, its commands exist, its tables are complete."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from verifier.anarchy_study import carry_out
from verifier.auction_audit import audit_auction
from verifier.audit import ENGINES, Finished, audit
from verifier.cli import main
from verifier.commands.game_files import read_text
from verifier.domains import KINDS
from verifier.domains.instances import read_instance
from verifier.evidence import Verdict
from verifier.game_audit import audit_game
from verifier.games.extensive import ExtensiveGame
from verifier.games.files import read_game_file
from verifier.games.formats import read_game
from verifier.games.normal_form import Game
from verifier.properties import PROPERTIES
from verifier.resources import specs_dir
from verifier.spec import parse_spec
from verifier.tree_audit import audit_tree

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, flags=re.DOTALL | re.MULTILINE)
SET_UP = "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/verify run"
TESTS = ".venv/bin/pip install tox && .venv/bin/tox"


def blocks(language: str) -> list[str]:
    found = [body for written, body in BLOCKS if written == language]
    assert found
    return found


def section(title: str) -> str:
    return README.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def commands() -> list[list[str]]:
    lines = [line for body in blocks("sh") for line in body.splitlines() if line and not line.startswith("#")]
    return [shlex.split(command) for line in lines for command in line.split(" && ")]


def test_every_block_of_code_names_a_language_that_is_tested_here() -> None:
    assert {language for language, _ in BLOCKS} <= {"python", "sh", "toml"}


def test_the_two_commands_stand_there_exactly() -> None:
    assert blocks("sh")[:2] == [SET_UP + "\n", TESTS + "\n"]


def test_ci_runs_the_command_that_the_readme_names() -> None:
    assert ".venv/bin/tox\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_project_makes_the_commands_that_the_readme_calls() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"verify": "verifier.cli:main"}
    assert project["requires-python"] == ">=3.11"


@pytest.mark.parametrize("command", commands(), ids=shlex.join)
def test_every_shell_command_is_one_that_exists(command: list[str]) -> None:
    program = Path(command[0]).name
    assert program in {"pip", "python", "python3", "tox", "verify"}
    if program == "verify":
        found = main.commands[command[1]]  # type: ignore[attr-defined]
        options = {name for each in found.params for name in each.opts}
        assert {word for word in command if word.startswith("--")} <= options


@pytest.mark.parametrize(
    "text", [text for text in blocks("toml") if "[claim" in text and "[subject]" in text and "[game]" not in text]
)
def test_the_claims_file_of_the_readme_meets_its_expectations(text: str) -> None:
    spec = parse_spec(tomllib.loads(text), name="readme", properties=PROPERTIES, engines=ENGINES)
    finished = list(audit(spec))[-1]
    assert isinstance(finished, Finished)
    met = {claim["id"]: claim["met"] for claim in finished.certificate["claims"]}  # type: ignore[attr-defined]
    assert met == dict.fromkeys(met, True)
    assert len(met) == text.count("[[claim]]")


def test_the_auction_of_the_readme_is_settled_as_theory_says() -> None:
    """Clarke pivots by hand: without local A the global one gets both for 32, against 20 for B and 14.5 for A: 34.5."""
    (text,) = (text for text in blocks("toml") if "[[bidder]]" in text)
    certificate = audit_auction(read_instance(text).auction)
    assert certificate["outcome"] == {"choice": [[0], [0], []], "payments": ["29/2", "4", "0"]}
    assert {claim["id"]: claim["verdict"] for claim in certificate["claims"]}["core"] == "REFUTED"  # type: ignore[attr-defined]


def test_the_class_of_the_readme_has_the_price_that_it_says() -> None:
    (text,) = (text for text in blocks("toml") if "[class]" in text)
    found = read_text(text, "class.game.toml")
    assert isinstance(found.game, Game)
    (claim,) = (one for one in audit_game(found.game, found.asked, seconds=0)["claims"] if one["kind"] == "class-bound")  # type: ignore[attr-defined]
    assert (claim["evidence"]["price"], claim["met"]) == ("5/2", True)


def test_the_game_of_the_readme_has_the_equilibria_that_it_claims() -> None:
    sexes = next(text for text in blocks("toml") if "[game]" in text and "battle" in text)
    found = read_game_file(sexes, "sexes.toml", read_game)
    assert isinstance(found.game, Game)
    claims = audit_game(found.game, found.asked, seconds=0)["claims"]
    assert [(claim["verdict"], claim["met"]) for claim in claims[2:5]] == [  # type: ignore[index]
        ("PROVED", True),
        ("PROVED", True),
        ("REFUTED", True),
    ]


def test_the_gate_of_the_readme_is_missed_at_five_quarters() -> None:
    slots = next(text for text in blocks("toml") if "[[gate]]" in text)
    found = read_game_file(slots, "slots.toml", read_game)
    assert isinstance(found.game, Game)
    (gate,) = (one for one in audit_game(found.game, (), found.gates)["claims"] if one["expect"])  # type: ignore[attr-defined]
    assert (gate["verdict"], gate["met"], gate["evidence"]["anarchy"]) == ("REFUTED", True, "5/4")


def test_the_study_of_the_readme_is_supported(tmp_path: Path) -> None:
    text = next(text for text in blocks("toml") if "[study]" in text)
    found = carry_out(text, "readme.study.toml", tmp_path / "journal")
    assert found.summary.supported
    assert found.summary.needed == 962


def test_the_empty_threat_of_the_readme_is_an_equilibrium_and_not_subgame_perfect() -> None:
    entry = next(text for text in blocks("toml") if "[game]" in text and "entry.efg" in text)
    folder = specs_dir() / "instances" / "selten-1978"
    found = read_game_file(entry, str(folder / "readme.game.toml"), read_game)
    assert isinstance(found.game, ExtensiveGame)
    claims = audit_tree(found.game, found.asked)["claims"]
    asked = [claim for claim in claims if claim["expect"]]  # type: ignore[attr-defined]
    assert [(claim["verdict"], claim["met"]) for claim in asked] == [("PROVED", True), ("REFUTED", True)]


def test_the_claims_file_mentions_every_kind_of_setting() -> None:
    assert [kind for kind in KINDS if kind not in blocks("toml")[0]] == []


@pytest.mark.parametrize("body", [body for body in blocks("python") if "def test_" not in body])
def test_the_python_of_the_readme_prints_what_it_says(body: str) -> None:
    promised = re.findall(r"^# prints (.*)$", body, flags=re.MULTILINE)
    assert promised
    with redirect_stdout(StringIO()) as printed:
        exec(compile(body, "README.md", "exec"), {"__name__": "readme"})
    assert printed.getvalue().splitlines() == promised


@pytest.mark.parametrize("body", [body for body in blocks("python") if "def test_" in body])
def test_the_pytest_claims_of_the_readme_pass_in_a_stranger_s_suite(body: str, tmp_path: Path) -> None:
    (tmp_path / "test_claims.py").write_text(body, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{body.count('def test_')} passed" in done.stdout


def test_the_table_of_verdicts_is_complete() -> None:
    assert re.findall(r"^\| `([A-Z]+)` \|", section("The verdicts"), flags=re.MULTILINE) == [*map(str, Verdict)]


def test_how_it_works_is_short_enough_to_be_read() -> None:
    assert len(section("How it works").splitlines()) < 60


def test_every_file_that_the_readme_points_to_exists() -> None:
    named = set(re.findall(r"`([\w./]+\.(?:md|toml|py|ini))`", README)) - {
        "reserve.toml",
        "licences.toml",
        "sexes.toml",
    }
    assert named
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
