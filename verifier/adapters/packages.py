"""The installed packages that a subject's own files import: name, version, and digests of the modules that count.

An adapter file says little about the mechanism that it wraps, so that the certificate also binds the verdict to that
package. Found by reading import statements, as the subject's own source is: the modules of the package that are named,
those that they import of the same package, and the packages around them. Of a package of more than `MOST_FILES` such
modules only name and version are kept, as of one without Python source. Not listed: Python's own library, and what the
versions block names. What these packages import in turn from others is not followed.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.machinery import PathFinder
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path

from verifier.adapters.executable import is_program
from verifier.adapters.source import closure, imported, root_of, root_on_path
from verifier.spec import SubjectSpec

MOST_FILES = 100
_NAMED_ELSEWHERE = {"verifier", "mechanisms", "numpy"}  # modules of what the versions block names


def wrapped_packages(spec: SubjectSpec, source: Iterable[str]) -> list[dict[str, object]]:
    """What the certificate says of the installed packages to which the files of `source` belong, or that they import.

    Returns
    -------
    One entry per package, sorted by module: module, name and version of its distribution, and `files`, relative path to
    sha256; empty where there is too much, nothing to read, or where `source` lists the package itself.
    """
    module = spec.call.partition(":")[0]
    root = None if is_program(spec.call) else root_of(module) or root_on_path(module, spec.root)
    if root is None:
        return []
    own = {Path(path).parts[0].removesuffix(".py") for path in source}
    names = {name for path in source for name in imported(root / path, root)}
    installed = own if any(root.glob("*.dist-info")) else set()
    tops = foreign(names, own) | (installed - _NAMED_ELSEWHERE)
    known = _distributions(tuple(sys.path)) if tops else {}
    found = []
    for top in sorted(tops):
        for distribution in dict.fromkeys(known.get(top, ())):
            files = {} if top in own else _digests(top, [name for name in names if name.partition(".")[0] == top])
            found.append(_entry(top, distribution, files))
    return found


def foreign(names: Iterable[str], own: set[str]) -> set[str]:
    """Top-level modules of these names that belong neither to the subject nor to Python or to what audits it."""
    return {name.partition(".")[0] for name in names} - own - _NAMED_ELSEWHERE - set(sys.stdlib_module_names) - {""}


@lru_cache(maxsize=4)
def _distributions(path: tuple[str, ...]) -> Mapping[str, list[str]]:
    """What is installed on an import path: modules to distributions. To find out takes a tenth of a second."""
    return packages_distributions()


def _entry(top: str, distribution: str, files: dict[str, str]) -> dict[str, object]:
    try:
        numbered = version(distribution)
    except PackageNotFoundError:  # its metadata went away, or name another distribution
        numbered = "unknown"
    return {"module": top, "name": distribution, "version": numbered, "files": files}


def _digests(top: str, names: list[str]) -> dict[str, str]:
    """Relative path to sha256 of the modules of a package that are imported, and of those that they import of it."""
    spec = PathFinder.find_spec(top)
    origin = spec.origin if spec is not None else None
    if origin is None or not origin.endswith(".py"):
        return {}
    file = Path(origin).resolve()
    root = file.parents[1] if file.name == "__init__.py" else file.parent
    files = closure([top, *names], root, {top}, MOST_FILES)
    if len(files) > MOST_FILES:
        return {}
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(files)}
