"""`verify list`: what there is to run, to claim and to claim it about."""

from __future__ import annotations

import inspect
import json
import sys
import tomllib

from verifier.audit import ENGINES
from verifier.domains import KINDS
from verifier.properties import PROPERTIES
from verifier.resources import specs_dir


def listing(as_json: bool) -> str:
    """Names with one line each."""
    found = {
        "claims": {
            path.stem: tomllib.loads(path.read_text(encoding="utf-8"))["title"]
            for path in sorted((specs_dir() / "claims").glob("*.toml"))
        },
        "properties": {name: prop.statement for name, prop in PROPERTIES.items()},
        "domains": {name: _first_line(sys.modules[kind.__module__].__doc__) for name, kind in KINDS.items()},
        "engines": {name: _first_line(inspect.getdoc(engine)) for name, engine in ENGINES.items()},
    }
    if as_json:
        return json.dumps(found, indent=1)
    lines: list[str] = []
    for heading, entries in found.items():
        width = max(map(len, entries))
        lines += [heading, *(f"  {name.ljust(width)}  {text}" for name, text in entries.items()), ""]
    return "\n".join(lines).rstrip()


def _first_line(text: str | None) -> str:
    return (text or "").strip().partition("\n")[0]
