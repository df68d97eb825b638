"""Could other payments mend it? What an audit says where truth-telling is refuted in a domain with money."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.adapters import Subject
from verifier.advice.best_revenue import best_revenue
from verifier.advice.implementable import implementable
from verifier.advice.nearest import nearest
from verifier.advice.repair import source
from verifier.domains import Domain, Outcome
from verifier.evidence import Verdict
from verifier.returns import Returns
from verifier.spec import Claim, Spec, SubjectSpec

PROPERTIES = ("feasible", "dsic", "ex-post-ir")  # of what is mended


@dataclass(frozen=True, slots=True)
class Mended:
    """Sentences, and where there are truthful payments the text of a module with them."""

    said: tuple[str, ...]
    domain: Domain
    module: str | None = None

    def spec(self, name: str, folder: str) -> Spec:
        """The claims about that module, once it lies in the folder."""
        subject = SubjectSpec(f"{name}:run", returns=Returns(randomised=True), root=folder)
        claims = tuple(Claim(one, one, Verdict.EXHAUSTED) for one in PROPERTIES)
        return Spec(name, "The same allocation with truthful payments on this grid", subject, self.domain, claims)


def mend(subject: Subject) -> Mended:
    """What can be said about payments for the allocation of a subject, whose domain should be small."""
    domain = subject.domain
    answers = zip(domain.profiles(), subject.observe_many(domain.profiles()), strict=True)
    outcomes = {profile: answer for profile, answer in answers if isinstance(answer, Outcome)}
    found = implementable(domain, outcomes)
    said = [found.said(domain)]
    if found.payments is None:
        return Mended(tuple(said), domain)
    close = nearest(domain, outcomes)
    if close is None:
        raise AssertionError("payments exist, so that some of them are nearest")
    said += [close.said(), best_revenue(domain, outcomes).said()]
    title = f"{subject.spec.call}: its allocation, with truthful payments close to its own."
    return Mended(tuple(said), domain, source(title, domain, outcomes, close.payments))
