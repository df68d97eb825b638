"""Tokens of a context window among agents that ask for them: who gets how many, and what they pay.

Values       An agent that gets x tokens values them at its value per token times min(x, saturation), and at nothing
             where x is below its minimum. The value per token is what it may lie about; sizes are public.
Guarantee    Every agent gets `min_per_agent` tokens, or what it asked for if that is less, whatever it reports.
Exact        The allocation of most value, with Clarke payments: `mechanism = "exact"`.
Greedy       By value per token, with critical payments: `mechanism = "greedy"`. Fast, and not always of most value.

Either is truthful in values per token. Neither is truthful in sizes: see the claims in `specs/claims/allocation`.
"""

from __future__ import annotations

from mechanisms.allocation.context.requests import ContextConstraints as ContextConstraints
from mechanisms.allocation.context.requests import ContextError as ContextError
from mechanisms.allocation.context.requests import ContextRequest as ContextRequest
from mechanisms.allocation.context.requests import TaskType as TaskType
from mechanisms.allocation.context.window import ContextAllocation as ContextAllocation
from mechanisms.allocation.context.window import ContextAllocationResult as ContextAllocationResult
from mechanisms.allocation.context.window import ContextPrice as ContextPrice
from mechanisms.allocation.context.window import allocate as allocate
from mechanisms.allocation.context.window import compute_prices as compute_prices
from mechanisms.allocation.context.window import update_allocation as update_allocation
