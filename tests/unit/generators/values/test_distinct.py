"""Sequences without repeats: ambiguous borders, several formats, pools used up."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from synthkit.generators.values.codes import pattern
from synthkit.generators.values.distinct import Distinct
from synthkit.generators.values.expressions import Expression, Mixture, Pool, joined, literal


def assert_distinct(expression: Expression, count: int, **options: bool) -> list[str]:
    values: list[str] = Distinct(expression, **options).at(0, count, 5).to_pylist()
    assert len(set(values)) == count
    return values


def many(prefixes: Sequence[str], count: int) -> Pool:
    return Pool.of([f"{prefix}{number}" for prefix in prefixes for number in range(count)])


def test_a_pool_gives_each_value_once_and_then_numbers() -> None:
    values = assert_distinct(Pool.of(["Ann", "Bob", "Eve"]), 9)
    assert sorted(values[:3]) == ["Ann", "Bob", "Eve"]
    assert sorted(values[3:6]) == ["Ann-2", "Bob-2", "Eve-2"]


def test_numbers_are_set_off_by_what_cannot_be_misread() -> None:
    values = assert_distinct(Pool.of(["a-1", "a-2", "a"]), 30)
    assert "a_2" in values
    assert_distinct(Pool.of(["unit", "unit 2", "unit 3", "unit-2", "unit_2"]), 100)


def test_values_that_are_numbers_do_not_collide_with_added_ones() -> None:
    assert_distinct(Pool.of(["1", "2", "1-2", "2-2"]), 40)


def test_an_ambiguous_concatenation_is_made_once() -> None:
    # "a" + "bc" and "ab" + "c" are one string; so are others when both pools are large.
    left = Pool.of(["a", "ab", *[f"x{'y' * number}" for number in range(300)]])
    right = Pool.of(["bc", "c", *["y" * number for number in range(1, 300)]])
    assert_distinct(joined([left, right]), 120_000)


def test_three_ambiguous_pools_too_large_to_write_out() -> None:
    letters = [chr(97 + number % 26) * (number // 26 + 1) for number in range(500)]
    pool = Pool.of(letters)
    assert_distinct(joined([pool, pool, pool]), 100_000)


@pytest.mark.parametrize(
    "parts",
    [
        [pattern("####"), literal(" "), many(["Road ", "Street "], 300)],
        [many(["a", "b"], 200), literal("."), many(["c", "d"], 200), Pool.of(["@x.org", "@y.org"])],
        [Pool.of(["1", "22", "333"]), *[Pool.of([f".{n}" for n in range(256)])] * 3],
        [many(["p"], 150), literal("-"), pattern("^^^^^^"), Pool.of([".jpg", ".webp"])],
    ],
    ids=["number before words", "separators", "parts that begin with a dot", "fixed in the middle"],
)
def test_products_are_not_written_out_where_borders_can_be_told(parts: list[Expression]) -> None:
    expression = joined(parts)
    assert Distinct(expression).size == expression.size
    assert_distinct(expression, 20_000)


def test_of_several_formats_the_likeliest_with_enough_values_is_taken() -> None:
    rare, likely, small = pattern("x########"), pattern("y########"), pattern("z#")
    values = assert_distinct(Mixture([rare, likely, small], [1, 3, 6]), 1000)
    assert {value[0] for value in values} == {"y"}


def test_parts_of_a_sequence_are_the_whole() -> None:
    sequence = Distinct(joined([pattern("####"), literal("-"), pattern("####")]))
    whole = sequence.at(0, 1000, 3)
    assert sequence.at(400, 50, 3).to_pylist() == whole.to_pylist()[400:450]
    assert sequence.at(0, 1000, 4).to_pylist() != whole.to_pylist()
    assert len(sequence.at(10, 0, 3)) == 0


def test_parts_are_the_whole_in_later_rounds_too() -> None:
    sequence = Distinct(Pool.of(["Ann Lee", "Bob Lee", "Eve Lee"]), roman=True)
    whole = sequence.at(0, 300, 3).to_pylist()
    assert [sequence.at(place, 1, 3)[0].as_py() for place in range(300)] == whole


def test_more_ways_than_a_permutation_holds() -> None:
    sequence = Distinct(pattern("^" * 40))
    assert sequence.size <= 1 << 60
    values = sequence.at(2**40, 50_000, 9).to_pylist()
    assert len(set(values)) == 50_000
    # Places that do not number the values are filled: each of 40 shows all 16 digits.
    assert all(len({value[place] for value in values}) == 16 for place in range(40))


def test_names_are_numbered_as_people_are() -> None:
    values = assert_distinct(Pool.of(["Ann Lee", "Bob Lee"]), 100, roman=True)
    assert {"Ann Lee II", "Bob Lee IV"} <= set(values)


def test_names_that_look_numbered_are_not_numbered_so() -> None:
    assert_distinct(Pool.of(["Ann II", "Ann"]), 100, roman=True)
