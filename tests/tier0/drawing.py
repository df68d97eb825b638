"""Mechanisms that draw in every supported way, and their subject tables: what both tests of scripted draws load."""

from __future__ import annotations

from verifier.audit import ENGINES
from verifier.properties import PROPERTIES
from verifier.spec import parse_spec

SOURCE = """
import random
from random import shuffle as mix
import numpy as np

kept = random.shuffle

def settle(order, bids):
    winner = next((agent for agent in order if bids[agent] >= 2), None)
    return [int(agent == winner) for agent in range(len(bids))], [2 * (agent == winner) for agent in range(len(bids))]

def given(bids, rng):
    order = list(range(len(bids)))
    rng.shuffle(order)
    return settle(order, bids)

def borrowed(bids):
    order = list(range(len(bids)))
    mix(order)
    return settle(order, bids)

def by_array(bids, rng):
    return settle(list(rng.permutation(len(bids))), bids)

def by_legacy_module(bids):
    return settle(list(np.random.permutation(len(bids))), bids)

def by_default(bids):
    return by_array(bids, np.random.default_rng(np.random.default_rng()))

def by_seeded_default(bids):
    return by_array(bids, np.random.default_rng(3))

def seeded(bids, seed):
    return given(bids, random.Random(seed))

def fixed(bids, seed):
    return settle(range(len(bids)) if seed else range(len(bids) - 1, -1, -1), bids)

def threshold(bids, rng):
    return settle([0, 1] if rng.random() < 0.5 else [1, 0], bids)

class Seller:
    def __init__(self, rng):
        self.rng = rng

    def run(self, bids):
        return given(bids, self.rng)
"""
DOMAIN = {"kind": "single-item", "agents": ["ann", "bob"], "values": "1..2"}
ARGUMENT = {"how": "argument", "parameter": "rng"}
DRAWING = {
    "argument": {"call": "drawing:given", "random": ARGUMENT},
    "created": {"call": "drawing:Seller", "create": True, "fresh": True, "method": "run", "random": ARGUMENT},
    "module": {"call": "drawing:borrowed", "random": {"how": "module"}},
    "generator": {"call": "drawing:by_array", "random": {**ARGUMENT, "kind": "numpy-generator"}},
    "state": {"call": "drawing:by_array", "random": {**ARGUMENT, "kind": "numpy-random-state"}},
    "legacy module": {"call": "drawing:by_legacy_module", "random": {"how": "module", "kind": "numpy-random-state"}},
    "default": {"call": "drawing:by_default", "random": {"how": "module", "kind": "numpy-generator"}},
    "seeds": {"call": "drawing:fixed", "random": {"how": "seed", "parameter": "seed", "seeds": [0, 1]}},
    "spread": {"call": "drawing:spread", "bids": "arguments", "random": ARGUMENT},
    "styled": {"call": "drawing:later", "result": "awaited", "random": ARGUMENT},
}
SOURCE += """
def spread(*bids, rng):
    return given(bids, rng)

async def later(bids, rng):
    return given(bids, rng)

def apart(bids, rng):
    sold = rng.randrange(2) if bids[0] else rng.choices([0, 1], [3, 1])[0]
    return [sold], [0]

def deeper(bids, rng):
    sold = rng.randrange(2)
    return [sold * (1 - 0 * (bids[0] and rng.randrange(2)))], [0]

def broken_at_one(bids, rng):
    return [1 // (1 - bids[0])], [0 * rng.randrange(2)]
"""


def spec_of(subject, *names, domain=DOMAIN, **claim):
    table = {
        "title": "t",
        "subject": subject,
        "domain": domain,
        "claim": [{"property": name, **claim} for name in names or ("dsic", "efficient", "anonymous")],
    }
    return parse_spec(table, name="t", properties=PROPERTIES, engines=ENGINES)
