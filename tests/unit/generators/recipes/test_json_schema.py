"""The JSON Schema of recipes agrees with the loader: on what is right, and on what is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
import yaml

from synthkit.errors import DataError
from synthkit.generators.recipes.json_schema import json_schema, text
from synthkit.generators.recipes.load import loads
from synthkit.generators.recipes.makers.catalog import MAKERS

jsonschema = pytest.importorskip("jsonschema")


class Plain(yaml.SafeLoader):
    """Reads dates as the text that they are, as an editor hands them on."""


Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in each if tag != "tag:yaml.org,2002:timestamp"]
    for first, each in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def complaints(recipe: Any) -> Iterator[str]:
    for error in jsonschema.Draft202012Validator(json_schema()).iter_errors(recipe):
        yield error.message


def written(text: str) -> Any:
    return yaml.load(text, Loader=Plain)


def test_the_shipped_file_is_the_schema_of_the_loader(
    request: pytest.FixtureRequest, repository: Any
) -> None:
    if request.config.getoption("--regenerate"):
        path = repository / "synthkit/generators/recipes/recipe.schema.json"
        path.write_text(text(), encoding="utf-8")
    shipped = files("synthkit.generators.recipes").joinpath("recipe.schema.json").read_text()
    assert json.loads(shipped) == json_schema()
    jsonschema.Draft202012Validator.check_schema(json_schema())


def test_a_recipe_that_is_read_is_right_for_an_editor(shop: str) -> None:
    assert list(complaints(written(shop))) == []


@pytest.mark.parametrize("name", MAKERS)
def test_examples_of_all_makers_are_right_for_an_editor(name: str) -> None:
    column = written(MAKERS[name].EXAMPLE)
    recipe = {"recipe": 1, "tables": {"t": {"rows": 1, "columns": {"c": column}}}}
    assert list(complaints(recipe)) == []


WRONG = {
    "an unknown maker": "{persn: name}",
    "an unknown field": "{normal: {mean: 1, std: 2}}",
    "a missing field": "{normal: {mean: 1}}",
    "an unknown modifier": "{person: name, uniqe: true}",
    "an unknown column of persons": "{person: nam}",
    "text for a flag": "{person: email, unique: perhaps}",
    "two ways": "{person: name, value: name}",
    "a list": "[a, b]",
    "a share beyond 1": "{value: name, nulls: 2}",
    "an unknown type": "{constant: 1, type: interger}",
}


@pytest.mark.parametrize("name", WRONG)
def test_what_the_loader_refuses_the_schema_does_too(name: str) -> None:
    column = WRONG[name]
    recipe = f"recipe: 1\ntables:\n  t:\n    rows: 1\n    columns:\n      c: {column}\n"
    with pytest.raises(DataError):
        loads(recipe)
    assert list(complaints(written(recipe)))
