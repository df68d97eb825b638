"""Audits of a stranger's code: from what the command line names to a sheet with every property and why.

`targets` finds the callable, `inference` tries how it wants its bids and says its outcomes, `sizes` plans which settings
are run, `self_test` injects a mechanism that must be caught, `sheet` runs the plan and adds up what came of it.
"""
