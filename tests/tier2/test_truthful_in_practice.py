"""Agents who may learn to lie: nobody gains by it where truth is dominant; where it is not, they find out."""

from __future__ import annotations

import numpy as np
import pytest

from mechanisms.agents.regret_matching import learn
from mechanisms.allocation.context.claimed import exact_window
from mechanisms.allocation.tokens.pricing import MODES
from mechanisms.flawed.context import greedy_with_clarke_payments

AGENTS, TOKENS, WANTED, ROUNDS = 3, 4, 2, 10_000
FACTORS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5)


def utilities(mode):
    """Of an auction of 4 tokens in which all three want 2."""

    def paid(values, bids):
        tokens, payments = MODES[mode]([(WANTED, float(bid)) for bid in bids], TOKENS)
        return values * np.array(tokens) - np.array(payments, dtype=float)

    return paid


def learned(mode, rounds=ROUNDS):
    return learn(utilities(mode), AGENTS, rounds, FACTORS, lambda random: random.uniform(0, 1, AGENTS), seed=20)


def test_truthful_in_practice() -> None:
    """A gain from lying is at most 2 in a round, what all tokens are worth; error level one in a thousand for all."""
    honest = learned("vcg")
    gains, off = honest.bounds(2.0, 1e-3)
    assert (honest.gains <= 1e-12).all()  # not in one of ten thousand rounds
    assert (gains - off <= 0).all()
    print(
        f"vcg: average gains from lying {gains.round(5)}, +-{off:.4f}; truth is played {honest.played[:, 4].round(3)}"
    )


def test_against_a_price_that_is_the_own_bid_the_same_learners_gain() -> None:
    flawed = learned("first-price")
    gains, off = flawed.bounds(2.0, 1e-3)
    assert (gains - off > 0).all()
    assert (flawed.played[:, 4] < 0.05).all()  # hardly anybody tells the truth any more
    print(f"first price: average gains from lying {gains.round(5)}, +-{off:.4f}")


def windowed(mechanism, **sizes):
    """Utilities of two agents in a window of 4 tokens: one wants 1, the other all of them or none."""

    def paid(values, bids):
        shares, payments = mechanism([float(bid) for bid in bids], 4, [1, 4], [1, 4], **sizes)
        return values * np.array([float(share) for share in shares]) - np.array([float(paid) for paid in payments])

    return paid


@pytest.mark.parametrize(("mechanism", "lies_pay"), [(exact_window, False), (greedy_with_clarke_payments, True)])
def test_the_specification_s_allocator_is_lied_to_and_the_sound_one_is_not(mechanism, lies_pay) -> None:
    """Who wants one token pays more than it has for four that it kept from the other, unless it bids less."""
    found = learn(windowed(mechanism), 2, ROUNDS, FACTORS, lambda random: random.uniform(0, 1, 2), seed=4)
    gains, off = found.bounds(1.0, 1e-3)
    assert (gains[0] - off > 0) == lies_pay
    assert lies_pay or (found.gains <= 1e-12).all()
    print(f"{mechanism.__name__}: average gains from lying {gains.round(5)}, +-{off:.4f}")


def test_the_truth_has_to_be_an_option() -> None:
    with pytest.raises(ValueError, match="has to be among the factors"):
        learn(utilities("vcg"), AGENTS, 1, (0.5,), lambda random: random.uniform(0, 1, AGENTS), seed=0)
