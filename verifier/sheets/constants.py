"""Numbers in the text of a subject: thresholds at which it may begin to behave otherwise, as sizes and as values."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from decimal import Decimal

from verifier.adapters.source import module_file
from verifier.exact import Money, money
from verifier.spec import SubjectSpec

MOST = 8  # different numbers that are tried
_LARGEST = 10**9


def numbers_in(spec: SubjectSpec) -> list[Money]:
    """Numbers above 1 in the module that the subject is defined in, in the order of the text, each once.

    Nothing is run or imported. A program in another language has none that are known, a text that is no Python neither.
    """
    path = module_file(spec)
    if path is None:
        return []
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, OSError):
        return []
    return list(dict.fromkeys(_amounts(tree)))[:MOST]


def _amounts(tree: ast.AST) -> Iterator[Money]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            amount = money(node.value if isinstance(node.value, int) else Decimal(repr(node.value)))
            if 1 < amount <= _LARGEST:
                yield amount
