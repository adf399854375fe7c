"""The reference pages are written from the code; these tests compare them with it.

To write them anew: ``python -m pytest tests/docs --regenerate``.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from importlib.metadata import entry_points
from typing import Any

import click
import pytest

from synthkit import contracts, errors, hookspecs
from synthkit.cli import cli
from synthkit.contracts import Component
from synthkit.lineage import record
from synthkit.plugins import KINDS, Plugins

Check = Callable[[str, str], None]


def page(title: str, intro: str, parts: Iterable[str]) -> str:
    note = "<!-- Written from the code: python -m pytest tests/docs --regenerate -->"
    return "\n\n".join([f"# {title}", note, intro, *parts]) + "\n"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(each.replace("|", "\\|") for each in x) + " |" for x in lines
    )


def code(text: object) -> str:
    return f"`{text}`"


def prose(text: str | None) -> str:
    """Return a docstring as Markdown: its code marks single, its paragraphs on one line each."""
    paragraphs = re.split(r"\n\s*\n", inspect.cleandoc(text or ""))
    return "\n\n".join(" ".join(each.split()) for each in paragraphs).replace("``", "`")


# The command line


def command_parts(command: click.Command, name: str) -> Iterator[str]:
    """Yield the sections of a command, and of the commands below it."""
    context = click.Context(command, info_name=name)
    usage = " ".join([name, *command.collect_usage_pieces(context)])
    yield f"## {name}\n\n```text\n{usage}\n```"
    yield from help_parts(command.help or "")
    options = [each for each in command.params if isinstance(each, click.Option)]
    if options:
        yield table(("option", "value", "default", "meaning"), map(option_row, options))
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            below = command.get_command(context, child)
            assert below is not None
            yield from command_parts(below, f"{name} {child}")


def help_parts(text: str) -> Iterator[str]:
    """Yield the paragraphs of a help text; one that click keeps as it is becomes a code block."""
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(text)):
        if paragraph.startswith("\b"):
            yield "```text\n" + paragraph.removeprefix("\b\n") + "\n```"
        else:
            yield " ".join(paragraph.split())


def option_row(option: click.Option) -> tuple[str, ...]:
    shown = option.default if option.default not in (None, False, (), "") else ""
    default = str(shown) if isinstance(shown, str | int | float | bool) else ""
    value = "" if option.is_flag else code(option.make_metavar(click.Context(click.Command("x"))))
    names = ", ".join(map(code, option.opts))
    return names, value, code(default) if default else "", option.help or ""


def test_the_command_line_page(assert_committed: Check) -> None:
    intro = "Every command takes `--help`. Exit codes are those of the [errors](errors.md)."
    assert_committed(
        "docs/reference/cli.md", page("Command line", intro, command_parts(cli, "synthkit"))
    )


def test_every_command_and_option_says_what_it_does() -> None:
    def walk(command: click.Command) -> Iterator[str]:
        context = click.Context(command)
        if not command.help:
            yield str(command.name)
        for each in command.params:
            if isinstance(each, click.Option) and not each.help:
                yield f"{command.name} {each.name}"
        if isinstance(command, click.Group):
            for child in command.list_commands(context):
                yield from walk(command.get_command(context, child) or click.Command(child))

    assert list(walk(cli)) == []
    assert "\\b" not in "".join(command_parts(cli, "synthkit")), "a mark of click's, shown as text"
    lacking = click.Command("x", help="Does x.", params=[click.Option(["--y"])])
    assert list(walk(lacking)) == ["x y"]


# Hooks and contracts


def hooks() -> list[str]:
    return [name for name in hookspecs.__all__ if name.startswith("synthkit_")]


def signature(function: Callable[..., Any]) -> str:
    return f"def {function.__name__}{inspect.signature(function)}".replace("'", "")


def test_the_hooks_page(assert_committed: Check) -> None:
    intro = (
        "A plugin is a module named in the entry-point group `synthkit`. It marks its functions "
        "with `synthkit.hookspecs.hookimpl`; each has the name of a hook and returns a list of "
        "components. Looking at a plugin must be cheap: a hook imports nothing heavy."
    )
    parts = []
    for name in hooks():
        function = getattr(hookspecs, name)
        parts.append(f"## {name}\n\n```py\n{signature(function)}\n```\n\n{prose(function.__doc__)}")
    assert_committed("docs/reference/hooks.md", page("Hooks", intro, parts))


def test_every_kind_of_component_has_a_hook() -> None:
    assert {f"synthkit_{kind}" for kind in KINDS} | {"synthkit_commands"} == set(hooks())


def promised(source: str) -> str:
    """Return the source of a class without what its methods do: signatures and docstrings."""
    lines = source.rstrip().splitlines()
    methods = [x for x in ast.walk(ast.parse(source)) if isinstance(x, ast.FunctionDef)]
    for method in sorted(methods, key=lambda x: -x.lineno):
        has_docstring = ast.get_docstring(method) is not None
        if work := method.body[has_docstring:]:
            first = work[0].lineno - 1
            lines[first : method.end_lineno] = []
            if has_docstring:
                lines.insert(first, " " * work[0].col_offset + "...")
            else:
                lines[first - 1] += " ..."
    return "\n".join(lines)


def test_methods_are_shown_by_what_they_promise() -> None:
    shown = (
        'class A:\n    b: int = 1\n\n    def c(self) -> int:\n        """Say b."""\n        {}\n'
    )
    assert promised(shown.format("d = self.b\n\n        return d")) == shown.format("...").rstrip()


def test_the_contracts_page(assert_committed: Check) -> None:
    intro = (
        "What a plugin gives and what it gets, from `synthkit.contracts`. Within an API version, "
        f"arguments and fields are only added, with defaults; the version is "
        f"{contracts.API_VERSION}."
    )
    parts = []
    for name in contracts.__all__:
        value = getattr(contracts, name)
        if is_dataclass(value) or getattr(value, "_is_protocol", False):
            parts.append(f"## {name}\n\n```py\n{promised(inspect.getsource(value))}\n```")
    assert_committed("docs/reference/contracts.md", page("Contracts", intro, parts))


# Errors


def test_the_errors_page(assert_committed: Check) -> None:
    intro = (
        "Every error that synthkit raises on purpose is a `SynthkitError` with a `hint` that says "
        "what to do. The command line prints both and ends with the exit code; 0 is success. "
        "Messages name files, tables, columns and lines, never a value from the data."
    )
    classes = [getattr(errors, name) for name in errors.__all__]
    tree = [each for each in classes if inspect.isclass(each)]
    rows = [
        (code(each.__name__), str(each.exit_code), prose(each.__doc__).partition("\n")[0])
        for each in sorted(tree, key=lambda each: each.exit_code)
    ]
    parts = [table(("error", "exit code", "meaning"), rows)]
    assert_committed("docs/reference/errors.md", page("Errors and exit codes", intro, parts))
    assert len({each.exit_code for each in tree}) == len(tree)


# Components and their settings


def setting_rows(settings: type[Any]) -> Iterator[tuple[str, ...]]:
    """Yield name, type and default of each setting, of a dataclass or a pydantic model."""
    if is_dataclass(settings):
        for each in fields(settings):
            default = each.default
            if default is MISSING:
                assert each.default_factory is not MISSING, f"{settings} needs defaults"
                default = each.default_factory()
            yield code(each.name), code(each.type), code(repr(default))
    else:
        for name, info in settings.model_fields.items():
            kind = inspect.formatannotation(info.annotation)
            yield code(name), code(kind), code(repr(info.get_default(call_default_factory=True)))


def component_parts(found: Plugins) -> Iterator[str]:
    """Yield, for each kind, a table of its components and the settings of those that have any."""
    for kind in KINDS:
        offers = [offer for offer in found.offers if offer.kind == kind]
        if not offers:
            continue
        yield f"## {kind.replace('_', ' ').capitalize()}"
        ordered = sorted(offers, key=lambda offer: (offer.distribution, offer.component.name))
        rows = [
            (code(each.component.name), each.component.summary, code(each.distribution))
            for each in ordered
        ]
        yield table(("name", "what it is", "comes with"), rows)
        for offer in ordered:
            settings = offer.component.settings
            if rows := list(setting_rows(settings)):
                yield f"Settings of {code(offer.component.name)}. {prose(settings.__doc__)}"
                yield table(("setting", "type", "default"), rows)


def own_plugins(repository_names: set[str]) -> Plugins:
    """Return the built-in plugins and those of this repository, not what else is installed."""
    found = entry_points(group="synthkit")
    return Plugins(
        candidates=[each for each in found if each.dist and each.dist.name in repository_names]
    )


@pytest.fixture
def plugins(request: pytest.FixtureRequest) -> Plugins:
    folder = request.getfixturevalue("repository") / "plugins"
    names = {path.parent.name for path in folder.glob("*/pyproject.toml")}
    found = own_plugins(names)
    assert not found.set_aside
    missing = sorted(names - {offer.distribution for offer in found.offers})
    assert not missing, "not installed: " + "".join(
        f"\n  pip install --no-deps --no-build-isolation -e plugins/{name}" for name in missing
    )
    return found


def test_the_components_page(assert_committed: Check, plugins: Plugins) -> None:
    intro = (
        "What comes with synthkit and with the plugin packages of its repository. A setting is "
        "given with `--set NAME=VALUE`, or as `settings` in Python. `synthkit plugins` lists what "
        "is installed with you."
    )
    assert_committed(
        "docs/reference/components.md",
        page("Components and settings", intro, component_parts(plugins)),
    )


def test_settings_of_both_kinds_are_shown() -> None:
    @dataclass(frozen=True)
    class Settings:
        size: int = 3

    assert list(setting_rows(Settings)) == [("`size`", "`int`", "`3`")]
    assert list(setting_rows(Component("x", "X.", lambda _: None).settings)) == []


# lineage.json


def lineage_parts() -> Iterator[str]:
    """Yield a section for each object of lineage.json, the whole first."""
    schema = record.json_schema()
    yield from object_parts("The file", schema)
    for name, part in sorted(schema["$defs"].items()):
        yield from object_parts(name, part)


def told(facts: Mapping[str, Any]) -> str:
    """Return a field's description, or that of the object that it is."""
    kind = facts.get("$ref", "").rpartition("/")[2]
    return str(facts.get("description") or f"See {kind}.")


def object_parts(title: str, part: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {title}\n\n{prose(part['description'])}"
    rows = [
        (code(name), "yes" if name in part["required"] else "", told(facts))
        for name, facts in part["properties"].items()
    ]
    yield table(("field", "always there", "meaning"), rows)


def test_the_lineage_page_and_its_json_schema(assert_committed: Check) -> None:
    intro = (
        "What lies beside the tables that synthkit writes. "
        "[How to use it](../how-to/lineage.md) is told elsewhere."
    )
    assert_committed("docs/reference/lineage.md", page("lineage.json", intro, lineage_parts()))
    text = json.dumps(record.json_schema(), indent=1, ensure_ascii=False) + "\n"
    assert_committed("synthkit/lineage/lineage.schema.json", text)
