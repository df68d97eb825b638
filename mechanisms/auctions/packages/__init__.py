"""Auctions with package bids: winner determination by integer programs, Vickrey-Clarke-Groves, pay as bid."""

from __future__ import annotations
