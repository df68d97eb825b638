"""What a property is: a name, a quantifier and one margin that must not be negative."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from verifier.domains import Type
from verifier.properties.cases import Case, Over, Quantity

ANYWHERE = frozenset({"money", "house-allocation", "matching", "voting"})
MARKETS = frozenset({"two-sided", "procurement"})  # where agents sell
TOLD = frozenset({"utilities"})  # where what comes out is told by what it is worth alone


@dataclass(frozen=True, slots=True)
class Property:
    """One property of mechanisms.

    Attributes
    ----------
    name : as claims files write it
    statement : one English sentence; what a verdict of PROVED or EXHAUSTED asserts
    formula : the same in symbols
    over : what it is quantified over; decides which case class `margin` receives
    margin : from a case to a quantity in money (or in units of the good), negative exactly where the property fails;
        where it gives several, the largest counts: the property fails where all of them are negative
    single_parameter : whether it is defined only where a type is one number
    on_symbols : whether the symbolic engine decides it; others are decided on grids only
    transform : over transforms, how every report is changed
    settings : where it is defined: "money", or kinds of ordinal domains, of markets, or "utilities"
    lotteries : whether it is defined for lotteries over what is only ranked
    only : indices of the agents about whom it is claimed, None for all; for quantifiers with a row for each agent
    """

    name: str
    statement: str
    formula: str
    over: Over
    margin: Callable[[Any], Quantity | tuple[Quantity, ...]]
    single_parameter: bool = False
    on_symbols: bool = True
    transform: Callable[[Type], Type] | None = None
    settings: frozenset[str] = frozenset({"money"})
    lotteries: bool = False
    only: frozenset[int] | None = None

    def margins(self, case: Case) -> tuple[Quantity, ...]:
        """The margin as the one or several quantities of which the largest counts."""
        found = self.margin(case)
        return found if isinstance(found, tuple) else (found,)

    def explanation(self) -> str:
        """The docstring of the property's module: definition, margin, source. Documentation has this one home."""
        return inspect.cleandoc(sys.modules[self.margin.__module__].__doc__ or "")
