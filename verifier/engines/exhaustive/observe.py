"""Running the subject over the grid: once per profile, plus the repetitions that determinism needs."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import redirect_stdout
from itertools import islice

import numpy as np

from verifier.adapters import Subject
from verifier.adapters.faults import Answer
from verifier.domains import Outcome, Profile
from verifier.engines.base import Step
from verifier.engines.exhaustive.grid import GridBuilder, OutcomeGrid
from verifier.evidence import Fault

_CHUNK = 4096  # profiles between two progress reports


def run_grid(subject: Subject, sample: Sequence[int]) -> Generator[Step, None, tuple[OutcomeGrid, list[Answer]]]:
    """Run every profile once, in the order of the grid; what the sampled ones gave comes back beside the tensors."""
    domain = subject.domain
    builder = GridBuilder(domain)
    add = builder.add
    total = domain.size()
    answers = enumerate(zip(domain.profiles(), subject.observe_many(domain.profiles()), strict=True))
    keep, kept = frozenset(sample), list[Answer]()
    for start in range(0, total, _CHUNK):
        with redirect_stdout(sys.stderr):
            for number, (profile, answer) in islice(answers, _CHUNK):
                if isinstance(answer, Outcome):
                    add(answer)
                else:
                    builder.add_fault(Fault(profile, *answer))
                if number in keep:
                    kept.append(answer)
        yield Step("profiles run", min(start + _CHUNK, total), total)
    return builder.finish(), kept


def run_in_order(subject: Subject, profiles: Sequence[Profile]) -> Iterator[Answer]:
    """Run the given profiles in their order."""
    with redirect_stdout(sys.stderr):
        yield from subject.observe_many(profiles)


def grid_of(subject: Subject, answers: Sequence[Answer]) -> OutcomeGrid:
    """The grid made of answers to every profile, in the order of the grid."""
    builder = GridBuilder(subject.domain)
    for profile, answer in zip(subject.domain.profiles(), answers, strict=True):
        if isinstance(answer, Outcome):
            builder.add(answer)
        else:
            builder.add_fault(Fault(profile, *answer))
    return builder.finish()


def spread_sample(size: int, shape: tuple[int, ...], most: int) -> list[int]:
    """At most about `most` profile numbers: an even stride over the grid, its two ends and its all-equal profiles."""
    stride = max(1, -(-size // most))
    diagonal = [int(np.ravel_multi_index((place,) * len(shape), shape)) for place in range(min(shape))]
    kept = diagonal[:: max(1, len(diagonal) // 16)]
    return sorted({*range(0, size, stride), size - 1, *kept})
