"""The token service over HTTP, in this process: who may do what, what is granted and charged, and how often."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest

from mechanisms.services.http import service
from mechanisms.services.ledger import Ledger
from mechanisms.services.orchestrator import Terms
from mechanisms.services.registry import OPERATOR, Registry, digest
from verifier.ledger import check_ledger

TERMS = Terms(capacity=100, window=60_000, reserve=20, credit=1_000)


class Clock:
    """Says what it is told to."""

    now = 1_000

    def __call__(self) -> int:
        return self.now


class Running:
    """A service with two agents and their keys."""

    def __init__(self, file, clock=None, keys=None, registry=None):
        self.file, self.clock = file, clock or Clock()
        self.registry = registry or Registry()
        self.keys = keys or {name: self.registry.add(name) for name in ("ann", "bob", OPERATOR)}
        self.ledger = Ledger(file)
        self.app = service(self.ledger, TERMS, self.registry, self.clock)

    async def call(self, method, path, who=None, **body):
        headers = {} if who is None else {"X-Key": self.keys.get(who, who)}
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://tokens") as client:
            more = {"json": body} if method == "POST" else {"params": body}
            return await client.request(method, path, headers=headers, **more)

    def ask(self, *words, **body):
        return asyncio.run(self.call(*words, **body))


@pytest.fixture
def running(tmp_path):
    made = Running(tmp_path / "evidence.sqlite")
    yield made
    made.ledger.close()


def auctioned(running):
    for who, tokens, price in (("ann", 60, 5), ("bob", 60, 3)):
        assert running.ask("POST", "/bids", who, tokens=tokens, max_price=price).status_code == 202
    return running.ask("POST", "/auctions", OPERATOR).json()


def test_a_window_is_sold_charged_and_written_down(running):
    sold = auctioned(running)
    assert sold["tokens"] == {"ann": 60, "bob": 20}
    assert sold["costs"] == {"ann": 120, "bob": 0}  # 40 of bob's tokens at 3; nobody would have wanted bob's
    assert running.ask("GET", "/allocation", "ann").json() == {"tokens": 60, "balance": -120}
    told = running.ask("GET", "/ledger", "bob", after=3).json()
    assert [entry["kind"] for entry in told["entries"]] == ["transfer", "transfer", "auction"]
    assert told["head"] == told["entries"][-1]["hash"]
    assert check_ledger(running.file, told["head"]).problem is None


def test_a_window_is_settled_once(running):
    first = auctioned(running)
    assert running.ask("POST", "/bids", "ann", tokens=1, max_price=1).status_code == 202
    assert running.ask("POST", "/auctions", OPERATOR).json() == first
    running.clock.now = 61_000
    assert running.ask("POST", "/auctions", OPERATOR).json()["tokens"] == {"ann": 1}


def test_a_request_is_granted_once_for_each_key_and_the_reserve_ends(running):
    asked = {"tokens": 15, "max_price": 9, "urgency": "critical", "key": "k1"}
    assert running.ask("POST", "/requests", "ann", **asked).status_code == 409  # before any auction
    auctioned(running)
    first = running.ask("POST", "/requests", "ann", **asked).json()
    assert (first["tokens"], first["cost"], first["reason"]) == (15, 45, "")
    assert running.ask("POST", "/requests", "ann", **asked).json() == first
    other = running.ask("POST", "/requests", "bob", **asked).json()  # the key is bob's own
    assert (other["tokens"], other["reason"]) == (5, "5 tokens are open to it")
    assert running.ask("GET", "/allocation", "ann").json() == {"tokens": 75, "balance": -165}


def test_usage_is_limited_to_what_was_allocated(running):
    auctioned(running)
    assert running.ask("POST", "/usage", "ann", tokens=60).json() == {"allowed": True}
    assert running.ask("POST", "/usage", "ann", tokens=2).json() == {"allowed": False}
    running.clock.now = 3_000  # two seconds at 60 a minute
    assert running.ask("POST", "/usage", "ann", tokens=2).json() == {"allowed": True}


@pytest.mark.parametrize(
    ("method", "path", "who", "status"),
    [
        ("POST", "/bids", None, 401),
        ("POST", "/bids", "not-a-key", 401),
        ("POST", "/bids", OPERATOR, 403),
        ("POST", "/auctions", "ann", 403),
        ("GET", "/allocation", OPERATOR, 403),
        ("GET", "/ledger", None, 401),
        ("GET", "/health", None, 200),
    ],
)
def test_everybody_is_who_the_key_says(running, method, path, who, status):
    assert (
        running.ask(method, path, who, **({"tokens": 1, "max_price": 1} if path == "/bids" else {})).status_code
        == status
    )


def test_none_acts_for_another(running):
    """A body that names an agent is refused, and a bid is that of the key."""
    assert running.ask("POST", "/bids", "ann", tokens=1, max_price=1, agent="bob").status_code == 422
    assert running.ask("POST", "/bids", "ann", tokens=1, max_price=1).json()["agent"] == "ann"
    key = running.registry.add("ann")
    assert running.registry.who(running.keys["ann"]) is None  # a new key voids the old one
    assert running.registry.who(key) == "ann"
    assert key not in str(running.registry.digests)
    assert running.registry.digests["ann"] == digest(key)


@pytest.mark.parametrize("body", [{"tokens": -1, "max_price": 1}, {"tokens": 1}, {"tokens": "x", "max_price": 1}])
def test_what_makes_no_sense_is_refused_with_where(running, body):
    done = running.ask("POST", "/bids", "ann", **body)
    assert done.status_code == 422
    assert done.json()["detail"][0]["loc"][0] == "body"


def test_nobody_bids_or_asks_beyond_its_credit(running):
    done = running.ask("POST", "/bids", "ann", tokens=60, max_price=17)
    assert (done.status_code, done.json()["detail"]) == (
        409,
        "a bid of 60 tokens at 17 is above 1,000, credit included",
    )
    for who, tokens, price in (("ann", 60, 16), ("bob", 60, 15)):
        assert running.ask("POST", "/bids", who, tokens=tokens, max_price=price).status_code == 202
    assert running.ask("POST", "/auctions", OPERATOR).json()["costs"]["ann"] == 600
    refused = running.ask("POST", "/requests", "ann", tokens=20, max_price=99, urgency="critical", key="k")
    assert refused.status_code == 200
    again = running.ask("POST", "/requests", "ann", tokens=9, max_price=99, urgency="critical", key="k2")
    assert (again.json()["tokens"], again.json()["reason"]) == (0, "the reserve is empty")


def test_a_service_that_starts_again_knows_what_it_granted(running):
    auctioned(running)
    asked = {"tokens": 15, "max_price": 9, "urgency": "high", "key": "k1"}
    first = running.ask("POST", "/requests", "ann", **asked).json()
    running.ledger.close()
    again = Running(running.file, running.clock, running.keys, running.registry)
    assert again.ask("POST", "/requests", "ann", **asked).json() == first
    assert again.ask("GET", "/allocation", "ann").json() == {"tokens": 75, "balance": -165}
    more = again.ask("POST", "/requests", "bob", **asked).json()
    assert more["tokens"] == 5
    again.ledger.close()


def test_the_documentation_lists_every_path_and_its_refusals(running):
    told = running.ask("GET", "/openapi.json").json()["paths"]
    assert set(told) == {"/bids", "/auctions", "/requests", "/usage", "/allocation", "/ledger", "/health"}
    assert {"202", "401", "403", "409", "422"} <= set(told["/bids"]["post"]["responses"])


def test_auction_under_load(running):
    """The seed's 100 requests a second, in process: every answer right, none lost; the latency is told, not judged."""
    auctioned(running)

    async def load():
        async def one(number):
            began = time.perf_counter()
            done = await running.call("POST", "/requests", "ann", tokens=1, max_price=9, key=f"k{number % 100}")
            return done.json()["tokens"], time.perf_counter() - began

        return await asyncio.gather(*(one(number) for number in range(200)))

    found = asyncio.run(load())
    granted = [entry for entry in running.ledger.entries() if entry.kind == "grant"]
    assert len(granted) == 100  # each key once
    assert sum(entry.body["tokens"] for entry in granted) <= TERMS.reserve
    assert check_ledger(running.file).problem is None
    latencies = sorted(seconds for _, seconds in found)
    print(f"200 requests at once: median {latencies[100] * 1e3:.1f} ms, p99 {latencies[198] * 1e3:.1f} ms")
