"""No wrong proof where agents sell: random markets, their claims by symbols against loops over a grid.

The reverse auctions are the random auctions of `programs`, run on 4 less the cost and paid 4 less the price, so that
what is truthful there is truthful here. The bilateral trades decide by random conditions, with one price or two.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from in_process import drained
from programs import CONSTANTS, program, writer_of

from verifier.adapters import Subject
from verifier.domains import parse_domain
from verifier.engines.symbolic import SymbolicSession
from verifier.evidence import Verdict
from verifier.properties import find_property
from verifier.returns import Returns
from verifier.spec import SubjectSpec

SEEDS = range(40)
GRID = [Fraction(half, 2) for half in (0, 1, 2, 3, 4, 5, 6, 8)]
REVERSED = """

def reversed_auction(costs):
    shares, paid = run([4 - cost for cost in costs])
    return shares, [4 * share - amount for share, amount in zip(shares, paid)]
"""
HONEST = """
def trade(bids, asks):
    (bid,), (ask,) = bids.values(), asks.values()
    return ([1, 1], [2, 2]) if bid >= 2 and ask <= 2 else ([0, 0], [0, 0])
"""


def defined(source, name):
    namespace = {}
    exec(compile(source, "<market>", "exec"), namespace)
    return namespace[name]


def reverse(seed):
    """Run and domain of a reverse auction, None where it would declare a lottery."""
    made = program(seed)
    if made.randomised:
        return None
    values = [str(amount) for amount in (GRID if made.agents == 2 else GRID[:5])]
    table = {"kind": "procurement", "agents": made.agents, "items": 1, "values": values, "upper": 4}
    return defined(made.source + REVERSED, "reversed_auction"), parse_domain(table), "list"


def bilateral(seed):
    """Run and domain of a trade between two."""
    writer = writer_of(seed, agents=2)
    writer.write("from fractions import Fraction as F", "", "", "def trade(bids, asks):")
    writer.write("    (bid,), (ask,) = bids.values(), asks.values()", "    b = [bid, ask]")
    writer.tree("done", lambda: writer.pick("0", "1", "int(b[0] >= b[1])"), 2)
    first = writer.pick("bid", "ask", "F(1, 2) * (bid + ask)", *CONSTANTS)
    second = writer.pick(first, first, "ask", "bid", *CONSTANTS)
    writer.write(f"    return [done, done], [done * ({first}), done * ({second})]")
    table = {"kind": "two-sided", "buyers": 1, "sellers": 1, "values": [str(amount) for amount in GRID]}
    return defined("\n".join(writer.lines), "trade"), parse_domain(table), "sides"


class Market:
    """A market run by hand: utilities and sums from shares and amounts, sellers below zero."""

    def __init__(self, run, domain, bids):
        self.run, self.buying, self.sided = run, domain.buying, bids == "sides"
        self.agents = range(len(domain.agents))
        self.types = [[value for (value,) in types] for types in domain.types]
        self.needed = getattr(domain, "items", None)
        self.seen = {}

    def at(self, profile):
        if profile not in self.seen:
            given = ({"a": profile[0]}, {"b": profile[1]}) if self.sided else (list(profile),)
            shares, amounts = self.run(*given)
            signs = [1 if agent < self.buying else -1 for agent in self.agents]
            self.seen[profile] = [
                [sign * one for sign, one in zip(signs, told, strict=True)] for told in (shares, amounts)
            ]
        return self.seen[profile]

    def feasible(self, profile):
        shares, _ = self.at(profile)
        each = all(share in ((0, 1) if agent < self.buying else (-1, 0)) for agent, share in enumerate(shares))
        return each and (sum(shares) <= 0 if self.needed is None else sum(shares) == -self.needed)

    def utility(self, type_, profile, agent):
        shares, amounts = self.at(profile)
        return type_ * shares[agent] - amounts[agent]

    def holds(self, name, profile):
        """Whether the property holds at a profile against all lies on the grid; infeasible runs are no cases."""
        if not self.feasible(profile):
            return name != "feasible"
        if name == "ex-post-ir":
            return all(self.utility(profile[agent], profile, agent) >= 0 for agent in self.agents)
        if name == "no-deficit":
            return sum(self.at(profile)[1]) >= 0
        lies = [
            (agent, (*profile[:agent], lie, *profile[agent + 1 :]))
            for agent in self.agents
            for lie in self.types[agent]
        ]
        return name == "feasible" or all(
            self.utility(profile[agent], profile, agent) >= self.utility(profile[agent], lie, agent)
            for agent, lie in lies
            if self.feasible(lie)
        )


def decided(run, domain, bids, names):
    """The findings of the symbolic engine."""
    spec = SubjectSpec("nobody.here:run", bids=bids, returns=Returns(sellers="receive"))
    session = SymbolicSession(Subject(spec, domain, run), importable=False)
    return {name: drained(session.decide(find_property(name), 0)) for name in names}


@pytest.mark.parametrize("make", [reverse, bilateral])
def test_no_proof_is_contradicted_by_a_grid_and_no_refutation_by_arithmetic(make):
    names = ("feasible", "dsic", "ex-post-ir", *(["no-deficit"] if make is bilateral else []))
    counted = dict.fromkeys(Verdict, 0)
    for seed in SEEDS:
        made = make(seed)
        if made is None:
            continue
        run, domain, bids = made
        market = Market(run, domain, bids)
        for name, finding in decided(run, domain, bids, names).items():
            counted[finding.verdict] += 1
            if finding.verdict is Verdict.PROVED:
                broken = [one for one in product(*market.types) if not market.holds(name, one)]
                assert not broken, (seed, name, broken[0])
            if finding.verdict is Verdict.REFUTED:
                refuted(market, name, finding.witness)
    assert counted[Verdict.PROVED] >= 5, counted
    assert counted[Verdict.REFUTED] >= 20, counted


def refuted(market, name, witness):
    """The witness breaks the property by hand."""
    profiles = [tuple(value for (value,) in run.reports) for run in witness.runs]
    if name == "dsic":
        (agent,) = witness.agents
        true = profiles[0][agent]
        assert market.utility(true, profiles[1], agent) > market.utility(true, profiles[0], agent)
        return
    assert not market.holds(name, profiles[0])


def test_a_price_that_nobody_moves_is_proved_on_both_sides():
    """Myerson and Satterthwaite 1983: a posted price is truthful, individually rational and balanced, not efficient."""
    table = {"kind": "two-sided", "buyers": 1, "sellers": 1, "values": "0..4"}
    names = ("feasible", "dsic", "ex-post-ir", "no-deficit", "efficient")
    found = decided(defined(HONEST, "trade"), parse_domain(table), "sides", names)
    verdicts = {name: finding.verdict for name, finding in found.items()}
    assert verdicts == {**dict.fromkeys(names, Verdict.PROVED), "efficient": Verdict.REFUTED}
