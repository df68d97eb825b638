"""Accounts in virtual currency, by double entry: every transfer sums to zero, and nobody falls below its credit.

Amounts are whole numbers of the smallest unit. A transfer and its entry in the ledger are one transaction, so that a
charge is never there without its evidence. Balances are kept beside the chain and follow from it: `verify ledger` adds
them up again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from mechanisms.services.ledger import Entry, Ledger, LedgerError

CURRENCY, PRIORITY_TOKENS = "credit", "priority"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS balances (
    account TEXT NOT NULL, currency TEXT NOT NULL, amount INTEGER NOT NULL, credit INTEGER NOT NULL,
    PRIMARY KEY (account, currency)
)
"""

Posting = tuple[str, int]  # an account, and what it gets; below zero, what it gives


class BillingError(LedgerError):
    """A transfer that was not made, and nothing of it was: unknown accounts, sums that are not zero, no credit left."""


class Billing:
    """The accounts of a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        ledger.database.execute(_SCHEMA)

    def open(self, account: str, *, time: int, credit: int = 0, currency: str = CURRENCY) -> Entry:
        """Open an account with a balance of 0, which may fall to minus its credit; open already, it is left alone.

        Raises BillingError for a credit that is no whole number of at least 0, or another one than it has.
        """
        if type(credit) is not int or credit < 0:
            raise BillingError(f"{account}: a credit of {credit!r}; write a whole number of at least 0")
        with self.ledger.transaction():
            body = {"account": account, "currency": currency, "credit": credit}
            entry = self.ledger.append("account", body, time=time, key=json.dumps(["account", account, currency]))
            row = (account, currency, 0, credit)
            self.ledger.database.execute("INSERT OR IGNORE INTO balances VALUES (?, ?, ?, ?)", row)
            return entry

    def transfer(
        self, postings: Sequence[Posting], *, time: int, key: str, memo: str = "", currency: str = CURRENCY
    ) -> Entry:
        """Move amounts between accounts, once for each key.

        Parameters
        ----------
        postings : accounts and what they get; below zero, what they give. They sum to zero

        Raises
        ------
        BillingError : an account is not open, amounts are no whole numbers or do not sum to zero, or somebody would
            fall below its credit; then nothing is moved.
        """
        if any(type(amount) is not int for _, amount in postings):
            raise BillingError("amounts are whole numbers of the smallest unit")
        if (total := sum(amount for _, amount in postings)) != 0:
            raise BillingError(f"postings sum to {total:,}; what somebody gets, somebody gives")
        body = {"currency": currency, "memo": memo, "postings": [[account, amount] for account, amount in postings]}
        with self.ledger.transaction():
            if self.ledger.find(key) is not None:
                return self.ledger.append("transfer", body, time=time, key=key)  # the first one, or a conflict
            for account, amount in _summed(postings).items():
                held, credit = self._held(account, currency)
                if held + amount < -credit and amount < 0:
                    raise BillingError(
                        f"{account} has {held:,} and a credit of {credit:,}; {-amount:,} is more than that"
                    )
                self.ledger.database.execute(
                    "UPDATE balances SET amount = ? WHERE account = ? AND currency = ?",
                    (held + amount, account, currency),
                )
            return self.ledger.append("transfer", body, time=time, key=key)

    def balance(self, account: str, currency: str = CURRENCY) -> int:
        """What is in an account; BillingError where it is not open."""
        return self._held(account, currency)[0]

    def total(self, currency: str = CURRENCY) -> int:
        """The sum of all balances: always 0."""
        found = self.ledger.database.execute("SELECT TOTAL(amount) FROM balances WHERE currency = ?", (currency,))
        return int(found.fetchone()[0])

    def statement(self, account: str, currency: str = CURRENCY) -> list[tuple[Entry, int]]:
        """The entries that moved an account, with the amounts."""
        found = []
        for entry in self.ledger.entries():
            if entry.kind == "transfer" and entry.body["currency"] == currency:
                amount = _summed(entry.body["postings"]).get(account)
                found += [] if amount is None else [(entry, amount)]
        return found

    def _held(self, account: str, currency: str) -> tuple[int, int]:
        asked = "SELECT amount, credit FROM balances WHERE account = ? AND currency = ?"
        row = self.ledger.database.execute(asked, (account, currency)).fetchone()
        if row is None:
            raise BillingError(f"there is no account {account!r} in {currency}; open it first")
        return int(row[0]), int(row[1])


def _summed(postings: Sequence[Posting]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for account, amount in postings:
        found[account] = found.get(account, 0) + amount
    return found
