"""How far an audit is, on standard error: a moving bar on a terminal, one line per claims file anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from verifier.audit import Event

Listener: TypeAlias = "Callable[[Event], None]"


@contextmanager
def listener(specs: int, quiet: bool) -> Iterator[Listener]:
    """What is told of every event; `specs` is how many claims files there are."""
    if quiet:
        yield lambda event: None
    elif sys.stderr.isatty():
        with _bar(specs) as listen:
            yield listen
    else:
        yield _tell


@contextmanager
def _bar(specs: int) -> Iterator[Listener]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from verifier.audit import Progress as Step
    from verifier.audit import Started

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False) as shown:
        task = shown.add_task("", total=None)
        place = 0

        def listen(event: Event) -> None:
            nonlocal place
            if isinstance(event, Started):
                place += 1
                shown.update(task, description=f"{place} of {specs}  {event.spec.name}", completed=0, total=None)
            elif isinstance(event, Step):
                stage = f"{place} of {specs}  {event.stage}"
                shown.update(task, description=stage, completed=event.done, total=event.total)

        yield listen


def _tell(event: Event) -> None:
    from verifier.audit import Finished
    from verifier.reporting.console import fitting

    if isinstance(event, Finished):
        print(fitting(_finished(event.certificate), sys.stderr.encoding), file=sys.stderr)  # noqa: T201


def _finished(certificate: dict[str, Any]) -> str:
    claims = certificate["claims"]
    as_expected = sum(claim["met"] for claim in claims)
    partly = ", interrupted" if certificate["interrupted"] else ""
    return f"{certificate['name']}: {as_expected} of {len(claims)} claims as expected{partly}"
