"""Certificates on disk: one canonical text, sealed, and refused where they are something else."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.certificate import FORMAT, VERSION, canonical, read, seal, write
from verifier.errors import CertificateError

BODY: dict[str, Any] = {"name": "x", "title": "Prix d'été", "claims": [{"met": True, "table": None, "least": "-1/2"}]}

DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def put(folder: Path, text: str) -> Path:
    path = folder / "cert.json"
    path.write_text(text, encoding="utf-8")
    return path


def complaint(path: Path) -> str:
    with pytest.raises(CertificateError) as caught:
        read(path)
    return str(caught.value)


def test_the_canonical_text_is_sorted_dense_and_ascii() -> None:
    assert canonical({"b": [1, None, True], "a": "é \u2212"}) == '{"a":"\\u00e9 \\u2212","b":[1,null,true]}'


@given(document=st.dictionaries(st.text(), DOCUMENTS))
def test_the_order_of_keys_does_not_matter_and_nothing_is_lost(document: dict[str, object]) -> None:
    text = canonical(document)
    assert text == canonical(dict(reversed(document.items())))
    assert text.isascii()
    assert json.loads(text) == document


@pytest.mark.parametrize("document", [{"a": {1}}, {"a": object()}, [b"bytes"]])
def test_what_is_no_json_has_no_canonical_text(document: object) -> None:
    with pytest.raises(TypeError):
        canonical(document)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_no_number_has_no_canonical_text(number: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical([number])


def test_the_seal_is_the_hash_of_the_canonical_text_of_everything_else() -> None:
    certificate = seal(BODY)
    unsealed = {"format": "mechanism-verifier certificate", "version": 1, **BODY}
    text = json.dumps(unsealed, sort_keys=True, separators=(",", ":"))
    assert certificate == {**unsealed, "sha256": hashlib.sha256(text.encode()).hexdigest()}
    assert "sha256" not in BODY


@given(document=DOCUMENTS)
def test_anything_else_has_another_seal(document: object) -> None:
    changed = seal({**BODY, "claims": document})
    assert (changed["sha256"] == seal(BODY)["sha256"]) == (document == BODY["claims"])


def test_what_is_written_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "cert.json"
    write(seal(BODY), path)
    assert read(path) == seal(BODY)


def test_the_file_is_ascii_indented_and_sorted(tmp_path: Path) -> None:
    path = tmp_path / "cert.json"
    write(seal(BODY), path)
    text = path.read_bytes().decode("ascii")
    assert text.startswith('{\n "claims": [\n  {\n')
    assert text.endswith("}\n")
    keys = [line.split('"')[1] for line in text.splitlines() if line.startswith(' "')]
    assert keys == sorted(keys)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not a JSON document ("),
        ("{", "not a JSON document ("),
        ("9" * 5000, "not a JSON document ("),
        ('{"a": 0.5}', "0.5 is a float; certificates hold exact numbers only"),
        ('{"a": 1e3}', "1e3 is a float; certificates hold exact numbers only"),
        ('{"a": NaN}', "NaN is a float; certificates hold exact numbers only"),
        ('{"a": -Infinity}', "-Infinity is a float; certificates hold exact numbers only"),
        ("{}", "not a mechanism-verifier certificate"),
        ("[]", "not a mechanism-verifier certificate"),
        ("3", "not a mechanism-verifier certificate"),
        ('{"format": "another"}', "not a mechanism-verifier certificate"),
        (json.dumps({"format": FORMAT}), f"version None; this program reads version {VERSION}"),
        (json.dumps({"format": FORMAT, "version": 2}), "version 2; this program reads version 1"),
        (json.dumps({"format": FORMAT, "version": "1"}), "version '1'; this program reads version 1"),
    ],
)
def test_what_is_no_certificate_is_refused_with_its_name(tmp_path: Path, text: str, says: str) -> None:
    path = put(tmp_path, text)
    assert complaint(path).startswith(f"{path}: {says}")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    assert complaint(tmp_path / "gone.json") == f"{tmp_path / 'gone.json'}: No such file or directory"
    assert complaint(tmp_path) == f"{tmp_path}: Is a directory"
    (tmp_path / "cert.json").write_bytes(b'{"a": "\xff"}')
    assert complaint(tmp_path / "cert.json").startswith(f"{tmp_path / 'cert.json'}: not a JSON document (")


def test_a_document_nested_without_end_is_no_certificate(tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    path.write_text("[" * 100_000 + "]" * 100_000, encoding="utf-8")
    with pytest.raises(CertificateError, match="nested too deeply"):
        read(path)
