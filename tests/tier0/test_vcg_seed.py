"""The tests that the resource allocation specification names for VCG, on package bids."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from mechanisms.auctions.packages.clarke import clarke_pivot, vcg
from mechanisms.auctions.packages.protocol import vcg as plain
from verifier.domains.combinatorial import monotone_types
from verifier.domains.packages import auction


def test_vcg_allocation_optimal() -> None:
    """3 agents, 2 resources: against all 4^2 ways to give each resource to an agent or to nobody."""
    values = {
        "a": {("x",): 5, ("y",): 4, ("x", "y"): 7},
        "b": {("x",): 3, ("y",): 6, ("x", "y"): 8},
        "c": {("x",): 4, ("y",): 2, ("x", "y"): 10},
    }
    found = vcg(auction(["x", "y"], {name: list(bids.items()) for name, bids in values.items()}))
    worths = []
    for owners in product((*values, None), repeat=2):
        held = {name: tuple(good for good, owner in zip("xy", owners, strict=True) if owner == name) for name in values}
        worths.append(sum(values[name].get(bundle, 0) for name, bundle in held.items()))
    assert found.social_welfare == max(worths) == 11
    assert found.allocations == ((1, 0), (0, 1), (0, 0))
    assert (found.optimality.optimal, found.optimality.achieved, found.optimality.gap) == (11, 11, 0)


def test_vcg_payment_correct() -> None:
    """Clarke payments worked by hand from the definition.

    Ausubel and Milgrom 2006 ("The Lovely but Lonely Vickrey Auction"): bidder 1 wants both spectrum licences for 2,
    bidders 2 and 3 want one for 2 each; both win and pay nothing.
    """
    lonely = {"1": [(["a", "b"], 2)], "2": [(["a"], 2), (["b"], 2)], "3": [(["a"], 2), (["b"], 2)]}
    found = vcg(auction(["a", "b"], lonely))
    assert (found.payments, found.revenue, found.social_welfare) == ((0, 0, 0), 0, 4)
    vickrey = auction(["x"], {"A": [(["x"], 100)], "B": [(["x"], 80)], "C": [(["x"], 50)]})
    assert vcg(vickrey).payments == (80, 0, 0)
    assert clarke_pivot(vickrey, "A") == 80
    # the package bidder loses at 10; each single bidder pays what the other's 8 leaves of it
    synergy = auction(["a", "b"], {"1": [(["a", "b"], 10)], "2": [(["a"], 8)], "3": [(["b"], 8)]})
    assert vcg(synergy).payments == (0, 2, 2)
    # 3 units, decreasing marginal values: the winner of 2 pays the two highest losing marginal values 4 and 3
    units = auction(
        {"u": 3}, {"1": [({"u": 1}, 9), ({"u": 2}, 16)], "2": [({"u": 1}, 8), ({"u": 2}, 12)], "3": [({"u": 1}, 3)]}
    )
    assert vcg(units).payments == (7, 3, 0)
    assert vcg(auction(["x"], {"A": [(["x"], "1.5")], "B": [(["x"], "1/3")]})).payments == (Fraction(1, 3), 0)


def test_vcg_incentive_compatible() -> None:
    """All profiles of monotone valuations of 2 goods over 0, 1, 2 for 2 agents: no lie gains."""
    types = monotone_types((0, 1, 2), 2)
    outcomes = {profile: plain(profile, 2) for profile in product(types, repeat=2)}

    def utility(agent: int, truth: tuple[object, ...], profile: tuple[tuple[object, ...], ...]) -> object:
        bundles, payments = outcomes[profile]
        return (truth[bundles[agent] - 1] if bundles[agent] else 0) - payments[agent]

    checked = 0
    for truth, other, lie in product(types, repeat=3):
        assert utility(0, truth, (truth, other)) >= utility(0, truth, (lie, other))
        assert utility(1, truth, (other, truth)) >= utility(1, truth, (other, lie))
        checked += 2
    assert checked == 2 * len(types) ** 3
