"""Learners in short: reproducible, honest where nothing else pays, and away from the truth where it does not pay."""

from __future__ import annotations

import numpy as np

from mechanisms.agents.regret_matching import learn

FACTORS = (0.0, 0.5, 1.0)


def second_price(values, bids):
    winner = int(np.argmax(bids))
    return np.array([(values[winner] - np.sort(bids)[-2]) * (agent == winner) for agent in range(len(bids))])


def first_price(values, bids):
    winner = int(np.argmax(bids))
    return np.array([(values[winner] - bids[winner]) * (agent == winner) for agent in range(len(bids))])


def uniform(random):
    return random.uniform(0, 1, 2)


def test_where_truth_is_dominant_it_is_never_regretted():
    found = learn(second_price, 2, 300, FACTORS, uniform, seed=1)
    assert (found.gains == 0).all()
    assert (found.played[:, 2] == 1).all()


def test_half_the_value_is_learned_where_it_is_the_equilibrium():
    """First price, two bidders, uniform values: bid half of the value (Vickrey 1961)."""
    found = learn(first_price, 2, 1_500, FACTORS, uniform, seed=1)
    assert (found.played[:, 1] > 0.9).all()
    gains, off = found.bounds(1.0, 0.01)
    assert (gains > 0).all()
    assert off == np.sqrt(2 * np.log(400) / 1_500)


def test_a_seed_gives_the_same_run():
    one, other = (learn(first_price, 2, 50, FACTORS, uniform, seed=3) for _ in range(2))
    assert (one.gains == other.gains).all()
