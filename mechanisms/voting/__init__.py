"""Rules that elect one candidate from the voters' rankings."""
