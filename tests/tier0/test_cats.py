"""CATS files: what is read, what is written, and what is refused, with its line."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.domains.cats import MOST_CELLS, read_cats, write_cats
from verifier.domains.packages import Auction, Bidder, PackageBid, auction
from verifier.errors import DomainError, SpecError

FILE = """\
% made by hand
%% goods 99

goods 3
bids\t4
dummy 2

0\t12.50\t0\t1\t3\t#
1 7 2 #
2\t1e-3\t2\t3\t#
3\t.1  0 4 #
"""


def test_a_file_is_read_with_its_dummies_as_xor_bidders() -> None:
    read = read_cats(FILE)
    assert read.goods == ("0", "1", "2")
    assert read.supply == (1, 1, 1)
    assert read.bidders == (
        Bidder("dummy 3", (PackageBid((1, 1, 0), Fraction(25, 2)), PackageBid((0, 0, 1), Fraction(1, 1000)))),
        Bidder("bid 1", (PackageBid((0, 0, 1), 7),)),
        Bidder("dummy 4", (PackageBid((1, 0, 0), Fraction(1, 10)),)),
    )


def test_prices_are_never_rounded_to_a_double() -> None:
    read = read_cats("goods 1\nbids 2\ndummy 0\n0 9007199254740993.1 0 #\n1 0.1 0 #\n")
    assert read.bidders[0].bids[0].value == Fraction("9007199254740993.1")
    assert read.bidders[1].bids[0].value == Fraction(1, 10)


def test_windows_line_ends_and_a_byte_order_mark_are_read_alike() -> None:
    assert read_cats("\ufeff" + FILE.replace("\n", "\r\n")) == read_cats(FILE)


def test_a_file_without_bids_is_an_auction_without_bidders() -> None:
    assert read_cats("goods 2\nbids 0\n") == Auction(("0", "1"), (1, 1), ())


@st.composite
def auctions(draw: st.DrawFn) -> Auction:
    goods = draw(st.integers(1, 4))
    row = st.lists(st.integers(0, 1), min_size=goods, max_size=goods).filter(any).map(tuple)
    values = st.decimals(0, 10**16, places=5).map(Fraction)
    bids = st.lists(st.builds(PackageBid, row, values), min_size=1, max_size=3).map(tuple)
    bidders = draw(st.lists(bids, max_size=4))
    named = [Bidder(f"somebody {place}", offers) for place, offers in enumerate(bidders)]
    return Auction(tuple(f"good {place}" for place in range(goods)), (1,) * goods, tuple(named))


@given(auctions())
def test_what_is_written_is_read_back(written: Auction) -> None:
    text = write_cats(written)
    read = read_cats(text)
    assert [bidder.bids for bidder in read.bidders] == [bidder.bids for bidder in written.bidders]
    assert len(read.goods) == len(written.goods)
    assert write_cats(read) == text
    assert read_cats(write_cats(read)) == read


def test_bidders_without_bids_leave_no_trace() -> None:
    assert write_cats(auction(["A"], {"Ann": [], "Bob": [(["A"], 2)]})) == "goods 1\nbids 1\ndummy 0\n\n0\t2\t0\t#\n"


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (auction({"A": 2}, {}), "there are 2 of 'A'"),
        (auction(["A"], {"Ann": [(["A"], 1), (["A"], 2)]}, "or"), "joins bids by OR"),
        (auction(["A"], {"Ann": [({"A": 2}, 1)]}), "bid 1: a CATS file has one unit"),
        (auction(["A"], {"Ann": [(["A"], "1/6")]}), "1/6 is no finite decimal; multiply all values by 3"),
    ],
)
def test_what_the_format_cannot_say_is_refused(written: Auction, message: str) -> None:
    with pytest.raises(DomainError, match=message):
        write_cats(written)


HEAD = "goods 2\nbids 2\ndummy 2\n"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "lacks its line 'goods N'"),
        ("goods 2\n", 1, "lacks its line 'bids N'"),
        ("0 1 0 #\n", 1, "a bid before the line 'goods N'"),
        ("goods 2\n0 1 0 #\n", 2, "a bid before the line 'bids N'"),
        ("good 2\n", 1, "unknown word 'good'; did you mean 'goods'"),
        ("goods\n", 1, "write 'goods N'"),
        ("goods -2\n", 1, "'-2'"),
        ("goods 0\n", 1, "at least one good"),
        ("goods 2\n\ngoods 2\n", 3, "a second time"),
        ("goods 2\nbids 2\n\n0 1 0 #\ndummy 3\n", 5, "'dummy' must come before the bids"),
        (HEAD + "0 1 0\n", 4, "must end with #"),
        (HEAD + "0 1 0 # 1\n", 4, "nothing may follow"),
        (HEAD + "0 #\n", 4, "a bid is its number"),
        (HEAD + "0 1 #\n", 4, "asks for nothing"),
        (HEAD + "0 1 2 #\n", 4, "nothing but dummies"),
        (HEAD + "0 1 4 #\n", 4, "no good 4; 2 goods and 2 dummies are numbered 0 to 3"),
        (HEAD + "0 1 x #\n", 4, "a good is 'x'"),
        (HEAD + "0 1 0 0 #\n", 4, "good 0 is named twice"),
        (HEAD + "0 1 0 2 3 #\n", 4, "dummy goods 2 and 3 on one bid"),
        (HEAD + "0 1 0 #\n0 1 1 #\n", 5, "two bids have the number 0"),
        (HEAD + "0 1 0 #\n1 1 0 #\n2 1 0 #\n", 6, "more bids than the 2"),
        (HEAD + "0 1 0 #\n\n% end\n", 6, "ends after 1 bids, but 'bids' says 2"),
        (HEAD + "0 -1 0 #\n", 4, "price -1 is negative"),
        (HEAD + "0 nan 0 #\n", 4, "'nan' is no finite decimal"),
        (HEAD + "0 inf 0 #\n", 4, "'inf' is no finite decimal"),
        (HEAD + "0 1/3 0 #\n", 4, "'1/3' is no finite decimal"),
        (HEAD + "0 1e999999999 0 #\n", 4, "is no finite decimal"),
        (HEAD + f"0 {'9' * 5000} 0 #\n", 4, "is no finite decimal"),
        (f"goods {'9' * 5000}\n", 1, "must be a whole number"),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, line: int, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        read_cats(text, "some.txt")
    assert caught.value.line == line
    assert message in caught.value.message
    assert str(caught.value).startswith(f"some.txt:{line}: ")


@given(st.text(alphabet="goodsbidsdummy 0123456789.#%e-\n\t", max_size=200))
def test_any_text_is_read_or_refused_with_a_line(text: str) -> None:
    try:
        read = read_cats(text)
    except SpecError as error:
        line = error.line
    else:
        line = len(read.goods)
    assert line >= 1


def test_more_cells_than_memory_holds_are_refused_at_the_header() -> None:
    with pytest.raises(SpecError, match="leave out goods") as caught:
        read_cats(f"bids {MOST_CELLS}\ngoods 2\n0 1 0 #\n")
    assert caught.value.line == 2


def test_a_hundred_thousand_bids_are_read_in_seconds() -> None:
    lines = "".join(f"{bid}\t{bid}.25\t{bid % 20}\t{(bid * 7 + 1) % 20}\t#\n" for bid in range(100_000))
    text = f"goods 20\nbids 100000\ndummy 0\n{lines}"
    began = time.perf_counter()
    read = read_cats(text)
    assert len(read.bidders) == 100_000
    assert time.perf_counter() - began < 20
