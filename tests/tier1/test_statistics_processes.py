"""Studies in several processes: the same for any number of workers, after `kill -9`, and after Ctrl-C."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest

from verifier.errors import StudyError
from verifier.statistics.journal import Decided, Journal
from verifier.statistics.sampling import Plan
from verifier.statistics.study import Study, run_study

TOY = '''
from __future__ import annotations

import os
import sys
import time
from fractions import Fraction
from pathlib import Path

from verifier.certificate import canonical
from verifier.statistics.journal import Decided, Status
from verifier.statistics.sampling import Plan
from verifier.statistics.study import run_study

PLAN = Plan(subject="toy", distribution="two whole numbers", instances=40, seed=7, concept="pure",
            tie_rule="lowest", gate=Fraction(6, 5), share=Fraction(1, 2))


def decide(number, plan=PLAN, nap=0.0):
    """Instances of odd numbers take longer, so that results of two workers come in out of order."""
    source = plan.stream(number)
    loss, welfare = source.randint(0, 4), source.randint(9, 20)
    time.sleep(nap * (1 + 2 * (number % 2)))
    passes = 5 * (welfare + loss) < 6 * welfare
    ratio = str(Fraction(welfare + loss, welfare))
    return Decided(Status.PASS if passes else Status.FAIL, ratio, {"loss": loss, "welfare": welfare})


def crash(number):
    if number == 11:
        raise ZeroDivisionError("no welfare")
    return decide(number)


def die(number):
    if number == 11:
        os._exit(9)
    return decide(number)


def nothing(number):
    return None


def slow(number, plan=PLAN):
    Path(sys.argv[3]).with_suffix(f".{os.getpid()}").touch()
    return decide(number, plan, 0.01)


def stuck(number):
    Path(sys.argv[3]).with_suffix(f".{os.getpid()}").touch()
    if number < 5:
        return decide(number)
    time.sleep(600)


if __name__ == "__main__":
    import toy_study  # workers look the functions up there

    function, workers, path = sys.argv[1:]
    study = run_study(PLAN, getattr(toy_study, function), Path(path), workers=int(workers))
    print(canonical(study.to_json()))
'''

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX systems")


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The subject as a module that other processes can import."""
    (tmp_path / "toy_study.py").write_text(TOY, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "toy_study", raising=False)
    module = importlib.import_module("toy_study")
    yield module
    sys.modules.pop("toy_study", None)


def start(folder: Path, function: str, workers: int, journal: Path) -> subprocess.Popen[str]:
    """A study in a process of its own, at the head of its own group."""
    command = [sys.executable, str(folder / "toy_study.py"), function, str(workers), str(journal)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def finish(folder: Path, function: str, workers: int, journal: Path) -> str:
    with start(folder, function, workers, journal) as process:
        said, complaint = process.communicate(timeout=60)
    assert process.returncode == 0, complaint
    return said


def until(condition: Callable[[], bool]) -> None:
    for _ in range(3000):
        if condition():
            return
        time.sleep(0.01)
    pytest.fail("half a minute was not enough")


def lines(journal: Path) -> int:
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def at_work(journal: Path) -> list[int]:
    """The processes that have decided instances and are still alive."""
    return [int(path.suffix[1:]) for path in journal.parent.glob(f"{journal.stem}.*") if alive(int(path.suffix[1:]))]


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process}/stat")
    return not state.exists() or state.read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize("stopping", ["fixed", "anytime"])
def test_any_number_of_workers_gives_the_same_study(toy: ModuleType, tmp_path: Path, stopping: str) -> None:
    plan: Plan = replace(toy.PLAN, stopping=stopping)
    decide = partial(toy.decide, plan=plan, nap=0.002)
    studies: list[Study] = [
        run_study(plan, decide, tmp_path / f"journal{workers}", workers=workers) for workers in (1, 2, 3)
    ]
    assert studies[0] == studies[1] == studies[2]
    assert studies[0].summary.complete
    assert studies[0].results == tuple(toy.decide(number) for number in range(studies[0].summary.counted))


@posix
@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("least", [1, 2, 9, 25, 39])
def test_kill_9_and_going_on_give_the_same_bytes(toy: ModuleType, tmp_path: Path, workers: int, least: int) -> None:
    whole = finish(tmp_path, "decide", 1, tmp_path / "whole")
    journal = tmp_path / "journal"
    with start(tmp_path, "slow", workers, journal) as process:
        until(lambda: lines(journal) >= least)
        process.kill()
        process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    until(lambda: not at_work(journal))
    with Journal(journal, toy.PLAN) as kept:
        before: dict[int, Decided] = dict(kept.results)
    assert len(before) >= least - 1
    assert finish(tmp_path, "slow", 3 - workers, journal) == whole
    with Journal(journal, toy.PLAN) as kept:
        assert {number: kept.results[number] for number in before} == before
        assert len(kept.results) == 40


@posix
def test_kill_9_again_and_again_gets_there_all_the_same(toy: ModuleType, tmp_path: Path) -> None:
    whole = finish(tmp_path, "decide", 1, tmp_path / "whole")
    journal = tmp_path / "journal"
    for least in range(3, 30, 5):
        with start(tmp_path, "slow", 1, journal) as process:
            until(lambda: lines(journal) >= least)  # noqa: B023
            process.kill()
            process.communicate(timeout=60)
    assert finish(tmp_path, "slow", 1, journal) == whole


@posix
def test_workers_of_a_killed_study_do_not_live_on(toy: ModuleType, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    with start(tmp_path, "stuck", 2, journal) as process:
        until(lambda: lines(journal) == 6 and len(at_work(journal)) == 2)
        process.kill()
        process.communicate(timeout=60)
    until(lambda: not at_work(journal))
    with Journal(journal, toy.PLAN) as kept:
        assert sorted(kept.results) == [0, 1, 2, 3, 4]


@posix
@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_keeps_what_was_decided_and_stops_the_workers(toy: ModuleType, tmp_path: Path, workers: int) -> None:
    journal = tmp_path / "journal"
    with start(tmp_path, "stuck", workers, journal) as process:
        until(lambda: lines(journal) == 6 and len(at_work(journal)) == workers)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: everybody in the foreground hears it
        said, complaint = process.communicate(timeout=60)
    assert process.returncode == 0, complaint
    assert '"complete":false,"counted":5' in said
    assert complaint == ""
    assert not at_work(journal)
    assert finish(tmp_path, "decide", 2, journal) == finish(tmp_path, "decide", 1, tmp_path / "whole")


def test_an_exception_in_a_worker_names_the_instance(toy: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="instance 11: ZeroDivisionError: no welfare") as crash:
        run_study(toy.PLAN, toy.crash, tmp_path / "journal", workers=2)
    assert crash.value.number == 11
    assert run_study(toy.PLAN, toy.decide, tmp_path / "journal").summary.complete


@pytest.mark.parametrize("workers", [1, 2])
def test_a_function_that_gives_no_outcome_is_named(toy: ModuleType, tmp_path: Path, workers: int) -> None:
    with pytest.raises(StudyError, match=r"instance \d: None is no `Decided`"):
        run_study(toy.PLAN, toy.nothing, tmp_path / "journal", workers=workers)


def test_a_worker_that_dies_is_reported_and_the_study_goes_on_later(toy: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="a worker process could not start or died"):
        run_study(toy.PLAN, toy.die, tmp_path / "journal", workers=2)
    study = run_study(toy.PLAN, toy.decide, tmp_path / "journal", workers=2)
    assert study == run_study(toy.PLAN, toy.decide, tmp_path / "whole")


def test_a_function_that_cannot_be_sent_is_refused_before_anything_starts(toy: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="cannot be sent to another process"):
        run_study(toy.PLAN, lambda number: toy.decide(number), tmp_path / "journal", workers=2)
