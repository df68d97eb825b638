"""Distributions of true values: weights in whole numbers, drawn exactly."""

from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction

import pytest

from verifier.domains import parse_domain
from verifier.domains.distributions import draw, weights
from verifier.errors import DomainError

ITEM = parse_domain({"kind": "single-item", "agents": 2, "values": "1..4"})
GOODS = parse_domain({"kind": "combinatorial", "agents": 2, "goods": 2, "values": "0..2"})


def chances(row):
    return [Fraction(weight, sum(row)) for weight in row]


def test_named_distributions_have_the_chances_of_their_definitions():
    assert chances(weights(ITEM)[0]) == [Fraction(1, 4)] * 4
    assert chances(weights(ITEM, "geometric")[1]) == [Fraction(k, 15) for k in (8, 4, 2, 1)]
    row = weights(ITEM, "equal revenue")[0]
    revenues = {price * sum(chances(row)[price - 1 :]) for price in (1, 2, 3, 4)}
    assert revenues == {1}  # whatever the price


def test_weights_and_classes_decide_what_can_be_drawn():
    given = weights(ITEM, [[1, 0, 0, 3], [0, 0, 1, 0]])
    dice = random.Random(5)
    seen = Counter(draw(ITEM, given, dice) for _ in range(400))
    assert set(seen) == {((1,), (3,)), ((4,), (3,))}
    assert 250 < seen[((4,), (3,))] < 350
    additive, submodular, general = (
        weights(GOODS, "uniform", kind)[0] for kind in ("additive", "submodular", "general")
    )
    assert [sum(row) for row in (additive, submodular, general)] == [
        6,
        10,
        14,
    ]  # worth of both: the sum, at most the sum, anything above
    for weight, (first, second, both) in zip(additive, GOODS.types[0], strict=True):
        assert weight == (both == first + second)


@pytest.mark.parametrize(
    ("domain", "written", "valuations", "said"),
    [
        (ITEM, "normal", None, "unknown distribution 'normal'"),
        (ITEM, 3, None, "a name or a list of weights for each agent"),
        (ITEM, [[1, 1, 1, 1]], None, "a list of weights for each agent"),
        (ITEM, [[1, 1, 1], [1, 1, 1, 1]], None, "4 whole numbers"),
        (ITEM, [[1, 1, 1, -1], [1, 1, 1, 1]], None, "4 whole numbers"),
        (ITEM, [[0, 0, 0, 0], [1, 1, 1, 1]], None, "none can be drawn"),
        (ITEM, "uniform", "additive", "of combinatorial domains"),
        (GOODS, "uniform", "cubic", "unknown class of valuations"),
        (GOODS, "geometric", None, "types of one number"),
        (
            parse_domain({"kind": "single-item", "agents": 1, "values": "0..2"}),
            "equal revenue",
            None,
            "positive values",
        ),
    ],
)
def test_what_cannot_be_drawn_is_said(domain, written, valuations, said):
    with pytest.raises(DomainError, match=said):
        weights(domain, written, valuations)
