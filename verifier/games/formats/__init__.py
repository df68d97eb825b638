"""Games in files of others: Gambit's normal form (.nfg) and tables of comma-separated values (.csv)."""

from __future__ import annotations

from pathlib import Path

from verifier.errors import SpecError
from verifier.games.formats.nfg import read_nfg
from verifier.games.formats.table import read_table
from verifier.games.normal_form import Game

_READERS = {".nfg": read_nfg, ".csv": read_table}
SUFFIXES = tuple(_READERS)


def read_game(path: Path) -> Game:
    """The game of a file, by its suffix. SpecError says what is wrong with it, with line and column."""
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise SpecError(f"no format of games ends in {path.suffix!r}; known are {', '.join(SUFFIXES)}", str(path))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(f"cannot be read ({error})", str(path)) from error
    return reader(text, str(path))
