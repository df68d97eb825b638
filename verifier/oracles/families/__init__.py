"""Games with infinitely many actions whose equilibrium is known in closed form, or enclosed by certified numbers.

Each module gives the equilibrium, what nobody can gain beyond by a deviation, and the price of anarchy as an
`enclosure.Enclosure`: a single rational where the closed form is rational, else two rationals around it.

Source: Roughgarden 2015; Moore, Kearfott and Cloud 2009 (numbers enclosed by two exact ones).
"""

from __future__ import annotations
