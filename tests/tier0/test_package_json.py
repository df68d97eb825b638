"""The JSON form of auctions: what is written is read back, and nothing else is read."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.domains.generated import DISTRIBUTIONS, generate
from verifier.domains.package_json import auction_from_json, auction_to_json
from verifier.domains.packages import auction
from verifier.errors import DomainError, VerifierError

SMALL = auction({"A": 1, "B": 2}, {"x": [({"A": 1, "B": 2}, "7/2")], "y": []})


@given(st.sampled_from(sorted(DISTRIBUTIONS)), st.integers(0, 1000))
def test_what_is_written_is_read_back(kind, seed):
    sold = generate(kind, 6, 12, seed=seed)
    assert auction_from_json(json.loads(json.dumps(auction_to_json(sold)))) == sold


def test_several_units_empty_bidders_and_languages_are_kept():
    assert auction_from_json(auction_to_json(SMALL)) == SMALL
    loose = auction("AB", {"x": [("A", 1), ("B", 2)]}, language="or")
    assert auction_from_json(auction_to_json(loose)) == loose


BID = ("bidders", 0, "bids", 0)
WRONG = {
    "a list": ((), [], "the auction is a list; it must be an object with goods, supply, bidders"),
    "a further key": (("more",), 1, "the auction has the unknown key 'more'"),
    "goods as a text": (("goods",), "AB", "goods is a str; it must be a list"),
    "a good as a number": (("goods", 0), 1, r"goods\[0\] is a int; it must be a text"),
    "half a unit": (("supply", 0), 0.5, r"supply\[0\] is 0.5; it must be a whole number"),
    "a supply that is true": (("supply", 0), True, r"supply\[0\] is True; it must be a whole number"),
    "no supply": (("supply", 0), 0, "the supply of 'A' is 0"),
    "a bidder that is a text": (("bidders", 0), "x", r"bidders\[0\] is a str; it must be an object"),
    "a bidder without bids": (("bidders", 1), {"name": "y", "language": "xor"}, "lacks the key 'bids'"),
    "a name that is null": (("bidders", 0, "name"), None, r"bidders\[0\].name is a NoneType; it must be a text"),
    "a language of our own": (("bidders", 0, "language"), "and", "language 'and'"),
    "a language that is a list": (("bidders", 0, "language"), ["xor"], "language is a list; it must be a text"),
    "units as a list": ((*BID, "units"), [1, 2], "units is a list; it must map numbers of goods to units"),
    "units of good 2": ((*BID, "units"), {"2": 1}, "there is no good '2'; write a number from 0 to 1"),
    "units of a named good": ((*BID, "units"), {"A": 1}, "there is no good 'A'"),
    "units that are no number": ((*BID, "units"), {"1": "2"}, "is '2'; it must be a whole number"),
    "a bid for nothing": ((*BID, "units"), {}, "bid 1 asks for nothing"),
    "a value as a double": ((*BID, "value"), 3.5, "3.5 is a binary float"),
    "a negative value": ((*BID, "value"), "-1", "a value must not be negative"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_auction_is_refused_with_the_place(name):
    path, value, reason = WRONG[name]
    body = {"auction": copy.deepcopy(auction_to_json(SMALL))}
    *way, last = ("auction", *path)
    here = body
    for step in way:
        here = here[step]
    here[last] = value
    with pytest.raises(VerifierError, match=reason):
        auction_from_json(body["auction"])


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=3), st.lists, max_leaves=5))
def test_nonsense_is_a_typed_error(value):
    with pytest.raises(DomainError):
        auction_from_json(value)
    with pytest.raises(DomainError):
        auction_from_json({"goods": value, "supply": value, "bidders": value})
