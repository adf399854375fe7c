"""What is left to tell people by: measured on anonymized rows, by table and column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.anonymization.plan import Plan
from synthkit.dataset import Dataset

__all__ = ["Grouped", "frequency_linkage", "group_risk", "quasi_risks"]


@dataclass(frozen=True)
class Grouped:
    """How rows of a table are told apart by quasi-identifiers.

    ``k`` is the size of the smallest group of rows that share them (k-anonymity, Sweeney 2002),
    ``rows_under`` how many rows lie in groups below the bound. ``l`` is the least number of
    different sensitive values in a group (l-diversity, Machanavajjhala et al. 2007), ``t`` the
    largest distance of a group's sensitive values from the table's (t-closeness, Li et al. 2007;
    total variation); both are None without a sensitive column.
    """

    table: str
    columns: tuple[str, ...]
    rows: int
    k: int
    rows_under: int
    l: int | None = None  # noqa: E741
    t: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON."""
        return {**vars(self), "columns": list(self.columns)}


def quasi_risks(data: Dataset, plan: Plan) -> list[Grouped]:
    """Return the risk of every table whose quasi-identifiers the plan names."""
    made = []
    for table, columns in plan.risk.quasi_ids.items():
        there = data.schema.table(table).column_names if table in data.schema else []
        named = [name for name in columns if name in there]
        sensitive = [name for name in plan.risk.sensitive.get(table, ()) if name in there]
        if named:
            rows = data.arrow(table, [*dict.fromkeys([*named, *sensitive])])
            made.append(group_risk(table, rows, named, sensitive, plan.risk.k))
    return made


def group_risk(
    table: str, rows: pa.Table, columns: Sequence[str], sensitive: Sequence[str], k: int
) -> Grouped:
    """Return how well rows hide among those that share their quasi-identifiers; null is a value."""
    if not rows.num_rows:
        return Grouped(table, tuple(columns), 0, 0, 0)
    group = _codes(rows, columns)
    sizes = np.bincount(group)
    low, far = None, None
    for name in sensitive:
        value = _codes(rows, [name])
        pairs, counts = np.unique(group * (value.max() + 1) + value, return_counts=True)
        of = pairs // (value.max() + 1)
        different = int(np.bincount(of, minlength=len(sizes)).min())
        overall = np.bincount(value) / len(value)
        share = counts / sizes[of]
        base = overall[pairs % (value.max() + 1)]
        seen = np.bincount(of, weights=np.abs(share - base), minlength=len(sizes))
        unseen = 1 - np.bincount(of, weights=base, minlength=len(sizes))
        distance = float(((seen + unseen) / 2).max())
        low = different if low is None else min(low, different)
        far = distance if far is None else max(far, distance)
    under = int(sizes[sizes < k].sum())
    return Grouped(table, tuple(columns), len(group), int(sizes.min()), under, low, far)


def frequency_linkage(values: pa.ChunkedArray) -> float:
    """Return the share of rows whose value is the only one as common as it is.

    Who knows how common the real values are can put real values beside such pseudonyms.
    """
    counts = np.asarray(pc.value_counts(values.drop_null()).field("counts"))
    if not counts.sum():
        return 0.0
    sizes, often = np.unique(counts, return_counts=True)
    alone = sizes[(often == 1) & (sizes > 1)]
    return float(alone.sum() / counts.sum())


def _codes(rows: pa.Table, columns: Sequence[str]) -> np.ndarray:
    """Return a number for each row, the same where the columns are the same."""
    made = np.zeros(rows.num_rows, np.int64)
    for name in columns:
        column = rows.column(name).combine_chunks()
        encoded = column.dictionary_encode(null_encoding="encode").indices
        codes = np.asarray(encoded).astype(np.int64)
        made = np.unique(made * (codes.max() + 1) + codes, return_inverse=True)[1]
    return made
