"""Checks for the tests of plugin packages: what a contract promises, tried on what is installed."""

from synthkit.testing.generators import check_generator, generated, generated_in_blocks
from synthkit.testing.values import check_values

__all__ = ["check_generator", "check_values", "generated", "generated_in_blocks"]
