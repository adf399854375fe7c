"""Methods of Faker and Mimesis by name: typed, refused where they look at the clock, repeatable."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest

from synthkit.errors import UsageError
from synthkit.generators.values.methods import CLOCKED, faker_storage
from synthkit.plugins import Plugins
from synthkit.values import ValueRegistry


@pytest.fixture(scope="module")
def values() -> ValueRegistry:
    return ValueRegistry(Plugins())


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        ("company_email", pa.string()),
        ("license_plate", pa.string()),
        ("pyint", pa.int64()),
        ("pybool", pa.bool_()),
        ("pyfloat", pa.float64()),
        ("latitude", pa.float64()),
    ],
)
def test_a_method_makes_values_of_its_type(
    method: str, kind: pa.DataType, values: ValueRegistry
) -> None:
    assert values.has(f"faker:{method}")
    made = values.draw(f"faker:{method}", 500, np.random.default_rng(1), "de_DE")
    plain = made.type.value_type if pa.types.is_dictionary(made.type) else made.type
    assert plain == kind
    assert len(made) == 500
    assert str(kind) == faker_storage(method)


def test_distinct_values_never_repeat(values: ValueRegistry) -> None:
    parts = [values.distinct("faker:license_plate", at, 500, 5, "en_US") for at in (0, 500)]
    assert len(set(pa.concat_arrays([p.cast(pa.string()) for p in parts]).to_pylist())) == 1000
    ports = values.distinct("faker:port_number", 0, 1000, 5, "en_US")
    assert len(set(ports.to_pylist())) == 1000
    with pytest.raises(UsageError, match="distinct values of 'faker:pybool'"):
        values.distinct("faker:pybool", 0, 3, 5, "en_US")


@pytest.mark.parametrize("method", ["date_this_year", "uuid7", "past_date"])
def test_what_looks_at_the_clock_is_refused(method: str) -> None:
    assert method in CLOCKED
    with pytest.raises(UsageError, match="depends on the day"):
        faker_storage(method)


def test_what_is_no_column_or_no_method_is_refused() -> None:
    with pytest.raises(UsageError, match="does not fit into a column"):
        faker_storage("pydict")
    with pytest.raises(UsageError, match="license_plate"):
        faker_storage("licence_plate")


def test_mimesis_is_used_where_it_is_installed(values: ValueRegistry) -> None:
    pytest.importorskip("mimesis")
    made = values.draw("mimesis:person.occupation", 50, np.random.default_rng(1), "de_DE")
    again = values.draw("mimesis:person.occupation", 50, np.random.default_rng(1), "de_DE")
    assert made == again
    assert len(set(made.to_pylist())) > 20
    with pytest.raises(UsageError, match=r"no method 'person\.nothing'"):
        values.draw("mimesis:person.nothing", 1, np.random.default_rng(1), "en_US")


PROGRAM = """
import numpy, sys
from synthkit.plugins import Plugins
from synthkit.values import ValueRegistry
values = ValueRegistry(Plugins())
for kind in ("faker:bank", "faker:pyint", "faker:emoji"):
    print(values.draw(kind, 200, numpy.random.default_rng(3), "fr_FR").to_pylist())
"""


def test_the_hash_seed_changes_nothing() -> None:
    printed = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1
