"""What is learned at each place of documents: nothing that fewer than five of them share."""

from __future__ import annotations

from typing import Any

import pytest

from synthkit.synthesizers.columns.json_columns.learning import Learner, Place
from synthkit.synthesizers.columns.json_columns.parts import (
    Labels,
    Lists,
    Mixture,
    Numbers,
    Objects,
    Texts,
)


def learned(values: list[Any], kinds: Any, place: Place | None = None) -> Mixture:
    learner = Learner(kinds, ascii_only=False)
    return learner.mixture(place or Place(), range(len(values)), values)


def objects(values: list[Any], kinds: Any) -> Objects:
    (part,) = learned(values, kinds).parts
    assert isinstance(part, Objects)
    return part


def shapes(part: Objects) -> dict[tuple[str, ...], int]:
    return {
        tuple(part.keys[key] for key in shape): count
        for shape, count in zip(part.shapes, part.frequencies, strict=True)
    }


def test_sets_of_keys_are_kept_where_five_documents_share_them(values: Any) -> None:
    seen = [{"a": 1, "b": 2}] * 7 + [{"b": 2, "a": 1}] * 5 + [{"a": 1}] * 4
    assert shapes(objects(seen, values)) == {("a", "b"): 7, ("b", "a"): 5}


def test_a_key_that_few_documents_have_is_dropped_from_their_sets(values: Any) -> None:
    seen = [{"a": 1, f"anna{number}": 2} for number in range(9)] + [{"a": 1, "rare": 0}] * 4
    assert shapes(objects(seen, values)) == {("a",): 13}


def test_of_fewer_than_five_documents_no_key_stays(
    values: Any,
) -> None:
    assert shapes(objects([{"a": 1, "x": 1}, {"a": 2}], values)) == {(): 2}
    assert shapes(objects([{"anna": 1}, {"bob": 2}], values)) == {(): 2}


def test_keys_that_one_document_repeats_in_a_list_are_not_shared(values: Any) -> None:
    (part,) = learned([[{"anna": 1}] * 20, *[[{"a": 1}]] * 5], values).parts
    assert isinstance(part, Lists)
    (item,) = part.item.parts
    assert isinstance(item, Objects)
    assert item.keys == ("a",)


def test_objects_that_one_document_has_among_others_leave_no_trace(values: Any) -> None:
    found = learned([None] * 50 + ["x"] * 9 + [{"anna": 1}], values)
    assert [part.kind for part in found.parts] == ["labels", "labels"]
    assert found.frequencies == (50, 9)


def test_null_true_and_false_are_kept_however_rare(values: Any) -> None:
    found = learned([1.5] * 90 + [None, True, False, False], values)
    labels = found.parts[1]
    assert isinstance(labels, Labels)
    assert dict(zip(labels.labels, labels.frequencies, strict=True)) == {
        "null": 1,
        "true": 1,
        "false": 2,
    }


@pytest.mark.parametrize(
    "seen", [["red", "blue"], [1, 2], [0.5, 7.25], ["2024-01-01", "2024-02-01"]]
)
def test_values_that_documents_share_are_labels(seen: list[Any], values: Any) -> None:
    (part,) = learned(seen * 5, values).parts
    assert isinstance(part, Labels)
    assert part.frequencies == (5, 5)
    assert not isinstance(learned(seen * 4, values).parts[0], Labels)


def test_labels_have_to_cover_almost_all(values: Any) -> None:
    rare = [f"word number {number}" for number in range(40)]
    enough = learned(["red"] * 9 * 40 + rare, values).parts[0]
    assert isinstance(enough, Labels)
    assert enough.labels == ('"red"',)
    assert isinstance(learned(["red"] * 8 * 40 + rare, values).parts[0], Texts)


@pytest.mark.parametrize(
    ("key", "text", "provider"),
    [
        ("contact", "user{}@mail.example", "email"),
        ("mail", "user{}@mail.example", "email"),
    ],
)
def test_personal_text_comes_from_a_provider_even_if_shared(
    key: str, text: str, provider: str, values: Any
) -> None:
    seen = [text.format(number % 3) for number in range(60)]
    (part,) = learned(seen, values, Place(key)).parts
    assert isinstance(part, Texts)
    assert part.made.kind == "provider"
    assert part.made.provider == provider
    assert not part.made.unique


def test_text_that_repeats_too_little_for_labels_is_made_as_its_key_says(values: Any) -> None:
    values.kinds = (*values.kinds, "city")
    seen = [f"Town {chr(65 + number % 26)}{chr(97 + number // 26)}" for number in range(240)] * 2
    assert learned(seen, values, Place("city")).parts[0].made.provider == "city"  # type: ignore[union-attr]
    assert learned(seen, values, Place("thing")).parts[0].made.kind == "words"  # type: ignore[union-attr]


def test_dates_and_numbers_as_text_keep_their_form(values: Any) -> None:
    dates = [f"{number % 28 + 1:02d}.03.{1950 + number}" for number in range(60)]
    (part,) = learned(dates, values).parts
    assert isinstance(part, Numbers)
    assert part.quoted
    assert (part.column.storage, part.column.format) == ("date32[day]", "%d.%m.%Y")
    (part,) = learned([f"{number}.50" for number in range(60)], values).parts
    assert isinstance(part, Numbers)
    assert part.column.format == "{:.2f}"


def test_whole_numbers_among_fractions_are_written_as_such(values: Any) -> None:
    (part,) = learned([1.25 * number for number in range(50)], values).parts
    assert isinstance(part, Numbers)
    assert part.column.format is None
    (part,) = learned(
        [number / 4 if number % 4 else number // 4 for number in range(50)], values
    ).parts
    assert isinstance(part, Numbers)
    assert part.column.format == "{:g}"


def test_numbers_that_are_codes_by_their_key_keep_their_shape(values: Any) -> None:
    seen = [4_930_123_000 + 7 * number for number in range(50)]
    (part,) = learned(seen, values, Place("phone")).parts
    assert isinstance(part, Texts)
    assert part.made.kind == "codes"
    assert part.made.masks == ("4\\930123999",)


def test_any_number_of_python_can_be_learned(values: Any) -> None:
    (part,) = learned([10**number for number in range(400)], values).parts
    assert isinstance(part, Numbers)
    assert part.column.storage == "double"


def test_what_is_nested_too_deep_is_empty(values: Any) -> None:
    value: Any = {"a": [1]}
    for _ in range(30):
        value = {"a": value}
    found = learned([value] * 5, values)
    depth = 0
    while isinstance(found.parts[0], Objects):
        found = found.parts[0].parts[0]
        depth += 1
    assert depth == 24
    assert found.parts[0] == Labels(labels=("{}",), frequencies=(1,))


def test_no_values_make_null(values: Any) -> None:
    assert learned([], values).parts == (Labels(labels=("null",), frequencies=(1,)),)
    (part,) = learned([[], []], values).parts
    assert isinstance(part, Lists)
    assert part.lengths == (0,)


def test_places_know_what_they_are_under() -> None:
    place = Place().under("user").under("mails")
    assert (place.key, place.above, place.depth) == ("mails", "user", 2)
    assert (place.items.key, place.items.above, place.items.depth) == ("mails", "user", 3)
