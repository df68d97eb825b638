"""Embedding calls: schedules against trying everything, payments by the definition, a queue with a total order."""

from __future__ import annotations

from itertools import permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechanisms.allocation.embeddings import (
    EmbeddingError,
    EmbeddingQueue,
    EmbeddingRequest,
    allocate,
    settled,
)
from mechanisms.allocation.priority import Priority
from mechanisms.allocation.tokens import TimeWindow
from verifier.audit import ENGINES, audit
from verifier.properties import PROPERTIES
from verifier.resources import specs_dir
from verifier.spec import load_spec

SECOND = TimeWindow(0, 1_000)
CLAIMS = sorted((specs_dir() / "claims" / "allocation").glob("embeddings*.toml"))
ASKED = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5), st.integers(0, 5)), max_size=4)


def fits(taken, due):
    """Whether documents can run one after the other, each in time: earliest deadline first."""
    places = sorted(end for got, end in zip(taken, due, strict=True) for _ in range(got))
    return all(place < end for place, end in enumerate(places))


def worth(values, taken):
    return sum(value * got for value, got in zip(values, taken, strict=True))


@settings(max_examples=150, deadline=None)
@given(ASKED)
def test_documents_by_value_are_worth_what_trying_everything_finds(asked):
    counts, due, values = (list(column) for column in zip(*asked, strict=True)) if asked else ([], [], [])
    taken, payments = settled(counts, due, values)
    assert fits(taken, due)
    ways = [way for way in product(*(range(count + 1) for count in counts)) if fits(way, due)]
    assert worth(values, taken) == max(worth(values, way) for way in ways)
    for agent, paid in enumerate(payments):
        without = max(worth(values, way) for way in ways if not way[agent])
        assert paid == without - (worth(values, taken) - values[agent] * taken[agent])
        assert 0 <= paid <= values[agent] * taken[agent]


def test_a_window_by_hand():
    """10 calls a second. a's 4 are due in the first 0.2 s, when 2 have run; b takes what is left by value."""
    asked = [
        EmbeddingRequest("a", 4, 9, deadline=200),
        EmbeddingRequest("b", 6, 5),
        EmbeddingRequest("c", 5, 2, Priority.LOW),
    ]
    found = allocate(SECOND, 10, asked)
    assert {agent: one.calls for agent, one in found.allocations.items()} == {"a": 2, "b": 6, "c": 2}
    assert [(one.agent, one.documents) for one in found.queued] == [("a", 2), ("c", 3)]
    assert (found.utilization, found.allocations["b"].rate_limit) == (1, 6)
    assert [found.allocations[agent].cost for agent in "abc"] == [4, 6, 0]  # c would have 2 more, 3 more
    assert allocate(SECOND, 0, []).utilization == 0


def test_a_deadline_that_is_over_leaves_nothing():
    assert allocate(SECOND, 10, [EmbeddingRequest("a", 1, 1, deadline=-5)]).allocations == {}


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (lambda: EmbeddingRequest("a", -1, 1), "no number of documents"),
        (lambda: EmbeddingRequest("a", 1, -1), "is negative"),
        (lambda: allocate(SECOND, -1, []), "a capacity of -1"),
        (lambda: allocate(SECOND, 1, [EmbeddingRequest("a", 1, 1)] * 2), "one request for a window"),
    ],
)
def test_what_makes_no_sense_is_refused(call, complaint):
    with pytest.raises(EmbeddingError, match=complaint):
        call()


def test_the_queue_goes_by_priority_then_deadline_then_arrival():
    order = [
        EmbeddingRequest("critical", 1, 0, Priority.CRITICAL),
        EmbeddingRequest("soon", 1, 9, deadline=5),
        EmbeddingRequest("later", 1, 9, deadline=7),
        EmbeddingRequest("whenever", 1, 9),
    ]
    for arrivals in permutations(order):
        queue = EmbeddingQueue()
        places = {one.agent: queue.enqueue(one) for one in arrivals}
        assert places[arrivals[-1].agent] == order.index(arrivals[-1])
        assert [queue.next() for _ in order] == order
        assert (queue.next(), len(queue)) == (None, 0)
    queue = EmbeddingQueue()
    twins = [EmbeddingRequest(name, 1, 1) for name in "ab"]
    assert [queue.enqueue(one) for one in twins] == [0, 1]
    assert [queue.next(), queue.next()] == twins


@pytest.mark.parametrize("path", CLAIMS, ids=lambda path: path.stem)
def test_claims_are_met(path, monkeypatch):
    monkeypatch.setattr("verifier.engines.exhaustive.session.HASH_SEEDS", ())
    *_, last = audit(load_spec(path, properties=PROPERTIES, engines=ENGINES))
    assert [claim["id"] for claim in last.certificate["claims"] if not claim["met"]] == []
