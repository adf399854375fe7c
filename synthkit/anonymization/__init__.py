"""Replaces what identifies people, so that joins, uniqueness and formats hold."""
