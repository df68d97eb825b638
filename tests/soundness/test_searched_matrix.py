"""Flawed mechanisms against search and sampling: each is caught where the engine can see it, no correct one is accused.

The rows are those of `test_matrix`, whose verdicts are theory; here is declared what a search or a sample may miss.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from verifier.adapters import load
from verifier.domains import parse_domain
from verifier.engines.base import Limits
from verifier.engines.sampling import SamplingSession
from verifier.engines.search import SearchSession
from verifier.properties import PROPERTIES, find_property
from verifier.properties.defined import defined_for
from verifier.spec import parse_spec

_FILE = Path(__file__).with_name("test_matrix.py")
_SPEC = importlib.util.spec_from_file_location("matrix_rows", _FILE)
rows = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(rows)

ENGINES = {"search": SearchSession, "sampling": SamplingSession}
FEW = {"search": Limits(examples=100), "sampling": Limits(samples=60)}  # nobody is accused however little is looked at
# by property: where the engine has nothing to say, whatever the mechanism
SILENT = {
    "search": {"deterministic", "consumer-sovereignty", "null-bidder"},
    "sampling": {"deterministic", "null-bidder"},
}
# subjects that fail at some bids: the engines judge the rest, and say how much they left out
PARTIAL = {"protocol:crash_below_reserve", "protocol:nan_without_rivals", "protocol:lottery_over_everybody"}


def session(engine, call, subject, domain, limits=None):
    table = {"title": "t", "subject": {"call": call, **subject}, "domain": domain, "claim": [{"property": "dsic"}]}
    spec = parse_spec(table, name="t", properties=PROPERTIES, engines=["exhaustive"])
    return ENGINES[engine](load(spec.subject, spec.domain), importable=False, limits=limits or Limits())


def decided(started, prop):
    deciding = started.decide(find_property(prop), 0)
    while True:
        try:
            next(deciding)
        except StopIteration as end:
            return end.value


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("name", "subject", "domain", "prop", "verdict"), rows.FLAWED, ids=[r[0] for r in rows.FLAWED])
def test_a_flawed_mechanism_is_caught_by_search_and_by_sampling(engine, name, subject, domain, prop, verdict):
    found = decided(session(engine, f"mechanisms.flawed.{name}", subject, domain), prop)
    if prop in SILENT[engine]:
        assert found.verdict == "UNKNOWN"
    elif name in PARTIAL:
        assert found.verdict == "SUPPORTED"
        assert found.estimate["failed"] > 0
        assert "had no valid outcome and were left out" in found.reason
    else:
        assert found.verdict == verdict, found.reason
        assert (found.witness is not None) == (verdict == "REFUTED")


# bugs that the declared grid hides: a search that leaves the grid finds those that fractions show
SHOWN = {"prices:rounded_down", "optimisers:whole_amounts"}


@pytest.mark.parametrize(("name", "subject", "domain", "prop"), rows.HIDDEN, ids=[row[0] for row in rows.HIDDEN])
def test_a_bug_off_the_grid_is_found_by_search_where_fractions_show_it(name, subject, domain, prop):
    found = decided(session("search", f"mechanisms.flawed.{name}", subject, domain), prop)
    assert found.verdict in (["REFUTED"] if name in SHOWN else ["REFUTED", "SUPPORTED"])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("call", "subject", "domain", "lacks"), rows.CORRECT)
def test_a_correct_mechanism_is_never_accused(engine, call, subject, domain, lacks):
    started = session(engine, call, subject, domain, FEW[engine])
    for prop in defined_for(parse_domain(domain, 10**6), engine):
        found = decided(started, prop)
        if (prop, domain["agents"]) in rows.UNDECIDABLE:
            assert found.verdict == "UNKNOWN"
        elif found.verdict == "UNKNOWN":  # among few draws there may be none that can be moved on the grid
            assert engine == "sampling"
            assert prop in (rows.SCALED, rows.RAISED)
        elif prop not in lacks:
            assert found.verdict == "SUPPORTED", (prop, found.reason, found.witness)
        else:
            assert found.verdict in ("REFUTED", "SUPPORTED")
