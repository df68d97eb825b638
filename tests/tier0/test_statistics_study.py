"""Plans, journals and studies in one process; `tier1` holds what needs processes and `kill -9`."""

from __future__ import annotations

import hashlib
import json
import os
import random
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.errors import DomainError, JournalError, MoneyError, StudyError, TooLarge
from verifier.exact import show
from verifier.statistics.journal import Decided, Journal, Status
from verifier.statistics.sampling import Plan, stream
from verifier.statistics.study import Progress, judged, run_study

FOLDER = int(sys.platform != "win32")  # a new file's folder is written too
PLAN = Plan(
    subject="toy",
    distribution="two whole numbers",
    instances=40,
    seed=7,
    concept="pure",
    tie_rule="lowest index",
    gate=Fraction(6, 5),
    share=Fraction(1, 2),
)


def toy(number: int) -> Decided:
    """Ratios around the gate of 6/5, with every kind of outcome among them."""
    source = stream(PLAN.seed, number)
    loss, welfare = source.randint(0, 4), source.randint(9, 20)
    instance = {"number": number, "values": [loss, welfare]}
    if source.randrange(15) == 0:
        return Decided(Status.UNDECIDED, None, instance)
    ratio = Fraction(welfare + loss, welfare)
    return Decided(Status.PASS if 5 * (welfare + loss) < 6 * welfare else Status.FAIL, show(ratio), instance)


def decided(passes: bool, ratio: str | None = None) -> Decided:
    return Decided(Status.PASS if passes else Status.FAIL, ratio or ("1" if passes else "2"), {})


# plans


def test_a_plan_that_differs_in_anything_has_another_hash() -> None:
    others = [
        replace(PLAN, subject="other"),
        replace(PLAN, distribution="three numbers"),
        replace(PLAN, instances=41),
        replace(PLAN, seed=8),
        replace(PLAN, concept="mixed"),
        replace(PLAN, tie_rule="random"),
        replace(PLAN, gate=Fraction(5, 4)),
        replace(PLAN, settings=(("most", "20"),)),
        replace(PLAN, share=Fraction(19, 20)),
        replace(PLAN, confidence=Fraction(9, 10)),
        replace(PLAN, comparisons=2),
        replace(PLAN, stopping="anytime"),
    ]
    assert len({plan.digest for plan in [PLAN, *others]}) == len(others) + 1
    assert len(PLAN.to_json()) == len(others), "one of the fields is not varied above"
    assert replace(PLAN).digest == PLAN.digest


def test_each_instance_has_a_stream_of_its_own() -> None:
    firsts = [stream(seed, number).getrandbits(64) for seed in (1, 11, -1) for number in range(200)]
    assert len(set(firsts)) == len(firsts)
    assert stream(1, 2).getrandbits(64) == firsts[2]
    assert PLAN.stream(3).random() == stream(7, 3).random()


def test_the_stream_is_the_same_on_every_machine() -> None:
    """sha256 of "1/0" seeds the Mersenne twister, whose `random` Python promises not to change."""
    seed = int(hashlib.sha256(b"1/0").hexdigest(), 16)
    assert stream(1, 0).random() == random.Random(seed).random()


def test_the_sentence_speaks_of_the_distribution() -> None:
    sentence = replace(PLAN, comparisons=3).sentence()
    assert sentence == (
        "With 19/20 confidence for all 3 that are compared at least 1/2 of the instances drawn from two whole "
        "numbers have a pure price of anarchy below 6/5 under toy (ties: lowest index)."
    )


def test_plans_say_how_many_passes_they_need() -> None:
    thousand = replace(PLAN, instances=1000, share=Fraction(19, 20))
    assert thousand.needed == 962
    assert replace(thousand, comparisons=10).needed == 968
    assert replace(thousand, stopping="anytime").needed == 969
    assert replace(thousand, instances=50).needed is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tie_rule": " "}, "names no tie_rule"),
        ({"instances": 0}, "at least one"),
        ({"gate": 0}, "the gate is 0"),
        ({"share": 1}, "the share is 1"),
        ({"confidence": 0}, "the confidence is 0"),
        ({"comparisons": 0}, "0 comparisons"),
        ({"stopping": "never"}, "stopping is 'never'"),
        ({"settings": (("a", "1"), ("a", "2"))}, "given twice"),
    ],
)
def test_plans_that_make_no_sense_are_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(DomainError, match=message):
        replace(PLAN, **change)  # type: ignore[arg-type]


def test_floats_and_endless_plans_are_refused() -> None:
    with pytest.raises(MoneyError, match="binary float"):
        replace(PLAN, gate=1.2)
    with pytest.raises(TooLarge, match="1,000,000 instances"):
        replace(PLAN, instances=1_000_000)


# outcomes


@pytest.mark.parametrize(
    ("ratio", "instance", "message"),
    [
        ("2/4", {}, 'write "1/2"'),
        ("1.20", {}, 'write "6/5"'),
        ("x", {}, "cannot be read"),
        (None, [0.5], "0.5 is a float"),
    ],
)
def test_outcomes_hold_exact_numbers_only(ratio: str | None, instance: object, message: str) -> None:
    with pytest.raises(StudyError, match=message):
        Decided(Status.FAIL, ratio, instance)


@pytest.mark.parametrize(
    ("status", "ratio"),
    [
        (Status.PASS, "6/5"),
        (Status.PASS, "infinity"),
        (Status.PASS, None),
        (Status.PASS, "6000000000000000000001/5000000000000000000000"),
        (Status.FAIL, "5999999999999999999999/5000000000000000000000"),
    ],
)
def test_an_outcome_that_contradicts_the_gate_is_refused(status: Status, ratio: str | None, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"instance 0: it is said to .* the gate 6/5"):
        run_study(PLAN, lambda _: Decided(status, ratio, {}), tmp_path / "journal")


@pytest.mark.parametrize("ratio", ["6/5", "infinity", None])
def test_exactly_the_gate_infinity_and_no_equilibrium_are_failures(ratio: str | None, tmp_path: Path) -> None:
    study = run_study(PLAN, lambda _: Decided(Status.FAIL, ratio, {}), tmp_path / "journal")
    assert (study.summary.failures, study.summary.supported) == (40, False)


# summaries


def test_a_study_counts_what_a_loop_counts(tmp_path: Path) -> None:
    told: list[Progress] = []
    study = run_study(PLAN, toy, tmp_path / "journal", progress=told.append)
    outcomes = [toy(number) for number in range(40)]
    kinds = [outcome.status for outcome in outcomes]
    summary = study.summary
    assert study.results == tuple(outcomes)
    assert (summary.passes, summary.failures, summary.undecided) == tuple(kinds.count(status) for status in Status)
    assert min(summary.passes, summary.failures, summary.undecided) > 0
    assert told[-1] == Progress(40, 40, summary.passes, summary.failures, summary.undecided)
    assert [step.done for step in told] == list(range(1, 41))
    largest = max(Fraction(outcome.ratio) for outcome in outcomes if outcome.ratio)
    first = next(k for k, outcome in enumerate(outcomes) if outcome.ratio and Fraction(outcome.ratio) == largest)
    assert summary.worst == (first, outcomes[first])


def test_exactly_as_many_passes_as_are_needed_show_the_claim_and_one_less_does_not() -> None:
    plan = replace(PLAN, instances=1000, share=Fraction(19, 20))
    enough = judged(plan, {k: decided(k >= 38) for k in range(1000)}).summary
    short = judged(plan, {k: decided(k >= 39) for k in range(1000)}).summary
    assert (enough.passes, enough.supported, enough.needed) == (962, True, 962)
    assert (short.passes, short.supported) == (961, False)
    assert enough.lower_bound is not None
    assert short.lower_bound is not None
    assert enough.lower_bound >= plan.share > short.lower_bound


def test_undecided_instances_count_as_failures() -> None:
    plan = replace(PLAN, instances=1000, share=Fraction(19, 20))
    open_end = {k: decided(True) if k < 961 else Decided(Status.UNDECIDED, None, {}) for k in range(1000)}
    summary = judged(plan, open_end).summary
    assert (summary.passes, summary.failures, summary.undecided, summary.supported) == (961, 0, 39, False)
    assert summary.worst == (0, decided(True))


@pytest.mark.parametrize(
    ("ratios", "place"),
    [
        (["3/2", "5/3", "5/3"], 1),
        (["3/2", "infinity", "infinity", "1000"], 1),
        (["10/3", "infinity"], 1),
        (["10000000000000001/10000000000000000", "10000000000000002/10000000000000000"], 1),
    ],
)
def test_the_worst_instance_is_the_first_of_the_largest_exact_ratio(ratios: list[str], place: int) -> None:
    exact = [ratio if ratio == "infinity" else show(Fraction(ratio)) for ratio in ratios]
    results = {k: Decided(Status.FAIL, ratio, {}) for k, ratio in enumerate(exact)}
    found = judged(replace(PLAN, gate=1), results).summary.worst
    assert found is not None
    assert found[0] == place


def test_without_any_ratio_there_is_no_worst_instance() -> None:
    assert judged(PLAN, {0: Decided(Status.FAIL, None, {})}).summary.worst is None


def test_an_anytime_study_ends_with_the_first_instance_that_settles_it(tmp_path: Path) -> None:
    """All pass and s = 1/2: E = 2 (2^(n+1) - 1) / (2 (n+1)), which is 18.1 for n = 6 and 31.9 for n = 7."""
    plan = replace(PLAN, stopping="anytime")
    study = run_study(plan, lambda _: decided(True), tmp_path / "journal")
    assert (study.summary.counted, study.summary.supported, study.summary.complete) == (7, True, True)
    assert study.summary.e_value == Fraction(31_875, 1000)
    assert study.summary.lower_bound is None
    again = run_study(plan, lambda _: pytest.fail("nothing is left to do"), tmp_path / "journal")
    assert again == study


def test_a_fixed_study_is_not_settled_by_its_e_value(tmp_path: Path) -> None:
    def interrupted(number: int) -> Decided:
        if number == 30:
            raise KeyboardInterrupt
        return decided(True)

    summary = run_study(PLAN, interrupted, tmp_path / "journal").summary
    assert (summary.counted, summary.complete, summary.supported, summary.lower_bound) == (30, False, False, None)
    assert summary.e_value > 20
    assert summary.anytime_bound > PLAN.share


def test_instances_behind_a_gap_do_not_count() -> None:
    summary = judged(PLAN, {k: decided(True) for k in range(40) if k != 5}).summary
    assert (summary.counted, summary.passes, summary.complete) == (5, 5, False)


# journals


@pytest.mark.parametrize("cut", [1, 2, 30])
def test_a_torn_last_line_is_cut_off_and_decided_again(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "journal"
    whole = run_study(PLAN, toy, path)
    text = path.read_bytes()
    path.write_bytes(text[:-cut])
    with Journal(path, PLAN) as journal:
        assert len(journal.results) == 39
        assert journal.torn > 0
    asked: list[int] = []
    again = run_study(PLAN, lambda number: asked.append(number) or toy(number), path)  # type: ignore[func-returns-value]
    assert asked == [39]
    assert again == whole
    assert path.read_bytes() == text


@settings(deadline=None)
@given(st.data())
def test_wherever_the_journal_ends_the_study_ends_the_same(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    plan = replace(PLAN, instances=6)
    path = tmp_path_factory.mktemp("study") / "journal"
    whole = run_study(plan, toy, path)
    text = path.read_bytes()
    path.write_bytes(text[: data.draw(st.integers(0, len(text)))])
    assert run_study(plan, toy, path) == whole
    assert path.read_bytes() == text


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"seed": 8}, "seed is 7 there and 8 here"),
        ({"gate": Fraction(5, 4)}, "gate is '6/5' there and '5/4' here"),
        ({"tie_rule": "random"}, "tie_rule is 'lowest index' there and 'random' here"),
    ],
)
def test_the_journal_of_another_plan_is_refused_and_left_alone(
    change: dict[str, object], reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "journal"
    run_study(PLAN, toy, path)
    text = path.read_bytes()
    with pytest.raises(JournalError, match=reason) as refused:
        run_study(replace(PLAN, **change), toy, path)  # type: ignore[arg-type]
    assert (refused.value.path, refused.value.line) == (str(path), 1)
    assert path.read_bytes() == text


@pytest.mark.parametrize("text", ["notes of mine", "notes of mine\n", "{}\n", "[1]\n", '{"format": "other"}\n'])
def test_a_file_that_is_no_journal_is_refused_and_left_alone(text: str, tmp_path: Path) -> None:
    path = tmp_path / "notes"
    path.write_text(text, encoding="ascii")
    with pytest.raises(JournalError, match="no journal"):
        run_study(PLAN, toy, path)
    assert path.read_text(encoding="ascii") == text


def test_every_changed_character_of_a_result_is_noticed(tmp_path: Path) -> None:
    plan = replace(PLAN, instances=2)
    path = tmp_path / "journal"
    run_study(plan, toy, path)
    lines = path.read_text(encoding="ascii").split("\n")
    for place, character in enumerate(lines[1]):
        other = "8" if character != "8" else "9"
        changed = lines[1][:place] + other + lines[1][place + 1 :]
        path.write_text("\n".join([lines[0], changed, *lines[2:]]), encoding="ascii")
        with pytest.raises(JournalError, match=r"damaged|seal") as refused:
            run_study(plan, toy, path)
        assert refused.value.line == 2


def test_lines_that_are_sealed_but_make_no_sense_are_refused(tmp_path: Path) -> None:
    for number, outcome, reason in [
        (40, decided(True), "no instance 40"),
        (0, decided(True, "2"), "not below the gate"),
    ]:
        path = tmp_path / f"journal{number}"
        with Journal(path, PLAN) as journal:
            journal.append(number, outcome)
        with pytest.raises(JournalError, match=reason):
            Journal(path, PLAN)


def test_two_outcomes_of_one_instance_give_the_subject_away(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with Journal(path, PLAN) as journal:
        journal.append(3, decided(True))
        journal.append(3, decided(True))
    Journal(path, PLAN).close()
    with Journal(path, PLAN) as journal:
        journal.append(3, decided(False))
    with pytest.raises(JournalError, match="not deterministic"):
        Journal(path, PLAN)


def test_two_studies_never_write_one_journal(tmp_path: Path) -> None:
    pytest.importorskip("fcntl")
    with Journal(tmp_path / "journal", PLAN), pytest.raises(JournalError, match="another study is writing it"):
        Journal(tmp_path / "journal", PLAN)


def test_every_result_is_on_the_disk_before_it_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, synced = tmp_path / "journal", [0]
    monkeypatch.setattr("os.fsync", lambda _: synced.append(path.read_bytes().count(b"\n")))
    run_study(PLAN, toy, path, progress=lambda step: None if synced[-1] == step.done + 1 else pytest.fail("not synced"))
    assert synced[-1] == 41


def test_a_full_disk_is_reported_and_what_was_written_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "journal"

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with Journal(path, PLAN) as journal:
        journal.append(0, decided(True))
        monkeypatch.setattr("os.fsync", full)
        with pytest.raises(JournalError, match="No space left"):
            journal.append(1, decided(True))
        assert sorted(journal.results) == [0]
    monkeypatch.undo()
    assert run_study(PLAN, toy, tmp_path / "other").summary.complete
    with Journal(path, PLAN) as journal:
        assert journal.results[0] == decided(True)


def test_a_journal_that_cannot_be_written_says_why(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="cannot be written"):
        Journal(tmp_path, PLAN)


def test_a_crash_of_the_subject_names_the_instance_and_loses_nothing(tmp_path: Path) -> None:
    def crashing(number: int) -> Decided:
        if number == 3:
            raise ZeroDivisionError("no welfare")
        return toy(number)

    with pytest.raises(StudyError, match="instance 3: ZeroDivisionError: no welfare") as crash:
        run_study(PLAN, crashing, tmp_path / "journal")
    assert crash.value.number == 3
    assert isinstance(crash.value.__cause__, ZeroDivisionError)
    with Journal(tmp_path / "journal", PLAN) as journal:
        assert sorted(journal.results) == [0, 1, 2]


def test_no_workers_do_no_work(tmp_path: Path) -> None:
    with pytest.raises(DomainError, match="0 workers"):
        run_study(PLAN, toy, tmp_path / "journal", workers=0)


def test_the_json_of_a_study_holds_no_float(tmp_path: Path) -> None:
    text = json.dumps(run_study(PLAN, toy, tmp_path / "journal").to_json())
    document = json.loads(text, parse_float=lambda number: pytest.fail(f"{number} is a float"))
    assert document["plan_sha256"] == PLAN.digest
    assert document["summary"]["worst"]["instance"]["values"]


def test_an_interruption_right_behind_the_disk_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while the fifth result is being written: it is on the disk, so that it counts."""
    real, calls = os.fsync, []

    def interrupted(descriptor: int) -> None:
        real(descriptor)
        calls.append(descriptor)
        if len(calls) == 1 + FOLDER + 5:  # the first line, its folder, five results
            raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    study = run_study(PLAN, toy, tmp_path / "journal")
    assert study.summary.counted == 5
    assert run_study(PLAN, toy, tmp_path / "journal") == run_study(PLAN, toy, tmp_path / "whole")
