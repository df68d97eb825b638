"""Subjects that attack whoever runs them: each has the verdict of what it does, or an ERROR that names the limit.

Never a hang, never a false EXHAUSTED, and this process goes on: the last test audits an honest subject after all.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from verifier.adapters.keeper import Keepers
from verifier.adapters.limits import Isolation
from verifier.audit import ENGINES, Finished, audit
from verifier.properties import PROPERTIES
from verifier.spec import parse_spec

KEEPERS = Keepers()
HERE = Path(__file__).parent
SMALL = Isolation(cpu_seconds=1, wall_seconds=2, memory=512 * 2**20, file_size=2**20, open_files=64, output_bytes=2**20)
WALLED = Isolation(
    cpu_seconds=1, wall_seconds=1, memory=256 * 2**20, file_size=2**20, open_files=64, output_bytes=2**20
)


@pytest.fixture(scope="module", autouse=True)
def keepers():
    """Shared by all of them, as by the rounds of an audit: what one subject did is gone when the next one runs."""
    yield
    KEEPERS.close()


def audited(name, isolation=SMALL, values="0..2"):
    subject = {"call": f"hostile.subjects:{name}", "root": "."}
    table = {
        "title": name,
        "subject": subject,
        "domain": {"kind": "single-item", "agents": 2, "values": values},
        "claim": [{"property": "dsic"}],
    }
    spec = parse_spec(table, name=name, properties=PROPERTIES, engines=ENGINES, path=str(HERE / "hostile.toml"))
    for event in audit(spec, isolation=isolation, keepers=KEEPERS):
        if isinstance(event, Finished):
            return event.certificate
    raise AssertionError


HARMLESS = [
    "honest", "leaves_a_daemon", "kills_its_parent", "prints", "lingers", "stays_after_the_end", "traces", "moves_away",
]  # fmt: skip
REFUTED = ["pay_as_bid", "lies_about_numbers", "patches_verifier", "reads_the_stack"]
ERRORS = {
    "loops": "used more than 1 s",
    "loops_once": "1 s of processor time",
    "loops_deaf": "used more than 1 s",
    "sleeps": "used more than 1 s",
    "forks": "used more than 1 s",
    "allocates": "512 MiB of memory",
    "maps": "Cannot allocate memory",
    "exits": "SystemExit",
    "exits_at_once": "ended before it answered",
    "exits_with_code": "exit code 3",
    "faults": "signal 11 (SIGSEGV, Segmentation fault)",
    "kills_itself": "signal 9 (SIGKILL, Killed)",
    "kills_everybody": "No such process",
    "kills_its_group": "",
    "prints_for_ever": "printed more than 1 MiB",
    "closes_everything": "exit code 1",
    "forges_garbage": "announced a reply of 4,294,967,295 bytes",
    "forges_another_batch": "replied out of turn",
    "forges_a_pickle": "replied with what is no JSON",
    "floods": "",
    "patches_builtins": "exit code 1",
    "raises_base": "BaseException: not an Exception",
    "interrupts": "signal 2 (SIGINT",
    "iterates_for_ever": "",
    "generates_for_ever": "",
    "remembers": "does not repeat itself",
    "recurses": "RecursionError",
    "recurses_deeper": "",
    "returns_the_huge": "too long",
    "returns_nan": "nan",
    "opens_many": "Too many open files",
    "writes_a_huge_file": "File too large",
    "raises_its_limits": "",
    "calls_home": "Network is unreachable",
    "gambles": "does not repeat itself",
    "reads_the_clock": "does not repeat itself",
    "leaves_notes": "does not repeat itself",
    "changes_its_bids": "changed the caller's bids",
    "shouts": "ValueError",
    "shifts": "",
}
QUICK = ("loops", "sleeps", "forks", "loops_deaf", "iterates_for_ever", "generates_for_ever")


@pytest.mark.parametrize("name", HARMLESS)
def test_mischief_beside_a_truthful_auction_changes_nothing(name):
    (claim,) = audited(name)["claims"]
    assert claim["verdict"] == "EXHAUSTED", claim["reason"]


@pytest.mark.parametrize("name", REFUTED)
def test_mischief_does_not_hide_a_manipulable_auction(name):
    (claim,) = audited(name)["claims"]
    assert claim["verdict"] == "REFUTED", claim["reason"]


@pytest.mark.parametrize("name", ERRORS)
def test_an_attack_is_an_error_that_names_the_limit(name):
    certificate = audited(name, WALLED, "0..1") if name in QUICK else audited(name)
    (claim,) = certificate["claims"]
    assert claim["verdict"] == "ERROR"
    said = [claim["reason"], *(fault["message"] for fault in certificate["faults"]["first"])]
    assert any(ERRORS[name] in text for text in said), said


def test_this_process_goes_on():
    assert sorted([3, 1, 2]) == [1, 2, 3]
    assert audited("honest")["method"]["isolation"]["network"] in ("namespace", "not isolated")
