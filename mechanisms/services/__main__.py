"""`python -m mechanisms.services`: the service on this machine, until Ctrl-C."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from mechanisms.services.ledger import Ledger
from mechanisms.services.orchestrator import Terms
from mechanisms.services.registry import OPERATOR, Registry


def main() -> None:
    """Serve; with --new, write keys for agents and an operator first."""
    parser = argparse.ArgumentParser(prog="python -m mechanisms.services", description=__doc__)
    parser.add_argument("--ledger", default="evidence.sqlite", help="file of the ledger; made where there is none")
    parser.add_argument("--agents", type=Path, default=Path("agents.json"), help="digests of keys by agent")
    parser.add_argument("--new", nargs="*", metavar="AGENT", help="make keys for these and print them, once")
    parser.add_argument("--port", type=int, default=8700)
    parser.add_argument("--host", default="127.0.0.1", help="who may connect: this machine alone unless told")
    parser.add_argument("--capacity", type=int, default=100_000, help="tokens for each window")
    parser.add_argument("--reserve", type=int, default=0, help="of these for requests between auctions")
    parser.add_argument("--window", type=int, default=60_000, help="ms")
    parser.add_argument("--credit", type=int, default=1_000_000, help="what an agent may owe")
    told = parser.parse_args()
    registry = Registry(json.loads(told.agents.read_text("utf-8")) if told.agents.exists() else {})
    if told.new is not None:
        for name in (*told.new, OPERATOR):
            sys.stdout.write(f"{name}: {registry.add(name)}\n")
        sys.stdout.flush()  # whoever waits for the keys through a pipe gets them before the service serves
        told.agents.write_text(json.dumps(registry.digests, indent=1) + "\n", encoding="utf-8")
    try:
        import uvicorn

        from mechanisms.services.http import service
    except ImportError as error:
        parser.exit(2, f"{error}; pip install 'mechanism-verifier[service]'\n")
    ledger = Ledger(told.ledger)
    terms = Terms(told.capacity, told.window, told.reserve, told.credit)
    try:
        uvicorn.run(service(ledger, terms, registry), host=told.host, port=told.port, log_level="warning")
    finally:
        ledger.close()


if __name__ == "__main__":
    main()
