"""One tree of errors. Each docstring ends with what to do about it.

A refuted claim is a value (a `Witness`), never an exception: these errors mean that a question could not be
asked, or that a subject broke the protocol.
"""

from __future__ import annotations

import math


class VerifierError(Exception):
    """Anything this package raises on purpose. Read the message: it says what, where and how to mend it."""


class MoneyError(VerifierError, ValueError):
    """A number is not exact money. Write it as an int, a Fraction or a string such as "0.10" or "1/3"."""


class DomainError(VerifierError, ValueError):
    """A setting makes no sense (no agents, a negative value, an unknown key). Mend the `[domain]` table."""


class TooLarge(DomainError):
    """A grid has more profiles than the budget allows: use fewer agents or values, or raise `--max-profiles`.

    With `things` something else is too large, and they say what is counted.

    Attributes: `profiles`, the count that was asked for; `budget`, the most that is allowed.
    """

    def __init__(self, profiles: int, budget: int, things: str = "") -> None:
        self.profiles = profiles
        self.budget = budget
        grid = (
            f"the grid has {_count(profiles)} profiles and the budget allows {budget:,}; "
            "use fewer agents or values, or raise the budget (--max-profiles)"
        )
        super().__init__(f"{_count(profiles)} {things}; at most {budget:,} are looked at" if things else grid)


class TreeError(DomainError):
    """A game tree makes no sense at one node. Mend it at the path of moves that the message names.

    Attributes: `path`, the moves from the root to the node.
    """

    def __init__(self, message: str, path: tuple[str, ...] = ()) -> None:
        self.path = path
        super().__init__(f"{'after ' + ' / '.join(path) if path else 'at the root'}: {message}")


class SpecError(VerifierError, ValueError):
    """A claims file is wrong. Mend it at the file and line that the message names.

    Attributes: `path` of the file, `line` counted from 1, or 0 where no single line is to blame.
    """

    def __init__(self, message: str, path: str = "", line: int = 0) -> None:
        self.message = message
        self.path = path
        self.line = line
        where = f"{path}:{line}: " if path and line else f"{path}: " if path else ""
        super().__init__(where + message)


class SubjectError(VerifierError):
    """The mechanism under test could not be loaded. Check the dotted path and that it imports on its own."""


class StudyError(VerifierError):
    """A study of sampled instances cannot go on. What was decided is in its journal: mend the cause and start it again.

    Attributes: `number` of the instance that is to blame, or None.
    """

    def __init__(self, message: str, number: int | None = None) -> None:
        self.number = number
        super().__init__(message if number is None else f"instance {number}: {message}")


class JournalError(VerifierError, ValueError):
    """A journal cannot be continued. Give the study another path, or the plan that the journal was started with.

    Attributes: `path` of the journal, `line` counted from 1, or 0 where no single line is to blame.
    """

    def __init__(self, message: str, path: str, line: int = 0) -> None:
        self.path = path
        self.line = line
        super().__init__(f"{path}:{line}: {message}" if line else f"{path}: {message}")


class CertificateError(VerifierError, ValueError):
    """A certificate cannot be read. Write it again with `verify run`."""


def _count(number: int) -> str:
    """The number, or its order of magnitude where nobody would read the digits."""
    if number < 10**30:
        return f"{number:,}"
    return f"about 10^{int(math.log10(number))}"


def nearest(word: str, known: list[str]) -> str:
    """`; did you mean 'x'?` for a misspelt word, or the list of known words when none is near."""
    from difflib import get_close_matches

    close = get_close_matches(word, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(sorted(known))}"
