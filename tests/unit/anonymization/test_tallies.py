"""Values that come out as they went in stop a run, but for the few that chance leaves."""

from __future__ import annotations

import pyarrow as pa
import pytest

from synthkit.anonymization import tallies
from synthkit.anonymization.plan import Decision
from synthkit.anonymization.tallies import Tally
from synthkit.errors import DataError


def tally(keeps: list[str]) -> Tally:
    return Tally("t", "c", Decision("digits"), keeps)


def test_survivors_are_counted_and_refused() -> None:
    before = pa.array([f"{n}" for n in range(1_000)])
    made = tally(["equality"])
    made.add(before, pa.array(["0"] + ["x"] * 999))
    assert (made.rows, made.present, made.same, made.replaced) == (1_000, 1_000, 1, 999)
    assert made.verbatim == 1
    with pytest.raises(DataError, match="1 of 1,000") as caught:
        made.check()
    assert (caught.value.table, caught.value.column) == ("t", "c")


def test_a_one_to_one_map_may_leave_a_few_different_values() -> None:
    values = [f"{n:04}" for n in range(1_000)]
    few = tally(["uniqueness"])
    few.add(pa.array(values * 3), pa.array((values[:15] + ["x"] * 985) * 3))
    few.check()
    many = tally(["uniqueness"])
    many.add(pa.array(values), pa.array(values[:30] + ["x"] * 970))
    with pytest.raises(DataError, match="30 of 1,000"):
        many.check()


def test_blank_and_missing_values_count_for_nothing() -> None:
    made = tally([])
    made.add(pa.array(["", " ", None, "a"]), pa.array(["", " ", None, "b"]))
    made.check()
    assert (made.same, made.verbatim, made.replaced) == (0, 0, 3)
    made.clear()
    assert made.rows == 0


def test_encoded_values_are_counted_as_plain_ones() -> None:
    """What a dictionary holds and no row has is not counted, nor twice what two have."""
    plain, coded = tally([]), tally([])
    book = pa.array(["a", "b", "c", "never"])
    other = pa.array(["c", "d", "b"])
    for codes, values in (([0, 1, None], book), ([2, 1, 0], book), ([0, 0, 2], other)):
        after = pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), values)
        rows = after.cast(pa.string())
        before = pa.array([None if each is None else each.upper() for each in rows.to_pylist()])
        plain.add(before, rows)
        coded.add(before, rows, before.dictionary_encode(), after)
    assert coded.to_dict() == plain.to_dict()
    assert [len(each) for each in (coded._inputs, coded._outputs)] == [3, 3]


@pytest.mark.parametrize("cut", [1, 7, 40])
def test_parts_are_counted_together_as_the_whole(monkeypatch: pytest.MonkeyPatch, cut: int) -> None:
    monkeypatch.setattr(tallies, "_HELD", 30)
    rows = [(f"{n % 50}", f"{(n * 7 + 20) % 60}") for n in range(100)]
    rows += [("n/a", "n/a"), (None, None), ("3", "3")]
    before, after = (pa.array(list(each)) for each in zip(*rows, strict=True))
    whole, merged = tally(["equality"]), tally(["equality"])
    for start in range(0, len(rows), cut):
        whole.add(before[start : start + cut], after[start : start + cut])
        one = tally(["equality"])
        one.add(before[start : start + cut], after[start : start + cut])
        part = one.part(b"k" * 32)
        assert all(each is None or pa.types.is_uint64(each.type) for each in part.digests)
        merged.merge(part)
    assert merged.to_dict() == whole.to_dict()
    assert whole.verbatim > 10
    with pytest.raises(DataError, match=f"{whole.same} of 102"):
        merged.check()
    merged.clear()
    merged.add(before, after)
    assert merged.verbatim == whole.verbatim


def test_what_is_moved_counts_as_replaced_and_may_come_out_again() -> None:
    made = Tally("t", "born", Decision("date_shift"), [])
    before = pa.array([1, 2, 3, None], pa.int32()).cast(pa.date32())
    made.add(before, pa.array([2, 3, 3, None], pa.int32()).cast(pa.date32()))
    made.check()
    assert (made.replaced, made.nulled, made.verbatim) == (2, 0, 0)
