"""Games in files of others: Gambit's normal form (.nfg) and trees (.efg), and comma-separated tables (.csv)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from verifier.errors import SpecError
from verifier.games.extensive import ExtensiveGame
from verifier.games.formats.efg import read_efg
from verifier.games.formats.nfg import read_nfg
from verifier.games.formats.table import read_table
from verifier.games.normal_form import Game

_READERS: dict[str, Callable[[str, str], Game | ExtensiveGame]] = {
    ".nfg": read_nfg,
    ".efg": read_efg,
    ".csv": read_table,
}
SUFFIXES = tuple(_READERS)


def read_game(path: Path) -> Game | ExtensiveGame:
    """The game of a file, by its suffix. SpecError says what is wrong with it, with line and column."""
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise SpecError(f"no format of games ends in {path.suffix!r}; known are {', '.join(SUFFIXES)}", str(path))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(f"cannot be read ({error})", str(path)) from error
    return reader(text, str(path))
