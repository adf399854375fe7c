"""What a recipe asks for is what comes out: distributions, counts, picks, rhythms, shares.

Each bound is crossed by chance once in ten thousand (ALPHA) for what the recipe says; each has a
twin that holds the same rows against what another recipe would say.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from numpy.typing import NDArray
from scipy.stats import binomtest, chi2, norm, poisson

from synthkit.contracts import GenerateRequest, Silent, Streams
from synthkit.generators.recipes.generator import RecipeGenerator
from synthkit.generators.recipes.load import loads
from synthkit.generators.recipes.rhythm import PRESETS
from synthkit.plugins import Plugins
from synthkit.values import ValueRegistry

ALPHA = 1e-4
ROWS, PARENTS = 20_000, 4_000
WEEKDAYS, HOURS = PRESETS["shop"]
MONTHS = (1, 1, 1, 1, 1, 2, 2, 1, 1, 1, 3, 4)
GROWTH = 0.5
RECIPE = f"""recipe: 1
tables:
  shops:
    rows: {PARENTS}
    columns:
      id: sequence
  products:
    rows: 50
    columns:
      id: sequence
  sales:
    rows: {ROWS}
    columns:
      id: sequence
      product_id: {{references: products, pick: {{zipf: 0.8}}}}
      price: {{lognormal: {{median: 30, sigma: 0.8}}}}
      weight: {{normal: {{mean: 5, sd: 2}}}}
      size: {{choice: {{small: 5, medium: 3, large: 2}}, nulls: 0.1}}
      sold_at: {{time: {{start: 2023-01-02, end: 2024-12-29, rhythm: shop}}}}
      grown_at: {{time: {{start: 2023-01-01, end: 2024-12-31, growth: {GROWTH}}}}}
      season_at: {{time: {{start: 2023-01-01, end: 2023-12-31, months: {list(MONTHS)}}}}}
      country: {{place: country_code}}
    locale: {{de_DE: 3, fr_FR: 1}}
  visits:
    columns:
      id: sequence
      shop_id: {{references: shops, per_parent: {{poisson: 3}}}}
"""
Counts = NDArray[np.int64]


@pytest.fixture(scope="module")
def tables() -> dict[str, pa.Table]:
    generator = RecipeGenerator(loads(RECIPE))
    request = GenerateRequest(values=ValueRegistry(Plugins()), locale_is_default=True)
    parts: dict[str, list[pa.Table]] = {}
    for chunk in generator.generate(request, Streams(11), Silent()):
        parts.setdefault(chunk.table, []).append(chunk.data)
    return {
        name: pa.concat_tables(each, promote_options="permissive") for name, each in parts.items()
    }


def fits(counts: Counts, weights: object) -> bool:
    """Say whether counts follow weights, by Pearson's chi-square at ALPHA."""
    expected = np.asarray(weights, dtype=float)
    expected = expected / expected.sum() * counts.sum()
    found = ((counts - expected) ** 2 / expected).sum()
    return bool(found <= chi2.isf(ALPHA, len(counts) - 1))


def follows(values: Counts, law: Callable[[Counts], Counts]) -> bool:
    """Say whether values follow a distribution function, by the DKW inequality at ALPHA."""
    shares = law(np.sort(values))
    steps = np.arange(len(values) + 1) / len(values)
    gap = max(np.abs(shares - steps[1:]).max(), np.abs(shares - steps[:-1]).max())
    return bool(gap <= math.sqrt(math.log(2 / ALPHA) / (2 * len(values))))


def is_share(hits: int, count: int, share: float) -> bool:
    """Say whether so many hits are likely, by the exact binomial test at ALPHA."""
    return bool(binomtest(hits, count, share).pvalue >= ALPHA)


def part(tables: dict[str, pa.Table], column: str, unit: Callable[[pa.Array], pa.Array]) -> Counts:
    found = unit(tables["sales"][column]).to_numpy()
    return np.bincount(found - found.min())


def test_distributions(tables: dict[str, pa.Table]) -> None:
    price, weight = (tables["sales"][name].to_numpy() for name in ("price", "weight"))
    assert follows(np.log(price), norm(math.log(30), 0.8).cdf)
    assert not follows(np.log(price), norm(math.log(30), 0.85).cdf)
    assert follows(weight, norm(5, 2).cdf)
    assert not follows(weight, norm(5.1, 2).cdf)


def test_choices_and_nulls(tables: dict[str, pa.Table]) -> None:
    sizes = tables["sales"]["size"]
    assert is_share(sizes.null_count, ROWS, 0.1)
    assert not is_share(sizes.null_count, ROWS, 0.12)
    known = sizes.to_pylist()
    counts = np.array([known.count(each) for each in ("small", "medium", "large")])
    assert fits(counts, [5, 3, 2])
    assert not fits(counts, [5, 2, 3])


def test_counts_per_parent(tables: dict[str, pa.Table]) -> None:
    """Poisson counts given their sum are multinomial: even, and as spread as that makes them."""
    counts = np.bincount(tables["visits"]["shop_id"].to_numpy() - 1, minlength=PARENTS)
    assert counts.sum() == 3 * PARENTS
    spread = ((counts - 3) ** 2 / 3).sum()
    low, high = chi2.ppf([ALPHA / 2, 1 - ALPHA / 2], PARENTS - 1)
    assert low <= spread <= high
    sizes = np.bincount(np.minimum(counts, 9), minlength=10)
    law = [*poisson.pmf(range(9), 3), poisson.sf(8, 3)]
    assert fits(sizes, law)
    assert not fits(sizes, [0.75**9 if k == 9 else 0.25 * 0.75**k for k in range(10)])


def test_zipf_picks(tables: dict[str, pa.Table]) -> None:
    """Sorted counts are nearer to sorted weights than counts by rank, so the bound holds."""
    counts = np.sort(np.bincount(tables["sales"]["product_id"].to_numpy() - 1, minlength=50))[::-1]
    ranks = np.arange(1, 51.0)
    assert fits(counts, ranks**-0.8)
    assert not fits(counts, ranks**-0.9)


def test_rhythm_of_weekdays_and_hours(tables: dict[str, pa.Table]) -> None:
    """The period is 104 whole weeks."""
    weekdays, hours = part(tables, "sold_at", pc.day_of_week), part(tables, "sold_at", pc.hour)
    assert fits(weekdays, WEEKDAYS)
    assert not fits(weekdays, WEEKDAYS[::-1])
    assert fits(hours, HOURS)
    assert not fits(hours, np.roll(HOURS, 1))


def test_months(tables: dict[str, pa.Table]) -> None:
    lengths = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    months = part(tables, "season_at", pc.month)
    assert fits(months, MONTHS * lengths)
    assert not fits(months, lengths)


def test_growth(tables: dict[str, pa.Table]) -> None:
    later = int(pc.sum(pc.equal(pc.year(tables["sales"]["grown_at"]), 2024)).as_py())
    busy = (1 + GROWTH) ** (np.arange(365 + 366) / 365.25)
    assert is_share(later, ROWS, busy[365:].sum() / busy.sum())
    assert not is_share(later, ROWS, 366 / 731)


def test_mix_of_locales(tables: dict[str, pa.Table]) -> None:
    german = tables["sales"]["country"].to_pylist().count("DE")
    assert is_share(german, ROWS, 0.75)
    assert not is_share(german, ROWS, 0.72)
