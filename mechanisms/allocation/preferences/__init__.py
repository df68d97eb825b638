"""What agents want: values of bundles, relations between them, budgets, and demand by price.

A bundle says how many units of each resource: a mapping from names to whole numbers, what is not named being 0.
"""

from __future__ import annotations
