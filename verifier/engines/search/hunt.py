"""The state of one search: what was judged, the least margin so far, the first violation, what failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verifier.domains import Profile, Type
from verifier.engines.trials import Trials
from verifier.exact import Money
from verifier.properties import Property
from verifier.properties.cases import Over
from verifier.properties.instances import Instance, Setting, instances

_LIES = (Over.DEVIATIONS, Over.REPLACEMENTS, Over.COALITIONS)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an instance is made of: a profile, (n,) further reports, and which of their instances it is."""

    profile: Profile
    reports: tuple[Type, ...]
    instance: Instance


class Hunt:
    """Judges instances of one property and remembers the worst.

    Attributes
    ----------
    profiles : all that these instances compare
    judged : instances with a margin, each counted once for every time it was asked for
    failed : instances without a valid outcome; `failure` is the first
    worst : the least margin with its recipe
    """

    def __init__(self, trials: Trials, prop: Property, tolerance: Money, setting: Setting, most: int) -> None:
        self.trials, self.prop, self.setting, self.most = trials, prop, setting, most
        self.tolerance = tolerance
        self.judged = 0
        self.failed = 0
        self.profiles: set[Profile] = set()
        self.failure: Instance | None = None
        self.worst: tuple[Money, Recipe] | None = None

    @property
    def violated(self) -> bool:
        """Whether a violation was met."""
        return self.worst is not None and self.worst[0] < -self.tolerance

    @property
    def spent(self) -> bool:
        """Whether the budget is used up."""
        return self.judged + self.failed >= self.most

    def judge(self, profile: Profile, reports: Sequence[Type]) -> Money | None:
        """The least margin of all instances that these reports determine; None where none has one."""
        least: Money | None = None
        for instance in instances(self.prop, self.setting, profile, reports):
            if self.prop.over in _LIES and instance.profiles[0] == instance.profiles[1]:
                continue  # a lie that is none
            if self.spent:
                break
            self.profiles.update(instance.profiles)
            margin = self.trials.margin(self.prop, instance)
            if margin is None:
                self.failed += 1
                self.failure = self.failure or instance
                continue
            self.judged += 1
            least = margin if least is None else min(least, margin)
            if self.worst is None or margin < self.worst[0]:
                self.worst = margin, Recipe(profile, tuple(reports), instance)
        return least

    def again(self, recipe: Recipe, profile: Profile, reports: tuple[Type, ...]) -> Recipe | None:
        """The same kind of instance, about the same agents, with other reports, if it is a violation."""
        for instance in instances(self.prop, self.setting, profile, reports):
            if (instance.agents, instance.alternative) == (recipe.instance.agents, recipe.instance.alternative):
                margin = self.trials.margin(self.prop, instance)
                broken = margin is not None and margin < -self.tolerance
                return Recipe(profile, reports, instance) if broken else None
        return None
