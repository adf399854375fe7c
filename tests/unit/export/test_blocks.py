import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest

from synthkit.errors import PluginError
from synthkit.export.blocks import Blocks
from synthkit.schema import Column, Table


def table(**storages: str) -> Table:
    columns = tuple(Column(name=name, storage=storage) for name, storage in storages.items())
    return Table(name="t", columns=columns)


def run(blocks: Blocks, *chunks: pa.Table) -> list[pa.Table]:
    return [block for chunk in chunks for block in blocks.add(chunk)] + list(blocks.rest())


@pytest.mark.parametrize("cuts", [[10], [3, 3, 4], [1] * 10, [0, 9, 0, 1], [7, 3]])
def test_blocks_do_not_depend_on_chunks(cuts: list[int]) -> None:
    whole = pa.table({"a": range(10)})
    chunks, start = [], 0
    for size in cuts:
        chunks.append(whole.slice(start, size))
        start += size
    found = run(Blocks(table(a="int64"), 4), *chunks)
    assert [block.num_rows for block in found] == [4, 4, 2]
    assert pa.concat_tables(found).equals(whole)


def test_no_rows_make_no_block() -> None:
    assert run(Blocks(table(a="int64"), 4), pa.table({"a": pa.array([], pa.int64())})) == []


def test_columns_are_put_in_order() -> None:
    (block,) = run(Blocks(table(a="int64", b="string"), 4), pa.table({"b": ["x"], "a": [1]}))
    assert block.column_names == ["a", "b"]


@pytest.mark.parametrize(
    ("values", "storage"),
    [
        (pa.array([1, None], pa.int8()), "int64"),
        (pa.array([1, 2], pa.int64()), "double"),
        (pa.array([1.5], pa.float32()), "double"),
        (pa.array(["a", None, "a"]).dictionary_encode(), "string"),
        (pa.array(["a"], pa.large_string()), "string"),
        (pa.array([None, None]), "date32[day]"),
        (pa.array([dt.datetime(2024, 1, 1)], pa.timestamp("s")), "timestamp[us]"),
        (pa.array([Decimal("1.50")]), "decimal128(10, 2)"),
    ],
)
def test_narrower_types_become_the_declared_one(values: pa.Array, storage: str) -> None:
    (block,) = run(Blocks(table(a=storage), 4), pa.table({"a": values}))
    assert str(block.schema.field("a").type) == storage
    assert block.column("a").null_count == values.null_count


@pytest.mark.parametrize(
    ("values", "storage"),
    [
        (pa.array([1]), "string"),
        (pa.array(["1"]), "int64"),
        (pa.array([1.5]), "int64"),
        (pa.array([2**53 + 1]), "double"),
        (pa.array([-1]), "uint64"),
        (pa.array([True]), "int64"),
        (pa.array([dt.datetime(2024, 1, 1)]), "date32[day]"),
        (pa.array([dt.datetime(2024, 1, 1)]), "timestamp[us, tz=UTC]"),
        (pa.array([[1]]), "string"),
    ],
)
def test_types_that_would_change_values_are_refused(values: pa.Array, storage: str) -> None:
    with pytest.raises(PluginError, match=r"t\.a") as caught:
        run(Blocks(table(a=storage), 4), pa.table({"a": values}))
    assert caught.value.hint


def test_other_columns_than_declared_are_refused() -> None:
    with pytest.raises(PluginError, match="b, c"):
        run(Blocks(table(a="int64", b="int64"), 4), pa.table({"a": [1], "c": [1]}))
