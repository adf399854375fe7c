"""The reference page of recipes is written from the tables of fields that the loader reads by."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

import synthkit
from synthkit import recipes
from synthkit.generators.recipes.columns import COLUMN, read_column
from synthkit.generators.recipes.fields import Field
from synthkit.generators.recipes.load import RECIPE, TABLE
from synthkit.generators.recipes.maker import Maker
from synthkit.generators.recipes.makers.catalog import MAKERS
from synthkit.schema.files.yaml_nodes import parse

Check = Callable[[str, str], None]

INTRO = """A recipe is a YAML file that describes tables; `synthkit generate shop.yaml --out DIR`
makes them. [How to write one](../how-to/recipes.md) shows the language at work; this page lists all
of it.

A column is written as a mapping with exactly one field that says how it is made, and perhaps
some of those that may stand beside it. The bare name of a kind of values (`email`), `sequence`, and
a bare number, `true`, `false` or `null` will do, too.

Names of columns: `name` is a column of the same row, `via.name` one of the row that the column
`via` points at. A column may be made from any other, as long as there is no circle; the order in
the file is the order of the columns in the output."""

RULES = """Rules follow from how columns are made, and stand in the schema beside the data: `min`,
`max` and periods become ranges, or inequalities where they name a column; `after` and `before`
become inequalities, `copy` an equality, a formula of the row's own numbers a formula, `unique` and
`key` keys. `synthkit validate` checks them."""

PACKAGES = """A plugin package ships a recipe as a file beside its code, and makes its generator by
`synthkit.recipes.from_package`. Where the language does not reach, a column is `hook: NAME`; the
package gives the function. It gets `Rows` and returns one value for each row: an Arrow array (it
may be dictionary-encoded) or a float64 array with NaN for null; or several columns by name, which
columns with the same `hook` pick by `field`. All random numbers come from `rows.rng()`: its stream
is named by table, column and block, so that the bytes depend on nothing else.

```py
def _create(settings: Settings) -> Generator:
    from synthkit.recipes import from_package

    from synthkit_social.texts import titles

    return from_package(
        "synthkit_social", "social.yaml", hooks={"titles": titles}, settings=settings
    )


def titles(rows: Rows) -> pa.Array:
    topics = rows.column("topic")
    return written_about(topics, rows.rng())
```"""


def test_the_recipe_page(assert_committed: Check) -> None:
    note = "<!-- Written from the code: python -m pytest tests/docs --regenerate -->"
    parts = ["# Recipes", note, INTRO, "## The file", fields(RECIPE)]
    parts += ["## A table", fields(TABLE), "## A column", "Beside every way to make it:"]
    parts += [fields(COLUMN), "## Ways to make a column", *map(section, MAKERS.values())]
    parts += ["## Rules", RULES, "## In a plugin package", PACKAGES, *members()]
    assert_committed("docs/reference/recipe.md", "\n\n".join(parts) + "\n")


def fields(table: Mapping[str, Field]) -> str:
    rows = ["| field | value | meaning |", "| --- | --- | --- |"]
    for name, field in table.items():
        due = " (needed)" if field.needed else ""
        rows.append(f"| `{name}` | {value(field.schema)} | {cell(field.about)}{due} |")
    return "\n".join(rows)


def cell(text: str) -> str:
    return text.replace("|", "\\|")


def value(schema: Mapping[str, Any]) -> str:
    """Return in words what a JSON Schema allows."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(value(each) for each in schema["anyOf"]))
    if "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if "$ref" in schema:
        return "how it is made" if schema["$ref"].endswith("maker") else "a column"
    kind = schema.get("type")
    if kind == ["number", "string"]:
        return "number or formula"
    if isinstance(kind, list):
        return "value"
    words = {"string": "text", "boolean": "true or false", "array": "list", "object": "mapping"}
    return words.get(str(kind), str(kind))


def section(maker: type[Maker]) -> str:
    parts = [f"### {maker.NAME}", f"{maker.ABOUT[0].upper()}{maker.ABOUT[1:]}."]
    parts.append(f"```yaml\nname: {maker.EXAMPLE}\n```")
    own: Mapping[str, Field] | None = getattr(maker, "FIELDS", None)
    if own:
        parts.append(fields(own))
    if maker.BESIDE:
        parts += ["Beside it:", fields(maker.BESIDE)]
    return "\n\n".join(parts)


def members() -> list[str]:
    found = []
    for function in (recipes.from_package, recipes.from_text):
        text = " ".join((inspect.getdoc(function) or "").split()).replace("``", "`")
        found.append(f"### {function.__name__}\n\n{text}")
    lines = ["### Rows", "", "| member | meaning |", "| --- | --- |"]
    for name, member in vars(recipes.Rows).items():
        if name.startswith("_") or name == "agreeing":
            continue
        text = " ".join((inspect.getdoc(member) or "").split()).replace("``", "`")
        shown = name if isinstance(member, property) else f"{name}{arguments(member)}"
        lines.append(f"| `{cell(shown)}` | {cell(text)} |")
    return [*found, "\n".join([*lines, "| `count` | Number of the rows. |"])]


def arguments(function: Callable[..., Any]) -> str:
    given = [
        each for each in inspect.signature(function).parameters.values() if each.name != "self"
    ]
    return (
        "(" + ", ".join(f"*{e.name}" if e.kind is e.VAR_POSITIONAL else e.name for e in given) + ")"
    )


@pytest.mark.parametrize("maker", MAKERS.values(), ids=MAKERS)
def test_every_example_is_read(maker: type[Maker]) -> None:
    column = read_column("name", parse(maker.EXAMPLE, "example.yaml"))
    assert column.maker.NAME == maker.NAME


@pytest.mark.parametrize("table", [RECIPE, TABLE, COLUMN, *(m.BESIDE for m in MAKERS.values())])
def test_every_field_says_what_it_is(table: Mapping[str, Field]) -> None:
    assert [name for name, field in table.items() if not field.about and field.read] == []


def test_the_shop_of_the_how_to_is_whole(repository: Path, tmp_path: Path) -> None:
    page = (repository / "docs/how-to/recipes.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```yaml\n(.+?)^```$", page, re.MULTILINE | re.DOTALL)
    shop = tmp_path / "shop.yaml"
    shop.write_text(examples[0], encoding="utf-8")
    assert len(examples[0].splitlines()) <= 40
    made = synthkit.generate(str(shop), rows={"orders": 2_000}, seed=7)
    assert synthkit.validate(made).violations == ()
    assert len(made.schema.rules) >= 6
    tickets = tmp_path / "tickets.yaml"
    tickets.write_text("recipe: 1\n" + examples[-1], encoding="utf-8")
    both = synthkit.generate("crm", str(tickets), rows={"customers": 300}, seed=7)
    assert synthkit.validate(both).violations == ()
    assert "tickets(customer_id) -> customers(id)" in map(str, both.schema.foreign_keys)
    assert "customer_id" not in synthkit.generate(str(tickets), seed=7)["tickets"]


def test_the_columns_of_the_how_to_are_read(repository: Path) -> None:
    page = (repository / "docs/how-to/recipes.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```yaml\n(.+?)^```$", page, re.MULTILINE | re.DOTALL)
    for example in examples[1:-1]:
        for name, node in parse(example, "example.yaml").fields().items():
            read_column(name, node)
