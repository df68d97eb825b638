"""Finite grids of values: written "0..10", "0..1 step 1/10" or as a list, counted before they are built."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from verifier.errors import DomainError, MoneyError
from verifier.exact import Money, money

_RANGE = re.compile(r"\s*(?P<low>\S+?)\s*\.\.\s*(?P<high>\S+?)(?:\s+step\s+(?P<step>\S+))?\s*")


@dataclass(frozen=True, slots=True)
class Grid:
    """Equally spaced amounts, `count` of them from `low` by `step`; or `listed` amounts, ascending."""

    count: int
    low: Money = 0
    step: Money = 1
    listed: tuple[Money, ...] = ()

    @property
    def high(self) -> Money:
        """The largest amount."""
        return self.listed[-1] if self.listed else self.low + self.step * (self.count - 1)

    def telling(self) -> tuple[Money, ...]:
        """A few amounts that are whole only if all are."""
        return self.listed or (self.low, self.low + self.step)[: self.count]

    def values(self) -> tuple[Money, ...]:
        """The amounts, ascending."""
        return self.listed or tuple(money(self.low + self.step * index) for index in range(self.count))


def parse_grid(written: object, least: Money | None = 0) -> Grid:
    """Read a grid as a person writes it.

    Parameters
    ----------
    written : "low..high" (both ends included, step 1), "low..high step s", a `range`, or a sequence of amounts
    least : what no amount may lie below; None where any will do

    Raises
    ------
    DomainError : not a grid, empty, with repeated amounts or such that are too small.
    """
    try:
        grid = _parse(written)
    except MoneyError as error:
        raise DomainError(f"values {written!r}: {error}") from error
    if grid.count <= 0:
        raise DomainError(f"values {written!r} name no amount at all")
    if least is not None and grid.low < least:
        raise DomainError(f"values {written!r} go below zero; values of this domain start at {least}")
    return grid


def _parse(written: object) -> Grid:
    if isinstance(written, str):
        match = _RANGE.fullmatch(written)
        if not match:
            raise DomainError(f'values {written!r} are no grid; write "0..10", "0..1 step 1/10" or a list of amounts')
        low, high, step = money(match["low"]), money(match["high"]), money(match["step"] or "1")
        if step <= 0:
            raise DomainError(f"values {written!r}: the step must be positive")
        return Grid(count=int((high - low) // step) + 1, low=low, step=step)
    if isinstance(written, Sequence):
        listed = tuple(sorted(money(amount) for amount in written))
        if len(set(listed)) < len(listed):
            raise DomainError(f"values {written!r} name an amount twice")
        return Grid(count=len(listed), low=listed[0] if listed else 0, listed=listed)
    raise DomainError(f'values {written!r} are no grid; write "0..10", "0..1 step 1/10" or a list of amounts')
