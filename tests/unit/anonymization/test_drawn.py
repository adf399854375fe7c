"""Pools are drawn once on a machine, and a digest tells one from another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pyarrow as pa
import pytest

from synthkit.anonymization.actions.internet import Email
from synthkit.anonymization.actions.pools import Pool
from synthkit.anonymization.actions.settings import EmailSettings, PoolSettings
from synthkit.anonymization.drawn import SIZE, digest, drawn
from synthkit.cache import FOLDER
from synthkit.contracts import Beside, Values
from synthkit.plugins import Plugins
from synthkit.values import ValueRegistry


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(FOLDER, str(tmp_path / "cache"))
    return tmp_path / "cache"


class Counted(ValueRegistry):
    """Counts how often values are drawn."""

    def __init__(self) -> None:
        super().__init__(Plugins())
        self.drawn = 0

    def _part(self, kind: str, method: str) -> object:
        self.drawn += 1
        return super()._part(kind, method)


def test_a_pool_is_drawn_once_on_a_machine(folder: Path) -> None:
    found = []
    for _ in range(2):
        values = Counted()
        found.append(drawn("name", "de_DE", Beside(values)))
        assert values.drawn == (1 if len(found) == 1 else 0)
    assert len(found[0]) == SIZE
    assert found[0].equals(found[1])
    assert [each.name.startswith("pool-name-de_DE-") for each in folder.iterdir()] == [True]


def test_persons_agree_place_by_place(folder: Path, beside: Beside) -> None:
    names = (drawn(kind, "en_US", beside) for kind in ("name", "first_name", "last_name"))
    for whole, first, last in zip(*(each[:500].to_pylist() for each in names), strict=True):
        assert whole == f"{first} {last}"


class Own:
    """Values of a plugin, or of a library: from what they are made is not known."""

    def draw(self, kind: str, count: int, rng: np.random.Generator, locale: str) -> pa.Array:
        return pa.array([f"{kind} {locale}"] * count)


def test_values_of_others_are_not_kept(folder: Path, beside: Beside) -> None:
    assert (
        drawn("city", "en_US", replace(beside, values=cast(Values, Own())))[0].as_py()
        == "city en_US"
    )
    drawn("faker:license_plate", "en_US", beside)
    assert ValueRegistry(Plugins()).made_from("faker:license_plate") is None
    assert not folder.exists()


def test_a_locale_names_no_other_file(folder: Path, beside: Beside) -> None:
    own = replace(beside, values=cast(Values, Own()))
    drawn("city", "../../de_DE", own)
    with pytest.raises(Exception, match="locale"):
        drawn("city", "../../de_DE", beside)
    assert not folder.exists()


def test_the_digest_tells_pools_apart(folder: Path, beside: Beside) -> None:
    pool, email = Pool(PoolSettings()), Email(EmailSettings())
    names = pool.pools(beside)
    assert list(names) == ["name en_US"]
    assert list(email.pools(beside)) == ["user_name en_US"]
    assert names == Pool(PoolSettings()).pools(beside)
    german = replace(beside, locales=("de_DE",))
    assert Pool(PoolSettings()).pools(german)["name de_DE"] != names["name en_US"]
    assert digest(pa.array(["ab", "c"])) != digest(pa.array(["a", "bc"]))
