"""Golden certificates: one per kind of verdict, kept in `reports/golden/` and compared in CI.

`python tests/golden.py` writes them anew; look at the difference before you commit it. Versions of libraries, and the
seal that depends on them, are left out of the comparison.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from verifier.audit import ENGINES, Finished, audit
from verifier.properties import PROPERTIES
from verifier.resources import specs_dir
from verifier.spec import load_spec

FOLDER = Path(__file__).resolve().parent.parent / "reports" / "golden"
NAMES = (
    "second-price",  # EXHAUSTED
    "first-price",  # REFUTED
    "second-price-random-ties",  # a lottery
    "uniform-price",  # vectors of marginal values
    "flawed-crash-one-bidder",  # ERROR
    "flawed-tie-sold-twice",  # infeasible
    "proved-posted-price",  # PROVED, by differences alone: another version of the solver finds the same lemmas
)


def produced(name: str) -> dict[str, object]:
    """The certificate of a packaged claims file, without what differs from machine to machine."""
    spec = load_spec(specs_dir() / "claims" / f"{name}.toml", properties=PROPERTIES, engines=ENGINES)
    (certificate,) = [event.certificate for event in audit(spec) if isinstance(event, Finished)]
    return {key: value for key, value in certificate.items() if key not in ("versions", "sha256")}


def kept(name: str) -> dict[str, object]:
    """The golden certificate."""
    found: dict[str, object] = json.loads((FOLDER / f"{name}.json").read_text(encoding="ascii"))
    return found


def main() -> None:
    """Write all of them anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        text = json.dumps(produced(name), sort_keys=True, indent=1) + "\n"
        (FOLDER / f"{name}.json").write_text(text, encoding="ascii")
        sys.stderr.write(f"{FOLDER / name}.json\n")


if __name__ == "__main__":
    main()
