"""Decides whether a mechanism is truthful, exactly, about its real code.

>>> import verifier
>>> certificate = verifier.certify(
...     "mechanisms.auctions.single_item:second_price", "dsic", kind="single-item", agents=2, values="0..3"
... )
>>> certificate["claims"][0]["verdict"]
'EXHAUSTED'

The names below are loaded when they are first used, so that `import verifier` stays cheap.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verifier.domains import Domain, Outcome, parse_domain
    from verifier.errors import (
        CertificateError,
        DomainError,
        MoneyError,
        SpecError,
        SubjectError,
        TooLarge,
        VerifierError,
    )
    from verifier.evidence import Verdict, Witness
    from verifier.exact import Money, money
    from verifier.library import certify
    from verifier.properties import PROPERTIES, Property, find_property
    from verifier.spec import Claim, Spec, SubjectSpec, load_spec, parse_spec

    __version__: str

__all__ = [
    "PROPERTIES",
    "CertificateError",
    "Claim",
    "Domain",
    "DomainError",
    "Money",
    "MoneyError",
    "Outcome",
    "Property",
    "Spec",
    "SpecError",
    "SubjectError",
    "SubjectSpec",
    "TooLarge",
    "Verdict",
    "VerifierError",
    "Witness",
    "__version__",
    "certify",
    "find_property",
    "load_spec",
    "money",
    "parse_domain",
    "parse_spec",
]

_HOMES = {
    "verifier.domains": ("Domain", "Outcome", "parse_domain"),
    "verifier.errors": (
        "CertificateError",
        "DomainError",
        "MoneyError",
        "SpecError",
        "SubjectError",
        "TooLarge",
        "VerifierError",
    ),
    "verifier.evidence": ("Verdict", "Witness"),
    "verifier.exact": ("Money", "money"),
    "verifier.library": ("certify",),
    "verifier.properties": ("PROPERTIES", "Property", "find_property"),
    "verifier.spec": ("Claim", "Spec", "SubjectSpec", "load_spec", "parse_spec"),
}


def __getattr__(name: str) -> object:
    """A public name, fetched from the module where it lives."""
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("mechanism-verifier")
        except PackageNotFoundError:  # a source tree that nobody installed
            return "unknown"
    for home, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(home), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
