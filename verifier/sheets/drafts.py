"""A claims file as text, drafted from what is known of a subject: what `verify init` hands over."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from verifier.errors import SpecError
from verifier.properties.defined import defined_for
from verifier.sheets.asked import REQUIRED
from verifier.sheets.inference import Inferred
from verifier.sheets.settings import fitting
from verifier.spec import subject_from_json

_PROFILES = 10_000_000


def draft(found: Inferred, domain: Mapping[str, object], folder: Path | None) -> str:
    """The text of a claims file.

    Parameters
    ----------
    found : the subject, with what was inferred about it
    domain : its [domain] table
    folder : where the file will lie; `root` is written as seen from there, or from here where it is None
    """
    subject = dict(found.subject)
    root = subject.pop("root", None)
    if root is not None:
        subject["root"] = os.path.relpath(str(root), folder or Path())
    parsed, _ = fitting(domain, _PROFILES)
    spec = subject_from_json(found.subject, parsed.kind)
    randomised = spec.lotteries
    lines = [f"title = {_value(str(found.subject['call']))}", ""]
    lines += [f"# inferred: {one}" for one in found.said]
    lines += [*_table("subject", subject), "", *_table("domain", domain)]
    expect = "SUPPORTED" if spec.sampled else "EXHAUSTED"
    for name in defined_for(parsed, randomised=randomised, sampled=spec.sampled):
        mark = "" if name in REQUIRED else "# "
        lines += ["", f"{mark}[[claim]]", f'{mark}property = "{name}"', f'{mark}expect = "{expect}"']
    return "\n".join(lines) + "\n"


def _table(name: str, table: Mapping[str, object]) -> list[str]:
    return [f"[{name}]", *(f"{_key(key)} = {_value(value)}" for key, value in table.items())]


def _key(key: str) -> str:
    return key if key.replace("-", "").replace("_", "").isalnum() and key.isascii() else json.dumps(key)


def _value(value: object) -> str:
    """A value as TOML; texts of JSON are texts of TOML."""
    if isinstance(value, bool | str | int):
        return json.dumps(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(str(key))} = {_value(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    raise SpecError(f"{value!r} cannot be written in a claims file; write it as a text")
