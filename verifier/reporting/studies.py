"""A study of sampled instances for readers: what it shows, the worst instance, and how the prices are spread."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from verifier.exact import money, show
from verifier.reporting.amounts import decimal
from verifier.reporting.svg import Picture
from verifier.reporting.text import legal
from verifier.statistics.journal import INFINITY, Decided
from verifier.statistics.study import Study

_BINS, _WIDTH, _HEIGHT, _LEFT, _TOP = 24, 520.0, 180.0, 46.0, 34.0


def lines(found: Study) -> list[str]:
    """What the study shows, in sentences."""
    summary, plan = found.summary, found.plan
    said = [f"{summary.passes:,} of {summary.counted:,} instances pass; the rule ({plan.stopping}) asks for "]
    said[0] += f"{summary.needed:,}." if summary.needed is not None else "more than there are."
    if not summary.complete:
        said.append("The study is not complete, so that it shows nothing yet.")
    elif summary.supported:
        said.append(f"Supported: {plan.sentence()}")
    else:
        said.append(f"Not supported: {plan.sentence()}")
    if summary.undecided:
        said.append(f"{summary.undecided:,} could not be decided, and count as failures.")
    if summary.lower_bound is not None:
        said.append(f"At least {decimal(summary.lower_bound, 4)} of the distribution passes, by Clopper and Pearson.")
    said.append(f"At least {decimal(summary.anytime_bound, 4)} passes by a bound that holds after every instance.")
    if summary.worst is not None:
        number, worst = summary.worst
        values = ", ".join("(" + ", ".join(own) + ")" if len(own) > 1 else own[0] for own in _instance(worst))
        said.append(f"The worst is instance {number}: values {values}, price of anarchy {worst.ratio}.")
    return said


def console(title: str, found: Study) -> str:
    """Lines of text."""
    return legal("\n".join([title, "", *lines(found), ""]))


def page(title: str, found: Study) -> str:
    """The HTML page."""
    from verifier.reporting.html import render

    return render("study.html.jinja", title=title, lines=lines(found), study=found, picture=picture(found))


def picture(found: Study) -> str:
    """How many instances have which price, with the gate; empty where no price is known."""
    ratios = [Fraction(money(one.ratio)) for one in found.results if one.ratio is not None and one.ratio != INFINITY]
    if not ratios:
        return ""
    top = max(*ratios, found.plan.gate, Fraction(11, 10))
    counts = [0] * _BINS
    for ratio in ratios:
        counts[min(_BINS - 1, int((ratio - 1) / (top - 1) * _BINS))] += 1
    unbounded = sum(one.ratio == INFINITY for one in found.results)
    told = f"{len(ratios)} prices from {show(min(ratios))} to {show(max(ratios))}, {unbounded} unbounded"
    drawn = Picture("spread", "Prices of anarchy of the instances", told)
    drawn.text(f"instances by price of anarchy, from 1 to {decimal(top, 4)}", 0, 16, "heading")
    bottom, step = _TOP + _HEIGHT, _WIDTH / _BINS
    for place, count in enumerate(counts):
        if count:
            height = max(2.0, _HEIGHT * count / max(counts))
            middle = 1 + (Fraction(place) + Fraction(1, 2)) * (top - 1) / _BINS
            style = "passes" if middle < found.plan.gate else "misses"
            x = _LEFT + place * step
            drawn.add("rect", style, x=x + 1, y=bottom - height, width=step - 2, height=height)
            drawn.text(f"{count:,}", x + step / 2, bottom - height - 4, "tick", "middle")
    gate = _LEFT + float((Fraction(found.plan.gate) - 1) / (top - 1)) * _WIDTH
    drawn.add("line", "gate", x1=gate, y1=_TOP, x2=gate, y2=bottom + 4)
    drawn.text(f"gate {show(found.plan.gate)}", gate, bottom + 18, "tick", "middle")
    return drawn.render(_LEFT + _WIDTH + 30, bottom + 26)


def _instance(decided: Decided) -> Sequence[Sequence[str]]:
    written = decided.instance
    return written if isinstance(written, list) else []
