"""Rules of the design that import-linter cannot see; it holds the rest (`tox -e architecture`)."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from verifier.resources import reports_dir, specs_dir


def package(name: str) -> Path:
    """The folder of an installed package, without running it."""
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


SOURCES = [path for name in ("verifier", "mechanisms") for path in sorted(package(name).rglob("*.py"))]


def imported(path: Path) -> Iterator[str]:
    """Top-level names of every module that a file imports, at whatever depth of its code."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} has a relative import"
            yield (node.module or "").partition(".")[0]


def test_the_checker_imports_the_standard_library_alone() -> None:
    names = set(imported(package("verifier") / "checker.py"))
    assert names
    assert names <= sys.stdlib_module_names


def test_mechanisms_are_plain_python() -> None:
    """They run on symbolic numbers later: nothing but the standard library, PuLP and exact money; numpy in batches."""
    doors = {"http.py", "__main__.py"}  # of the service, which is no mechanism, with what the extra `service` brings
    paths = list(package("mechanisms").rglob("*.py"))
    served = {path for path in paths if path.parent.name == "services" and path.name in doors}
    plain = sys.stdlib_module_names | {"mechanisms", "verifier", "pulp", "numpy"}
    assert {name for path in set(paths) - served for name in imported(path)} <= plain
    assert {name for path in served for name in imported(path)} <= plain | {"fastapi", "pydantic", "uvicorn"}


@pytest.mark.parametrize("folder", [specs_dir, reports_dir], ids=["specs", "reports"])
def test_data_folders_hold_no_python(folder: object) -> None:
    assert callable(folder)
    assert not list(folder().rglob("*.py"))


def test_no_module_is_too_long_to_read_at_one_sitting() -> None:
    assert len(SOURCES) > 20
    lengths = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {name: lines for name, lines in lengths.items() if lines > 400 and name != "checker.py"} == {}


def test_no_room_is_called_by_a_name_that_says_nothing() -> None:
    assert not [path for path in SOURCES if {"utils", "core", "common", "helpers"} & {*path.parts[-2:], path.stem}]
