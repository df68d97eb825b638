"""One call from a mechanism to a sealed certificate: what the library and the pytest fixture offer."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from verifier.adapters.loading import load_target
from verifier.audit import ENGINES, Finished, audit
from verifier.domains import DEFAULT_BUDGET, parse_domain
from verifier.engines.base import LIMITS, Limits
from verifier.errors import SubjectError, VerifierError
from verifier.properties import PROPERTIES
from verifier.properties.defined import defined_for
from verifier.spec import parse_spec


def certify(
    mechanism: str | Callable[..., object],
    *properties: str,
    expect: str = "EXHAUSTED",
    engine: str = "exhaustive",
    tolerance: object = 0,
    subject: Mapping[str, object] | None = None,
    budget: int = DEFAULT_BUDGET,
    max_paths: int = LIMITS.paths,
    max_queries: int = LIMITS.queries,
    max_examples: int = LIMITS.examples,
    samples: int = LIMITS.samples,
    seed: int = 0,
    workers: int = 1,
    name: str | None = None,
    **domain: object,
) -> dict[str, object]:
    """Decide properties of a mechanism and return the certificate.

    Parameters
    ----------
    mechanism : "package.module:callable", or a function or class defined at the top of a module. What is given as a
        path runs again in fresh processes too; an object stays in this one
    properties : names of properties; when none is given, all that are defined for the domain and the engine
    expect, engine, tolerance : as in a claims file, the same for every property
    subject : further keys of the [subject] table, such as {"arguments": {"reserve": 3}}
    budget : the most profiles that the grid may have
    max_paths, max_queries : the most paths that are explored, and questions to a solver for each block of cases
    max_examples, samples : the most cases that a search judges, and the draws of a sample; for each property
    seed : of what is searched or sampled; the same seed gives the same certificate
    workers : processes that prove side by side what takes long; the certificate is the same for any number
    name : name of the certificate; that of the callable unless told
    domain : keys of the [domain] table: kind, agents, values, ...

    Returns
    -------
    The certificate; after Ctrl-C a partial one, with "interrupted" true.

    Raises
    ------
    SpecError, SubjectError : the question cannot be asked; the message says what to mend.
    """
    call = mechanism if isinstance(mechanism, str) else path_of(mechanism)
    claims = [
        {"property": prop, "expect": str(expect), "engine": engine, "tolerance": tolerance}
        for prop in properties or _all_defined(domain, budget, engine, subject or {})
    ]
    table = {"title": call, "subject": {**(subject or {}), "call": call}, "domain": domain, "claim": claims}
    name = name or call.rpartition(":")[2].replace(".", "-")
    spec = parse_spec(table, name=name, properties=PROPERTIES, engines=ENGINES, budget=budget)
    target = None if isinstance(mechanism, str) else load_target(spec.subject, mechanism)
    limits = Limits(budget, max_paths, max_queries, workers, max_examples, samples)
    for event in audit(spec, limits=limits, seed=seed, target=target):
        if isinstance(event, Finished):
            return event.certificate
    raise AssertionError("an audit ends with a certificate")


def _all_defined(domain: Mapping[str, object], budget: int, engine: str, subject: Mapping[str, object]) -> list[str]:
    """The properties that a domain has a meaning for, and the engine an answer; all of them for a broken domain."""
    try:
        parsed = parse_domain(domain, budget)
        drawn = subject.get("random")
        sampled = isinstance(drawn, Mapping) and "sampled" in drawn
        randomised = _randomised(subject)
        return defined_for(parsed, engine, randomised=randomised, scripted=drawn is not None, sampled=sampled)
    except VerifierError:  # said in full when the whole question is read
        return list(PROPERTIES)


def _randomised(subject: Mapping[str, object] | None) -> bool:
    """Whether a subject table declares lotteries, or draws."""
    returns = (subject or {}).get("returns")
    declared = isinstance(returns, Mapping) and returns.get("randomised") is True
    return declared or "random" in (subject or {})


def path_of(mechanism: Callable[..., object]) -> str:
    """The dotted path by which others can import a callable.

    Raises
    ------
    SubjectError : for a lambda, a closure or a partial, which have no path, and for a bound method, whose path leads to
        something else: a certificate could not name them.
    """
    module, name = getattr(mechanism, "__module__", None), getattr(mechanism, "__qualname__", None)
    if not module or not name or "<" in name:
        raise SubjectError(f"{mechanism!r} has no name of its own; give a function defined at the top of a module")
    found: object = sys.modules.get(module)
    if found is not None:
        for step in name.split("."):
            found = getattr(found, step, None)
        if found != mechanism:
            problem = f"{module}:{name} is not the object that was passed (a bound method, or replaced by a decorator)"
            advice = 'give what its module holds, or a class with subject={"create": True, "method": "..."}'
            raise SubjectError(f"{problem}; {advice}")
    return f"{module}:{name}"
