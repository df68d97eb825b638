"""Audits of a stranger's code: from what the command line names to a sheet with every property and why.

`targets` and `looking` find the callable, `inference` tries how it wants its bids and says its outcomes, `settings` and
`plan` choose what is run, `self_test` plants a mechanism that must be caught, `conduct` runs it all, `sheet` adds up.
"""
