"""Gains by deviations against their definition, priced and for single profiles."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.games.normal_form import from_table
from verifier.oracles.deviation_gains import DeviationGains


def defined(game, coarse):
    """The gain of every deviation at every profile, from the payoffs one by one."""
    rows = {}
    profiles = list(product(*map(range, game.shape)))
    for player, count in enumerate(game.shape):
        for deviation in range(count):
            for action in [None] if coarse else [a for a in range(count) if a != deviation]:
                rows[player, action, deviation] = [
                    (game.payoff(player, (*s[:player], deviation, *s[player + 1 :])) - game.payoff(player, s))
                    * game.payoffs[player].denominator
                    * (action in (None, s[player]))
                    for s in profiles
                ]
    return rows


@settings(max_examples=40, deadline=None)
@given(
    st.data(), st.booleans(), st.sampled_from([(2, 2), (3, 2), (2, 3, 2), (1, 3), (4,)]), st.sampled_from([9, 2**70])
)
def test_gains_are_those_of_the_definition(data, coarse, shape, top):
    amount = st.integers(-top, top)
    table = {s: [data.draw(amount) for _ in shape] for s in product(*map(range, shape))}
    game = from_table(table, [[str(k) for k in range(size)] for size in shape])
    gains, rows = DeviationGains(game, coarse), defined(game, coarse)
    assert gains.names == list(rows)
    places = np.arange(len(table))
    if rows:
        assert gains.columns(places).tolist() == list(rows.values())
        assert [row[k] for row, k in zip(rows.values(), gains.least(), strict=True)] == pytest.approx(
            [
                min(v for v, s in zip(row, table, strict=True) if name[1] in (None, s[name[0]]))
                for name, row in rows.items()
            ]
        )
    weights = [data.draw(st.integers(-5, 5)) for _ in rows]
    wanted = [sum(w * row[k] for w, row in zip(weights, rows.values(), strict=True)) for k in places]
    assert gains.priced(weights).tolist() == wanted
    scaled = gains.priced_doubles(np.array(weights, dtype=float))
    scales = gains.scales() if rows else []
    again = [sum(w * row[k] / c for w, row, c in zip(weights, rows.values(), scales, strict=True)) for k in places]
    assert scaled.tolist() == pytest.approx(again, abs=1e-6)
