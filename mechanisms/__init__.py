"""The defendants: reference mechanisms with their sources, flawed ones with their bugs. `verifier` imports none."""
