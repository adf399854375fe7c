"""Recipes for authors of plugins: a generator from a recipe file of the package, and hooks.

Import it where the generator is made, not where the plugin is looked at.
"""

from synthkit.generators.recipes.rows import Rows
from synthkit.recipes.drafting import draft
from synthkit.recipes.package import Hook, from_package, from_text

__all__ = ["Hook", "Rows", "draft", "from_package", "from_text"]
