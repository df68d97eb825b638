"""Equilibria in mixed strategies: proposed by anybody, certified in exact arithmetic, complete where that is shown."""
