"""An audit's sheet for readers: lines of text, and a page with the properties, what was judged and what was not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verifier.evidence import Verdict
from verifier.reporting import words
from verifier.reporting.reading import read
from verifier.reporting.text import aligned, legal

Certificates = Mapping[str, Mapping[str, Any]]  # by name


def console(sheet: Mapping[str, Any], certificates: Certificates) -> str:
    """Lines of text."""
    if sheet["refused"] is not None:
        return legal(f"nothing is reported: {sheet['refused']}\n")
    table = [("property", "verdict", "required", "note")]
    table += [
        (row["property"], row["verdict"], "yes" if row["required"] else "", note(row, certificates))
        for row in sheet["rows"]
    ]
    lines = [f"judged: {judged(sheet)}", *(f"  {one}" for one in sheet["entry"]["inferred"]), "", *aligned(table), ""]
    for row in sheet["rows"]:
        lines += [f"{row['property']}: {one}" for one in row["advice"]]
    lines += [f"payments: {one}" for one in sheet["payments"]]
    lines += [f"! {flag}" for flag in sheet["flags"]]
    lines += [f"- {one}" for one in sheet["notes"]]
    lines += [f"- {sheet['self_test']['said']}", "", closing(sheet), ""]
    return legal("\n".join(lines))


def judged(sheet: Mapping[str, Any]) -> str:
    """The entry point that was judged, validation in front of a mechanism included or not as it was named."""
    entry = sheet["entry"]
    method = f".{entry['method']}" if entry["method"] else ""
    arguments = ", ".join(f"{name}={value!r}" for name, value in entry["arguments"].items())
    return f"{entry['call']}{method}{f' with {arguments}' if arguments else ''} ({entry['isolation']})"


def note(row: Mapping[str, Any], certificates: Certificates) -> str:
    """What a row rests on: the case that refutes it, the reason why it is open, or what was covered."""
    if row["decided"] is None:
        return str(row["reason"])
    name, _, claim = str(row["decided"]).partition("#")
    report = read(certificates[name])
    found = next(one for one in report.claims if one.id == claim)
    if found.verdict in (Verdict.REFUTED, Verdict.ERROR, Verdict.UNKNOWN):
        return f"{' '.join(words.note(report, found).split())} [{row['coverage']}]"
    return str(row["coverage"])


def closing(sheet: Mapping[str, Any]) -> str:
    """The last line: what became of the properties that were required."""
    required = [row for row in sheet["rows"] if row["required"]]
    holds = [row for row in required if row["verdict"] in ("PROVED", "EXHAUSTED", "SUPPORTED")]
    if len(holds) == len(required):
        return f"All {len(required)} required properties hold, as far as each row says."
    failed = ", ".join(row["property"] for row in required if row not in holds)
    return f"{len(required) - len(holds)} of {len(required)} required properties do not hold or are open: {failed}."


def _link(name: str, claim: str) -> str:
    """Where the page of a certificate speaks of a claim."""
    from urllib.parse import quote

    return f"./{quote(name + '.html', safe='')}#claim-{quote(claim, safe='')}"


def page(sheet: Mapping[str, Any], certificates: Certificates) -> str:
    """The HTML page."""
    from urllib.parse import quote

    from verifier.reporting.html import render

    rows = [
        {
            **row,
            "note": note(row, certificates),
            "short": words.SHORT[Verdict(row["verdict"])],
            "link": None if row["decided"] is None else _link(*str(row["decided"]).split("#", 1)),
        }
        for row in sheet["rows"]
    ]
    return render(
        "sheet.html.jinja",
        sheet=sheet,
        rows=rows,
        judged=judged(sheet),
        closing=closing(sheet) if sheet["refused"] is None else "",
        meanings=[(verdict, words.SHORT[verdict], words.MEANINGS[verdict]) for verdict in Verdict],
        certificates=[
            (name, "./" + quote(f"{name}.html", safe=""), digest) for name, digest in sheet["certificates"].items()
        ],
    )
