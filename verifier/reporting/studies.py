"""A study of sampled instances for readers: what it shows, the worst instance, and how the prices are spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from verifier.exact import money, show
from verifier.reporting.amounts import decimal
from verifier.reporting.svg import Picture
from verifier.reporting.text import legal
from verifier.statistics.journal import INFINITY, Decided
from verifier.statistics.study import Study

_BINS, _WIDTH, _HEIGHT, _LEFT, _TOP = 24, 520.0, 180.0, 46.0, 34.0


@dataclass(frozen=True, slots=True)
class Part:
    """A study with one number of agents, and a simple instance that is as bad as its worst one, where it has one."""

    agents: int
    found: Study
    simplest: Decided | None

    def to_json(self) -> dict[str, object]:
        """What the study of this size shows."""
        simplest = None if self.simplest is None else self.simplest.to_json()
        return {"agents": self.agents, **self.found.to_json(), "simplest_worst": simplest}


def lines(part: Part) -> list[str]:
    """What the study shows, in sentences."""
    found = part.found
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
        said.append(f"The worst is instance {number}: values {_values(worst)}, price of anarchy {worst.ratio}.")
    if part.simplest is not None and summary.worst is not None and part.simplest.instance != summary.worst[1].instance:
        said.append(f"As bad, and simpler: values {_values(part.simplest)}, price of anarchy {part.simplest.ratio}.")
    return said


def console(title: str, parts: Sequence[Part]) -> str:
    """Lines of text."""
    blocks = [[*([f"{part.agents} agents:"] if len(parts) > 1 else []), *lines(part), ""] for part in parts]
    return legal("\n".join([title, "", *(line for block in blocks for line in block)]))


def page(title: str, parts: Sequence[Part]) -> str:
    """The HTML page."""
    from verifier.reporting.html import render

    shown = [(part, lines(part), picture(part.found)) for part in parts]
    return render("study.html.jinja", title=title, shown=shown, growth=growth(parts) if len(parts) > 1 else "")


def growth(parts: Sequence[Part]) -> str:
    """From the least to the largest price for each number of agents, with the mean and the 95th percentile."""
    spreads = [(part.agents, _prices(part.found)) for part in parts]
    known = [price for _, prices in spreads for price in prices]
    if not known:
        return ""
    gate = Fraction(parts[0].found.plan.gate)
    top = max(*known, gate, Fraction(11, 10))
    told = "; ".join(f"{n} agents: {_spread(prices)}" for n, prices in spreads)
    drawn = Picture("growth", "Prices of anarchy by the number of agents", told)
    drawn.text("least, mean (dot), 95th percentile (bar) and largest price by number of agents", 0, 16, "heading")
    bottom, step = _TOP + _HEIGHT, _WIDTH / len(spreads)

    def height(price: Fraction) -> float:
        return bottom - float((price - 1) / (top - 1)) * _HEIGHT

    for place, (n, prices) in enumerate(spreads):
        x = _LEFT + (place + 0.5) * step
        drawn.text(str(n), x, bottom + 18, "tick", "middle")
        if not prices:
            continue
        mean, high = sum(prices, Fraction(0)) / len(prices), prices[-(-len(prices) * 19 // 20) - 1]
        drawn.add("line", "guide", x1=x, y1=height(prices[0]), x2=x, y2=height(prices[-1]))
        drawn.add("line", "guide", x1=x - 9, y1=height(high), x2=x + 9, y2=height(high))
        drawn.add("circle", "passes" if mean < gate else "misses", cx=x, cy=height(mean), r=5)
        drawn.text(decimal(prices[-1], 4), x, height(prices[-1]) - 6, "tick", "middle")
    drawn.add("line", "gate", x1=_LEFT, y1=height(gate), x2=_LEFT + _WIDTH, y2=height(gate))
    drawn.text(f"gate {show(gate)}", _LEFT + _WIDTH, height(gate) - 6, "tick", "end")
    return drawn.render(_LEFT + _WIDTH + 30, bottom + 26)


def _prices(found: Study) -> list[Fraction]:
    """The finite prices, in order."""
    return sorted(
        Fraction(money(one.ratio)) for one in found.results if one.ratio is not None and one.ratio != INFINITY
    )


def _spread(prices: Sequence[Fraction]) -> str:
    return f"{decimal(prices[0], 4)} to {decimal(prices[-1], 4)}" if prices else "none known"


def picture(found: Study) -> str:
    """How many instances have which price, with the gate; empty where no price is known."""
    ratios = _prices(found)
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


def _values(decided: Decided) -> str:
    written = decided.instance if isinstance(decided.instance, list) else []
    return ", ".join("(" + ", ".join(own) + ")" if len(own) > 1 else own[0] for own in written)
