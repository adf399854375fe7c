"""What there is to learn, each with a twin in which it has been destroyed.

n is 6,000 customers. Every test is at level ``ALPHA`` with a fixed seed: what is there has to be
found far beyond chance, and its broken twin must not be.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from synthkit_crm.calendar import HOURS, WEEKDAYS

Frames = dict[str, pd.DataFrame]

ALPHA = 1e-6


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def drives(groups: pd.Series, values: pd.Series) -> bool:
    """Kruskal-Wallis: the values differ between the groups."""
    parts = [part.to_numpy() for _, part in values.groupby(groups.to_numpy())]
    return bool(stats.kruskal(*parts).pvalue < ALPHA)


def goes_with(first: pd.Series, second: pd.Series) -> bool:
    """Chi-square of the contingency table: the two are not independent."""
    counts = pd.crosstab(first.to_numpy(), second.to_numpy())
    return bool(stats.chi2_contingency(counts).pvalue < ALPHA)


def shuffled(values: pd.Series, rng: np.random.Generator) -> pd.Series:
    return pd.Series(rng.permutation(values.to_numpy()), index=values.index)


@pytest.mark.parametrize("driver", ["industry", "company_size", "lead_source"])
def test_lifetime_value_has_drivers(frames: Frames, driver: str, rng: np.random.Generator) -> None:
    business = frames["customers"].query("segment == 'business'")
    value = business["lifetime_value"].astype(float)
    assert drives(business[driver], value)
    assert not drives(shuffled(business[driver], rng), value)


def test_company_size_drives_number_and_size_of_purchases(
    frames: Frames, rng: np.random.Generator
) -> None:
    business = frames["customers"].query("segment == 'business'").set_index("id")
    number = frames["purchases"].groupby("customer_id").size().reindex(business.index, fill_value=0)
    mean = frames["purchases"].assign(total=frames["purchases"]["amount"].astype(float))
    mean = mean.groupby("customer_id")["total"].mean().reindex(business.index).dropna()
    size = business["company_size"]
    assert drives(size, number)
    assert drives(size[mean.index], mean)
    assert not drives(shuffled(size, rng), number)
    assert not drives(shuffled(size[mean.index], rng), mean)


@pytest.mark.parametrize(
    ("child", "key", "parent"),
    [
        ("purchases", "customer_id", "customers"),
        ("webinar_registrations", "customer_id", "customers"),
        ("whitepaper_downloads", "lead_id", "leads"),
        ("form_submissions", "lead_id", "leads"),
    ],
)
def test_counts_of_children_are_heavy_tailed(
    frames: Frames, child: str, key: str, parent: str, rng: np.random.Generator
) -> None:
    """Under a Poisson law the index of dispersion is chi-square with n - 1 degrees of freedom."""
    ids = frames[parent]["id"]
    counts = frames[child].groupby(key).size().reindex(ids, fill_value=0).to_numpy()

    def dispersed(numbers: np.ndarray) -> bool:
        index = ((numbers - numbers.mean()) ** 2).sum() / numbers.mean()
        return bool(stats.chi2.sf(index, len(numbers) - 1) < ALPHA)

    assert dispersed(counts)
    assert (counts == 0).sum() > 0.2 * len(counts)
    assert not dispersed(rng.poisson(counts.mean(), len(counts)))


@pytest.mark.parametrize(
    ("table", "column", "driver"),
    [
        ("customers", "phone", "lead_source"),
        ("customers", "phone", "segment"),
        ("customers", "nps_score", "status"),
        ("customers", "employee_count", "company_size"),
        ("whitepaper_downloads", "reading_seconds", "device"),
        ("form_submissions", "message", "form_type"),
        ("leads", "owner_id", "status"),
        ("leads", "campaign", "lead_source"),
    ],
)
def test_missing_values_depend_on_other_columns(
    frames: Frames, table: str, column: str, driver: str, rng: np.random.Generator
) -> None:
    rows = frames[table].dropna(subset=[driver])
    missing = rows[column].isna()
    assert goes_with(missing, rows[driver])
    assert not goes_with(shuffled(missing, rng), rows[driver])


def test_dear_products_are_bought_in_smaller_numbers(
    frames: Frames, rng: np.random.Generator
) -> None:
    items = frames["purchase_items"]
    price, quantity = items["unit_price"].astype(float), items["quantity"]
    found = stats.spearmanr(price, quantity)
    assert found.statistic < 0
    assert found.pvalue < ALPHA
    assert stats.spearmanr(shuffled(price, rng), quantity).pvalue > ALPHA


def test_industries_choose_products_and_topics(frames: Frames, rng: np.random.Generator) -> None:
    customers = frames["customers"].query("segment == 'business'").set_index("id")
    purchases = frames["purchases"].set_index("id")
    items = frames["purchase_items"]
    buyer = purchases["customer_id"].loc[items["purchase_id"]].to_numpy()
    industry = customers["industry"].reindex(buyer).reset_index(drop=True)
    product = items["product_id"].reset_index(drop=True)
    category = frames["products"].set_index("id")["category"].loc[product].reset_index(drop=True)
    known = industry.notna()
    assert goes_with(industry[known], category[known])
    assert not goes_with(industry[known], shuffled(category[known], rng))


def test_sign_ups_grow(frames: Frames) -> None:
    """Against equal shares of the first and the last year: exact binomial test."""
    years = frames["customers"]["created_at"].dt.year
    first, last = int((years == 2023).sum()), int((years == 2025).sum())
    assert stats.binomtest(last, first + last, 0.5, alternative="greater").pvalue < ALPHA


@pytest.mark.parametrize(("row", "segment"), [(0, "business"), (1, "consumer")])
def test_weekdays_and_hours_are_those_of_the_calendar(
    frames: Frames, row: int, segment: str
) -> None:
    """Exact binomial tests against the calendar's weights, and against even ones (the twin)."""
    customers = frames["customers"]
    moments = customers.loc[customers["segment"] == segment, "created_at"]
    for happened, weights, part in (
        (moments.dt.dayofweek >= 5, WEEKDAYS[row], slice(5, 7)),
        (moments.dt.hour.between(8, 17), HOURS[row], slice(8, 18)),
    ):
        share = weights[part].sum() / weights.sum()
        even = len(weights[part]) / len(weights)
        count = int(happened.sum())
        assert stats.binomtest(count, len(moments), share).pvalue > ALPHA
        if abs(share - even) > 0.05:
            assert stats.binomtest(count, len(moments), even).pvalue < ALPHA


def test_satisfaction_falls_with_refunds(frames: Frames, rng: np.random.Generator) -> None:
    customers = frames["customers"].dropna(subset=["nps_score"])
    refunds = frames["purchases"].query("status == 'refunded'")["customer_id"]
    refunded = customers["id"].isin(refunds)
    assert drives(refunded, customers["nps_score"])
    assert not drives(shuffled(refunded, rng), customers["nps_score"])


def test_the_abroad_share_is_kept(frames: Frames) -> None:
    """Consumers are drawn alone: an exact binomial test of the setting's default."""
    consumers = frames["customers"].query("segment == 'consumer'")
    abroad = (consumers["country_code"] != "US").sum()
    assert stats.binomtest(abroad, len(consumers), 0.1).pvalue > ALPHA
