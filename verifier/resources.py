"""Where the data folders lie: claims, schemas and templates hold no Python and travel beside or inside the package.

A wheel carries them under `verifier/_data`; a source tree (and an editable install of it) has them next to the package.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def specs_dir() -> Path:
    """The folder `specs`: claims and schemas that come with the package."""
    return _folder("specs")


def reports_dir() -> Path:
    """The folder `reports`: templates, schemas and golden certificates that come with the package."""
    return _folder("reports")


def _folder(name: str) -> Path:
    """The copy inside an installed wheel, else the one of the source tree; FileNotFoundError where neither exists."""
    for candidate in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"the data folder {name!r} is missing from this installation; install the package again")
