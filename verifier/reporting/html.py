"""HTML pages: one self-contained file per certificate, and an index of several.

No script, no network, no outside file: a page reads the same from a disk, in print and in a mail. jinja2 escapes every
value; what is markup already (pictures) is marked so where it is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from verifier.evidence import Verdict
from verifier.reporting import words
from verifier.reporting.auctions import AuctionView
from verifier.reporting.game_views import GameView
from verifier.reporting.reading import Report, read
from verifier.reporting.text import legal
from verifier.reporting.views import page_view
from verifier.resources import reports_dir

if TYPE_CHECKING:
    from jinja2 import Environment

_GROUPS = (
    ("proved", (Verdict.PROVED,)),
    ("holds", (Verdict.EXHAUSTED, Verdict.SUPPORTED)),
    ("refuted", (Verdict.REFUTED,)),
    ("open", (Verdict.ERROR, Verdict.UNKNOWN)),
)


def page(certificate: Mapping[str, object], curves: Mapping[str, Mapping[str, Any]] | None = None) -> str:
    """The page of one certificate.

    Parameters
    ----------
    certificate : as `certificate.read` gives it
    curves : claim id -> curve (see `curves.read_curve`) for the pictures; without one a picture shows the two reports
        that the certificate records

    Raises
    ------
    CertificateError : the certificate does not fit its schema.
    """
    return render("page.html.jinja", view=page_view(read(certificate), curves or {}))


def index(
    certificates: Iterable[Mapping[str, object]],
    auctions: Sequence[AuctionView] = (),
    games: Sequence[GameView] = (),
) -> str:
    """The index: a row per certificate, per auction and per game, linked to `<name>.html` beside it."""
    reports = [read(certificate) for certificate in certificates]
    claims = [claim for report in reports for claim in report.claims]
    missed = [
        (report, address(report), [(claim, words.note(report, claim)) for claim in report.claims if not claim.met])
        for report in reports
        if not all(claim.met for claim in report.claims)
    ]
    return render(
        "index.html.jinja",
        reports=[(report, address(report), _grouped(report), _ground(report)) for report in reports],
        overall=words.overall(claims) if claims or not (auctions or games) else "",
        missed=missed,
        auctions=[(auction, "./" + quote(f"{auction.name}.html", safe="")) for auction in auctions],
        games=[(game, "./" + quote(f"{game.name}.html", safe="")) for game in games],
        meanings=[(verdict, words.SHORT[verdict], words.MEANINGS[verdict]) for verdict in Verdict],
    )


def address(report: Report) -> str:
    """The file name of a certificate's page, fit for a link."""
    return "./" + quote(f"{report.name}.html", safe="")


def _grouped(report: Report) -> dict[str, list[str]]:
    """Claim ids by what became of them."""
    return {group: [claim.id for claim in report.claims if claim.verdict in verdicts] for group, verdicts in _GROUPS}


def _ground(report: Report) -> str:
    """What its proofs take for granted."""
    return next((claim.ground for claim in report.claims if claim.verdict is Verdict.PROVED), "")


@cache
def _environment() -> Environment:
    """The template engine; imported here so that nothing but a page pays for it."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(reports_dir() / "templates"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(template: str, **context: object) -> str:
    """A template of the package, filled in."""
    return legal(_environment().get_template(template).render(**context))
