"""Paths: links of a network, such as rail tracks or pipes, that a carrier needs all the way from one city to another.

Cities lie on a square map. Links are goods: first those that connect all cities, each as short as can be, then the
shortest others. A link costs its length, counted along rows and columns, which makes lengths whole. A bidder wants to
go between two cities, which is worth one to two times their distance, and bids for the cheapest few paths what they
leave of that.

Source: Leyton-Brown, Pearson and Shoham 2000, section on paths in space.
"""

from __future__ import annotations

import heapq
import random
from itertools import combinations

from verifier.domains.generated.offers import MOST_SUBSTITUTES, THOUSAND, Market, Offers

_SIDE = 1000 * THOUSAND
_MOST_STEPS = 2000  # of the search for one bidder's paths


class Paths(Market):
    """Two cities for three links, and one more."""

    def __init__(self, goods: int, source: random.Random) -> None:
        super().__init__(goods, source)
        cities = 1 + (2 * goods + 2) // 3
        self.places = [(source.randrange(_SIDE), source.randrange(_SIDE)) for _ in range(cities)]
        self.links = self._tree()
        known = set(self.links)
        others = sorted((self.length(pair), pair) for pair in combinations(range(cities), 2) if pair not in known)
        self.links += [pair for _, pair in others[: goods - len(self.links)]]
        self.exits: list[list[tuple[int, int]]] = [[] for _ in range(cities)]
        for good, (one, other) in enumerate(self.links):
            self.exits[one].append((good, other))
            self.exits[other].append((good, one))
        self.known: dict[int, list[int]] = {}

    def names(self) -> list[str]:
        return [f"{one} to {other}" for one, other in self.links]

    def length(self, pair: tuple[int, int]) -> int:
        (x, y), (u, v) = (self.places[city] for city in pair)
        return abs(x - u) + abs(y - v)

    def bidder(self) -> Offers:
        while True:
            start, end = self.source.sample(range(len(self.places)), 2)
            straight = self.length((start, end))
            worth = straight + self.source.randint(1, straight + 1)
            offers = self._affordable(start, end, worth)
            if offers:
                return offers

    def _tree(self) -> list[tuple[int, int]]:
        """Links that connect all cities, from city 0 on to the nearest one left out."""
        nearest = dict.fromkeys(range(1, len(self.places)), 0)
        links = []
        while nearest:
            city = min(nearest, key=lambda one: (self.length((nearest[one], one)), one))
            from_city = nearest.pop(city)
            links.append((min(city, from_city), max(city, from_city)))
            for other, via in nearest.items():
                if self.length((city, other)) < self.length((via, other)):
                    nearest[other] = city
        return links

    def _to(self, end: int) -> list[int]:
        """What it costs to get to a city from every other (Dijkstra)."""
        if end not in self.known:
            least: dict[int, int] = {}
            waiting = [(0, end)]
            while waiting:
                cost, city = heapq.heappop(waiting)
                if city not in least:
                    least[city] = cost
                    for good, other in self.exits[city]:
                        heapq.heappush(waiting, (cost + self.length(self.links[good]), other))
            self.known[end] = [least[city] for city in range(len(self.places))]
        return self.known[end]

    def _affordable(self, start: int, end: int, worth: int) -> Offers:
        """The cheapest paths that cost less than they are worth, cheapest first (A* search)."""
        offers: Offers = {}
        rest = self._to(end)
        begin: tuple[int, int, tuple[int, ...], tuple[int, ...]] = (rest[start], 0, (start,), ())
        waiting = [begin] if rest[start] < worth else []
        for _ in range(_MOST_STEPS):
            if not waiting or len(offers) == MOST_SUBSTITUTES:
                break
            _, cost, cities, links = heapq.heappop(waiting)
            if cities[-1] == end:
                offers[frozenset(links)] = worth - cost
                continue
            for good, city in self.exits[cities[-1]]:
                spent = cost + self.length(self.links[good])
                if city not in cities and spent + rest[city] < worth:
                    heapq.heappush(waiting, (spent + rest[city], spent, (*cities, city), (*links, good)))
        return offers
