"""What an isolated process says to its parent: frames of JSON, written there in good faith, read here in none.

Frame    4 bytes, the length; then {"batch": b, "from": i, "new": [answers], "at": [k, ...]}: the profiles from i on
         got the answers numbered k in the table of all answers so far. In its place once: {"unloadable": reason}.
Answer   [shares, payments]; {"draws": [[probability, shares, payments], ...]}; {"fault": [kind, message]}.
Amount   a JSON integer or "p/q"; null for no slot.

Trust    A subject can write to every descriptor of its process, so a reply may be forged, and nothing could tell: there
         is no secret that it cannot read. It need not: whatever it forges is an outcome that it gave, and a subject may
         give any. What a reply can not do is run code here (it is JSON, never a pickle), name a profile that was not
         asked, leave one out, answer for another batch, or grow without bound.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from typing import Protocol

from verifier.adapters.faults import Answer
from verifier.domains import Domain, Draw, Outcome, Share
from verifier.errors import DomainError, MoneyError
from verifier.exact import Money, money

LONGEST_MESSAGE = 400  # characters of a fault
_MOST_DRAWS = 100_000
_KINDS = ("crash", "protocol")


class Forged(Exception):
    """A reply that nobody who keeps to the format would send. Inside the adapters only."""


class Replies(Protocol):
    """Whoever reads what comes back: it knows when that is all."""

    @property
    def complete(self) -> bool:
        """Whether nothing more is awaited."""
        ...

    @property
    def unloadable(self) -> str | None:
        """Why the subject does not load, if it said so."""
        ...

    def take(self, data: bytes) -> list[Answer]:
        """The answers in the next bytes."""
        ...


class Writer:
    """Frames of one batch, written beside the subject; equal answers are written once."""

    def __init__(self, batch: int) -> None:
        self._batch = batch
        self._from = 0
        self._numbers: dict[object, int] = {}
        self._new: list[object] = []
        self._at: list[int] = []

    def add(self, answer: Answer) -> None:
        """The answer at the next profile."""
        key: object = answer
        if isinstance(answer, Outcome) and len(answer.draws) == 1:
            draw = answer.draws[0]
            key = (draw.shares, draw.payments)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._numbers)
            self._new.append(_written(answer))
        self._at.append(number)

    def frame(self) -> bytes:
        """Everything since the last frame."""
        said = {"batch": self._batch, "from": self._from, "new": self._new, "at": self._at}
        self._from += len(self._at)
        self._new, self._at = [], []
        return framed(said)


def framed(said: object) -> bytes:
    """The bytes of a frame."""
    text = json.dumps(said, separators=(",", ":")).encode()
    return len(text).to_bytes(4, "big") + text


def _written(answer: Answer) -> object:
    if not isinstance(answer, Outcome):
        return {"fault": [answer[0], answer[1][:LONGEST_MESSAGE]]}
    draws = [[_row(draw.shares), _row(draw.payments)] for draw in answer.draws]
    if len(draws) == 1:
        return draws[0]
    return {"draws": [[_amount(one.probability), *row] for one, row in zip(answer.draws, draws, strict=True)]}


def _row(amounts: Sequence[Share]) -> list[object]:
    return [_row(one) if isinstance(one, tuple) else None if one is None else _amount(one) for one in amounts]


def _amount(amount: Money) -> object:
    return amount if type(amount) is int else str(Fraction(amount.numerator, amount.denominator))


class Reader:
    """The parent's side: bytes in, answers out, Forged at whatever is not as it should be."""

    def __init__(self, domain: Domain, randomised: bool, batch: int, profiles: int, most: int) -> None:
        self._domain, self._randomised = domain, randomised
        self._batch, self._profiles, self._most = batch, profiles, most
        self._held = bytearray()
        self._seen = 0
        self._table: list[Answer] = []
        self.answered = 0
        self.loaded = False
        self.unloadable: str | None = None

    def expect(self, profiles: int) -> None:
        """So many profiles have been asked by now; an answer to another one is forged."""
        self._profiles = profiles

    @property
    def complete(self) -> bool:
        """Whether every profile of the batch has its answer."""
        return self.loaded and self.answered == self._profiles

    def take(self, data: bytes) -> list[Answer]:
        """Answers at the next profiles, in order."""
        self._seen += len(data)
        if self._seen > self._most:
            raise Forged(f"replied with more than {self._most:,} bytes")
        self._held += data
        answers: list[Answer] = []
        while len(self._held) >= 4:
            length = int.from_bytes(self._held[:4], "big")
            if length > self._most:
                raise Forged(f"announced a reply of {length:,} bytes")
            if len(self._held) < 4 + length:
                break
            text = bytes(self._held[4 : 4 + length])
            del self._held[: 4 + length]
            answers += self._frame(text)
        return answers

    def _frame(self, text: bytes) -> list[Answer]:
        try:
            said = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise Forged("replied with what is no JSON") from error
        if isinstance(said, dict) and said.keys() == {"unloadable"} and isinstance(said["unloadable"], str):
            if self.loaded:
                raise Forged("replied that it does not load after it had")
            self.unloadable = clean(said["unloadable"])
            return []
        if not isinstance(said, dict) or said.keys() != {"batch", "from", "new", "at"}:
            raise Forged("replied with a frame of another form")
        if type(said["from"]) is not int or (said["batch"], said["from"]) != (self._batch, self.answered):
            raise Forged("replied out of turn")
        new, at = said["new"], said["at"]
        if not isinstance(new, list) or not isinstance(at, list) or self.answered + len(at) > self._profiles:
            raise Forged("replied for profiles that it was not asked")
        self._table += map(self._answer, new)
        if at and (set(map(type, at)) != {int} or min(at) < 0 or max(at) >= len(self._table)):
            raise Forged("named an answer that it did not give")
        self.loaded = True
        self.answered += len(at)
        return [self._table[number] for number in at]

    def _answer(self, written: object) -> Answer:
        if isinstance(written, list):
            return Outcome((self._draw(1, written),))
        if isinstance(written, dict) and written.keys() == {"fault"}:
            match written["fault"]:
                case [str(kind), str(message)] if kind in _KINDS:
                    return kind, clean(message)
        elif isinstance(written, dict) and written.keys() == {"draws"} and self._randomised:
            draws = written["draws"]
            if isinstance(draws, list) and 0 < len(draws) <= _MOST_DRAWS and all(map(_is_row, draws)):
                lottery = tuple(self._draw(_read(row[0]), row[1:]) for row in draws if row)
                if all(one.probability > 0 for one in lottery) and sum(one.probability for one in lottery) == 1:
                    return Outcome(lottery)
        raise Forged("replied with an outcome of another form")

    def _draw(self, probability: Money, written: Sequence[object]) -> Draw:
        match written:
            case [list(shares), list(payments)] if len(shares) == len(payments) == len(self._domain.agents):
                found = tuple(map(_share, shares))
                try:
                    for share in found:
                        self._domain.consumption(share)
                except (DomainError, TypeError) as error:  # null where there are no slots
                    raise Forged("replied with a share that means nothing here") from error
                return Draw(probability, found, tuple(map(_read, payments)))
        raise Forged("replied with an outcome of another form")


def _share(written: object) -> Share:
    if isinstance(written, list):
        return tuple(map(_read, written))
    return None if written is None else _read(written)


def _is_row(written: object) -> bool:
    return isinstance(written, list) and len(written) == 3


def _read(written: object) -> Money:
    """An amount, in no other form than ours: no truth value, no float, no decimal."""
    if type(written) is int or (type(written) is str and "/" in written):
        try:
            return money(written)
        except MoneyError as error:
            raise Forged("replied with what is no amount") from error
    raise Forged("replied with what is no amount")


def clean(message: str) -> str:
    """A stranger's text, short and fit for any encoding."""
    text = message.encode("utf-8", "replace").decode()
    return text if len(text) <= LONGEST_MESSAGE else f"{text[:LONGEST_MESSAGE]}..."
