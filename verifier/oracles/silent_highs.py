"""A HiGHS model that prints nothing: what a command prints on the standard output is its own."""

from __future__ import annotations

from typing import Any


def silent_highs() -> Any:
    """A new model.

    From version 1.16 on HiGHS greets whoever enables callbacks, which its constructor does before anybody can tell it
    to be silent.
    """
    import highspy

    class Silent(highspy.Highs):  # type: ignore[misc]
        def enableCallbacks(self) -> None:  # noqa: N802  the library's name
            self.silent()
            super().enableCallbacks()

    model = Silent()
    model.silent()
    return model
