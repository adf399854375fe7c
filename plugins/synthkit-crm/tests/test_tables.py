"""What every row keeps: types, keys, references, rules, and sums to the cent."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from synthkit_crm.attribution import NO_CONTENT, TAGGED
from synthkit_crm.customers import QUIET_DAYS
from synthkit_crm.leads import QUALIFIED_SCORE, YOUNG_DAYS
from synthkit_crm.purchases import PENDING_DAYS
from synthkit_crm.schema import SCHEMA
from synthkit_crm.settings import Settings

import synthkit
from synthkit.dataset import Dataset
from synthkit.schema.storage import arrow_type

Tables = dict[str, pa.Table]
Frames = dict[str, pd.DataFrame]

END = pd.Timestamp(Settings().end) + pd.Timedelta(hours=23, minutes=59, seconds=59)
KEYS = [
    (table.name, key)
    for table in SCHEMA.tables
    for key in [table.primary_key, *table.alternate_keys]
    if key
]


def parent_of(frames: Frames, child: str, key: str, parent: str) -> pd.DataFrame:
    """The parent's row for each row of the child, in the child's order."""
    return frames[parent].set_index("id").loc[frames[child][key]].reset_index()


def test_the_schema_checks_out_in_the_public_validation(tables: Tables) -> None:
    assert synthkit.validate(Dataset.in_memory(SCHEMA, tables)).ok


@pytest.mark.parametrize("name", SCHEMA.table_names)
def test_columns_are_those_of_the_schema(tables: Tables, name: str) -> None:
    described = SCHEMA.table(name)
    assert tables[name].column_names == described.column_names
    for column in described.columns:
        values = tables[name][column.name]
        assert values.type == arrow_type(column.storage), column.name
        assert column.nullable or not values.null_count, column.name


@pytest.mark.parametrize(("table", "key"), KEYS)
def test_keys_are_unique(frames: Frames, table: str, key: tuple[str, ...]) -> None:
    assert not frames[table].duplicated(list(key)).any()
    assert not frames[table][list(key)].isna().any().any()


@pytest.mark.parametrize("key", SCHEMA.foreign_keys, ids=str)
def test_references_point_at_rows(frames: Frames, key: synthkit.schema.ForeignKey) -> None:
    values = frames[key.table][key.columns[0]].dropna()
    assert len(values)
    assert values.isin(frames[key.parent]["id"]).all()
    assert not key.unique or values.is_unique


def test_ids_follow_time_over_all_blocks(frames: Frames) -> None:
    assert (frames["customers"]["id"] == np.arange(1, len(frames["customers"]) + 1)).all()
    assert (frames["purchases"]["id"] == np.arange(1, len(frames["purchases"]) + 1)).all()
    days = frames["customers"]["created_at"].dt.normalize()
    assert days.is_monotonic_increasing


def test_lines_and_purchases_add_up_to_the_cent(tables: Tables, frames: Frames) -> None:
    def cents(table: str, column: str) -> np.ndarray:
        return np.asarray(pc.multiply(tables[table][column], 100).cast(pa.int64()))

    items = frames["purchase_items"]
    gross = items["quantity"] * cents("purchase_items", "unit_price")
    expected = (gross * (100 - items["discount_percent"]) + 50) // 100
    lines = cents("purchase_items", "line_total")
    assert (lines == expected).all()

    total = pd.Series(lines).groupby(items["purchase_id"].to_numpy()).sum()
    purchases = frames["purchases"].assign(cents=cents("purchases", "amount")).set_index("id")
    assert total.reindex(purchases.index).equals(purchases["cents"])

    paid = purchases[purchases["status"] == "paid"].groupby("customer_id")["cents"].sum()
    value = pd.Series(cents("customers", "lifetime_value"), index=frames["customers"]["id"])
    assert (paid.reindex(value.index, fill_value=0) == value).all()


def test_lines_are_numbered_from_one(frames: Frames) -> None:
    numbers = frames["purchase_items"].groupby("purchase_id")["line_no"]
    assert (numbers.min() == 1).all()
    assert (numbers.max() == numbers.size()).all()


def test_statuses_of_customers_follow_from_their_history(frames: Frames) -> None:
    customers = frames["customers"]
    bought = customers["id"].isin(frames["purchases"]["customer_id"])
    gone = customers["last_activity"] < END - pd.Timedelta(days=QUIET_DAYS)
    expected = np.where(~bought, "prospect", np.where(gone, "churned", "active"))
    assert (customers["status"] == expected).all()
    assert set(expected) == {"prospect", "active", "churned"}


def test_statuses_of_purchases_and_leads_follow_from_their_history(frames: Frames) -> None:
    purchases, leads = frames["purchases"], frames["leads"]
    recent = purchases["purchase_date"] > END - pd.Timedelta(days=PENDING_DAYS)
    assert recent[purchases["status"] == "pending"].all()
    assert (purchases["refunded_at"].notna() == (purchases["status"] == "refunded")).all()
    assert (purchases["payment_method"].isna() == (purchases["status"] == "pending")).all()

    young = leads["created_at"] > END - pd.Timedelta(days=YOUNG_DAYS)
    expected = np.select(
        [leads["customer_id"].notna(), young, leads["score"] >= QUALIFIED_SCORE],
        ["converted", "new", "qualified"],
        "lost",
    )
    assert (leads["status"] == expected).all()
    assert (leads["lost_reason"].notna() == (leads["status"] == "lost")).all()


def test_everything_happens_within_the_period(frames: Frames) -> None:
    start = pd.Timestamp(Settings().start)
    for table in SCHEMA.tables:
        for column in table.columns:
            if column.storage == "timestamp[us]":
                moments = frames[table.name][column.name].dropna()
                assert moments.between(start, END).all(), f"{table.name}.{column.name}"


def test_converted_leads_are_their_customers(frames: Frames) -> None:
    leads = frames["leads"][frames["leads"]["customer_id"].notna()]
    customers = frames["customers"].set_index("id").loc[leads["customer_id"].astype(int)]
    for own, other in (
        ("email", "email"),
        ("first_name", "first_name"),
        ("lead_source", "lead_source"),
        ("converted_at", "created_at"),
    ):
        assert (leads[own].to_numpy() == customers[other].to_numpy()).all()


ASKED_FOR = {
    "customers": "id first_name last_name email phone company job_title industry company_size "
    "location created_at last_activity status lifetime_value lead_source",
    "purchases": "id customer_id product amount purchase_date status payment_method",
    "leads": "id first_name last_name email lead_source content_type content_title created_at "
    "status score notes utm_source utm_medium utm_campaign",
    "webinar_registrations": "id webinar_id customer_id registered_at attended "
    "attendance_duration feedback_score",
}
"""Fields that the domain was asked to have, by these names. The contact of a lead is a name and an
e-mail address, that of a registration a customer."""


@pytest.mark.parametrize(("table", "names"), ASKED_FOR.items())
def test_the_fields_that_were_asked_for_are_there(frames: Frames, table: str, names: str) -> None:
    assert set(names.split()) <= set(frames[table].columns)


def test_locations_have_the_fields_that_were_asked_for(frames: Frames) -> None:
    locations = frames["customers"]["location"].map(json.loads)
    assert all({"city", "state", "country", "postal_code"} <= set(each) for each in locations)


def test_nobody_registers_twice_for_a_webinar(frames: Frames) -> None:
    registrations = frames["webinar_registrations"]
    assert list(registrations["id"]) == list(range(1, len(registrations) + 1))
    assert not registrations.duplicated(["webinar_id", "customer_id"]).any()


def test_the_product_of_a_purchase_is_its_dearest_item(frames: Frames) -> None:
    items = frames["purchase_items"].assign(
        cents=frames["purchase_items"]["line_total"].astype(float)
    )
    dearest = items.sort_values("cents", kind="stable").groupby("purchase_id").tail(1)
    names = frames["products"].set_index("id").loc[dearest["product_id"], "name"].to_numpy()
    said = frames["purchases"].set_index("id").loc[dearest["purchase_id"], "product"].to_numpy()
    tied = items.groupby("purchase_id")["cents"].agg(lambda each: (each == each.max()).sum())
    once = (tied.loc[dearest["purchase_id"]] == 1).to_numpy()
    assert (names == said)[once].all()


def test_leads_came_for_what_was_out_by_then(frames: Frames) -> None:
    leads = frames["leads"]
    none = leads["lead_source"].isin(NO_CONTENT)
    assert (leads["content_type"].isna() == none).all()
    assert (leads["content_title"].isna() == none).all()
    for kind, table, column in (
        ("webinar", "webinars", "starts_at"),
        ("whitepaper", "whitepapers", "published_on"),
    ):
        mine = leads[leads["content_type"] == kind]
        out = frames[table].groupby("title")[column].min().loc[mine["content_title"]]
        assert (pd.to_datetime(out).to_numpy() <= mine["created_at"].to_numpy()).all()
    assert (leads["utm_source"].notna() == leads["lead_source"].isin(TAGGED)).all()
    assert (leads["utm_medium"].notna() == leads["lead_source"].isin(TAGGED)).all()


def test_attendance_decides_what_is_known_of_it(frames: Frames) -> None:
    registrations = frames["webinar_registrations"]
    webinars = parent_of(frames, "webinar_registrations", "webinar_id", "webinars")
    attended = registrations["attended"]
    assert (registrations["attendance_duration"].notna() == attended).all()
    assert not registrations.loc[~attended, "feedback_score"].notna().any()
    watched = registrations["attendance_duration"][attended]
    assert watched.between(1, webinars["duration_minutes"][attended]).all()


def test_whitepapers_are_out_when_downloaded(frames: Frames) -> None:
    papers = parent_of(frames, "whitepaper_downloads", "whitepaper_id", "whitepapers")
    downloaded = frames["whitepaper_downloads"]["downloaded_at"]
    assert (pd.to_datetime(papers["published_on"]) <= downloaded).all()


def test_employees_have_one_head_and_no_cycles(frames: Frames) -> None:
    employees = frames["employees"].set_index("id")
    assert employees["manager_id"].isna().sum() == 1
    above = employees["manager_id"].dropna()
    assert (above < above.index).all()


def test_locations_repeat_the_flat_columns(frames: Frames) -> None:
    customers = frames["customers"]
    nested = pd.DataFrame([json.loads(text) for text in customers["location"]])
    for own, other in (
        ("city", "city"),
        ("state", "region"),
        ("postal_code", "postcode"),
        ("country", "country_code"),
    ):
        assert (nested[own] == customers[other]).all()
    assert all(set(point) == {"lat", "lon"} for point in nested["coordinates"])


def test_companies_belong_to_businesses(frames: Frames) -> None:
    customers = frames["customers"]
    consumer = customers["segment"] == "consumer"
    for column in ("company", "industry", "company_size"):
        assert (customers[column].isna() == consumer).all()
    assert (
        customers.loc[consumer, ["job_title", "employee_count", "account_manager_id"]]
        .isna()
        .all(axis=None)
    )
    shared = customers[~consumer].groupby(["country_code", "company"])
    for column in ("industry", "company_size", "employee_count", "account_manager_id"):
        assert (shared[column].nunique(dropna=False) == 1).all()


def test_no_mail_reaches_anybody(frames: Frames) -> None:
    # RFC 2606 reserves these names.
    reserved = r"@(?:[a-z0-9-]+\.)*example(?:\.(?:com|net|org))?$"
    for table in ("customers", "employees", "leads"):
        assert frames[table]["email"].str.contains(reserved).all()
