"""Audits of mechanisms from PyPI that nobody here wrote; `third_party/` holds a wrapper and claims for each.

Every `expect` is a theorem or follows from reading the package's code; the comment beside it says which. Prints a line
per claim, and fails where a verdict is another one or the checker does not confirm a certificate.
"""

from __future__ import annotations

import sys
from pathlib import Path

from verifier import checker
from verifier.audit import ENGINES, Finished, audit
from verifier.properties import PROPERTIES
from verifier.spec import load_spec

FOLDER = Path(__file__).parent / "third_party"


def main() -> int:
    """Audit all of them; 1 where something is not as expected."""
    wrong = 0
    for path in sorted(FOLDER.glob("*.toml")):
        spec = load_spec(path, properties=PROPERTIES, engines=ENGINES)
        (certificate,) = (event.certificate for event in audit(spec) if isinstance(event, Finished))
        reports = {one["claim"]: one["status"] for one in checker.check(certificate, [str(FOLDER)])}
        print(spec.title)
        for claim in certificate["claims"]:
            wrong += not (claim["met"] and reports[claim["id"]] == checker.CONFIRMED)
            met = "as expected" if claim["met"] else "UNEXPECTED"
            print(f"  {claim['id']:<14} {claim['verdict']:<10} {met}, {reports[claim['id']]}")
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main())
