"""Agents who learn what to bid. Floats: this is simulation."""

from __future__ import annotations
