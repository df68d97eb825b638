"""The command as a stranger runs it: processes of their own, real audits, real signals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

FIRST_PRICE = """\
title = "First price"

[subject]
call = "auction:run"

[domain]
kind = "single-item"
agents = 2
values = "0..3"

[[claim]]
property = "dsic"
expect = "REFUTED"

[[claim]]
property = "efficient"
"""
AUCTION = """\
import os

def run(bids):
    print("a print")
    os.write(1, b"a line from below Python\\n")
    winner = bids.index(max(bids))
    won = [int(agent == winner) for agent in range(len(bids))]
    return won, [bid * share for bid, share in zip(bids, won)]
"""
SLOW = """\
import time
from pathlib import Path

def run(bids):
    if not Path("quick").exists():
        Path("running").touch()
        time.sleep(0.01)
    return [1] + [0] * (len(bids) - 1), [0] * len(bids)
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "auction.py").write_text(AUCTION, encoding="utf-8")
    (tmp_path / "first.toml").write_text(FIRST_PRICE, encoding="utf-8")
    return tmp_path


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "verifier", *words]


def verify(where: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    known = {**os.environ, **environment}
    return subprocess.run(command(*words), cwd=where, env=known, capture_output=True, text=True, check=False)


def test_run_check_and_replay_agree(here: Path) -> None:
    done = verify(here, "run", "first.toml", "--output", "out")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == f"HTML index: {Path('out') / 'index.html'}"
    assert "a print" not in done.stdout
    checked = verify(here, "check", "out")
    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.splitlines() == [
        str(Path("out") / "first.json"),
        "CONFIRMED  dsic  REFUTED",
        "CONFIRMED  efficient  EXHAUSTED",
    ]
    replayed = verify(here, "replay", "out/first.json#dsic")
    assert replayed.returncode == 0
    assert "REPRODUCED: the margin is -1" in replayed.stdout
    assert "a line from below Python" in replayed.stderr
    assert "a line from below Python" not in replayed.stdout


@pytest.mark.parametrize(
    ("name", "supported", "refuted"), [("proportional-share-trusted", 3, 0), ("quadratic-menu", 8, 1)]
)
def test_what_rests_on_a_solver_is_checked_in_part(here: Path, name: str, supported: int, refuted: int) -> None:
    """Run by name, not by default; its claims are met, and the checker says which of them it cannot repeat."""
    ran = verify(here, "run", name, "--json", "--quiet", "--output", "out")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    (certificate,) = json.loads(ran.stdout)["certificates"]
    verdicts = [claim["verdict"] for claim in certificate["claims"]]
    assert sorted(verdicts) == ["REFUTED"] * refuted + ["SUPPORTED"] * supported
    checked = verify(here, "check", f"out/{name}.json")
    assert checked.returncode == 3
    assert (checked.stdout.count("PARTLY"), checked.stdout.count("CONFIRMED")) == (supported, refuted)
    assert "z3 is trusted here" in checked.stdout
    assert name in verify(here, "list").stdout


def test_json_survives_a_mechanism_that_prints(here: Path) -> None:
    done = verify(here, "run", "first.toml", "--json", "--quiet")
    (certificate,) = json.loads(done.stdout)["certificates"]
    assert [claim["verdict"] for claim in certificate["claims"]] == ["REFUTED", "EXHAUSTED"]
    assert json.loads((here / "verify-report" / "first.json").read_text(encoding="utf-8")) == certificate


def test_events_on_standard_output_survive_a_mechanism_that_prints(here: Path) -> None:
    done = verify(here, "run", "first.toml", "--events", "-", "--sarif", "out.sarif")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert (told[0]["event"], told[-1]["event"]) == ("started", "finished")
    assert "a line from below Python" in done.stderr
    run = json.loads((here / "out.sarif").read_text(encoding="ascii"))["runs"][0]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "auction.py", "uriBaseId": "REPOSITORY"},
        "region": {"startLine": 3},
    }


def test_nobody_reading_events_ends_the_run_without_a_traceback(here: Path) -> None:
    with subprocess.Popen(
        command("run", "first.toml", "--events", "-"),
        cwd=here,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        errors = running.stderr.read()
    assert running.returncode == 1
    assert "Traceback" not in errors


def test_the_replay_command_that_is_printed_works_as_it_stands(here: Path) -> None:
    (here / "code").mkdir()
    (here / "auction.py").rename(here / "code" / "auction.py")
    text = FIRST_PRICE.replace('expect = "REFUTED"\n', "").replace("[domain]", 'root = "code"\n\n[domain]')
    (here / "first.toml").write_text(text, encoding="utf-8")
    done = verify(here, "run", "first.toml", "--output", "out")
    assert done.returncode == 1
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("Replay a refutation: ")]
    words = line.removeprefix("Replay a refutation: verify ").split()
    assert verify(here, *words).returncode == 0


def test_check_finds_a_changed_source_and_a_changed_certificate(here: Path) -> None:
    assert verify(here, "run", "first.toml", "--output", "out").returncode == 0
    path = here / "out" / "first.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"REFUTED"', '"EXHAUSTED"'), encoding="utf-8")
    done = verify(here, "check", "out/first.json")
    assert done.returncode == 4
    assert "REJECTED" in done.stdout
    assert verify(here, "run", "first.toml", "--output", "out").returncode == 0
    (here / "auction.py").write_text(AUCTION + "\n# touched\n", encoding="utf-8")
    done = verify(here, "check", "out/first.json", "--json")
    assert done.returncode == 4
    (check,) = json.loads(done.stdout)["checks"]
    assert check["status"] == "REJECTED"


def test_check_says_what_it_could_not_check(here: Path) -> None:
    assert verify(here, "run", "first.toml", "--output", "out").returncode == 0
    (here / "theirs").mkdir()
    (here / "auction.py").rename(here / "theirs" / "auction.py")
    done = verify(here, "check", "out")
    assert done.returncode == 3
    assert "PARTLY" in done.stdout
    assert verify(here, "check", "out", "--source", "theirs").returncode == 0


def test_check_takes_the_gravest_code_of_several_certificates(here: Path) -> None:
    assert verify(here, "run", "first.toml", "--output", "out").returncode == 0
    (here / "out" / "bad.json").write_text("{}", encoding="utf-8")
    assert verify(here, "check", "out").returncode == 4
    (here / "out" / "bad.json").write_text("not JSON", encoding="utf-8")
    done = verify(here, "check", "out", "--json")
    assert done.returncode == 2
    assert [check["status"] for check in json.loads(done.stdout)["checks"]] == ["UNREADABLE", "CONFIRMED"]
    (here / "none").mkdir()
    assert verify(here, "check", "none").returncode == 5
    assert verify(here, "check", "gone.json").returncode == 2


def heed_interrupts() -> None:
    """Undo what a shell does to its background jobs: it makes them, and their children, deaf to SIGINT."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of a POSIX terminal")
def test_ctrl_c_leaves_a_partial_certificate_that_checks(here: Path) -> None:
    (here / "auction.py").write_text(SLOW, encoding="utf-8")
    (here / "slow.toml").write_text(FIRST_PRICE.replace("0..3", "0..60"), encoding="utf-8")
    with subprocess.Popen(
        command("run", "slow.toml", "first.toml", "--output", "out"),
        cwd=here,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_interrupts,
    ) as running:
        for _ in range(600):
            if (here / "running").exists():
                break
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        out, complaint = running.communicate(timeout=60)
    assert running.returncode == 130, complaint
    assert out.splitlines()[-1] == f"HTML index: {Path('out') / 'index.html'}"
    assert "the certificates of 1 of 2 files are in out" in complaint
    assert "Traceback" not in complaint
    certificate = json.loads((here / "out" / "slow.json").read_text(encoding="utf-8"))
    assert certificate["interrupted"] is True
    assert {claim["verdict"] for claim in certificate["claims"]} == {"UNKNOWN"}
    assert not (here / "out" / "first.json").exists()
    (here / "quick").touch()
    assert verify(here, "check", "out").returncode == 0


EXPLORED = """\
import time
from pathlib import Path

seen = []

def run(bids):
    if hasattr(bids[0], "coefficients"):
        seen.append(bids)
        if len(seen) == 3:
            Path("running").touch()
            time.sleep(60)
    winner = bids.index(max(bids))
    won = [int(agent == winner) for agent in range(len(bids))]
    return won, [bid * share for bid, share in zip(bids, won)]
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of a POSIX terminal")
def test_ctrl_c_amid_exploring_leaves_a_certificate_that_checks(here: Path) -> None:
    """What the first two paths show refutes truthfulness; the other claim is open, and the checker agrees."""
    (here / "auction.py").write_text(EXPLORED, encoding="utf-8")
    text = FIRST_PRICE.replace("agents = 2", "agents = 3").replace('property = "', 'engine = "symbolic"\nproperty = "')
    (here / "first.toml").write_text(text, encoding="utf-8")
    with subprocess.Popen(
        command("run", "first.toml", "--output", "out"),
        cwd=here,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_interrupts,
    ) as running:
        for _ in range(600):
            if (here / "running").exists():
                break
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        _, complaint = running.communicate(timeout=60)
    assert running.returncode == 130, complaint
    assert "Traceback" not in complaint
    certificate = json.loads((here / "out" / "first.json").read_text(encoding="utf-8"))
    assert certificate["interrupted"] is True
    assert certificate["exploration"]["stopped"] == "after 2 paths: interrupted"
    assert [(claim["verdict"], claim["reason"]) for claim in certificate["claims"]] == [
        ("REFUTED", None),
        ("UNKNOWN", "interrupted after 2 paths; no violation on these paths"),
    ]
    checked = verify(here, "check", "out")
    assert (checked.returncode, checked.stdout.count("CONFIRMED")) == (0, 2), checked.stdout
    assert verify(here, "replay", "out/first.json#dsic").returncode == 0


BAD = {
    "malformed": (("agents = 2", "agents = = 2"), "first.toml:8: not valid TOML: "),
    "unknown property": (('"dsic"', '"dsci"'), "first.toml:12: unknown property 'dsci'; did you mean 'dsic'?"),
    "missing module": (("auction:run", "no_such:run"), "first.toml:4: module 'no_such' does not import: Module"),
    "10^12 profiles": (
        ("agents = 2", "agents = 20"),
        "first.toml:6: the grid has 1,099,511,627,776 profiles and the budget allows 10,000,000; use fewer",
    ),
    "a float": (('"0..3"', "[0, 0.5]"), 'first.toml:9: 0.5 is a binary float; write "0.5"'),
    "missing attribute": (("auction:run", "auction:ran"), "first.toml:4: 'auction:ran': no attribute 'ran' in auct"),
    "wrong type": (("agents = 2", "agents = []"), "first.toml:6: a domain needs at least one agent"),
    "unknown key": (("agents", "agnets"), "first.toml:8: unknown key 'agnets' in the domain; did you mean 'agents'?"),
}


@pytest.mark.parametrize(("change", "says"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_one_sentence_with_file_and_line(here: Path, change: tuple[str, str], says: str) -> None:
    (here / "first.toml").write_text(FIRST_PRICE.replace(*change), encoding="utf-8")
    done = verify(here, "run", "first.toml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(says)
    assert done.stderr.count("\n") == 1
    assert not (here / "verify-report").exists()


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["run", "binary.toml"], 2, "binary.toml: cannot be read (not UTF-8 text)"),
        (["run", "secnd-price"], 2, "packaged claim is called 'secnd-price'; did you"),
        (["run", "empty"], 5, "nothing was checked: there is no claims file"),
        (["run", "first.toml", "--output", "first.toml"], 2, "Usage: verify run"),
        (["replay", "binary.toml"], 2, "binary.toml: not a JSON document ("),
        (["check", "deep.json"], 2, "deep.json cannot be read: maximum recursion depth"),
        (["explain", "dsci"], 2, "unknown property 'dsci'; did you mean 'dsic'?"),
    ],
)
def test_a_file_or_a_word_of_no_use_is_told_without_a_traceback(
    here: Path, words: list[str], code: int, says: str
) -> None:
    (here / "binary.toml").write_bytes(b"\xff\xfe")
    (here / "deep.json").write_text("[" * 100_000, encoding="utf-8")
    (here / "empty").mkdir()
    done = verify(here, *words)
    assert (done.returncode, done.stdout if words[0] != "check" else "") == (code, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_closed_pipe_is_no_traceback(here: Path) -> None:
    with subprocess.Popen(command("list"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        complaint = running.stderr.read()
    assert "Traceback" not in complaint


def test_a_console_without_unicode_is_served(here: Path) -> None:
    assert verify(here, "run", "first.toml", PYTHONIOENCODING="ascii").returncode == 0
    done = verify(here, "replay", "verify-report/first.json", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "Gain: 1 - 0 = 1" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
@pytest.mark.parametrize("no_color", ["", "1"])
def test_colour_and_progress_are_for_terminals_and_colour_can_be_refused(here: Path, no_color: str) -> None:
    import pty

    (here / "auction.py").write_text(AUCTION.replace('    print("a print")\n', "").replace("    os.write", "    #"))
    control, terminal = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "NO_COLOR": no_color, "COLUMNS": "100"}
    with subprocess.Popen(
        command("run", "first.toml"), cwd=here, env=environment, stdout=terminal, stderr=terminal, stdin=terminal
    ) as running:
        os.close(terminal)
        shown = b""
        while True:
            try:
                part = os.read(control, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            shown += part
    os.close(control)
    assert running.returncode == 0, shown
    assert b"1 of 1" in shown
    assert (b"\x1b[31m" in shown) == (no_color == "")
    assert b"HTML index: " in shown


def test_help_is_there_at_once() -> None:
    """Under 0.3 s on a quiet machine; measured against an empty Python, since this one may be busy."""

    def seconds(*words: str) -> float:
        best = float("inf")
        for _ in range(5):
            start = time.perf_counter()
            subprocess.run([sys.executable, *words], check=True, capture_output=True)
            best = min(best, time.perf_counter() - start)
        return best

    assert seconds("-m", "verifier", "--help") < seconds("-c", "pass") + 0.3


def test_a_game_solved_with_a_linear_program_prints_one_json_document_and_no_greeting(tmp_path: Path) -> None:
    text = 'NFG 1 R "Chicken" { "Ann" "Bob" } { 2 2 }\n0 0  1 -1  -1 1  -10 -10\n'
    (tmp_path / "chicken.nfg").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "verifier", "game", "chicken.nfg", "--json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=True)
    kinds = {claim["kind"] for claim in json.loads(done.stdout)["certificates"][0]["claims"]}
    assert "correlated-welfare" in kinds
