"""One call from a mechanism to a sealed certificate: what the library and the pytest fixture offer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from verifier.audit import ENGINES, Finished, audit
from verifier.domains import DEFAULT_BUDGET
from verifier.errors import SubjectError
from verifier.properties import PROPERTIES
from verifier.spec import parse_spec


def certify(
    mechanism: str | Callable[..., object],
    *properties: str,
    expect: str = "EXHAUSTED",
    engine: str = "exhaustive",
    tolerance: object = 0,
    subject: Mapping[str, object] | None = None,
    budget: int = DEFAULT_BUDGET,
    **domain: object,
) -> dict[str, object]:
    """Decide properties of a mechanism and return the certificate.

    Parameters
    ----------
    mechanism : "package.module:callable", or a function or class defined at the top of a module
    properties : names of properties; all of them when none is given
    expect, engine, tolerance : as in a claims file, the same for every property
    subject : further keys of the [subject] table, such as {"arguments": {"reserve": 3}}
    domain : keys of the [domain] table: kind, agents, values, ...

    Raises
    ------
    SpecError, SubjectError : the question cannot be asked; the message says what to mend.
    """
    target = None if isinstance(mechanism, str) else mechanism
    call = mechanism if isinstance(mechanism, str) else path_of(mechanism)
    claims = [
        {"property": name, "expect": expect, "engine": engine, "tolerance": tolerance}
        for name in properties or PROPERTIES
    ]
    table = {"title": call, "subject": {"call": call, **(subject or {})}, "domain": domain, "claim": claims}
    name = call.rpartition(":")[2].replace(".", "-")
    spec = parse_spec(table, name=name, properties=PROPERTIES, engines=ENGINES, budget=budget)
    for event in audit(spec, budget=budget, target=target):
        if isinstance(event, Finished):
            return event.certificate
    raise AssertionError("an audit ends with a certificate")


def path_of(mechanism: Callable[..., object]) -> str:
    """The dotted path by which others can import a callable; SubjectError for a lambda, a closure or a partial."""
    module, name = getattr(mechanism, "__module__", None), getattr(mechanism, "__qualname__", None)
    if not module or not name or "<" in name:
        raise SubjectError(f"{mechanism!r} has no name of its own; give a function defined at the top of a module")
    return f"{module}:{name}"
