"""Mail domains from the names of companies, rows of several locales in order."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest

from synthkit.domains.people import _arranged, _domains, _quoted


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], []),
        (["Hall, Jenkins and Hill", "A-1 & Sons"], ["halljenkinsandhill", "a1sons"]),
        (["Müßig GmbH", "Crédit 2000", "O'Neil"], ["mussiggmbh", "credit2000", "oneil"]),
        (["株式会社", "", "X"], ["company", "company", "x"]),
    ],
)
def test_domains_keep_letters_and_digits(names: list[str], expected: list[str]) -> None:
    made = _domains(pa.array(names, pa.string()), ".example")
    made.validate(full=True)
    assert made.to_pylist() == [f"{each}.example" for each in expected]


def test_domains_of_a_slice_are_those_of_its_names() -> None:
    names = pa.array(["First AG", "Second Ltd", "Third"])
    assert _domains(names.slice(1, 1), "").to_pylist() == ["secondltd"]


@pytest.mark.parametrize("encoded", ["all", "one", "none"])
def test_rows_of_locales_come_in_the_order_asked_for(encoded: str) -> None:
    parts = [pa.array(["a", "b", "a"]), pa.array(["c", "a"])]
    encodings = {"all": 2, "one": 1, "none": 0}[encoded]
    parts[:encodings] = [each.dictionary_encode() for each in parts[:encodings]]
    columns = pa.table({"x": parts[0]})["x"], pa.table({"x": parts[1]})["x"]
    made = _arranged(columns, np.array([3, 0, 4, 2, 1]))
    assert made.type == pa.string()
    assert made.to_pylist() == ["c", "a", "a", "a", "b"]


@pytest.mark.parametrize("encoded", [True, False])
def test_words_are_quoted_for_json(encoded: bool) -> None:
    words = pa.array(['say "no"', "back\\slash", None, "tab\there", "é", 'say "no"'])
    made = _quoted(pa.chunked_array([words.dictionary_encode() if encoded else words]))
    expected = ['say "no"', "back\\slash", None, "tab here", "é", 'say "no"']
    assert [json.loads(each) for each in made.to_pylist()] == expected
