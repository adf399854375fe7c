"""The registry of value providers: looked up by kind, checked, with clear errors."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthkit.contracts import Component, Values
from synthkit.errors import PluginError, UsageError
from synthkit.hookspecs import hookimpl
from synthkit.plugins import Plugins
from synthkit.values import ValueRegistry


class Short:
    """A provider that makes one value too few."""

    def draw(self, count: int, rng: np.random.Generator, locale: str) -> pa.Array:
        return pa.array(["x"] * (count - 1))

    def distinct(self, start: int, count: int, key: int, locale: str) -> pa.Array:
        return pa.array([f"{locale}{key}-{place}" for place in range(start, start + count)])


def registry(monkeypatch: pytest.MonkeyPatch) -> Values:
    made = ModuleType("short_values")

    def synthkit_values() -> list[Component[Any]]:
        return [Component("short", "s", create=lambda _: Short())]

    made.synthkit_values = hookimpl(synthkit_values)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "short_values", made)
    entry = EntryPoint(name="short", value="short_values", group="synthkit")
    return ValueRegistry(Plugins(candidates=(entry,), built_in=("synthkit.generators.plugin",)))


def rng() -> np.random.Generator:
    return np.random.Generator(np.random.Philox(1))


def test_kinds_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    values = registry(monkeypatch)
    assert values.has("email")
    assert values.has("short")
    assert not values.has("emial")
    assert not values.has("person")
    assert len(values.draw("email", 3, rng(), "en_US")) == 3
    assert values.distinct("short", 2, 2, 5, "xx").to_pylist() == ["xx5-2", "xx5-3"]
    assert values.draw_rows("place", 3, rng(), "en_US").num_rows == 3
    assert values.distinct_rows("person", 0, 3, 1, "en_US").num_rows == 3


def test_an_unknown_kind_names_near_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="'emial'") as caught:
        registry(monkeypatch).draw("emial", 1, rng(), "en_US")
    assert "email" in str(caught.value.hint)


def test_rows_are_not_single_values(monkeypatch: pytest.MonkeyPatch) -> None:
    values = registry(monkeypatch)
    with pytest.raises(UsageError, match="'person' does not make single values"):
        values.draw("person", 1, rng(), "en_US")
    with pytest.raises(UsageError, match="'email' does not make rows") as caught:
        values.draw_rows("email", 1, rng(), "en_US")
    assert "person" in str(caught.value.hint)


def test_a_provider_that_makes_too_few_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PluginError, match=r"'short' .* made 2 values where 3"):
        registry(monkeypatch).draw("short", 3, rng(), "en_US")


@pytest.mark.parametrize("kind", ["person", "place"])
def test_columns_are_the_same_whatever_is_wanted_beside_them(kind: str) -> None:
    values = ValueRegistry(Plugins())

    def drawn(columns: list[str] | None) -> pa.Table:
        rng = np.random.Generator(np.random.Philox(3))
        return values.draw_rows(kind, 50, rng, "fr_FR", columns=columns)

    def distinct(columns: list[str] | None) -> pa.Table:
        return values.distinct_rows(kind, 7, 50, 1, "fr_FR", columns=columns)

    for make in (drawn, distinct):
        whole = make(None)
        for name in whole.column_names:
            assert make([name]).equals(whole.select([name]))
        few = whole.column_names[3::-2]
        assert make(few).equals(whole.select(few))


@pytest.mark.parametrize(
    ("kind", "wrong", "right"), [("person", "emial", "email"), ("place", "ctiy", "city")]
)
def test_a_column_that_rows_lack_names_near_ones(kind: str, wrong: str, right: str) -> None:
    with pytest.raises(UsageError, match=wrong) as caught:
        ValueRegistry(Plugins()).distinct_rows(kind, 0, 3, 1, "en_US", columns=[wrong])
    assert right in str(caught.value.hint)
