"""All value providers behind one look-up by kind, for generators, synthesizers and actions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthkit.errors import PluginError, UsageError, near_matches

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pyarrow as pa

    from synthkit.plugins import Plugins

__all__ = ["ValueRegistry"]

_FILES = ("generators/values/*.*", "domains/*.py", "randomness.py")
_PACKAGES = ("faker", "numpy", "phonenumbers", "pyarrow")
"""Files and distributions that decide the built-in values."""


class ValueRegistry:
    """The value providers of all plugins, each made at its first use.

    ``family:method`` is a method of a provider that has many (``faker:license_plate``).
    Implements `synthkit.contracts.Values`. An unknown kind or locale is a `UsageError`; a
    provider that returns another number of values than was asked for is a `PluginError`.
    """

    def __init__(self, plugins: Plugins) -> None:
        """Store the plugins, which are asked when a kind is."""
        self._plugins = plugins
        self._providers: dict[str, Any] = {}

    def has(self, kind: str) -> bool:
        """Say whether there is a provider of single values of this kind."""
        family, colon, method = kind.partition(":")
        if family not in self._plugins.components("values") or bool(colon) != bool(method):
            return False
        return hasattr(self._provider(kind), "draw")

    def made_from(self, kind: str) -> tuple[tuple[str, ...], tuple[Path, ...]] | None:
        """Return the distributions and files that values of a built-in kind are made from.

        None for methods of libraries and kinds of plugins: what those are made from is not known.
        """
        if ":" in kind or not self._plugins.owner("values", kind).startswith("synthkit "):
            return None
        here = Path(__file__).parent
        files = [path for each in _FILES for path in sorted(here.glob(each)) if path.is_file()]
        return _PACKAGES, tuple(files)

    def draw(self, kind: str, count: int, rng: np.random.Generator, locale: str) -> pa.Array:
        """Return ``count`` values of a kind, drawn with replacement."""
        return self._checked(kind, count, self._part(kind, "draw")(count, rng, locale))

    def distinct(self, kind: str, start: int, count: int, key: int, locale: str) -> pa.Array:
        """Return a part of a kind's endless sequence without repeats."""
        return self._checked(kind, count, self._part(kind, "distinct")(start, count, key, locale))

    def draw_rows(
        self,
        kind: str,
        count: int,
        rng: np.random.Generator,
        locale: str,
        columns: Sequence[str] | None = None,
    ) -> pa.Table:
        """Return ``count`` rows of a kind of rows, drawn with replacement."""
        return self._rows(kind, "draw", columns, count, (count, rng, locale))

    def distinct_rows(
        self,
        kind: str,
        start: int,
        count: int,
        key: int,
        locale: str,
        columns: Sequence[str] | None = None,
    ) -> pa.Table:
        """Return a part of a kind of rows' endless sequence without repeats."""
        return self._rows(kind, "distinct", columns, count, (start, count, key, locale))

    def _rows(
        self, kind: str, how: str, columns: Sequence[str] | None, count: int, asked: tuple[Any, ...]
    ) -> pa.Table:
        """Return rows, or some of their columns: from a provider that can, no more is made."""
        make_rows = self._part(kind, f"{how}_rows")
        if columns is None:
            return self._checked(kind, count, make_rows(*asked))
        make = getattr(self._provider(kind), f"{how}_columns", None)
        made = make_rows(*asked) if make is None else make(columns, *asked)
        for name in columns:
            if name not in made.column_names:
                raise UsageError(
                    f"Rows of {kind!r} have no column {name!r}.",
                    hint=near_matches(name, make_rows(*asked).column_names),
                )
        return self._checked(kind, count, made.select(list(columns)))

    def _provider(self, kind: str) -> Any:
        if kind not in self._providers:
            family, _, method = kind.partition(":")
            settings = {"method": method} if method else {}
            self._providers[kind] = self._plugins.create("values", family, settings)
        return self._providers[kind]

    def _part(self, kind: str, method: str) -> Any:
        found = getattr(self._provider(kind), method, None)
        if found is None:
            alike = [
                name
                for name in self._plugins.components("values")
                if hasattr(self._provider(name), method)
            ]
            what = "rows" if method.endswith("rows") else "single values"
            raise UsageError(
                f"The value provider {kind!r} does not make {what}.",
                hint=near_matches(kind, alike),
            )
        return found

    def _checked(self, kind: str, count: int, made: Any) -> Any:
        if len(made) != count:
            owner = self._plugins.owner("values", kind.partition(":")[0])
            raise PluginError(
                f"The value provider {kind!r} of {owner} "
                f"made {len(made):,} values where {count:,} were asked for.",
                hint="Report this to the authors of the plugin.",
            )
        return made
