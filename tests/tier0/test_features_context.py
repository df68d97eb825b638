"""The seed's scenarios for context windows, run as they are written in `specs/features/`."""

from __future__ import annotations

import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from mechanisms.allocation.context import ContextConstraints, ContextRequest, allocate
from verifier.library import certify
from verifier.resources import specs_dir

scenarios(str(specs_dir() / "features" / "context.feature"))


@pytest.fixture
def case():
    return {"total": 5_000, "guarantee": 0, "requests": []}


@given("3 agents requesting context:", target_fixture="case")
def _three(datatable):
    _, *rows = datatable
    requests = [ContextRequest(name, int(tokens), int(value)) for name, tokens, value in rows]
    return {"requests": requests, "guarantee": 0}


@given(parsers.parse("total context window is {total:d} tokens"))
def _total(case, total):
    case["total"] = total


@given(parsers.parse("minimum guarantee of {tokens:d} tokens per agent"))
def _guarantee(case, tokens):
    case["guarantee"] = tokens


@given("5 agents requesting tokens")
def _five(case):
    case["requests"] = [
        ContextRequest(name, 2_000, value) for name, value in zip("ABCDE", (3, 9, 1, 5, 7), strict=True)
    ]


@when("I allocate context tokens")
def _allocate(case):
    case["constraints"] = ContextConstraints(case["total"], min_per_agent=case["guarantee"])
    case["found"] = allocate(case["requests"], case["constraints"]).allocations


@then("Agent B receives 2000 (highest density)")
def _densest(case):
    assert case["found"]["B"].tokens == 2_000


@then("Agent A receives up to remaining")
def _remaining(case):
    assert (case["found"]["A"].tokens, case["found"]["C"].tokens) == (3_000, 0)


@then("allocations are incentive-compatible")
def _compatible(case):
    """The same sizes, in thousands of tokens, for all values on a grid; a value is one of the whole window."""
    certificate = certify(
        "mechanisms.allocation.context.claimed:exact_window",
        "dsic",
        "ex-post-ir",
        subject={"arguments": {"total": 5, "requested": [4, 2, 1]}},
        kind="divisible",
        agents=["A", "B", "C"],
        values="0..75 step 25",
    )
    assert {claim["verdict"] for claim in certificate["claims"]} == {"EXHAUSTED"}


@then("each agent receives at least 500 tokens")
def _guaranteed(case):
    assert all(one.tokens >= 500 for one in case["found"].values())


@then("remaining is allocated by value")
def _by_value(case):
    """2,500 beyond the guarantees: 1,500 to the 9 of B, 1,000 to the 7 of E."""
    tokens = {name: one.tokens for name, one in case["found"].items()}
    assert tokens == {"A": 500, "B": 2_000, "C": 500, "D": 500, "E": 1_500}
