"""The published schema of certificates: closed, described, and what the program really writes."""

from __future__ import annotations

import copy
import json
from fractions import Fraction
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from verifier.audit import ENGINES, Finished, audit
from verifier.certificate import seal
from verifier.properties import PROPERTIES
from verifier.reporting import html
from verifier.resources import reports_dir
from verifier.spec import parse_spec

SAMPLES = Path(__file__).parents[1] / "samples"
NAMES = sorted(path.stem for path in SAMPLES.glob("*.json"))
SCHEMA = json.loads((reports_dir() / "schema" / "certificate-v1.schema.json").read_text("utf-8"))
OF_MONEY = [name for name, prop in PROPERTIES.items() if "money" in prop.settings and prop.over != "tapes"]
VALIDATOR = Draft202012Validator(SCHEMA)


def sample(name):
    return json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))


def schemas(node):
    """Every object of the schema document that is itself a schema of objects with named properties."""
    if isinstance(node, dict):
        if node.get("type") == "object":
            yield node
        for child in node.values():
            yield from schemas(child)
    elif isinstance(node, list):
        for child in node:
            yield from schemas(child)


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(SCHEMA)


def test_no_object_takes_unknown_keys():
    for schema in schemas(SCHEMA):
        if "properties" in schema:
            assert schema["additionalProperties"] is False
        else:
            assert "$ref" in schema["additionalProperties"]  # a map: any key, but a known kind of value


def test_every_key_is_described():
    for schema in schemas(SCHEMA):
        for name, inner in schema.get("properties", {}).items():
            described = inner if "description" in inner else SCHEMA["$defs"][inner["$ref"].rpartition("/")[2]]
            assert described["description"].strip().endswith((".", "?")), name


@pytest.mark.parametrize("name", NAMES)
def test_the_samples_fit_the_schema_and_are_sealed(name):
    certificate = sample(name)
    VALIDATOR.validate(certificate)
    body = {key: value for key, value in certificate.items() if key not in ("format", "version", "sha256")}
    assert seal(body) == certificate


def damaged(path, value, name="first-price"):
    certificate = copy.deepcopy(sample(name))
    *steps, last = path
    place = certificate
    for step in steps:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return certificate


WITNESS = ("claims", 1, "witness")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("extra",), 1),
        (("version",), 2),
        (("sha256",), "0" * 63),
        (("domain", "items"), 2),
        (("domain", "kind"), "slots"),
        (("domain", "kind"), "multi-unit"),
        (("domain", "types", 0, 0, 0), 0),
        (("domain", "types", 0, 0, 0), "0.5"),
        (("domain", "types", 0, 0, 0), "4/1"),
        (("domain", "types", 0, 0, 0), "-0"),
        (("domain", "types", 0, 0, 0), "07"),
        (("subject", "arguments"), {"reserve": 0.5}),
        (("subject", "source"), {"a.py": "digest"}),
        (("subject", "returns", "allocation_as"), "guess"),
        (("method", "profiles"), 12.5),
        (("method", "scope"), "reals"),
        (("claims", 0, "verdict"), "TRUE"),
        (("claims", 0, "verdict"), "REFUTED"),
        (("claims", 0, "verdict"), "UNKNOWN"),
        (("claims", 1, "verdict"), "EXHAUSTED"),
        (("claims", 0, "met"), "yes"),
        (("claims", 0, "reason"), "because"),
        (("claims", 0, "table"), None),
        (("claims", 0, "table", "rows", 0, "agent"), -1),
        ((*WITNESS, "runs", 0, "draws"), []),
        ((*WITNESS, "margin"), -1),
        ((*WITNESS, "rounding"), None),
        ((*WITNESS, "note"), "x"),
        (("faults", "first"), [{"bids": [["1"]], "kind": "odd", "message": ""}]),
        (("seed",), None),
    ],
)
def test_a_certificate_that_is_not_what_it_says_is_refused(path, value):
    assert not VALIDATOR.is_valid(damaged(path, value))


LEMMA = ("claims", 1, "proof", "families", 0, 0)
ATOM = (*LEMMA, "first", 0)
REGRET = ("claims", 0, "regret", 0)


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("first-price", ("exploration",), sample("proved")["exploration"]),
        ("first-price", ("claims", 0, "verdict"), "PROVED"),
        ("first-price", ("claims", 0, "engine"), "guess"),
        ("first-price", ("claims", 0, "proof"), {"families": [[]]}),
        ("first-price", ("claims", 1, "regret"), sample("regret")["claims"][0]["regret"]),
        ("first-price", ("claims", 1, "worst"), None),
        ("first-price", ("domain", "goods"), 2),
        ("first-price", ("domain", "kind"), "combinatorial"),
        ("proved", ("exploration",), None),
        ("proved", ("exploration", "stopped"), "out of paths"),
        ("proved", ("exploration", "paths"), "9"),
        ("proved", ("exploration", "tree", 0), 0),
        ("proved", ("exploration", "tree", 0), [None, [[1, 2, 3]]]),
        ("proved", ("exploration", "replays", "float"), None),
        ("proved", ("exploration", "rounded"), -1),
        ("proved", ("claims", 0, "proof"), None),
        ("proved", ("claims", 0, "verdict"), "EXHAUSTED"),
        ("proved", ("claims", 0, "table"), sample("first-price")["claims"][0]["table"]),
        ("proved", ("claims", 0, "proof", "families"), []),
        ("proved", (*LEMMA, "multipliers"), []),
        ("proved", (*LEMMA, "multipliers", 0), "1"),
        ("proved", (*ATOM, 0, 0), [0, 0]),
        ("proved", (*ATOM, 0, 0), [-1, 1]),
        ("proved", (*ATOM, 1), 0),
        ("proved", (*ATOM, 2), 1),
        ("regret", (*REGRET, "supremum"), "0.5"),
        ("regret", (*REGRET, "attained"), "yes"),
        ("regret", (*REGRET, "paths"), [0, 1, 2]),
        ("regret", ("domain", "upper"), "null"),
    ],
)
def test_a_proof_that_is_not_what_it_says_is_refused(name, path, value):
    certificate = damaged(path, value, name)
    if value is None or value == "null":  # `damaged` takes the key away; here null itself is the mistake
        *steps, last = path
        place = certificate
        for step in steps:
            place = place[step]
        place[last] = None
    VALIDATOR.validate(sample(name))
    assert not VALIDATOR.is_valid(certificate)


@pytest.mark.parametrize("text", ["0", "-1", "10", "1/2", "-7/3", "12/35"])
def test_amounts_in_lowest_terms_are_taken(text):
    assert VALIDATOR.is_valid(damaged(("domain", "types", 0, 0, 0), text))


def split(bids):
    """Shares that are halves, payments that are thirds: an infeasible rule with an exact lottery."""
    return [(Fraction(1, 2), ([1, 0], [Fraction(bids[0], 3), 0])), (Fraction(1, 2), ([0, 1], [0, bids[1]]))]


def rounded(bids):
    return [1, 0], [round(bids[0]), 0]


def broken(bids):
    if bids[0] == bids[1]:
        raise KeyError("tie")
    return [1, int(bids[0] > bids[1])], [0, -1]


def second(bids):
    """Second price for two; the first wins ties."""
    return ([1, 0], [bids[1], 0]) if bids[0] >= bids[1] else ([0, 1], [0, bids[0]])


def first(bids):
    """First price for two; the first wins ties."""
    return ([1, 0], [bids[0], 0]) if bids[0] >= bids[1] else ([0, 1], [0, bids[1]])


def test_what_a_solver_supports_needs_its_reason():
    certificate = sample("unknown-symbolic")
    certificate["domain"]["kind"] = "divisible"
    certificate["claims"][0].update(verdict="SUPPORTED", reason="trusted solver: z3")
    VALIDATOR.validate(certificate)
    certificate["claims"][0]["reason"] = None
    assert not VALIDATOR.is_valid(certificate)


@pytest.mark.parametrize(
    ("mechanism", "verdicts"),
    [(second, {"PROVED", "UNKNOWN"}), (first, {"PROVED", "REFUTED", "UNKNOWN"}), (rounded, {"UNKNOWN"})],
)
def test_what_the_symbolic_engine_writes_fits_the_schema(mechanism, verdicts):
    table = {
        "title": "under test",
        "subject": {"call": f"{mechanism.__module__}:{mechanism.__qualname__}"},
        "domain": {"kind": "single-item", "agents": 2, "values": "0..2", "upper": 2},
        "claim": [{"property": name, "engine": "symbolic", "expect": "PROVED"} for name in OF_MONEY],
    }
    spec = parse_spec(table, name="test", properties=PROPERTIES, engines=ENGINES)
    *_, last = audit(spec, target=mechanism)
    assert isinstance(last, Finished)
    written = json.loads(json.dumps(last.certificate))
    VALIDATOR.validate(written)
    assert {claim["verdict"] for claim in written["claims"]} == verdicts
    assert html.page(written)


@pytest.mark.parametrize(("mechanism", "randomised"), [(split, True), (broken, False)])
def test_what_an_audit_writes_fits_the_schema(mechanism, randomised):
    table = {
        "title": "under test",
        "subject": {
            "call": f"{mechanism.__module__}:{mechanism.__qualname__}",
            "arguments": {"names": ["a", {"money": "1/2"}]},
            "returns": {"randomised": randomised},
        },
        "domain": {"kind": "single-item", "agents": 2, "values": "0..3", "upper": 4},
        "claim": [{"property": name, "expect": "SUPPORTED"} for name in [*OF_MONEY, "dsic"]],
    }
    spec = parse_spec(table, name="test", properties=PROPERTIES, engines=ENGINES)
    *_, last = audit(spec, target=mechanism)
    assert isinstance(last, Finished)
    written = json.loads(json.dumps(last.certificate))
    VALIDATOR.validate(written)
    assert {claim["verdict"] for claim in written["claims"]} >= {"REFUTED"}
