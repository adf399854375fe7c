"""What there is to learn, each with a twin in which it has been destroyed.

n is 3,000 people. Every test is at level ``ALPHA`` with a fixed seed: what is there has to be
found far beyond chance, and its broken twin must not be.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from synthkit.domains.clock import EVENING

Frames = dict[str, pd.DataFrame]

ALPHA = 1e-6


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def rise_together(first: pd.Series, second: pd.Series) -> bool:
    """Spearman's rank correlation is positive."""
    found = stats.spearmanr(first.to_numpy(), second.to_numpy())
    return bool(found.statistic > 0 and found.pvalue < ALPHA)


def heavy_tail(values: pd.Series, rng: np.random.Generator) -> bool:
    """Greenwood's statistic is above that of exponential samples, of the upper fifth's excess.

    What an exponential law has above a threshold is exponential again, so that its statistic
    (the sum of squares over the square of the sum) has one law, here drawn 1,999 times.
    """
    low = np.quantile(values, 0.8)
    excess = values[values > low].to_numpy(dtype=float) - low
    drawn = rng.standard_exponential((1_999, len(excess)))

    def greenwood(each: np.ndarray) -> np.ndarray:
        return (each**2).sum(axis=-1) / each.sum(axis=-1) ** 2

    return bool((1 + (greenwood(drawn) >= greenwood(excess)).sum()) / 2_000 < 0.001)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("reddit_users", "karma"),
        ("reddit_posts", "score"),
        ("youtube_videos", "views"),
        ("youtube_channels", "subscriber_count"),
        ("twitter_accounts", "followers_count"),
        ("github_repositories", "stars"),
        ("linkedin_profiles", "connections"),
    ],
)
def test_reach_has_a_heavy_tail(
    frames: Frames, table: str, column: str, rng: np.random.Generator
) -> None:
    values = frames[table][column]
    assert heavy_tail(values, rng)
    assert not heavy_tail(pd.Series(rng.exponential(values.mean() + 1, len(values))), rng)


@pytest.mark.parametrize(
    ("table", "first", "second"),
    [
        ("reddit_posts", "score", "num_comments"),
        ("youtube_videos", "views", "likes"),
        ("youtube_videos", "views", "comments"),
        ("youtube_channels", "subscriber_count", "total_views"),
        ("tweets", "views", "likes"),
        ("github_users", "public_repos", "followers"),
    ],
)
def test_engagement_follows_reach(
    frames: Frames, table: str, first: str, second: str, rng: np.random.Generator
) -> None:
    rows = frames[table]
    assert rise_together(rows[first], rows[second])
    assert not rise_together(pd.Series(rng.permutation(rows[first])), rows[second])


@pytest.mark.parametrize(
    ("table", "column"), [("reddit_users", "karma"), ("twitter_accounts", "tweet_count")]
)
def test_older_accounts_have_more(
    frames: Frames, table: str, column: str, rng: np.random.Generator
) -> None:
    rows = frames[table]
    age = -rows["created_at"].astype("int64")
    assert rise_together(age, rows[column])
    assert not rise_together(age, pd.Series(rng.permutation(rows[column])))


def test_evenings_are_busy_where_people_live(frames: Frames) -> None:
    """Exact binomial tests against the rhythm's own share; the twin reads all clocks in UTC."""
    share = sum(EVENING.hours[18:23]) / sum(EVENING.hours)
    tweets = frames["tweets"].query("kind == 'tweet'").merge(
        frames["twitter_accounts"][["id", "person_id"]], left_on="account_id", right_on="id"
    ).merge(frames["people"][["id", "time_zone"]], left_on="person_id", right_on="id")  # fmt: skip
    local = np.concatenate(
        [
            rows["created_at"].dt.tz_localize("UTC").dt.tz_convert(ZoneInfo(zone)).dt.hour
            for zone, rows in tweets.groupby("time_zone")
        ]
    )
    count = len(tweets)
    evening = int(((local >= 18) & (local < 23)).sum())
    assert stats.binomtest(evening, count, share).pvalue > ALPHA
    in_utc = int(tweets["created_at"].dt.hour.between(18, 22).sum())
    assert stats.binomtest(in_utc, count, share).pvalue < ALPHA


def test_there_is_more_every_year_and_at_weekends(frames: Frames) -> None:
    moments = frames["reddit_posts"]["created_at"]
    first, last = (int((moments.dt.year == year).sum()) for year in (2021, 2025))
    assert stats.binomtest(last, first + last, 0.5, alternative="greater").pvalue < ALPHA
    weekend = int((moments.dt.dayofweek >= 5).sum())
    assert stats.binomtest(weekend, len(moments), 2 / 7, alternative="greater").pvalue < 0.001


def test_comments_come_soon_after_the_post(frames: Frames, rng: np.random.Generator) -> None:
    """Most comments fall into the first day, of those whose post had a year to go.

    Exact binomial test against an even spread over that year; the twin is spread evenly.
    """
    posts = frames["reddit_posts"].set_index("id")["created_at"]
    comments = frames["reddit_comments"]
    delay = (comments["created_at"] - posts.loc[comments["post_id"]].to_numpy()).dt.total_seconds()
    end = posts.max()
    early = (end - posts.loc[comments["post_id"]]).dt.days.to_numpy() > 365
    days = delay[early] / 86_400
    day = 1 / 365

    def at_once(values: np.ndarray) -> bool:
        inside = int((values < 1).sum())
        return bool(
            stats.binomtest(inside, len(values), 4 * day, alternative="greater").pvalue < ALPHA
        )

    assert at_once(days.to_numpy())
    assert (days < 1).mean() > 0.5
    assert not at_once(rng.uniform(0, 365, len(days)))


def test_people_post_about_what_they_like(frames: Frames, rng: np.random.Generator) -> None:
    """Chi-square of first interest and topic of the subreddit."""
    posts = frames["reddit_posts"]
    topics = frames["subreddits"].set_index("name").loc[posts["subreddit"], "topic"].to_numpy()
    interests = frames["reddit_users"].set_index("id").loc[posts["user_id"], "interests"]
    first = interests.str.extract(r'^\["(\w+)"')[0].to_numpy()
    assert (first == topics).mean() > 0.5
    assert stats.chi2_contingency(pd.crosstab(first, topics)).pvalue < ALPHA
    shuffled = rng.permutation(topics)
    assert stats.chi2_contingency(pd.crosstab(first, shuffled)).pvalue > ALPHA


def test_lengths_of_videos_depend_on_their_category(
    frames: Frames, rng: np.random.Generator
) -> None:
    videos = frames["youtube_videos"]

    def differ(lengths: np.ndarray) -> bool:
        parts = [lengths[rows] for rows in videos.groupby("category").indices.values()]
        return bool(stats.kruskal(*parts).pvalue < ALPHA)

    assert differ(videos["duration"].to_numpy())
    assert not differ(rng.permutation(videos["duration"].to_numpy()))


@pytest.mark.parametrize(
    ("table", "column", "driver"),
    [
        ("reddit_posts", "flair", "title"),
        ("youtube_videos", "description", "duration"),
        ("github_repositories", "license", "stars"),
    ],
)
def test_missing_values_depend_on_other_columns(
    frames: Frames, table: str, column: str, driver: str, rng: np.random.Generator
) -> None:
    rows = frames[table]
    if driver == "title":
        side = rows[driver].str.endswith("?")
    else:
        side = rows[driver] > rows[driver].quantile(0.3)
    missing = rows[column].isna()

    def depends(values: np.ndarray) -> bool:
        return bool(stats.chi2_contingency(pd.crosstab(side, values)).pvalue < ALPHA)

    assert depends(missing.to_numpy())
    assert not depends(rng.permutation(missing.to_numpy()))
