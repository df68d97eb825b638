"""The table of verdicts on a console: drawn by rich on a terminal, plain lines of text anywhere else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TextIO

from verifier.evidence import Verdict
from verifier.reporting import words
from verifier.reporting.amounts import MINUS, TIMES
from verifier.reporting.proofs import AT_LEAST
from verifier.reporting.reading import Report, read
from verifier.reporting.text import legal

if TYPE_CHECKING:
    from rich.table import Table

_HEADINGS = ("claim", "verdict", "expected", "met", "note")
_STYLES = {Verdict.PROVED: "bold green", Verdict.REFUTED: "red", Verdict.ERROR: "yellow", Verdict.UNKNOWN: "dim"}
_SIGNS = {MINUS: "-", TIMES: "*", AT_LEAST: ">=", "\u201c": '"', "\u201d": '"', "\u00b7": "-", "\u2013": "-"}
_ASCII = str.maketrans(_SIGNS)


def summary(certificates: Iterable[Mapping[str, object]], stream: TextIO) -> None:
    """Write the table of verdicts and a closing line to a stream; rich looks after NO_COLOR and the width.

    Raises CertificateError where a certificate does not fit its schema.
    """
    reports = [read(certificate) for certificate in certificates]
    if not stream.isatty():
        stream.write(fitting(_plain(reports), stream.encoding))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream)
    console.print(_table(reports, stream.encoding))
    console.print(Text(fitting(closing(reports), stream.encoding)))


def plain(certificates: Iterable[Mapping[str, object]]) -> str:
    """The same as aligned lines of text, one per claim."""
    return _plain([read(certificate) for certificate in certificates])


def closing(reports: Sequence[Report]) -> str:
    """The last line: is everything as expected, and what was found."""
    return words.overall([claim for report in reports for claim in report.claims])


def fitting(text: str, encoding: str | None) -> str:
    """The text with nothing in it that a stream of that encoding would refuse."""
    text = legal(text)
    try:
        text.encode(encoding or "utf-8")
    except UnicodeEncodeError:
        return text.translate(_ASCII).encode(encoding or "utf-8", "replace").decode(encoding or "utf-8")
    return text


def _rows(reports: Sequence[Report]) -> list[tuple[Verdict, tuple[str, ...]]]:
    """Verdict and cells of every claim, in order; line breaks inside a cell become spaces."""
    return [
        (
            claim.verdict,
            tuple(
                " ".join(cell.split())
                for cell in (
                    f"{report.name}#{claim.id}",
                    str(claim.verdict),
                    str(claim.expect),
                    "yes" if claim.met else "NO",
                    words.note(report, claim),
                )
            ),
        )
        for report in reports
        for claim in report.claims
    ]


def _plain(reports: Sequence[Report]) -> str:
    cells = [_HEADINGS, *(row for _, row in _rows(reports))]
    widths = [max(len(row[column]) for row in cells) for column in range(len(_HEADINGS) - 1)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip()
        for row in cells
    ]
    return legal("\n".join([*lines, "", closing(reports), ""]))


def _table(reports: Sequence[Report], encoding: str | None) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in _HEADINGS:
        table.add_column(heading, overflow="fold", no_wrap=heading in ("verdict", "expected", "met"))
    for verdict, row in _rows(reports):
        name, found, expected, met, note = (fitting(cell, encoding) for cell in row)
        table.add_row(
            Text(name),
            Text(found, style=_STYLES.get(verdict, "green")),
            Text(expected),
            Text(met, style="bold red" if met == "NO" else ""),
            Text(note),
        )
    return table
