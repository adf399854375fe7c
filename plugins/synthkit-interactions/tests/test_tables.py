"""What every row keeps: types, keys, rules, and numbers that count what there is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from synthkit_interactions.schema import described

import synthkit
from synthkit.dataset import Dataset
from synthkit.schema.storage import arrow_type

Frames = dict[str, pd.DataFrame]


def counted(frames: Frames, table: str, column: str, ids: pd.Series) -> np.ndarray:
    """How many rows of a table point at each id."""
    return frames[table][column].value_counts().reindex(ids, fill_value=0).to_numpy()


def test_the_data_check_out_in_the_public_validation(together: Dataset) -> None:
    assert synthkit.validate(together).ok


def test_the_validation_finds_what_is_broken(together: Dataset) -> None:
    """The twin: page views an hour before their session, and another customer's time."""
    schema = together.schema
    tables = {name: together.arrow(name) for name in schema.table_names}
    views = tables["page_views"]
    early = pa.array(together["page_views"]["viewed_at"] - pd.Timedelta(hours=1))
    place = views.column_names.index("viewed_at")
    visitors = tables["visitors"]
    since = visitors.column_names.index("became_customer_at")
    moved = pa.array(together["visitors"]["became_customer_at"] + pd.Timedelta(days=1))
    for changed in (
        {"page_views": views.set_column(place, "viewed_at", early.cast(pa.timestamp("us")))},
        {
            "visitors": visitors.set_column(
                since, "became_customer_at", moved.cast(pa.timestamp("us"))
            )
        },
    ):
        assert not synthkit.validate(Dataset.in_memory(schema, {**tables, **changed})).ok


def test_columns_are_those_of_the_schema(together: Dataset) -> None:
    for name in described().table_names:
        described_table = together.schema.table(name)
        made = together.arrow(name)
        assert made.column_names == described_table.column_names
        for column in described_table.columns:
            assert made[column.name].type == arrow_type(column.storage)
            assert column.nullable or not made[column.name].null_count, column.name


def test_alone_nothing_points_outside(alone: Frames) -> None:
    assert "customer_id" not in alone["visitors"]
    assert "article_id" not in alone["page_views"]
    assert "video_id" not in alone["watches"]


@pytest.mark.parametrize(
    ("table", "column", "child", "key"),
    [
        ("visitors", "session_count", "sessions", "visitor_id"),
        ("sessions", "page_view_count", "page_views", "session_id"),
        ("page_views", "click_count", "clicks", "page_view_id"),
    ],
)
def test_counts_are_those_of_the_rows(
    alone: Frames, table: str, column: str, child: str, key: str
) -> None:
    said = alone[table][column].to_numpy()
    assert (said == counted(alone, child, key, alone[table]["id"])).all()


def test_page_views_follow_one_another_to_the_end_of_the_session(alone: Frames) -> None:
    views = alone["page_views"]
    ends = views["viewed_at"] + pd.to_timedelta(views["dwell_seconds"], unit="s")
    following = views["session_id"].shift(-1) == views["session_id"]
    assert (views["viewed_at"].shift(-1)[following] == ends[following]).all()
    sessions = alone["sessions"].set_index("id")
    last = ends[~following].set_axis(views.loc[~following, "session_id"])
    assert (sessions["ended_at"] == last.reindex(sessions.index)).all()
    lasted = (sessions["ended_at"] - sessions["started_at"]).dt.total_seconds()
    assert (lasted == sessions["duration_seconds"]).all()
    assert (sessions["bounced"] == (sessions["page_view_count"] == 1)).all()


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("clicks", "clicked_at"),
        ("likes", "liked_at"),
        ("shares", "shared_at"),
        ("watches", "started_at"),
    ],
)
def test_everything_happens_while_the_page_is_looked_at(
    alone: Frames, table: str, column: str
) -> None:
    views = alone["page_views"].set_index("id").loc[alone[table]["page_view_id"]]
    since = (alone[table][column].to_numpy() - views["viewed_at"].to_numpy()) / np.timedelta64(
        1, "s"
    )
    assert (since >= 0).all()
    assert (since <= views["dwell_seconds"].to_numpy()).all()


def test_utm_fields_are_those_of_channels_with_campaigns(alone: Frames) -> None:
    sessions = alone["sessions"]
    tagged = sessions["channel"].isin(["paid search", "social", "email"])
    assert (sessions["utm_source"].notna() == tagged).all()
    assert (sessions["utm_medium"].notna() == tagged).all()
    assert not sessions.loc[~tagged, "utm_campaign"].notna().any()
    pairs = sessions[tagged].groupby("channel")["utm_source"].unique().map(set)
    assert pairs["email"] == {"newsletter", "onboarding"}
    assert pairs["paid search"] == {"google", "bing"}


def test_leads_sent_a_form_and_customers_were_here_before(linked: Frames, alone: Frames) -> None:
    for frames in (alone, linked):
        visitors = frames["visitors"].set_index("id")
        assert (visitors["stage"] == "customer").eq(visitors["became_customer_at"].notna()).all()
        clicks = frames["clicks"].query("is_conversion")
        views = frames["page_views"].set_index("id").loc[clicks["page_view_id"]]
        who = frames["sessions"].set_index("id").loc[views["session_id"], "visitor_id"]
        first = clicks["clicked_at"].groupby(who.to_numpy()).min()
        leads = visitors["became_lead_at"].dropna()
        assert (leads == first.loc[leads.index]).all()
        others = visitors.index.difference(leads.index).intersection(first.index)
        late = visitors.loc[others, "became_customer_at"]
        assert (late < first.loc[others]).all()


def test_known_visitors_are_different_customers(linked: Frames) -> None:
    known = linked["visitors"].dropna(subset=["customer_id"])
    assert known["customer_id"].is_unique
    assert len(known) == round(0.25 * len(linked["visitors"]))
    customers = linked["customers"].set_index("id").loc[known["customer_id"].astype(int)]
    assert (customers["created_at"].to_numpy() == known["became_customer_at"].to_numpy()).all()


def test_nothing_is_read_before_it_is_out(linked: Frames) -> None:
    read = linked["page_views"].dropna(subset=["article_id"])
    assert set(read["page_type"]) == {"article"}
    out = linked["articles"].set_index("id").loc[read["article_id"].astype(int), "published_at"]
    assert (out.to_numpy() <= read["viewed_at"].to_numpy()).all()
    assert (read["path"] == "/blog/" + read["article_id"].astype(int).astype(str)).all()
    watched = linked["watches"].dropna(subset=["video_id"])
    videos = linked["content_videos"].set_index("id").loc[watched["video_id"].astype(int)]
    assert (videos["duration"].to_numpy() == watched["video_seconds"].to_numpy()).all()
