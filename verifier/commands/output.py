"""What a run leaves behind: a certificate and a page per claims file, an index; JUnit, SARIF and more on request."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verifier.commands.event_log import EventLog
from verifier.commands.files import Unwritable, make_ready, makes_files, write_whole
from verifier.commands.options import Beside
from verifier.reporting import events

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from verifier.audit import Event, Finished
    from verifier.reporting.sarif import Place
    from verifier.spec import Spec


class Reports:
    """The files of one run. Certificates are written as they come, so that an interruption loses none of them."""

    def __init__(self, directory: Path, beside: Beside | None = None, names: Iterable[str] = ()) -> None:
        """Raise Unwritable (or SigningError) at once where files cannot be made, and not after hours of work.

        Parameters
        ----------
        directory : of certificates and pages
        beside : what else is written, and where
        names : of the certificates that will come
        """
        self.directory = directory
        self.beside = beside or Beside()
        self.certificates: list[Mapping[str, Any]] = []
        self.auctions: list[Mapping[str, Any]] = []
        self.games: list[Mapping[str, Any]] = []
        self._roots: dict[object, str | None] = {}
        self._places: dict[str, Place] = {}
        self._refuse_clashes(names)
        with makes_files():
            directory.mkdir(parents=True, exist_ok=True)
        for path in self.beside.files():
            make_ready(path)
        self._key = self._read_key()
        self._events = EventLog(self.beside.events)

    def _refuse_clashes(self, names: Iterable[str]) -> None:
        """Nothing else is written where a certificate or a page will be."""
        mine = [self.path_of({"name": name}, suffix) for name in (*names, "index") for suffix in (".json", ".html")]
        events = [] if self.beside.events is None else [Path(self.beside.events)]
        taken = {path.resolve() for path in mine}
        for path in (*self.beside.files(), *events):
            if path.resolve() in taken:
                raise Unwritable(f"{path} is the place of a certificate or its page; choose another file")

    def _read_key(self) -> Ed25519PrivateKey | None:
        from verifier.reporting.dsse import private_key

        return None if self.beside.sign_key is None else private_key(self.beside.sign_key)

    def hear(self, spec: Spec, event: Event) -> None:
        """Take note of an event of an audit; the last one brings the certificate."""
        from verifier.audit import Finished

        self._events.write(events.of_audit(spec.name, event))
        if isinstance(event, Finished):
            self.add(event, spec)

    def stages(self, name: str, tell: Callable[[str], None]) -> Callable[[str], None]:
        """An auction or a game is taken up: what to call at each of its stages, which are told, too."""
        self._events.write(events.started(name))

        def at(stage: str) -> None:
            tell(f"{name}: {stage}")
            self._events.write(events.progress(name, stage))

        return at

    def add(self, finished: Finished, spec: Spec) -> None:
        """Write a certificate and its page."""
        from verifier import certificate as certificates
        from verifier.reporting import html

        certificate = finished.certificate
        self.certificates.append(certificate)
        self._roots[certificate["name"]] = spec.subject.root
        with makes_files():
            certificates.write(certificate, self.path_of(certificate))
            page = html.page(certificate, finished.curves)
            self.path_of(certificate, ".html").write_text(page, encoding="utf-8")
        self._sealed(certificate)

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

        with makes_files():
            certificates.write(certificate, self.path_of(certificate))
            self.path_of(certificate, ".html").write_text(page(certificate), encoding="utf-8")
        for claim in certificate["claims"]:
            self._events.write(events.decided(certificate["name"], claim))
        self._sealed(certificate)

    def _sealed(self, certificate: Mapping[str, Any]) -> None:
        """Tell of a certificate that is on the disk, and note where its mechanism is while that is loaded."""
        self._events.write(events.finished(certificate, str(self.path_of(certificate))))
        if self.beside.sarif is not None:
            from verifier.commands.places import place_of

            judged = certificate.get("subject") or certificate.get("mechanism") or {}
            place = place_of(judged.get("call") or "")
            if place is not None:
                self._places[certificate["name"]] = place

    def finish(self) -> Path:
        """Write what speaks of all certificates; returns the path of the index."""
        from verifier.reporting import auctions, games, html

        index = self.directory / "index.html"
        seen = [auctions.view(one) for one in self.auctions]
        played = [games.view(one) for one in self.games]
        with makes_files():
            index.write_text(html.index(self.certificates, seen, played), encoding="utf-8")
        if self.beside.junit is not None:
            from verifier.reporting import junit

            places = {one["name"]: str(self.path_of(one)) for one in self.certificates}
            write_whole(self.beside.junit, junit.document(self.certificates, places, [*seen, *played]))
        if self.beside.sarif is not None:
            from verifier.reporting import sarif

            write_whole(self.beside.sarif, sarif.document(self.everything(), self._places))
        if self.beside.attest is not None:
            write_whole(self.beside.attest, self._attestation())
        self._events.close()
        return index

    def _attestation(self) -> str:
        """The statement, in an envelope if it is signed."""
        import json

        from verifier.certificate import canonical
        from verifier.reporting import attestation, dsse

        stated = attestation.statement(self.everything())
        if self._key is None:
            return json.dumps(stated, sort_keys=True, indent=1) + "\n"
        body = canonical(stated).encode("ascii")
        return json.dumps(dsse.envelope(attestation.PAYLOAD, body, self._key), sort_keys=True, indent=1) + "\n"

    def everything(self) -> list[Mapping[str, Any]]:
        """All certificates, those of auctions and of games first."""
        return [*self.auctions, *self.games, *self.certificates]

    def path_of(self, certificate: Mapping[str, Any], suffix: str = ".json") -> Path:
        """Where a certificate lies, or its page."""
        return self.directory / f"{certificate['name']}{suffix}"

    def replays(self) -> list[str]:
        """Commands that run refutations again: all that were not expected, else one to show how."""
        refuted = [
            (self.replay(one["name"], claim["id"]), claim["met"])
            for one in self.certificates
            for claim in one["claims"]
            if claim["verdict"] == "REFUTED"
        ]
        return [command for command, met in refuted if not met] or [command for command, _ in refuted[:1]]

    def replay(self, name: str, claim: str) -> str:
        """The command that runs the refutation of a claim again; it says where the mechanism lies.

        A certificate holds no path of this machine.
        """
        command = f"verify replay {shlex.quote(str(self.path_of({'name': name})))}#{claim}"
        root = self._roots[name]
        return command if root is None else f"{command} --source {shlex.quote(root)}"
