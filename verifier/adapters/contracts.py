"""Argmax contracts: what an optimiser inside a mechanism may return, and which of that it has to return.

A contract names a function that the mechanism calls, the optimiser, and another one, its alternatives. For the same
arguments the alternatives are pairs (result, score): all that the optimiser may return, with scores linear in the bids,
in order of preference among equals. The contract says that the optimiser returns the first result of largest score and
leaves its arguments alone.

While the subject runs, a stand-in takes the optimiser's place in every loaded module that holds it. With numbers it
asks the real optimiser and compares each answer with the contract; who explores on symbols answers from the contract.
A proof then rests on it, and says so:
    PROVED, under the contract that mod:f returns the first best of mod:g (compared at N calls)
An answer that is not what the contract says makes the verdict an ERROR.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from functools import update_wrapper
from itertools import islice
from types import ModuleType
from typing import TypeAlias

from verifier.adapters.faults import worded
from verifier.errors import MoneyError, VerifierError
from verifier.exact import Money, from_subject, size

Arguments: TypeAlias = tuple[tuple[object, ...], Mapping[str, object]]
Pairs: TypeAlias = list[tuple[object, object]]  # results with their scores

MOST_ALTERNATIVES = 1_000  # of one call; a choice compares every two of them


class Unlisted(VerifierError):
    """A contract does not list alternatives that can be compared. Mend the function that lists them."""


@dataclass(frozen=True, slots=True)
class Contract:
    """The names of the two functions, and the functions."""

    optimiser: str
    alternatives: str
    real: Callable[..., object]
    listed: Callable[..., object]

    def pairs(self, given: Arguments) -> Pairs:
        """The alternatives for arguments; Unlisted where they are none, too many, or no pairs."""
        pairs: Pairs = []
        for item in islice(self.listed(*given[0], **given[1]), MOST_ALTERNATIVES + 1):  # type: ignore[call-overload]
            if not isinstance(item, tuple | list) or len(item) != 2:
                raise Unlisted(f"{self}: {self.alternatives} gives {excerpt(item)}, which is no pair (result, score)")
            pairs.append((item[0], item[1]))
        if not pairs or len(pairs) > MOST_ALTERNATIVES:
            many = f"more than {MOST_ALTERNATIVES:,} alternatives" if pairs else "no alternatives"
            raise Unlisted(f"{self}: {self.alternatives} gives {many}")
        return pairs

    def copied(self, given: Arguments) -> Arguments:
        """A copy of the arguments, which neither function can change behind the other's back."""
        try:
            return deepcopy(given)
        except VerifierError:
            raise
        except Exception as error:  # e.g. a generator, which can be gone through once
            raise Unlisted(f"{self}: its arguments cannot be copied ({worded(error)}); pass lists") from error

    def scores(self, pairs: Pairs) -> list[Money]:
        """Their exact scores."""
        try:
            return [from_subject(score) for _, score in pairs]
        except MoneyError as error:
            raise Unlisted(f"{self}: a score of {self.alternatives} is no number: {error}") from error

    def __str__(self) -> str:
        return f"the contract of {self.optimiser}"


Answer: TypeAlias = Callable[[Contract, Arguments], object]


@dataclass(slots=True)
class Compared:
    """How often an optimiser was compared with its contract, how often floats rounded, how often symbols took over."""

    calls: int = 0
    rounded: int = 0
    explored: int = 0


class Contracts:
    """The contracts of one subject at work.

    `breach` is the first answer that was not what a contract says; `unusable` the first call at which a contract said
    nothing that could be compared. Both are kept here, since the subject may swallow any exception.
    """

    def __init__(self, contracts: Sequence[Contract]) -> None:
        self.breach: str | None = None
        self.unusable: str | None = None
        self.compared = {contract.optimiser: Compared() for contract in contracts}
        self._stand_ins = [_StandIn(contract, self) for contract in contracts]
        self._places: list[tuple[dict[str, object], str, _StandIn]] = []
        self._modules = -1
        self._running = False
        self._rounding = False
        self._answer: Answer | None = None
        self._busy: set[str] = set()

    def to_json(self) -> dict[str, object]:
        """How much each contract was tested, as the certificate holds it."""
        return {name: {"calls": one.calls, "rounded": one.rounded} for name, one in self.compared.items()}

    @contextmanager
    def answered_by(self, answer: Answer) -> Iterator[None]:
        """For the time of the block no real optimiser is asked."""
        self._answer = answer
        try:
            yield
        finally:
            self._answer = None

    @contextmanager
    def in_force(self, *, rounding: bool) -> Iterator[None]:
        """Put the stand-ins in place for one run; `rounding` says that the run computes with rounded numbers."""
        if self._modules != len(sys.modules):
            self._find()
        for namespace, name, stand_in in self._places:
            if namespace.get(name) is stand_in.contract.real:
                namespace[name] = stand_in
        modules, self._running, self._rounding = len(sys.modules), True, rounding
        try:
            yield
        finally:
            self._running = False
            if modules != len(sys.modules):  # what was imported meanwhile has met stand-ins only
                self._find()
            for namespace, name, stand_in in self._places:
                if namespace.get(name) is stand_in:
                    namespace[name] = stand_in.contract.real

    def _find(self) -> None:
        """All names in all modules that stand for an optimiser, or for its stand-in."""
        wanted = {id(one): stand_in for stand_in in self._stand_ins for one in (stand_in.contract.real, stand_in)}
        modules = [
            module for module in list(sys.modules.values()) if issubclass(type(module), ModuleType)
        ]  # cffi's libraries only say so
        self._places = [
            (namespace, name, wanted[id(value)])
            for namespace in (object.__getattribute__(module, "__dict__") for module in modules)
            for name, value in list(namespace.items())
            if id(value) in wanted
        ]
        self._modules = len(sys.modules)

    def answer(self, contract: Contract, given: Arguments) -> object:
        """What a call of the optimiser returns."""
        if not self._running or contract.optimiser in self._busy:  # the optimiser calls itself, or was kept somewhere
            return contract.real(*given[0], **given[1])
        self._busy.add(contract.optimiser)
        try:
            if self._answer is None:
                return self._compare(contract, given)
            self.compared[contract.optimiser].explored += 1
            return self._answer(contract, given)
        finally:
            self._busy.discard(contract.optimiser)

    def _compare(self, contract: Contract, given: Arguments) -> object:
        """The real answer, compared with the contract."""
        self.compared[contract.optimiser].calls += 1
        try:
            kept = contract.copied(given)
        except VerifierError as error:
            self._give_up(str(error))
            return contract.real(*given[0], **given[1])
        comparable = same(kept, given)
        try:
            result = contract.real(*given[0], **given[1])
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # the subject may count on it, but the contract says that there is a result
            self._judge(contract, kept, (), f"raised {worded(error)}")
            raise
        if comparable and not same(kept, given):
            self._break(contract, kept, "changed its arguments, which its contract does not allow")
        self._judge(contract, kept, (result,), f"returned {excerpt(result)}")
        return result

    def _judge(self, contract: Contract, kept: Arguments, returned: tuple[object, ...], did: str) -> None:
        """Compare what was returned, if anything, with the first result of largest score."""
        try:
            pairs = contract.pairs(kept)
            scores = contract.scores(pairs)
        except Unlisted as error:
            return self._give_up(str(error))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a stranger's code may raise anything
            return self._give_up(f"{contract}: {contract.alternatives} raised {worded(error)}")
        best = _first_largest(scores)
        if returned and same(returned[0], pairs[best][0]):
            return None
        if returned and self._rounding and _nearly(returned[0], pairs, scores, best):
            self.compared[contract.optimiser].rounded += 1
            return None
        first = f"{excerpt(pairs[best][0])}, with score {scores[best]}"
        return self._break(contract, kept, f"{did}; the first of largest score in {contract.alternatives} is {first}")

    def _break(self, contract: Contract, given: Arguments, how: str) -> None:
        self.breach = self.breach or f"a contract is broken: {contract.optimiser}({arguments(given)}) {how}"

    def _give_up(self, why: str) -> None:
        self.unusable = self.unusable or why


class _StandIn:
    """A callable in the place of an optimiser; whatever else is asked of it, the optimiser answers."""

    def __init__(self, contract: Contract, contracts: Contracts) -> None:
        update_wrapper(self, contract.real)  # first, since it copies whatever attributes a function has
        self.contract = contract
        self._contracts = contracts

    def __call__(self, *args: object, **keywords: object) -> object:
        return self._contracts.answer(self.contract, (args, keywords))

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):  # what is asked of a copy before it has attributes
            raise AttributeError(name)
        return getattr(self.contract.real, name)

    def __deepcopy__(self, memo: object) -> _StandIn:
        return self  # as a function would do


def same(one: object, two: object) -> bool:
    """Whether two results are equal, element by element in lists, tuples and dicts; False where that cannot be told."""
    if type(one) is type(two) and isinstance(one, list | tuple) and isinstance(two, list | tuple):
        return len(one) == len(two) and all(map(same, one, two))
    if isinstance(one, dict) and isinstance(two, dict):
        return one.keys() == two.keys() and all(same(one[key], two[key]) for key in one)
    try:
        equal = one == two
        return equal if isinstance(equal, bool) else bool(getattr(equal, "all", lambda: equal)())
    except Exception:  # a stranger's objects may compare in any way
        return False


def _first_largest(scores: Sequence[Money]) -> int:
    best = 0
    for place, score in enumerate(scores):
        if score > scores[best]:
            best = place
    return best


def _nearly(result: object, pairs: Pairs, scores: Sequence[Money], best: int) -> bool:
    """Whether the result is an alternative whose score falls short of the best by no more than a rounding."""
    largest = max(map(size, scores))
    return any(
        same(result, listed) and (scores[best] - score) * 2**46 <= largest
        for (listed, _), score in zip(pairs, scores, strict=True)
    )


def arguments(given: Arguments) -> str:
    """The arguments of a call in short."""
    args, keywords = given
    return ", ".join([*map(excerpt, args), *(f"{name}={excerpt(value)}" for name, value in keywords.items())])


def excerpt(value: object, most: int = 80) -> str:
    """The beginning of its text, whatever its __repr__ does."""
    try:
        text = " ".join(repr(value).split())
    except Exception as error:
        text = f"<{type(value).__name__} whose repr raises {type(error).__name__}>"
    return text if len(text) <= most else f"{text[:most]}..."
