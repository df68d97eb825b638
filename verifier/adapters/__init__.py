"""Subjects: how a stranger's mechanism is loaded, called and read."""

from __future__ import annotations

from verifier.adapters.faults import ProtocolFault
from verifier.adapters.subject import Subject, load

__all__ = ["ProtocolFault", "Subject", "load"]
