"""Formats of keys: which one is chosen, and that each keeps its promises."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pydantic import TypeAdapter

from synthkit.schema import Column
from synthkit.schema.storage import storage_of
from synthkit.synthesizers.structure.keys import (
    DomainKey,
    KeyFormat,
    NumberKey,
    ProviderKey,
    UuidKey,
    learn_domain,
    learn_key,
)
from synthkit.synthesizers.structure.masks import PatternKey

FORMATS: TypeAdapter[KeyFormat] = TypeAdapter(KeyFormat)


def column(values: pa.Array, **more: Any) -> Column:
    return Column(name="k", storage=storage_of(values.type), **more)


def chunked(*values: object) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values)])


@pytest.mark.parametrize(
    ("seen", "facts", "expected"),
    [
        (chunked(3, None, 4), {}, NumberKey(storage="int64", start=3)),
        (chunked("C-1", "C-2"), {}, PatternKey(parts=("=C", "=-", "9"), start=1)),
        (chunked("00000000-0000-4000-8000-00000000000A"), {"format": "uuid"}, UuidKey(upper=True)),
        (chunked("00000000-0000-4000-8000-00000000000a"), {"format": "uuid"}, UuidKey()),
        (
            chunked("a@b.c", "d@e.f"),
            {"sdtype": "email", "pii": True},
            ProviderKey(provider="email"),
        ),
        (chunked("x1", "x2"), {"sdtype": "id"}, PatternKey(parts=("=x", "9"), start=1)),
        (chunked("x1", "x2"), {"sdtype": "iban"}, PatternKey(parts=("=x", "9"), start=1)),
        (chunked(b"ab"), {}, NumberKey(storage="binary", start=0)),
    ],
)
def test_the_format_is_chosen_by_what_the_column_is(
    seen: pa.ChunkedArray, facts: dict[str, Any], expected: KeyFormat, values: Any
) -> None:
    assert learn_key(column(seen, **facts), seen, values) == expected


def test_without_providers_personal_keys_keep_their_shape() -> None:
    seen = chunked("a@b.c", "d@e.f")
    assert isinstance(learn_key(column(seen, sdtype="email"), seen), PatternKey)


def test_uuids_are_of_version_4_and_look_random() -> None:
    made = UuidKey().make(np.arange(20_000), 2**62 + 5)
    assert len(made.unique()) == 20_000
    pattern = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    texts = made.to_pylist()
    assert all(pattern.fullmatch(text) for text in texts)
    assert {uuid.UUID(text).version for text in texts[:100]} == {4}
    # Each of the 31 free hex digits is uniform: chi-square with 15 degrees stays below 61.
    # (p = 1e-7 for one place, union bound 3e-6); a counter would fill one digit only.
    for place in [each for each in range(36) if each not in (8, 13, 14, 18, 19, 23)]:
        seen = np.bincount([int(text[place], 16) for text in texts], minlength=16)
        assert ((seen - 1250) ** 2 / 1250).sum() < 61, place


def test_uuids_may_be_upper_case() -> None:
    rows = np.arange(50)
    lower, upper = UuidKey().make(rows, 1), UuidKey(upper=True).make(rows, 1)
    assert upper.to_pylist() == [text.upper() for text in lower.to_pylist()]
    assert upper.to_pylist() != lower.to_pylist()


def test_provider_keys_are_ranges_of_a_providers_values(values: Any) -> None:
    made = ProviderKey(provider="email").make_range(5, 8, 1, values, "en_US")
    assert made.to_pylist() == ["email5", "email6", "email7"]


@pytest.mark.parametrize(
    "seen",
    [
        chunked(2003, 1999, None, 2003),
        chunked("BOS", "ANA", None, "ANA"),
        chunked(dt.date(2020, 1, 5), dt.date(2020, 1, 1)),
        chunked(dt.datetime(2020, 1, 5, 1, 2, 3, 4)),
        chunked(dt.time(1, 2)),
        chunked(0.5, 0.25),
        chunked(Decimal("1.50"), Decimal("1.75")),
        chunked(True, False, True),
        chunked(b"\x00", b"ab"),
        pa.chunked_array([pa.array([2**64 - 1, 0], pa.uint64())]),
    ],
)
def test_a_domain_keeps_the_values_seen_in_order(seen: pa.ChunkedArray) -> None:
    made = learn_domain(column(seen), seen)
    expected = sorted({value for value in seen.to_pylist() if value is not None})
    known = made.make(np.arange(len(expected)), 5)
    assert known.to_pylist() == expected
    assert known.type == seen.type
    back = FORMATS.validate_json(FORMATS.dump_json(made))
    assert back == made
    assert back.make(np.arange(len(expected)), 5).equals(known)


@pytest.mark.parametrize(
    "seen",
    [
        chunked(2003, 1999),
        chunked("01", "02", "05"),
        chunked("AAA", "BAC", "AAC"),
        chunked(0.5, 0.25, float("nan")),
        chunked(b"ab"),
        pa.chunked_array([], pa.string()),
        pa.chunked_array([], pa.int64()),
    ],
)
def test_a_domain_goes_on_with_other_values(seen: pa.ChunkedArray) -> None:
    made = learn_domain(column(seen), seen)
    whole = made.make(np.arange(5000), 5)
    assert whole.type == seen.type
    assert len(whole.unique()) == 5000
    beyond = np.arange(len(made.values), len(made.values) + 10)
    assert made.make(beyond, 5).equals(whole.take(pa.array(beyond)))


@pytest.mark.parametrize(
    ("seen", "facts"),
    [
        (chunked("ann@real.com", "bob@real.com"), {"sdtype": "email"}),
        (chunked("AB-123456", "ZX-987654"), {"sdtype": "unknown"}),
        (chunked("6f1c2c35-8b5b-4cc4-8f0b-0f1f7a0a8d11"), {"sdtype": "id", "format": "uuid"}),
    ],
)
def test_of_personal_data_a_domain_keeps_only_the_number(
    seen: pa.ChunkedArray, facts: dict[str, Any], values: Any
) -> None:
    made = learn_domain(column(seen, pii=True, **facts), seen, values)
    assert isinstance(made, DomainKey)
    assert len(made.values) == len(seen)
    assert not set(made.values) & set(seen.to_pylist())
    # The twin: a column that is not personal keeps them.
    assert set(learn_domain(column(seen, **facts), seen, values).values) == set(seen.to_pylist())
