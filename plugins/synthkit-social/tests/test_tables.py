"""What every row keeps: types, keys, rules, and numbers that count what there is."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from synthkit_social.library import TOPICS
from synthkit_social.schema import SCHEMA
from synthkit_social.youtube.channels import MONETIZED_FROM, VERIFIED_FROM
from synthkit_social.youtube.videos import CATEGORIES

import synthkit
from synthkit.dataset import Dataset
from synthkit.schema.storage import arrow_type

Tables = dict[str, pa.Table]
Frames = dict[str, pd.DataFrame]

ASKED_FOR = {
    "reddit_users": "id username display_name email created_at karma verified premium bio location "
    "interests",
    "reddit_posts": "id user_id subreddit title content created_at score upvote_ratio num_comments "
    "awards flair nsfw stickied",
    "youtube_channels": "id name description created_at subscriber_count video_count total_views "
    "category country verified monetization",
    "youtube_videos": "id channel_id title description published_at duration views likes dislikes "
    "comments category tags thumbnail_url privacy",
}
"""Fields that the domain was asked to have, by these names."""


def counted(frames: Frames, table: str, column: str, ids: pd.Series) -> np.ndarray:
    """How many rows of a table point at each id."""
    return frames[table][column].value_counts().reindex(ids, fill_value=0).to_numpy()


@pytest.mark.parametrize(("table", "names"), ASKED_FOR.items())
def test_the_fields_that_were_asked_for_are_there(table: str, names: str) -> None:
    assert set(names.split()) <= set(SCHEMA.table(table).column_names)


def test_the_schema_checks_out_in_the_public_validation(tables: Tables) -> None:
    assert synthkit.validate(Dataset.in_memory(SCHEMA, tables)).ok


def test_the_validation_finds_what_is_broken(tables: Tables, frames: Frames) -> None:
    """The twin: likes above views, comments before their post, and a follow that repeats."""
    likes = frames["youtube_videos"]["views"] + 1
    videos = tables["youtube_videos"]
    place = videos.column_names.index("likes")
    moments = tables["reddit_comments"]["created_at"].combine_chunks()
    comments = tables["reddit_comments"]
    early = pa.array(frames["reddit_comments"]["created_at"] - pd.Timedelta(days=4_000))
    follows = tables["twitter_follows"]
    for changed in (
        {"youtube_videos": videos.set_column(place, "likes", pa.array(likes))},
        {
            "reddit_comments": comments.set_column(
                comments.column_names.index("created_at"), "created_at", early.cast(moments.type)
            )
        },
        {"twitter_follows": pa.concat_tables([follows, follows.slice(0, 1)])},
    ):
        assert not synthkit.validate(Dataset.in_memory(SCHEMA, {**tables, **changed})).ok


@pytest.mark.parametrize("name", SCHEMA.table_names)
def test_columns_are_those_of_the_schema(tables: Tables, name: str) -> None:
    described = SCHEMA.table(name)
    assert tables[name].column_names == described.column_names
    for column in described.columns:
        values = tables[name][column.name]
        assert values.type == arrow_type(column.storage), column.name
        assert column.nullable or not values.null_count, column.name


@pytest.mark.parametrize(
    ("table", "column", "child", "key"),
    [
        ("reddit_posts", "num_comments", "reddit_comments", "post_id"),
        ("youtube_channels", "video_count", "youtube_videos", "channel_id"),
        ("youtube_videos", "comments", "youtube_comments", "video_id"),
        ("twitter_accounts", "followers_count", "twitter_follows", "followee_id"),
        ("twitter_accounts", "following_count", "twitter_follows", "follower_id"),
        ("twitter_accounts", "tweet_count", "tweets", "account_id"),
        ("tweets", "replies", "tweets", "in_reply_to_id"),
        ("tweets", "retweets", "tweets", "retweet_of_id"),
        ("linkedin_profiles", "position_count", "linkedin_positions", "profile_id"),
        ("github_users", "public_repos", "github_repositories", "owner_id"),
        ("github_users", "stars_given", "github_stars", "user_id"),
        ("github_repositories", "stars", "github_stars", "repository_id"),
        ("github_repositories", "forks", "github_repositories", "fork_of_id"),
    ],
)
def test_counts_are_those_of_the_rows(
    frames: Frames, table: str, column: str, child: str, key: str
) -> None:
    said = frames[table][column].to_numpy()
    assert (said == counted(frames, child, key, frames[table]["id"])).all()
    assert said.any()


@pytest.mark.parametrize(
    ("table", "column", "child", "key", "value"),
    [
        ("reddit_users", "post_karma", "reddit_posts", "user_id", "score"),
        ("reddit_users", "comment_karma", "reddit_comments", "user_id", "score"),
        ("youtube_channels", "total_views", "youtube_videos", "channel_id", "views"),
    ],
)
def test_sums_are_those_of_the_rows(
    frames: Frames, table: str, column: str, child: str, key: str, value: str
) -> None:
    rows = frames[table]
    sums = frames[child].groupby(key)[value].sum().reindex(rows["id"], fill_value=0)
    assert (rows[column].to_numpy() == sums.to_numpy()).all()


def test_comments_answer_comments_on_the_same_post_one_level_up(frames: Frames) -> None:
    comments = frames["reddit_comments"].set_index("id")
    below = comments[comments["parent_id"].notna()]
    above = comments.loc[below["parent_id"].astype(int)]
    assert (above["post_id"].to_numpy() == below["post_id"].to_numpy()).all()
    assert (above["depth"].to_numpy() + 1 == below["depth"].to_numpy()).all()
    assert (comments.loc[comments["parent_id"].isna(), "depth"] == 0).all()
    assert comments["depth"].max() >= 4
    author = frames["reddit_posts"].set_index("id").loc[comments["post_id"], "user_id"]
    assert (comments["is_submitter"].to_numpy() == (author.to_numpy() == comments["user_id"])).all()


def test_kinds_say_what_is_null(frames: Frames) -> None:
    posts, tweets = frames["reddit_posts"], frames["tweets"]
    assert (posts["content"].isna() == (posts["post_type"] != "text")).all()
    assert (tweets["text"].isna() == (tweets["kind"] == "retweet")).all()
    assert (tweets["in_reply_to_id"].notna() == (tweets["kind"] == "reply")).all()
    repeats = tweets["kind"].isin(["retweet", "quote"])
    assert (tweets["retweet_of_id"].notna() == repeats).all()
    repositories = frames["github_repositories"]
    assert (repositories["fork_of_id"].notna() == repositories["is_fork"]).all()
    positions = frames["linkedin_positions"]
    assert (positions["ended_on"].isna() == positions["is_current"]).all()


def test_only_large_channels_earn_money_or_are_verified(frames: Frames) -> None:
    channels = frames["youtube_channels"]
    assert channels.loc[channels["monetization"], "subscriber_count"].min() >= MONETIZED_FROM
    verified = channels.loc[channels["verified"], "subscriber_count"]
    assert verified.empty or verified.min() >= VERIFIED_FROM


def test_only_public_videos_have_comments(frames: Frames) -> None:
    videos = frames["youtube_videos"]
    assert set(videos["privacy"]) == {"public", "unlisted", "private"}
    assert not videos.loc[videos["privacy"] != "public", "comments"].any()


def test_positions_follow_one_another_and_nobody_is_demoted(frames: Frames) -> None:
    levels = ["entry", "associate", "senior", "lead", "director"]
    positions = frames["linkedin_positions"]
    positions = positions.assign(level=positions["seniority"].map(levels.index))
    before = positions.groupby("profile_id").shift()
    later = before["started_on"].notna()
    assert (before.loc[later, "ended_on"] <= positions.loc[later, "started_on"]).all()
    assert (before.loc[later, "level"] <= positions.loc[later, "level"]).all()
    assert positions.groupby("profile_id")["is_current"].sum().max() == 1


def test_headlines_name_the_present_position(frames: Frames) -> None:
    current = frames["linkedin_positions"].query("is_current").set_index("profile_id")
    profiles = frames["linkedin_profiles"].set_index("id")
    named = current["title"] + " at " + current["company"]
    assert (profiles.loc[current.index, "headline"] == named).all()
    others = profiles.drop(index=current.index)
    assert others["headline"].str.startswith("Looking for a position in ").all()


def test_people_have_accounts_on_several_networks(frames: Frames) -> None:
    holders = [
        set(frames[name]["person_id"])
        for name in ("reddit_users", "twitter_accounts", "linkedin_profiles", "github_users")
    ]
    assert set.intersection(*holders)
    assert all(len(each) < len(frames["people"]) for each in holders)
    people = frames["people"].set_index("id")
    users = frames["reddit_users"]
    assert (people.loc[users["person_id"], "email"].to_numpy() == users["email"].to_numpy()).all()


def test_lists_are_json_and_agree_with_the_topic(frames: Frames) -> None:
    interests = frames["reddit_users"]["interests"].map(json.loads)
    assert interests.map(len).between(1, 2).all()
    assert {topic for each in interests for topic in each} == set(TOPICS)
    videos = frames["youtube_videos"].dropna(subset=["tags"])
    gaming = videos[videos["category"] == CATEGORIES[TOPICS.index("gaming")]]
    tags = {tag for text in gaming["tags"] for tag in json.loads(text)}
    assert tags <= {
        *("gaming", "indiegames", "speedrun", "retrogaming", "letsplay", "esports"),
        *("retro", "zocken"),
    }
