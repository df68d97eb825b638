"""What `verify run` leaves behind: a certificate and a page per claims file, an index, JUnit on request."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verifier.errors import VerifierError

if TYPE_CHECKING:
    from verifier.audit import Finished
    from verifier.spec import Spec


class Unwritable(VerifierError):
    """A report cannot be written. Choose another --output or --junit."""


class Reports:
    """The files of one run. Certificates are written as they come, so that an interruption loses none of them."""

    def __init__(self, directory: Path, junit: Path | None) -> None:
        """Raise Unwritable at once where files cannot be made, and not after hours of work."""
        self.directory = directory
        self.junit = junit
        self.certificates: list[Mapping[str, Any]] = []
        self.auctions: list[Mapping[str, Any]] = []
        self.games: list[Mapping[str, Any]] = []
        self._roots: dict[object, str | None] = {}
        try:
            directory.mkdir(parents=True, exist_ok=True)
            if junit is not None:
                junit.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Unwritable(f"cannot write to {error.filename}: {error.strerror}") from error

    def add(self, finished: Finished, spec: Spec) -> None:
        """Write a certificate and its page."""
        from verifier import certificate as certificates
        from verifier.reporting import html

        certificate = finished.certificate
        self.certificates.append(certificate)
        self._roots[certificate["name"]] = spec.subject.root
        try:
            certificates.write(certificate, self.path_of(certificate))
            page = html.page(certificate, finished.curves)
            self.path_of(certificate, ".html").write_text(page, encoding="utf-8")
        except OSError as error:
            raise Unwritable(f"cannot write to {error.filename}: {error.strerror}") from error

    def add_auction(self, certificate: Mapping[str, Any]) -> None:
        """Write the certificate of an auction and its page."""
        from verifier.reporting import auctions

        self.auctions.append(certificate)
        self._write(certificate, auctions.page)

    def add_game(self, certificate: Mapping[str, Any]) -> None:
        """Write the certificate of a game and its page."""
        from verifier.reporting import games

        self.games.append(certificate)
        self._write(certificate, games.page)

    def _write(self, certificate: Mapping[str, Any], page: Callable[[Mapping[str, Any]], str]) -> None:
        from verifier import certificate as certificates

        try:
            certificates.write(certificate, self.path_of(certificate))
            self.path_of(certificate, ".html").write_text(page(certificate), encoding="utf-8")
        except OSError as error:
            raise Unwritable(f"cannot write to {error.filename}: {error.strerror}") from error

    def finish(self) -> Path:
        """Write what speaks of all certificates; returns the path of the index."""
        from verifier.reporting import auctions, games, html, junit

        index = self.directory / "index.html"
        try:
            seen = [auctions.view(one) for one in self.auctions]
            played = [games.view(one) for one in self.games]
            index.write_text(html.index(self.certificates, seen, played), encoding="utf-8")
            if self.junit is not None:
                places = {one["name"]: str(self.path_of(one)) for one in self.certificates}
                self.junit.write_text(junit.document(self.certificates, places, [*seen, *played]), encoding="utf-8")
        except OSError as error:
            raise Unwritable(f"cannot write to {error.filename}: {error.strerror}") from error
        return index

    def everything(self) -> list[Mapping[str, Any]]:
        """All certificates, those of auctions and of games first."""
        return [*self.auctions, *self.games, *self.certificates]

    def path_of(self, certificate: Mapping[str, Any], suffix: str = ".json") -> Path:
        """Where a certificate lies, or its page."""
        return self.directory / f"{certificate['name']}{suffix}"

    def replays(self) -> list[str]:
        """Commands that run refutations again: all that were not expected, else one to show how."""
        refuted = [
            (f"verify replay {shlex.quote(str(self.path_of(one)))}#{claim['id']}{self._source(one)}", claim["met"])
            for one in self.certificates
            for claim in one["claims"]
            if claim["verdict"] == "REFUTED"
        ]
        return [command for command, met in refuted if not met] or [command for command, _ in refuted[:1]]

    def _source(self, certificate: Mapping[str, Any]) -> str:
        """The option that says where the mechanism lies: a certificate holds no path of this machine."""
        root = self._roots[certificate["name"]]
        return "" if root is None else f" --source {shlex.quote(root)}"
