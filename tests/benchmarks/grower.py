"""Compares growers of trees: ``python tests/benchmarks/grower.py [DATA...] [--check]``.

Each data set is fitted twice: with the compiled grower on histograms, and with scikit-learn's
trees grown to the end and pruned from the leaves by the same penalty. Printed are the seconds of
growing (processor time), the leaves, and how well a classifier tells sampled rows of the largest
table from real ones (area under the ROC curve; .5: not at all). ``--check`` fails where
scikit-learn is not slower.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.tree import DecisionTreeRegressor

import synthkit
from synthkit.synthesizers.relational.trees import forest
from synthkit.synthesizers.relational.trees.embedding import LANES

DATA = Path(__file__).parents[3] / "shared" / "data"
Grower = Callable[..., tuple[Any, ...]]


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def pruned(
    features: Any, target: Any, words: Any, weights: Any, order: Any, penalty: float, least: int
) -> tuple[Any, ...]:
    """Grow with scikit-learn what `synthkit.synthesizers.relational.trees.grow.grow` grows."""
    lanes = words.view(np.uint16)[:, :LANES].astype(np.float64)
    ranks = (words[:, 2] >> np.uint64(32)).astype(np.float64)
    vectors = np.column_stack([lanes, ranks]) * np.sqrt(weights)
    columns = np.ascontiguousarray(features[:, order].T)
    model = DecisionTreeRegressor(min_samples_leaf=least, random_state=0)
    grown = model.fit(columns, vectors[target[order]]).tree_
    rows, spread = grown.n_node_samples, grown.impurity
    one, two = grown.children_left.copy(), grown.children_right.copy()
    for node in range(grown.node_count - 1, -1, -1):  # children have higher numbers than parents
        a, b = one[node], two[node]
        if a < 0 or one[a] >= 0 or one[b] >= 0:
            continue
        gain = rows[node] * spread[node] - rows[a] * spread[a] - rows[b] * spread[b]
        if gain <= penalty * spread[node]:
            one[node] = -1
    return laid_out(grown, one, two, features, order)


def laid_out(
    grown: Any, one: Any, two: Any, features: Any, order: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Number the nodes that are left, and sort rows so that each node has a range of them."""
    kept = [0]
    feature, code, left = [-1], [0], [0]
    start, stop = [0], [len(order)]
    place = 0
    while place < len(kept):
        node = kept[place]
        if one[node] >= 0:
            feature[place] = int(grown.feature[node])
            code[place] = int(grown.threshold[node])
            left[place] = len(kept)
            inside = order[start[place] : stop[place]]
            below = features[feature[place], inside] <= code[place]
            order[start[place] : stop[place]] = np.concatenate([inside[below], inside[~below]])
            middle = start[place] + int(below.sum())
            kept += [one[node], two[node]]
            feature += [-1, -1]
            code += [0, 0]
            left += [0, 0]
            start += [start[place], middle]
            stop += [middle, stop[place]]
        place += 1
    return (
        np.asarray(feature, np.int16),
        np.asarray(code, np.uint8),
        np.asarray(left, np.int32),
        np.asarray(start, np.int32),
        np.asarray(stop, np.int32),
    )


class Measured:
    """A grower that counts its processor time and leaves."""

    def __init__(self, grow: Grower) -> None:
        self.grow = grow
        self.seconds = 0.0
        self.leaves = 0

    def __call__(self, *arguments: Any) -> tuple[Any, ...]:
        began = time.thread_time()
        found = self.grow(*arguments)
        self.seconds += time.thread_time() - began
        self.leaves += int((found[0] < 0).sum())
        return found


def told_apart(real: pd.DataFrame, made: pd.DataFrame) -> float:
    """Return how well a classifier tells real rows from made ones, in three folds."""
    both = pd.concat([real, made], ignore_index=True)
    codes = pd.DataFrame(
        {
            name: both[name]
            if pd.api.types.is_numeric_dtype(both[name])
            else pd.factorize(both[name].astype(str))[0]
            for name in both.columns
            if pd.api.types.is_numeric_dtype(both[name]) or both[name].nunique() < 250
        }
    )
    answer = np.repeat([0, 1], [len(real), len(made)])
    model = HistGradientBoostingClassifier(max_iter=100, random_state=0)
    found = cross_val_predict(
        model,
        codes.to_numpy(np.float64, na_value=np.nan),
        answer,
        cv=StratifiedKFold(3, shuffle=True, random_state=0),
        method="predict_proba",
    )
    return float(roc_auc_score(answer, found[:, 1]))


def measure(data: synthkit.Dataset, grow: Grower) -> tuple[float, int, float]:
    """Return the seconds, the leaves, and how well rows are told apart, of a fit and a sample."""
    synthkit.fit(data, seed=1)
    measured = Measured(grow)
    forest.grow = measured
    try:
        model = synthkit.fit(data, seed=1)
    finally:
        forest.grow = COMPILED
    table = max(data.row_counts, key=data.row_counts.__getitem__)
    keys = {
        *(data.schema.table(table).primary_key or ()),
        *(name for key in data.schema.foreign_keys_of(table) for name in key.columns),
    }
    made = model.sample(seed=1).load().arrow(table).to_pandas()
    real = data.load().arrow(table).to_pandas()
    drop = [name for name in real.columns if name in keys]
    return (
        measured.seconds,
        measured.leaves,
        told_apart(real.drop(columns=drop), made.drop(columns=drop)),
    )


COMPILED: Grower = forest.grow


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="*", default=[DATA / "adult/train", DATA / "baseball/train"])
    parser.add_argument("--check", action="store_true", help="fail if scikit-learn is not slower")
    options = parser.parse_args()
    slower = True
    say(f"{'data':24}{'grower':16}{'seconds':>9}{'leaves':>9}{'told apart':>12}")
    for place in map(Path, options.data):
        data = synthkit.read(place)
        spent = []
        for name, grow in (("histograms", COMPILED), ("scikit-learn", pruned)):
            seconds, leaves, area = measure(data, grow)
            spent.append(seconds)
            short = "/".join(place.parts[-2:])
            say(f"{short:24}{name:16}{seconds:9.2f}{leaves:9,}{area:12.3f}")
        slower &= spent[0] < spent[1]
    return 1 if options.check and not slower else 0


if __name__ == "__main__":
    sys.exit(main())
