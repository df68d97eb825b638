"""A comparison of mechanisms for readers: a table, reasons, and a picture of the prices with the gate."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from verifier.comparison import Compared, Comparison, Line
from verifier.exact import show
from verifier.reporting.amounts import amount, decimal
from verifier.reporting.svg import Picture
from verifier.reporting.text import aligned, legal

_LEFT, _WIDTH, _ROW, _MOST = 300.0, 330.0, 22.0, Fraction(5, 2)


def console(found: Comparison) -> str:
    """Lines of text."""
    table = [("mechanism", "concept", "overbidding", "price of anarchy", f"below {show(found.gate)}")]
    table += [
        (row.name, line.concept, "any bids" if line.overbidding else "none", line.said, "yes" if line.passes else "no")
        for row in found.rows
        for line in row.lines
    ]
    return legal("\n".join([*aligned(table), "", *found.reasons, ""]))


def document(found: Comparison) -> dict[str, Any]:
    """One JSON document."""
    return {
        "gate": show(found.gate),
        "recommended": found.recommended,
        "reasons": list(found.reasons),
        "mechanisms": [
            {
                "name": row.name,
                "title": row.title,
                "honesty_dominant": row.dominant,
                "revenue": None if row.revenue is None else show(row.revenue),
                "deficit": show(row.deficit),
                "lines": [
                    {
                        "concept": line.concept,
                        "overbidding": line.overbidding,
                        "price_of_anarchy": line.said if line.price is not None else None,
                        "passes": line.passes,
                        "note": line.note,
                    }
                    for line in row.lines
                ],
            }
            for row in found.rows
        ],
    }


def page(found: Comparison) -> str:
    """The HTML page."""
    from verifier.reporting.html import render

    return render("comparison.html.jinja", view=found, picture=picture(found), show=show, amount=amount)


def picture(found: Comparison) -> str:
    """Bars of the prices, from 1 on; a line stands at the gate. Longer ones are cut, and say so."""
    lines = [(row, line) for row in found.rows for line in row.lines]
    told = "; ".join(f"{_label(row, line)}: {line.said}" for row, line in lines)
    drawn = Picture("prices", "Prices of anarchy and the gate", told)
    drawn.text("price of anarchy, from 1", _LEFT, 16, "heading")
    for place, (row, line) in enumerate(lines):
        y = 30.0 + place * _ROW
        drawn.text(_label(row, line), _LEFT - 8, y + 14, "tick", "end")
        if line.price is None:
            drawn.text("not known", _LEFT + 6, y + 14, "tick")
            continue
        price = line.price if isinstance(line.price, Fraction) else None
        length = _WIDTH if price is None or price > _MOST else _place(price)
        drawn.add(
            "rect", "passes" if line.passes else "misses", x=_LEFT, y=y + 3, width=max(length, 2.0), height=_ROW - 8
        )
        words = "unbounded" if price is None else decimal(price, 4)
        drawn.text(words, _LEFT + length + 6, y + 14, "tick")
    height = 30.0 + len(lines) * _ROW
    gate = _LEFT + _place(min(found.gate, _MOST))
    drawn.add("line", "gate", x1=gate, y1=24, x2=gate, y2=height)
    drawn.text(f"gate {show(found.gate)}", gate, height + 14, "tick", "middle")
    return drawn.render(_LEFT + _WIDTH + 90, height + 22)


def _place(price: Fraction) -> float:
    return float((price - 1) / (_MOST - 1)) * _WIDTH


def _label(row: Compared, line: Line) -> str:
    over = "" if line.concept == "truthful" else ", any bids" if line.overbidding else ", no overbidding"
    name = row.name if len(row.name) <= 22 else f"{row.name[:21]}\N{HORIZONTAL ELLIPSIS}"
    return f"{name}: {line.concept}{over}"
