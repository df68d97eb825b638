"""Mechanisms in other languages: one JSON profile per line in, one JSON outcome per line out."""

from __future__ import annotations

import hashlib
import shutil
import sys
from fractions import Fraction

import pytest

from verifier.adapters import load
from verifier.adapters.bridge import isolated
from verifier.adapters.limits import ISOLATION
from verifier.adapters.source import source_digests
from verifier.audit import ENGINES, Finished, audit
from verifier.domains import parse_domain
from verifier.errors import SpecError, SubjectError
from verifier.properties import PROPERTIES
from verifier.spec import SubjectSpec, parse_spec, subject_from_json

DOMAIN = {"kind": "single-item", "agents": 3, "values": "0..4"}

NODE = """
const lines = require('readline').createInterface({ input: process.stdin });
lines.on('line', line => {
  const bids = JSON.parse(line).bids;
  let top = 0;
  bids.forEach((bid, agent) => { if (bid > bids[top]) top = agent; });
  const rest = bids.filter((_, agent) => agent !== top);
  const price = PRICE;
  const share = bids.map((_, agent) => agent === top ? 1 : 0);
  console.log(JSON.stringify({ allocation: share, payments: share.map(x => x * price) }));
});
"""
PYTHON = """
import json, sys
for line in sys.stdin:
    bids = json.loads(line)["bids"]
    {body}
"""


def written(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    return tmp_path


def spec_of(tmp_path, body, **more):
    written(tmp_path, "program.py", PYTHON.replace("{body}", body))
    return SubjectSpec(f"exec:{sys.executable} program.py", root=str(tmp_path), **more)


def answers(spec, domain=DOMAIN, isolate=False):
    domain = parse_domain(domain, 10**6)
    subject = isolated(spec, domain) if isolate else load(spec, domain)
    try:
        return list(subject.observe_many(domain.profiles()))
    finally:
        if isolate:
            subject.close()


def verdict(tmp_path, call, isolation):
    table = {
        "title": "a program",
        "subject": {"call": call, "root": "."},
        "domain": DOMAIN,
        "claim": [{"property": "dsic"}],
    }
    spec = parse_spec(table, name="program", properties=PROPERTIES, engines=ENGINES, path=str(tmp_path / "a.toml"))
    for event in audit(spec, isolation=isolation):
        if isinstance(event, Finished):
            return event.certificate
    raise AssertionError


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
@pytest.mark.parametrize(("price", "expected"), [("Math.max(...rest)", "EXHAUSTED"), ("bids[top]", "REFUTED")])
@pytest.mark.parametrize("isolation", [None, ISOLATION], ids=["here", "isolated"])
def test_an_auction_in_node_is_judged(tmp_path, price, expected, isolation):
    source = NODE.replace("PRICE", price)
    written(tmp_path, "auction.js", source)
    certificate = verdict(tmp_path, "exec:node auction.js", isolation)
    assert certificate["claims"][0]["verdict"] == expected, certificate["claims"][0]["reason"]
    assert certificate["subject"]["source"] == {"auction.js": hashlib.sha256(source.encode()).hexdigest()}


@pytest.mark.parametrize("isolate", [False, True])
def test_decimals_and_quotients_are_exact_both_ways(tmp_path, isolate):
    body = "print(json.dumps([[1, 0, 0], [0.1, bids[1], bids[2]]]))"
    domain = {"kind": "single-item", "agents": 3, "values": ["1/3", "0.25", 2]}
    found = answers(spec_of(tmp_path, body), domain, isolate)
    profiles = list(parse_domain(domain, 10**6).profiles())
    for profile, outcome in zip(profiles, found, strict=True):
        tenth, *rest = outcome.draws[0].payments
        assert tenth * 10 == 1
        assert rest == [profile[1][0], profile[2][0]]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("print('no outcome')", "which is no outcome in JSON"),
        ("print('[[1, 0, 0], [NaN, 0, 0]]')", "NaN is not a finite number"),
        ("print('[[1, 0, 0], [0, 0, 0]]\\n' * 2)", "wrote more lines than profiles"),
        ("sys.exit(7)", "ended with exit code 7 after 0 of 125 lines"),
        ("print('[' * 2**21, end='')", "wrote a line of more than 1,048,576 bytes"),
        ("print('[' * 10**5)", "which is no outcome in JSON"),
        ("import os; os.kill(os.getpid(), 11)", "signal 11 (SIGSEGV"),
        ("pass", "ended with exit code 0 after 0 of 125 lines"),
        ("print('{}')", "nothing at '0'"),
        ("print('[[1, 0], [0, 0]]')", "has 2 entries for 3 agents"),
    ],
)
def test_a_program_that_breaks_the_format_is_a_fault_at_each_profile(tmp_path, body, message):
    found = answers(spec_of(tmp_path, body))
    assert len(found) == 125
    assert all(isinstance(answer, tuple) for answer in found)
    assert message in found[0][1]


def test_a_program_that_dies_is_started_again_and_the_fault_is_where_it_died(tmp_path):
    body = "print('[[0, 0, 0], [0, 0, 0]]', flush=True) if bids != [0, 0, 2] else sys.exit(1)"
    found = answers(spec_of(tmp_path, body))
    assert [place for place, answer in enumerate(found) if isinstance(answer, tuple)] == [2]


def test_a_program_that_keeps_dying_is_not_started_again(tmp_path):
    found = answers(spec_of(tmp_path, "sys.exit(1)"))
    assert "not run: the program failed 3 times" in found[3][1]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("exec:", "names no program"),
        ("exec:'", "No closing quotation"),
        ("exec:no-such-program-anywhere", "there is no program 'no-such-program-anywhere' here"),
    ],
)
def test_a_command_without_a_program_is_refused(call, message):
    with pytest.raises(SubjectError, match=message):
        load(SubjectSpec(call), parse_domain(DOMAIN, 10**6))


def test_one_profile_is_answered_too(tmp_path):
    subject = load(spec_of(tmp_path, "print('[[0, 0, 0], [0, 0, 0]]')"), domain := parse_domain(DOMAIN, 10**6))
    assert subject.observe(next(domain.profiles())).draws[0].shares == (0, 0, 0)
    with pytest.raises(SubjectError, match="asked in batches"):
        subject.target([0, 0, 0])


def test_the_digests_are_those_of_the_files_that_the_command_names(tmp_path):
    assert list(source_digests(spec_of(tmp_path, "pass"))) == [sys.executable, "program.py"]


SCRIPTS = {
    "argv": "bids = [Fraction(word) for word in sys.argv[1:]]",
    "stdin": "bids = [Fraction(bid) for bid in json.loads(sys.stdin.read())['bids']]",
    "prompts": "bids = [Fraction(input(f'bid {place}? ')) for place in range(3)]",
}
SCRIPT = """
import json, sys
from fractions import Fraction
print("welcome")
{bids}
top = max(range(3), key=lambda agent: bids[agent])
price = max(bid for agent, bid in enumerate(bids) if agent != top)
print(json.dumps([[int(agent == top) for agent in range(3)], [str(price * (agent == top)) for agent in range(3)]]))
"""


@pytest.mark.parametrize("speaks", SCRIPTS)
def test_a_script_is_started_for_every_profile(tmp_path, speaks):
    written(tmp_path, "script.py", SCRIPT.replace("{bids}", SCRIPTS[speaks]))
    spec = SubjectSpec(f"exec:{sys.executable} script.py", root=str(tmp_path), speaks=speaks)
    small = {"kind": "single-item", "agents": 3, "values": [0, "1/3"]}
    found = answers(spec, small)
    assert [answer.draws[0].payments for answer in found] == [
        (0, 0, 0),
        (0, 0, 0),
        (0, 0, 0),
        (0, Fraction(1, 3), 0),
        (0, 0, 0),
        (Fraction(1, 3), 0, 0),
        (Fraction(1, 3), 0, 0),
        (Fraction(1, 3), 0, 0),
    ]
    assert answers(spec, {**small, "values": [1]}, isolate=True)[0].draws[0].shares == (1, 0, 0)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("sys.exit(2)", "ended with exit code 2"),
        ("", "wrote nothing"),
        ("print('sold to nobody')", "no outcome in JSON"),
    ],
)
def test_a_script_that_fails_is_a_fault_at_that_profile(tmp_path, body, told):
    written(tmp_path, "script.py", f"import sys\n{body}\n")
    spec = SubjectSpec(f"exec:{sys.executable} script.py", root=str(tmp_path), speaks="argv")
    (found,) = answers(spec, {**DOMAIN, "values": [1]})
    assert told in found[1]


def test_only_programs_speak():
    with pytest.raises(SpecError, match="speaks is about programs"):
        subject_from_json({"call": "a:b", "speaks": "argv"})
    table = {"call": "exec:python3 a.py", "speaks": "prompts"}
    assert subject_from_json(table).to_json()["speaks"] == "prompts"
