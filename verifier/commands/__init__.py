"""The subcommands of `verify`, one module each; what is heavy is imported when a command runs."""

from __future__ import annotations
