"""Values in any locale: without repeats, whole in any parts, the same in every process."""

from __future__ import annotations

import hashlib
import inspect
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synthkit.contracts import Values
from synthkit.generators.values.catalog import SUMMARIES
from synthkit.generators.values.codes import pattern
from synthkit.generators.values.distinct import Distinct
from synthkit.generators.values.expressions import Pool, joined
from synthkit.generators.values.providers import create
from synthkit.plugins import Plugins
from synthkit.values import ValueRegistry

ROWS = ("person", "place", "world_place")
SINGLE = sorted(set(SUMMARIES) - set(ROWS))
LOCALES = ("en_US", "de_DE", "fr_FR", "ja_JP", "pt_BR", "ar_AE", "uk_UA", "th_TH")
"""Latin and other scripts, global random numbers inside Faker, lists and gaps of all sorts."""


def digests(locales: list[str]) -> Iterator[str]:
    """Yield a line for each locale and kind, with a hash of values drawn and of distinct ones."""
    for locale in locales:
        for kind in SUMMARIES:
            provider, rng = create(kind), np.random.Generator(np.random.Philox(1))
            rows = "_rows" if kind in ("person", "place", "world_place") else ""
            many = 20 if kind == "world_place" else 200  # of places that exist there are only some
            drawn = getattr(provider, "draw" + rows)(200, rng, locale).to_pylist()
            distinct = getattr(provider, "distinct" + rows)(5, many, 9, locale).to_pylist()
            found = hashlib.sha256(repr((drawn, distinct)).encode()).hexdigest()
            yield f"{locale} {kind} {found}"


PROGRAM = f"""
from __future__ import annotations
import hashlib, sys
import numpy as np
from synthkit.generators.values.catalog import SUMMARIES
from synthkit.generators.values.providers import create
{inspect.getsource(digests)}
for line in digests(sys.argv[1:]):
    print(line)
"""

words = st.lists(st.text("ab1- .", max_size=4), min_size=1, max_size=12, unique=True)


@pytest.fixture(scope="module")
def values() -> Values:
    return ValueRegistry(Plugins(candidates=(), built_in=("synthkit.generators.plugin",)))


@settings(deadline=None)
@given(pools=st.lists(words, min_size=1, max_size=4), key=st.integers(0, 2**63 - 1))
def test_no_product_of_pools_repeats(pools: list[list[str]], key: int) -> None:
    parts = [Pool.of(dict.fromkeys(each, 1.0)) for each in pools]
    made = Distinct(joined(parts)).at(0, 400, key).to_pylist()
    assert len(set(made)) == 400


@settings(deadline=None)
@given(pools=st.lists(words, min_size=2, max_size=3), key=st.integers(0, 2**63 - 1))
def test_no_product_with_a_large_part_repeats(pools: list[list[str]], key: int) -> None:
    parts = [pattern("####"), *[Pool.of(dict.fromkeys(each, 1.0)) for each in pools]]
    made = Distinct(joined(parts)).at(0, 20_000, key).to_pylist()
    assert len(set(made)) == 20_000


@pytest.mark.parametrize("kind", SINGLE)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.differing_executors])
@given(
    cuts=st.lists(st.integers(0, 2000), min_size=1, max_size=4),
    start=st.integers(0, 20_000),
    key=st.integers(0, 2**63 - 1),
)
def test_parts_of_a_sequence_are_the_whole(
    values: Values, kind: str, cuts: list[int], start: int, key: int
) -> None:
    whole = values.distinct(kind, start, 2000, key, "en_US").to_pylist()
    assert len(set(whole)) == 2000
    bounds = [0, *sorted(cuts), 2000]
    made = [
        value
        for low, high in pairwise(bounds)
        for value in values.distinct(kind, start + low, high - low, key, "en_US").to_pylist()
    ]
    assert made == whole


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["email", "user_name", "name", "uuid", "phone_number", "company"])
def test_two_million_values_do_not_repeat(values: Values, kind: str) -> None:
    made = values.distinct(kind, 0, 2_000_000, 7, "en_US")
    assert pc.count_distinct(made).as_py() == 2_000_000


@pytest.mark.slow
@pytest.mark.parametrize("locale", ["lv_LV", "tl_PH", "es_CL", "sw", "ko_KR", "hi_IN"])
def test_locales_that_lack_much_still_have_everything(values: Values, locale: str) -> None:
    rng = np.random.Generator(np.random.Philox(1))
    for kind in SINGLE:
        assert values.draw(kind, 100, rng, locale).null_count == 0
        assert len(values.distinct(kind, 0, 2000, 1, locale).unique()) == 2000
    for kind in ROWS:
        assert values.draw_rows(kind, 100, rng, locale).num_rows == 100


@pytest.mark.slow
def test_every_process_makes_the_same_values() -> None:
    """Another process with another hash seed, and this one, which has made other values before."""
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", PROGRAM, *LOCALES],
        env={**os.environ, "PYTHONHASHSEED": seed},
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        here = list(digests(list(LOCALES)))
        there = other.communicate()[0].splitlines()
    assert other.returncode == 0
    assert len(here) == len(LOCALES) * len(SUMMARIES)
    assert here == there
