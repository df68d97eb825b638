"""What console and page show of a game, in words: rows of equilibria, claims with verdicts, findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verifier.evidence import Verdict
from verifier.exact import Money
from verifier.reporting.amounts import amount

MOST_ROWS = 40  # equilibria that are listed; the rest is counted
NONE = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class EquilibriumRow:
    """An equilibrium: its number, each player's strategy in words, and the payoffs."""

    number: str
    strategies: tuple[str, ...]
    payoffs: str


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim in words."""

    id: str
    statement: str
    verdict: Verdict
    expected: str
    met: bool
    note: str


@dataclass(frozen=True, slots=True)
class GameView:
    """What console and page show."""

    name: str
    title: str
    source: str
    players: tuple[str, ...]
    size: str
    heading: str
    rows: tuple[EquilibriumRow, ...]
    rest: str
    claims: tuple[ClaimRow, ...]
    findings: tuple[str, ...]
    overall: str
    interrupted: bool


def claim_rows(certificate: Mapping[str, Any]) -> tuple[ClaimRow, ...]:
    """The claims of a certificate."""
    return tuple(
        ClaimRow(one["id"], one["statement"], Verdict(one["verdict"]), one["expect"] or NONE, one["met"], one["reason"])
        for one in certificate["claims"]
    )


def overall(claims: tuple[ClaimRow, ...]) -> str:
    """Whether everything is as expected, in a sentence."""
    missed = [claim.id for claim in claims if not claim.met]
    return f"Not as expected: {', '.join(missed)}." if missed else "Everything is as expected."


def hidden_rows(count: int) -> list[str]:
    """Where some of so many equilibria are not listed, a sentence that says so."""
    return [f"{count - MOST_ROWS:,} more are in the certificate."] if count > MOST_ROWS else []


def count_of(number: int, one: str, several: str) -> str:
    """1 equilibrium, 2 equilibria, no equilibria."""
    return f"1 {one}" if number == 1 else f"{number:,} {several}" if number else f"No {several}"


def strategy(names: Sequence[str], row: Sequence[Money]) -> str:
    """A mixed strategy: `heads`, or `heads with 1/2, tails with 1/2`."""
    played = [(name, p) for name, p in zip(names, row, strict=True) if p]
    if len(played) == 1:
        return played[0][0]
    return ", ".join(f"{name} with {amount(p)}" for name, p in played)
