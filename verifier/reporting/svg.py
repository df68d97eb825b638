"""Inline SVG, drawn by hand: a picture with its words, scales with round ticks, and the bar of a table cell.

Colours come from the style sheet of the page, so that dark and print styles hold for pictures too. Coordinates are the
only floats in the reports.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from xml.etree import ElementTree as ET

from verifier.exact import Money


class Picture:
    """An SVG with a title and a description; `key` makes their ids unique on the page."""

    def __init__(self, key: str, title: str, description: str) -> None:
        names = {"role": "img", "aria-labelledby": f"{key}-title {key}-desc"}
        self._root = ET.Element("svg", {"class": "figure", **names})
        ET.SubElement(self._root, "title", {"id": f"{key}-title"}).text = title
        ET.SubElement(self._root, "desc", {"id": f"{key}-desc"}).text = description

    def add(self, shape: str, style: str, **where: float) -> None:
        """One shape with its style class and its numeric attributes."""
        ET.SubElement(self._root, shape, {"class": style, **{name: _pixels(place) for name, place in where.items()}})

    def path(self, style: str, points: Iterable[tuple[float, float]], shape: str = "polyline") -> None:
        """A line (or with shape="polygon" an area) through points."""
        ET.SubElement(self._root, shape, {"class": style, "points": _points(points)})

    def text(self, words: str, x: float, y: float, style: str, anchor: str = "start") -> None:
        """Words, anchored at their start, middle or end."""
        place = {"x": _pixels(x), "y": _pixels(y), "text-anchor": anchor}
        ET.SubElement(self._root, "text", {"class": style, **place}).text = words

    def render(self, width: float, height: float) -> str:
        """The markup, of that size in pixels before it is scaled."""
        self._root.set("viewBox", f"0 0 {_pixels(width)} {_pixels(height)}")
        return ET.tostring(self._root, encoding="unicode")


@dataclass(frozen=True, slots=True)
class Scale:
    """From amounts between `low` and `high` to pixels between `start` and `end`."""

    low: Money
    high: Money
    start: float
    end: float

    def __call__(self, number: Money) -> float:
        """Where an amount lies."""
        return self.start + float(Fraction(number - self.low) / (self.high - self.low)) * (self.end - self.start)


def scale(numbers: Iterable[Money], start: float, end: float) -> Scale:
    """A scale over all the numbers; where they are all the same, one unit long."""
    kept = list(numbers)
    low, high = min(kept), max(kept)
    return Scale(low, high if high > low else low + 1, start, end)


def ticks(low: Money, high: Money, most: int) -> list[Fraction]:
    """At most `most` round numbers from `low` to `high`: multiples of 1, 2 or 5 times a power of ten, exact."""
    power = Fraction(10) ** math.floor(math.log10(Fraction(high - low) / most))
    for step in (power, 2 * power, 5 * power, 10 * power, 20 * power):
        found = [step * number for number in range(math.ceil(low / step), math.floor(high / step) + 1)]
        if len(found) <= most:
            break
    return found


def bar(part: Money, whole: Money, words: str) -> str:
    """A horizontal bar, `part` of `whole` long, that reads as `words`."""
    names = {"viewBox": "0 0 120 10", "role": "img", "aria-label": words, "preserveAspectRatio": "none"}
    root = ET.Element("svg", {"class": "bar", **names})
    ET.SubElement(root, "title").text = words
    length = max(1.5, 120 * float(Fraction(part) / whole)) if whole and part else 0.0
    ET.SubElement(root, "rect", {"class": "regret", "x": "0", "y": "1", "width": _pixels(length), "height": "8"})
    return ET.tostring(root, encoding="unicode")


def _pixels(place: float) -> str:
    return f"{place:.1f}".removesuffix(".0")


def _points(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{_pixels(x)},{_pixels(y)}" for x, y in points)
