"""The tier of a test is the folder that it lies in; soundness tests are tier 1."""

from __future__ import annotations

from pathlib import Path

import pytest

_HERE = Path(__file__).parent
_TIERS = {"tier0": "tier0", "tier1": "tier1", "tier2": "tier2", "soundness": "tier1"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(_HERE):
            tier = _TIERS.get(item.path.relative_to(_HERE).parts[0])
            if tier:
                item.add_marker(tier)
