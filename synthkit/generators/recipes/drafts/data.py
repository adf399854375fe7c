"""A data set as a description: simple distributions of its columns, and no value of a person.

Labels are those that `LEAST` rows or more share; ends of numbers are quantiles, rounded; what
identifies people is made anew by its kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.dataset import Dataset
from synthkit.generators.recipes.arrays import floats, plain
from synthkit.generators.recipes.drafts.described import Described, Place
from synthkit.schema import Column, ForeignKey, Schema
from synthkit.schema.storage import arrow_type, scale_of

__all__ = ["LEAST", "from_data"]

LEAST = 5
"""Rows that have to share a label before it stands in a recipe."""
LABELS = 60
"""More labels than this are no choice."""
LOOKED_AT = 200_000
"""Rows of each table that distributions are read from."""
_ENDS = (0.01, 0.99)
_DIGITS = 17
"""Digits that a number with a fixed number of decimals may have in a recipe, and one to spare."""


def from_data(data: Dataset) -> Described:
    """Return the description of a data set, from up to `LOOKED_AT` rows of each table."""
    schema = data.schema
    made: dict[Place, Mapping[str, Any]] = {}
    nulls: dict[Place, float] = {}
    tables: dict[str, pa.Table] = {}
    for table in schema.tables:
        parts = list(data.chunks(table.name, None))
        rows = pa.concat_tables(parts) if parts else None
        if rows is None or not rows.num_rows:
            continue
        tables[table.name] = rows
        few = rows.slice(0, LOOKED_AT)
        keys = {name for key in (table.primary_key or (), *table.alternate_keys) for name in key}
        keys |= {name for key in schema.foreign_keys_of(table.name) for name in key.columns}
        for column in table.columns:
            values = plain(few[column.name])
            if values.null_count:
                nulls[table.name, column.name] = _rounded(values.null_count / len(values))
            spec = None if column.name in keys or column.pii else _fitted(column, values)
            if spec is not None:
                made[table.name, column.name] = spec
    counts = data.row_counts
    return Described(
        schema,
        made,
        nulls,
        counts,
        {
            (key.table, key.columns[0]): shape
            for key in schema.foreign_keys
            if (shape := _per_parent(key, tables, counts, schema)) is not None
        },
        ("drafted from data: simple distributions, labels that five rows or more share",),
    )


def _fitted(column: Column, values: pa.Array) -> dict[str, Any] | None:
    """Return how a column is made that is no key and no person's, None where its kind says it."""
    known = values.drop_null()
    if not len(known):
        return None
    kind = arrow_type(column.storage)
    if pa.types.is_boolean(kind):
        return {"boolean": _rounded(float(np.mean(floats(known))))}
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return _times(known, pa.types.is_date(kind))
    if pa.types.is_string(kind):
        return _labels(known) if column.sdtype in ("categorical", "ordinal", "unknown") else None
    if scale_of(kind) is None and not pa.types.is_floating(kind):
        return None
    if column.sdtype in ("categorical", "ordinal"):
        return _labels(known)
    return _numbers(floats(known), scale_of(kind))


def _labels(values: pa.Array) -> dict[str, Any] | None:
    counted = sorted(
        ((each["values"].as_py(), each["counts"].as_py()) for each in pc.value_counts(values)),
        key=lambda pair: (-pair[1], str(pair[0])),
    )
    shared = [(label, count) for label, count in counted if count >= LEAST]
    covered = sum(count for _, count in shared)
    if not shared or len(shared) > LABELS or covered < 0.8 * len(values):
        return None
    return {"choice": {str(label): max(1, round(1000 * n / covered)) for label, n in shared}}


def _times(values: pa.Array, days: bool) -> dict[str, Any]:
    """Return times of a period that begins and ends with a month."""
    low, high = (float(each) for each in np.quantile(floats(values), _ENDS))
    months = [np.datetime64(int(each), "D").astype("datetime64[M]") for each in (low, high)]
    end = (months[1] + 1).astype("datetime64[D]") - 1
    period = {"start": str(months[0].astype("datetime64[D]")), "end": str(end)}
    return {"time": period, **({"type": "date"} if days else {})}


def _numbers(values: Any, scale: int | None) -> dict[str, Any]:
    """Return the distribution that fits best: constant, uniform, normal, lognormal; bounded."""
    scale = _decimals(values) if scale is None else scale
    if scale and float(np.abs(values).max()) >= 10.0 ** (_DIGITS - min(scale, 9)):
        scale = None  # more digits than a decimal has
    decimals = {} if scale is None else {"decimals": min(scale, 9)}
    low: float
    high: float
    if scale == 0:
        low, high = (int(_rounded(float(each))) for each in np.quantile(values, _ENDS))
    else:
        low, high = (_rounded(float(each)) for each in np.quantile(values, _ENDS))
    if low == high:
        return {"constant": low, **({} if scale == 0 else decimals)}
    bounds = {"min": low, "max": high, **decimals}
    inside = values[(values >= low) & (values <= high)]
    if len(inside) < LEAST:
        return {"uniform": {"low": low, "high": high}, **decimals}
    size = float(np.abs(inside).max())  # squares of large numbers are more than a float holds
    mean, sd = size * float((inside / size).mean()), size * float((inside / size).std())
    skew = float(np.mean(((inside - mean) / sd) ** 3)) if sd else 0.0
    if low >= 0 and skew > 1:
        positive = inside[inside > 0]
        logs = np.log(positive)
        median = _rounded(float(np.exp(np.median(logs))))
        sigma = _rounded(max(float(logs.std()), 0.01))
        return {"lognormal": {"median": median, "sigma": sigma}, **bounds}
    flat = sd and abs(skew) < 0.3 and sd > 0.26 * (high - low)
    if flat:
        return {"uniform": {"low": low, "high": high}, **decimals}
    return {"normal": {"mean": _rounded(mean), "sd": _rounded(sd)}, **bounds}


def _decimals(values: Any) -> int | None:
    """Return how many decimals doubles have, up to four; None if they have more."""
    for scale in (1, 2, 3, 4):
        if np.allclose(values, np.round(values, scale), rtol=0, atol=1e-9):
            return scale
    return None


def _rounded(value: float) -> float:
    """Return a number with three digits that count."""
    return float(f"{value:.3g}")


def _per_parent(
    key: ForeignKey, tables: Mapping[str, pa.Table], counts: Mapping[str, int], schema: Schema
) -> Any:
    """Return how many rows hang under each parent: the shape, the mean, who has none."""
    parents = counts.get(key.parent, 0)
    if key.is_self_reference or not parents or key.table not in tables or len(key.columns) > 1:
        return None
    found = pc.value_counts(plain(tables[key.table][key.columns[0]]).drop_null())
    having = found.field("counts").to_numpy(zero_copy_only=False).astype(np.float64)
    mean = _rounded(float(having.sum() / parents))
    if not len(having) or not mean:
        return None
    zero = _rounded(1 - len(having) / parents)
    most = float(having.max())
    if most == 1:
        return {"share": min(1.0, mean)}
    if np.ptp(having) == 0 and zero == 0:
        return int(most)
    every = np.concatenate([having, np.zeros(max(0, parents - len(having)))])
    spread = float(every.var()) / mean
    if spread < 1.5:
        return {"poisson": mean, **({"min": 1} if zero == 0 and mean >= 1 else {})}
    shape = "geometric" if spread < 3 + mean else "power_law"
    fits = 0 < zero < 1 and mean >= 1 - zero
    return {shape: mean, **({"zero": zero} if fits else {"min": 1} if zero == 0 else {})}
