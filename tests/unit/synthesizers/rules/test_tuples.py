"""Tuples that are kept: which, how rows come to one, and what follows from the others."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from synthkit.schema import Column, Table
from synthkit.synthesizers.rules.tuples import KnownTuples, Matcher

TABLE = Table(
    name="t", columns=(Column(name="a"), Column(name="b", storage="int64"), Column(name="c"))
)


@pytest.fixture
def matcher() -> Matcher:
    rows = [("x", 1, "p")] * 6 + [("x", 2, "q")] * 5 + [("y", None, "p")] * 5 + [("z", 9, "q")] * 4
    a, b, c = zip(*rows, strict=True)
    data = pa.table({"a": pa.array(a), "b": pa.array(b, pa.int64()), "c": pa.array(c)})
    known = KnownTuples.learn(TABLE, ("a", "b", "c"), data, np.arange(len(rows)), 5)
    return Matcher(KnownTuples.model_validate(known.model_dump(mode="json")), TABLE)


def arrays(*rows: tuple[str | None, int | None, str | None]) -> dict[str, pa.Array]:
    a, b, c = zip(*rows, strict=True)
    return {
        "a": pa.array(a).dictionary_encode(), "b": pa.array(b, pa.int64()), "c": pa.array(c),
    }  # fmt: skip


def test_tuples_of_few_are_not_kept(matcher: Matcher) -> None:
    assert matcher.known.counts == (6, 5, 5)
    assert "z" not in matcher.known.values[0]


def test_null_is_a_value(matcher: Matcher) -> None:
    found = matcher.find(arrays(("x", 1, "p"), ("y", None, "p"), ("x", None, "p"), ("z", 9, "q")))
    assert found.tolist() == [0, 2, -1, -1]


def test_the_nearest_tuple_begins_as_the_row_does(matcher: Matcher) -> None:
    rng = np.random.default_rng(1)
    found = matcher.nearest(
        arrays(("x", 2, "p"), ("y", 7, None), *[("x", 5, "z")] * 400, *[("z", 9, "q")] * 400), rng
    )
    assert found[:2].tolist() == [1, 2]
    assert set(found[2:402].tolist()) == {0, 1}
    assert set(found[402:].tolist()) == {0, 1, 2}


def test_the_last_column_follows_from_the_others_alone(matcher: Matcher) -> None:
    given = arrays(("x", 2, None), ("x", 7, "p"), ("w", 3, "p"), ("w", 3, "q"))
    settled = matcher.settled(given).to_pylist()
    assert settled[:2] == ["q", "p"]
    assert settled[2] == settled[3]
