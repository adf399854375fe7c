"""Text made anew: its kind or its shape is kept, none of its values."""

from __future__ import annotations

import hashlib
import re
import uuid
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthkit.pipeline import installed_plugins
from synthkit.schema import Column
from synthkit.schema.storage import storage_of
from synthkit.schema.validate.forms import FORMS
from synthkit.synthesizers.columns.cells import Cells, Made, missing_share
from synthkit.synthesizers.columns.texts import (
    CodeReplacement,
    ProviderReplacement,
    WordReplacement,
    learn_text,
    shape_of,
)
from synthkit.synthesizers.structure.strings import dealt
from synthkit.values import ValueRegistry


def chunked(values: list[object]) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values)])


def made(part: Any, count: int, values: Any, *, start: int = 0, seed: int = 1) -> pa.Array:
    cells = Cells(start, count, np.random.default_rng(seed), 7, values, "en_US")
    result: pa.Array = part.make(cells)
    assert len(result) == count
    return result


def learned(values: list[object], kinds: Any, sdtype: str = "unknown") -> Any:
    seen = chunked(values)
    return learn_text(Column(name="x", sdtype=sdtype, storage=storage_of(seen.type)), seen, kinds)


@pytest.mark.parametrize(
    ("seen", "sdtype", "expected"),
    [
        (["a@b.c", "d@e.f"], "email", ProviderReplacement(provider="email", unique=True)),
        (["Ann", "Bob", "Ann", None], "first_name", None),
        (["+49 30 1", "+49 30 2"], "phone_number", None),
        ([301234567, 301234568], "phone_number", None),
        ([301234567, 301234568], "unknown", None),
        ([1.5], "email", None),
        (["x"], "email", ProviderReplacement(provider="email", unique=False)),
    ],
)
def test_what_stands_for_a_column(
    seen: list[object], sdtype: str, expected: Made | None, values: Any
) -> None:
    found = learned(seen, values, sdtype)
    if expected is not None:
        assert found == expected
    elif sdtype == "first_name":
        assert found == ProviderReplacement(provider="first_name", missing=0.25)
    elif sdtype == "phone_number":
        whole = not isinstance(seen[0], str)
        mask = "9" * 9 if whole else "+99 99 9"
        assert found == CodeReplacement(masks=(mask,), frequencies=(2,), whole=whole)
    else:
        assert found is None


def test_a_unique_column_stays_unique_in_any_block(values: Any) -> None:
    part = ProviderReplacement(provider="email", unique=True)
    blocks = [made(part, 50, values, start=start).to_pylist() for start in (0, 50)]
    assert len({*blocks[0], *blocks[1]}) == 100


def test_codes_have_the_shapes_that_several_rows_have(values: Any) -> None:
    rows = [f"{'AB'[n % 2]}{'CD'[n % 2]}-{n * 151:04d}" for n in range(60)]
    rows += [f"x{n}" for n in range(10)] + ["SECRET-77-a"] * 4
    part = shape_of(chunked(rows))
    assert part == CodeReplacement(masks=("AA-9999", "x9"), frequencies=(60, 10))
    texts = made(part, 20_000, values).to_pylist()
    assert all(re.fullmatch(r"[A-Z]{2}-\d{4}|x\d", text) for text in texts)
    # Hoeffding at alpha = 1e-6 for the share of the longer shape.
    share = np.mean([len(text) == 7 for text in texts])
    assert abs(share - 60 / 70) <= np.sqrt(np.log(2e6) / 40_000)
    assert len({text[:2] for text in texts if len(text) == 7}) == 26**2


@pytest.mark.parametrize(
    ("rows", "mask"),
    [
        ([f"+1-555-{n:03d}" for n in range(0, 1000, 91)], "+1-555-999"),
        (["+1-555-123"] * 50, "+9-999-999"),  # one value, however often, is no common shape
        (["+1-555-123", "+1-555-124", "+1-555-125", "+1-555-126"] * 9, "+9-999-999"),
        ([f"É{n}-x" for n in range(10, 99, 9)], "A99-x"),  # no letter outside ASCII is kept
        ([f"Aa-9{n}" for n in range(9)], "\\A\\a-\\99"),
    ],
)
def test_what_different_values_have_in_common_is_kept(rows: list[object], mask: str) -> None:
    part = shape_of(chunked(rows))
    assert isinstance(part, CodeReplacement)
    assert part.masks == (mask,)


def test_phone_numbers_keep_what_all_shapes_share(values: Any) -> None:
    rare = ["+49 30 123456", "+49 (89) 99-1", "+49/40/7", "555-0101", "030 77"]
    extended = [f"{'5' * n}-{n}{n}{n} x{n * 7}" for n in range(2, 9)]
    part = learned(
        [*rare, *(f"+49 171 {n * 9}" for n in range(9)), *extended], values, "phone_number"
    )
    texts = made(part, 3000, values).to_pylist()
    assert {text[:3] for text in texts if "+" in text} == {"+49"}
    assert {re.sub("[^a-zA-Z]", "", text) for text in texts} == {"", "x"}
    assert FORMS["phone_number"](pa.array(texts)).all()
    assert not {*rare[1:2], *extended[3:]} & set(texts)


def test_letters_of_few_phone_numbers_are_not_kept(values: Any) -> None:
    part = learned(["555-0101 x1", "555-2 x23", "0800 FLOWERS", "555-0102"], values, "phone_number")
    assert part.masks == ("999-9999",)
    assert part.frequencies == (1,)
    values.kinds = (*values.kinds, "phone_number")
    only = learned(["0800 FLOWERS", "0800 TAXIS"], values, "phone_number")
    assert only == ProviderReplacement(provider="phone_number", unique=True)


@pytest.mark.parametrize("text", ["9Aa-1", "A\\9", "\\\\", "\\A7"])
def test_a_backslash_stays_a_backslash(text: str, values: Any) -> None:
    part = learned([text + str(n) for n in range(9)], values, "license_plate")
    assert {each[:-1] for each in made(part, 50, values).to_pylist()} == {text}


def test_a_value_that_many_rows_repeat_does_not_come_back(values: Any) -> None:
    part = learned(["077-12-3456"] * 1000, values, "ssn")
    # One in 10^9 each: a chance of 1e-6 for a thousand.
    assert "077-12-3456" not in made(part, 1000, values).to_pylist()


@pytest.mark.parametrize("sdtype", ["postcode", "unknown"])
def test_empty_text_has_a_shape_too(sdtype: str, values: Any) -> None:
    part = learned([""] * 9, values, sdtype)
    assert len(made(part, 5, values).drop_null()) == 5


def test_a_shape_of_few_rows_is_not_kept(values: Any) -> None:
    rows = ["id-1"] * 4 + ["plain words here"] * 3
    part = shape_of(chunked(rows))
    assert isinstance(part, WordReplacement)
    assert not set(made(part, 100, values).to_pylist()) & set(rows)


@pytest.mark.parametrize("digits", [1, 2, 9, 18, 19, 20])
def test_codes_held_as_whole_numbers_keep_their_digits(digits: int, values: Any) -> None:
    lowest = 10 ** (digits - 1)
    seen = pa.chunked_array([pa.array([lowest, lowest + 1], pa.uint64())])
    column = Column(name="x", sdtype="phone_number", storage="uint64")
    part = learn_text(column, seen, values)
    numbers = made(part, 500, values).cast(pa.uint64()).to_pylist()
    assert {len(str(number)) for number in numbers} == {digits}
    assert len(set(numbers)) > (1 if digits == 1 else 50)


def test_whole_numbers_keep_a_common_beginning(values: Any) -> None:
    part = learned([48_301_000 + 97 * n for n in range(9)], values, "phone_number")
    numbers = made(part, 500, values).to_pylist()
    assert {str(number)[:5] for number in numbers} == {"48301"}
    assert {len(str(number)) for number in numbers} == {8}
    assert len({str(number)[5] for number in numbers}) == 10, "a zero may follow"


def test_negative_codes(values: Any) -> None:
    part = learned([-123, -456], values, "phone_number")
    assert all(-1000 < number <= -100 for number in made(part, 200, values).to_pylist())


def test_free_text_has_as_many_words_as_was_seen(values: Any) -> None:
    rows = ["Call Mr Smith"] * 75 + ["Ask again"] * 25 + ["one two three four five six"] * 2
    part = shape_of(chunked([*rows, None, None]))
    assert isinstance(part, WordReplacement)
    assert (part.words, part.frequencies) == ((2, 3), (25, 75))
    assert part.missing == pytest.approx(2 / 104)
    counts = [len(text.split()) for text in made(part, 10_000, values).to_pylist() if text]
    # Hoeffding at alpha = 1e-6.
    assert abs(np.mean(np.array(counts) == 3) - 0.75) <= np.sqrt(np.log(2e6) / (2 * len(counts)))
    assert set(counts) == {2, 3}


@pytest.mark.parametrize(
    ("example", "case"),
    [
        ("ALL LOUD", "utf8_upper"),
        ("all quiet", "utf8_lower"),
        ("Every Word", "utf8_title"),
        ("First word only", "utf8_capitalize"),
        ("MiXed up", None),
    ],
)
def test_free_text_keeps_its_letter_case(example: str, case: str | None, values: Any) -> None:
    part = shape_of(chunked([example] * 20))
    assert isinstance(part, WordReplacement)
    assert part.case == case
    (text,) = set(made(part, 1, values).to_pylist())
    expected = {
        "utf8_upper": str.upper,
        "utf8_lower": str.lower,
        "utf8_title": str.title,
        "utf8_capitalize": str.capitalize,
    }
    assert case is None or text == expected[case](text)


@pytest.mark.parametrize("rows", [[], [None, None], [""] * 9, ["  "] * 9, ["日本 語"] * 9])
def test_text_without_a_shape(rows: list[object], values: Any) -> None:
    part = shape_of(pa.chunked_array([pa.array(rows, pa.string())]))
    texts = made(part, 30, values)
    assert texts.type == pa.string()
    assert texts.null_count == (30 if None in rows else 0)
    assert not set(texts.to_pylist()) & {"日本 語"}


@pytest.mark.parametrize(
    "part",
    [
        ProviderReplacement(provider="email", missing=0.3),
        CodeReplacement(masks=("A9",), frequencies=(1,), missing=0.3),
        WordReplacement(words=(1,), frequencies=(1,), missing=0.3),
    ],
)
def test_gaps_are_as_frequent_as_seen(part: Made, values: Any) -> None:
    """Hoeffding for 20,000 rows at alpha = 1e-6; the twin has no gaps at all."""
    gaps = made(part, 20_000, values).null_count / 20_000
    assert abs(gaps - 0.3) <= np.sqrt(np.log(2e6) / 40_000)
    assert made(part.model_copy(update={"missing": 0.0}), 100, values).null_count == 0


def test_the_same_numbers_make_the_same_text(values: Any) -> None:
    part = CodeReplacement(masks=("AAA-999", "aa"), frequencies=(3, 1))
    assert made(part, 50, values).equals(made(part, 50, values))
    assert not made(part, 50, values).equals(made(part, 50, values, seed=2))


def test_dealing_uses_every_piece_up_in_order() -> None:
    pieces = [pa.array(["a0", "a1"]), pa.array([], pa.string()), pa.array(["c0", "c1", "c2"])]
    which = np.array([2, 0, 2, 2, 0])
    assert dealt(pieces, which).to_pylist() == ["c0", "a0", "c1", "c2", "a1"]


def test_the_share_of_nulls() -> None:
    assert missing_share(chunked([1, None, None, 4])) == 0.5
    assert missing_share(pa.chunked_array([], pa.int64())) == 0.0


def test_uuids_that_are_no_key_are_made_anew_as_uuids() -> None:
    values = ValueRegistry(installed_plugins())
    seen = [str(uuid.UUID(int=number * 7919, version=4)) for number in range(40)] * 2
    for texts in (seen, [text.upper() for text in seen], seen[:1]):
        column = Column(name="device", sdtype="id", format="uuid", storage="string")
        found = learn_text(column, chunked([*texts]), values)
        texts_made = made(found, 50, values).to_pylist()
        assert all(uuid.UUID(text).version == 4 for text in texts_made)
        assert not set(texts_made) & set(seen)
        assert all(text == (text.upper() if texts[-1].isupper() else text) for text in texts_made)


@pytest.mark.parametrize("digits", [12, 32])
def test_hashes_are_made_anew_as_hashes(digits: int, values: Any) -> None:
    seen = [hashlib.sha256(str(number).encode()).hexdigest()[:digits] for number in range(200)]
    found = learned([*seen, None], values, "id")
    texts = made(found, 300, values).to_pylist()
    assert all(re.fullmatch(f"[0-9a-f]{{{digits}}}", text) for text in texts if text is not None)
    assert not set(texts) & set(seen)


def test_tokens_of_several_lengths_keep_their_shares(values: Any) -> None:
    digests = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(300)]
    found = learned([each[: 8 if n % 3 else 20] for n, each in enumerate(digests)], values, "id")
    lengths = [len(text) for text in made(found, 3_000, values).to_pylist()]
    assert set(lengths) == {8, 20}
    assert 1_900 < lengths.count(8) < 2_100  # 2,000 expected, standard deviation 26
