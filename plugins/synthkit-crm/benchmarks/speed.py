"""Measures rows per second of CPU time, peak memory, and how many times as fast as plain Faker:
``python benchmarks/speed.py``.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections import Counter
from typing import Any

from synthkit_crm.generator import CrmGenerator
from synthkit_crm.plan import BLOCK_TABLES
from synthkit_crm.settings import Settings

from synthkit.contracts import GenerateRequest, Silent, Streams
from synthkit.plugins import Plugins
from synthkit.values import ValueRegistry


def measure(generator: CrmGenerator, request: GenerateRequest) -> tuple[Counter[str], float]:
    """Return the rows made by table, and the seconds of CPU time that they took."""
    rows: Counter[str] = Counter()
    began = time.process_time()
    for chunk in generator.generate(request, Streams(7), Silent()):
        rows[chunk.table] += chunk.data.num_rows
    return rows, time.process_time() - began


def faker_seconds(count: int, locale: str) -> float:
    """Return the CPU seconds that Faker takes for so many customers of the same fields."""
    from faker import Faker

    fake = Faker(locale)
    fake.seed_instance(7)
    for _ in range(20):
        _customer(fake, 0)
    began = time.process_time()
    for number in range(count):
        _customer(fake, number)
    return time.process_time() - began


def _customer(fake: Any, number: int) -> dict[str, Any]:
    pick, whole = fake.random_element, fake.random_int
    created = fake.date_time_between("-3y")
    return {
        "id": number,
        "segment": pick(("business", "consumer")),
        "first_name": fake.first_name(),
        "last_name": fake.last_name(),
        "email": fake.email(),
        "phone": fake.phone_number(),
        "company": fake.company(),
        "job_title": fake.job(),
        "industry": pick(("Retail", "Finance", "Health")),
        "company_size": pick(("1-9", "10-49", "50-249")),
        "employee_count": whole(1, 5000),
        "street_address": fake.street_address(),
        "city": fake.city(),
        "region": fake.administrative_unit(),
        "postcode": fake.postcode(),
        "country_code": fake.country_code(),
        "location": (fake.latitude(), fake.longitude()),
        "lead_source": pick(("search", "referral", "event")),
        "account_manager_id": whole(1, 40),
        "marketing_opt_in": fake.boolean(),
        "status": pick(("prospect", "active", "churned")),
        "lifetime_value": fake.pydecimal(4, 2, positive=True),
        "nps_score": whole(0, 10),
        "created_at": created,
        "last_activity": fake.date_time_between(created),
    }


def main() -> None:
    """Measure the customers' table alone, then all tables, after a run that fills the pools.

    Compiled loops are loaded in the run of a million customers before the one that is compared.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--faker", type=int, default=1_000, help="customers that Faker makes")
    parser.add_argument("--locale", default="en_US")
    options = parser.parse_args()
    generator, values = CrmGenerator(Settings()), ValueRegistry(Plugins())
    speed = 0.0
    alone = {**dict.fromkeys(BLOCK_TABLES, 0), "customers": options.customers}
    for name, wanted in (
        ("warm-up", {"customers": 20_000}),
        ("customers before", {**alone, "customers": 1_000_000}),
        ("customers alone", alone),
        ("all tables", {"customers": options.customers}),
    ):
        request = GenerateRequest(values, wanted, locale=options.locale)
        rows, seconds = measure(generator, request)
        if name == "customers alone":
            speed = rows["customers"] / seconds
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        sys.stdout.write(
            f"{name:16} {rows.total():>12,} rows {seconds:7.2f} s "
            f"{rows.total() / seconds:>12,.0f} rows/s "
            f"{rows['customers'] / seconds:>10,.0f} customers/s  peak {peak} MB\n"
        )
    seconds = faker_seconds(options.faker, options.locale)
    plain = options.faker / seconds
    sys.stdout.write(
        f"{'Faker by row':16} {options.faker:>12,} rows {seconds:7.2f} s {plain:>12,.0f} rows/s; "
        f"customers alone are {speed / plain:,.0f} times as fast\n"
    )


if __name__ == "__main__":
    main()
