"""Where a property means something: which settings define it, and what an engine can say about it there."""

from __future__ import annotations

from typing import Protocol

from verifier.domains import Domain, Market, MultiUnit, Ordinal, Utilities, zeros
from verifier.errors import DomainError, nearest


class Scoped(Protocol):
    """What has to be known about a property here; see `Property`."""

    @property
    def single_parameter(self) -> bool: ...

    @property
    def settings(self) -> frozenset[str]: ...

    @property
    def lotteries(self) -> bool: ...

    @property
    def over(self) -> str: ...


def setting_of(domain: Domain) -> str:
    """What the definitions of properties speak of in a domain: its kind where that is special, else "money"."""
    return domain.kind if isinstance(domain, Market | Ordinal | Utilities) else "money"


def why_not(
    name: str, prop: Scoped, domain: Domain, *, engine: str, randomised: bool, scripted: bool = False
) -> str | None:
    """The reason why a property cannot be claimed in a domain, in one sentence; None where it can."""
    if str(prop.over) == "tapes" and not scripted:
        return f"{name} is about draws that are scripted; declare them in [subject.random], or claim dsic"
    if str(prop.over) == "tapes" and engine != "exhaustive":
        return f'{name} is decided with all ways in which draws come out; write engine = "exhaustive"'
    setting = setting_of(domain)
    if setting not in prop.settings:
        where = ", ".join(sorted(prop.settings - {"money"})) or "domains with money"
        missing = f"is defined for {where}"
        if isinstance(domain, Utilities):
            missing = "needs more than what the outcome is worth, which is all that is told here"
        elif isinstance(domain, Market):
            missing = "is not defined where agents sell"
        elif setting != "money":
            missing = "is about money, and here agents only rank"
        return f"{name} {missing}. Leave it out"
    if prop.single_parameter and domain.dimension > 1:
        return f"{name} is defined where a type is one number; in this domain it is {domain.dimension}. Leave it out"
    if str(prop.over) == "absences" and (len(domain.agents) < 2 or not zeros(domain)):
        return f"{name} needs two agents, one of whom can report zero"
    if isinstance(domain, Ordinal) and engine != "exhaustive":
        return f'engine = "{engine}" varies numbers, and reports are rankings here; write "exhaustive"'
    if isinstance(domain, MultiUnit) and domain.flat and engine != "exhaustive":
        return f'engine = "{engine}" varies marginal values one by one, and here they are flat; write "exhaustive"'
    if isinstance(domain, Utilities) and engine != "exhaustive":
        return f'engine = "{engine}" varies numbers, and reports are labels here; write "exhaustive"'
    if isinstance(domain, Ordinal) and randomised and not prop.lotteries:
        return f"{name} has no meaning for lotteries over what is only ranked; claim sd-strategyproof instead"
    return None


def named_agents(written: object, name: str, prop: Scoped, domain: Domain, engine: str) -> tuple[str, ...]:
    """The agents about whom alone a property is claimed.

    Raises DomainError where the property has no such part, the engine none for it, or somebody is no agent.
    """
    if not isinstance(written, list | tuple) or not written or len(set(map(str, written))) < len(written):
        raise DomainError(f"agents must be a list of names, each once, not {written!r}")
    for one in written:
        if one not in domain.agents:
            raise DomainError(f"agents: {one!r} is no agent{nearest(str(one), list(domain.agents))}")
    if str(prop.over) not in _BY_AGENT:
        raise DomainError(f"agents: {name} is not about one agent at a time; leave the key out")
    if engine != "exhaustive":
        raise DomainError(f'agents: the {engine} engine decides for all agents at once; write engine = "exhaustive"')
    return tuple(written)


_BY_AGENT = ("agents", "deviations", "pairs")  # quantifiers with a row for each agent
