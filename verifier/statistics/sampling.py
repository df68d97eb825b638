"""The plan of a study: everything that could be chosen to please, fixed and hashed before the first instance is drawn.

Definition   A study asks whether a share s of a distribution of instances passes the gate, a ratio below g. Its plan
             names the subject, the distribution with its settings, how many instances and from which seed, the concept
             of equilibrium, the tie rule, g, s, the confidence, how many subjects are compared, and when it stops.
Stopping     "fixed": the exact binomial bound, once after all instances. "anytime": the e-value, after every one.
Randomness   Instance k has a stream of its own that is made of the seed and k alone. So neither the number of workers
             nor a restart changes it, and all subjects that are compared under one seed meet the same draws.

Source: Nosek, Ebersole, DeHaven and Mellor 2018 (preregistration); Salmon et al. 2011 (streams from a counter).
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from verifier.certificate import canonical
from verifier.errors import DomainError, TooLarge
from verifier.exact import Money, money, show
from verifier.statistics.binomial import MOST_TRIALS, error_level, least_passes, proportion
from verifier.statistics.evalue import least_passes_anytime, threshold

Stopping: TypeAlias = Literal["fixed", "anytime"]

USUAL = Fraction(19, 20)  # the share and the confidence, unless told


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is fixed before sampling.

    Attributes
    ----------
    subject : the mechanism or game that is judged
    distribution : name of the distribution that instances are drawn from
    instances : how many, at most if the study may stop early
    seed : of all the streams
    concept : the equilibria that count, such as "pure" or "coarse correlated"
    tie_rule : who wins among equal bids
    gate : an instance passes if its ratio is below this; equal does not pass
    settings : (name, value) of whatever else the distribution or the subject depends on
    share : of the distribution that is to pass
    confidence : that the statement holds, for all comparisons together
    comparisons : how many subjects are judged side by side
    stopping : "fixed" or "anytime"

    Raises
    ------
    DomainError : an empty name, no instance, a gate that is not positive, a share or confidence outside (0, 1), a
        setting twice, an unknown rule of stopping.
    TooLarge : more instances than `MOST_TRIALS`.
    """

    subject: str
    distribution: str
    instances: int
    seed: int
    concept: str
    tie_rule: str
    gate: Money
    settings: tuple[tuple[str, str], ...] = ()
    share: Money = USUAL
    confidence: Money = USUAL
    comparisons: int = 1
    stopping: Stopping = "fixed"

    def __post_init__(self) -> None:
        for name in ("subject", "distribution", "concept", "tie_rule"):
            if not getattr(self, name).strip():
                raise DomainError(f"the plan names no {name}; fix it before anything is sampled")
        if self.instances < 1:
            raise DomainError(f"{self.instances} instances; a study needs at least one")
        if self.instances > MOST_TRIALS:
            raise TooLarge(self.instances, MOST_TRIALS, "instances are asked for")
        for name in ("gate", "share", "confidence"):
            object.__setattr__(self, name, money(getattr(self, name)))
        if self.gate <= 0:
            raise DomainError(f"the gate is {show(self.gate)}; a ratio is positive, so nothing could pass")
        if self.stopping not in ("fixed", "anytime"):
            raise DomainError(f'stopping is {self.stopping!r}; choose "fixed" or "anytime"')
        if len(dict(self.settings)) < len(self.settings):
            raise DomainError("a setting of the plan is given twice")
        proportion("share", self.share)
        error_level(self.confidence, self.comparisons)

    @property
    def needed(self) -> int | None:
        """The passes of all instances that the declared rule asks for; None if no number of them would do."""
        least = least_passes if self.stopping == "fixed" else least_passes_anytime
        return least(self.instances, self.share, self.confidence, self.comparisons)

    @property
    def threshold(self) -> Money:
        """The e-value that the anytime rule asks for."""
        return threshold(self.confidence, self.comparisons)

    @property
    def digest(self) -> str:
        """The sha256 of the canonical text of the plan."""
        return hashlib.sha256(canonical(self.to_json()).encode("ascii")).hexdigest()

    def stream(self, number: int) -> random.Random:
        """The random numbers of one instance."""
        return stream(self.seed, number)

    def sentence(self) -> str:
        """The claim in English. It speaks of the distribution that was sampled, never of the worst case."""
        together = f" for all {self.comparisons} that are compared" if self.comparisons > 1 else ""
        return (
            f"With {show(self.confidence)} confidence{together} at least {show(self.share)} of the instances drawn "
            f"from {self.distribution} have a {self.concept} price of anarchy "
            f"below {show(self.gate)} under {self.subject} "
            f"(ties: {self.tie_rule})."
        )

    def to_json(self) -> dict[str, object]:
        """The plan as journals and certificates hold it."""
        return {
            "subject": self.subject,
            "distribution": self.distribution,
            "instances": self.instances,
            "seed": self.seed,
            "concept": self.concept,
            "tie_rule": self.tie_rule,
            "gate": show(self.gate),
            "settings": dict(self.settings),
            "share": show(self.share),
            "confidence": show(self.confidence),
            "comparisons": self.comparisons,
            "stopping": self.stopping,
        }


def stream(seed: int, number: int) -> random.Random:
    """The random numbers of instance `number` under a seed: a generator of its own, seeded with their sha256."""
    text = f"{seed}/{number}".encode("ascii")
    return random.Random(int.from_bytes(hashlib.sha256(text).digest(), "big"))
