"""Samples under conditions: rows drawn again until they fit, and given rows completed."""
