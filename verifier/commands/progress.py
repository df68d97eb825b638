"""Progress on stderr: a bar on a terminal, nothing anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from verifier.audit import Event, Progress
from verifier.spec import Spec

Show: TypeAlias = Callable[[Event], None]


class Talk:
    """What is said on stderr; `quiet` says nothing."""

    def __init__(self, *, quiet: bool) -> None:
        self.quiet = quiet

    def say(self, line: str) -> None:
        """One line."""
        if not self.quiet:
            sys.stderr.write(line + "\n")

    @contextmanager
    def about(self, spec: Spec) -> Iterator[Show]:
        """Show the events of one audit while it runs."""
        if self.quiet or not sys.stderr.isatty():
            yield lambda event: None
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
        from rich.progress import Progress as Bar

        columns = TextColumn(spec.name), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
        with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("starting", total=None)

            def show(event: Event) -> None:
                if isinstance(event, Progress):
                    bar.update(task, description=event.stage, completed=event.done, total=event.total)

            yield show
