"""What there is to learn, each with a twin in which it has been destroyed.

n is 4,000 visitors. Every test is at level ``ALPHA`` with a fixed seed: what is there has to be
found far beyond chance, and its broken twin must not be.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from synthkit_interactions.site import CHANNELS, DWELL, PAGES

from synthkit.domains.clock import OFFICE

Frames = dict[str, pd.DataFrame]

ALPHA = 1e-6


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def differ(groups: np.ndarray, values: np.ndarray) -> bool:
    """Kruskal-Wallis: the values differ between the groups."""
    parts = [values[groups == group] for group in np.unique(groups)]
    return bool(stats.kruskal(*parts).pvalue < ALPHA)


def go_together(first: np.ndarray, second: np.ndarray) -> bool:
    """Chi-square of the contingency table: the two are not independent."""
    return bool(stats.chi2_contingency(pd.crosstab(first, second)).pvalue < ALPHA)


@pytest.mark.parametrize(
    ("table", "group", "value"),
    [
        ("page_views", "page_type", "dwell_seconds"),
        ("page_views", "page_type", "click_count"),
        ("sessions", "channel", "page_view_count"),
        ("visitors", "stage", "session_count"),
    ],
)
def test_groups_differ(
    alone: Frames, table: str, group: str, value: str, rng: np.random.Generator
) -> None:
    rows = alone[table]
    assert differ(rows[group].to_numpy(), rows[value].to_numpy())
    assert not differ(rng.permutation(rows[group].to_numpy()), rows[value].to_numpy())


def test_channels_land_on_pages_of_their_own(alone: Frames, rng: np.random.Generator) -> None:
    landing = alone["page_views"].query("position == 1")
    channel = alone["sessions"].set_index("id").loc[landing["session_id"], "channel"].to_numpy()
    assert set(channel) == set(CHANNELS)
    assert go_together(channel, landing["page_type"].to_numpy())
    assert not go_together(rng.permutation(channel), landing["page_type"].to_numpy())


def test_a_page_leads_to_the_next(alone: Frames, rng: np.random.Generator) -> None:
    views = alone["page_views"]
    following = (views["session_id"].shift(-1) == views["session_id"]).to_numpy()
    here = views.loc[following, "page_type"].to_numpy()
    then = views["page_type"].shift(-1)[following].to_numpy()
    assert go_together(here, then)
    assert not go_together(here, rng.permutation(then))


def test_medians_of_dwell_times_are_those_of_the_pages(alone: Frames) -> None:
    """Exact sign test against each page's median, and against that of the next page (the twin)."""
    views = alone["page_views"]
    for place, name in enumerate(PAGES):
        seconds = views.loc[views["page_type"] == name, "dwell_seconds"].to_numpy() + 0.5
        above = int((seconds > DWELL[place]).sum())
        assert stats.binomtest(above, len(seconds), 0.5).pvalue > ALPHA
        other = int((seconds > 2 * DWELL[place]).sum())
        assert stats.binomtest(other, len(seconds), 0.5).pvalue < ALPHA


def test_visitors_come_in_office_hours_of_their_zone(alone: Frames) -> None:
    """Exact binomial tests of first visits; the twin reads all clocks in UTC."""
    share = sum(OFFICE.hours[8:17]) / sum(OFFICE.hours)
    visitors = alone["visitors"]
    local = np.concatenate(
        [
            rows["first_seen_at"].dt.tz_localize("UTC").dt.tz_convert(ZoneInfo(zone)).dt.hour
            for zone, rows in visitors.groupby("time_zone")
        ]
    )
    inside = int(((local >= 8) & (local < 17)).sum())
    assert stats.binomtest(inside, len(visitors), share).pvalue > ALPHA
    in_utc = int(visitors["first_seen_at"].dt.hour.between(8, 16).sum())
    assert stats.binomtest(in_utc, len(visitors), share).pvalue < ALPHA


def test_weekends_are_quiet_and_years_grow(alone: Frames) -> None:
    moments = alone["sessions"]["started_at"]
    weekend = int((moments.dt.dayofweek >= 5).sum())
    assert stats.binomtest(weekend, len(moments), 2 / 7, alternative="less").pvalue < ALPHA
    first, last = (int((moments.dt.year == year).sum()) for year in (2023, 2025))
    assert stats.binomtest(last, first + last, 0.5, alternative="greater").pvalue < ALPHA


def test_visitors_come_back_soon_or_never(alone: Frames, rng: np.random.Generator) -> None:
    """More returns in the first month of the first year than an even spread has."""
    visitors = alone["visitors"].set_index("id")
    sessions = alone["sessions"]
    first = visitors.loc[sessions["visitor_id"], "first_seen_at"].to_numpy()
    days = (sessions["started_at"].to_numpy() - first) / np.timedelta64(1, "D")
    end = sessions["started_at"].max().to_datetime64()
    back = days[(days > 0) & (days < 365) & ((end - first) / np.timedelta64(1, "D") > 365)]

    def soon(values: np.ndarray) -> bool:
        count = int((values < 30).sum())
        test = stats.binomtest(count, len(values), 30 / 365, alternative="greater")
        return bool(test.pvalue < ALPHA)

    assert soon(back)
    assert not soon(rng.uniform(0, 365, len(back)))


def test_sessions_per_visitor_are_heavy_tailed(alone: Frames, rng: np.random.Generator) -> None:
    """Under a Poisson law the index of dispersion is chi-square with n - 1 degrees of freedom."""
    counts = alone["visitors"]["session_count"].to_numpy() - 1

    def dispersed(numbers: np.ndarray) -> bool:
        index = ((numbers - numbers.mean()) ** 2).sum() / numbers.mean()
        return bool(stats.chi2.sf(index, len(numbers) - 1) < ALPHA)

    assert dispersed(counts)
    assert not dispersed(rng.poisson(counts.mean(), len(counts)))


def test_the_funnel_narrows(alone: Frames) -> None:
    """Each step is taken by fewer; those who take it had come more often (Mann-Whitney)."""
    visitors = alone["visitors"]
    lead, customer = visitors["became_lead_at"].notna(), visitors["became_customer_at"].notna()
    assert len(visitors) > 3 * lead.sum() > 6 * customer.sum() > 0
    assert (lead | ~customer).all()
    found = stats.mannwhitneyu(
        visitors.loc[lead, "session_count"],
        visitors.loc[~lead, "session_count"],
        alternative="greater",
    )
    assert found.pvalue < ALPHA
    share = customer.sum() / lead.sum()
    assert share < 0.3
    assert stats.binomtest(int(customer.sum()), int(lead.sum()), 0.3).pvalue > ALPHA


def test_most_customers_were_leads_before(linked: Frames) -> None:
    customers = linked["visitors"].query("stage == 'customer'")
    leads = int(customers["became_lead_at"].notna().sum())
    assert stats.binomtest(leads, len(customers), 0.4, alternative="greater").pvalue < 0.01
    others = linked["visitors"].query("stage != 'customer'")
    rate = others["became_lead_at"].notna().mean()
    assert stats.binomtest(leads, len(customers), rate, alternative="greater").pvalue < ALPHA


def test_likes_and_videos_belong_to_their_pages(alone: Frames) -> None:
    views = alone["page_views"].set_index("id")
    liked = views.loc[alone["likes"]["page_view_id"], "page_type"]
    assert liked.isin(["article", "video"]).mean() > 0.9
    watched = views.loc[alone["watches"]["page_view_id"], "page_type"]
    assert (watched == "video").all()
