"""How much a search or a sample looked at, in words: what SUPPORTED rests on, and what it leaves open."""

from __future__ import annotations

from verifier.evidence import Verdict
from verifier.exact import Money
from verifier.reporting.amounts import counted, listed
from verifier.reporting.proofs import continuum
from verifier.reporting.reading import Report, Volume


def brief(volume: Volume) -> str:
    """The volume in half a line: `4,000 cases searched, none violated`."""
    cases = counted(volume.cases, "case")
    if volume.kind == "search":
        return f"{cases} at {counted(volume.profiles, 'profile')} searched, none violated (seed {volume.seed})"
    return f"{cases} drawn, none violated: {_at_most(volume)} (seed {volume.seed})"


def supported(report: Report, volume: Volume) -> str:
    """What SUPPORTED says: about how many cases, found how, and what nobody may read into it."""
    cases = counted(volume.cases, "case")
    if volume.kind == "search":
        return (
            f"{cases} at {counted(volume.profiles, 'different profile')} among {continuum(report.domain)} "
            f"{'was' if volume.cases == 1 else 'were'} judged and none is a violation; "
            f"{volume.targeted:,} were proposed by Hypothesis, the others are critical values. "
            "This is no claim that there is none."
        )
    return (
        f"none of {cases} drawn at random from the grid is a violation. {_at_most(volume).capitalize()}. "
        "Rarer violations than that may well exist."
    )


def mass(volume: Volume | None) -> str:
    """The share of violations in a sample in which there are some; empty where none was drawn."""
    if volume is None or not volume.violations:
        return ""
    return (
        f"Of {counted(volume.cases, 'case')} drawn at random from the grid {volume.violations:,} are violations: with "
        f"{_percent(volume.confidence, up=False)} confidence their share lies between "
        f"{_percent(volume.lower, up=False)} and {_percent(volume.upper, up=True)}."
    )


def covered(report: Report) -> list[str]:
    """What was searched or sampled at all, one sentence for each engine."""
    lines = []
    for engine, how in (
        ("search", f"at critical values, and where Hypothesis saw smaller margins, among {continuum(report.domain)}"),
        ("sampling", "at reports drawn at random, independent and uniform, from the grid"),
    ):
        own = [claim for claim in report.by(engine) if claim.volume is not None]
        if own:
            repeated = max(claim.volume.repeated for claim in own if claim.volume is not None)
            lines.append(
                f"For {listed([claim.id for claim in own])} the mechanism was run {how}. To see whether it repeats "
                f"itself, {counted(repeated, 'profile')} ran again, in reverse order and in fresh processes if it "
                "could be loaded there."
            )
    return lines


def not_covered(report: Report) -> list[str]:
    """What nobody may read into a search or a sample."""
    lines = []
    if any(claim.verdict is Verdict.SUPPORTED for claim in report.by("search")):
        lines.append("A search that finds nothing says nothing about the cases that it did not look at.")
    if any(claim.volume is not None for claim in report.by("sampling")):
        lines.append("A sample is about its distribution on the grid, not about other bids or other frequencies.")
    return lines


def _at_most(volume: Volume) -> str:
    share = _percent(volume.at_most, up=True)
    return f"with {_percent(volume.confidence, up=False)} confidence at most {share} of the cases are violations"


def _percent(share: Money, *, up: bool) -> str:
    """A percentage of at most four decimals, rounded in the direction that keeps a bound true."""
    units = share * 1_000_000
    whole = -(-units // 1) if up else units // 1
    text = f"{whole // 10_000}.{whole % 10_000:04d}".rstrip("0").rstrip(".")
    return f"{text} %"
