"""From what the command line names to games with their claims."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from verifier.class_bound import read_class
from verifier.commands.selecting import GAME_END, files, report_name
from verifier.errors import SpecError, VerifierError
from verifier.games.extensive import ExtensiveGame
from verifier.games.files import AnyGame, Asked, GameFile, check_claim, read_game_file
from verifier.games.formats import SUFFIXES, read_game
from verifier.resources import specs_dir


def packaged_games() -> dict[str, Path]:
    """The game files that come with the package, by "folder/name", sorted."""
    folder = specs_dir() / "instances"
    found = sorted(folder.glob(f"*/*{GAME_END}"))
    return {path.relative_to(folder).as_posix().removesuffix(GAME_END): path for path in found}


def paths(named: Sequence[str]) -> list[Path]:
    """Files, the games of directories, and packaged games by name, each once. SpecError for a name that is none."""
    return files(named, packaged_games(), _inside, "game file, directory or packaged game", (*SUFFIXES, ".toml"))


def _inside(folder: Path) -> list[Path]:
    """The games of a directory; where claims about one stand beside it, they speak for it."""
    found = sorted(one for one in folder.iterdir() if one.suffix in SUFFIXES or one.name.endswith(GAME_END))
    return [one for one in found if not one.with_suffix(GAME_END).exists()]


def name_of(path: Path) -> str:
    """The name of a game's reports."""
    stem = path.name.removesuffix(GAME_END) if path.name.endswith(GAME_END) else path.stem
    return report_name(path, stem, packaged_games().values())


def read(path: Path) -> GameFile:
    """The game of a file with its claims. SpecError or DomainError says what is wrong with it, and where."""
    if path.suffix != ".toml":
        game = read_game(path)
        return GameFile(game.title, "", game, ())
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(f"cannot be read ({error})", str(path)) from error
    return read_text(text, str(path))


def read_text(text: str, path: str) -> GameFile:
    """The game of a text, which may be the worst one of a class. SpecError says what is wrong with it."""
    return read_game_file(text, path, read_game, read_class)


def audit(found: GameFile, name: str, seconds: float, tell: Callable[[str], None]) -> dict[str, object]:
    """The certificate of a game with its claims; `seconds` are for each algorithm of nashpy."""
    from verifier.game_audit import audit_game
    from verifier.tree_audit import audit_tree

    named = {"name": name, "title": found.title, "source": found.source}
    if isinstance(found.game, ExtensiveGame):
        return audit_tree(found.game, found.asked, **named, tell=tell)
    return audit_game(found.game, found.asked, found.gates, found.smooth, **named, seconds=seconds, tell=tell)


def claimed(found: GameFile, profiles: Sequence[str]) -> GameFile:
    """The same with more profiles that are claimed to be equilibria, as the command line has them."""
    asked = tuple(Asked("nash", _profile(found.game, text)) for text in profiles)
    for text, claim in zip(profiles, asked, strict=True):
        try:
            check_claim(found.game, claim)
        except VerifierError as error:
            raise SpecError(f"--nash {text!r}: {error}") from error
    return replace(found, asked=(*found.asked, *asked))


def _profile(game: AnyGame, text: str) -> object:
    """A strategy for each player, divided by ";": the name of an action, or probabilities divided by spaces.

    In an extensive game for each information set: its name, "=", and the name of a move or probabilities.
    """
    parts = [part.strip() for part in text.split(";")]
    if isinstance(game, ExtensiveGame):
        said = {name.strip(): played.strip() for name, _, played in (part.rpartition("=") for part in parts)}
        moves = {name: infoset.moves for name, infoset in game.infosets.items()}
        return {
            name: played if played in moves.get(name, (played,)) else played.split() for name, played in said.items()
        }
    names = [game.actions[player] if player < len(game.players) else () for player in range(len(parts))]
    return [part if part in of or not part else part.split() for part, of in zip(parts, names, strict=True)]
