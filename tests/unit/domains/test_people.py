"""Mail domains from the names of companies."""

from __future__ import annotations

import pyarrow as pa
import pytest

from synthkit.domains.people import _slugs


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], []),
        (["Hall, Jenkins and Hill", "A-1 & Sons"], ["halljenkinsandhill", "a1sons"]),
        (["Müßig GmbH", "Crédit 2000", "O'Neil"], ["mussiggmbh", "credit2000", "oneil"]),
        (["株式会社", "", "X"], ["company", "company", "x"]),
    ],
)
def test_slugs_keep_letters_and_digits(names: list[str], expected: list[str]) -> None:
    made = _slugs(pa.array(names, pa.string()))
    made.validate(full=True)
    assert made.to_pylist() == expected


def test_slugs_of_a_slice_are_those_of_its_names() -> None:
    names = pa.array(["First AG", "Second Ltd", "Third"])
    assert _slugs(names.slice(1, 1)).to_pylist() == ["secondltd"]
