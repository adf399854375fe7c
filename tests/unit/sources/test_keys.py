import pyarrow as pa
import pytest

from synthkit.dataset import Dataset, Notice
from synthkit.errors import DataError
from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.schema.storage import storage_of
from synthkit.sources.keys import check_keys


def check(
    tables: dict[str, pa.Table],
    *references: ForeignKey,
    primary: dict[str, tuple[str, ...]] | None = None,
    alternate: dict[str, tuple[str, ...]] | None = None,
) -> list[Notice]:
    described = tuple(
        Table(
            name=name,
            columns=tuple(Column(name=f.name, storage=storage_of(f.type)) for f in data.schema),
            primary_key=(primary or {}).get(name),
            alternate_keys=((alternate or {})[name],) if name in (alternate or {}) else (),
        )
        for name, data in tables.items()
    )
    schema = Schema(tables=described, foreign_keys=references)
    return list(check_keys(Dataset.in_memory(schema, tables)))


def reference(*columns: str, to: tuple[str, ...] = ("id",)) -> ForeignKey:
    return ForeignKey(table="child", columns=columns, parent="parent", parent_columns=to)


def test_keys_that_hold_give_no_notice() -> None:
    tables = {
        "parent": pa.table({"id": [1, 2, 3]}),
        "child": pa.table({"parent_id": [1, 1, None, 3]}),
    }
    assert check(tables, reference("parent_id"), primary={"parent": ("id",)}) == []


def test_a_repeated_primary_key_names_both_rows_and_no_value() -> None:
    with pytest.raises(DataError) as caught:
        check({"t": pa.table({"id": ["x77", "y", "z", "x77", "y"]})}, primary={"t": ("id",)})
    assert "rows 1 and 4" in caught.value.message
    assert "2 rows in all" in caught.value.message
    assert caught.value.table == "t"
    assert "x77" not in str(caught.value)
    assert caught.value.hint


def test_parts_of_a_composite_key_may_repeat_and_the_whole_may_not() -> None:
    data = {"a": [1, 1, 2, 2], "b": ["x", "y", "x", "y"]}
    assert check({"t": pa.table(data)}, primary={"t": ("a", "b")}) == []
    data["b"][3] = "x"
    with pytest.raises(DataError, match="rows 3 and 4"):
        check({"t": pa.table(data)}, primary={"t": ("a", "b")})


def test_alternate_keys_are_checked_too() -> None:
    with pytest.raises(DataError, match="alternate key"):
        check({"t": pa.table({"e": ["a", "a"]})}, alternate={"t": ("e",)})


def test_missing_keys_are_counted_and_never_equal() -> None:
    (notice,) = check(
        {"t": pa.table({"a": [1, None, None], "b": [1, 2, 2]})}, primary={"t": ("a", "b")}
    )
    assert (notice.subject, notice.count) == ("t(a, b)", 2)


def test_orphans_are_counted_and_missing_references_are_none() -> None:
    tables = {
        "parent": pa.table({"id": [1, 2]}),
        "child": pa.table({"parent_id": [1, 9, 9, None, 2]}),
    }
    (notice,) = check(tables, reference("parent_id"))
    assert notice.count == 2
    assert "kept" in notice.treatment


def test_composite_references_match_as_a_whole() -> None:
    tables = {
        "parent": pa.table({"a": [1, 2], "b": ["x", "y"]}),
        "child": pa.table({"a": [1, 2, 1, None], "b": ["x", "y", "y", "x"]}),
    }
    (notice,) = check(tables, reference("a", "b", to=("a", "b")))
    assert notice.count == 1


def test_numbers_and_text_compare_as_text() -> None:
    tables = {
        "parent": pa.table({"id": ["1", "2"]}),
        "child": pa.table({"parent_id": [1, 2, 3]}),
    }
    (notice,) = check(tables, reference("parent_id"))
    assert notice.count == 1


def test_many_wide_columns_do_not_run_over() -> None:
    # Seven columns of 2,000 distinct values: 2000**7 is beyond 64 bits.
    rows = 2000
    data = {f"c{at}": pa.array(range(rows)) for at in range(7)}
    tables = {"t": pa.table(data)}
    assert check(tables, primary={"t": tuple(data)}) == []
    doubled = pa.concat_tables([tables["t"], tables["t"].slice(1234, 1)])
    with pytest.raises(DataError, match="rows 1235 and 2001"):
        check({"t": doubled}, primary={"t": tuple(data)})


def test_empty_tables() -> None:
    tables = {
        "parent": pa.table({"id": pa.array([], pa.int64())}),
        "child": pa.table({"parent_id": pa.array([None, 5], pa.int64())}),
    }
    (notice,) = check(tables, reference("parent_id"), primary={"parent": ("id",)})
    assert notice.count == 1
