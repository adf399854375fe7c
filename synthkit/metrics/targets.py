"""What a user would predict: columns worth predicting, and what they are predicted from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthkit.errors import UsageError, near_matches
from synthkit.metrics.aggregates import child_aggregates
from synthkit.metrics.columns import Floats, Integers, Kind
from synthkit.metrics.pairwise import discretize
from synthkit.metrics.relational import follow, path_name, upward_paths
from synthkit.metrics.sides import Side

__all__ = ["Target", "check_target", "chosen_targets", "predictors", "uncertainty_coefficient"]

_LEAST_ROWS = 200
_MOST_LABELS = 10
_LEAST_OF_LABEL = 20
_LEAST_NUMBERS = 5
_GIVES_AWAY = 0.95
_HOPS = 2


@dataclass(frozen=True)
class Target:
    """A column to predict; ``without`` names predictors that would give the answer away.

    Predictors are named as `predictors` names them: the table's own columns by their bare names.
    """

    table: str
    column: str
    without: tuple[str, ...] = ()


def predictors(side: Side, target: Target) -> dict[str, Floats]:
    """Return the features of a target: own columns, those of two hops above, child aggregates.

    Each float64, one item per row of the target's table, NaN where there is nothing.
    """
    features = {name: values for name, (values, _) in _above(side, target.table).items()}
    features |= child_aggregates(side, target.table)
    return {
        name: values
        for name, values in features.items()
        if name != target.column and name not in target.without
    }


def check_target(side: Side, target: Target) -> None:
    """Raise `UsageError` for a target whose column is not there or not scored."""
    side.schema.table(target.table).column(target.column)
    if target.column not in side.kinds[target.table]:
        known = list(side.kinds[target.table])
        raise UsageError(
            f"{target.table}.{target.column} is a key, personal or free text: no target.",
            hint=near_matches(target.column, known),
        )


def chosen_targets(real: Side, reference: frozenset[str], most: int = 3) -> tuple[Target, ...]:
    """Choose a target in each of the tables with most rows, at most ``most`` of them.

    Of a table with at least 200 rows: the number (5 different values or more) or the category (2
    to 10 labels of 20 rows or more) that some other column, of the table or up to two hops above,
    tells most about, by the uncertainty coefficient. Columns that tell more than .95 of it give
    the answer away, and are left out of its predictors. Reference tables are not looked at.
    """
    tables = sorted(
        (name for name in real.kinds if name not in reference and real.rows[name] >= _LEAST_ROWS),
        key=lambda name: -real.rows[name],
    )
    found: list[Target] = []
    for table in tables:
        target = _best(real, table)
        if target is not None:
            found.append(target)
        if len(found) == most:
            break
    return tuple(found)


def uncertainty_coefficient(target: Integers, given: Integers) -> float:
    """Return which share of a code's entropy is gone once another code is known.

    Formula: (H(t) + H(g) - H(t, g)) / H(t), each entropy with Miller's correction (number of
    codes - 1) / 2N for chance. Range: 0 or below (nothing) to 1 (all); 0 where the target does not
    vary. Source: Theil 1970; Miller 1955.
    """
    size = int(given.max(initial=0)) + 1
    own = _entropy(target)
    return (own + _entropy(given) - _entropy(target * size + given)) / own if own > 0 else 0.0


def _entropy(codes: Integers) -> float:
    _, counts = np.unique(codes, return_counts=True)
    shares = counts / len(codes)
    if len(counts) < 2:
        return 0.0
    return float(-(shares * np.log(shares)).sum()) + (len(counts) - 1) / (2 * len(codes))


def _best(real: Side, table: str) -> Target | None:
    kinds = real.kinds[table]
    codes = {name: _coded(values, kind) for name, (values, kind) in _above(real, table).items()}
    best: tuple[float, Target | None] = (0.0, None)
    for column, kind in kinds.items():
        if not _is_candidate(real.values[table][column], kind):
            continue
        told = {
            name: uncertainty_coefficient(codes[column], code)
            for name, code in codes.items()
            if name != column
        }
        away = tuple(name for name, share in told.items() if share > _GIVES_AWAY)
        share = max((each for name, each in told.items() if name not in away), default=0.0)
        if share > best[0]:
            best = share, Target(table, column, away)
    return best[1]


def _coded(values: Floats, kind: Kind) -> Integers:
    """Return every label as its own code, and numbers and dates between their deciles."""
    if kind == "category":
        return np.where(np.isnan(values), -1, values).astype(np.int64) + 1
    return discretize(values, values, kind)[0][0]


def _is_candidate(values: Floats, kind: Kind) -> bool:
    _, counts = np.unique(values[~np.isnan(values)], return_counts=True)
    if kind == "category":
        return 2 <= len(counts) <= _MOST_LABELS and int((counts >= _LEAST_OF_LABEL).sum()) >= 2
    return kind == "number" and len(counts) >= _LEAST_NUMBERS


def _above(side: Side, table: str) -> dict[str, tuple[Floats, Kind]]:
    """Return a table's own columns and those of the rows up to two hops above, with kinds."""
    kinds = side.kinds[table]
    features = {name: (values, kinds[name]) for name, values in side.values[table].items()}
    for path in upward_paths(side.schema, _HOPS):
        if path[0].table == table and not path[0].is_self_reference:
            rows, top = follow(side, path), path[-1].parent
            name = path_name(path).removeprefix(f"{table} > ")
            for column, values in side.values[top].items():
                joined = np.append(values, np.nan)[rows]
                features[f"{name}.{column}"] = joined, side.kinds[top][column]
    return features
