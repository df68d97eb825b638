"""The picture of a deviation: three panels over one axis of reports.

Utility comes first, with the truth, the lie and the gain between them; then what the agent gets, and what it pays.
Marks differ in shape as well as in colour: the truth is a ring, the lie a diamond.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from verifier.domains import Type
from verifier.exact import Money
from verifier.reporting.amounts import amount, counted, decimal, vector
from verifier.reporting.curves import Curve, Point
from verifier.reporting.svg import Picture, Scale, scale, ticks

_LEFT, _RIGHT, _WIDTH = 56.0, 406.0, 520.0  # the plot, and beside it room for the gain
_FIRST, _OTHERS = 180.0, 62.0  # heights of the panels
_HEAD, _MARKS = 46.0, 20.0  # room for a heading, and for the words over the marks


@dataclass(frozen=True, slots=True)
class Scene:
    """What is drawn: the curve, the lie of the witness (None where no lie refuted the claim), names for the words."""

    curve: Curve
    lie: Type | None
    agent: str
    unit: str


def draw(scene: Scene, span: tuple[Type, ...], key: str) -> str:
    """The picture as SVG markup.

    Parameters
    ----------
    scene : what to draw
    span : (m,) the types that the axis spans besides the points
    key : makes the ids of this picture unique on its page
    """
    picture = Picture(key, f"Utility of {scene.agent} against its report", describe(scene))
    curve = scene.curve
    place, across = _axis(curve, span)
    top = 2 * _MARKS + 14
    bottom = top + _FIRST + 2 * (_HEAD + _OTHERS)
    _marks(picture, scene, place, top, bottom)
    worth = f"Utility of {scene.agent}, whose true value is {vector(curve.type)}"
    up = _panel(picture, scene, place, lambda point: point.utility, (top, _FIRST))
    picture.text(worth, 0, 14, "heading")
    _gain(picture, scene, place, up)
    top += _FIRST + _HEAD
    for heading, read in _others(scene.unit):
        _panel(picture, scene, place, read, (top, _OTHERS))
        picture.text(heading, 0, top - 18, "heading")
        top += _OTHERS + _HEAD
    for number, x in across:
        picture.add("line", "zero", x1=x, y1=bottom, x2=x, y2=bottom + 4)
        picture.text(decimal(number), x, bottom + 18, "tick", "middle")
    picture.text(f"report of {scene.agent}", (_LEFT + _RIGHT) / 2, bottom + (38 if across else 22), "tick", "middle")
    return picture.render(_WIDTH, bottom + 44)


def describe(scene: Scene) -> str:
    """The picture in words."""
    curve = scene.curve
    truth, lie = curve.at(curve.type), curve.at(scene.lie)
    text = f"The reports of the others are held fixed. The true value of {scene.agent} is {vector(curve.type)}."
    if truth is not None:
        text += f" Reporting it brings a utility of {amount(truth.utility)}."
    if truth is not None and lie is not None:
        text += f" Reporting {vector(lie.bid)} brings {amount(lie.utility)}, "
        text += f"a gain of {amount(lie.utility - truth.utility)}."
    if curve.whole:
        best = max(curve.points, key=lambda point: point.utility)
        text += f" Of the {counted(len(curve.points), 'report')} drawn, {vector(best.bid)} brings the most, "
        text += f"{amount(best.utility)}."
    return text


def _others(unit: str) -> tuple[tuple[str, Callable[[Point], Money]], ...]:
    return (
        (f"What it gets ({unit})", lambda point: point.amount),
        ("What it pays", lambda point: point.payment),
    )


def _axis(curve: Curve, span: tuple[Type, ...]) -> tuple[Callable[[Type], float], Sequence[tuple[Money, float]]]:
    """Where a report lies, and the ticks. Vectors stand in order, without a distance between them and without ticks."""
    bids = [point.bid for point in curve.points]
    if len(curve.type) == 1:
        along = scale([bid[0] for bid in (*bids, *span)], _LEFT, _RIGHT)
        return lambda bid: along(bid[0]), [(tick, along(tick)) for tick in ticks(along.low, along.high, 8)]
    order = scale([0, len(bids) - 1], _LEFT + 24, _RIGHT - 24)
    return lambda bid: order(bids.index(bid)), []


def _marked(scene: Scene) -> list[tuple[str, Point]]:
    """The truth and the lie, as far as the curve has them."""
    found = (("truth", scene.curve.at(scene.curve.type)), ("lie", scene.curve.at(scene.lie)))
    return [(role, point) for role, point in found if point is not None]


def _marks(picture: Picture, scene: Scene, place: Callable[[Type], float], top: float, bottom: float) -> None:
    """A line through all panels at the truth and at the lie, with its words on the side away from the other."""
    marked = sorted(_marked(scene), key=lambda mark: place(mark[1].bid))
    for index, (role, point) in enumerate(marked):
        x = place(point.bid)
        picture.add("line", f"mark {role}", x1=x, y1=top - 8, x2=x, y2=bottom)
        label = f"{role} {_short(point.bid)}"
        first = index == 0 and len(marked) == 2
        picture.text(label, x + (4 if first else -4), top - 12, f"label {role}", "end" if first else "start")


def _panel(
    picture: Picture,
    scene: Scene,
    place: Callable[[Type], float],
    read: Callable[[Point], Money],
    box: tuple[float, float],
) -> Scale:
    """One curve over the axis of reports; the line between points only guides the eye."""
    top, height = box
    points = scene.curve.points
    up = scale([0, *(read(point) for point in points)], top + height, top)
    for tick in ticks(up.low, up.high, 6 if height == _FIRST else 3):
        y = up(tick)
        picture.add("line", "zero" if tick == 0 else "hair", x1=_LEFT, y1=y, x2=_RIGHT, y2=y)
        picture.text(decimal(tick), _LEFT - 8, y + 4, "tick", "end")
    places = [(place(point.bid), up(read(point))) for point in points]
    if scene.curve.whole:
        if len(scene.curve.type) == 1:
            picture.path("guide", places)
        for x, y in places:
            picture.add("circle", "dot", cx=x, cy=y, r=2.6 if len(places) <= 60 else 1.4)
    for role, point in _marked(scene):
        x, y = place(point.bid), up(read(point))
        if role == "truth":
            picture.add("circle", "ring", cx=x, cy=y, r=5)
        else:
            picture.path("diamond", [(x - 6, y), (x, y - 6), (x + 6, y), (x, y + 6)], "polygon")
    return up


def _gain(picture: Picture, scene: Scene, place: Callable[[Type], float], up: Scale) -> None:
    """A bracket beside the plot from the utility of the truth to that of the lie."""
    marked = dict(_marked(scene))
    if len(marked) < 2 or marked["truth"].utility == marked["lie"].utility:
        return
    edge = _RIGHT + 18
    for role, point in marked.items():
        y = up(point.utility)
        picture.add("line", f"lead {role}", x1=place(point.bid) + 7, y1=y, x2=edge, y2=y)
    low, high = up(marked["truth"].utility), up(marked["lie"].utility)
    picture.path("bracket", [(edge - 5, low), (edge, low), (edge, high), (edge - 5, high)])
    gain: Money = marked["lie"].utility - marked["truth"].utility
    word = "gain" if gain > 0 else "loss"
    picture.text(f"{word} {_short((max(gain, -gain),))}", edge + 7, (low + high) / 2 + 4, "label lie")


def _short(numbers: Type) -> str:
    """Exact where that is short, else a decimal."""
    exact = vector(numbers)
    return exact if len(exact) <= 10 else ", ".join(decimal(number, 3) for number in numbers)
