"""The checker as a stranger runs it: `python -I checker.py`, with fresh processes of its own."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from verifier import checker
from verifier.audit import ENGINES, audit
from verifier.certificate import seal
from verifier.properties import PROPERTIES
from verifier.spec import parse_spec

DOMAIN = {"kind": "single-item", "agents": 2, "values": [0, 1]}
OF_MONEY = [name for name, prop in PROPERTIES.items() if "money" in prop.settings and prop.over != "tapes"]
HONEST = """
def run(bids):
    winner = bids.index(max(bids))
    return [int(agent == winner) for agent in range(len(bids))], [min(bids) * (a == winner) for a in range(len(bids))]
"""
BY_SET_ORDER = """
def run(bids):
    winner = list({"left", "right"}).index("left")
    return [int(agent == winner) for agent in range(len(bids))], [0] * len(bids)
"""


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Audits a module with that source and writes the certificate; returns its path and the directory of the source."""

    def write(source, properties):
        folder = tmp_path / "source"
        folder.mkdir()
        (folder / "alone.py").write_text(source)
        monkeypatch.syspath_prepend(str(folder))
        sys.modules.pop("alone", None)
        spec = {
            "title": "alone",
            "subject": {"call": "alone:run"},
            "domain": DOMAIN,
            "claim": [{"property": name} for name in properties],
        }
        *_, last = audit(parse_spec(spec, name="alone", properties=PROPERTIES, engines=ENGINES))
        path = tmp_path / "certificate.json"
        path.write_text(json.dumps(last.certificate))
        return path, folder

    return write


def stranger(*arguments, program=checker.__file__, flags=("-I", "-S"), **environment):
    command = [sys.executable, *flags, str(program), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment}, timeout=120)


def test_a_stranger_needs_the_file_the_certificate_and_the_source(written, tmp_path):
    path, folder = written(HONEST, OF_MONEY)
    copy = shutil.copy(checker.__file__, tmp_path / "elsewhere.py")
    done = stranger(path, "--source", folder, "--json", program=copy)
    assert done.returncode == 0, done.stderr
    assert {claim["status"] for claim in json.loads(done.stdout)["claims"]} == {"CONFIRMED"}
    assert stranger(path, program=copy).returncode == 3


def test_dependence_on_the_hash_seed_is_found_again_in_fresh_processes(written):
    path, folder = written(BY_SET_ORDER, ["deterministic", "dsic"])
    verdicts = {claim["id"]: claim["verdict"] for claim in json.loads(path.read_text())["claims"]}
    assert verdicts == {"deterministic": "REFUTED", "dsic": "ERROR"}
    done = stranger(path, "--source", folder)
    assert done.returncode == 0, done.stdout


def test_the_environment_of_the_caller_does_not_reach_the_subject(written, tmp_path):
    path, folder = written(HONEST, ["deterministic"])
    evil = tmp_path / "evil"
    evil.mkdir()
    (evil / "alone.py").write_text("raise SystemExit('the wrong module')\n")
    (evil / "sitecustomize.py").write_text("raise SystemExit('not isolated')\n")
    done = stranger(path, "--source", folder, PYTHONPATH=str(evil), PYTHONHASHSEED="7", PYTHONINSPECT="")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_subject_that_ends_fresh_processes_is_rejected(written):
    path, folder = written(HONEST, ["deterministic"])
    source = "import os\nif 'PYTHONHASHSEED' in os.environ:\n    os._exit(3)\n" + HONEST
    (folder / "alone.py").write_text(source)
    certificate = json.loads(path.read_text())
    certificate["subject"]["source"] = {"alone.py": hashlib.sha256(source.encode()).hexdigest()}
    certificate.pop("sha256")
    path.write_text(json.dumps(seal(certificate)))
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONHASHSEED"}
    command = [sys.executable, "-I", checker.__file__, str(path), "--source", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)
    assert done.returncode == 4
    assert "a fresh process under PYTHONHASHSEED=0 died: no message" in done.stdout


def test_what_the_subject_writes_past_python_does_not_reach_the_report(written):
    path, folder = written("import os\nos.write(1, b'noise')\nos.system('echo noise')\n" + HONEST, ["feasible"])
    done = stranger(path, "--source", folder)
    assert (done.returncode, done.stdout) == (0, "CONFIRMED  feasible  EXHAUSTED\n")


def test_fresh_processes_answer_in_this_one_too(written):
    path, folder = written(HONEST, ["deterministic", "efficient"])
    reports = checker.check(json.loads(path.read_text()), [str(folder)])
    assert [report["status"] for report in reports] == ["CONFIRMED", "CONFIRMED"]


@pytest.mark.parametrize(
    ("call", "domain", "arguments"),
    [
        ("mechanisms.auctions.single_item:second_price", {**DOMAIN, "agents": 3, "values": "0..4"}, {"reserve": 2}),
        ("mechanisms.auctions.single_item:first_price", {**DOMAIN, "values": "0..1 step 1/4"}, {}),
        ("mechanisms.flawed.winners:tie_split", DOMAIN, {}),
        ("mechanisms.flawed.hidden_inputs:tie_by_set_order", DOMAIN, {}),
    ],
)
def test_what_the_audit_writes_about_a_mechanism_is_confirmed(call, domain, arguments, tmp_path):
    import mechanisms

    spec = {
        "title": call,
        "subject": {"call": call, "arguments": arguments},
        "domain": domain,
        "claim": [{"property": name} for name in OF_MONEY],
    }
    *_, last = audit(parse_spec(spec, name="audited", properties=PROPERTIES, engines=ENGINES))
    path = tmp_path / "certificate.json"
    path.write_text(json.dumps(last.certificate))
    done = stranger(path, "--source", Path(mechanisms.__file__).parents[1])
    assert done.returncode == 0, done.stdout
