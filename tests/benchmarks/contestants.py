"""One measurement in this process: `python contestants.py NAME TYPES AGENTS` prints one JSON object.

The clock starts after the imports and stops at the verdict: building the setting, running the plain mechanism on every
profile and deciding DSIC all count. Memory is the peak of this process, `baseline` the peak after the imports.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path

from plain_auction import second_price


def peak_kib() -> int:
    """Peak resident memory of this program alone, in KiB (`ru_maxrss` would survive exec and show the parent's)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


def prepare_mechaudit(types: int, agents: int) -> Callable[[], bool]:
    """PyPI mechaudit on the same question, by its cheapest door: arrays filled by one call per profile."""
    import numpy as np
    from mechaudit import DSIC, DirectMechanism, FiniteEnvironment, PrivateValues

    def decide() -> bool:
        names = [f"bidder {agent + 1}" for agent in range(agents)]
        environment = FiniteEnvironment(
            agents={name: range(types) for name in names},
            outcomes=["nobody", *names],
            values=PrivateValues(lambda agent, own, outcome: float(own) if outcome == agent else 0.0),
        )
        allocation = np.zeros((types**agents, agents + 1))
        payments = np.zeros((types**agents, agents))
        for row, bids in enumerate(product(range(types), repeat=agents)):
            won, paid = second_price(bids)
            allocation[row, won.index(1) + 1] = 1.0
            payments[row] = paid
        mechanism = DirectMechanism.from_arrays(allocation, payments, environment=environment)
        report = environment.audit(mechanism, requirements=(DSIC(),))
        return bool(report.ic.passed)

    return decide


def prepare_ours(types: int, agents: int) -> Callable[[], bool]:
    """Our package by its public road: a spec, the adapters, the exhaustive engine, a sealed certificate."""
    from verifier.audit import ENGINES, Finished, audit
    from verifier.properties import PROPERTIES
    from verifier.spec import parse_spec

    table = {
        "title": "Second-price auction",
        "subject": {"call": "plain_auction:second_price"},
        "domain": {"kind": "single-item", "agents": agents, "values": f"0..{types - 1}"},
        "claim": [{"property": "dsic"}],
    }

    def decide() -> bool:
        spec = parse_spec(table, name="benchmark", properties=PROPERTIES, engines=ENGINES)
        last = list(audit(spec))[-1]
        assert isinstance(last, Finished)
        return bool(last.certificate["claims"][0]["verdict"] == "EXHAUSTED")  # type: ignore[index]

    return decide


CONTESTANTS = {"ours": prepare_ours, "mechaudit": prepare_mechaudit}


def main() -> None:
    name, types, agents = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    decide = CONTESTANTS[name](types, agents)
    baseline = peak_kib()
    start = time.perf_counter()
    truthful = decide()
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "peak": peak_kib(), "baseline": baseline, "truthful": truthful}))


if __name__ == "__main__":
    main()
