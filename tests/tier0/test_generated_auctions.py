"""Random auctions in the manner of CATS: what each market promises, and that a seed says it all."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.domains.cats import read_cats, write_cats
from verifier.domains.generated import DISTRIBUTIONS, MOST_GOODS, generate
from verifier.domains.packages import Auction, PackageBid
from verifier.errors import DomainError

KINDS = sorted(DISTRIBUTIONS)
ARGUMENTS = (st.sampled_from(KINDS), st.integers(2, 30), st.integers(0, 40), st.integers(0, 10**6))


def wanted(bid: PackageBid) -> list[int]:
    return [good for good, units in enumerate(bid.units) if units]


def bids_of(auction: Auction) -> list[PackageBid]:
    return [bid for bidder in auction.bidders for bid in bidder.bids]


@given(*ARGUMENTS)
def test_an_auction_has_the_goods_and_bids_that_were_asked_for(kind: str, goods: int, bids: int, seed: int) -> None:
    made = generate(kind, goods, bids, seed)
    assert len(made.goods) == goods
    assert set(made.supply) == {1}
    assert len(bids_of(made)) == bids
    for bidder in made.bidders:
        assert bidder.language == "xor"
        assert 1 <= len(bidder.bids) <= 5
        assert len({bid.units for bid in bidder.bids}) == len(bidder.bids)
        assert all(bid.value > 0 for bid in bidder.bids)


@settings(max_examples=30)
@given(*ARGUMENTS)
def test_a_seed_says_it_all(kind: str, goods: int, bids: int, seed: int) -> None:
    assert generate(kind, goods, bids, seed) == generate(kind, goods, bids, seed)


@pytest.mark.parametrize("kind", KINDS)
def test_another_seed_is_another_auction(kind: str) -> None:
    assert len({generate(kind, 12, 20, seed) for seed in range(10)}) == 10


@pytest.mark.parametrize("kind", KINDS)
def test_a_longer_auction_begins_like_a_shorter_one(kind: str) -> None:
    short, long = generate(kind, 12, 20, 3), generate(kind, 12, 40, 3)
    assert bids_of(long)[:20] == bids_of(short)


@settings(max_examples=30)
@given(*ARGUMENTS)
def test_prices_are_finite_decimals_that_a_cats_file_carries(kind: str, goods: int, bids: int, seed: int) -> None:
    made = generate(kind, goods, bids, seed)
    assert [bidder.bids for bidder in read_cats(write_cats(made)).bidders] == [bidder.bids for bidder in made.bidders]
    assert all(1000 % bid.value.denominator == 0 for bid in bids_of(made))


@pytest.mark.parametrize("seed", range(5))
def test_scheduled_jobs_take_slots_on_end_and_are_worth_less_later(seed: int) -> None:
    for bidder in generate("scheduling", 20, 100, seed).bidders:
        runs = [wanted(bid) for bid in bidder.bids]
        assert all(run == list(range(run[0], run[-1] + 1)) for run in runs)
        assert len({len(run) for run in runs}) == 1
        by_end = sorted(bidder.bids, key=lambda bid: wanted(bid)[-1])
        assert all(early.value >= late.value for early, late in pairwise(by_end))


@pytest.mark.parametrize("seed", range(5))
def test_a_flight_joins_the_same_two_airports_in_every_bid(seed: int) -> None:
    made = generate("matching", 40, 100, seed)
    for bidder in made.bidders:
        airports = set()
        for bid in bidder.bids:
            one, other = wanted(bid)
            airports.add(frozenset((one % 4, other % 4)))
        assert len(airports) == 1
        assert len(next(iter(airports))) == 2


@pytest.mark.parametrize("seed", range(5))
def test_a_path_joins_the_same_two_cities_in_every_bid_of_a_bidder(seed: int) -> None:
    made = generate("paths", 30, 100, seed)
    for bidder in made.bidders:
        ends = set()
        for bid in bidder.bids:
            links = [made.goods[good].split(" to ") for good in wanted(bid)]
            cities = [city for link in links for city in link]
            visited = {city: cities.count(city) for city in cities}
            assert max(visited.values()) <= 2
            assert len(visited) == len(links) + 1  # a path without a circle
            ends.add(frozenset(city for city, times in visited.items() if times == 1))
        assert len(ends) == 1
        assert [bid.value for bid in bidder.bids] == sorted((bid.value for bid in bidder.bids), reverse=True)


@pytest.mark.parametrize("goods", [1, 2, 3, 4, 10, 57])
def test_a_network_connects_all_cities_with_as_many_links_as_goods(goods: int) -> None:
    links = [good.split(" to ") for good in generate("paths", goods, 0, 7).goods]
    reached = {"0"}
    for _ in links:
        reached |= {city for link in links if reached & set(link) for city in link}
    assert reached == {city for link in links for city in link}
    assert len({tuple(link) for link in links}) == goods


@pytest.mark.parametrize("seed", range(5))
def test_a_region_is_in_one_piece(seed: int) -> None:
    for bid in bids_of(generate("regions", 25, 60, seed)):
        left = [divmod(good, 5) for good in wanted(bid)]
        piece = [left.pop()]
        for row, column in piece:
            near = [spot for spot in left if abs(spot[0] - row) <= 1 and abs(spot[1] - column) <= 1]
            piece += near
            left = [spot for spot in left if spot not in near]
        assert not left


@pytest.mark.parametrize("kind", ["regions", "arbitrary"])
def test_substitutes_are_of_like_size_and_price(kind: str) -> None:
    sizes = set()
    for bidder in generate(kind, 30, 200, 1).bidders:
        first = bidder.bids[0]
        sizes.add(len(wanted(first)))
        assert all(2 * bid.value <= 3 * first.value for bid in bidder.bids)
        assert all(len(wanted(bid)) == len(wanted(first)) for bid in bidder.bids)
    assert len(sizes) > 3


@pytest.mark.parametrize(
    ("kind", "goods", "bids", "message"),
    [
        ("path", 5, 5, "unknown distribution 'path'; did you mean 'paths'"),
        ("paths", 0, 5, "0 goods; the distribution 'paths' takes 1 to"),
        ("matching", 1, 5, "takes 2 to"),
        ("regions", MOST_GOODS + 1, 5, "1001 goods"),
        ("regions", 5, -1, "-1 bids"),
        ("regions", 1000, 10**6, "1000000 bids of 1000 goods"),
    ],
)
def test_senseless_sizes_are_refused(kind: str, goods: int, bids: int, message: str) -> None:
    with pytest.raises(DomainError, match=message):
        generate(kind, goods, bids, 1)
