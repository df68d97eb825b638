"""What an agent can spend: virtual currency down to a credit limit, and priority tokens, which are not lent."""

from __future__ import annotations

from dataclasses import dataclass, replace


class BudgetError(ValueError):
    """Spending that a budget does not allow; nothing was spent."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Whole units: `currency` may be negative, down to minus `credit_limit`; `priority_tokens` may not."""

    currency: int
    priority_tokens: int = 0
    credit_limit: int = 0

    def __post_init__(self) -> None:
        for amount in (self.currency, self.priority_tokens, self.credit_limit):
            if type(amount) is not int:
                raise BudgetError(f"{amount!r} is no whole number of units")
        if self.credit_limit < 0 or self.priority_tokens < 0:
            raise BudgetError("a credit limit and a number of priority tokens are at least 0")
        if self.currency < -self.credit_limit:
            raise BudgetError(f"{self.currency:,} is below the credit limit of {self.credit_limit:,}")

    @property
    def spendable(self) -> int:
        """What can be paid now, credit included."""
        return self.currency + self.credit_limit

    @property
    def borrowed(self) -> int:
        """How much of the credit is in use."""
        return max(0, -self.currency)

    def spend(self, currency: int = 0, priority_tokens: int = 0) -> Budget:
        """The budget after a payment.

        Raises BudgetError where it is negative, or more than there is.
        """
        if currency < 0 or priority_tokens < 0:
            raise BudgetError("a payment is not negative; see earn")
        if currency > self.spendable:
            raise BudgetError(f"a payment of {currency:,} is above {self.spendable:,}, credit included")
        if priority_tokens > self.priority_tokens:
            raise BudgetError(f"{priority_tokens:,} priority tokens of {self.priority_tokens:,}; they are not lent")
        return replace(self, currency=self.currency - currency, priority_tokens=self.priority_tokens - priority_tokens)

    def earn(self, currency: int = 0, priority_tokens: int = 0) -> Budget:
        """The budget after an income, which first pays back what was borrowed."""
        if currency < 0 or priority_tokens < 0:
            raise BudgetError("an income is not negative; see spend")
        return replace(self, currency=self.currency + currency, priority_tokens=self.priority_tokens + priority_tokens)
