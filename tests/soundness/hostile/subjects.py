"""Second-price auctions that attack whoever runs them. Each does its mischief when agent 0 bids 1, or at once."""

from __future__ import annotations

import atexit
import builtins
import contextlib
import ctypes
import gc
import inspect
import itertools
import json
import mmap
import os
import random
import resource
import signal
import socket
import sys
import tempfile
import threading
import time
from fractions import Fraction
from pathlib import Path

MIB = 2**20


def honest(bids):
    """Second price, ties to the first."""
    winner = max(range(len(bids)), key=lambda agent: (bids[agent], -agent))
    price = max((bid for agent, bid in enumerate(bids) if agent != winner), default=0)
    shares = [int(agent == winner) for agent in range(len(bids))]
    return shares, [price * share for share in shares]


def pay_as_bid(bids):
    shares, _ = honest(bids)
    return shares, [bid * share for bid, share in zip(bids, shares, strict=True)]


def loops_once(bids):
    while bids[0] == 1:
        pass
    return honest(bids)


def loops(bids):
    while True:
        pass


def loops_deaf(bids):
    for number in (signal.SIGXCPU, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    while True:
        pass


def sleeps(bids):
    while True:
        time.sleep(60)


def allocates(bids):
    return honest(bids), bytearray(10 * 1024 * MIB)


def maps(bids):
    return honest(bids), mmap.mmap(-1, 10 * 1024 * MIB)


def forks(bids):
    for _ in range(7):  # a bomb with a fuse, should the walls not hold
        with contextlib.suppress(OSError):
            os.fork()
    while True:
        time.sleep(60)


def leaves_a_daemon(bids):
    if os.fork() == 0:
        os.setsid()
        while True:
            time.sleep(60)
    return honest(bids)


def exits(bids):
    sys.exit(0)


def exits_at_once(bids):
    os._exit(0)


def exits_with_code(bids):
    os._exit(3)


def faults(bids):
    ctypes.string_at(0)


def kills_itself(bids):
    os.kill(os.getpid(), signal.SIGKILL)


def kills_its_parent(bids):
    os.kill(os.getppid(), signal.SIGKILL)
    return honest(bids)


def kills_everybody(bids):
    if os.getppid() == 1:  # never outside a namespace
        os.kill(-1, signal.SIGKILL)
    return honest(bids)


def kills_its_group(bids):
    if os.getppid() == 1:
        os.killpg(0, signal.SIGKILL)
    return honest(bids)


def prints(bids):
    print(json.dumps({"allocation": [0, 1], "payments": [0, 0]}), flush=True)
    return honest(bids)


def prints_for_ever(bids):
    while True:
        os.write(1, b"x" * 65_536)


def closes_everything(bids):
    os.closerange(0, 4096)
    return honest(bids)


def _channel():
    return max(int(file.name) for file in Path("/proc/self/fd").iterdir() if file.exists())


def forges_garbage(bids):
    os.write(_channel(), b"\xff" * 64)
    return honest(bids)


def forges_another_batch(bids):
    said = json.dumps({"batch": 10**6, "from": 0, "new": [], "at": []}).encode()
    os.write(_channel(), len(said).to_bytes(4, "big") + said)
    return honest(bids)


def forges_a_pickle(bids):
    said = b"cos\nsystem\n(S'touch /tmp/forged'\ntR."
    os.write(_channel(), len(said).to_bytes(4, "big") + said)
    return honest(bids)


def floods(bids):
    while True:
        os.write(_channel(), (2**24).to_bytes(4, "big") + b"[" * 2**16)


def patches_builtins(bids):
    builtins.sorted = builtins.max = builtins.min = builtins.sum = lambda *_, **__: 0
    builtins.isinstance = lambda *_: True
    return pay_plain(bids)


def pay_plain(bids):
    top = 0
    for agent in range(1, len(bids)):
        if bids[agent] > bids[top]:
            top = agent
    return [int(agent == top) for agent in range(len(bids))], [
        bids[agent] if agent == top else 0 for agent in range(len(bids))
    ]


def patches_verifier(bids):
    for name, module in list(sys.modules.items()):
        if name.startswith(("verifier.properties", "verifier.engines")):
            vars(module).clear()
    import verifier.evidence

    verifier.evidence.Verdict = None
    return pay_as_bid(bids)


def reads_the_stack(bids):
    judged = any("engines" in frame.filename or "exhaustive" in frame.filename for frame in inspect.stack())
    return honest(bids) if judged else pay_as_bid(bids)


def raises_base(bids):
    raise BaseException("not an Exception")


def interrupts(bids):
    raise KeyboardInterrupt


class Liar(int):
    def __eq__(self, other):
        return True

    def __lt__(self, other):
        return False

    __hash__ = int.__hash__

    def __index__(self):
        return 0

    def __repr__(self):
        return "0"


def lies_about_numbers(bids):
    shares, payments = pay_as_bid(bids)
    return shares, [Liar(payment) for payment in payments]


class Shifty(Fraction):
    """Another number at every look."""

    looks = itertools.count()

    @property
    def numerator(self):
        return next(self.looks)


def shifts(bids):
    shares, payments = honest(bids)
    return shares, [Shifty(payment) for payment in payments]


class LyingList(list):
    def __eq__(self, other):
        return True

    def __len__(self):
        return 2

    def __iter__(self):
        return itertools.repeat(0)


def iterates_for_ever(bids):
    return LyingList([1, 0]), LyingList([0, 0])


def generates_for_ever(bids):
    return itertools.count(), itertools.repeat(0)


CALLS = itertools.count()


def remembers(bids):
    return honest(bids) if next(CALLS) % 3 else pay_as_bid(bids)


def recurses(bids):
    return recurses(bids)


def recurses_deeper(bids):
    sys.setrecursionlimit(10**9)
    threading.stack_size(0)
    return json.loads("[" * 10**6)


def returns_the_huge(bids):
    return honest(bids)[0], [10 ** (10**5), 0]


def returns_nan(bids):
    return honest(bids)[0], [float("nan"), float("inf")]


def lingers(bids):
    threading.Thread(target=time.sleep, args=(600,)).start()
    return honest(bids)


def stays_after_the_end(bids):
    atexit.register(time.sleep, 600)
    return honest(bids)


def traces(bids):
    gc.disable()
    sys.settrace(lambda *_: None)
    sys.setprofile(lambda *_: None)
    return honest(bids)


def moves_away(bids):
    os.chdir("/")
    sys.path.clear()
    return honest(bids)


def opens_many(bids):
    held = []
    while True:
        held.append(open(os.devnull))  # noqa: SIM115, PTH123


def writes_a_huge_file(bids):
    with tempfile.TemporaryFile() as file:
        while True:
            file.write(b"x" * MIB)


def raises_its_limits(bids):
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)
    return honest(bids)


def calls_home(bids):
    with socket.create_connection(("192.0.2.1", 9), timeout=60):
        return honest(bids)


def gambles(bids):
    return honest(bids) if random.random() < 0.5 else pay_as_bid(bids)


def reads_the_clock(bids):
    return honest(bids)[0], [time.perf_counter_ns() % 1000, 0]


def leaves_notes(bids):
    notes = Path(tempfile.gettempdir(), "calls")
    before = notes.stat().st_size if notes.exists() else 0
    notes.write_text("x" * (before + 1))
    return honest(bids)[0], [before, 0]


def changes_its_bids(bids):
    bids[0] = 0
    return honest(bids)


def shouts(bids):
    raise ValueError("\ud800 \x00 \x1b[31m" + "x" * 10**6)
