"""Whoever copies fails every measure; whoever does not fails none."""

import pytest

from synthkit.errors import UsageError
from synthkit.metrics import evaluate

MEASURES = {
    "dcr",
    "nndr",
    "copies",
    "singling_out",
    "linkability",
    "inference",
    "membership",
}


def test_a_copying_synthesizer_fails_every_measure(population, measured):
    found = measured(population(1), population(1), population(2))
    assert {leak.measure for leak in found.leaks()} == MEASURES
    tables = {(leak.measure, leak.table) for leak in found.leaks()}
    assert {table for _, table in tables} == {"people", "purchases"}


def test_noise_does_not_hide_copies(population, noisy, measured):
    """Amounts off by 3%: no row is the same, and all but the count of copies see it."""
    found = measured(population(1), noisy(1, 9), population(2))
    assert {leak.measure for leak in found.leaks()} >= MEASURES - {"copies"}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_another_sample_of_the_population_leaks_nothing(population, measured, seed):
    """Seven measures at 95% each, with fixed seeds: none of them is off here."""
    found = measured(population(11), population(12), population(13), seed)
    assert list(found.leaks()) == []


def test_half_copies_are_seen(population, measured):
    """One made person in three is a copy."""
    import pyarrow as pa

    learned, fresh = population(1, 600), population(5, 400)
    tables = {}
    for table in learned:
        key = "id" if table == "people" else "person"
        own = learned.arrow(table)
        own = own.filter(pa.compute.less(own[key], 200))
        other = fresh.arrow(table)
        at = other.column_names.index(key)
        other = other.set_column(at, key, pa.compute.add(other[key], 10_000))
        tables[table] = pa.concat_tables([own, other.cast(own.schema)])
    made = type(learned).in_memory(learned.schema, tables)
    found = measured(learned, made, population(2, 600))
    assert {leak.measure for leak in found.leaks()} >= {"dcr", "copies", "membership"}


def test_privacy_is_part_of_an_evaluation(population):
    found = evaluate(population(1), population(1), holdout=population(2), seed=1, parts=["privacy"])
    assert found.privacy is not None
    assert set(found.measures) == MEASURES
    assert found.measures["dcr"].mean == 1.0
    assert not found.measures["dcr"].higher_is_better


def test_without_held_out_rows_there_is_no_privacy(population):
    found = evaluate(population(1), population(3), seed=1, parts=["privacy"])
    assert found.privacy is None
    assert found.measures == {}
    held = population(2)
    assert evaluate(population(1), held, holdout=held, seed=1, parts=["privacy"]).privacy is None


def test_an_unknown_part_is_told():
    with pytest.raises(UsageError):
        evaluate(None, None, seed=1, parts=["privcy"])
