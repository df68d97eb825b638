"""The catalogue of worked auctions against brute force, and what the reader of their files refuses."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import pytest

from verifier.domains.instances import Expected, Instance, catalogue, read_instance
from verifier.domains.packages import Auction, Choice, auction
from verifier.errors import SpecError
from verifier.exact import Money

NAMES = sorted(catalogue())


def load(name: str) -> Instance:
    path = catalogue()[name]
    return read_instance(path.read_text(encoding="utf-8"), str(path))


def choices(problem: Auction, left: tuple[int, ...], bidder: int = 0) -> Iterator[Choice]:
    """Every feasible choice: bidder after bidder, each set of its bids for which enough units are left."""
    if bidder == len(problem.bidders):
        yield ()
        return
    asked = problem.bidders[bidder]
    most = len(asked.bids) if asked.language == "or" else min(1, len(asked.bids))
    for count in range(most + 1):
        for places in combinations(range(len(asked.bids)), count):
            rest = tuple(
                have - sum(asked.bids[place].units[good] for place in places) for good, have in enumerate(left)
            )
            if min(rest) >= 0:
                yield from ((places, *others) for others in choices(problem, rest, bidder + 1))


def optima(problem: Auction) -> tuple[Money, list[Choice]]:
    found = list(choices(problem, problem.supply))
    best = max(map(problem.welfare, found))
    return best, [choice for choice in found if problem.welfare(choice) == best]


@pytest.mark.parametrize("name", NAMES)
def test_expected_welfare_and_payments_are_those_of_vcg(name: str) -> None:
    """For every best choice, so that no expectation hangs on how a tie is broken."""
    instance = load(name)
    assert instance.expected is not None
    best, chosen = optima(instance.auction)
    assert instance.expected.welfare == best
    for choice in chosen:
        assert instance.auction.fault(choice) is None
        for index, payment in enumerate(instance.expected.payments):
            others = best - instance.auction.value(choice, index)
            assert payment == optima(instance.auction.without(index))[0] - others


@pytest.mark.parametrize("name", NAMES)
def test_every_instance_cites_its_source_and_says_who_worked_it(name: str) -> None:
    instance = load(name)
    assert instance.title
    assert instance.expected is not None
    ours = "ours" in instance.source or "by us" in instance.source or instance.source.startswith("after ")
    assert instance.expected.values_from == ("computed" if ours else "the source")


def test_the_catalogue_holds_at_least_twenty_auctions_from_many_sources() -> None:
    assert len(NAMES) >= 20
    assert len({name.partition("/")[0] for name in NAMES}) >= 15
    assert len({load(name).title for name in NAMES}) == len(NAMES)


def test_two_names_are_cheaper_than_one() -> None:
    one, two = load("yokoo-2004/one-name"), load("yokoo-2004/two-names")
    assert one.expected is not None
    assert two.expected is not None
    assert sum(two.expected.payments) < sum(one.expected.payments)


FILE = """\
title = "Two apples"
source = "a leaflet"
values_from = "computed"

[auction]
supply = { apple = 2, pear = 1 }

[[bidder]]
name = "Ann"
bids = [{ package = { apple = 2 }, value = "1.5" }, { package = ["pear"], value = 1 }]

[[bidder]]
name = "Bob"
language = "or"
bids = []

[expected]
welfare = "3/2"
payments = { Ann = "0.10" }
"""


def test_a_file_is_read_exactly() -> None:
    made = auction({"apple": 2, "pear": 1}, {"Ann": [({"apple": 2}, "1.5"), (["pear"], 1)], "Bob": []})
    read = read_instance(FILE)
    assert read.auction.bidders[0] == made.bidders[0]
    assert read.auction.bidders[1].language == "or"
    assert (read.auction.goods, read.auction.supply) == (made.goods, made.supply)
    assert read.expected == Expected(Fraction(3, 2), (Fraction(1, 10), 0), "computed")
    assert (read.title, read.source) == ("Two apples", "a leaflet")


def test_bids_may_be_tables_of_their_own_with_lines_of_their_own() -> None:
    first = '[auction]\ngoods = ["A"]\n[[bidder]]\nname = "Ann"\n[[bidder.bids]]\npackage = ["A"]\nvalue = 1\n'
    assert read_instance(first).auction == auction(["A"], {"Ann": [(["A"], 1)]})
    with pytest.raises(SpecError, match="bid 2 asks for nothing") as caught:
        read_instance(first + "[[bidder.bids]]\npackage = []\nvalue = 1\n")
    assert caught.value.line == 8


def test_an_auction_of_ones_own_needs_neither_source_nor_expectation() -> None:
    read = read_instance('[auction]\ngoods = ["A"]\n[[bidder]]\nname = "Ann"\nbids = []\n')
    assert (read.title, read.source, read.expected) == ("", "", None)


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("[auction]", "[auction", 5, "not valid TOML"),
        ('source = "a leaflet"\n', "", 1, "the key 'source' is missing"),
        ('"a leaflet"', "2", 2, "source is 2; it must be a text"),
        ("title =", "titel =", 1, "unknown key 'titel'; did you mean 'title'"),
        ('"computed"', '"the sauce"', 3, "did you mean 'the source'"),
        ("[auction]\nsupply", "[action]\nsupply", 5, "unknown key 'action'; did you mean 'auction'"),
        ("supply = {", 'goods = ["apple"]\nsupply = {', 5, "either `goods`"),
        ("supply = { apple = 2, pear = 1 }", 'supply = "apple"', 6, "supply is 'apple'; write a list"),
        ("apple = 2, pear = 1", "apple = 0, pear = 1", 6, "the supply of 'apple' is 0"),
        ("{ apple = 2, pear = 1 }", "[]", 6, "at least one good"),
        ("{ apple = 2, pear = 1 }", '["pear", "pear"]', 6, "'pear' is named twice"),
        ('["pear"]', '["bear"]', 10, "bid 2: unknown good 'bear'; did you mean 'pear'"),
        ("{ apple = 2 }, v", "{ apple = -2 }, v", 10, "-2 units of 'apple'"),
        ("{ apple = 2 }, v", "{ apple = 1.5 }, v", 10, "1.5 units of 'apple'"),
        ('["pear"]', "[]", 10, "bid 2 asks for nothing"),
        ("value = 1 ", "value = -1 ", 10, "offers -1"),
        ("value = 1 ", "value = 0.1 ", 10, "0.1 is a binary float; write it in quotes"),
        ("value = 1 ", "value = nan ", 10, "nan is a binary float"),
        ("value = 1 ", 'value = "inf" ', 10, "'inf' is not an amount"),
        (", value = 1 ", " ", 10, "bid 2 lacks the key 'value'"),
        ("value = 1 ", "price = 1 ", 10, "unknown key 'price'"),
        ("bids = []", "bids = [3]", 15, "bid 1 is 3"),
        ("bids = []", "", 12, "a bidder needs bids"),
        ('"Bob"', '"Ann"', 13, "two of the bidders are named 'Ann'"),
        ('name = "Bob"', "", 12, "the key 'name' is missing"),
        ('"or"', '"and"', 14, "language 'and'; it must be 'xor' or 'or'"),
        ("{ Ann =", "{ Anne =", 19, "a payment of 'Anne', who does not bid; did you mean 'Ann'"),
        ('{ Ann = "0.10" }', "3", 19, "payments is 3"),
        ('"0.10"', "0.10", 19, "0.10 is a binary float"),
        ('welfare = "3/2"\n', "", 17, "the key 'welfare' is missing"),
    ],
)
def test_a_mistake_is_named_with_its_line(old: str, new: str, line: int, message: str) -> None:
    assert FILE.count(old) == 1
    with pytest.raises(SpecError) as caught:
        read_instance(FILE.replace(old, new), "mine.toml")
    assert message in caught.value.message
    assert caught.value.line == line
    assert str(caught.value).startswith(f"mine.toml:{line}: ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the table [auction] is missing"),
        ('[auction]\ngoods = ["A"]\n', "a table [[bidder]] for each bidder"),
        ("bidder = 3\n[auction]\ngoods = []\n", "at least one good"),
        (f"a = {'[' * 5000}", "nested too deeply"),
    ],
)
def test_a_file_that_lacks_everything_is_refused(text: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        read_instance(text, "mine.toml")
    assert message in caught.value.message


def test_the_catalogue_lies_in_folders_named_after_sources() -> None:
    for name, path in catalogue().items():
        assert Path(name).parent.name == path.parent.name
        assert path.parent.parent.name == "instances"
