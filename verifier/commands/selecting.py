"""From what the command line names to claims files that are ready to run: all of them are read and their subjects
loaded before anything runs, so that a mistake in the last one is not found after an hour.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.domains.cats import read_cats
from verifier.domains.instances import Instance, catalogue, read_instance
from verifier.errors import SpecError, SubjectError, VerifierError, nearest
from verifier.resources import specs_dir

if TYPE_CHECKING:
    from verifier.spec import Spec
    from verifier.toml_lines import Keys

RESERVED = "index"  # index.html is the list of all reports
AUCTION_SUFFIXES = (".txt", ".cats")  # of files in the text format of CATS
GAME_END = ".game.toml"  # of files with a game and claims about it
_GAMES = (".nfg", ".efg", GAME_END)
_SUFFIXES = (*AUCTION_SUFFIXES, ".toml", ".nfg", ".efg")
_AUCTION = re.compile(
    r"^\[\[?bidder\]\]?\s*(#.*)?$", re.MULTILINE
)  # what an auction file has and a claims file has not


def packaged(*folders: str) -> dict[str, Path]:
    """The claims files that come with the package, by name; those that rest on a trusted solver only when asked for."""
    found = [path for folder in folders or ("claims",) for path in (specs_dir() / folder).glob("*.toml")]
    return {path.stem: path for path in sorted(found, key=lambda path: path.stem)}


def select(files: Sequence[Path], budget: int) -> tuple[list[Spec], list[VerifierError]]:
    """The specs of claims files, and what is wrong with them: empty if they may run."""
    from verifier.audit import ENGINES
    from verifier.properties import PROPERTIES
    from verifier.spec import load_spec

    specs: list[Spec] = []
    mistakes: list[VerifierError] = []
    for path in files:
        try:
            specs.append(load_spec(path, properties=PROPERTIES, engines=ENGINES, budget=budget))
            mistakes += _clashes(specs)
            mistakes += _loading(specs[-1])
        except SpecError as error:
            mistakes.append(error)
    return specs, mistakes


def paths(named: Sequence[str]) -> list[Path]:
    """Files, the *.toml of directories, and packaged claims and auctions by name, each file once; all claims for none.

    Raises SpecError for a name that is none of these.
    """
    if not named:
        return list(packaged().values())
    folders = {path.name: path for path in (specs_dir() / "claims").iterdir() if path.is_dir()}
    own = {**packaged("claims", "trusted"), **catalogue(), **folders}
    what = "claims file, auction, directory or packaged claim"
    return files(named, own, lambda folder: sorted(folder.glob("*.toml")), what, _SUFFIXES)


def files(
    named: Sequence[str],
    own: Mapping[str, Path],
    inside: Callable[[Path], Sequence[Path]],
    what: str,
    suffixes: Sequence[str],
) -> list[Path]:
    """Files by path, those inside directories, and packaged ones by name, each once.

    Parameters
    ----------
    own : what comes with the package, by name
    inside : the files of a directory
    what, suffixes : what a file holds, in words, and how its name ends: what ends so was not meant as a name

    Raises SpecError for what does not exist.
    """
    found: dict[Path, Path] = {}
    for name in named:
        path = Path(name)
        if not path.exists() and name in own:
            path = own[name]
        several = inside(path) if path.is_dir() else [path]
        for one in several:
            if not one.exists():
                looks_like_a_name = "/" not in name and "\\" not in name and path.suffix not in suffixes
                hint = nearest(name, list(own)) if looks_like_a_name else ""
                raise SpecError(f"no {what} is called {name!r}{hint}")
            found.setdefault(one.resolve(), one)
    return list(found.values())


def is_auction(path: Path) -> bool:
    """Whether a file holds an auction rather than claims: by its suffix, else because it has bidders."""
    if path.suffix.lower() in AUCTION_SUFFIXES:
        return True
    try:
        return bool(_AUCTION.search(path.read_text(encoding="utf-8", errors="replace")))
    except OSError:  # said in full when its claims are read
        return False


def is_game(path: Path) -> bool:
    """Whether a file holds a game: by its name."""
    return path.name.endswith(_GAMES)


def auction_name(path: Path) -> str:
    """The name of an auction's reports."""
    return report_name(path, path.stem, catalogue().values())


def report_name(path: Path, stem: str, own: Collection[Path]) -> str:
    """The name of the reports on a file: its stem, and its folder's too for those that come with the package."""
    return f"{path.parent.name}-{stem}" if path.resolve() in {one.resolve() for one in own} else stem


def read_auction(path: Path) -> Instance:
    """The auction of a file. Raises SpecError with file and line for what is wrong with it."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(f"cannot be read ({error})", str(path)) from error
    if path.suffix.lower() in AUCTION_SUFFIXES:
        return Instance(path.stem, "", read_cats(text, str(path)), None)
    return read_instance(text, str(path))


def _clashes(specs: Sequence[Spec]) -> Iterator[SpecError]:
    """Two files of one name, or one called "index", would overwrite each other's report."""
    spec = specs[-1]
    if spec.name.casefold() == RESERVED:
        yield SpecError(f"a claims file cannot be called {spec.name!r}, since its report would be the index", spec.path)
    for other in specs[:-1]:
        if other.name.casefold() == spec.name.casefold():
            yield SpecError(f"{other.path} has the same name, so that their reports would be one file", spec.path)


def _loading(spec: Spec) -> Iterator[SpecError]:
    """What keeps the subject from being loaded, blamed on its line."""
    from verifier.adapters import load
    from verifier.spec import blame

    try:
        load(spec.subject, spec.domain)
    except SubjectError as error:
        yield blame(spec, _blamed(spec, str(error)), str(error))
        return
    module = spec.subject.call.partition(":")[0]
    file = getattr(sys.modules[module], "__file__", None)
    if spec.subject.root is not None and file is not None:
        root, top = Path(spec.subject.root).resolve(), module.partition(".")[0]
        expected = (root / f"{top}.py").exists() or (root / top).exists()
        if expected and not Path(file).resolve().is_relative_to(root):
            message = f"module {module!r} comes from {file} and not from root, where another one has that name"
            yield blame(spec, ("subject", "root"), f"{message}; rename one of them, or run this file alone")


def _blamed(spec: Spec, message: str) -> Keys:
    """The key of the subject table that a complaint of the loader is about."""
    if spec.subject.method is not None and f"no method {spec.subject.method!r}" in message:
        return ("subject", "method")
    if message.startswith("allocation_as"):
        return ("subject", "returns", "allocation_as")
    if message.startswith("contracts: "):
        named = [optimiser for optimiser in spec.subject.contracts if repr(optimiser) in message]
        return ("subject", "contracts", *named[:1])
    if message.startswith("creating ") or "that `arguments` could set" in message:
        return ("subject", "arguments")
    return ("subject", "call")
