"""Engines: the ways of knowing whether a property holds. No engine imports another."""
