"""Every built-in kind makes what was asked for, in any locale, or says why not."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from synthkit.errors import UsageError
from synthkit.generators.values.catalog import SUMMARIES
from synthkit.generators.values.providers import KINDS, create

ROWS = ("person", "place", "world_place")
SINGLE = sorted(set(SUMMARIES) - set(ROWS))


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


def test_the_catalog_names_every_kind() -> None:
    assert set(KINDS) <= set(SUMMARIES)
    assert all(create(kind) for kind in SUMMARIES)
    with pytest.raises(KeyError):
        create("nonsense").draw(1, rng(), "en_US")  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", SINGLE)
def test_a_kind_keeps_the_contract(kind: str) -> None:
    locale = "en_US"
    provider = create(kind)
    drawn = provider.draw(500, rng(), locale)  # type: ignore[union-attr]
    assert len(drawn) == 500
    assert drawn.null_count == 0
    assert drawn.equals(provider.draw(500, rng(), locale))  # type: ignore[union-attr]
    whole = provider.distinct(0, 3000, 9, locale)  # type: ignore[union-attr]
    assert len(whole.unique()) == 3000
    part = provider.distinct(1000, 500, 9, locale)  # type: ignore[union-attr]
    assert part.to_pylist() == whole.to_pylist()[1000:1500]
    others = [provider.distinct(0, 50, key, locale).to_pylist() for key in range(8)]  # type: ignore[union-attr]
    assert any(other != whole.to_pylist()[:50] for other in others)
    assert len(provider.draw(0, rng(), locale)) == 0  # type: ignore[union-attr]
    if pa.types.is_string(drawn.type) or pa.types.is_dictionary(drawn.type):
        assert all(value and value == value.strip() for value in drawn.to_pylist())


@pytest.mark.parametrize("kind", ["first_name", "email", "place", "latitude", "date_of_birth"])
def test_an_unknown_locale_names_near_ones(kind: str) -> None:
    provider = create(kind)
    draw = getattr(provider, "draw_rows", None) or provider.draw  # type: ignore[union-attr]
    with pytest.raises(UsageError, match="no locale 'en_UX'") as caught:
        draw(1, rng(), "en_UX")
    assert "en_US" in str(caught.value.hint)
