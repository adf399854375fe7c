"""Names that no list has are told by their letters; what names nobody is left alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from faker import Faker

from synthkit.anonymization.recognizers import ngrams
from synthkit.anonymization.recognizers.ngrams import NameLike
from synthkit.anonymization.recognizers.settings import PeopleSettings
from synthkit.contracts import ColumnSample
from synthkit.schema import Column

DANISH = PeopleSettings(without="da_DK")


def kind_of(values: list[str], settings: PeopleSettings = DANISH, rows: int = 0) -> str | None:
    texts = pa.array(values).unique()
    column = Column(name="c", storage="string")
    found = NameLike(settings).recognize(ColumnSample("t", column, texts, rows or len(values)), [])
    return found[0].kind if found else None


def drawn(kind: str, count: int = 60) -> list[str]:
    made = Faker("da_DK")
    made.seed_instance(4)
    return [str(getattr(made, kind)()) for _ in range(count)]


@pytest.mark.parametrize("kind", ["first_name", "last_name", "name", "city", "user_name"])
def test_names_of_an_unseen_language_are_told_by_their_letters(kind: str) -> None:
    assert kind_of(drawn(kind)) == ("user_name" if kind == "user_name" else "name")


def test_other_words_of_that_language_are_no_names() -> None:
    assert kind_of(drawn("job")) is None


def test_the_same_letters_in_another_order_are_no_user_names() -> None:
    rng = np.random.default_rng(2)
    assert kind_of(["".join(rng.permutation(list(text))) for text in drawn("user_name")]) is None


def test_titles_and_initials_are_no_part_of_a_name() -> None:
    assert kind_of([f"Dipl.-Ing. {name} B.Sc." for name in drawn("name")]) == "name"


def test_words_of_programs_are_no_user_names() -> None:
    folder = Path(np.__file__).parent
    words = sorted({path.stem for path in folder.rglob("*.py") if path.stem.isalpha()})
    assert len(words) > 60
    assert kind_of(words) is None


def test_words_in_small_letters_that_repeat_are_no_user_names() -> None:
    assert kind_of(drawn("user_name"), rows=6_000) is None


def test_firms_and_paths_are_no_names() -> None:
    last = drawn("last_name")
    assert kind_of([f"{name} Ltd" for name in last]) is None
    assert kind_of([f"{one}/{two}" for one, two in zip(last, last[::-1], strict=True)]) is None


def test_the_weights_are_made_once_and_read_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNTHKIT_CACHE_DIR", str(tmp_path))
    ngrams._weights.cache_clear()
    made = ngrams._weights(frozenset())
    monkeypatch.setattr(ngrams, "_trained", None)
    ngrams._weights.cache_clear()
    read = ngrams._weights(frozenset())
    np.testing.assert_array_equal(read, made)
    ngrams._weights.cache_clear()
