"""What allocators need around them: a ledger of evidence, accounts in virtual currency, limits on rates."""

from __future__ import annotations
