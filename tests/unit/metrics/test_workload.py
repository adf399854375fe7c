import pyarrow as pa
import pytest

from synthkit.dataset import Dataset
from synthkit.errors import UsageError
from synthkit.metrics.workload import Query, read_queries, workload
from synthkit.schema import Column, Schema, Table

SCHEMA = Schema(
    tables=(
        Table(
            name="sold items",
            columns=(
                Column(name="kind", sdtype="categorical"),
                Column(name="price", sdtype="numerical", storage="double"),
            ),
        ),
    )
)


def items(kinds, prices):
    data = pa.table({"kind": pa.array(kinds, pa.string()), "price": pa.array(prices, pa.float64())})
    return Dataset.in_memory(SCHEMA, {"sold items": data})


REAL = items(["a", "a", "b"], [1.0, 3.0, 10.0])


def similar(text, synthetic):
    return workload(REAL, synthetic, [Query("q", text)])[0]


def test_the_error_of_a_number_is_relative_and_symmetric():
    text = 'SELECT sum(price) FROM "sold items"'
    half = items(["a"], [7.0])
    assert similar(text, half).similarity == pytest.approx(1 - 7 / 14)
    assert workload(half, REAL, [Query("q", text)])[0].similarity == pytest.approx(1 - 7 / 14)
    assert similar(text, REAL).similarity == 1.0
    assert similar(text, items(["a"], [-14.0])).similarity == 0.0


def test_rows_are_matched_by_what_they_are_about():
    """a: 2 against 1 row and 4 against 4; b is missing, c is not real: (.5 + 0) / 2 of 3 rows."""
    text = 'SELECT kind, count(*) AS n, sum(price) AS p FROM "sold items" GROUP BY kind ORDER BY 3'
    found = similar(text, items(["c", "a"], [5.0, 4.0]))
    assert found.rows == (2, 2)
    assert found.matched == 1
    assert found.similarity == pytest.approx(1 - (0.25 + 2) / 3)


def test_lists_of_numbers_are_matched_by_place():
    text = 'SELECT price FROM "sold items" ORDER BY price'
    found = similar(text, items(["a", "a"], [1.0, 6.0]))
    assert found.similarity == pytest.approx(1 - (0 + 0.5 + 1) / 3)


def test_answers_in_words_are_compared_as_sets():
    text = 'SELECT DISTINCT kind FROM "sold items"'
    assert similar(text, items(["a", "c"], [1.0, 1.0])).similarity == pytest.approx(1 / 3)


def test_missing_numbers_agree_with_missing_ones_only():
    text = "SELECT avg(price) FROM \"sold items\" WHERE kind = 'b'"
    assert similar(text, items(["a"], [1.0])).similarity == 0.0
    none = "SELECT avg(price) FROM \"sold items\" WHERE kind = 'z'"
    assert similar(none, items(["a"], [1.0])).similarity == 1.0


def test_statements_are_named_by_their_comments():
    found = read_queries(
        "-- name: first one\nSELECT 1;\n\n-- a remark\nSELECT 2;\n-- name: third\nSELECT\n 3"
    )
    assert [(each.name, each.line) for each in found] == [
        ("first one", 2),
        ("query 2", 5),
        ("third", 7),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no statement"),
        ("SELECT 1;\nDROP TABLE x", "line 2"),
        ("COPY x TO 'file'", "asks no question"),
        ("SELECT 1;\nSELEKT 2", "cannot be read"),
        ("-- name: a\nSELECT 1;\n-- name: a\nSELECT 2", "same name"),
    ],
)
def test_what_is_no_question_is_refused(text, told):
    with pytest.raises(UsageError, match=told):
        read_queries(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT getenv('HOME')",
        "SELECT nothing FROM nowhere",
    ],
)
def test_nothing_but_the_tables_can_be_reached(text):
    with pytest.raises(UsageError, match="query 'q' "):
        similar(text, REAL)


def test_an_error_does_not_quote_a_value():
    with pytest.raises(UsageError) as caught:
        similar("SELECT CAST(kind || '4711' AS INTEGER) FROM \"sold items\"", REAL)
    assert "4711" not in str(caught.value)
    assert "ConversionException" in str(caught.value)
