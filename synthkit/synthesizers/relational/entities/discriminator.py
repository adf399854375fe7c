"""Tells drawn entities from real ones: a logistic regression over coded features."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

__all__ = ["Discriminator", "learn_discriminator"]

Codes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
_ARRAYS = ("feature", "code", "middle", "spread", "weight")
_ITSELF, _SQUARE = -1, -2
_LABELS = 8
"""Labels of a feature that count, the commonest."""
_FARTHEST = 3.0
"""Standard deviations from the mean that count, at most."""
_STRENGTHS = (0.001, 0.003, 0.01, 0.03)
"""How far weights may go: scikit-learn's C."""
_FOLDS = 5
_SURE = 1.645
"""Standard errors by which held-out entities must be told better than by chance."""
_LEAK = 0.56
"""How often, at most, a learned entity may seem likelier than one held out: the area under the ROC
curve of whoever has the model, and asks who was learned. By chance it is .5."""
_TOP = 0.97
"""Quantile of the odds of drawn entities that are kept always: the M of rejection sampling."""
_MOST_ATTEMPTS = 4
_SHORT = 0.25
"""Of the number of attempts, what may be missing: of a few entities the least likely are kept."""
_LEAST = 1e-3


@dataclass(frozen=True)
class Discriminator:
    """A sum of terms that is how likely an entity is real, where half of all are, as log odds.

    Each term is a ``weight`` times, by ``code``: -1, a feature's code less its ``middle``, over its
    ``spread``; -2, the square of that; else 1 where the feature has this code. Drawn entities are
    kept with probability exp(log odds - top), 1 at most; ``attempts`` are drawn for each kept.
    """

    feature: npt.NDArray[np.int32]
    code: npt.NDArray[np.int16]
    middle: Numbers
    spread: Numbers
    weight: Numbers
    bias: float = 0.0
    top: float = 0.0
    attempts: int = 1

    def log_odds(self, codes: Codes) -> Numbers:
        """Return the log odds of entities (features, entities) to be real.

        Terms are added up one after the other: any process gets the same sums.
        """
        total = np.full(codes.shape[1], self.bias)
        for number, weight in enumerate(self.weight):
            total += weight * self._term(number, codes)
        return total

    def terms(self, codes: Codes) -> Numbers:
        """Return float64 (terms, entities), before weights."""
        return np.stack([self._term(number, codes) for number in range(len(self.weight))])

    def _term(self, number: int, codes: Codes) -> Numbers:
        code, values = self.code[number], codes[self.feature[number]]
        if code >= 0:
            return np.asarray(values == code, np.float64)
        apart = (values - self.middle[number]) / self.spread[number]
        apart = np.clip(apart, -_FARTHEST, _FARTHEST)
        return np.asarray(apart if code == _ITSELF else apart * apart, np.float64)

    def chances(self, codes: Codes) -> Numbers:
        """Return with which probability drawn entities (features, entities) are kept."""
        return np.maximum(np.exp(np.minimum(self.log_odds(codes) - self.top, 0.0)), _LEAST)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the arrays by name."""
        return {name: getattr(self, name) for name in _ARRAYS}

    def to_json(self) -> dict[str, Any]:
        """Return all but the arrays."""
        return {"bias": self.bias, "top": self.top, "attempts": self.attempts}

    @classmethod
    def restored(cls, data: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> Self:
        """Return what `to_json` and `arrays` gave."""
        return cls(
            **{name: arrays[name] for name in _ARRAYS},
            bias=float(data["bias"]),
            top=float(data["top"]),
            attempts=int(data["attempts"]),
        )


def learn_discriminator(
    real: Codes, drawn: Codes, ordered: Mask, fewest: int, rng: np.random.Generator
) -> Discriminator | None:
    """Learn to tell drawn entities from real ones.

    None if held-out ones cannot be told, or only by what also tells which ones were learned.

    Args:
        real: uint8 (features, entities).
        drawn: uint8 (features, entities).
        ordered: for each feature whether its codes have an order.
        fewest: entities of each kind in each fold, and with each label that counts, at least.
        rng: deals both to folds.
    """
    codes = np.concatenate([real, drawn], axis=1)
    is_real = np.arange(codes.shape[1]) < real.shape[1]
    weights = np.where(is_real, 0.5 / real.shape[1], 0.5 / drawn.shape[1]) * codes.shape[1]
    fold = _folds(is_real, rng)
    empty = _unweighted(codes, ordered, fewest)
    if not len(empty.weight) or min(real.shape[1], drawn.shape[1]) < _FOLDS * fewest:
        return None
    best: tuple[float, float] | None = None
    for strength in _STRENGTHS:
        log_odds, leak = _crossed(empty, codes, is_real, weights, fold, strength)
        losses = np.logaddexp(0.0, np.where(is_real, -log_odds, log_odds))
        gained = weights * (np.log(2.0) - losses)
        sure = gained.mean() > _SURE * gained.std() / np.sqrt(len(gained))
        if sure and leak <= _LEAK and (best is None or gained.mean() > best[0]):
            best = float(gained.mean()), strength
    if best is None:
        return None
    return _with_chances(_weighted(empty, codes, is_real, weights, best[1]), drawn)


def _crossed(
    empty: Discriminator,
    codes: Codes,
    is_real: Mask,
    weights: Numbers,
    fold: npt.NDArray[np.int64],
    strength: float,
) -> tuple[Numbers, float]:
    """Return log odds of all, each learned from the other folds, and how far these leak."""
    result, leaks = np.zeros(len(fold)), []
    for number in range(_FOLDS):
        held = fold == number
        found = _weighted(empty, codes[:, ~held], is_real[~held], weights[~held], strength)
        log_odds = found.log_odds(codes)
        result[held] = log_odds[held]
        leaks.append(_told_apart(log_odds[is_real & ~held], log_odds[is_real & held]))
    return result, float(np.mean(leaks))


def _with_chances(found: Discriminator, drawn: Codes) -> Discriminator:
    """Choose what is always kept, and so how many are drawn for each that is kept."""
    found = replace(found, top=float(np.quantile(found.log_odds(drawn), _TOP)))
    kept = float(found.chances(drawn).mean())
    return replace(found, attempts=int(np.clip(np.ceil(1 / kept - _SHORT), 2, _MOST_ATTEMPTS)))


def _folds(is_real: Mask, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Deal real and drawn ones to folds."""
    fold = np.zeros(len(is_real), np.int64)
    for kind in (True, False):
        places = np.flatnonzero(is_real == kind)
        fold[rng.permutation(places)] = np.arange(len(places)) % _FOLDS
    return fold


def _unweighted(codes: Codes, ordered: Mask, fewest: int) -> Discriminator:
    """Return the terms that features have, without their weights."""
    terms: list[tuple[int, int, float, float]] = []
    for feature, (values, is_ordered) in enumerate(zip(codes, ordered, strict=True)):
        if is_ordered:
            spread = float(values.std())
            about = float(values.mean()), spread
            terms += [(feature, kind, *about) for kind in (_ITSELF, _SQUARE) if spread > 0]
        else:
            counts = np.bincount(values, minlength=256)
            common = np.argsort(-counts, kind="stable")[:_LABELS]
            rest = len(values) - counts
            kept = [int(code) for code in common if min(counts[code], rest[code]) >= fewest]
            terms += [(feature, code, 0.0, 1.0) for code in kept]
    feature_, code_, middle, spread_ = np.asarray(terms, np.float64).reshape(-1, 4).T
    return Discriminator(
        feature_.astype(np.int32), code_.astype(np.int16), middle, spread_, np.zeros(len(terms))
    )


def _weighted(
    empty: Discriminator, codes: Codes, is_real: Mask, weights: Numbers, strength: float
) -> Discriminator:
    """Return a discriminator with weights, those of standardised terms being held small."""
    from sklearn.linear_model import LogisticRegression

    terms = empty.terms(codes)
    middle, spread = terms.mean(1), np.maximum(terms.std(1), 1e-9)
    rows = ((terms - middle[:, None]) / spread[:, None]).T
    found = LogisticRegression(C=strength, solver="newton-cholesky").fit(rows, is_real, weights)
    weight = found.coef_[0] / spread
    bias = float(found.intercept_[0] - (weight * middle).sum())
    return replace(empty, weight=np.asarray(weight, np.float64), bias=bias)


def _told_apart(learned: Numbers, held: Numbers) -> float:
    """Return how often a learned one has the higher value (area under the ROC curve)."""
    order = np.sort(held)
    below = np.searchsorted(order, learned, "left") + np.searchsorted(order, learned, "right")
    return float(below.mean() / (2 * len(held)))
