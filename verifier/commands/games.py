"""Games that a command names: all are read before the first is solved, and each leaves a certificate and a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verifier.commands import game_files
from verifier.commands.selecting import RESERVED
from verifier.errors import SpecError, VerifierError
from verifier.games.files import GameFile

if TYPE_CHECKING:
    from verifier.commands.output import Reports


@dataclass(slots=True)
class Games:
    """The games of a command.

    Attributes
    ----------
    paths : of their files
    profiles : claimed to be equilibria of every one of them, as the command line has them
    seconds : for each algorithm of nashpy; 0 to ask none
    """

    paths: Sequence[Path]
    profiles: Sequence[str] = ()
    seconds: float = 0
    read: list[tuple[str, GameFile]] = field(default_factory=list)

    def mistakes(self, taken: Mapping[str, object]) -> list[VerifierError]:
        """Read all of them; what is wrong with them, or with their names. `taken` are the names of other reports."""
        found: list[VerifierError] = []
        names: dict[str, object] = {RESERVED: "the index", **taken}
        for path in self.paths:
            name = game_files.name_of(path)
            other = names.setdefault(name.casefold(), path)
            if other is not path:
                found.append(SpecError(f"{other} has the same name: their reports would be one file", str(path)))
            try:
                self.read.append((name, game_files.claimed(game_files.read(path), self.profiles)))
            except VerifierError as error:
                found.append(error)
        return found

    def run(
        self,
        reports: Reports,
        tell: Callable[[str], None],
        show: Callable[[Mapping[str, Any]], None] = lambda certificate: None,
    ) -> bool:
        """Solve one after the other and write certificates; True where Ctrl-C ended it early."""
        for name, one in self.read:
            try:
                certificate = game_files.audit(one, name, self.seconds, reports.stages(name, tell))
                reports.add_game(certificate)
            except KeyboardInterrupt:  # while a certificate was written; the index is still to come
                return True
            show(certificate)
            if certificate["interrupted"]:
                return True
        return False
