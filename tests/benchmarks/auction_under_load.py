"""The token service under load: an open loop of requests over loopback, the ledger on the disk.

Requests leave on a schedule, whether or not earlier ones were answered, and latency counts from the time at which one
was due, so that a service that stalls cannot hide it (no coordinated omission). Prints a histogram and percentiles; the
goal is 1,000 requests a second for a minute with a 99th percentile below 10 ms. `--rate`, `--seconds` for others.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from verifier.ledger import check_ledger

STEPS = (1, 2, 3, 5, 7, 10, 20, 50, 100, 1_000)  # ms


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it: seconds from when each request was due, and how many were answered otherwise than 200."""

    latencies: list[float]
    refused: int

    def at(self, share: float) -> float:
        """A percentile, in ms."""
        return sorted(self.latencies)[min(len(self.latencies) - 1, int(share * len(self.latencies)))] * 1e3


async def open_loop(port: int, key: str, rate: int, seconds: float, connections: int = 50) -> Load:
    """Send requests on a schedule over connections that are kept."""
    waiting: asyncio.Queue[int] = asyncio.Queue()
    latencies: list[float] = []
    refused = 0
    total, began = int(rate * seconds), time.perf_counter() + 0.2

    async def connection() -> None:
        nonlocal refused
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (number := await waiting.get()) >= 0:
            body = json.dumps({"tokens": 1, "max_price": 9, "key": f"k{number}"}).encode()
            head = f"POST /requests HTTP/1.1\r\nHost: x\r\nX-Key: {key}\r\nContent-Type: application/json\r\n"
            writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            status = await reader.readline()
            length = 0
            while (line := await reader.readline()) != b"\r\n":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            await reader.readexactly(length)
            latencies.append(time.perf_counter() - (began + number / rate))
            refused += b" 200 " not in status
        writer.close()

    workers = [asyncio.create_task(connection()) for _ in range(connections)]
    for number in range(total):
        ahead = began + number / rate - time.perf_counter()
        if ahead > 0:
            await asyncio.sleep(ahead)
        waiting.put_nowait(number)
    for _ in workers:
        waiting.put_nowait(-1)
    await asyncio.gather(*workers)
    return Load(latencies, refused)


def asked(port: int, method: str, path: str, key: str = "") -> int:
    """The status of one request on a connection of its own."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as line:
        line.request(method, path, headers={"X-Key": key})
        return line.getresponse().status


def served(folder: Path, port: int) -> tuple[subprocess.Popen[bytes], dict[str, str]]:
    """A service of its own process, and the keys of its agents."""
    command = [sys.executable, "-m", "mechanisms.services", "--port", str(port), "--capacity", "10000000"]
    command += ["--reserve", "5000000", "--window", "3600000", "--credit", str(10**9), "--new", "ann"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE)
    assert process.stdout is not None
    lines = [process.stdout.readline().decode().split(": ") for _ in range(2)]
    for _ in range(200):
        try:
            if asked(port, "GET", "/health") == 200:
                break
        except OSError:
            time.sleep(0.05)
    return process, {name: key.strip() for name, key in lines}


def loaded(rate: int, seconds: float, port: int = 8765) -> tuple[Load, int, str | None]:
    """The load, how many entries the ledger has after it, and what is wrong with it."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        process, keys = served(folder, port)
        try:
            assert asked(port, "POST", "/auctions", keys["operator"]) == 200
            found = asyncio.run(open_loop(port, keys["ann"], rate, seconds))
        finally:
            process.terminate()
            process.communicate()
        report = check_ledger(folder / "evidence.sqlite")
        return found, report.entries, report.problem


def main() -> None:
    """Run it and print the histogram."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=60)
    told = parser.parse_args()
    found, entries, problem = loaded(told.rate, told.seconds)
    count = len(found.latencies)
    print(f"{count:,} requests at {told.rate:,}/s, {found.refused} refused")
    print(f"ledger of {entries:,} entries: {problem or 'the chain is whole'}")
    below = 0
    for step in STEPS:
        now = sum(latency * 1e3 < step for latency in found.latencies)
        print(f"  below {step:>5} ms  {now - below:>7,}  {'#' * round(50 * (now - below) / count)}")
        below = now
    print(f"p50 {found.at(0.5):.2f} ms, p99 {found.at(0.99):.2f} ms, p99.9 {found.at(0.999):.2f} ms")


if __name__ == "__main__":
    main()
