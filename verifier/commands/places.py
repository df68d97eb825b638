"""Where a mechanism is defined in the repository that a command runs in, for tools that show findings beside code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from verifier.adapters.source import definition

if TYPE_CHECKING:
    from verifier.reporting.sarif import Place


def place_of(call: str) -> Place | None:
    """The place of a loaded "module:attribute"; None where its file is not the repository's own."""
    from verifier.reporting.sarif import Place

    found = definition(call)
    top = repository(Path.cwd())
    if found is None or not found[0].is_relative_to(top):
        return None
    inside = found[0].relative_to(top)
    return None if "site-packages" in inside.parts else Place(inside.as_posix(), found[1])


def repository(folder: Path) -> Path:
    """The nearest directory, from this one upwards, that git knows as a top; this one where there is none."""
    folder = folder.resolve()
    return next((place for place in (folder, *folder.parents) if (place / ".git").exists()), folder)
