"""Does the order of a set, or a hash, or an address, stand in a subject's text? Then more hash seeds are tried.

With few elements many seeds give a set the same order: a tie that a public package breaks by the order of a set of
names comes out alike under the seeds 0 to 3 and otherwise under 4. So where the text of the mechanism, or of the
installed packages that it imports, has a set, `hash` or `id`, repetitions run under `MORE_SEEDS` too.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from verifier.adapters.executable import is_program
from verifier.adapters.packages import MOST_FILES, foreign
from verifier.adapters.source import closure, imported, root_of, root_on_path
from verifier.spec import SubjectSpec

MORE_SEEDS = (4, 5, 6, 7, 8, 9)
_NAMES = {"set", "frozenset", "hash", "id"}


def depends_on_hashes(spec: SubjectSpec) -> bool:
    """Whether a set, a hash or an address is in the text of the subject or of what it imports. Nothing is run."""
    return not is_program(spec.call) and any(
        _has_hashes(path, path.stat().st_mtime_ns) for path in _files(spec.call.partition(":")[0], spec.root)
    )


def _files(module: str, root: str | None) -> Iterator[Path]:
    """The files of the subject's package that it imports, then those of other installed packages."""
    place = root_of(module) or root_on_path(module, root)
    if place is None:
        return
    own = closure([module], place, {module.partition(".")[0]})
    yield from own
    names = {name for path in own for name in imported(path, place)}
    for top in sorted(foreign(names, {module.partition(".")[0]})):
        home = root_of(top) or root_on_path(top, root)
        if home is not None:
            yield from closure([name for name in names if name.partition(".")[0] == top], home, {top}, MOST_FILES)


@lru_cache(maxsize=512)
def _has_hashes(path: Path, changed: int) -> bool:
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):  # whatever it is, nobody imports it
        return False
    return any(
        isinstance(node, ast.Set | ast.SetComp) or (isinstance(node, ast.Name) and node.id in _NAMES)
        for node in ast.walk(tree)
    )
