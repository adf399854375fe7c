"""What customers buy: purchases and their items, with amounts that add up to the cent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from synthkit.domains.chance import Choice, counts, happens, sums
from synthkit.domains.clock import in_order
from synthkit.domains.columns import Flags, Floats, Ints, money, pool, table, text, times, whole
from synthkit_crm import market
from synthkit_crm.calendar import DAY
from synthkit_crm.plan import Block
from synthkit_crm.schema import SCHEMA
from synthkit_crm.signups import SignUps
from synthkit_crm.world import World

__all__ = ["Purchases", "purchase"]

PENDING_DAYS = 14
"""Only purchases of the last days may still wait for their payment."""

LARGEST_QUANTITY = 400
CHEAP = 15_000
"""Cents: of products up to this price, customers buy as many as they have use for."""

PRICE_RISE = 3
"""Percent a year."""

CHANNELS = pool(["web", "sales", "phone", "partner", "app"])
_CHANNELS = Choice(
    np.array(
        [
            [70, 6, 14, 8, 2],
            [58, 18, 14, 9, 1],
            [40, 38, 10, 11, 1],
            [22, 58, 6, 14, 0],
            [12, 70, 2, 16, 0],
            [62, 0, 6, 0, 32],
        ],
        dtype=float,
    )
)
"""By company size; consumers last."""

METHODS = pool(["card", "paypal", "bank transfer", "invoice"])
_METHODS = Choice(
    np.array(
        [[52, 43, 5, 0], [64, 28, 8, 0], [45, 10, 25, 20], [8, 0, 32, 60]],
        dtype=float,
    )
)
"""Consumers, small and large amounts; businesses, small and large amounts."""

_DISCOUNTS = Choice(
    np.array([[88, 7, 4, 1, 0], [55, 22, 15, 6, 2], [20, 20, 30, 20, 10]], dtype=float)
)
"""By quantity: up to 4, up to 19, more."""
DISCOUNTS = np.array([0, 5, 10, 15, 20])

PAID, REFUNDED, PENDING = range(3)
STATUSES = pool(["paid", "refunded", "pending"])


@dataclass(frozen=True)
class Purchases:
    """The purchases of a block as tables, and what follows from them for each customer."""

    purchases: pa.Table
    items: pa.Table
    bought: Ints
    """Number of purchases."""
    refunded: Ints
    """Number of purchases that were refunded."""
    value: Ints
    """Sum of what is paid for, in cents."""
    latest: Ints
    """Time of the last purchase, 0 for none."""


def purchase(block: Block, customers: SignUps, world: World) -> Purchases:
    """Return what the customers of a block buy, in order of time."""
    rng = world.streams.at("purchases", block.number)
    total = block.rows["purchases"]
    if not total:
        none = np.zeros(len(customers), dtype=np.int64)
        return Purchases(pa.table({}), pa.table({}), none, none, none, none)
    bought = counts(total, customers.demand, rng)
    owner = np.repeat(np.arange(len(customers)), bought)
    made_at = world.calendar.between(
        customers.created[owner],
        customers.leaves[owner],
        customers.consumer[owner],
        rng.random(total),
        rng,
    )
    order = in_order(made_at)
    owner, made_at = owner[order], made_at[order]
    items, totals, units, main = _items(block, owner, made_at, customers, world)
    consumer = customers.consumer[owner]
    status, refunded_at = _outcomes(made_at, units, consumer, world.calendar.end, rng)
    large = totals > np.where(consumer, 30_000, 200_000)
    method = _METHODS.draw_by(np.where(consumer, 0, 2) + large, rng)
    paid = status == PAID
    latest = np.zeros(len(customers), dtype=np.int64)
    latest[owner] = made_at  # in order of time, so that the last one stays
    return Purchases(
        purchases=table(
            SCHEMA.table("purchases"),
            {
                "id": whole(block.before["purchases"] + np.arange(1, total + 1)),
                "customer_id": whole(block.before["customers"] + 1 + owner),
                "purchase_date": times(made_at),
                "product": world.catalogue.product_names.take(pa.array(main)),
                "channel": text(CHANNELS, _CHANNELS.draw_by(customers.size[owner], rng)),
                "status": text(STATUSES, status),
                "payment_method": text(METHODS, method, status == PENDING),
                "amount": money(totals),
                "refunded_at": times(refunded_at, status != REFUNDED),
            },
        ),
        items=items,
        bought=bought,
        refunded=np.bincount(owner[status == REFUNDED], minlength=len(customers)),
        value=sums(owner[paid], totals[paid], len(customers)),
        latest=latest,
    )


def _items(
    block: Block, owner: Ints, made_at: Ints, customers: SignUps, world: World
) -> tuple[pa.Table, Ints, Ints, Ints]:
    """Return the items; by purchase the sum of their cents and of their units, and the dearest."""
    rng = world.streams.at("items", block.number)
    catalogue = world.catalogue
    purchases, total = len(owner), block.rows["purchase_items"]
    size = customers.size[owner]
    appetite = np.append(market.SIZE_SPENDING, 0.6)[size] * rng.standard_gamma(2.0, purchases)
    lines = np.ones(purchases, dtype=np.int64) + counts(total - purchases, appetite, rng)
    starts = np.cumsum(lines) - lines
    purchase_of = np.repeat(np.arange(purchases), lines)
    product = catalogue.product_choice.draw_by(customers.industry[owner][purchase_of], rng)
    # The dearer a product, the fewer of it are bought.
    basket = np.append(market.SIZE_BASKETS, 0.25)[size[purchase_of]]
    basket = basket * np.minimum(1.0, CHEAP / catalogue.prices[product])
    quantity = 1 + (rng.standard_exponential(total) * basket).astype(np.int64)
    quantity = np.minimum(quantity, LARGEST_QUANTITY)
    years = world.calendar.day_of(made_at) // 365
    # A price that rises three percent each year since the start, rounded half up to cents.
    price = (catalogue.prices[product] * (100 + PRICE_RISE * years[purchase_of]) + 50) // 100
    discount = DISCOUNTS[_DISCOUNTS.draw_by((quantity > 4).astype(np.int64) + (quantity > 19), rng)]
    amount = (quantity * price * (100 - discount) + 50) // 100
    made = table(
        SCHEMA.table("purchase_items"),
        {
            "purchase_id": whole(block.before["purchases"] + 1 + purchase_of),
            "line_no": whole(np.arange(1, total + 1) - starts[purchase_of]),
            "product_id": whole(product + 1),
            "quantity": whole(quantity),
            "unit_price": money(price),
            "discount_percent": whole(discount),
            "line_total": money(amount),
        },
    )
    dearest = np.lexsort((-amount, purchase_of))[starts]
    return (
        made,
        sums(purchase_of, amount, purchases),
        sums(purchase_of, quantity, purchases),
        product[dearest],
    )


def _outcomes(
    made_at: Ints, units: Ints, consumer: Flags, end: int, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Return the status of each purchase and when it was refunded, if it was.

    Consumers send back more, and so do buyers of many units.
    """
    count = len(made_at)
    share: Floats = np.where(consumer, 0.09, 0.035) + 0.03 * (units > 20)
    refunded_at = made_at + DAY + (rng.standard_exponential(count) * 12 * DAY).astype(np.int64)
    refunded: Flags = happens(share, count, rng) & (refunded_at <= end)
    recent = made_at > end - PENDING_DAYS * DAY
    pending = recent & ~refunded & happens(0.5, count, rng)
    return np.where(refunded, REFUNDED, np.where(pending, PENDING, PAID)), refunded_at
