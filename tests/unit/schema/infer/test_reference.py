"""Tables of fixed meaning."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from synthkit.schema import Schema
from synthkit.schema.infer import infer

GENRES = "genres 20\n  *id: serial\n  label: words"
FILMS = "\nfilms 400\n  *id: serial\n  genre_id -> genres(id)"


@pytest.fixture
def references(database: Callable[..., Any]) -> Callable[[str], list[str]]:
    def find(text: str) -> list[str]:
        return [table.name for table in database(text).infer().schema.tables if table.reference]

    return find


def test_a_small_table_of_labels_that_is_pointed_at(
    references: Callable[[str], list[str]], database: Callable[..., Any]
) -> None:
    assert references(GENRES + FILMS) == ["genres"]
    reasons = database(GENRES + FILMS).infer().reasons
    because = next(one.because for one in reasons if one.decision == "reference table")
    assert "20 rows" in because
    assert "400 rows" in because


def test_one_number_is_no_matter(references: Callable[[str], list[str]]) -> None:
    assert references(GENRES + "\n  rank: int 1 9" + FILMS) == ["genres"]


@pytest.mark.parametrize(
    "column",
    [
        "\n  since: date",
        "\n  first_name: words",
        "\n  email: words",
        "\n  a: int 1 9\n  b: int 1 9",
        "\n  b: pick 9\n  c: pick 9",
    ],
)
def test_dates_people_and_many_columns_are_not_of_fixed_meaning(
    references: Callable[[str], list[str]], column: str
) -> None:
    assert references(GENRES + column + FILMS) == []


def test_a_table_as_large_as_what_points_at_it(references: Callable[[str], list[str]]) -> None:
    assert references(GENRES.replace("20", "90") + FILMS) == []


def test_a_table_that_nothing_points_at(references: Callable[[str], list[str]]) -> None:
    assert references(GENRES + "\nfilms 400\n  *id: serial\n  year: int 1990 2020") == []


def test_a_reference_may_point_at_a_reference(references: Callable[[str], list[str]]) -> None:
    groups = "groups 3\n  *id: serial\n  label: words\n"
    genres = GENRES + "\n  group_id -> groups(id)"
    assert references(groups + genres + FILMS) == ["groups", "genres"]
    studios = "studios 90\n  *id: serial\n  founded: date\n"
    assert references(studios + GENRES + "\n  studio_id -> studios(id)" + FILMS) == []


def test_when_a_row_was_last_changed_is_no_matter(references: Callable[[str], list[str]]) -> None:
    assert references(GENRES + "\n  last_update: time" + FILMS) == ["genres"]


def test_labels_that_repeat_are_not_of_fixed_meaning(
    references: Callable[[str], list[str]],
) -> None:
    assert references("playlists 60\n  *id: serial\n  label: pick 30" + LISTED) == []
    assert references("playlists 60\n  *id: serial\n  label: words" + LISTED) == ["playlists"]


LISTED = "\ntracks 4000\n  *id: serial\n  playlist_id -> playlists(id)"


@pytest.mark.parametrize("name", ["artists", "Customer", "home_city", "cities", "authors"])
def test_people_and_cities_are_never_all_there_are(
    references: Callable[[str], list[str]], name: str
) -> None:
    """However they are described: there are always more of them."""
    rows = f"{name} 90\n  *id: serial\n  label: words"
    assert references(f"{rows}\nthings 4000\n  *number: serial\n  {name}_id -> {name}(id)") == []


@pytest.mark.parametrize(("rows", "found"), [(249, ["countries"]), (600, [])])
def test_there_are_few_of_them(
    references: Callable[[str], list[str]], rows: int, found: list[str]
) -> None:
    countries = f"countries {rows}\n  *id: serial\n  label: words"
    visits = "\nvisits 9000\n  *id: serial\n  country_id -> countries(id)"
    assert references(countries + visits) == found


def personal(schema: Schema) -> Schema:
    """Make personal text of labels, as types do of what stands alone."""
    tables = []
    for table in schema.tables:
        columns = [
            column.model_copy(update={"sdtype": "unknown", "pii": True})
            if column.storage == "string"
            else column
            for column in table.columns
        ]
        tables.append(table.model_copy(update={"columns": tuple(columns)}))
    return schema.model_copy(update={"tables": tuple(tables)})


def test_a_label_of_a_guessed_schema_is_not_personal(database: Callable[..., Any]) -> None:
    made = database(GENRES + FILMS)
    tables = personal(Schema(tables=tuple(made.tables()))).tables
    found = infer(tables, made.read)
    label = found.schema.table("genres").column("label")
    assert (label.sdtype, label.pii) == ("categorical", False)
    assert [reason.decision for reason in found.reasons if reason.subject == "genres.label"] == [
        "categorical"
    ]
