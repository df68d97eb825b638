"""The command in this process, with audits that are canned: options, streams, exit codes. Real runs are in tier 1."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import verifier.audit
from verifier.audit import Decided, Finished, Progress, Started
from verifier.cli import main
from verifier.commands import exits
from verifier.engines.base import Limits
from verifier.properties import PROPERTIES
from verifier.spec import Spec

SAMPLES = Path(__file__).parents[1] / "samples"
SPEC = """\
title = "First price"
{tier}
[subject]
call = "mechanisms.auctions.single_item:{call}"

[domain]
kind = "single-item"
agents = 2
values = "0..3"

[[claim]]
property = "dsic"
"""

Audit = Callable[..., Iterator[object]]


def write(path: Path, call: str = "first_price", tier: str = "") -> Path:
    path.write_text(SPEC.format(call=call, tier=tier), encoding="utf-8")
    return path


def sample(name: str, **changes: object) -> dict[str, Any]:
    certificate: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    return {**certificate, **changes}


def canned(certificate: dict[str, Any]) -> Audit:
    """An audit that decides nothing and ends with that certificate under the name of the spec."""

    def audit(spec: Spec, **options: object) -> Iterator[object]:
        yield Started(spec)
        yield Progress(f"running {spec.name}", 1, 2)
        yield Decided(spec.claims[0], certificate["claims"][0])
        yield Finished({**certificate, "name": spec.name}, {})

    return audit


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(verifier.audit, "audit", canned(sample("first-price")))
    monkeypatch.delenv("VERIFY_DEBUG", raising=False)
    return tmp_path


def verify(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def test_a_run_ends_with_the_table_and_the_place_of_the_index(here: Path) -> None:
    write(here / "mine.toml")
    result = verify("run", "mine.toml")
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["claim", "verdict", "expected", "met", "note"]
    assert any(line.startswith("mine#dsic ") for line in lines)
    assert lines[-1] == f"HTML index: {Path('verify-report') / 'index.html'}"
    assert sorted(path.name for path in (here / "verify-report").iterdir()) == ["index.html", "mine.html", "mine.json"]


def test_progress_is_no_data(here: Path) -> None:
    write(here / "mine.toml")
    result = verify("run", "mine.toml")
    assert result.stderr == "mine: 5 of 5 claims as expected\n"
    assert result.stderr.strip() not in result.stdout


def test_quiet_leaves_the_exit_code_alone_to_speak(here: Path) -> None:
    write(here / "mine.toml")
    result = verify("run", "mine.toml", "--quiet")
    assert (result.stdout, result.stderr, result.exit_code) == ("", "", exits.MET)


def test_json_is_one_document(here: Path) -> None:
    write(here / "one.toml")
    write(here / "two.toml")
    result = verify("run", "one.toml", "two.toml", "--json")
    document = json.loads(result.stdout)
    assert list(document) == ["certificates"]
    assert [one["name"] for one in document["certificates"]] == ["one", "two"]
    assert "HTML index: " in result.stderr


def test_what_the_mechanism_prints_is_no_data(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def chatty(spec: Spec, **options: object) -> Iterator[object]:
        print("chatter")
        yield from canned(sample("first-price"))(spec)

    monkeypatch.setattr(verifier.audit, "audit", chatty)
    write(here / "mine.toml")
    result = verify("run", "mine.toml", "--json")
    assert json.loads(result.stdout)
    assert "chatter" in result.stderr


def test_seed_and_budget_reach_the_audit(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, object]] = []

    def audit(spec: Spec, **options: object) -> Iterator[object]:
        asked.append(options)
        return canned(sample("first-price"))(spec)

    monkeypatch.setattr(verifier.audit, "audit", audit)
    write(here / "mine.toml")
    limits = ("--max-profiles", "16", "--max-paths", "17", "--max-queries", "0", "--workers", "3")
    verify("run", "mine.toml", "--seed", "7", *limits)
    assert asked == [{"seed": 7, "limits": Limits(16, 17, 0, 3)}]


def test_what_bounds_a_search_and_a_sample_reaches_the_audit(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, object]] = []

    def audit(spec: Spec, **options: object) -> Iterator[object]:
        asked.append(options)
        return canned(sample("first-price"))(spec)

    monkeypatch.setattr(verifier.audit, "audit", audit)
    write(here / "mine.toml")
    verify("run", "mine.toml", "--max-examples", "18", "--samples", "19", "--database", "kept", "--workers", "1")
    assert asked == [{"seed": 0, "limits": Limits(workers=1, examples=18, samples=19), "database": Path("kept")}]
    assert verify("run", "mine.toml", "--samples", "20001").exit_code == 2


def test_junit_is_written_where_it_is_asked_for(here: Path) -> None:
    write(here / "mine.toml")
    verify("run", "mine.toml", "--junit", "new/results.xml", "--output", "out")
    text = (here / "new" / "results.xml").read_text(encoding="utf-8")
    assert f'name="certificate" value="{Path("out") / "mine.json"}"' in text


def test_a_refutation_that_nobody_expected_comes_with_the_command_that_repeats_it(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = sample("first-price")
    for claim in certificate["claims"]:
        if claim["verdict"] == "REFUTED":
            claim["met"] = False
    monkeypatch.setattr(verifier.audit, "audit", canned(certificate))
    write(here / "mine.toml")
    result = verify("run", "mine.toml", "--output", "a b")
    assert f"Replay a refutation: verify replay '{Path('a b') / 'mine.json'}'#dsic\n" in result.stdout
    assert result.exit_code == exits.MISSED


def test_a_replay_of_code_elsewhere_says_where(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "elsewhere_module.py").write_text("def run(bids):\n    return bids, bids\n", encoding="utf-8")
    text = SPEC.format(call="x", tier="").replace("mechanisms.auctions.single_item:x", "elsewhere_module:run")
    (here / "mine.toml").write_text(text.replace("[domain]", 'root = "."\n[domain]'), encoding="utf-8")
    result = verify("run", "mine.toml")
    assert f"verify replay {Path('verify-report') / 'mine.json'}#dsic --source .\n" in result.stdout


def test_files_directories_and_packaged_names_are_found_once_each(here: Path) -> None:
    (here / "claims").mkdir()
    write(here / "claims" / "b.toml")
    write(here / "claims" / "a.toml")
    result = verify("run", "claims/b.toml", "claims", "second-price", "--json")
    assert [one["name"] for one in json.loads(result.stdout)["certificates"]] == ["b", "a", "second-price"]


def test_without_a_name_all_packaged_claims_run(here: Path) -> None:
    from verifier.resources import specs_dir

    result = verify("run", "--json")
    names = sorted(path.stem for path in (specs_dir() / "claims").glob("*.toml"))
    assert [one["name"] for one in json.loads(result.stdout)["certificates"]] == names


def test_tiers_are_chosen(here: Path) -> None:
    write(here / "zero.toml")
    write(here / "one.toml", tier="tier = 1")
    write(here / "two.toml", tier="tier = 2")
    for words, names in ((("--tier", "1"), ["one"]), (("--tier", "0", "--tier", "2"), ["two", "zero"])):
        result = verify("run", ".", "--json", *words)
        assert [one["name"] for one in json.loads(result.stdout)["certificates"]] == names


def test_nothing_checked_is_a_failure(here: Path) -> None:
    (here / "empty").mkdir()
    result = verify("run", "empty")
    assert (result.exit_code, result.stderr) == (exits.NOTHING, "nothing was checked: there is no claims file\n")
    write(here / "mine.toml")
    result = verify("run", "mine.toml", "--tier", "2")
    assert result.exit_code == exits.NOTHING
    assert not (here / "verify-report").exists()


@pytest.mark.parametrize(
    ("verdict", "expect", "fail_on", "code"),
    [
        ("REFUTED", "EXHAUSTED", "inconclusive", exits.MISSED),
        ("EXHAUSTED", "REFUTED", "inconclusive", exits.MISSED),
        ("ERROR", "EXHAUSTED", "refuted", exits.MISSED),
        ("REFUTED", "EXHAUSTED", "never", exits.MET),
        ("EXHAUSTED", "PROVED", "inconclusive", exits.INCONCLUSIVE),
        ("UNKNOWN", "REFUTED", "inconclusive", exits.INCONCLUSIVE),
        ("UNKNOWN", "EXHAUSTED", "refuted", exits.MET),
        ("EXHAUSTED", "PROVED", "refuted", exits.MET),
        ("UNKNOWN", "EXHAUSTED", "never", exits.MET),
    ],
)
def test_exit_codes_of_a_missed_claim(verdict: str, expect: str, fail_on: str, code: int) -> None:
    fine = {"verdict": "EXHAUSTED", "expect": "EXHAUSTED", "met": True}
    assert exits.of_claims([fine, {"verdict": verdict, "expect": expect, "met": False}], fail_on) == code
    assert exits.of_claims([fine], fail_on) == exits.MET


def test_a_contradicted_claim_outweighs_an_open_one() -> None:
    open_one = {"verdict": "UNKNOWN", "expect": "EXHAUSTED", "met": False}
    refuted = {"verdict": "REFUTED", "expect": "EXHAUSTED", "met": False}
    assert exits.of_claims([open_one, refuted]) == exits.MISSED


def test_all_mistakes_are_told_before_anything_runs(here: Path) -> None:
    write(here / "good.toml")
    write(here / "bad.toml", call="first_prize")
    write(here / "worse.toml").write_text("title = 0.5\n", encoding="utf-8")
    result = verify("run", "good.toml", "bad.toml", "worse.toml")
    assert result.exit_code == exits.USAGE
    first, second = result.stderr.splitlines()
    assert first.startswith("bad.toml:4: 'mechanisms.auctions.single_item:first_prize': no attribute 'first_prize' in ")
    assert second == 'worse.toml:1: 0.5 is a binary float; write "0.5"'
    assert result.stdout == ""
    assert not (here / "verify-report").exists()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("mechanisms.auctions.single_item:first_price", "no.such:f", "mine.toml:4: module 'no.such' does not import"),
        ("[domain]", 'method = "go"\n[domain]', "mine.toml:6: mechanisms.auctions.single_item:first_price has no m"),
        (
            "[domain]",
            "create = true\narguments = { reserve = 1 }\n[domain]",
            "mine.toml:7: creating mechanisms.auctions.single_item:first_price failed: TypeError",
        ),
        (
            "[domain]",
            "arguments = { resrve = 1 }\n[domain]",
            "mine.toml:6: mechanisms.auctions.single_item:first_price has no parameter 'resrve' that",
        ),
        (
            "[domain]",
            '[subject.returns]\nallocation_as = "order"\n[domain]',
            'mine.toml:7: allocation_as = "order" lists agents by slot; this domain has no slots',
        ),
    ],
)
def test_a_subject_that_does_not_load_is_blamed_on_its_line(here: Path, old: str, new: str, says: str) -> None:
    path = write(here / "mine.toml")
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    result = verify("run", "mine.toml")
    assert result.exit_code == exits.USAGE
    assert result.stderr.startswith(says)
    assert result.stderr.count("\n") == 1


def test_two_files_of_one_name_are_refused(here: Path) -> None:
    (here / "other").mkdir()
    write(here / "mine.toml")
    write(here / "other" / "Mine.toml")
    result = verify("run", "mine.toml", "other")
    assert result.exit_code == exits.USAGE
    assert "mine.toml has the same name, so that their reports would be one file" in result.stderr


def test_a_file_called_index_is_refused(here: Path) -> None:
    write(here / "index.toml")
    result = verify("run", "index.toml")
    assert result.exit_code == exits.USAGE
    assert "its report would be the index" in result.stderr


def test_a_module_of_another_root_is_not_taken_for_the_one_that_is_meant(here: Path) -> None:
    for folder in ("left", "right"):
        (here / folder).mkdir()
        (here / folder / "twin_module.py").write_text("def run(bids):\n    return bids, bids\n", encoding="utf-8")
        text = SPEC.format(call="x", tier="").replace("mechanisms.auctions.single_item:x", "twin_module:run")
        text = text.replace("[domain]", 'root = "."\n[domain]')
        (here / folder / f"{folder}.toml").write_text(text, encoding="utf-8")
    result = verify("run", "left", "right")
    assert result.exit_code == exits.USAGE
    assert result.stderr.startswith(f"{Path('right') / 'right.toml'}:6: module 'twin_module' comes from ")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("secnd-price", "'secnd-price'; did you mean 'second-price'?"),
        ("gone.toml", "'gone.toml'"),
    ],
)
def test_a_name_of_nothing_is_answered_with_the_nearest(here: Path, name: str, says: str) -> None:
    result = verify("run", name)
    told = f"no claims file, auction, directory or packaged claim is called {says}\n"
    assert (result.exit_code, result.stderr) == (exits.USAGE, told)


def test_an_output_that_cannot_be_written_is_told_before_anything_runs(here: Path) -> None:
    write(here / "mine.toml")
    result = verify("run", "mine.toml", "--output", "mine.toml/inside")
    assert result.exit_code == exits.USAGE
    assert result.stderr.startswith("cannot write to mine.toml")


def test_ctrl_c_in_an_audit_keeps_what_was_decided(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifier.audit, "audit", canned(sample("interrupted")))
    write(here / "one.toml")
    write(here / "two.toml")
    result = verify("run", "one.toml", "two.toml", "--json")
    assert result.exit_code == exits.INTERRUPTED
    assert [one["name"] for one in json.loads(result.stdout)["certificates"]] == ["one"]
    assert "interrupted; the certificates of 1 of 2 files are in verify-report" in result.stderr
    assert (here / "verify-report" / "one.json").exists()


def test_ctrl_c_while_an_event_is_shown_reaches_the_audit(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    caught: list[str] = []

    def audit(spec: Spec, **options: object) -> Iterator[object]:
        try:
            yield Progress("running", 0, 1)
        except KeyboardInterrupt:
            caught.append("in the audit")
        yield Finished({**sample("interrupted"), "name": spec.name}, {})

    def impatient(event: object) -> None:
        if isinstance(event, Progress):
            raise KeyboardInterrupt

    monkeypatch.setattr(verifier.audit, "audit", audit)
    monkeypatch.setattr("verifier.commands.progress._tell", impatient)
    write(here / "mine.toml")
    assert verify("run", "mine.toml").exit_code == exits.INTERRUPTED
    assert caught == ["in the audit"]
    assert (here / "verify-report" / "mine.json").exists()


def test_ctrl_c_before_any_certificate_still_writes_the_index(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def audit(spec: Spec, **options: object) -> Iterator[object]:
        yield Started(spec)
        raise KeyboardInterrupt

    monkeypatch.setattr(verifier.audit, "audit", audit)
    write(here / "mine.toml")
    result = verify("run", "mine.toml")
    assert result.exit_code == exits.INTERRUPTED
    assert "Nothing was checked." in result.stdout


def test_a_bug_of_ours_is_one_line_and_an_exit_code(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(spec: Spec, **options: object) -> Iterator[object]:
        yield Started(spec)
        raise ZeroDivisionError("two\nlines")

    monkeypatch.setattr(verifier.audit, "audit", broken)
    write(here / "mine.toml")
    result = verify("run", "mine.toml", "--quiet")
    assert result.exit_code == exits.INTERNAL
    told = "internal error: ZeroDivisionError: two lines (a bug in verify; VERIFY_DEBUG=1 shows the traceback)\n"
    assert result.stderr == told
    monkeypatch.setenv("VERIFY_DEBUG", "1")
    result = verify("run", "mine.toml", "--quiet")
    assert "Traceback (most recent call last)" in result.stderr
    assert result.stderr.endswith(told)


def test_explain_prints_the_text_of_the_module() -> None:
    import verifier.properties.dsic as module

    assert verify("explain", "dsic").stdout.strip() == (module.__doc__ or "").strip()


@pytest.mark.parametrize("name", PROPERTIES)
def test_every_property_is_explained(name: str) -> None:
    assert all(word in verify("explain", name).stdout for word in ("Definition", "Margin"))


def test_explain_of_an_unknown_word_names_the_nearest() -> None:
    result = verify("explain", "dsci")
    assert (result.exit_code, result.stderr) == (exits.USAGE, "unknown property 'dsci'; did you mean 'dsic'?\n")


def test_list_has_everything_also_as_json() -> None:
    from verifier.domains import KINDS

    document = json.loads(verify("list", "--json").stdout)
    assert [item["name"] for item in document["properties"]] == list(PROPERTIES)
    assert [item["name"] for item in document["domains"]] == list(KINDS)
    assert "second-price" in [item["name"] for item in document["claims"]]
    assert "exhaustive" in [item["name"] for item in document["engines"]]
    text = verify("list").stdout
    assert all(item["name"] in text and item["about"] in text for items in document.values() for item in items)


@pytest.mark.parametrize("command", ["run", "check", "replay", "explain", "list"])
def test_every_command_has_help_with_examples(command: str) -> None:
    text = verify(command, "--help").stdout
    assert f"verify {command}" in text.split("Examples:")[1]


def test_the_help_lists_commands_and_exit_codes() -> None:
    text = verify("-h").stdout
    assert all(f"\n  {command} " in text for command in main.commands)
    assert all(f"\n    {code} " in text for code in (0, 1, 2, 3, 4, 5, 130))


def test_the_version_is_told() -> None:
    import verifier

    assert verify("--version").stdout == f"verify {verifier.__version__}\n"
