"""Processes that die, disks that fill up, clocks that run back, requests that come twice and in another order.

Whatever happens: what was acknowledged is there, nothing is granted or charged twice, and the ledger verifies.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mechanisms.services.billing import Billing
from mechanisms.services.ledger import Ledger
from verifier.ledger import check_ledger

AUCTIONS, DEATHS = 1_000, 12
WORKER = """
import random, sys, threading
from concurrent.futures import ThreadPoolExecutor

from mechanisms.services.billing import Billing
from mechanisms.services.group_commit import GroupCommit
from mechanisms.services.ledger import Ledger

file, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
ledger = Ledger(file)
billing = Billing(ledger)
for name, credit in (("treasury", 0), ("agent", 10**9)):
    billing.open(name, time=0, credit=credit)
group = GroupCommit(ledger)
order = list(range(count))
random.Random(seed).shuffle(order)
said = threading.Lock()


def settle(number):
    def work():
        clock = random.Random(number * 31 + seed).randrange(10**6)  # runs back as often as not
        billing.transfer([("agent", -number), ("treasury", number)], time=clock, key=f"charge {number}")
        return ledger.append("grant", {"auction": number, "tokens": number}, time=clock, key=f"grant {number}")

    group.submit(work).result()
    with said:
        print(number, flush=True)


with ThreadPoolExecutor(16) as pool:
    list(pool.map(settle, order))
group.close()
ledger.close()
print("done", flush=True)
"""


def settled(file):
    """Auctions with a grant, and with a charge, from the entries themselves."""
    ledger = Ledger(file)
    entries = list(ledger.entries())
    balances = [Billing(ledger).balance(name) for name in ("agent", "treasury")]
    ledger.close()
    grants = [entry.body["auction"] for entry in entries if entry.kind == "grant"]
    charges = [entry.body["postings"][1][1] for entry in entries if entry.kind == "transfer"]
    return grants, charges, balances


def test_a_service_that_is_killed_again_and_again_grants_and_charges_once(tmp_path: Path) -> None:
    """Kill -9 at random moments of 1,000 concurrent auctions, each in another order; requests come again after it."""
    file, draws, acknowledged, deaths = tmp_path / "evidence.sqlite", random.Random(8), set[int](), 0
    for attempt in range(100):
        command = [sys.executable, "-c", WORKER, str(file), str(attempt), str(AUCTIONS)]
        worker = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert worker.stdout is not None
        patience = draws.randrange(1, 150) if deaths < DEATHS else AUCTIONS + 2
        over = False
        for lines, line in enumerate(worker.stdout, 1):
            over = line == "done\n"
            if not over:
                acknowledged.add(int(line))
            if lines == patience:
                os.kill(worker.pid, signal.SIGKILL)
                break
        worker.stdout.close()
        worker.wait()
        if over:
            break
        deaths += 1
        found = check_ledger(file)
        assert found.problem is None, found
        grants, charges, _ = settled(file)
        assert acknowledged <= set(grants)
        assert sorted(grants) == sorted(charges)  # never one without the other
    assert deaths == DEATHS
    grants, charges, balances = settled(file)
    assert sorted(grants) == list(range(AUCTIONS)) == sorted(charges)
    assert balances == [-sum(range(AUCTIONS)), sum(range(AUCTIONS))]
    assert check_ledger(file).problem is None
    print(f"{AUCTIONS} auctions, killed {deaths} times: {len(grants)} grants and charges, each once")


FULL = """
import resource, signal, sys

from mechanisms.services.ledger import Ledger, LedgerError

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
ledger = Ledger(sys.argv[1])
ledger.append("note", {"n": -1}, time=0)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
written, refused = 0, None
for number in range(5_000):
    try:
        ledger.append("note", {"n": number, "text": "x" * 200}, time=number)
        written += 1
    except LedgerError as error:
        refused = error
        break
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
ledger.append("note", {"n": "after"}, time=10**9)
print(written, refused is not None, len(list(ledger.entries())))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="limits on the size of files are those of POSIX")
def test_a_full_disk_refuses_what_it_cannot_take_and_loses_nothing(tmp_path: Path) -> None:
    file = tmp_path / "evidence.sqlite"
    done = subprocess.run([sys.executable, "-c", FULL, str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    written, refused, there = done.stdout.split()
    assert refused == "True"
    assert int(there) == int(written) + 2
    assert check_ledger(file).problem is None
    print(f"{written} entries before the disk was full, and one after there was space again")
