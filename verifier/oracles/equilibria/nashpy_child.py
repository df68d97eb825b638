"""Runs nashpy in a process of its own, which may hang, crash or warn as it likes.

Reads {"algorithm": ..., "payoffs": [[[...]], [[...]]]} from standard input; writes one line of JSON for each proposal.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator
from typing import Any


def proposals(question: dict[str, Any]) -> Iterator[Any]:
    """What nashpy yields, as it yields it."""
    import nashpy
    import numpy as np

    first, second = (np.array(matrix, dtype=float) for matrix in question["payoffs"])
    game = nashpy.Game(first, second)
    if question["algorithm"] == "lemke_howson":
        yield from game.lemke_howson_enumeration()
    else:
        yield from getattr(game, question["algorithm"])()


def main() -> None:
    """Answer one question."""
    warnings.simplefilter("ignore")
    for proposal in proposals(json.load(sys.stdin)):
        sys.stdout.write(json.dumps([[float(p) for p in mixture] for mixture in proposal]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
