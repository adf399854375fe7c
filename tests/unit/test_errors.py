"""Errors: one tree, exit codes of their own, places named in one way, hints that help."""

from __future__ import annotations

import pytest

from synthkit import errors
from synthkit.errors import DataError, SynthkitError, UsageError, near_matches

TREE = [getattr(errors, name) for name in errors.__all__ if name.endswith("Error")]


@pytest.mark.parametrize("kind", TREE)
def test_every_error_has_the_same_root_and_shape(kind: type[SynthkitError]) -> None:
    made = kind("It broke.", hint="Mend it.")
    assert isinstance(made, SynthkitError)
    assert (made.message, made.hint) == ("It broke.", "Mend it.")
    assert str(made) == "It broke.\nHint: Mend it."
    assert str(kind("It broke.")) == "It broke."


def test_the_exit_codes_are_those_of_the_design() -> None:
    assert {kind.__name__: kind.exit_code for kind in TREE} == {
        "SynthkitError": 1,
        "UsageError": 2,
        "DataError": 3,
        "UnsupportedError": 4,
        "ArtifactError": 5,
        "PluginError": 6,
    }


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ({}, "bad"),
        ({"file": "a.csv"}, "a.csv: bad"),
        ({"table": "orders"}, "table 'orders': bad"),
        ({"file": "a.csv", "table": "a"}, "a.csv: bad"),
        ({"column": "id"}, "column 'id': bad"),
        ({"file": "a.csv", "line": 1, "column": "id"}, "a.csv, line 1, column 'id': bad"),
        ({"table": "a", "row": 7, "column": "x y"}, "table 'a', row 7, column 'x y': bad"),
        ({"file": "", "line": 0, "row": 0}, "line 0, row 0: bad"),
    ],
)
def test_a_data_error_names_its_place(place: dict[str, object], expected: str) -> None:
    made = DataError("bad", **place)  # type: ignore[arg-type]
    assert made.message == expected
    for part in ("file", "table", "line", "row", "column"):
        assert getattr(made, part) == place.get(part)


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("custmers", ["customers", "orders"], "Did you mean 'customers'?"),
        ("Orders", ["orders", "lines"], "Did you mean 'orders'?"),
        ("orders", ["ORDERS"], "Did you mean 'ORDERS'?"),
        ("order", ["orders", "orders_2"], "Did you mean 'orders' or 'orders_2'?"),
        ("zzz", ["b", "a"], "There are: a, b."),
        ("zzz", [], "There are none."),
        ("", ["a"], "There are: a."),
    ],
)
def test_near_matches(name: str, known: list[str], expected: str) -> None:
    assert near_matches(name, known) == expected


def test_near_matches_tell_names_apart_that_differ_in_case() -> None:
    assert near_matches("orderz", ["Orders", "orders"]) == "Did you mean 'Orders' or 'orders'?"


def test_a_long_list_is_cut() -> None:
    hint = near_matches("zzz", (f"t{number:02d}" for number in range(25)))
    assert hint.startswith("There are: t00, t01, ")
    assert hint.endswith("t19 and 5 more.")


def test_errors_are_caught_by_the_root() -> None:
    with pytest.raises(SynthkitError):
        raise UsageError("no")
