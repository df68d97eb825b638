"""pytest: tiers of tests, and a claim about a mechanism as one line of a test.

    def test_bidding_the_truth_is_best(verify_claim):
        verify_claim("mypackage.auction:run", "dsic", kind="single-item", agents=3, values="0..5")

The verifier itself is imported when a test first makes a claim, so that the plugin costs other suites nothing.
"""

from __future__ import annotations

import hashlib
import re
import shlex
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
        mechanism: str | Callable[..., object],
        prop: str,
        *,
        expect: str = "EXHAUSTED",
        engine: str = "exhaustive",
        tolerance: object = 0,
        subject: Mapping[str, object] | None = None,
        budget: int | None = None,
        max_paths: int | None = None,
        max_queries: int | None = None,
        max_examples: int | None = None,
        samples: int | None = None,
        seed: int = 0,
        **domain: object,
    ) -> dict[str, Any]:
        """Decide one claim; the test fails where the verdict does not meet the expectation.

        It fails likewise, in one sentence, where the claim makes no sense or the mechanism does not load.

        Parameters
        ----------
        mechanism : "package.module:attribute", or a function or class itself, defined at the top of a module
        prop : name of the property, e.g. "dsic"; `verify list` names them all
        expect : the least verdict, or REFUTED or ERROR
        engine : how to decide it
        tolerance : exact money, a violation up to which is none
        subject : further keys of the [subject] table of a claims file, such as {"arguments": {"reserve": 3}}
        budget : the most profiles that the grid may have
        max_paths, max_queries : the most paths that are explored, and questions to a solver for each block of cases
        max_examples, samples, seed : the most cases that a search judges, the draws of a sample, and the seed of both
        domain : `kind`, `agents`, `values` and the other keys of the [domain] table

        Returns
        -------
        The claim's entry in the certificate. The certificate's path is the test's property "certificate" (JUnit).
        """
        from verifier.engines.base import LIMITS
        from verifier.errors import VerifierError
        from verifier.library import certify

        try:
            certificate: Mapping[str, Any] = certify(
                self._path_or_object(mechanism),
                prop,
                expect=expect,
                engine=engine,
                tolerance=tolerance,
                subject=subject,
                budget=budget or LIMITS.profiles,
                max_paths=max_paths or LIMITS.paths,
                max_queries=LIMITS.queries if max_queries is None else max_queries,
                max_examples=max_examples or LIMITS.examples,
                samples=samples or LIMITS.samples,
                seed=seed,
                workers=1,
                name=self._name(prop),
                **domain,
            )
        except VerifierError as error:
            pytest.fail(str(error), pytrace=False)
        if certificate["interrupted"]:
            raise KeyboardInterrupt  # the audit caught it; the test run must stop all the same
        file = self._kept(certificate)
        entry: dict[str, Any] = certificate["claims"][0]
        if not entry["met"]:
            pytest.fail("\n".join(_complaint(certificate, file)), pytrace=False)
        return entry

    def _path_or_object(self, mechanism: str | Callable[..., object]) -> str | Callable[..., object]:
        """Something of a package by its path, to run in fresh processes too; what a test module defines as it is.

        A fresh process need not find a test module: it may have no place on the import path.
        """
        from verifier.library import path_of

        if isinstance(mechanism, str):
            return mechanism
        home = getattr(mechanism, "__module__", None) or ""
        own = getattr(getattr(self._request, "module", None), "__name__", None)
        return mechanism if home == own or home.rpartition(".")[2] == "conftest" else path_of(mechanism)

    def _name(self, prop: str) -> str:
        """A file name that no other claim of the run has, on whatever worker, and that the next run gives again."""
        self._made += 1
        node = self._request.node.nodeid
        digest = hashlib.sha256(f"{node}\n{self._made}".encode()).hexdigest()[:10]
        readable = re.sub(r"\W+", "-", node.rpartition("::")[2], flags=re.ASCII).strip("-")[:60]
        return f"{readable}-{re.sub(r'[^a-z-]', '', prop)}-{digest}"

    def _kept(self, certificate: Mapping[str, Any]) -> Path:
        """Write the certificate and say where it is."""
        from verifier.certificate import write

        file = self._directory / f"{certificate['name']}.json"
        write(certificate, file)
        # what record_property does, without its warning about JUnit families
        self._request.node.user_properties.append(("certificate", str(file)))
        return file


@pytest.fixture
def verify_claim(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> VerifyClaim:
    """Decide a claim about a mechanism: verify_claim("package.module:function", "dsic", kind=..., agents=..., ...)."""
    chosen = request.config.getoption("verify_output")
    directory = Path(chosen).resolve() if chosen else tmp_path_factory.getbasetemp() / "certificates"
    return VerifyClaim(request, directory)


def _complaint(certificate: Mapping[str, Any], file: Path) -> list[str]:
    """Why the test fails, line by line: the verdict in words, the witness worked by hand, the command to repeat it."""
    from verifier.reporting import words
    from verifier.reporting.reading import read
    from verifier.reporting.worked import lines, work

    report = read(certificate)
    (claim,) = report.claims
    call = report.subject["call"]
    text = [f"{claim.property} of {call} is {claim.verdict} where {claim.expect} is expected"]
    text.append(words.verdict(report, claim))
    if claim.witness is None:
        return [*text, f"Certificate: {file}"]
    text += ["", *lines(work(claim.property, report.domain, claim.witness)), ""]
    return [*text, f"Replay: verify replay {shlex.quote(str(file))}#{claim.id}{_source(call.partition(':')[0])}"]


def _source(module: str) -> str:
    """The option that says where the mechanism lies, unless it is where `verify` looks anyway."""
    from verifier.adapters.source import package_root

    file = getattr(sys.modules.get(module), "__file__", None)
    if not file:
        return ""
    root = package_root(Path(file), module)
    return "" if root == Path.cwd() else f" --source {shlex.quote(str(root))}"
