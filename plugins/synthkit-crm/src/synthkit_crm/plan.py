"""How many rows every table gets, exactly, and how they are shared out among blocks.

A block is a slice of customers who signed up one after the other, with all that belongs to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthkit.contracts import GenerateRequest
from synthkit.domains.columns import Floats, Ints
from synthkit.domains.shares import apportion
from synthkit.errors import UsageError, near_matches
from synthkit_crm.calendar import DAY, HOUR, Calendar

__all__ = ["BLOCK_TABLES", "NOTICE", "Block", "blocks", "row_counts"]

DEFAULT_CUSTOMERS = 2_000
PER_CUSTOMER = {
    "customers": 1.0,
    "purchases": 2.4,
    "purchase_items": 5.2,
    "webinar_registrations": 0.9,
    "leads": 1.5,
    "whitepaper_downloads": 1.2,
    "form_submissions": 0.8,
}
"""Tables that are made block by block, and their default rows for each customer."""

BLOCK_TABLES = tuple(PER_CUSTOMER)
BLOCK_CUSTOMERS = 65_536
"""Customers of a full block: what a block costs by itself is then a few percent."""

CELLS = 256
"""Parts of a block whose customers' webinars still to come are counted together."""

NOTICE = HOUR
"""Seconds from a sign-up to the start of the first webinar that the customer can register for."""


@dataclass(frozen=True)
class Block:
    """A block's number, and by table the number of its rows and of the rows before it.

    ``span`` is the block's share of all customers, as a part of [0, 1].
    """

    number: int
    rows: Mapping[str, int]
    before: Mapping[str, int]
    span: tuple[float, float]


def row_counts(request: GenerateRequest, days: int) -> dict[str, int]:
    """Return the rows of every table: those asked for, and for the others what goes with them.

    Raises `UsageError` for a table that there is not, or children without their parents.
    """
    asked = dict(request.rows)
    known = [*PER_CUSTOMER, "employees", "products", "webinars", "whitepapers"]
    for name, count in asked.items():
        if name not in known:
            raise UsageError(f"There is no table {name!r}.", hint=near_matches(name, known))
        if count < 0:
            raise UsageError(
                f"Table {name!r} cannot have {count} rows.", hint="Give a number of 0 or more."
            )
    customers = asked.get("customers")
    if customers is None:
        implied = [
            asked[name] / ratio for name, ratio in PER_CUSTOMER.items() if asked.get(name, 0) > 0
        ]
        customers = max(1, round(max(implied, default=DEFAULT_CUSTOMERS * request.scale)))
    counts = {
        "employees": 4 + round(0.9 * customers**0.5),
        "products": 60,
        "webinars": max(2, days // 15),
        "whitepapers": 24,
        **{name: round(ratio * customers) for name, ratio in PER_CUSTOMER.items()},
    }
    counts["customers"] = customers
    counts.update(asked)
    _fit_items(counts, asked)
    for child, parent in (
        ("purchases", "customers"),
        ("webinar_registrations", "customers"),
        ("webinar_registrations", "webinars"),
        ("purchase_items", "products"),
        ("purchase_items", "purchases"),
        ("whitepaper_downloads", "leads"),
        ("whitepaper_downloads", "whitepapers"),
    ):
        if counts[child] and not counts[parent]:
            if child in asked:
                raise UsageError(
                    f"Rows of {child!r} need rows of {parent!r}, and there are none.",
                    hint=f"Ask for {parent}=1 or more, or for {child}=0.",
                )
            counts[child] = 0
    return counts


def _fit_items(counts: dict[str, int], asked: Mapping[str, int]) -> None:
    """Give every purchase at least one item: change what was not asked for, or else refuse."""
    purchases, items = counts["purchases"], counts["purchase_items"]
    if not counts["customers"] or not counts["products"]:
        if "purchases" not in asked:
            counts["purchases"] = 0
        if "purchase_items" not in asked:
            counts["purchase_items"] = 0
        purchases, items = counts["purchases"], counts["purchase_items"]
    if purchases <= items and (purchases or not items):
        per_purchase = PER_CUSTOMER["purchase_items"] / PER_CUSTOMER["purchases"]
        if "purchases" in asked and "purchase_items" not in asked:
            counts["purchase_items"] = round(purchases * per_purchase)
        return
    if "purchase_items" not in asked:
        per_purchase = PER_CUSTOMER["purchase_items"] / PER_CUSTOMER["purchases"]
        counts["purchase_items"] = round(purchases * per_purchase)
    elif "purchases" not in asked:
        counts["purchases"] = min(items, purchases)
    else:
        raise UsageError(
            f"{purchases} purchases cannot have {items} items in all: each has one or more.",
            hint="Ask for as many purchase_items as purchases, or more.",
        )


def blocks(
    counts: dict[str, int], asked: Mapping[str, int], calendar: Calendar, webinar_starts: Ints
) -> list[Block]:
    """Cut the work into blocks; settles how many webinar registrations there can be."""
    number = max(
        1, *(-(-counts[t] // round(BLOCK_CUSTOMERS * r * 2)) for t, r in PER_CUSTOMER.items())
    )
    number = max(number, -(-counts["customers"] // BLOCK_CUSTOMERS))
    even = np.ones(number)
    rows = {"customers": apportion(counts["customers"], even)}
    ends = np.cumsum(rows["customers"]) / max(1, counts["customers"])
    if not counts["customers"]:
        ends = np.cumsum(even) / number
    starts = np.concatenate([[0.0], ends[:-1]])

    exposure = _exposure(calendar, starts, ends) * rows["customers"]
    rows["purchases"] = apportion(counts["purchases"], exposure)
    extra = counts["purchase_items"] - counts["purchases"]
    rows["purchase_items"] = rows["purchases"] + apportion(extra, rows["purchases"].astype(float))
    seats = _seats(calendar, rows["customers"], counts["customers"], webinar_starts)
    rows["webinar_registrations"] = apportion(
        _registrations(counts, asked, int(seats.sum())), seats.astype(float), seats
    )
    rows["leads"] = apportion(counts["leads"], even)
    leads = rows["leads"].astype(float) if counts["leads"] else even
    rows["whitepaper_downloads"] = apportion(counts["whitepaper_downloads"], leads)
    rows["form_submissions"] = apportion(counts["form_submissions"], leads)
    before = {name: np.cumsum(shares) - shares for name, shares in rows.items()}
    return [
        Block(
            block,
            {name: int(shares[block]) for name, shares in rows.items()},
            {name: int(offsets[block]) for name, offsets in before.items()},
            (float(starts[block]), float(ends[block])),
        )
        for block in range(number)
    ]


def _registrations(counts: dict[str, int], asked: Mapping[str, int], seats: int) -> int:
    """Return the number of registrations, which are one for a customer and webinar at most."""
    name = "webinar_registrations"
    if name not in asked:
        counts[name] = min(counts[name], seats // 2)
    elif counts[name] > seats:
        raise UsageError(
            f"{counts[name]} webinar registrations are too many: with {counts['customers']} "
            f"customers and {counts['webinars']} webinars after their sign-ups, {seats} fit.",
            hint="Ask for fewer registrations, or for more webinars or customers.",
        )
    return counts[name]


def _exposure(calendar: Calendar, starts: Floats, ends: Floats) -> Floats:
    """Return the days that a block's customers have to buy, on average."""
    places = (np.arange(8) + 0.5) / 8
    quantiles = starts[:, None] + (ends - starts)[:, None] * places
    days = calendar.sign_up_days(quantiles.ravel()).reshape(quantiles.shape)
    mean: Floats = (calendar.day_count - days).mean(axis=1)
    return mean


def _seats(calendar: Calendar, customers: Ints, total: int, webinar_starts: Ints) -> Ints:
    """Return how many registrations each block has room for, from the last sign-up of each cell."""
    seats = np.zeros(len(customers), dtype=np.int64)
    first = np.cumsum(customers) - customers
    for block, count in enumerate(customers):
        bounds = np.arange(min(count, CELLS) + 1) * count // max(1, min(count, CELLS))
        lows, highs = bounds[:-1], bounds[1:]
        days = calendar.sign_up_days((first[block] + highs) / max(1, total))
        latest = calendar.midnight(days) + DAY - 1
        passed = np.searchsorted(webinar_starts, latest + NOTICE, side="right")
        seats[block] = ((highs - lows) * (len(webinar_starts) - passed)).sum()
    return seats
