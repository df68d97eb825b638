"""Sharing out divisible goods in plain Python: bids in, (shares, payments) out, one entry per agent.

They may multiply and divide bids. `ONE` makes quotients exact: an int divided by an int would be a rounded float.
"""

from __future__ import annotations
