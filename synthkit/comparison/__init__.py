"""Synthesizers side by side: each learns the same rows and is scored against held-out ones."""

from synthkit.comparison.compare import compare
from synthkit.comparison.files import check_folder, save
from synthkit.comparison.result import READING, Comparison
from synthkit.comparison.trial import Trial

__all__ = ["READING", "Comparison", "Trial", "check_folder", "compare", "save"]
