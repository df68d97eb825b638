"""What an isolated subject may use, and how a process takes these limits upon itself before it loads the subject.

Method   setrlimit for processor time, memory, file size, open files and processes; unshare for a user, a process, a
         network and an IPC namespace of its own; a private directory for files; a minimal environment.
         Inside the user namespace nobody can raise a hard limit again; inside the process namespace nobody can see,
         let alone signal, a process outside; when its first process ends the kernel ends all others, a fork bomb's too.
Gaps     The limit on processes does not bind root, the limit on memory holds for each process by itself, and the file
         system is the one that all share (only the rights of the user protect it). Where the platform refuses a
         namespace, `Granted` says so and the certificate repeats it.
Source   getrlimit(2), unshare(2), pid_namespaces(7), user_namespaces(7).
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

_NEWIPC, _NEWUSER, _NEWPID, _NEWNET = 0x08000000, 0x10000000, 0x20000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4
_MIB = 2**20


@dataclass(frozen=True, slots=True)
class Isolation:
    """Limits on a batch of profiles, which one process runs. Half of a limit on time is kept for the last profile.

    Attributes
    ----------
    cpu_seconds : processor time of a process
    wall_seconds : time that may pass, waiting included
    memory : bytes that a process may allocate
    file_size : bytes of a file that it writes
    open_files, processes : how many at a time; the latter does not bind root
    output_bytes : of all replies, and of all that is printed
    network : whether the subject may use it
    """

    cpu_seconds: int = 5
    wall_seconds: int = 10
    memory: int = 2048 * _MIB
    file_size: int = 16 * _MIB
    open_files: int = 256
    processes: int = 256
    output_bytes: int = 16 * _MIB
    network: bool = False

    def to_json(self) -> dict[str, object]:
        """The limits as the certificate holds them."""
        return {
            "cpu_seconds": self.cpu_seconds,
            "wall_seconds": self.wall_seconds,
            "memory": self.memory,
            "file_size": self.file_size,
            "open_files": self.open_files,
            "processes_limit": self.processes,
            "output_bytes": self.output_bytes,
        }


ISOLATION = Isolation()  # unless told


@dataclass(frozen=True, slots=True)
class Granted:
    """Which walls the platform has put up: "namespace" or "not isolated" each, the network also "allowed"."""

    network: str = "not isolated"
    processes: str = "not isolated"


def enter_namespaces(isolation: Isolation) -> Granted:
    """Give this process as many namespaces of its own as the platform allows; its next child is the first in them."""
    uid, gid = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    for user, pid, net in product((_NEWUSER, 0), (_NEWPID, 0), ((0,) if isolation.network else (_NEWNET, 0))):
        if not (user or pid or net) or libc.unshare(user | pid | net | _NEWIPC):
            continue
        if user:
            for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
                Path(f"/proc/self/{name}").write_text(text)
        network = "allowed" if isolation.network else "namespace" if net else "not isolated"
        return Granted(network, "namespace" if pid else "not isolated")
    return Granted("allowed" if isolation.network else "not isolated")


def limits_of(isolation: Isolation, *, program: bool = False) -> Iterator[tuple[int, int, int]]:
    """Resource, soft and hard limit.

    A `program` of another language may reserve more addresses than it has memory (V8 does): there only what it can
    write to counts.
    """
    yield (
        resource.RLIMIT_CPU,
        isolation.cpu_seconds,
        isolation.cpu_seconds + 1,
    )  # who ignores the first signal is killed
    yield resource.RLIMIT_DATA, isolation.memory, isolation.memory
    if not program:
        yield resource.RLIMIT_AS, isolation.memory, isolation.memory
    yield resource.RLIMIT_FSIZE, isolation.file_size, isolation.file_size
    yield resource.RLIMIT_NOFILE, isolation.open_files, isolation.open_files
    yield resource.RLIMIT_NPROC, isolation.processes, isolation.processes
    yield resource.RLIMIT_CORE, 0, 0


def take_limits(isolation: Isolation, *, program: bool = False) -> None:
    """Bind this process and all its offspring; no limit that holds already is raised."""
    for kind, soft, hard in limits_of(isolation, program=program):
        held = resource.getrlimit(kind)[1]
        most = hard if held == resource.RLIM_INFINITY else min(hard, held)
        resource.setrlimit(kind, (min(soft, most), most))


def die_with_parent() -> None:
    """Let the kernel kill this process when its parent ends."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def allow_tracing(allowed: bool) -> None:
    """Whether processes of the same user may look into this one: a subject could take over its guardian that way."""
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, int(allowed))


def environment(hash_seed: str, directory: str | None = None) -> dict[str, str]:
    """All that an isolated process learns from its environment; `directory` is home and place for temporary files."""
    home = {} if directory is None else {"HOME": directory, "TMPDIR": directory}
    threads = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
    path = os.environ.get("PATH", os.defpath)
    return (
        {"PATH": path, "LANG": "C.UTF-8", "PYTHONHASHSEED": hash_seed, "PYTHONDONTWRITEBYTECODE": "1"} | threads | home
    )


def ended(signal_number: int, cpu_seconds: float, isolation: Isolation) -> str:
    """How a process that a signal ended broke its limits, in words."""
    if signal_number == signal.SIGXCPU or (signal_number == signal.SIGKILL and cpu_seconds >= isolation.cpu_seconds):
        return f"used more than {isolation.cpu_seconds} s of processor time"
    if signal_number == signal.SIGXFSZ:
        return f"wrote a file of more than {mebibytes(isolation.file_size)}"
    try:
        words = f"{signal.Signals(signal_number).name}, {signal.strsignal(signal_number)}"
    except ValueError:
        words = "of no name"
    return f"ended by signal {signal_number} ({words})"


def mebibytes(count: int) -> str:
    """A number of bytes in words."""
    return f"{count // _MIB} MiB" if count >= _MIB else f"{count} bytes"
