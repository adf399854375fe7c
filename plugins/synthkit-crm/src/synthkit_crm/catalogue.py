"""The tables that exist before the first customer: employees, products, webinars, whitepapers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.contracts import Streams
from synthkit.domains.chance import Choice, happens
from synthkit.domains.columns import Ints, flags, money, pool, table, text, times, whole
from synthkit.domains.people import People
from synthkit_crm import market
from synthkit_crm.calendar import DAY, HOUR, Calendar
from synthkit_crm.schema import SCHEMA

__all__ = ["Catalogue", "make_catalogue"]

TEAM = 8
"""Employees who report to one manager."""

OWN_DOMAIN = "crm.example"


@dataclass(frozen=True)
class Catalogue:
    """The tables, and what later tables need of them."""

    tables: dict[str, pa.Table]
    managers: Ints
    """Ids of the employees who look after customers."""
    prices: Ints
    """List prices in cents."""
    product_choice: Choice
    product_names: pa.Array
    webinar_titles: pa.Array
    whitepaper_titles: pa.Array
    webinar_starts: Ints
    """In order; seconds since 1970."""
    webinar_minutes: Ints
    webinar_topics: Ints
    whitepaper_days: Ints
    """Days of publication counted from the start of the period, in order."""
    whitepaper_pages: Ints


def make_catalogue(
    rows: dict[str, int], people: People, calendar: Calendar, streams: Streams
) -> Catalogue:
    """Make the tables with the numbers of rows asked for."""
    employees, managers = _employees(rows["employees"], people, calendar, streams)
    products, prices, categories = _products(rows["products"], calendar, streams.at("products"))
    webinars, starts, minutes, topics = _webinars(
        rows["webinars"], rows["employees"], calendar, streams.at("webinars")
    )
    whitepapers, days, pages = _whitepapers(
        rows["whitepapers"], calendar, streams.at("whitepapers")
    )
    popularity = np.exp(streams.at("popularity").normal(0, 0.5, len(prices)))
    tastes = np.asarray(market.TASTES[:, categories]) * popularity
    return Catalogue(
        tables={
            "employees": employees,
            "products": products,
            "webinars": webinars,
            "whitepapers": whitepapers,
        },
        managers=managers,
        prices=prices,
        product_choice=Choice(tastes if len(prices) else np.ones((1, 1))),
        product_names=products["name"].combine_chunks(),
        webinar_titles=webinars["title"].combine_chunks(),
        whitepaper_titles=whitepapers["title"].combine_chunks(),
        webinar_starts=starts,
        webinar_minutes=minutes,
        webinar_topics=topics,
        whitepaper_days=days,
        whitepaper_pages=pages,
    )


def _employees(
    count: int, people: People, calendar: Calendar, streams: Streams
) -> tuple[pa.Table, Ints]:
    """Return the employees: a head, team leads, and those in the teams; and the ids of the last."""
    rng = streams.at("employees")
    ids = np.arange(1, count + 1)
    leads = min(max(0, count - 1), -(-max(0, count - 1) // (TEAM + 1)))
    rank = np.where(ids == 1, 0, np.where(ids <= 1 + leads, 1, 2))
    own_lead = 2 + (ids - 2 - leads) % max(1, leads)
    manager = np.where(rank == 2, own_lead, 1)
    lead_of = np.where(rank == 2, own_lead, ids)
    team = lead_of % 3
    titles = pool(
        [
            "Head of Customer Relations",
            "Sales Team Lead",
            "Customer Success Team Lead",
            "Marketing Team Lead",
            "Account Executive",
            "Customer Success Manager",
            "Marketing Specialist",
        ]
    )
    title = np.where(rank == 0, 0, np.where(rank == 1, 1 + team, 4 + team))
    before_start = (rng.random(count) ** 1.5 * (2_200 - 500 * rank)).astype(np.int64)
    hired = calendar.start // DAY - 30 - before_start - np.where(rank == 0, 900, 0)
    persons = people.persons("employees", np.zeros(count, dtype=np.int64), 0)
    made = table(
        SCHEMA.table("employees"),
        {
            "id": whole(ids),
            "first_name": persons["first_name"],
            "last_name": persons["last_name"],
            "email": pc.binary_join_element_wise(persons["user_name"], OWN_DOMAIN, "@"),
            "job_title": text(titles, title),
            "team": text(
                pool(["Management", "Sales", "Customer Success", "Marketing"]),
                np.where(rank == 0, 0, 1 + team),
            ),
            "manager_id": whole(manager, rank == 0),
            "hired_on": pa.array(hired.astype("datetime64[D]")),
        },
    )
    caring = ids[(rank == 2) & (team < 2)]
    return made, caring if len(caring) else ids


def _products(
    count: int, calendar: Calendar, rng: np.random.Generator
) -> tuple[pa.Table, Ints, Ints]:
    """Return the products, their prices in cents and their categories."""
    ids = np.arange(1, count + 1)
    category = (ids - 1) % len(market.CATEGORIES)
    low, high = market.CATEGORY_PRICES[category].T if count else np.ones((2, 0))
    units = np.exp(np.log(low) + rng.random(count) * np.log(high / low)).astype(np.int64)
    endings = np.where(units < 100, 99, np.where(units < 400, 90, 0))
    units = np.where(units < 400, units, units // 10 * 10)
    prices = units * 100 + endings
    series = ["Basic", "Plus", "Pro", "Prime", "Max"]
    names, skus = [], []
    for number, kind in zip(ids.tolist(), category.tolist(), strict=True):
        turn = (number - 1) // len(market.CATEGORIES)
        nouns = market.CATEGORY_NOUNS[kind]
        series_name = series[turn % len(series)]
        edition = turn // (len(nouns) * len(series))
        names.append(
            f"{nouns[turn % len(nouns)]} {series_name}" + (f" {edition + 1}" if edition else "")
        )
        skus.append(f"{market.CATEGORIES[kind][:3].upper()}-{number:04d}")
    launched = calendar.start // DAY - 1 - rng.integers(0, 2_000, count)
    made = table(
        SCHEMA.table("products"),
        {
            "id": whole(ids),
            "sku": pool(skus),
            "name": pool(names),
            "category": text(pool(market.CATEGORIES), category),
            "list_price": money(prices),
            "is_subscription": flags(np.isin(category, (1, 2))),
            "launched_on": pa.array(launched.astype("datetime64[D]")),
        },
    )
    return made, prices, category


def _webinars(
    count: int, employee_count: int, calendar: Calendar, rng: np.random.Generator
) -> tuple[pa.Table, Ints, Ints, Ints]:
    """Return the webinars in order of time, their starts, minutes and topics.

    They are spread evenly over the period and take place from Tuesday to Thursday by day.
    """
    days = (np.arange(1, count + 1) * (calendar.day_count - 1)) // max(1, count)
    weekday = (calendar.midnight(days) // DAY + 3) % 7
    days = np.maximum(0, days - np.select([weekday == 0, weekday >= 4], [4, weekday - 3], 0))
    hours = rng.choice([10, 11, 14, 15, 16], count)
    starts = np.sort(calendar.midnight(days) + hours * HOUR)
    topic = rng.integers(0, len(market.TOPICS), count)
    minutes = np.array([30, 45, 60, 90])[Choice(np.array([2, 4, 5, 1])).draw(count, rng)]
    formats = ["introduction", "live demo", "best practices", "questions and answers", "a review"]
    patterns = rng.integers(0, len(formats), count)
    titles = [
        f"{market.TOPICS[kind]}: {formats[pattern]}"
        for pattern, kind in zip(patterns.tolist(), topic.tolist(), strict=True)
    ]
    made = table(
        SCHEMA.table("webinars"),
        {
            "id": whole(np.arange(1, count + 1)),
            "title": pool(titles),
            "topic": text(pool(market.TOPICS), topic),
            "host_id": _some_employee(count, employee_count, rng),
            "starts_at": times(starts),
            "duration_minutes": whole(minutes),
        },
    )
    return made, starts, minutes, topic


def _some_employee(count: int, employee_count: int, rng: np.random.Generator) -> pa.Array:
    """Return ids of employees who host: often the same few, sometimes nobody yet."""
    if not employee_count:
        return pa.nulls(count, pa.int64())
    host = 1 + (rng.random(count) ** 2 * min(employee_count, 12)).astype(np.int64)
    return whole(host, happens(0.04, count, rng))


def _whitepapers(
    count: int, calendar: Calendar, rng: np.random.Generator
) -> tuple[pa.Table, Ints, Ints]:
    """Return the whitepapers in order of publication, their days and pages.

    The first is out before the period starts, so that there is always one to download.
    """
    latest = calendar.day_count - 30
    days = np.sort(rng.integers(-400, latest, count))
    days[:1] = -400
    topic = rng.integers(0, len(market.TOPICS), count)
    pages = 4 + rng.poisson(9, count)
    kinds = ["A guide to {}", "The state of {}", "{}: a checklist", "Ten lessons about {}"]
    titles = [
        kinds[number % len(kinds)].format(market.TOPICS[kind].lower())
        for number, kind in enumerate(topic.tolist())
    ]
    made = table(
        SCHEMA.table("whitepapers"),
        {
            "id": whole(np.arange(1, count + 1)),
            "title": pool([title[0].upper() + title[1:] for title in titles]),
            "topic": text(pool(market.TOPICS), topic),
            "published_on": pa.array((calendar.start // DAY + days).astype("datetime64[D]")),
            "page_count": whole(pages),
        },
    )
    return made, days, pages
