"""`exec:PROGRAM ARGS`: a mechanism in any language, one JSON profile per line in, one JSON outcome per line out.

In       {"bids": [...], "agents": [...]}, an amount as a JSON integer where it is whole, else as a text: "0.1" where
         its decimal ends, "1/3" where it does not. `bids` follow the order of `agents`; a type of several coordinates
         is a list; with bids = "dict" they are an object by name.
Out      what `[subject.returns]` describes; unless told {"allocation": [...], "payments": [...]} or a pair of lists.
         Amounts as JSON numbers, 0.1 taken as the decimal 1/10 that is written and not as a double, or as texts like
         those above. NaN and Infinity are refused.
Scripts  With speaks = "argv", "stdin" or "prompts" in [subject] it is started anew for every profile: with the amounts
         as arguments, with one line of JSON as above and the end of its input, or with one amount per line, as a person
         would answer its prompts. The last line that it writes has the outcome, from its first bracket on, so that
         prompts and talk may stand before it; another exit code than 0 is a crash.
Method   The program is started for a batch, gets all lines, then the end of its input, and has to write as many lines
         and end. Where it writes more, nobody can tell which line is whose: the whole batch is a fault. Where it writes
         fewer, the first profile without an answer is to blame, and the rest are asked again from a new start.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import selectors
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from verifier.adapters.faults import Answer, ProtocolFault, worded
from verifier.adapters.limits import ISOLATION, ended
from verifier.domains import Domain, Outcome, Profile
from verifier.errors import MoneyError, SubjectError
from verifier.exact import Money, money
from verifier.spec import SubjectSpec

PREFIX = "exec:"
LONGEST_LINE = 2**20  # bytes of an outcome
MOST_DEATHS = 3  # of the program in one batch; then the rest is refused
BATCH = 4096  # profiles of one start
MOST_LINES = 10_000  # that a script may write
_AMOUNT = re.compile(r"[+-]?[0-9]+(/[0-9]+|\.[0-9]+)?")


def is_program(call: str) -> bool:
    """Whether `call` of a subject table names a program."""
    return call.startswith(PREFIX)


def command_of(call: str) -> list[str]:
    """The words of the command; a file that is named is made absolute, since the program runs elsewhere."""
    try:
        words = shlex.split(call.removeprefix(PREFIX))
    except ValueError as error:
        raise SubjectError(f"{call!r}: {error}; quote it as a shell would need it") from error
    if not words:
        raise SubjectError(f"{call!r} names no program; write exec:PROGRAM ARGS")
    return words


def files_of(call: str, root: str | None) -> dict[str, Path]:
    """The words of the command that name files, and the files: relative to `root`, else to the current directory."""
    named = {word: Path(root or ".", word).resolve() for word in command_of(call)}
    return {word: path for word, path in named.items() if path.is_file()}


def program_digests(call: str, root: str | None) -> dict[str, str]:
    """sha256 by name for every file that the command names."""
    files = files_of(call, root)
    return {word: hashlib.sha256(path.read_bytes()).hexdigest() for word, path in sorted(files.items())}


class Program:
    """The mechanism behind a command, in the place of a callable; it is asked in batches."""

    def __init__(self, spec: SubjectSpec) -> None:
        self._spec = spec
        files = files_of(spec.call, spec.root)
        words = command_of(spec.call)
        found = shutil.which(words[0]) if words[0] not in files else str(files[words[0]])
        if found is None:
            raise SubjectError(f"{spec.call!r}: there is no program {words[0]!r} here; install it or give its path")
        self._command = [found, *(str(files.get(word, word)) for word in words[1:])]

    def __call__(self, *bids: object) -> object:
        raise SubjectError("a program is asked in batches; use observe or observe_many of its subject")

    def answers(
        self,
        domain: Domain,
        profiles: Sequence[Profile],
        offer: Callable[[Profile], object],
        read: Callable[[object], Outcome],
    ) -> Iterator[Answer]:
        """The answers at the profiles, in order."""
        if self._spec.speaks != "lines":
            yield from self._one_by_one(domain, profiles, offer, read)
            return
        deaths, complaint = 0, ""
        batch = profiles
        while batch:
            if deaths >= MOST_DEATHS:
                yield from (("crash", f"not run: the program failed {deaths} times, last: {complaint}") for _ in batch)
                return
            lines, complaint = self._run([_line(domain, offer(profile)) for profile in batch])
            if len(lines) > len(batch):
                text = f"wrote more lines than profiles ({len(batch)}), so none is surely the answer to one"
                yield from (("protocol", text) for _ in batch)
                return
            yield from (self._read(line, read) for line in lines)
            batch = batch[len(lines) :]
            if batch:
                deaths += 1
                yield ("crash", complaint)
                batch = batch[1:]

    def _one_by_one(
        self,
        domain: Domain,
        profiles: Sequence[Profile],
        offer: Callable[[Profile], object],
        read: Callable[[object], Outcome],
    ) -> Iterator[Answer]:
        """The answers of a script, which is started for every profile."""
        for profile in profiles:
            bids = offer(profile)
            words, text = [], b""
            if self._spec.speaks == "argv":
                words = list(_amounts(bids))
            elif self._spec.speaks == "stdin":
                text = _line(domain, bids)
            else:
                text = "".join(f"{amount}\n" for amount in _amounts(bids)).encode()
            lines, complaint, code = self._start([*self._command, *words], text, MOST_LINES)
            said = [line for line in lines if line.strip()]
            if code != 0 or not said:
                yield "crash", complaint if code != 0 else "wrote nothing"
                continue
            starts = [at for bracket in (b"{", b"[") if (at := said[-1].find(bracket)) >= 0]
            yield self._read(said[-1][min(starts, default=0) :], read)

    def _read(self, line: bytes, read: Callable[[object], Outcome]) -> Answer:
        try:
            found = _exactly(json.loads(line, parse_float=money, parse_constant=_refuse))
        except (ValueError, RecursionError) as error:
            return "protocol", f"wrote {_excerpt(line)}, which is no outcome in JSON: {worded(error)}"
        paths = self._spec.returns.allocation, self._spec.returns.payments
        if paths == ("0", "1") and isinstance(found, dict) and {"allocation", "payments"} <= found.keys():
            found = (found["allocation"], found["payments"])
        try:
            return read(found)
        except ProtocolFault as fault:
            return fault.kind, fault.message

    def _run(self, lines: Sequence[bytes]) -> tuple[list[bytes], str]:
        """Start the program on the lines: what it wrote, at most one line too many, and why it wrote no more."""
        written, complaint, _ = self._start(self._command, b"".join(lines), len(lines))
        return written, f"{complaint} after {len(written)} of {len(lines)} lines" if complaint else ""

    def _start(self, command: list[str], text: bytes, most: int) -> tuple[list[bytes], str, int | None]:
        """Start a command: the lines that it wrote, how it ended, and its exit code, None where it did not end."""
        try:
            child = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, start_new_session=True
            )
        except OSError as error:
            return [], f"does not start: {worded(error)}", None
        try:
            written, complaint = _converse(child, text, most)
            if complaint is not None:
                return written, complaint, None
            code = child.wait()
            return written, ended(-code, 0, ISOLATION) if code < 0 else f"ended with exit code {code}", code
        finally:
            child.kill()
            for stream in (child.stdin, child.stdout):
                if stream is not None:
                    stream.close()
            child.wait()


def _converse(child: subprocess.Popen[bytes], text: bytes, most: int) -> tuple[list[bytes], str | None]:
    """Write and read at the same time, so that neither side waits for the other; complete lines, and a complaint."""
    if child.stdin is None or child.stdout is None:
        raise AssertionError("started with pipes")
    waiting, held, lines = memoryview(text), bytearray(), list[bytes]()
    deadline = time.monotonic() + ISOLATION.wall_seconds
    with selectors.DefaultSelector() as ready:
        os.set_blocking(child.stdin.fileno(), False)
        ready.register(child.stdin, selectors.EVENT_WRITE)
        ready.register(child.stdout, selectors.EVENT_READ)
        while True:
            left = deadline - time.monotonic()
            events = ready.select(left) if left > 0 else []
            if not events:
                return lines, f"wrote nothing for {ISOLATION.wall_seconds} s"
            for key, _ in events:
                if key.fileobj is child.stdin:
                    try:
                        waiting = waiting[os.write(child.stdin.fileno(), waiting[:65_536]) :]
                    except BrokenPipeError:
                        waiting = waiting[:0]
                    if not waiting:
                        ready.unregister(child.stdin)
                        child.stdin.close()
                    continue
                piece = os.read(child.stdout.fileno(), 65_536)
                if not piece:
                    if held.strip():  # the last line may lack its end
                        lines.append(bytes(held))
                    return lines, None
                deadline = time.monotonic() + ISOLATION.wall_seconds
                held += piece
                *whole, rest = held.split(b"\n")
                held = bytearray(rest)
                lines += map(bytes, whole)
                if len(lines) > most:
                    return lines, None
                if len(held) > LONGEST_LINE:
                    return lines, f"wrote a line of more than {LONGEST_LINE:,} bytes"


def _line(domain: Domain, bids: object) -> bytes:
    return json.dumps({"bids": _plainly(bids), "agents": list(domain.agents)}, separators=(",", ":")).encode() + b"\n"


def _amounts(bids: object) -> Iterator[str]:
    """All amounts of the bids as texts, in their order."""
    if isinstance(bids, dict | list | tuple):
        for inner in bids.values() if isinstance(bids, dict) else bids:
            yield from _amounts(inner)
    else:
        yield str(_plainly(bids))


def _plainly(bids: object) -> object:
    if isinstance(bids, dict):
        return {name: _plainly(bid) for name, bid in bids.items()}
    if isinstance(bids, list | tuple):
        return [_plainly(bid) for bid in bids]
    return decimal_text(bids) if isinstance(bids, Fraction) else bids


def decimal_text(amount: Money) -> int | str:
    """An integer as it is, a decimal that ends as such ("0.1"), any other amount as a quotient ("1/3")."""
    if amount.denominator == 1:
        return amount.numerator
    rest, places = amount.denominator, 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest, count = rest // prime, count + 1
        places = max(places, count)
    if rest > 1:
        return f"{amount.numerator}/{amount.denominator}"
    digits = str(abs(amount.numerator) * 10**places // amount.denominator).rjust(places + 1, "0")
    return f"{'-' if amount < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def _exactly(found: object) -> object:
    """Texts that are amounts become amounts; everything else stays."""
    if isinstance(found, str) and _AMOUNT.fullmatch(found):
        return money(found)
    if isinstance(found, list):
        return [_exactly(item) for item in found]
    if isinstance(found, dict):
        return {name: _exactly(item) for name, item in found.items()}
    return found


def _refuse(constant: str) -> object:
    raise MoneyError(f"{constant} is not a finite number")


def _excerpt(line: bytes, most: int = 60) -> str:
    text = line.decode(errors="replace")
    return repr(text if len(text) <= most else f"{text[:most]}...")
