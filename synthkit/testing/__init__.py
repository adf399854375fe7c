"""Checks for the tests of plugin packages: what a contract promises, tried on what is installed."""

from synthkit.testing.generators import check_generator, generated
from synthkit.testing.values import check_values

__all__ = ["check_generator", "check_values", "generated"]
