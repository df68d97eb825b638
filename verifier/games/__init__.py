"""Games: what players can do, and what every player gets for it, in exact numbers."""
