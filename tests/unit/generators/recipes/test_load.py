"""Broken recipes: each error names the file, the line, the column in it, and what was meant."""

from __future__ import annotations

import pytest

from synthkit.errors import DataError, SynthkitError, UsageError
from synthkit.generators.recipes.generator import RecipeGenerator
from synthkit.generators.recipes.load import load, loads

GOOD = """recipe: 1
tables:
  people:
    rows: 10
    columns:
      id: sequence
      name: {person: name}
      age: {normal: {mean: 40, sd: 9}, decimals: 0}
  pets:
    columns:
      id: sequence
      person_id: {references: people, per_parent: {poisson: 2}}
      born: {time: {start: 2020-01-01, end: 2024-12-31}}
  toys:
    rows: 5
    columns:
      id: sequence
      owner_id: {references: people}
"""

BROKEN = {
    "an unknown maker": ("{person: name}", "{persn: name}", 7, 14, "Did you mean 'person'?"),
    "an unknown field": ("sd: 9", "std: 9", 8, 32, "Did you mean 'sd'?"),
    "a missing field": (", sd: 9", "", 8, 21, "`sd` is missing"),
    "an unknown table": ("references: people", "references: persons", 12, 31, "pets, toys."),
    "a table without rows": ("    rows: 10\n", "", 4, 5, "Write rows: 100"),
    "text for a number": ("sd: 9", "sd: [9]", 8, 36, "expected a number or a formula"),
    "an unknown column": ("mean: 40", "mean: agee * 2", 8, 28, "no column 'agee'"),
    "a column from itself": ("mean: 40", "mean: age", 8, 28, "is made from itself"),
    "a formula that is none": ("mean: 40", 'mean: "id * ("', 8, 28, "character 7"),
    "two ways at once": ("{person: name}", "{person: name, value: name}", 7, 28, "Keep one"),
    "a share that is none": ("decimals: 0}", "decimals: 0, nulls: 1.5}", 8, 60, "from 0 to 1"),
    "unique choices": ("{person: name}", "{choice: [a], unique: true}", 7, 27, "cannot be unique"),
    "a date that is none": ("2020-01-01", "2020-13-01", 13, 28, "Write 2025-01-31"),
    "a period backwards": ("2020-01-01", "2025-01-01", 13, 20, "ends before it starts"),
    "a dot into nowhere": ("mean: 40", "mean: name.x", 8, 28, "points at no other row"),
    "a column that means another": (
        "      born:", "      person_id.age: word\n      born:", 13, 22, "also mean the 'age'",
    ),
    "an unknown rhythm": ("start: 2020-01-01", "rhythm: shopp", 13, 29, "Did you mean 'shop'?"),
    "two owners": (
        "      born:",
        "      other_id: {references: people, per_parent: 1}\n      born:",
        13, 17, "hang under 'person_id' already",
    ),
    "a field twice": ("      name:", "      id: sequence\n      name:", 7, 7, "written twice"),
    "no YAML": ("{person: name}", "{person: name", 8, 10, "not valid YAML"),
    "a count of rows that only pick": (
        "      name: {person: name}",
        "      toys: {count: toys}",
        7, 21, "no table 'toys' hangs under",
    ),
    "rows that follow from themselves": (
        "rows: 10", "rows: {of: toys, share: 2}", 4, 11, "follows from itself",
    ),
    "a bound of text": ("{person: name}", "{person: name, min: 3}", 7, 33, "only numbers have"),
    "a bound that is text": ("decimals: 0", "min: name", 8, 45, "'name' is text"),
    "decimals of a name": ("{person: name}", "{person: name, decimals: 2}", 7, 38, "cannot be"),
    "a type that labels have not": (
        "{person: name}", "{choice: [a, b], type: integer}", 7, 36, "cannot be written as int64",
    ),
    "a date of a number": ("decimals: 0", "type: date", 8, 46, "cannot be written as date32"),
    "a mean of text": ("mean: 40", "mean: name", 8, 28, "'name' is text"),
    "a case that computes with text": (
        "age: {normal: {mean: 40, sd: 9}, decimals: 0}",
        "age: {case: [{when: name > 3, then: 1}]}",
        8, 27, "'name' is text",
    ),
    "a comparison with text": (
        "age: {normal: {mean: 40, sd: 9}, decimals: 0}",
        "age: {boolean: 0.5, nulls: {when: {id: x}}}",
        8, 46, "'id' holds int64",
    ),
    "an unknown setting": ("rows: 10", "rows: $people", 4, 11, "no setting 'people'"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_recipe_names_the_place(name: str) -> None:
    before, after, line, column, said = BROKEN[name]
    assert before in GOOD
    with pytest.raises(DataError) as caught:
        RecipeGenerator(loads(GOOD.replace(before, after, 1), "pets.yaml")).schema()
    message = str(caught.value)
    assert message.startswith(f"pets.yaml, line {line}"), message
    assert f"column {column}:" in message, message
    assert said in message, message


def test_a_good_recipe_is_read() -> None:
    assert RecipeGenerator(loads(GOOD)).schema().table_names == ["people", "pets", "toys"]


def test_columns_in_a_circle_are_named() -> None:
    text = GOOD.replace("mean: 40", "mean: iq").replace(
        "  pets:", "      iq: {formula: age + 1}\n  pets:"
    )
    with pytest.raises(DataError, match=r"people\.age <- people\.iq <- people\.age is a circle"):
        RecipeGenerator(loads(text)).schema()


def test_tables_in_a_circle_are_named() -> None:
    text = GOOD.replace("      age:", "      pet_id: {references: pets}\n      age:")
    with pytest.raises(DataError, match="people -> pets -> people is a circle"):
        RecipeGenerator(loads(text)).schema()


def test_the_version_is_asked_for() -> None:
    with pytest.raises(DataError, match="`recipe` is missing"):
        loads("tables: {}")
    with pytest.raises(DataError, match="version 1"):
        loads(GOOD.replace("recipe: 1", "recipe: 2"))


def test_no_file_is_a_usage_error(tmp_path: object) -> None:
    with pytest.raises(UsageError, match="There is no recipe"):
        load(f"{tmp_path}/none.yaml")


def test_settings_stand_for_values() -> None:
    text = GOOD.replace("rows: 10", "rows: $people").replace(
        "recipe: 1", "recipe: 1\nsettings: {people: 12}"
    )
    rows = loads(text).tables["people"].rows
    assert rows is not None
    assert rows.count == 12
    changed = loads(text, settings={"people": "30"}).tables["people"].rows
    assert changed is not None
    assert changed.count == 30
    with pytest.raises(SynthkitError, match="no setting 'peple'"):
        loads(text, settings={"peple": 1})
