"""What VCG is known to lack, at the profiles of the textbooks: revenue, the core, second names, collusion.

Two goods; a type is (value of A, value of B, value of both).
Source: Ausubel and Milgrom 2006, "The lovely but lonely Vickrey auction"; Yokoo, Sakurai and Matsubara 2004.
"""

from __future__ import annotations

import pytest

from mechanisms.auctions.combinatorial import vcg
from verifier.domains.combinatorial import Combinatorial
from verifier.domains.outcome import Draw, Outcome
from verifier.evidence import ObservedRun, Witness
from verifier.properties import find_property
from verifier.properties.replay import margin_of

NOTHING, A, B, BOTH = (0, 0, 0), (1, 0, 1), (0, 1, 1), (0, 0, 1)
DOMAIN = Combinatorial(("ann", "bob", "cyd"), (((0, 0, 0),),) * 3, goods=2)


def run(*bids):
    bundles, payments = vcg(bids, 2)
    return ObservedRun(bids, Outcome((Draw(1, tuple(bundles), tuple(payments)),)))


def margin(name, agents, *runs, alternative=None):
    return margin_of(find_property(name), DOMAIN, Witness(agents, runs, 0, alternative))


def times(factor, bid):
    return tuple(factor * value for value in bid)


@pytest.mark.parametrize("worth", [1, 7])
def test_two_small_bidders_win_for_nothing_and_the_large_one_objects_with_the_seller(worth):
    """The seller has 0 and could have all that the large bidder offers."""
    bids = [times(worth, bid) for bid in (A, B, BOTH)]
    won = run(*bids)
    assert won.outcome.draws[0].shares == (1, 2, 0)
    assert won.outcome.draws[0].payments == (0, 0, 0)
    assert margin("core", (), won, alternative=(0, 0, 3)) == -worth


def test_the_second_small_bidder_drives_the_revenue_from_two_to_nothing():
    """Without it the large bidder at 2 pays what the small one offers; here in the order: revenue 2, then 0."""
    small, other, large = times(2, A), times(2, B), times(2, BOTH)
    present, absent = run(small, other, large), run(small, NOTHING, large)
    assert sum(absent.outcome.draws[0].payments) == 2
    assert margin("revenue-monotone", (1,), present, absent) == -2


def test_one_bidder_for_both_wins_for_nothing_under_two_names():
    """To ann both goods are worth 1, as to cyd, whose bid is the price; two bids of 1 for one good each pay nothing."""
    truth, lie = run(BOTH, NOTHING, BOTH), run(A, B, BOTH)
    assert margin("false-name-proof", (0, 1), truth, lie) == -1
    assert margin("dsic", (0,), truth, run(A, NOTHING, BOTH)) >= 0  # one name gains nothing


def test_two_losers_win_for_nothing_by_raising_their_bids_together():
    """Each good is worth 1 to its bidder, both are worth 3 to cyd; alone nobody gains, together each gains 1."""
    large = times(3, BOTH)
    truth, lie = run(A, B, large), run(times(3, A), times(3, B), large)
    assert truth.outcome.draws[0].shares == (0, 0, 3)
    assert lie.outcome.draws[0].payments == (0, 0, 0)
    assert margin("pairwise-strategyproof", (0, 1), truth, lie) == -1
    assert margin("dsic", (0,), truth, run(times(3, A), B, large)) >= 0
