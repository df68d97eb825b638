"""From a violated instance to a witness: the subject runs again there, the margin is recomputed in fractions."""

from __future__ import annotations

from dataclasses import replace

from verifier.adapters import Subject
from verifier.domains import Outcome, Profile
from verifier.evidence import ObservedRun, Witness
from verifier.properties import Property
from verifier.properties.instances import Instance
from verifier.properties.replay import is_rounding, margin_of


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


def _finished(subject: Subject, prop: Property, draft: Witness) -> Witness:
    margin = margin_of(prop, subject.domain, draft)
    rounding = is_rounding(subject.domain, draft.runs, margin)
    return Witness(draft.agents, draft.runs, margin, draft.alternative, draft.repeat, rounding)
