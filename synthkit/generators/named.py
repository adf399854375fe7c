"""What users name to be generated: plugins by their name, and recipes by their file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

from synthkit.contracts.component import Component
from synthkit.contracts.generator import Generator
from synthkit.errors import UsageError, near_matches
from synthkit.plugins import Plugins
from synthkit.values import ValueRegistry

__all__ = ["Made", "is_recipe", "made"]

_ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True)
class Made:
    """A generator that is ready: what it is called, whose it is, itself."""

    name: str
    owner: str
    generator: Generator


@dataclass(frozen=True)
class _Named:
    name: str
    owner: str
    known: tuple[str, ...]
    create: Callable[[Mapping[str, Any]], Generator]


def made(names: Sequence[str], plugins: Plugins, settings: Mapping[str, Any]) -> list[Made]:
    """Return the generators of some names, in their order, each with its settings.

    Raises `UsageError` for unknown names and settings, `DataError` for a recipe that is wrong.
    """
    if not names:
        raise UsageError(
            "No generator is named.", hint=near_matches("", plugins.components("generators"))
        )
    found = [_named(name, plugins) for name in names]
    repeated = [name for name, times in Counter(each.name for each in found).items() if times > 1]
    if repeated:
        raise UsageError(f"The generator {repeated[0]!r} is named twice.", hint="Name it once.")
    own = _settings_of(found, settings)
    return [Made(each.name, each.owner, each.create(own[each.name])) for each in found]


def is_recipe(name: str) -> bool:
    """Say whether a name is that of a recipe's file, not of a generator."""
    return Path(name).suffix.lower() in _ENDINGS


def _named(name: str, plugins: Plugins) -> _Named:
    if is_recipe(name):
        return _recipe(name, plugins)
    component = plugins.component("generators", name)
    return _Named(
        name,
        plugins.owner("generators", name),
        tuple(_known(component)),
        lambda settings: plugins.create("generators", name, settings),
    )


def _recipe(path: str, plugins: Plugins) -> _Named:
    from synthkit.generators.recipes.generator import RecipeGenerator
    from synthkit.generators.recipes.load import read_text, settings_of

    recipe = read_text(path)

    def create(settings: Mapping[str, Any]) -> Generator:
        read = recipe.load(settings)
        for name, node in read.hooks.items():
            raise node.error(
                f"there is no hook {name!r}",
                "A recipe file runs no code; hooks belong to recipes of plugin packages.",
            )
        read.check_kinds(ValueRegistry(plugins).has)
        return RecipeGenerator(read, settings=settings_of(recipe.root, settings))

    return _Named(
        recipe.name,
        path,
        tuple(settings_of(recipe.root, {})),
        create,
    )


def _settings_of(named: Sequence[_Named], settings: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Share settings out among generators by name."""
    found: dict[str, dict[str, Any]] = {each.name: {} for each in named}
    for key, value in settings.items():
        generator, dot, setting = key.rpartition(".")
        takers = [
            each.name for each in named if setting in each.known and generator in ("", each.name)
        ]
        if not takers:
            every = [
                f"{each.name}.{known}" if dot else known for each in named for known in each.known
            ]
            names = " and ".join(each.name for each in named)
            raise UsageError(
                f"{names} {'has' if len(named) == 1 else 'have'} no setting {key!r}.",
                hint=near_matches(key, set(every)),
            )
        for name in takers:
            found[name][setting] = value
    return found


def _known(component: Component[Any]) -> list[str]:
    kind = component.settings
    return [each.name for each in fields(kind)] if is_dataclass(kind) else list(kind.model_fields)
