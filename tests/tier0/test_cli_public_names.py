"""`import verifier`: every public name is there, is what its home holds, and nothing is loaded before it is used."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import verifier


@pytest.mark.parametrize("name", verifier.__all__)
def test_every_public_name_exists(name: str) -> None:
    assert getattr(verifier, name) is not None
    assert name in dir(verifier)


def test_public_names_are_those_of_their_homes() -> None:
    homes = verifier._HOMES
    assert {name for names in homes.values() for name in names} | {"__version__"} == set(verifier.__all__)
    for home, names in homes.items():
        assert all(getattr(importlib.import_module(home), name) is getattr(verifier, name) for name in names)


def test_no_public_name_is_also_a_module() -> None:
    """`verifier.audit` the module and a function of that name would take turns."""
    assert not {module.name for module in pkgutil.iter_modules(verifier.__path__)} & set(verifier.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'verifier' has no attribute 'nonsense'"):
        verifier.nonsense  # noqa: B018
