"""From a violated instance to a witness: the subject runs again there, the margin is recomputed in fractions."""

from __future__ import annotations

from dataclasses import replace

from verifier.adapters import Subject
from verifier.adapters.absence import observe_without
from verifier.domains import Domain, Outcome, Profile
from verifier.evidence import ObservedRun, Witness
from verifier.exact import Money, show
from verifier.properties import Property
from verifier.properties.instances import Instance
from verifier.properties.replay import margin_of
from verifier.properties.rounding import rounded_to


def rerun_witness(subject: Subject, prop: Property, instance: Instance) -> Witness:
    """The witness of an instance, with outcomes observed now; its margin is what these outcomes give.

    Raises ProtocolFault where the subject fails now although it did not before.
    """
    runs = tuple(ObservedRun(profile, subject.observe(profile)) for profile in instance.profiles)
    return _finished(subject, prop, Witness(instance.agents, runs, 0, instance.alternative))


def tape_witness(subject: Subject, prop: Property, agent: int, runs: tuple[ObservedRun, ...]) -> Witness:
    """The witness of two runs under one tape, with the outcomes observed now; ProtocolFault where it fails now."""
    again = tuple(replace(run, outcome=subject.under_tape(run.reports, run.tape or ())) for run in runs)
    return _finished(subject, prop, Witness((agent,), again, 0))


def repeat_witness(subject: Subject, prop: Property, profile: Profile, outcomes: list[Outcome], how: str) -> Witness:
    """The witness of two different outcomes at one profile."""
    runs = tuple(ObservedRun(profile, outcome) for outcome in outcomes)
    return _finished(subject, prop, Witness((), runs, 0, repeat=how))


def absence_witness(subject: Subject, prop: Property, profile: Profile, agent: int) -> Witness:
    """The witness of an agent that matters though it reports zero; ProtocolFault where the subject fails now."""
    outcomes = (subject.observe(profile), observe_without(subject, profile, agent))
    return _finished(subject, prop, Witness((agent,), tuple(ObservedRun(profile, one) for one in outcomes), 0))


def _finished(subject: Subject, prop: Property, draft: Witness) -> Witness:
    return with_margin(subject.domain, draft, margin_of(prop, subject.domain, draft))


def with_margin(domain: Domain, draft: Witness, margin: Money) -> Witness:
    """The witness with its margin, and with the rounding that it may come from."""
    to = rounded_to(domain, draft.runs, margin)
    return replace(draft, margin=margin, rounding=to is not None, rounded_to=None if to == "double" else to)


def with_unit(witness: Witness, unit: Money | None) -> Witness:
    """The witness, named rounding where it is smaller than the unit in which the subject pays everywhere."""
    if witness.rounding or unit is None or -witness.margin >= unit:
        return witness
    return replace(witness, rounding=True, rounded_to=show(unit))
