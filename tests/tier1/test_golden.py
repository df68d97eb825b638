"""Certificates of packaged claims equal the golden ones; `python tests/golden.py` writes these anew."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

_FILE = Path(__file__).resolve().parent.parent / "golden.py"
_SPEC = importlib.util.spec_from_file_location("golden", _FILE)
golden = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(golden)


@pytest.mark.parametrize("name", golden.NAMES)
def test_the_certificate_is_the_golden_one(name):
    assert golden.produced(name) == golden.kept(name)


def test_every_golden_file_is_compared():
    assert {path.stem for path in golden.FOLDER.glob("*.json")} == set(golden.NAMES)
