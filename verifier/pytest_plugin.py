"""pytest: tiers of tests, and a claim about a mechanism as one line of a test.

    def test_bidding_the_truth_is_best(verify_claim):
        verify_claim("mypackage.auction:run", "dsic", kind="single-item", agents=3, values="0..5")

The verifier itself is imported when a test first makes a claim, so that the plugin costs other suites nothing.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

TIERS = {
    0: "deterministic, in this process, seconds in all",
    1: "integration: real solvers, subprocesses, a browser",
    2: "long, or against live services",
}
_OPTIONS = ("arguments", "create", "method", "bids", "numbers", "returns")  # of the subject; the rest is the domain's


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--tier` and `--verify-output`."""
    group = parser.getgroup("mechanism-verifier")
    group.addoption(
        "--tier",
        action="append",
        type=int,
        choices=sorted(TIERS),
        help="run tests of this tier alone (repeatable); a test without a tier marker is tier 0",
    )
    group.addoption(
        "--verify-output",
        metavar="DIR",
        help="where verify_claim writes certificates; by default pytest's temporary directory",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers, for `--strict-markers`."""
    for tier, meaning in TIERS.items():
        config.addinivalue_line("markers", f"tier{tier}: {meaning}")


@pytest.hookimpl(trylast=True)  # after every conftest that marks tests by their place
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what is of no tier that was asked for; without `--tier` nothing."""
    wanted = config.getoption("tier")
    if not wanted:
        return
    kept: list[pytest.Item] = []
    dropped: list[pytest.Item] = []
    for item in items:
        tiers = [tier for tier in TIERS if item.get_closest_marker(f"tier{tier}")] or [0]
        (kept if set(tiers) & set(wanted) else dropped).append(item)
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept


class VerifyClaim:
    """What the fixture `verify_claim` hands to a test; call it once per claim."""

    def __init__(self, request: pytest.FixtureRequest, directory: Path) -> None:
        self._request = request
        self._directory = directory
        self._made = 0

    def __call__(
        self,
        target: str | Callable[..., object],
        prop: str,
        *,
        expect: str = "EXHAUSTED",
        tolerance: object = 0,
        max_profiles: int | None = None,
        **options: object,
    ) -> dict[str, Any]:
        """Decide one claim; the test fails where the verdict does not meet the expectation.

        It fails likewise, in one sentence, where the claim makes no sense or the mechanism does not load.

        Parameters
        ----------
        target : "package.module:attribute", or a function or class itself, defined at the top level of a module
        prop : name of the property, e.g. "dsic"; `verify list` names them all
        expect : the least verdict, or REFUTED or ERROR
        tolerance : exact money, a violation up to which is none
        max_profiles : the most profiles that the grid may have
        options : `kind`, `agents`, `values` and the other keys of the [domain] table of a claims file; `arguments`,
            `create`, `method`, `bids`, `numbers`, `returns` of its [subject] table

        Returns
        -------
        The claim's entry in the certificate. The certificate's path is the test's property "certificate" (JUnit).
        """
        __tracebackhide__ = True
        from verifier.errors import VerifierError

        claim = {"property": prop, "expect": str(expect), "tolerance": tolerance}
        try:
            certificate = self._certificate(target, claim, options, max_profiles)
        except VerifierError as error:
            failure = str(error)
        else:
            entry: dict[str, Any] = certificate["claims"][0]
            if entry["met"]:
                return entry
            failure = _complaint(certificate)
        pytest.fail(failure)

    def _certificate(
        self,
        target: str | Callable[..., object],
        claim: Mapping[str, object],
        options: Mapping[str, object],
        max_profiles: int | None,
    ) -> dict[str, Any]:
        """Audit the claim and leave its certificate in the directory."""
        from verifier.adapters.loading import load_target
        from verifier.audit import ENGINES, Finished, audit
        from verifier.certificate import write
        from verifier.domains import DEFAULT_BUDGET
        from verifier.properties import PROPERTIES
        from verifier.spec import parse_spec

        path = target if isinstance(target, str) else dotted_path(target)
        table = {
            "title": f"{claim['property']} of {path}",
            "subject": {"call": path, **{key: value for key, value in options.items() if key in _OPTIONS}},
            "domain": {key: value for key, value in options.items() if key not in _OPTIONS},
            "claim": [claim],
        }
        budget = max_profiles or DEFAULT_BUDGET
        name = self._name(str(claim["property"]))
        spec = parse_spec(table, name=name, properties=PROPERTIES, engines=ENGINES, budget=budget)
        in_memory = not isinstance(target, str) and self._is_of_a_test(target)
        events = audit(spec, budget=budget, target=load_target(spec.subject) if in_memory else None)
        certificate = next(event.certificate for event in events if isinstance(event, Finished))
        if certificate["interrupted"]:
            raise KeyboardInterrupt  # the audit caught it; the test run must stop all the same
        file = self._directory / f"{name}.json"
        write(certificate, file)
        # what record_property does, without its warning about JUnit families
        self._request.node.user_properties.append(("certificate", str(file)))
        return certificate

    def _name(self, prop: str) -> str:
        """A file name that no other claim of the run has, on whatever worker, and that the next run gives again."""
        self._made += 1
        node = self._request.node.nodeid
        digest = hashlib.sha256(f"{node}\n{self._made}".encode()).hexdigest()[:10]
        readable = re.sub(r"\W+", "-", node.rpartition("::")[2], flags=re.ASCII).strip("-")[:60]
        return f"{readable}-{re.sub(r'[^a-z-]', '', prop)}-{digest}"

    def _is_of_a_test(self, target: Callable[..., object]) -> bool:
        """Whether a fresh process may be unable to import it: test modules have no place on the import path."""
        own = getattr(self._request, "module", None)
        home = target.__module__
        return home == getattr(own, "__name__", None) or home.rpartition(".")[2] == "conftest"


@pytest.fixture
def verify_claim(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> VerifyClaim:
    """Decide a claim about a mechanism: verify_claim("package.module:function", "dsic", kind=..., agents=..., ...)."""
    chosen = request.config.getoption("verify_output")
    directory = Path(chosen).resolve() if chosen else tmp_path_factory.getbasetemp() / "certificates"
    return VerifyClaim(request, directory)


def dotted_path(target: Callable[..., object]) -> str:
    """The path "module:qualname" of a function or class, made sure to lead back to it.

    Raises SubjectError for a lambda, a closure, an instance or a bound method: a certificate could not name it.
    """
    from verifier.errors import SubjectError
    from verifier.library import path_of

    path = path_of(target)
    module, _, name = path.partition(":")
    found: object = sys.modules.get(module)
    for step in name.split("."):
        found = getattr(found, step, None)
    if found is not target:
        problem = f"{path} is not the object that was passed (a bound method, or replaced by a decorator)"
        raise SubjectError(f'{problem}; pass what its module holds, or a class with create=True and method="..."')
    return path


def _complaint(certificate: Mapping[str, Any]) -> str:
    """Why the test fails: the verdict in words, and the witness worked by hand."""
    from verifier.reporting import words
    from verifier.reporting.reading import read
    from verifier.reporting.worked import lines, work

    report = read(certificate)
    (claim,) = report.claims
    text = [f"{claim.property} of {report.subject['call']} is {claim.verdict} where {claim.expect} is expected"]
    text.append(words.verdict(report, claim))
    if claim.witness is not None:
        text += ["", *lines(work(claim.property, report.domain, claim.witness))]
    return "\n".join(text)
