"""Tells drawn entities from real ones: randomised trees over coded features, as plain arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from synthkit.compiled import compiled

__all__ = ["MOST_ATTEMPTS", "Discriminator", "learn_discriminator"]

Codes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
_NAMES = ("roots", "feature", "threshold", "left", "value")
_TREES = 80
_DEPTH = 10
_LEAF = 5
"""Entities in a leaf, at least, times the number that must share what is stored."""
_LEAVES = 200
"""Leaves of a tree, at most."""
_FEATURES = 0.75
"""Share of the features that each split chooses from."""
_HELD_OUT = 0.3
"""Share of both kinds that no tree learns from: they say how far the trees are believed."""
_SURE = 1.645
"""Standard errors by which the trees must tell held-out entities better than chance does."""
_SLOPES = np.linspace(0.25, 3.0, 12)
_TOP = 0.97
"""Quantile of the odds of drawn entities that are kept always: the M of rejection sampling."""
MOST_ATTEMPTS = 4
"""Entities that are drawn for each that is kept, at most."""
_SHORT = 0.25
"""Of that number, what may be missing: the least likely of a few entities are kept then."""
_LEAST = 1e-3
"""How likely any entity is real, and how likely it is kept, at least."""


@dataclass(frozen=True)
class Discriminator:
    """Trees whose mean is how likely an entity is real, where half of all are.

    ``roots`` are the first nodes; where ``feature`` is not below zero, codes up to ``threshold``
    go to node ``left``, others to the one after; ``value`` is the share of real entities of a
    leaf. ``slope`` is what log odds are multiplied by (Platt 1999, without a shift). Drawn
    entities are kept with probability exp(log odds - top), 1 at most; ``attempts`` are drawn for
    each that is kept.
    """

    roots: npt.NDArray[np.int32]
    feature: npt.NDArray[np.int32]
    threshold: Codes
    left: npt.NDArray[np.int32]
    value: Numbers
    slope: float = 1.0
    top: float = 0.0
    attempts: int = 1

    def log_odds(self, codes: Codes) -> Numbers:
        """Return the log odds of entities (features, entities) to be real."""
        total = np.zeros(codes.shape[1])
        entities = np.ascontiguousarray(codes.T)
        _add_leaves(
            self.roots, self.feature, self.threshold, self.left, self.value, entities, total
        )
        share = np.clip(total / len(self.roots), _LEAST, 1 - _LEAST)
        return np.asarray(self.slope * np.log(share / (1 - share)), np.float64)

    def chances(self, codes: Codes) -> Numbers:
        """Return with which probability drawn entities (features, entities) are kept."""
        return np.maximum(np.exp(np.minimum(self.log_odds(codes) - self.top, 0.0)), _LEAST)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the arrays by name."""
        return {name: getattr(self, name) for name in _NAMES}

    def to_json(self) -> dict[str, Any]:
        """Return all but the arrays."""
        return {"slope": self.slope, "top": self.top, "attempts": self.attempts}

    @classmethod
    def restored(cls, data: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> Self:
        """Return what `to_json` and `arrays` gave."""
        return cls(
            **{name: arrays[name] for name in _NAMES},
            slope=float(data["slope"]),
            top=float(data["top"]),
            attempts=int(data["attempts"]),
        )


def learn_discriminator(
    real: Codes, drawn: Codes, protect: int, rng: np.random.Generator
) -> Discriminator | None:
    """Learn to tell drawn entities from real ones; None if held-out ones cannot be told.

    Args:
        real: uint8 (features, entities).
        drawn: uint8 (features, entities).
        protect: entities that must share what is stored.
        rng: splits both, and draws the trees.
    """
    codes = np.concatenate([real, drawn], axis=1)
    is_real = np.arange(codes.shape[1]) < real.shape[1]
    weights = np.where(is_real, 0.5 / real.shape[1], 0.5 / drawn.shape[1]) * codes.shape[1]
    held = _held_out(is_real, rng)
    least = max(_LEAF * protect, -(-codes.shape[1] // _LEAVES))
    if not len(codes) or min(is_real[~held].sum(), (~is_real[~held]).sum()) < least:
        return None
    trees = _grown(codes[:, ~held], is_real[~held], weights[~held], least, rng)
    found = _believed(trees, codes[:, held], is_real[held], weights[held])
    if found is None:
        return None
    top = float(np.quantile(found.log_odds(drawn), _TOP))
    kept = float(replace(found, top=top).chances(drawn).mean())
    attempts = int(np.clip(np.ceil(1 / kept - _SHORT), 2, MOST_ATTEMPTS))
    return replace(found, top=top, attempts=attempts)


def _believed(
    trees: Discriminator, codes: Codes, is_real: Mask, weights: Numbers
) -> Discriminator | None:
    """Choose the slope that tells held-out entities best; None if none tells them."""
    log_odds = trees.log_odds(codes)
    losses = [np.logaddexp(0.0, np.where(is_real, -1, 1) * slope * log_odds) for slope in _SLOPES]
    best = int(np.argmin([float((weights * loss).sum()) for loss in losses]))
    gained = weights * (np.log(2.0) - losses[best])
    if gained.mean() <= _SURE * gained.std() / np.sqrt(len(gained)):
        return None
    return replace(trees, slope=float(_SLOPES[best]))


def _held_out(is_real: Mask, rng: np.random.Generator) -> Mask:
    held = np.zeros(len(is_real), np.bool_)
    for kind in (True, False):
        places = np.flatnonzero(is_real == kind)
        held[rng.permutation(places)[: round(_HELD_OUT * len(places))]] = True
    return held


def _grown(
    codes: Codes, is_real: Mask, weights: Numbers, least: int, rng: np.random.Generator
) -> Discriminator:
    """Grow extremely randomised trees (Geurts, Ernst, Wehenkel 2006).

    They cut at random: no threshold is that of an entity. Few entities are told better by them
    than by boosted trees.
    """
    from sklearn.ensemble import ExtraTreesClassifier

    grown = ExtraTreesClassifier(
        n_estimators=_TREES,
        max_depth=_DEPTH,
        min_samples_leaf=least,
        max_features=_FEATURES,
        random_state=int(rng.integers(2**31)),
    ).fit(codes.T, is_real, weights)
    roots = np.cumsum([0, *(tree.tree_.node_count for tree in grown.estimators_)])[:-1]
    parts = [
        _side_by_side(tree.tree_, root) for tree, root in zip(grown.estimators_, roots, strict=True)
    ]
    feature, threshold, left, value = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Discriminator(roots.astype(np.int32), feature, threshold, left, value)


def _side_by_side(tree: Any, before: int) -> tuple[npt.NDArray[Any], ...]:
    """Return feature, threshold, left and value of nodes, the two below each side by side."""
    order = [0]
    for node in order:
        if tree.children_left[node] >= 0:
            order += [int(tree.children_left[node]), int(tree.children_right[node])]
    place = np.zeros(len(order), np.int64)
    place[order] = np.arange(len(order))
    below = tree.children_left[order]
    inner = below >= 0
    told = tree.value[order, 0]
    return (
        np.where(inner, tree.feature[order], -1).astype(np.int32),
        np.where(inner, np.floor(tree.threshold[order]), 0).astype(np.uint8),
        np.where(inner, before + place[below], 0).astype(np.int32),
        np.where(inner, 0.0, told[:, 1] / told.sum(1)),
    )


@compiled
def _add_leaves(
    roots: Any, feature: Any, threshold: Any, left: Any, value: Any, codes: Any, total: Any
) -> None:
    """Add to each entity's total the value of its leaf in every tree."""
    for entity in range(len(codes)):
        for root in roots:
            node = root
            while feature[node] >= 0:
                right = codes[entity, feature[node]] > threshold[node]
                node = left[node] + (1 if right else 0)
            total[entity] += value[node]
