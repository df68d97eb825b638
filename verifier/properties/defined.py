"""Which properties have a meaning in a setting, and which of them an engine can speak of."""

from __future__ import annotations

from verifier.domains import Domain
from verifier.properties import PROPERTIES
from verifier.properties.cases import Over
from verifier.sampled_draws import unsampled
from verifier.scope import why_not

_BEYOND = {  # what an engine has no cases of
    "search": (Over.REPEATS, Over.MENUS, Over.ABSENCES),
    "sampling": (Over.REPEATS, Over.ABSENCES),
}


def defined_for(
    domain: Domain,
    engine: str = "exhaustive",
    *,
    randomised: bool = False,
    scripted: bool = False,
    sampled: bool = False,
) -> list[str]:
    """Names of the properties that can be claimed there, in the order of `verify list`.

    Parameters
    ----------
    domain : the setting
    engine : who would decide them
    randomised : whether outcomes are lotteries
    scripted : whether the subject's draws are scripted, so that each way in which they come out is known
    sampled : whether a sample of draws stands for all
    """
    return [
        name
        for name, prop in PROPERTIES.items()
        if why_not(name, prop, domain, engine=engine, randomised=randomised, scripted=scripted) is None
        and (engine != "symbolic" or prop.on_symbols)
        and prop.over not in _BEYOND.get(engine, ())
        and not (sampled and unsampled(name, domain, engine))
    ]
