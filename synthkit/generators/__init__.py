"""The front door of generation: `generate` makes baseline data from generator plugins."""

from __future__ import annotations

from synthkit.generators.baseline import Baseline
from synthkit.generators.blocks import Stretches
from synthkit.generators.generate import Generated, generate
from synthkit.generators.named import is_recipe

__all__ = ["Baseline", "Generated", "Stretches", "generate", "is_recipe"]
