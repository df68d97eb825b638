"""Two programs that share no code, one answer: the checker confirms what the audit writes about random mechanisms.

The mechanisms are nonsense on purpose: random shares, payments, lotteries, crashes, NaN and infeasible outcomes, on
random grids of every kind of domain, so that every count and margin of both programs is exercised off the beaten track.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from in_process import in_this_process

from verifier import checker
from verifier.audit import ENGINES, audit
from verifier.properties import PROPERTIES
from verifier.spec import parse_spec

SOURCE = """
import random
from fractions import Fraction


def run(bids, seed, kind, supply, lottery, faults):
    draw = random.Random(repr((seed, bids)))
    if draw.random() < faults:
        return draw.choice([None, 1 / 0 if draw.random() < 0.5 else ([0], [0]), ([float("nan")] * len(bids), None)])
    parts = draw.choice([[Fraction(1)], [Fraction(1, 3), Fraction(2, 3)]]) if lottery else [1]
    results = [(part, (allocation(draw, len(bids), kind, supply, faults), payments(draw, bids))) for part in parts]
    return results if lottery else results[0][1]


def allocation(draw, agents, kind, supply, faults):
    if draw.random() < faults:
        return [draw.choice([0, 1, 2, -1, Fraction(1, 2), 0.25]) for _ in range(agents)]
    if kind == "slots":
        seats = list(range(supply)) + [None] * agents
        draw.shuffle(seats)
        return seats[:agents]
    shares = [0] * agents
    for _ in range(supply):
        agent = draw.randrange(agents + 1)
        if agent < agents and (kind == "multi-unit" or not shares[agent]):
            shares[agent] += 1
    return shares


def payments(draw, bids):
    return [draw.choice([0, 0, 1, -1, 0.1, Fraction(1, 3), 2.5, Fraction(7, 2)]) for _ in bids]
"""
AMOUNTS = st.lists(st.sampled_from(["0", "1", "2", "1/2", "1/3", "7/3"]), min_size=1, max_size=3, unique=True)


@st.composite
def settings_of_a_random_audit(draw):
    kind = draw(st.sampled_from(["single-item", "unit-demand", "multi-unit", "slots"]))
    names = ["ann", "bob", "cyd"][: draw(st.integers(1, 3))]
    supply = 1 if kind == "single-item" else draw(st.integers(1, 3))
    domain = {"kind": kind, "agents": names}
    if kind == "slots":
        domain["click_rates"] = sorted(draw(st.lists(st.sampled_from([1, 2]), min_size=supply, max_size=supply)))[::-1]
    elif kind != "single-item":
        domain["items"] = supply
    small = AMOUNTS if kind != "multi-unit" else AMOUNTS.filter(lambda amounts: len(amounts) < 3)
    domain["values"] = {name: draw(small) for name in names} if draw(st.booleans()) else draw(small)
    lottery = draw(st.booleans())
    arguments = {"seed": draw(st.integers(0, 999)), "kind": kind, "supply": supply, "lottery": lottery}
    arguments["faults"] = draw(st.sampled_from([0, 0, 1]))
    return {
        "title": "random",
        "subject": {
            "call": "random_mechanism:run",
            "arguments": arguments,
            "bids": draw(st.sampled_from(["list", "tuple"])),
            "numbers": draw(st.sampled_from(["exact", "float"])),
            "returns": {"randomised": lottery},
        },
        "domain": domain,
        "claim": [
            {"property": name, "tolerance": draw(st.sampled_from(["0", "0", "1/2", "1"]))}
            for name, prop in PROPERTIES.items()
            if "money" in prop.settings
            and prop.over not in ("tapes", "absences")
            and not (prop.single_parameter and kind == "multi-unit")
        ],
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A directory with the module, which is on the import path for the time of the tests."""
    made = tmp_path_factory.mktemp("random")
    # whole faults where `faults` is 1 would leave nothing else to look at
    (made / "random_mechanism.py").write_text(SOURCE.replace("< faults", "< faults / 8"))
    sys.path.append(str(made))
    yield made
    sys.path.remove(str(made))


@given(spec=settings_of_a_random_audit())
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_checker_confirms_what_the_audit_finds_out_about_random_mechanisms(spec, folder):
    parsed = parse_spec(spec, name="random", properties=PROPERTIES, engines=ENGINES)
    run = importlib.import_module("random_mechanism").run
    arguments = spec["subject"]["arguments"]
    *_, last = audit(parsed, target=lambda bids: run(bids, **arguments))
    reports = checker.check(json.loads(json.dumps(last.certificate)), [str(folder)], fresh=in_this_process)
    assert {report["status"] for report in reports} == {"CONFIRMED"}, reports


def test_the_random_mechanism_is_the_one_that_is_certified(folder):
    parsed = parse_spec(
        {
            "title": "random",
            "subject": {
                "call": "random_mechanism:run",
                "arguments": {"seed": 1, "kind": "single-item", "supply": 1, "lottery": False, "faults": 1},
            },
            "domain": {"kind": "single-item", "agents": 2, "values": "0..3"},
            "claim": [{"property": "dsic"}],
        },
        name="random",
        properties=PROPERTIES,
        engines=ENGINES,
    )
    *_, last = audit(parsed)
    digest = hashlib.sha256((folder / "random_mechanism.py").read_bytes()).hexdigest()
    assert last.certificate["subject"]["source"] == {"random_mechanism.py": digest}
    assert last.certificate["faults"]["count"] > 0
