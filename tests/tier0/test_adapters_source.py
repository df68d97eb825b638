"""The source that a certificate speaks of: which files, and the sha256 of each."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from verifier.adapters.loading import named_object
from verifier.adapters.source import package_root, source_digests
from verifier.spec import SubjectSpec


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty directory to run in; what is imported from it is forgotten."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def put(folder: Path, **files: str) -> None:
    """Write modules: `a__b="..."` is a/b.py."""
    for name, text in files.items():
        path = folder.joinpath(*name.split("__")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def imported(name: str) -> ModuleType:
    named_object(f"{name}:__name__")
    return sys.modules[name]


def test_the_source_is_the_module_and_what_it_imports_of_its_package(here: Path) -> None:
    put(
        here,
        shop__auction="import json\nimport shop.deep.prices\nfrom shop import rules\nfrom .later import x\n",
        shop__deep__prices="from .. import tools\n\ndef lazily():\n    from ..lazy import y\n",
        shop__rules="",
        shop__later="x = 1\n",
        shop__tools="",
        shop__lazy="def (: no Python",
        shop__unused="",
        other="",
    )
    (here / "shop" / "__init__.py").write_bytes(b"")
    imported("shop.auction")
    digests = source_digests(SubjectSpec("shop.auction:run"))
    assert sorted(digests) == [
        "shop/__init__.py",
        "shop/auction.py",
        "shop/deep/prices.py",
        "shop/later.py",
        "shop/lazy.py",
        "shop/rules.py",
        "shop/tools.py",
    ]
    for path, digest in digests.items():
        assert digest == hashlib.sha256((here / path).read_bytes()).hexdigest()


def test_a_package_is_its_own_module(here: Path) -> None:
    put(here, shop2__parts="")
    (here / "shop2" / "__init__.py").write_text("from shop2.parts import *\nrun = print\n", encoding="utf-8")
    module = imported("shop2")
    assert sorted(source_digests(SubjectSpec("shop2:run"))) == ["shop2/__init__.py", "shop2/parts.py"]
    assert package_root(Path(module.__file__ or ""), "shop2") == here


def test_modules_that_import_each_other_are_listed_once(here: Path) -> None:
    put(here, ring__a="from ring import b\n", ring__b="from ring import a\n")
    imported("ring.a")
    assert sorted(source_digests(SubjectSpec("ring.a:run"))) == ["ring/a.py", "ring/b.py"]


@pytest.mark.parametrize("name", ["never_imported", "math", "sys"])
def test_what_has_no_source_has_no_digest(name: str) -> None:
    assert source_digests(SubjectSpec(f"{name}:run")) == {}
