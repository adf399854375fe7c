"""Rows that only make sense together: who answers whom, whose address it is, who has a card."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import synthkit
from synthkit.pipeline import Model

USERS, ORDERS = 500, 500


@pytest.fixture(scope="module")
def frames() -> dict[str, pd.DataFrame]:
    """Users, some without an address; orders to one of their own, some paid by card."""
    rng = np.random.Generator(np.random.Philox(5))
    counts = rng.integers(0, 5, USERS)
    first = np.cumsum(counts) - counts
    user = rng.choice(np.flatnonzero(counts), ORDERS)
    by_card = rng.random(ORDERS) < 0.4
    holders = [f"{'ABCDEFG'[n % 7]}nna Berg{'abcdefghijk'[n % 11]}" for n in range(ORDERS)]
    return {
        "users": pd.DataFrame({"id": np.arange(USERS), "plan": rng.choice(["a", "b"], USERS)}),
        "addresses": pd.DataFrame(
            {
                "id": np.arange(counts.sum()),
                "user_id": np.repeat(np.arange(USERS), counts),
                "kind": rng.choice(["home", "work"], counts.sum()),
            }
        ),
        "orders": pd.DataFrame(
            {
                "id": np.arange(ORDERS),
                "user_id": user,
                "address_id": first[user] + rng.integers(0, counts[user]),
                "method": np.where(by_card, "card", "cash"),
                "card_holder_name": np.where(by_card, holders, None),
            }
        ),
    }


@pytest.fixture(scope="module")
def model(frames: dict[str, pd.DataFrame]) -> Model:
    return synthkit.fit(frames, seed=1)


def test_orders_go_to_an_address_of_their_user(model: Model) -> None:
    drawn = model.sample(rows=4_000, seed=3)
    owner = drawn["addresses"].set_index("id")["user_id"]
    orders = drawn["orders"]
    assert (owner[orders["address_id"]].to_numpy() == orders["user_id"]).mean() > 0.99


def test_a_card_has_a_holder_and_cash_has_none(model: Model) -> None:
    orders = model.sample(rows=4_000, seed=3)["orders"]
    by_card = orders["method"] == "card"
    assert (orders["card_holder_name"].notna() == by_card).mean() > 0.99
    assert 0.3 < by_card.mean() < 0.5


@pytest.mark.parametrize("rows", [2, 8])
def test_few_rows_under_conditions_leave_their_children_room(rows: int) -> None:
    """Registrations lie between a customer's sign-up and a webinar; few customers sign up late."""
    rng = np.random.Generator(np.random.Philox(7))
    start = pd.Timestamp("2024-01-01")
    signup = start + pd.to_timedelta(rng.integers(0, 700, 300), "D")
    webinar = start + pd.to_timedelta(rng.integers(300, 720, 12), "D")
    customer = rng.integers(0, 300, 500)
    which = rng.integers(0, 12, 500)
    fits = signup[customer] < webinar[which]
    between = signup[customer] + (webinar[which] - signup[customer]) * rng.random(500)
    registered = pd.Series(between[fits]).dt.floor("s")
    real = {
        "customers": pd.DataFrame(
            {"id": range(300), "status": rng.choice(["new", "old"], 300), "signup": signup}
        ),
        "webinars": pd.DataFrame({"id": range(12), "held": webinar}),
        "registrations": pd.DataFrame(
            {
                "id": range(int(fits.sum())),
                "customer_id": customer[fits],
                "webinar_id": which[fits],
                "registered": registered,
            }
        ),
    }
    model = synthkit.fit(real, seed=1)
    given = pd.DataFrame({"status": ["new"] * rows})
    for seed in range(4):
        for asked in ({"rows": rows, "where": {"customers.status": ["new"]}}, {"given": given}):
            drawn = model.sample(seed=seed, **asked)
            assert len(drawn["registrations"])
            assert set(drawn["customers"]["status"]) == {"new"}
            assert not synthkit.validate(drawn).violations
