"""Plugins: found, isolated when broken, checked, and looked up with clear errors."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import Any

import click
import pytest

from synthkit.contracts import API_VERSION, Component, NoSettings
from synthkit.errors import PluginError, UsageError
from synthkit.hookspecs import hookimpl
from synthkit.plugins import DISABLE, Plugins


@dataclass(frozen=True)
class Size:
    rows: int = 3
    label: str = "x"


def module(name: str, monkeypatch: pytest.MonkeyPatch, **hooks: Any) -> EntryPoint:
    """Install an importable plugin module and return its entry point."""
    made = ModuleType(name)
    for hook, given in hooks.items():
        setattr(made, hook, hookimpl(_hook(given, hook)))
    monkeypatch.setitem(sys.modules, name, made)
    return EntryPoint(name=name, value=name, group="synthkit")


def _hook(given: Any, name: str) -> Any:
    def implementation() -> Any:
        if isinstance(given, Exception):
            raise given
        return given

    implementation.__name__ = name
    return implementation


def component(name: str = "toy", **changes: Any) -> Component[Any]:
    return Component(
        **{"name": name, "summary": "s", "create": lambda settings: settings, **changes}
    )


def plugins(*entries: EntryPoint) -> Plugins:
    return Plugins(candidates=entries, built_in=())


def test_a_component_is_made_with_its_settings_converted(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = module("good", monkeypatch, synthkit_sources=[component(settings=Size)])
    assert plugins(entry).create("sources", "toy", {"rows": "12"}) == Size(rows=12)
    assert plugins(entry).create("sources", "toy") == Size()


def test_settings_that_do_not_exist_or_fit_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    found = plugins(module("good", monkeypatch, synthkit_sources=[component(settings=Size)]))
    with pytest.raises(UsageError, match="no setting 'row'") as wrong:
        found.create("sources", "toy", {"row": 1})
    assert "'rows'" in str(wrong.value.hint)
    with pytest.raises(UsageError, match="'rows'"):
        found.create("sources", "toy", {"rows": "many"})


@pytest.mark.parametrize(
    ("hooks", "reason"),
    [
        ({"synthkit_sources": RuntimeError("boom")}, "RuntimeError: boom"),
        ({"synthkit_sources": ["not a component"]}, "returned str"),
        ({"synthkit_sources": [component(api_version=API_VERSION + 1)]}, "wants API version"),
        ({"synthkit_sources": [component("Bad Name")]}, "is not a name"),
        ({"synthkit_sources": [component(settings=int)]}, "neither dataclass nor pydantic"),
        ({"synthkit_surprise": []}, "no hook 'synthkit_surprise'"),
    ],
)
def test_a_broken_plugin_is_set_aside_and_the_rest_works(
    monkeypatch: pytest.MonkeyPatch, hooks: dict[str, Any], reason: str
) -> None:
    found = plugins(
        module("broken", monkeypatch, **hooks),
        module("good", monkeypatch, synthkit_values=[component("names")]),
    )
    assert list(found.components("values")) == ["names"]
    assert not found.components("sources")
    assert [plugin.name for plugin in found.set_aside] == ["broken"]
    assert reason in found.set_aside[0].reason


def test_a_plugin_that_cannot_be_imported_is_set_aside() -> None:
    found = plugins(EntryPoint("gone", "module_that_is_not_there", "synthkit"))
    assert found.set_aside[0].reason.startswith("ModuleNotFoundError")
    with pytest.raises(UsageError, match="no source 'x'") as missing:
        found.create("sources", "x")
    assert "set aside: unknown" in str(missing.value.hint)


def test_two_plugins_with_one_name_are_an_error_only_where_it_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = plugins(
        module("one", monkeypatch, synthkit_sources=[component("toy"), component("other")]),
        module("two", monkeypatch, synthkit_sources=[component("toy")]),
    )
    assert list(found.components("sources")) == ["other"]
    with pytest.raises(PluginError, match="Two plugins offer the source 'toy'"):
        found.create("sources", "toy")


def test_a_part_that_cannot_be_made_names_its_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(settings: NoSettings) -> None:
        raise KeyError("secret")

    found = plugins(module("good", monkeypatch, synthkit_sources=[component(create=fail)]))
    with pytest.raises(PluginError, match="could not be made: KeyError"):
        found.create("sources", "toy")


def test_plugins_can_be_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = module("good", monkeypatch, synthkit_sources=[component()])
    monkeypatch.setenv(DISABLE, "all")
    assert not plugins(entry).offers
    monkeypatch.setenv(DISABLE, "good")
    assert not plugins(entry).offers
    monkeypatch.setenv(DISABLE, "another")
    assert plugins(entry).offers


def test_a_command_may_not_take_a_built_in_name(monkeypatch: pytest.MonkeyPatch) -> None:
    command = click.Command("fit")
    found = plugins(module("good", monkeypatch, synthkit_commands=[command]))
    assert found.commands(taken=[]) == {"fit": command}
    with pytest.raises(PluginError, match="which a built-in command already has"):
        found.commands(taken=["fit"])


def test_every_built_in_loads() -> None:
    found = Plugins(candidates=())
    assert found.set_aside == []
    assert "independent" in found.components("synthesizers")
