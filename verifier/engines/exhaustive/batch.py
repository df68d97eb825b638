"""A mechanism may offer `run_batch`, a vectorised twin of itself. It is believed only as far as it was compared.

`run_batch(bids, **arguments)` takes an int64 array of profiles, (B, n) or (B, n, d) when types have d > 1 coordinates,
and returns shares (B, n) and payments (B, n), both integer arrays. It stands in for the scalar code on the grid only
after it gave the same outcomes on the sample; the certificate says so, and the checker runs the scalar code.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from verifier.adapters import Subject
from verifier.adapters.faults import Answer
from verifier.domains import Draw, Outcome
from verifier.engines.exhaustive.grid import GridBuilder, OutcomeGrid
from verifier.returns import Returns
from verifier.tensor import Array


def offers_batch(subject: Subject) -> bool:
    """Whether there is a `run_batch` that the declared protocol allows to use."""
    spec = subject.spec
    plain = spec.chance is None and spec.numbers == "exact" and spec.returns == Returns()
    whole = all(type(amount) is int for types in subject.domain.types for type_ in types for amount in type_)
    return plain and whole and callable(getattr(subject.target, "run_batch", None))


def run_batched(subject: Subject, sample: Sequence[int], scalar: Sequence[Answer]) -> OutcomeGrid | str:
    """The grid from one vectorised call, or the reason why it cannot stand in for the scalar code.

    `scalar` holds what the scalar code gave at the sampled profile numbers.
    """
    domain = subject.domain
    try:
        shares, payments = subject.target.run_batch(_all_bids(subject))  # type: ignore[attr-defined]
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a stranger's code may raise anything
        return f"run_batch raised {type(error).__name__}: {error}"
    shape = (domain.size(), len(domain.agents))
    for name, array in (("shares", shares), ("payments", payments)):
        if not isinstance(array, np.ndarray) or array.shape != shape or array.dtype.kind not in "iu":
            return f"run_batch returned {name} that are no integer array of shape {shape}"
    for number, expected in zip(sample, scalar, strict=True):
        draw = Draw(1, tuple(shares[number].tolist()), tuple(payments[number].tolist()))
        if expected != Outcome((draw,)):
            return f"run_batch disagrees with the scalar code at profile {number}"
    builder = GridBuilder(domain)
    builder.add_arrays(shares, payments)
    return builder.finish()


def _all_bids(subject: Subject) -> Array:
    """(B, n) or (B, n, d): every profile, in the order of the grid."""
    domain = subject.domain
    places = np.indices(tuple(len(types) for types in domain.types)).reshape(len(domain.agents), -1)
    columns = [np.array(types, dtype=np.int64)[place] for types, place in zip(domain.types, places, strict=True)]
    bids: Array = np.stack(columns, axis=1)
    return bids[..., 0] if domain.dimension == 1 else bids
