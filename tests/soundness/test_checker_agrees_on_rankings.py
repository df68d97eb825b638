"""Two programs that share no code, one answer: random matchings, assignments and elections, right or senseless."""

from __future__ import annotations

import json
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from in_process import in_this_process

from verifier import checker
from verifier.adapters.loading import load_target
from verifier.audit import ENGINES, audit
from verifier.properties import PROPERTIES
from verifier.spec import parse_spec

SOURCE = """
import random
from fractions import Fraction


def run(bids, seed, kind, places, lottery, faults):
    draw = random.Random(repr((seed, bids)))
    if draw.random() < faults / 8:
        return draw.choice([None, "nobody", 9, {"nobody": 0}, [0]])
    parts = draw.choice([[Fraction(1)], [Fraction(1, 3), Fraction(2, 3)]]) if lottery else [1]
    results = [(part, result(draw, bids, kind, places, faults)) for part in parts]
    return results if lottery else results[0][1]


def result(draw, bids, kind, places, faults):
    if kind == "voting":
        return draw.randrange(places)
    names = list(bids)[: len(bids) - places] if kind == "matching" else list(bids)
    options = list(range(places)) + [None] * len(names)
    draw.shuffle(options)
    if faults:
        options = [draw.choice(options) for _ in options]
    return dict(zip(names, options))
"""


@st.composite
def settings_of_a_random_audit(draw):
    kind = draw(st.sampled_from(["voting", "house-allocation", "matching"]))
    count, places = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    domain = {"kind": kind, "preferences": draw(st.sampled_from(["complete", "truncated"]))}
    if kind == "matching":
        domain |= {"proposers": count, "receivers": places}
    elif kind == "voting":
        places = draw(st.integers(1, 3))
        domain |= {"agents": count, "candidates": places}
    else:
        domain |= {"agents": count, "objects": places, "capacities": [draw(st.integers(1, 2)) for _ in range(places)]}
        if draw(st.booleans()):
            names = [f"agent {agent + 1}" for agent in range(count)]
            domain["priorities"] = {
                f"object {place + 1}": list(draw(st.permutations(names))) for place in range(places)
            }
    lottery = draw(st.booleans())
    arguments = {"seed": draw(st.integers(0, 999)), "kind": kind, "places": places, "lottery": lottery}
    arguments["faults"] = draw(st.sampled_from([0, 0, 1]))
    return {
        "title": "random",
        "subject": {
            "call": "random_rankings:run",
            "arguments": arguments,
            "bids": "dict",
            "returns": {"randomised": lottery},
        },
        "domain": domain,
        "claim": [
            {"property": name}
            for name, prop in PROPERTIES.items()
            if kind in prop.settings and prop.over != "tapes" and (prop.lotteries or not lottery)
        ],
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("random_rankings")
    (made / "random_rankings.py").write_text(SOURCE)
    sys.path.append(str(made))
    yield made
    sys.path.remove(str(made))
    sys.modules.pop("random_rankings", None)


@given(spec=settings_of_a_random_audit())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_checker_confirms_what_the_audit_finds_out_about_random_rules(spec, folder):
    import random_rankings

    parsed = parse_spec(spec, name="random", properties=PROPERTIES, engines=ENGINES)
    *_, last = audit(parsed, target=load_target(parsed.subject, random_rankings.run))
    certificate = json.loads(json.dumps(last.certificate))
    reports = checker.check(certificate, [str(folder)], fresh=in_this_process)
    assert [report for report in reports if report["status"] != "CONFIRMED"] == []
