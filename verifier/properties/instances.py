"""One instance of a quantifier: the agents it is about and the profiles at which the mechanism runs for it.

Definition   A profile b and one further report r_i of every agent determine instances of each quantifier: for every
             agent i the deviation from b to b with r_i in the place of b_i, or the withdrawal from b, and so on.
             `instances` lists them in one fixed order, so that whoever draws b and r draws an instance.
Order        Agents and pairs of agents ascending; alternatives as the domain lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations

from verifier.domains import Domain, Profile, Share, Type
from verifier.properties.base import Property
from verifier.properties.cases import Over


@dataclass(frozen=True, slots=True)
class Instance:
    """Who it is about, the profiles that are compared (truth before lie), and the alternative allocation if any."""

    agents: tuple[int, ...]
    profiles: tuple[Profile, ...]
    alternative: tuple[Share, ...] | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """What instances are made of beside the reports.

    Attributes
    ----------
    agents : how many there are
    menus : (n,) all types of each agent's grid
    nobody : the type to whom nothing is worth anything
    idle : agents that can report it
    alternatives : every feasible allocation to compare with
    admits : whether an agent can report a type
    """

    agents: int
    menus: tuple[tuple[Type, ...], ...]
    nobody: Type
    idle: Collection[int]
    alternatives: tuple[tuple[Share, ...], ...]
    admits: Callable[[int, Type], bool]


def on_grid(domain: Domain, over: Over) -> Setting:
    """Instances whose reports all belong to the grid."""
    nobody = (0,) * domain.dimension
    known = [frozenset(types) for types in domain.types]
    idle = [agent for agent, types in enumerate(known) if nobody in types]
    return _setting(domain, over, nobody, idle, lambda agent, type_: type_ in known[agent])


def on_continuum(domain: Domain, over: Over) -> Setting:
    """Instances whose reports are any admissible types."""
    nobody = (0,) * domain.dimension
    return _setting(domain, over, nobody, range(len(domain.agents)), lambda agent, type_: admissible(domain, type_))


def _setting(
    domain: Domain, over: Over, nobody: Type, idle: Collection[int], admits: Callable[[int, Type], bool]
) -> Setting:
    alternatives = tuple(domain.alternatives()) if over is Over.ALTERNATIVES else ()
    return Setting(len(domain.agents), domain.types, nobody, idle, alternatives, admits)


def admissible(domain: Domain, type_: Type) -> bool:
    """Whether the type belongs to the continuum of the domain."""
    if domain.whole and any(amount.denominator != 1 for amount in type_):
        return False
    return all(
        sum(weight * type_[coordinate] for coordinate, weight in form.items()) + constant <= 0
        for form, constant in domain.type_constraints()
    )


def instances(prop: Property, setting: Setting, profile: Profile, reports: Sequence[Type]) -> Iterator[Instance]:
    """The instances that a profile and (n,) further reports determine; none for repetitions."""
    return _MADE[prop.over](prop, setting, profile, reports)


def replaced(profile: Profile, reports: dict[int, Type]) -> Profile:
    """The profile with some agents' reports replaced."""
    return tuple(reports.get(agent, report) for agent, report in enumerate(profile))


def tied(profile: Profile) -> bool:
    """Whether two agents report an equal amount in some coordinate."""
    return any(set(one) & set(two) for one, two in combinations(profile, 2))


def _profile(prop: Property, setting: Setting, profile: Profile, reports: Sequence[Type]) -> Iterator[Instance]:
    yield Instance((), (profile,))


def _agents(prop: Property, setting: Setting, profile: Profile, reports: Sequence[Type]) -> Iterator[Instance]:
    for agent in range(setting.agents):
        yield Instance((agent,), (profile,))


def _pairs(prop: Property, setting: Setting, profile: Profile, reports: Sequence[Type]) -> Iterator[Instance]:
    for pair in permutations(range(setting.agents), 2):
        yield Instance(pair, (profile,))


def _alternatives(prop: Property, setting: Setting, profile: Profile, reports: Sequence[Type]) -> Iterator[Instance]:
    for shares in setting.alternatives:
        yield Instance((), (profile,), shares)


def _deviations(prop: Property, setting: Setting, profile: Profile, reports: Sequence[Type]) -> Iterator[Instance]:
    for agent in range(setting.agents):
        yield Instance((agent,), (profile, replaced(profile, {agent: reports[agent]})))


def _coalitions(prop: Property, setting: Setting, profile: Profile, reports: Sequence[Type]) -> Iterator[Instance]:
    for pair in combinations(range(setting.agents), 2):
        yield Instance(pair, (profile, replaced(profile, {agent: reports[agent] for agent in pair})))


def _withdrawals(prop: Property, setting: Setting, profile: Profile, reports: Sequence[Type]) -> Iterator[Instance]:
    for agent in setting.idle:
        yield Instance((agent,), (profile, replaced(profile, {agent: setting.nobody})))


def _false_names(prop: Property, setting: Setting, profile: Profile, reports: Sequence[Type]) -> Iterator[Instance]:
    """The truth is the agent's type in the profile, the second name silent; both names bid the further reports."""
    for agent, name in permutations(range(setting.agents), 2):
        if name in setting.idle:
            lie = replaced(profile, {agent: reports[agent], name: reports[name]})
            yield Instance((agent, name), (replaced(profile, {name: setting.nobody}), lie))


def _idlers(prop: Property, setting: Setting, profile: Profile, reports: Sequence[Type]) -> Iterator[Instance]:
    for agent, other in permutations(range(setting.agents), 2):
        if agent in setting.idle:
            yield Instance((agent, other), (replaced(profile, {agent: setting.nobody}),))


def _menus(prop: Property, setting: Setting, profile: Profile, reports: Sequence[Type]) -> Iterator[Instance]:
    for agent, menu in enumerate(setting.menus):
        others = sum(max(report) for other, report in enumerate(profile) if other != agent)
        if others < max(map(max, menu)):
            yield Instance((agent,), tuple(replaced(profile, {agent: report}) for report in menu))


def _swaps(prop: Property, setting: Setting, profile: Profile, reports: Sequence[Type]) -> Iterator[Instance]:
    for one, two in combinations(range(setting.agents), 2):
        possible = setting.admits(one, profile[two]) and setting.admits(two, profile[one])
        if possible and not tied(profile):
            yield Instance((one, two), (profile, replaced(profile, {one: profile[two], two: profile[one]})))


def _transforms(prop: Property, setting: Setting, profile: Profile, reports: Sequence[Type]) -> Iterator[Instance]:
    if prop.transform is None:
        return
    moved = tuple(map(prop.transform, profile))
    if all(setting.admits(agent, type_) for agent, type_ in enumerate(moved)):
        yield Instance((), (profile, moved))


def _none(prop: Property, setting: Setting, profile: Profile, reports: Sequence[Type]) -> Iterator[Instance]:
    return iter(())


_MADE: dict[Over, Callable[[Property, Setting, Profile, Sequence[Type]], Iterator[Instance]]] = {
    Over.PROFILES: _profile,
    Over.OUTCOMES: _profile,
    Over.AGENTS: _agents,
    Over.DEVIATIONS: _deviations,
    Over.COALITIONS: _coalitions,
    Over.WITHDRAWALS: _withdrawals,
    Over.FALSE_NAMES: _false_names,
    Over.IDLERS: _idlers,
    Over.MENUS: _menus,
    Over.ALTERNATIVES: _alternatives,
    Over.PAIRS: _pairs,
    Over.SWAPS: _swaps,
    Over.TRANSFORMS: _transforms,
    Over.REPLACEMENTS: _deviations,
    Over.REPEATS: _none,
    Over.ABSENCES: _none,
}
