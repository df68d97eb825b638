"""The first instances of a search: profiles of the grid and beside it, in which each agent reports critical values."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from verifier.domains import Domain, Profile, Type
from verifier.engines.search.amounts import Amounts
from verifier.engines.search.critical import reports_to_try
from verifier.engines.trials import Trials, spread_profiles
from verifier.properties.cases import Over
from verifier.properties.instances import replaced

MOST_BASES = 16
LYING = (Over.DEVIATIONS, Over.REPLACEMENTS, Over.COALITIONS, Over.FALSE_NAMES)  # quantifiers with further reports
_ALONE = (Over.DEVIATIONS, Over.REPLACEMENTS)  # where one agent changes its report
_MOST_LIES = 5  # beside one true type
_PER_BASE = 100  # cases at least, for what it costs to find critical values there


def base_profiles(domain: Domain, amounts: Amounts) -> list[Profile]:
    """Profiles that critical values are put into: one ascending, one descending, some of the grid."""
    count = len(domain.agents)
    parts = [Fraction(rank + 1, count + 1) for rank in range(count)]
    steps = [amounts.type_of([amounts.top * part] * domain.dimension) for part in parts]
    ladder = tuple(step for step in steps if step is not None)
    ladders = [ladder, ladder[::-1]] if len(ladder) == count else []
    grid = [tuple(map(amounts.type_of, profile)) for profile in spread_profiles(domain, MOST_BASES)]
    usable = [tuple(type_ for type_ in profile if type_ is not None) for profile in grid]
    return list(dict.fromkeys([*(profile for profile in usable if len(profile) == count), *ladders]))


def seeds(trials: Trials, amounts: Amounts, over: Over, most: int) -> Iterator[tuple[Profile, tuple[Type, ...]]]:
    """Profiles with further reports, the most telling first in every profile; fewer profiles where `most` is small."""
    domain = trials.subject.domain
    bases = base_profiles(domain, amounts)
    bases = bases[:: max(1, len(bases) * _PER_BASE // most)] if most else bases
    yield from ((base, bases[-1 - place]) for place, base in enumerate(bases))
    streams = [_around(trials, amounts, over, base, agent) for base in bases for agent in range(len(domain.agents))]
    while streams:  # in turns, so that a small budget sees something of every profile
        for stream in list(streams):
            found = next(stream, None)
            if found is None:
                streams.remove(stream)
            else:
                yield found


def _around(
    trials: Trials, amounts: Amounts, over: Over, base: Profile, agent: int
) -> Iterator[tuple[Profile, tuple[Type, ...]]]:
    """One profile in which one agent reports what it might: as its type, and as its lie."""
    tried = reports_to_try(amounts, trials.look, base, agent)
    stride = max(1, len(tried) // _MOST_LIES)
    for shift in range(stride if over in LYING else 1):
        for place, type_ in enumerate(tried):
            profile = replaced(base, {agent: type_})
            for lie in tried[(place + shift) % stride :: stride] if over in LYING else (type_,):
                # in a coalition, or under a second name, somebody else lies too
                others = {} if over in _ALONE else {other: lie for other in range(len(base)) if other != agent}
                yield profile, replaced(profile, {agent: lie, **others})
