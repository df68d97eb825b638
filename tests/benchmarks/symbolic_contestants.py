"""One measurement in this process: `python symbolic_contestants.py NAME AUCTION AGENTS FILE` prints one JSON object.

The clock starts after the imports (both sides use z3) and stops at the verdict. It counts processor seconds, those of
child processes included, so that a busy machine does not blur the comparison. FILE is where the certificate goes or is.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path

BUDGET = {"second_price": 3600.0, "vcg": 120.0}  # processor seconds for one contract; enough to be exhaustive, or not

Decide = Callable[[], str]


def processor_seconds() -> float:
    """What this process and those that it waited for have used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def prepare_crosshair(auction: str, agents: int, file: Path) -> Decide:
    """PyPI crosshair-tool: what `crosshair check --analysis_kind=PEP316 --per_condition_timeout=...` runs."""
    import crosshair_contracts
    from crosshair.core_and_libs import analyze_function, run_checkables
    from crosshair.options import AnalysisKind, AnalysisOptionSet

    seconds = BUDGET[auction]
    options = AnalysisOptionSet(
        analysis_kind=[AnalysisKind.PEP316],
        per_condition_timeout=seconds,
        per_path_timeout=seconds,  # its default, the square root of the budget, could give up a path early
        report_all=True,
    )

    def decide() -> str:
        contract = getattr(crosshair_contracts, f"{auction}_{agents}")
        (message,) = run_checkables(analyze_function(contract, options))
        return str(message.state.value)

    return decide


def table(auction: str, agents: int) -> dict[str, object]:
    """The claims file of our side."""
    domain: dict[str, object] = {"kind": "single-item", "agents": agents, "values": "0..1"}
    subject: dict[str, object] = {"call": "plain_auction:second_price"}
    if auction == "vcg":
        domain |= {"kind": "combinatorial", "goods": 2}
        subject = {"call": "plain_vcg:vcg", "arguments": {"goods": 2}}
    return {
        "title": f"{auction} with {agents} bidders",
        "subject": subject,
        "domain": domain,
        "claim": [{"property": "dsic", "engine": "symbolic", "expect": "PROVED"}],
    }


def prepare_proof(auction: str, agents: int, file: Path) -> Decide:
    """Our engine alone: load, explore, run every path again on numbers, prove for all agents, seal the proof."""
    import z3  # noqa: F401

    from verifier import certificate
    from verifier.adapters import load
    from verifier.audit import ENGINES, claim_entry
    from verifier.engines.symbolic import SymbolicSession
    from verifier.properties import PROPERTIES
    from verifier.spec import parse_spec

    def decide() -> str:
        spec = parse_spec(table(auction, agents), name="benchmark", properties=PROPERTIES, engines=ENGINES)
        session = SymbolicSession(load(spec.subject, spec.domain), importable=False)
        deciding = session.decide(PROPERTIES["dsic"], 0)
        while True:
            try:
                next(deciding)
            except StopIteration as end:
                entry = claim_entry(spec.claims[0], end.value)
                break
        certificate.write(certificate.seal({"exploration": session.method(), "claims": [entry]}), file)
        return str(entry["verdict"])

    return decide


def prepare_audit(auction: str, agents: int, file: Path) -> Decide:
    """Our package by its public road: the proof, the grid, fresh processes, the whole certificate."""
    import numpy as np  # noqa: F401
    import z3  # noqa: F401

    from verifier import certificate
    from verifier.audit import ENGINES, Finished, audit
    from verifier.properties import PROPERTIES
    from verifier.spec import parse_spec

    def decide() -> str:
        spec = parse_spec(table(auction, agents), name="benchmark", properties=PROPERTIES, engines=ENGINES)
        last = list(audit(spec))[-1]
        assert isinstance(last, Finished)
        certificate.write(last.certificate, file)
        return str(last.certificate["claims"][0]["verdict"])  # type: ignore[index]

    return decide


def prepare_check(auction: str, agents: int, file: Path) -> Decide:
    """The independent checker on the certificate of `audit`."""
    from contextlib import redirect_stdout
    from io import StringIO

    from verifier import checker

    def decide() -> str:
        with redirect_stdout(StringIO()):
            code = checker.main([str(file), "--source", str(Path(__file__).resolve().parent)])
        return "CONFIRMED" if code == 0 else "not confirmed"

    return decide


CONTESTANTS = {
    "proof": prepare_proof,
    "audit": prepare_audit,
    "check": prepare_check,
    "crosshair": prepare_crosshair,
}


def main() -> None:
    name, auction, agents, file = sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4])
    decide = CONTESTANTS[name](auction, agents, file)
    start = processor_seconds()
    verdict = decide()
    print(json.dumps({"seconds": processor_seconds() - start, "verdict": verdict}))


if __name__ == "__main__":
    main()
