"""Every maker by name."""

from __future__ import annotations

from synthkit.generators.recipes.maker import Maker
from synthkit.generators.recipes.makers.choices import Boolean, Case, Choice
from synthkit.generators.recipes.makers.computed import AGGREGATES, Copy, Formula
from synthkit.generators.recipes.makers.hooks import Hook
from synthkit.generators.recipes.makers.numbers import DISTRIBUTIONS
from synthkit.generators.recipes.makers.providers import Faker, Person, Place, Value
from synthkit.generators.recipes.makers.relations import References, Tree
from synthkit.generators.recipes.makers.texts import Code, Constant, Sequence, Template
from synthkit.generators.recipes.makers.times import Time

__all__ = ["MAKERS"]

_ALL: tuple[type[Maker], ...] = (
    Sequence, Code, Value, Faker, Person, Place, Choice, Boolean, Constant, Template,
    *DISTRIBUTIONS, Time, Formula, Copy, Case, References, Tree, *AGGREGATES, Hook,
)  # fmt: skip
MAKERS: dict[str, type[Maker]] = {each.NAME: each for each in _ALL}
"""In the order of the reference page."""
