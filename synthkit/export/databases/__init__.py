"""Writes tables into databases with their constraints on, complete or not at all."""
