"""What is published: valid, about its topic, in its author's language, in order of time."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from synthkit_content.texts import HOOKS, TAGS, TOPICS, grammar

import synthkit
from synthkit import UsageError
from synthkit.dataset import Dataset
from synthkit.plugins import Plugins

Frames = dict[str, pd.DataFrame]

ALPHA = 1e-6
TABLES = {
    *("authors", "tags", "articles", "article_tags", "article_comments", "content_whitepapers"),
    *("whitepaper_tags", "content_videos", "video_tags", "video_comments"),
}


@pytest.fixture(scope="module")
def data() -> Dataset:
    return synthkit.generate(
        "content", rows={"authors": 90, "articles": 1_500, "article_comments": 6_000}, seed=4
    )


@pytest.fixture(scope="module")
def frames(data: Dataset) -> Frames:
    return {name: data[name] for name in data}


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def test_the_data_check_out_in_the_public_validation(data: Dataset) -> None:
    assert synthkit.validate(data).ok
    assert set(data.schema.table_names) == TABLES
    assert data.schema.rules


def test_the_entry_point_is_found() -> None:
    plugins = Plugins()
    assert not [each for each in plugins.set_aside if each.distribution == "synthkit-content"]
    assert plugins.owner("generators", "content").startswith("synthkit-content ")


@pytest.mark.parametrize(
    ("table", "column", "child", "key"),
    [
        ("authors", "article_count", "articles", "author_id"),
        ("articles", "comment_count", "article_comments", "article_id"),
        ("content_videos", "comment_count", "video_comments", "video_id"),
    ],
)
def test_counts_are_those_of_the_rows(
    frames: Frames, table: str, column: str, child: str, key: str
) -> None:
    counts = frames[child][key].value_counts().reindex(frames[table]["id"], fill_value=0)
    assert (frames[table][column].to_numpy() == counts.to_numpy()).all()
    assert counts.any()


@pytest.mark.parametrize("language", ["en", "de"])
def test_titles_speak_of_the_topic_in_the_language(language: str) -> None:
    """Every title has a word of its topic; the twin looks for those of the next topic."""
    locale = {"en": "en_GB", "de": "de_AT"}[language]
    frames = synthkit.generate("content", rows={"authors": 30}, seed=2, locale=locale)
    assert set(frames["authors"]["language"]) == {language}
    words = [
        {
            word.lower()
            for name in ("thing", "doing", "trouble")
            for word in grammar(language)["topics"][topic][name]
        }
        for topic in TOPICS
    ]
    for name in ("articles", "content_whitepapers", "content_videos"):
        rows = frames[name]
        for place, topic in enumerate(TOPICS):
            titles = rows.loc[rows["topic"] == topic, "title"].str.lower()
            own, other = (
                [any(word in title for word in words[each]) for title in titles]
                for each in (place, (place + 1) % len(TOPICS))
            )
            assert all(own)
            assert not titles.size or np.mean(other) < 0.1


def test_texts_have_no_open_slots(frames: Frames) -> None:
    for name, columns in {
        "articles": ["title", "summary", "body"],
        "article_comments": ["body"],
        "content_videos": ["title", "description"],
        "authors": ["bio"],
    }.items():
        for column in columns:
            texts = frames[name][column].dropna()
            assert not texts.str.contains(r"[{}]|  |^ | $").any()
    words = frames["articles"]["body"].str.split().str.len()
    assert (words == frames["articles"]["word_count"]).all()
    assert frames["articles"]["body"].nunique() > 0.99 * len(frames["articles"])


def test_comments_answer_earlier_ones_below_the_same_article(frames: Frames) -> None:
    comments = frames["article_comments"].set_index("id")
    below = comments[comments["parent_id"].notna()]
    above = comments.loc[below["parent_id"].astype(int)]
    assert len(below) > 0.2 * len(comments)
    assert (above["article_id"].to_numpy() == below["article_id"].to_numpy()).all()
    assert (above["created_at"].to_numpy() <= below["created_at"].to_numpy()).all()
    out = frames["articles"].set_index("id").loc[comments["article_id"], "published_at"]
    assert (out.to_numpy() <= comments["created_at"].to_numpy()).all()


def test_comments_come_soon(frames: Frames, rng: np.random.Generator) -> None:
    """Exact binomial test of the first tenth of the time that is left; the twin is even."""
    out = frames["articles"].set_index("id")["published_at"]
    comments = frames["article_comments"]
    since = (comments["created_at"] - out.loc[comments["article_id"]].to_numpy()).dt.total_seconds()
    left = (pd.Timestamp("2026-01-01") - out.loc[comments["article_id"]]).dt.total_seconds()
    part = since.to_numpy() / left.to_numpy()

    def soon(values: np.ndarray) -> bool:
        early = int((values < 0.1).sum())
        return bool(stats.binomtest(early, len(values), 0.2, alternative="greater").pvalue < ALPHA)

    assert soon(part)
    assert not soon(rng.random(len(part)))


def test_views_are_heavy_tailed_and_likes_follow(frames: Frames, rng: np.random.Generator) -> None:
    """Hill's estimate of the tail index, with its asymptotic error; the twin is exponential."""
    articles = frames["articles"]

    def tail(values: np.ndarray) -> float:
        top = np.sort(values)[::-1][:100]
        return float(1 / np.mean(np.log(top / top[-1])[:-1]))

    views = articles["views"].to_numpy(dtype=float)
    assert abs(tail(views) - 1.15) < 4 * 1.15 / 10
    assert tail(rng.exponential(100, len(views))) > 1.15 + 4 * 1.15 / 10
    assert (articles["likes"] <= articles["views"]).all()
    assert stats.spearmanr(articles["views"], articles["likes"]).pvalue < ALPHA


def test_articles_come_out_on_weekdays(frames: Frames) -> None:
    weekend = int((frames["articles"]["published_at"].dt.dayofweek >= 5).sum())
    count = len(frames["articles"])
    assert stats.binomtest(weekend, count, 2 / 7, alternative="less").pvalue < ALPHA


def test_lengths_of_videos_depend_on_their_format(frames: Frames, rng: np.random.Generator) -> None:
    videos = frames["content_videos"]
    assert videos.loc[videos["format"] == "short", "duration"].max() <= 60

    def differ(values: np.ndarray) -> bool:
        parts = [values[rows] for rows in videos.groupby("format").indices.values()]
        return bool(stats.kruskal(*parts).pvalue < ALPHA)

    assert differ(videos["duration"].to_numpy())
    assert not differ(rng.permutation(videos["duration"].to_numpy()))


def test_tags_are_different_even_if_there_are_many() -> None:
    data = synthkit.generate("content", rows={"authors": 5, "tags": 60}, seed=4)
    names = data["tags"]["name"]
    assert len(names) == names.nunique() == 60
    assert set(names[: len(TAGS)]) == set(TAGS)
    assert not data["article_tags"].duplicated(["article_id", "tag_id"]).any()


def test_rows_are_exact_and_the_same_again() -> None:
    asked = {"authors": 7, "articles": 50, "content_videos": 9, "video_comments": 30}
    first, second, other = (
        synthkit.generate("content", rows=asked, seed=seed) for seed in (1, 1, 2)
    )
    assert {name: len(first[name]) for name in asked} == asked
    assert all(first.arrow(name).equals(second.arrow(name)) for name in first)
    assert not first.arrow("articles").equals(other.arrow("articles"))


def test_settings_bound_the_period() -> None:
    settings = {"start": "2020-02-01", "end": "2020-06-30"}
    data = synthkit.generate("content", rows={"authors": 20}, seed=1, settings=settings)
    for table, column in (
        ("articles", "published_at"),
        ("articles", "updated_at"),
        ("article_comments", "created_at"),
        ("content_videos", "published_at"),
    ):
        moments = data[table][column].dropna()
        assert moments.min() >= pd.Timestamp("2020-02-01")
        assert moments.max() < pd.Timestamp("2020-07-01")


@pytest.mark.parametrize("settings", [{"end": "2023-01-31"}, {"growth": "-1"}, {"grwth": "1"}])
def test_settings_that_do_not_fit_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        synthkit.generate("content", rows={"authors": 5}, seed=1, settings=settings)
    assert caught.value.hint


def test_every_hook_is_used() -> None:
    recipe = files("synthkit_content").joinpath("content.yaml").read_text(encoding="utf-8")
    assert [name for name in HOOKS if f"hook: {name}," not in recipe] == []
