"""`verify run` on auctions: files in the text format of CATS, auction files, and instances of the catalogue by name."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from verifier.auction_audit import VCG, audit_auction
from verifier.commands.selecting import RESERVED, auction_name, read_auction
from verifier.errors import SpecError, SubjectError, VerifierError

if TYPE_CHECKING:
    from verifier.commands.output import Reports
    from verifier.domains.instances import Instance
    from verifier.spec import Spec


@dataclass(slots=True)
class Auctions:
    """The auctions that a command names, and the mechanism that is run on them (None: VCG)."""

    paths: Sequence[Path]
    mechanism: str | None
    instances: list[Instance] = field(default_factory=list)

    def mistakes(self, specs: Sequence[Spec]) -> list[VerifierError]:
        """Read all of them before anything runs; what is wrong with them, or with their names."""
        from verifier.adapters.loading import named_object

        found: list[VerifierError] = []
        names = {spec.name.casefold(): spec.path for spec in specs}
        for path in self.paths:
            try:
                self.instances.append(read_auction(path))
            except SpecError as error:
                found.append(error)
            name = auction_name(path).casefold()
            if name == RESERVED:
                found.append(
                    SpecError(f"an auction cannot be called {name!r}: its report would be the index", str(path))
                )
            if name in names:
                found.append(SpecError(f"{names[name]} has the same name: their reports would be one file", str(path)))
            names.setdefault(name, str(path))
        if self.mechanism is not None and not self.paths:
            found.append(SpecError("--mechanism says what is run on an auction, and no auction is named"))
        try:
            named_object(self.mechanism or VCG) if self.paths else None
        except SubjectError as error:
            found.append(error)
        return found

    def run(self, reports: Reports, tell: Callable[[str], None]) -> bool:
        """Judge one after the other and write certificates; True where Ctrl-C ended it early."""
        try:
            return self._run(reports, tell)
        except KeyboardInterrupt:  # while a certificate was written; the index is still to come
            return True

    def _run(self, reports: Reports, tell: Callable[[str], None]) -> bool:
        for path, instance in zip(self.paths, self.instances, strict=True):
            name = auction_name(path)
            worked = instance.expected if self.mechanism is None else None  # of VCG
            expected = None if worked is None else (worked.welfare, worked.payments)
            certificate = audit_auction(
                instance.auction,
                self.mechanism or VCG,
                name=name,
                title=instance.title,
                source=instance.source,
                expected=expected,
                tell=reports.stages(name, tell),
            )
            reports.add_auction(certificate)
            if certificate["interrupted"]:
                return True
        return False


def teller(quiet: bool) -> Callable[[str], None]:
    """Where stages are told: on standard error, and nowhere if that is not wanted."""
    return (lambda stage: None) if quiet else lambda stage: click.echo(stage, file=sys.stderr)
