"""The party under test: one call per profile, guarded.

Every call gets a fresh container of bids and is checked for exceptions, for changes to that container and for a
readable result. What goes wrong is a `ProtocolFault` that belongs to the profile; the audit goes on with the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from verifier.adapters.contracts import Contracts
from verifier.adapters.executable import BATCH, Program
from verifier.adapters.faults import Answer, ProtocolFault, worded
from verifier.adapters.injection import Branch, Coins, lottery
from verifier.adapters.loading import load_contracts, load_target
from verifier.adapters.offering import kept_copy, offering, unchanged
from verifier.adapters.returns import reader
from verifier.chance import Flip
from verifier.domains import Domain, Ordinal, Outcome, Profile
from verifier.errors import DomainError, MoneyError, SubjectError, VerifierError
from verifier.spec import SubjectSpec

_NOTHING: Mapping[str, object] = {}
_ROUNDING = ("float", "decimal")  # kinds of numbers that round


class Subject:
    """A mechanism with the way to offer it bids and to read its outcomes.

    Where it has contracts, every run compares its optimisers with them; `contracts` keeps what came of it.
    """

    def __init__(
        self, spec: SubjectSpec, domain: Domain, target: Callable[..., object], contracts: Contracts | None = None
    ) -> None:
        self.spec = spec
        self.domain = domain
        self.target = target
        self.contracts = Contracts(load_contracts(spec)) if contracts is None else contracts
        self.coins = None if spec.chance is None else Coins(spec.chance)
        self._offer = offering(spec, domain)
        self._read = reader(spec.returns, domain)
        self._deep = isinstance(domain, Ordinal) or spec.bids == "sides" or bool(spec.fields)
        self._spread = spec.bids in ("arguments", "sides")

    def observe(self, profile: Profile) -> Outcome:
        """Run the mechanism once on a profile of reports.

        Raises
        ------
        ProtocolFault : it raised, changed its input or returned something unreadable.
        """
        if isinstance(self.target, Program):
            (answer,) = self.observe_many((profile,))
            if isinstance(answer, Outcome):
                return answer
            raise ProtocolFault(*answer)
        return self.observe_as(profile, self._read)

    def observe_many(self, profiles: Iterable[Profile]) -> Iterator[Answer]:
        """Run the mechanism on each profile, in their order; a fault is an answer too. A program gets many at once."""
        if isinstance(self.target, Program):
            waiting = iter(profiles)
            while batch := list(islice(waiting, BATCH)):
                yield from self.target.answers(self.domain, batch, self._offer, self._read)
            return
        for profile in profiles:
            try:
                yield self.observe(profile)
            except ProtocolFault as fault:
                yield fault.kind, fault.message

    def with_numbers(self, kind: str) -> Subject:
        """The same mechanism with bids offered as numbers of another kind."""
        return Subject(replace(self.spec, numbers=kind), self.domain, self.target, self.contracts)

    def observe_as(self, profile: Profile, read: Callable[[object], Outcome]) -> Outcome:
        """As `observe`, with the result read by `read`; what is no error of the subject passes through."""
        if self.coins is not None:
            return lottery(self.branches(profile, read))
        if not self.contracts.compared:
            return self._observed(profile, read)
        with self.contracts.in_force(rounding=self.spec.numbers in _ROUNDING):
            return self._observed(profile, read)

    def branches(self, profile: Profile, read: Callable[[object], Outcome] | None = None) -> list[Branch]:
        """Every way in which the draws of a run can come out, for a subject that draws at random.

        Raises
        ------
        ProtocolFault : as `observe`, or a draw that cannot be enumerated.
        """
        if self.coins is None:
            raise SubjectError(f"{self.spec.call} has no table [subject.random], so nothing of it is scripted")
        return self.coins.branches(lambda drawn: self._observed(profile, read or self._read, drawn))

    def under_tape(self, profile: Profile, flips: Sequence[Flip]) -> Outcome:
        """The outcome where the draws come out as given; ProtocolFault as `observe`, or where it draws otherwise."""
        if self.coins is None:
            raise SubjectError(f"{self.spec.call} has no table [subject.random], so nothing of it is scripted")
        return self.coins.again(lambda drawn: self._observed(profile, self._read, drawn), flips)

    def _observed(
        self, profile: Profile, read: Callable[[object], Outcome], drawn: Mapping[str, object] = _NOTHING
    ) -> Outcome:
        bids = kept = None
        try:
            bids = self._offer(profile)  # a hook is the subject's too
            kept = None if self.spec.hook else kept_copy(bids, deep=self._deep)
            result = self.target(*bids, **drawn) if self._spread else self.target(bids, **drawn)  # type: ignore[misc]
        except (MoneyError, DomainError) as error:  # a subject may use our exact numbers
            raise ProtocolFault("crash", worded(error)) from error
        except (KeyboardInterrupt, VerifierError):
            raise
        except BaseException as error:  # a stranger's code may raise anything, SystemExit too
            raise ProtocolFault("crash", worded(error)) from error
        if not self.spec.hook and not unchanged(bids, kept):
            raise ProtocolFault("protocol", "changed the caller's bids")
        return read(result)


def load(spec: SubjectSpec, domain: Domain, target: Callable[..., object] | None = None) -> Subject:
    """The subject of a claims file; `target` replaces the lookup when the caller holds the mechanism already.

    Raises SubjectError where it cannot be loaded.
    """
    return Subject(spec, domain, load_target(spec) if target is None else target)
