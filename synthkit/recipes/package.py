"""Makes the generator of a plugin package from its recipe file and its hooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass
from datetime import date
from importlib.resources import files
from typing import Any

from synthkit.contracts.generator import LinkedGenerator
from synthkit.errors import UsageError
from synthkit.generators.recipes.generator import RecipeGenerator
from synthkit.generators.recipes.load import loads
from synthkit.generators.recipes.rows import Rows

__all__ = ["Hook", "from_package", "from_text"]

Hook = Callable[[Rows], Any]
"""Makes a column for `Rows`, or several by name."""


def from_package(
    package: str,
    file: str,
    *,
    hooks: Mapping[str, Hook] | None = None,
    settings: object = None,
) -> LinkedGenerator:
    """Return the generator of a recipe file that lies in a package.

    ``hooks`` are functions by the names that the recipe calls them by: they take `Rows` and
    return an array (Arrow, or float64 with NaN for null) with one value for each row, or several
    by name where columns say `field`. ``settings`` are those of the component: a dataclass or a
    mapping whose names the recipe has under `settings`.
    """
    text = files(package).joinpath(file).read_text(encoding="utf-8")
    return from_text(text, file, hooks=hooks, settings=settings)


def from_text(
    text: str,
    file: str = "recipe.yaml",
    *,
    hooks: Mapping[str, Hook] | None = None,
    settings: object = None,
) -> LinkedGenerator:
    """Return the generator of the text of a recipe; ``file`` is the name that errors show.

    See `from_package`. Raises `DataError` with line and column for a recipe that is wrong, and
    `UsageError` for a hook that there is not.
    """
    given = _plain(settings)
    recipe = loads(text, file, given)
    offered = dict(hooks or {})
    for name in recipe.hooks:
        if name not in offered:
            raise UsageError(
                f"{file}: there is no hook {name!r}.", hint=f"There are: {', '.join(offered)}."
            )
    return RecipeGenerator(recipe, offered, given)


def _plain(settings: object) -> dict[str, Any]:
    if settings is None:
        return {}
    if is_dataclass(settings) and not isinstance(settings, type):
        found = asdict(settings)
    elif isinstance(settings, Mapping):
        found = dict(settings)
    else:
        raise UsageError("The settings of a recipe are a dataclass or a mapping.")
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in found.items()
    }
