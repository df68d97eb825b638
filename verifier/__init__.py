"""Verification and test oracles for mechanisms: truthfulness, individual rationality, budget balance, efficiency, fairness.

>>> import verifier
>>> certificate = verifier.certify(
...     "mechanisms.auctions.single_item:second_price", "dsic", kind="single-item", agents=2, values="0..3"
... )
>>> certificate["claims"][0]["verdict"]
'EXHAUSTED'

Names are loaded when they are used, so `import verifier` costs nothing.
"""

from __future__ import annotations

from importlib import import_module

_HOMES = {
    "PROPERTIES": "properties",
    "Domain": "domains",
    "Outcome": "domains",
    "Property": "properties",
    "Spec": "spec",
    "Verdict": "evidence",
    "VerifierError": "errors",
    "Witness": "evidence",
    "audit": "audit",
    "certify": "library",
    "load_spec": "spec",
    "money": "exact",
    "parse_domain": "domains",
    "parse_spec": "spec",
}

__all__ = sorted(_HOMES)  # noqa: PLE0605 (a list of names, all of which __getattr__ finds)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'verifier' has no attribute {name!r}")
    return getattr(import_module(f"verifier.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
