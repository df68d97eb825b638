"""Accounts that always sum to zero, credits that hold, and rates that are never exceeded."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mechanisms.services.billing import PRIORITY_TOKENS, Billing, BillingError
from mechanisms.services.ledger import Ledger, LedgerError
from mechanisms.services.rate_limiter import RateLimiter
from verifier.ledger import check_ledger

NAMES = ("bank", "ann", "bob")


@pytest.fixture
def billing(tmp_path):
    ledger = Ledger(tmp_path / "accounts.sqlite")
    made = Billing(ledger)
    for name, credit in (("bank", 1_000), ("ann", 50), ("bob", 0)):
        made.open(name, time=0, credit=credit)
    yield made
    ledger.close()


def test_a_transfer_moves_what_it_says_once(billing):
    first = billing.transfer([("bank", -100), ("ann", 100)], time=1, key="pay 1", memo="wages")
    again = billing.transfer([("bank", -100), ("ann", 100)], time=2, key="pay 1", memo="wages")
    assert first == again
    assert [billing.balance(name) for name in NAMES] == [-100, 100, 0]
    assert billing.total() == 0
    assert [(entry.body["memo"], amount) for entry, amount in billing.statement("ann")] == [("wages", 100)]
    with pytest.raises(LedgerError, match="says something else"):
        billing.transfer([("bank", -1), ("ann", 1)], time=3, key="pay 1")


@pytest.mark.parametrize(
    ("postings", "complaint"),
    [
        ([("ann", -51), ("bob", 51)], "ann has 0 and a credit of 50; 51 is more than that"),
        ([("bob", -1), ("ann", 1)], "bob has 0 and a credit of 0"),
        ([("ann", 1), ("bob", 1)], "postings sum to 2"),
        ([("ann", 0.5), ("bob", -0.5)], "whole numbers"),
        ([("ann", -1), ("eve", 1)], "there is no account 'eve'"),
        ([("ann", -30), ("ann", -30), ("bank", 60)], "ann has 0 and a credit of 50; 60"),
    ],
)
def test_what_cannot_be_paid_moves_nothing(billing, postings, complaint):
    entries = len(list(billing.ledger.entries()))
    with pytest.raises(BillingError, match=complaint):
        billing.transfer(postings, time=1, key="k")
    assert [billing.balance(name) for name in NAMES] == [0, 0, 0]
    assert len(list(billing.ledger.entries())) == entries


def test_currencies_are_apart_and_an_account_is_opened_once(billing):
    billing.open("ann", time=1, credit=3, currency=PRIORITY_TOKENS)
    billing.open("bob", time=1, currency=PRIORITY_TOKENS)
    billing.transfer([("ann", -3), ("bob", 3)], time=2, key="p", currency=PRIORITY_TOKENS)
    assert (billing.balance("ann", PRIORITY_TOKENS), billing.balance("ann")) == (-3, 0)
    assert billing.statement("ann") == []
    billing.open("ann", time=9, credit=50)
    with pytest.raises(LedgerError, match="says something else"):
        billing.open("ann", time=9, credit=51)
    with pytest.raises(BillingError, match="a credit of -1"):
        billing.open("eve", time=9, credit=-1)


def test_credits_hold_when_many_pay_at_once(billing):
    """Sixty payments of 1 race for a credit of 50."""

    def pay(number):
        try:
            billing.transfer([("ann", -1), ("bob", 1)], time=1, key=f"k{number}")
        except BillingError:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        paid = sum(pool.map(pay, range(60)))
    assert (paid, billing.balance("ann"), billing.balance("bob"), billing.total()) == (50, -50, 50, 0)


class Accounts(RuleBasedStateMachine):
    """Against a dictionary."""

    @initialize(limits=st.lists(st.integers(0, 5), min_size=3, max_size=3))
    def start(self, limits):
        self.billing = Billing(Ledger(":memory:"))
        self.held, self.credit, self.done = dict.fromkeys(NAMES, 0), dict(zip(NAMES, limits, strict=True)), 0
        for name, credit in self.credit.items():
            self.billing.open(name, time=0, credit=credit)

    @rule(giver=st.sampled_from(NAMES), taker=st.sampled_from(NAMES), amount=st.integers(0, 6))
    def pay(self, giver, taker, amount):
        self.done += 1
        postings = [(giver, -amount), (taker, amount)]
        able = giver == taker or not amount or self.held[giver] - amount >= -self.credit[giver]
        if able:
            self.billing.transfer(postings, time=1, key=f"k{self.done}")
            self.held[giver] -= amount
            self.held[taker] += amount
        else:
            with pytest.raises(BillingError):
                self.billing.transfer(postings, time=1, key=f"k{self.done}")

    @invariant()
    def agrees(self):
        assert {name: self.billing.balance(name) for name in NAMES} == self.held
        assert self.billing.total() == 0

    def teardown(self):
        self.billing.ledger.close()


Accounts.TestCase.settings = settings(max_examples=30, stateful_step_count=15, deadline=None)
TestAccounts = Accounts.TestCase


def test_the_judge_adds_the_accounts_up_too(billing, tmp_path):
    billing.transfer([("ann", -50), ("bob", 50)], time=1, key="k")
    assert check_ledger(tmp_path / "accounts.sqlite").problem is None


RATES = st.tuples(st.integers(0, 20), st.integers(1, 10), st.integers(0, 12))


@settings(max_examples=150, deadline=None)
@given(RATES, st.lists(st.tuples(st.integers(0, 5), st.integers(0, 8)), max_size=25))
def test_no_interval_lets_more_through_than_its_rate_and_one_burst(rate, requests):
    tokens, duration, burst = rate
    limiter, now, let = RateLimiter(), 0, []
    limiter.feed("a", tokens, duration, burst=burst, now=0)
    for waited, wanted in requests:
        now += waited
        if limiter.allow("a", wanted, now):
            let.append((now, wanted))
    for first in range(len(let)):
        for last in range(first, len(let)):
            through = sum(amount for _, amount in let[first : last + 1])
            assert through * duration <= burst * duration + tokens * (let[last][0] - let[first][0])


@settings(max_examples=100, deadline=None)
@given(RATES, st.integers(0, 12), st.integers(0, 12))
def test_who_waits_as_told_is_let_through_and_not_a_moment_before(rate, first, second):
    tokens, duration, burst = rate
    limiter = RateLimiter()
    limiter.feed("a", tokens, duration, burst=burst, now=0)
    limiter.allow("a", first, 0)
    wait = limiter.wait("a", second, 0)
    if wait is None:
        assert second > burst or tokens == 0
        return
    if wait:
        assert not limiter.allow("a", second, wait - 1)
    assert limiter.allow("a", second, wait)


def test_time_that_runs_back_fills_nothing():
    limiter = RateLimiter()
    limiter.feed("a", 10, 10, burst=5, now=100)
    assert limiter.allow("a", 5, 100)
    assert not limiter.allow("a", 1, 50)
    assert limiter.wait("a", 1, 50) == 51
    assert limiter.allow("a", 1, 101)


def test_a_new_rate_keeps_what_was_left_and_nobody_else_has_one():
    limiter = RateLimiter()
    limiter.feed("a", 10, 10, burst=8, now=0)
    assert limiter.allow("a", 6, 0)
    limiter.feed("a", 1, 10, burst=4, now=0)
    assert limiter.allow("a", 2, 0)
    assert not limiter.allow("a", 1, 0)
    assert (limiter.allow("b", 0, 0), limiter.allow("b", 1, 0), limiter.wait("b", 1, 0)) == (True, False, None)
    assert limiter.wait("a", 0, 0) == 0
    with pytest.raises(ValueError, match="is no rate"):
        limiter.feed("a", 1, 0, burst=1, now=0)
    with pytest.raises(ValueError, match="-1 tokens"):
        limiter.allow("a", -1, 0)
