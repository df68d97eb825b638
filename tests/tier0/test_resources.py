"""The data folders are found from a wheel and from a source tree alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from verifier import resources


def test_the_data_folders_of_this_installation_hold_claims_and_schemas() -> None:
    assert (resources.specs_dir() / "claims").is_dir()
    assert list((resources.specs_dir() / "claims").glob("*.toml"))
    assert (resources.reports_dir() / "schema").is_dir()


def test_a_wheel_finds_its_data_inside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = tmp_path / "verifier" / "_data" / "specs"
    inside.mkdir(parents=True)
    (tmp_path / "specs").mkdir()
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "verifier")
    assert resources.specs_dir() == inside


def test_a_source_tree_finds_its_data_beside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    beside = tmp_path / "reports"
    beside.mkdir()
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "verifier")
    assert resources.reports_dir() == beside


def test_a_broken_installation_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "verifier")
    with pytest.raises(FileNotFoundError, match="'specs' is missing"):
        resources.specs_dir()
