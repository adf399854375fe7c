"""Tables of fixed meaning."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

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
