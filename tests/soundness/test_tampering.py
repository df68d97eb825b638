"""Who alters a certificate and seals it again is caught: every field, altered in every simple way, is refused.

The certificates are written by the audit, about small mechanisms made for the purpose; together they hold every verdict
of a finite grid and every quantifier, lotteries, fractions, vectors and slots. Fresh processes are asked in this
process, since thousands of checks would start as many.
"""

from __future__ import annotations

import json
import re
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from in_process import in_this_process
from sealing import altered, sealed

from verifier import checker
from verifier.audit import ENGINES, Finished, audit
from verifier.domains import parse_domain
from verifier.properties import PROPERTIES
from verifier.properties.defined import defined_for
from verifier.spec import parse_spec

# Altered, these are as true as before: they tell how the result was obtained, or are free text.
UNCHECKED = re.compile(
    r"name|title|seed|versions(\..*)?|budget\.(profiles|paths|queries)"
    r"|method\.(arithmetic|outcomes|batch_sample|batch_refused|repeat_sample)"
    r"|claims\.\d+\.reason|faults\.first\.\d+\.message"
)
# Altered, these ask another question, and the rest is its answer too: a larger upper end (the grid stays within it),
# a gate or a tolerance that gives the same verdict and counts, other hash seeds that agree, fewer claims.
ANOTHER_QUESTION = re.compile(r"domain\.upper|claims\.\d+\.(expect|tolerance)|method\.hash_seeds(\.\d+)?|claims")
# A subject that does not repeat itself does not repeat what was recorded of it either: only that it differs is checked.
UNREPEATABLE = re.compile(r"faults\..*|claims\.\d+\.(table|witness|worst)\..*|subject\.returns\..*")
# With one winner of one unit these are two names of the same thing; an item more than bidders changes nothing.
HARMLESS = [("lottery", "subject.returns.payments_as", "unit-price"), ("both", "domain.items", 3)]
# Refutations as good as the recorded ones: the two runs of a swap, of a monotonicity case or with two shares in the
# other order, another agent that loses as much, another profile at which the same agent envies as much, another
# allocation to which as much is objected, the two names in the other order, other bids under them that win as much.
ALSO_TRUE = {
    ("wrong", "anonymous", "runs"),
    ("wrong", "monotone", "runs"),
    ("wrong", "core", "alternative.0"),
    ("wrong", "core", "alternative.1"),
    ("wrong", "false-name-proof", "agents"),
    ("given", "anonymous", "runs"),
    ("given", "false-name-proof", "runs.1.bids.0.0"),
    ("given", "false-name-proof", "runs.1.bids.1.0"),
    ("lottery", "core", "alternative"),
    ("lottery", "ex-post-ir", "agents.0"),
    ("lottery", "critical-payment", "agents.0"),
    ("lottery", "critical-payment", "runs"),
    ("slots", "critical-payment", "runs"),
    ("slots", "envy-free", "runs.0.bids.2.0"),
}

STRICT = """
def run(bids, names=NAMES, **extra):
    assert type(bids) is dict and list(bids) == names and not extra and {type(bid) for bid in bids.values()} == {int}
    return TABLE[tuple(bids.values())]
"""
SECOND = {(0, 0): ([1, 0], [0, 0]), (0, 1): ([0, 1], [0, 0]), (1, 0): ([1, 0], [0, 0]), (1, 1): ([1, 0], [1, 0])}
UPSIDE_DOWN = {
    (0, 0): ([1, 0], [0, 0]),
    (0, 1): ([1, 0], [1, 0]),
    (1, 0): ([0, 0], [-1, 0]),
    (1, 1): ([0, 1], [0, 1]),
}


def table(outcomes, names=("ann", "bob")):
    return f"NAMES, TABLE = {list(names)!r}, {outcomes!r}\n{STRICT}"


SOURCES = {
    "right": table(SECOND),
    "wrong": table(UPSIDE_DOWN),
    "given": table({**SECOND, (0, 1): ([1, 0], [0, 0])}),
    "sold_twice": table({**SECOND, (1, 1): ([1, 1], [1, 1])}),
    "crash": table({key: value for key, value in SECOND.items() if key != (1, 1)}),
    "unreadable": table({**SECOND, (0, 0): ([1, 0], None), (0, 1): ([1, 0], [0])}),
    "both": table({(a, b): ([1, 1], [a, b]) for a in (0, 1) for b in (0, 1)}),
    "one_bidder": table({(0,): ([1], [0]), (1,): ([1], [0])}, ["ann"]),
    "counting": """
calls = []

def run(bids):
    assert repr(bids) in [f"{{'ann': {ann}, 'bob': {bob}}}" for ann in (0, 1) for bob in (0, 1)]
    calls.append(bids)
    return [1, 0], [len(calls), 0]
""",
    "lottery": """
from fractions import Fraction

class Lottery:
    def __init__(self, fee, **extra):
        assert isinstance(fee, Fraction) and not extra
        self.fee = fee

    def draw(self, bids):
        assert type(bids) is dict and list(bids) == ["ann", "bob"] and type(sum(bids.values(), Fraction())) is Fraction
        best = [place for place, name in enumerate(bids) if bids[name] == max(bids.values())]
        return [(Fraction(1, len(best)), {"won": [place], "price": self.fee}) for place in best]
""",
    "slots": """
def run(bids, names=["ann", "bob", "cyd"]):
    assert type(bids) is dict and list(bids) == names and {type(bid) for bid in bids.values()} == {int}
    order = sorted(names, key=lambda name: -bids[name])
    return {order[0]: 0, order[1]: 1}, {order[0]: bids[order[1]]}
""",
    "units": """
def run(bids, names=["ann", "bob"]):
    assert type(bids) is dict and list(bids) == names
    assert all(type(bid) is tuple and {type(unit) for unit in bid} == {int} for bid in bids.values())
    units = sorted((-bid, place) for place, name in enumerate(names) for bid in bids[name])[:2]
    return [sum(place == agent for _, place in units) for agent in (0, 1)], 1
""",
}
SINGLE = {"kind": "single-item", "agents": ["ann", "bob"], "values": [0, 1], "upper": 1}
BY_AGENT = {"allocation_as": "by-agent", "payments_as": "by-agent"}
SETTINGS = {
    "both": ({}, {**SINGLE, "kind": "unit-demand", "items": 2}),
    "one_bidder": ({}, {**SINGLE, "agents": ["ann"]}),
    "lottery": (
        {
            "call": "lottery:Lottery",
            "create": True,
            "method": "draw",
            "arguments": {"fee": {"money": "1/2"}},
            "returns": {
                "allocation": "won",
                "payments": "price",
                "allocation_as": "winners",
                "payments_as": "winner-pays",
                "randomised": True,
            },
        },
        {**SINGLE, "values": [0, "1/2", 1]},
    ),
    "slots": (
        {"returns": BY_AGENT},
        {"kind": "slots", "agents": ["ann", "bob", "cyd"], "values": [0, 1], "click_rates": [1, "1/2"]},
    ),
    "units": (
        {"returns": {"payments_as": "unit-price"}},
        {"kind": "multi-unit", "agents": ["ann", "bob"], "values": [0, 1], "items": 2},
    ),
}


def check(certificate, folder):
    return checker.check(certificate, [str(folder)], fresh=in_this_process)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("subjects")


@pytest.fixture(scope="module")
def certificates(folder):
    """One certificate for each of the mechanisms, with a claim on every property; two hash seeds are enough here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("verifier.engines.exhaustive.session.HASH_SEEDS", (0, 1))
        return audited(folder)


def audited(folder):
    written = {}
    sys.path.append(str(folder))
    for name, source in SOURCES.items():
        (folder / f"{name}.py").write_text(source)
        subject, domain = SETTINGS.get(name, ({}, SINGLE))
        spec = {
            "title": name,
            "subject": {"call": f"{name}:run", "bids": "dict", **subject},
            "domain": domain,
            "claim": [{"property": prop} for prop in defined_for(parse_domain(domain, 100))],
        }
        *_, last = audit(parse_spec(spec, name=name, properties=PROPERTIES, engines=ENGINES))
        assert isinstance(last, Finished)
        written[name] = json.loads(json.dumps(last.certificate))
    sys.path.remove(str(folder))
    return written


def test_the_certificates_hold_every_verdict_and_every_quantifier(certificates, folder):
    found = set()
    for certificate in certificates.values():
        reports = check(certificate, folder)
        assert {report["status"] for report in reports} == {"CONFIRMED"}, reports
        found |= {(claim["verdict"], claim["property"]) for claim in certificate["claims"]}
    assert {name for verdict, name in found if verdict == "REFUTED"} == {
        name for name, prop in PROPERTIES.items() if "money" in prop.settings and prop.over not in ("tapes", "absences")
    }
    assert {verdict for verdict, _ in found} == {"EXHAUSTED", "REFUTED", "ERROR", "UNKNOWN"}


WORDS = [
    ["PROVED", "EXHAUSTED", "SUPPORTED", "UNKNOWN", "REFUTED", "ERROR"],
    ["crash", "protocol", "infeasible", "unstable"],
    ["list", "tuple", "dict", "numpy", "arguments"],
    ["exact", "float", "decimal"],
    ["shares", "winner", "winners", "by-agent", "order"],
    ["per-agent", "by-agent", "winner-pays", "unit-price"],
    ["single-item", "unit-demand", "multi-unit", "slots"],
    list(PROPERTIES),
]


def variants(value):
    """Simple alterations of a JSON value: other values of its kind, and of another kind."""
    if isinstance(value, bool):
        yield from (not value, None, int(value))
    elif isinstance(value, int):
        yield from (value + 1, value - 1, str(value))
    elif isinstance(value, str):
        yield from (value + "x", "", None)
        yield from (word for words in WORDS if value in words for word in words)
        if checker.is_rational(value):
            amount = checker.number(value)
            yield from map(str, (amount + 1, amount - 1, -amount, amount / 2))
            yield from (value + ".0", f"{2 * amount}/2", int(amount))
    elif value is None:
        yield from (0, "x", "0", [], {})
    elif isinstance(value, list):
        yield from (None, [*value, None])
        for place, item in enumerate(value):
            yield [*value[:place], *value[place + 1 :]]
            yield [*value[:place], item, *value[place:]]
            yield [*value[:place], *value[place + 1 : place + 2], item, *value[place + 2 :]]
    else:
        yield from (None, {**value, "extra": 0}, [])
        for key in value:
            yield {other: value[other] for other in value if other != key}


def alterations(value, path=()):
    """(path, new value) for everything in a JSON document that can be altered simply; not inside single claims."""
    for changed in variants(value):
        if json.dumps(changed) != json.dumps(value):
            yield path, changed
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        if path != ("claims",) and key != "sha256":
            yield from alterations(item, (*path, key))


def caught(certificate, folder):
    return {report["status"] for report in check(certificate, folder)} != {"CONFIRMED"}


@pytest.mark.parametrize("name", SOURCES)
def test_every_altered_field_beside_the_claims_is_caught(name, certificates, folder):
    certificate = certificates[name]
    missed, tried = [], 0
    for path, changed in alterations(certificate):
        where = ".".join(map(str, path))
        if not path or UNCHECKED.fullmatch(where) or ANOTHER_QUESTION.fullmatch(where):
            continue
        if (name == "counting" and UNREPEATABLE.fullmatch(where)) or (name, where, changed) in HARMLESS:
            continue
        tried += 1
        if not caught(altered(certificate, path, changed), folder):
            missed.append((where, changed))
    assert missed == []
    assert tried > 150


@pytest.mark.parametrize("name", SOURCES)
def test_every_altered_field_of_a_claim_is_caught(name, certificates, folder):
    missed, tried = [], 0
    for claim in certificates[name]["claims"]:
        alone = sealed({**certificates[name], "claims": [claim]})
        assert not caught(alone, folder)
        for path, changed in alterations(claim):
            where = ".".join(map(str, ("claims", 0, *path)))
            if UNCHECKED.fullmatch(where) or ANOTHER_QUESTION.fullmatch(where):
                continue
            if name == "counting" and UNREPEATABLE.fullmatch(where):
                continue
            if (name, claim["property"], ".".join(map(str, path[1:]))) in ALSO_TRUE:
                continue
            tried += 1
            if not caught(altered(alone, ("claims", 0, *path), changed), folder):
                missed.append((claim["property"], where, changed))
    assert missed == [], missed
    assert tried > 150


def test_a_certificate_without_a_part_or_with_one_too_many_is_caught(certificates, folder):
    for certificate in certificates.values():
        assert caught(sealed({**certificate, "extra": 0}), folder)
        for key in certificate.keys() - {"sha256"}:
            assert caught(sealed({other: certificate[other] for other in certificate if other != key}), folder), key


def test_a_gate_or_tolerance_that_changes_the_answer_is_caught(certificates, folder):
    for claim in certificates["wrong"]["claims"]:
        if claim["verdict"] == "REFUTED":
            for changes in ({"tolerance": "100"}, {"expect": "REFUTED"}, {"met": True}):
                assert caught(sealed({**certificates["wrong"], "claims": [{**claim, **changes}]}), folder)


def test_seeds_that_are_not_listed_do_not_hide_what_depends_on_them(folder, monkeypatch):
    """The checker adds its own seeds: a subject that only some of them upset is found out."""
    source = "import os\ndef run(bids):\n    return [1, 0], [int(os.environ.get('PYTHONHASHSEED') == '3'), 0]\n"

    def per_seed(question, seeds):
        replies = []
        for seed in seeds:
            monkeypatch.setenv("PYTHONHASHSEED", str(seed))
            replies += in_this_process(question, [seed])
        monkeypatch.delenv("PYTHONHASHSEED")
        return replies

    monkeypatch.delenv("PYTHONHASHSEED", raising=False)
    monkeypatch.syspath_prepend(str(folder))
    (folder / "seeded.py").write_text(source)
    spec = {
        "title": "seeded",
        "subject": {"call": "seeded:run"},
        "domain": SINGLE,
        "claim": [{"property": "no-deficit"}, {"property": "deterministic"}],
    }
    *_, last = audit(parse_spec(spec, name="seeded", properties=PROPERTIES, engines=ENGINES))
    claims = []
    for claim, cases in zip(last.certificate["claims"], (4, 8), strict=True):
        table = {
            "rows": [{"agent": None, "cases": cases, "violations": 0, "least_margin": "0"}],
            "skipped": 0,
            "truth_best": None,
            "unequal_ties": None,
        }
        claims.append({**claim, "verdict": "EXHAUSTED", "met": True, "reason": None, "table": table})
        claims[-1].update(witness=None, worst=None)
    forged = {**last.certificate, "faults": {"count": 0, "first": []}, "claims": claims}
    forged["method"] = {**forged["method"], "hash_seeds": [0]}
    deficit, repeats = checker.check(sealed(forged), [str(folder)], fresh=per_seed)
    assert (deficit["status"], repeats["status"]) == ("REJECTED", "REJECTED")
    assert "two outcomes" in deficit["reasons"][0]
    assert "hash seeds that the certificate leaves out" in repeats["reasons"][0]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats() | st.text(max_size=3) | st.sampled_from(["0", "1/2"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


def places(value, path=()):
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield from places(item, (*path, key))


@given(data=st.data())
@settings(max_examples=400, deadline=None)
def test_nonsense_anywhere_is_answered_and_never_raises(data, certificates, folder):
    certificate = certificates[data.draw(st.sampled_from(sorted(SOURCES)))]
    claim = data.draw(st.sampled_from(certificate["claims"]))
    body = {**certificate, "claims": [claim]}
    for path in data.draw(st.lists(st.sampled_from([*places(body)][1:]), min_size=1, max_size=3)):
        try:
            body = altered(body, path, data.draw(JSON))
        except (TypeError, IndexError, KeyError):  # an earlier alteration removed the place
            continue
    for report in check(body, folder):
        assert report["status"] in ("CONFIRMED", "PARTLY", "REJECTED")


def test_a_broken_seal_is_caught(certificates, folder):
    for certificate in certificates.values():
        digest = certificate["sha256"]
        for changed in (digest[::-1], digest.upper(), "", None):
            assert {report["status"] for report in check({**certificate, "sha256": changed}, folder)} == {"REJECTED"}
