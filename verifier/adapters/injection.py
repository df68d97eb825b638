"""How a scripted source reaches the mechanism: as an argument, as one of the listed seeds, or in the place of a module.

For a module, stand-ins take the place of its functions under every name that a loaded module has for them while the
mechanism runs, and go afterwards; a stand-in that somebody kept asks the real function.
"""

from __future__ import annotations

import importlib
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from types import ModuleType
from typing import Any

from verifier.adapters.coins import MOST_BRANCHES, Script, every_branch
from verifier.adapters.faults import ProtocolFault
from verifier.adapters.scripted import ScriptedRandom
from verifier.chance import Chance, Flip
from verifier.domains import Draw, Outcome
from verifier.exact import show, simplest
from verifier.sampled_draws import seed_of


@dataclass(frozen=True, slots=True)
class Branch:
    """One way in which the draws can come out: the draws, their probability, the sure outcome that they lead to."""

    flips: tuple[Flip, ...]
    probability: Fraction
    outcome: Outcome


def lottery(branches: list[Branch]) -> Outcome:
    """The lottery over all branches; equal outcomes are joined, in the order in which they were met."""
    chances: dict[tuple[object, ...], Fraction] = {}
    for branch in branches:
        (draw,) = branch.outcome.draws
        key = (draw.shares, draw.payments)
        chances[key] = chances.get(key, Fraction(0)) + branch.probability
    return Outcome(tuple(Draw(simplest(chance), *key) for key, chance in chances.items()))  # type: ignore[arg-type]


class Coins:
    """The randomness of one subject, scripted as its claims file says."""

    def __init__(self, chance: Chance) -> None:
        self.chance = chance
        self._source: object = None
        self._stand_ins: dict[int, tuple[object, object]] = {}  # by identity: the real one and what stands in for it
        self._places: list[tuple[dict[str, Any], str, int]] = []
        self._modules = -1
        if chance.how == "module":
            for real in _functions(chance.kind):
                self._stand_ins[id(real)] = real, self._standing_in(real)

    def branches(self, run: Callable[[dict[str, object]], Outcome]) -> list[Branch]:
        """Run under every script; `run` gets keyword arguments to pass on.

        Raises
        ------
        Unscripted : a draw cannot be enumerated; or whatever `run` raises.
        """
        with self._in_place():
            most = max(MOST_BRANCHES, self.chance.sampled)
            return [Branch(*found) for found in every_branch(lambda script: self._scripted(run, script), most)]

    def again(self, run: Callable[[dict[str, object]], Outcome], flips: Sequence[Flip]) -> Outcome:
        """One run in which the draws come out as given; Unscripted where it draws otherwise."""
        script = Script(flips, max(MOST_BRANCHES, self.chance.sampled))
        with self._in_place():
            outcome = self._scripted(run, script)
        if len(script.flips) > len(flips):
            script.refuse("it draws more often than it did")
        script.finished()
        return outcome

    def _scripted(self, run: Callable[[dict[str, object]], Outcome], script: Script) -> Outcome:
        if self.chance.sampled:
            return self._sampled(run, seed_of(script.uniform(self.chance.sampled)))
        if self.chance.how == "seed":
            return run({self.chance.parameter or "": self.chance.seeds[script.uniform(len(self.chance.seeds))]})
        self._source = _source(self.chance.kind, script)
        return run({} if self.chance.parameter is None else {self.chance.parameter: self._source})

    def _sampled(self, run: Callable[[dict[str, object]], Outcome], seed: int) -> Outcome:
        """One run with a real source; its payments have to lie in the declared range."""
        self._source = _seeded(self.chance.kind, seed) if self.chance.kind else seed
        outcome = run({} if self.chance.parameter is None else {self.chance.parameter: self._source})
        low, high = self.chance.within or (0, 0)
        for draw in outcome.draws:
            for amount in draw.payments:
                if not low <= amount <= high:
                    within = f"payments_within = [{show(low)}, {show(high)}]"
                    raise ProtocolFault("protocol", f"a payment of {show(amount)} is not {within} of [subject.random]")
        return outcome

    @contextmanager
    def _in_place(self) -> Iterator[None]:
        if not self._stand_ins:
            yield
            return
        self._find_places()
        try:
            for namespace, name, key in self._places:
                namespace[name] = self._stand_ins[key][1]
            yield
        finally:
            for namespace, name, key in self._places:
                namespace[name] = self._stand_ins[key][0]
            self._source = None

    def _find_places(self) -> None:
        """Where the functions have a name; looked for again when modules were loaded."""
        if len(sys.modules) == self._modules:
            return
        modules = [module for module in list(sys.modules.values()) if issubclass(type(module), ModuleType)]
        self._places = [
            (namespace, name, id(value))
            for namespace in (object.__getattribute__(module, "__dict__") for module in modules)
            for name, value in list(namespace.items())
            if id(value) in self._stand_ins
        ]
        self._modules = len(sys.modules)

    def _standing_in(self, real: Any) -> Callable[..., object]:
        name = str(real.__name__)

        def stand_in(*args: Any, **more: Any) -> object:
            if self._source is None:
                return real(*args, **more)
            if name != "default_rng":
                return getattr(self._source, name)(*args, **more)
            given = [*args, *more.values()]
            if any(one is not None and one is not self._source for one in given):
                if self.chance.sampled:  # a seed of its own: it draws the same at each run, and that is no secret
                    return real(*args, **more)
                raise self._source._script.refuse("it seeds its source, so that nothing is drawn at random")  # type: ignore[attr-defined]
            return self._source

        stand_in.__name__ = name
        return stand_in


def specimen(chance: Chance | None) -> dict[str, object]:
    """A source or seed under the name of its parameter, to see whether the mechanism takes it; nothing for a module."""
    if chance is None or chance.parameter is None:
        return {}
    if chance.sampled:
        return {chance.parameter: _seeded(chance.kind, 0) if chance.kind else 0}
    return {chance.parameter: chance.seeds[0] if chance.seeds else _source(chance.kind, Script())}


def _seeded(kind: str, seed: int) -> object:
    """A real source."""
    if kind == "random":
        return random.Random(seed)
    numpy_random: Any = importlib.import_module("numpy.random")
    made = numpy_random.default_rng if kind == "numpy-generator" else numpy_random.RandomState
    return made(seed)


def _source(kind: str | None, script: Script) -> object:
    if kind == "random":
        return ScriptedRandom(script)
    from verifier.adapters.scripted_numpy import ScriptedGenerator, ScriptedRandomState

    return ScriptedGenerator(script) if kind == "numpy-generator" else ScriptedRandomState(script)


def _functions(kind: str | None) -> list[object]:
    """The functions of the module that draw from its hidden generator."""
    if kind == "random":
        return [found for found in vars(random).values() if isinstance(getattr(found, "__self__", None), random.Random)]
    numpy_random: Any = importlib.import_module("numpy.random")
    if kind == "numpy-generator":
        return [numpy_random.default_rng]
    held = [getattr(numpy_random, name) for name in numpy_random.__all__]
    return [found for found in held if isinstance(getattr(found, "__self__", None), numpy_random.RandomState)]
