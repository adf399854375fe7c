"""Finds plugins, isolates broken ones, checks what they give and looks components up.

Built-ins are plugins like any other, named once here, as strings.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache, cached_property, partial
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any

import pluggy

from synthkit import hookspecs
from synthkit.contracts.component import API_VERSION, Component
from synthkit.errors import PluginError, SynthkitError, UsageError, near_matches
from synthkit.version import VERSION

if TYPE_CHECKING:
    import click

__all__ = ["KINDS", "Offer", "Plugins", "SetAside", "installed_plugins"]

KINDS = (
    "sources",
    "generators",
    "values",
    "recognizers",
    "actions",
    "synthesizers",
    "exporters",
    "report_sections",
)
"""What components there are; the hook of a kind is ``synthkit_<kind>``."""

BUILT_IN = (
    "synthkit.sources.plugin",
    "synthkit.generators.plugin",
    "synthkit.anonymization.plugin",
    "synthkit.synthesizers.plugin",
    "synthkit.export.plugin",
    "synthkit.reports.plugin",
)
DISABLE = "SYNTHKIT_DISABLE_PLUGINS"
"""Environment variable: names of distributions that are not loaded, comma-separated, or ``all``."""

_NAME = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")


@dataclass(frozen=True)
class Offer:
    """A component and where it comes from."""

    kind: str
    component: Component[Any]
    distribution: str
    version: str


@dataclass(frozen=True)
class SetAside:
    """A plugin that is not used, and why."""

    name: str
    distribution: str
    version: str
    reason: str


@dataclass(frozen=True)
class _Candidate:
    name: str
    distribution: str
    version: str
    load: Callable[[], object]


class Plugins:
    """The plugins of this environment, found and loaded at the first look."""

    def __init__(
        self, *, candidates: Sequence[EntryPoint] | None = None, built_in: Sequence[str] = BUILT_IN
    ) -> None:
        """Store where to look: entry points (by default those installed) and built-in modules."""
        self._candidates = candidates
        self._built_in = built_in

    @property
    def offers(self) -> Sequence[Offer]:
        """Everything that loaded plugins offer, built-ins first."""
        return self._loaded[0]

    @property
    def set_aside(self) -> Sequence[SetAside]:
        """Plugins that failed to load or broke the contract."""
        return self._loaded[1]

    def components(self, kind: str) -> Mapping[str, Component[Any]]:
        """Return the components of a kind by name; names that two plugins claim are left out."""
        found: dict[str, list[Component[Any]]] = {}
        for offer in self.offers:
            if offer.kind == kind:
                found.setdefault(offer.component.name, []).append(offer.component)
        return {name: same[0] for name, same in found.items() if len(same) == 1}

    def component(self, kind: str, name: str) -> Component[Any]:
        """Return one component.

        Raises `PluginError` if two distributions claim the name, `UsageError` if none has it.
        """
        claims = [
            offer for offer in self.offers if offer.kind == kind and offer.component.name == name
        ]
        if len(claims) > 1:
            owners = " and ".join(f"{offer.distribution} {offer.version}" for offer in claims)
            raise PluginError(
                f"Two plugins offer the {_singular(kind)} {name!r}: {owners}.",
                hint=f"Uninstall one, or set {DISABLE} to its distribution's name.",
            )
        if not claims:
            hint = near_matches(name, self.components(kind))
            if self.set_aside:
                broken = ", ".join(sorted({plugin.distribution for plugin in self.set_aside}))
                hint += f" Plugins set aside: {broken} (`synthkit plugins` tells why)."
            raise UsageError(f"There is no {_singular(kind)} {name!r}.", hint=hint)
        return claims[0].component

    def create(self, kind: str, name: str, settings: Mapping[str, Any] | None = None) -> Any:
        """Make a part from its component and settings, whose text values are converted.

        Raises `UsageError` for settings that the component does not have, and `PluginError`
        if the part cannot be made.
        """
        component = self.component(kind, name)
        made = _settings(component, settings or {})
        try:
            return component.create(made)
        except SynthkitError:
            raise
        except Exception as error:
            raise PluginError(
                f"The {_singular(kind)} {name!r} of {self.owner(kind, name)} could not be made: "
                f"{type(error).__name__}: {_first_line(error)}",
                hint="Reinstall or update the plugin.",
            ) from error

    def owner(self, kind: str, name: str) -> str:
        """Return ``distribution version`` of a component, for messages and manifests."""
        for offer in self.offers:
            if offer.kind == kind and offer.component.name == name:
                return f"{offer.distribution} {offer.version}"
        return "an unknown plugin"

    def commands(self, taken: Sequence[str]) -> dict[str, click.Command]:
        """Return the commands that plugins add.

        Raises `PluginError` if one has the name of a built-in (``taken``) or of another plugin's.
        """
        found: dict[str, tuple[click.Command, str]] = {}
        for command, owner in self._loaded[2]:
            name = str(command.name)
            if name in taken or name in found:
                other = "a built-in command" if name in taken else found[name][1]
                raise PluginError(
                    f"{owner} adds a command {name!r}, which {other} already has.",
                    hint=f"Set {DISABLE} to the distribution's name to go on without it.",
                )
            found[name] = (command, owner)
        return {name: command for name, (command, _) in found.items()}

    @cached_property
    def _loaded(
        self,
    ) -> tuple[list[Offer], list[SetAside], list[tuple[click.Command, str]]]:
        manager = pluggy.PluginManager("synthkit")
        manager.add_hookspecs(hookspecs)
        offers: list[Offer] = []
        aside: list[SetAside] = []
        commands: list[tuple[click.Command, str]] = []
        for candidate in self._find():
            try:
                given, added = _load(manager, candidate)
            except Exception as error:  # whatever a plugin does wrong, the others go on
                reason = f"{type(error).__name__}: {_first_line(error)}"
                aside.append(
                    SetAside(candidate.name, candidate.distribution, candidate.version, reason)
                )
                continue
            offers += given
            commands += [
                (command, f"{candidate.distribution} {candidate.version}") for command in added
            ]
        return offers, aside, commands

    def _find(self) -> Iterator[_Candidate]:
        for module in self._built_in:
            yield _Candidate(module, "synthkit", VERSION, partial(import_module, module))
        disabled = {name.strip() for name in os.environ.get(DISABLE, "").split(",")} - {""}
        found = entry_points(group="synthkit") if self._candidates is None else self._candidates
        for entry in sorted(found, key=lambda entry: (_owner(entry), entry.name)):
            distribution, version = _owner(entry)
            if not disabled & {"all", distribution, entry.name}:
                yield _Candidate(entry.name, distribution, version, entry.load)


@cache
def installed_plugins() -> Plugins:
    """Return the plugins of this environment, looked for once."""
    return Plugins()


def _owner(entry: EntryPoint) -> tuple[str, str]:
    return (entry.dist.name, entry.dist.version) if entry.dist else ("unknown", "0")


def _load(
    manager: pluggy.PluginManager, candidate: _Candidate
) -> tuple[list[Offer], list[click.Command]]:
    """Import a plugin, register its hooks and ask each for what it gives, checked."""
    plugin = candidate.load()
    name = f"{candidate.distribution}:{candidate.name}"
    manager.register(plugin, name=name)
    try:
        for implementation in manager.get_hookcallers(plugin) or []:
            if not implementation.has_spec():
                raise PluginError(f"there is no hook {implementation.name!r} in this version")
        offers = [
            Offer(kind, _checked(component), candidate.distribution, candidate.version)
            for kind in KINDS
            for component in _ask(manager, plugin, f"synthkit_{kind}")
        ]
        commands = _ask(manager, plugin, "synthkit_commands")
    except Exception:
        manager.unregister(plugin)
        raise
    return offers, commands


def _ask(manager: pluggy.PluginManager, plugin: object, hook: str) -> list[Any]:
    caller = getattr(manager.hook, hook)
    implementations = [each for each in caller.get_hookimpls() if each.plugin is plugin]
    return [item for each in implementations for item in each.function()]


def _checked(component: object) -> Component[Any]:
    if not isinstance(component, Component):
        raise PluginError(f"a hook returned {type(component).__name__}, not Component")
    if component.api_version not in (API_VERSION, API_VERSION - 1):
        raise PluginError(
            f"{component.name!r} wants API version {component.api_version}; "
            f"this synthkit has {API_VERSION}"
        )
    if not _NAME.fullmatch(component.name):
        raise PluginError(f"{component.name!r} is not a name: lower case letters, digits, - and _")
    if not is_dataclass(component.settings) and not hasattr(component.settings, "model_fields"):
        raise PluginError(f"the settings of {component.name!r} are neither dataclass nor pydantic")
    return component


def _settings(component: Component[Any], given: Mapping[str, Any]) -> Any:
    from pydantic import TypeAdapter, ValidationError

    kind = component.settings
    if is_dataclass(kind):
        known = [field.name for field in fields(kind)]
    else:
        known = list(kind.model_fields)
    for name in given:
        if name not in known:
            raise UsageError(
                f"{component.name!r} has no setting {name!r}.", hint=near_matches(name, known)
            )
    if not given:
        return kind()
    try:
        return TypeAdapter(kind).validate_python(dict(given))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(
            f"The setting {where!r} of {component.name!r} does not fit: {first['msg']}.",
            hint=f"`synthkit plugins` lists the settings of {component.name!r}.",
        ) from None


def _singular(kind: str) -> str:
    return kind.replace("_", " ").removesuffix("s") if kind != "values" else "value provider"


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or ["(no message)"])[0]
