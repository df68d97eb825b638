"""What a short command pays before it does anything: heavy libraries are imported where they are used."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"numpy", "scipy", "z3", "pulp", "highspy", "nashpy", "jinja2", "hypothesis", "networkx"}


@pytest.mark.parametrize("module", ["verifier", "verifier.cli", "verifier.pytest_plugin", "verifier.checker"])
def test_importing_a_front_door_loads_no_heavy_library(module: str) -> None:
    program = f"import sys; known = set(sys.modules); import {module}; print(*(set(sys.modules) - known))"
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    assert module in loaded
    assert HEAVY & set(loaded) == set()
