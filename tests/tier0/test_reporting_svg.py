"""Pictures: well-formed SVG whose marks lie where the numbers say, with the same told in words."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.errors import CertificateError
from verifier.reporting import figure, svg
from verifier.reporting.curves import read_curve, recorded_curve
from verifier.reporting.reading import read
from verifier.reporting.views import page_view

SAMPLES = Path(__file__).parents[1] / "samples"

# First price, Ann of value 4 against Bo's 2: she wins from 2 on and pays her bid.
CURVE = {
    "agent": 0,
    "type": ["4"],
    "others": [["2"]],
    "points": [
        {"bid": str(bid), "utility": str(4 - bid if bid >= 2 else 0), "payment": str(bid if bid >= 2 else 0),
         "amount": str(int(bid >= 2))}
        for bid in (3, 1, 2, 4, 0, 6)
    ],
}  # fmt: skip


def drawn(curve=CURVE, lie=(2,), agent="Ann"):
    scene = figure.Scene(read_curve(curve), lie, agent, "share of the item")
    return ET.fromstring(figure.draw(scene, ((0,), (10,)), "figure-1"))


def of_class(root, style):
    return [element for element in root.iter() if element.get("class") == style]


def texts(root):
    return [element.text for element in root.iter("text")]


def test_a_picture_names_itself_in_words():
    root = drawn()
    title, description = root.find("title"), root.find("desc")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby").split() == [title.get("id"), description.get("id")]
    assert title.text == "Utility of Ann against its report"
    assert description.text == (
        "The reports of the others are held fixed. The true value of Ann is 4. Reporting it brings a utility of 0. "
        "Reporting 2 brings 2, a gain of 2. Of the 6 reports drawn, 2 brings the most, 2."
    )


def test_truth_and_lie_are_marked_by_shape_in_all_three_panels():
    root = drawn()
    assert len(of_class(root, "ring")) == len(of_class(root, "diamond")) == 3
    assert {"truth 4", "lie 2", "gain 2"} <= set(texts(root))


def test_the_bracket_spans_the_gain_and_nothing_else():
    root = drawn()
    (bracket,) = of_class(root, "bracket")
    heights = [float(pair.split(",")[1]) for pair in bracket.get("points").split()]
    ring, diamond = of_class(root, "ring")[0], of_class(root, "diamond")[0]
    assert heights[0] == pytest.approx(float(ring.get("cy")), abs=0.2)
    middle = float(diamond.get("points").split()[0].split(",")[1])
    assert heights[-1] == pytest.approx(middle, abs=0.2)
    assert heights[-1] < heights[0]  # up is more


def test_points_lie_in_the_order_of_the_reports():
    places = [float(dot.get("cx")) for dot in of_class(drawn(), "dot")][:6]
    assert places == sorted(places)
    assert places[1] - places[0] == pytest.approx((places[5] - places[4]) / 2, abs=0.3)  # 1 - 0 against 6 - 4


def test_without_a_lie_there_is_no_gain():
    root = drawn(lie=None)
    assert not of_class(root, "diamond")
    assert not of_class(root, "bracket")
    assert "gain" not in root.find("desc").text


def test_a_lie_that_loses_is_called_a_loss():
    assert "loss 2" in texts(drawn(lie=(6,)))


def test_vectors_have_an_order_and_no_line_between_them():
    points = [{**CURVE["points"][n], "bid": bid} for n, bid in enumerate([["1", "1"], ["0", "0"], ["1", "0"]])]
    root = drawn({**CURVE, "type": ["1", "1"], "points": points}, lie=(0, 0))
    assert {"truth (1, 1)", "lie (0, 0)"} <= set(texts(root))
    assert not of_class(root, "guide")


def test_a_flat_curve_is_drawn_too():
    points = [{"bid": str(bid), "utility": "0", "payment": "0", "amount": "0"} for bid in (0, 4)]
    root = drawn({**CURVE, "points": points}, lie=(0,))
    assert not of_class(root, "bracket")
    assert len(of_class(root, "dot")) == 6


def test_hostile_names_stay_text():
    root = drawn(agent='<script>alert("1")</script>&')
    assert not list(root.iter("script"))
    assert 'report of <script>alert("1")</script>&' in texts(root)


def test_a_certificate_alone_gives_the_two_points_that_it_records():
    report = read(json.loads((SAMPLES / "lottery.json").read_text("utf-8")))
    curve = recorded_curve(report.domain, report.claims[1].witness)
    told = [(point.bid, point.utility, point.payment, point.amount) for point in curve.points]
    half, third = Fraction(1, 2), Fraction(1, 3)
    assert told == [((0,), Fraction(1, 6), 0, half), ((third,), 0, third, 1)]
    assert not curve.whole


@pytest.mark.parametrize("change", [{"points": [{"bid": "1"}]}, {"type": ["x"]}, {"points": 3}, {"points": ["1"]}])
def test_a_curve_that_cannot_be_read_is_one_clear_error(change):
    with pytest.raises(CertificateError, match="curve"):
        read_curve({**CURVE, **change})


def test_a_curve_of_another_agent_has_no_lie_to_mark():
    report = read(json.loads((SAMPLES / "first-price.json").read_text("utf-8")))
    view = page_view(report, {"dsic": {**CURVE, "agent": 1}, "ex-post-ir": CURVE})
    figures = {item.claim.id: item.figure for item in view.claims}
    assert "diamond" not in figures["dsic"]
    assert "Utility of Bo" in figures["dsic"]
    assert figures["ex-post-ir"]
    assert not figures["feasible"]


@pytest.mark.parametrize("name", sorted(path.stem for path in SAMPLES.glob("*.json") if path.stem != "hostile"))
def test_every_picture_of_the_samples_is_well_formed(name):
    view = page_view(read(json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))), {})
    for item in view.claims:
        for markup in filter(None, [item.figure, *(row.picture for row in item.rows)]):
            assert ET.fromstring(markup).tag == "svg"


def test_a_bar_is_as_long_as_its_part():
    root = ET.fromstring(svg.bar(Fraction(1, 2), 2, "regret of Ann: 1/2"))
    assert root.find("rect").get("width") == "30"
    assert root.get("aria-label") == root.find("title").text == "regret of Ann: 1/2"
    assert ET.fromstring(svg.bar(0, 0, "none")).find("rect").get("width") == "0"


amounts = st.fractions(min_value=-1000, max_value=1000, max_denominator=60)


@given(amounts, amounts.filter(bool), st.integers(2, 8))
def test_ticks_are_few_round_and_inside(low, length, most):
    high = low + abs(length)
    found = svg.ticks(low, high, most)
    assert len(found) <= most
    assert all(low <= tick <= high for tick in found)
    assert len({second - first for first, second in pairwise(found)}) <= 1


def test_ticks_of_usual_grids():
    assert svg.ticks(0, 10, 8) == [0, 2, 4, 6, 8, 10]
    assert svg.ticks(0, 3, 3) == [0, 2]
    assert svg.ticks(Fraction(0), Fraction(1, 2), 6) == [Fraction(n, 10) for n in range(6)]
