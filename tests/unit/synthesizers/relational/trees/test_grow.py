"""A tree splits where there is something to learn, and hardly ever where there is nothing."""

from __future__ import annotations

import numpy as np

from synthkit.synthesizers.relational.trees.embedding import LANES, embed, order_categories
from synthkit.synthesizers.relational.trees.grow import grow


def tree(
    features: np.ndarray, target: np.ndarray, *, ordered: bool = True, penalty: float = 4.0
) -> tuple[np.ndarray, ...]:
    embedding = embed(target, ordered, np.random.default_rng(0))
    order = np.arange(len(target), dtype=np.int32)
    columns = np.zeros((len(features) + 1, len(target)), np.uint8)
    columns[:-1] = features
    found = grow(columns, target, embedding.words, embedding.weights, order, penalty, 5)
    return (*found, order)


def test_a_dependence_is_found_where_it_is() -> None:
    rng = np.random.default_rng(1)
    features = rng.integers(1, 100, (3, 2_000))
    target = np.where(features[1] <= 40, 1, 2).astype(np.uint8)
    feature, code, left, start, stop, order = tree(features, target, ordered=False)
    assert feature[0] == 1
    assert code[0] == 40
    below = order[start[left[0]] : stop[left[0]]]
    assert set(target[below]) == {1}
    assert len(feature) == 3


def test_the_penalty_pays_for_the_search() -> None:
    """Nothing depends on anything in 200 data sets of 500 rows and 3 features of 8 codes.

    Without a penalty every root splits. The default must spare more than half of them: were the
    share a half, fewer than 74 of 200 would have a chance under 1e-4 (exact binomial).
    """
    found = {0.0: 0, 4.0: 0, 8.0: 0}
    for seed in range(200):
        rng = np.random.default_rng(seed)
        features = rng.integers(1, 9, (3, 500))
        target = rng.integers(1, 200, 500).astype(np.uint8)
        for penalty in found:
            found[penalty] += len(tree(features, target, penalty=penalty)[0]) > 1
    assert found[0.0] == 200
    assert found[4.0] < 74
    assert found[8.0] < found[4.0] / 4


def test_a_weak_dependence_is_found_in_a_large_table_as_in_a_small_one() -> None:
    """A large node is searched on a part of its rows, which asks for no stronger dependence.

    The target is one of two labels, with 44% on one side of the feature and 56% on the other:
    among the 2,500 rows or more that are looked at the difference is six standard errors.
    """
    rng = np.random.default_rng(6)
    for rows in (5_000, 100_000):
        features = rng.integers(1, 101, (1, rows))
        target = 1 + (rng.random(rows) < np.where(features[0] <= 50, 0.44, 0.56))
        found = tree(features, target.astype(np.uint8), ordered=False)
        assert len(found[0]) > 1
        assert 30 < found[1][0] < 70


def test_every_node_owns_its_rows() -> None:
    rng = np.random.default_rng(3)
    features = rng.integers(1, 50, (2, 3_000))
    target = (features[0] + rng.integers(0, 5, 3_000)).astype(np.uint8)
    feature, code, left, start, stop, order = tree(features, target)
    assert sorted(order) == list(range(3_000))
    for node in np.flatnonzero(feature >= 0):
        inside = order[start[node] : stop[node]]
        one, two = left[node], left[node] + 1
        assert (start[one], stop[two]) == (start[node], stop[node])
        assert stop[one] == start[two]
        goes_left = features[feature[node], inside] <= code[node]
        assert goes_left.sum() == stop[one] - start[one]
        assert min(goes_left.sum(), (~goes_left).sum()) >= 5


def test_categories_alike_lie_together() -> None:
    """Labels 1, 4, 7 go with one answer and 2, 5, 8 with another: one cut must part them."""
    rng = np.random.default_rng(4)
    labels = rng.choice([1, 2, 4, 5, 7, 8], 2_000).astype(np.uint8)
    target = np.where(labels % 3 == 1, 1, 2).astype(np.uint8)
    mapping = order_categories(labels, target, embed(target, False, rng).vectors)
    one, two = mapping[[1, 4, 7]], mapping[[2, 5, 8]]
    assert one.max() < two.min() or two.max() < one.min()
    assert sorted(mapping) == list(range(256))


def test_embeddings_are_centred_and_tell_codes_apart() -> None:
    rng = np.random.default_rng(5)
    codes = rng.choice([0, 1, 2, 3, 200], 4_000, p=[0.1, 0.4, 0.3, 0.1, 0.1]).astype(np.uint8)
    for ordered in (True, False):
        vectors = embed(codes, ordered, rng).vectors[codes]
        assert np.abs(vectors.mean(0)).max() < 1e-4
        assert len(np.unique(vectors.round(5), axis=0)) == 5


def test_words_hold_the_vectors_as_whole_numbers() -> None:
    """Weighted squares of what words add up to are the squared lengths of vectors added up.

    The rank is a whole number of 16 bits, so one of up to 2 in length may be off by 2 / 65,535.
    """
    rng = np.random.default_rng(6)
    for labels in (2, 9, 10, 200):
        codes = rng.integers(0, labels + 1, 4_000).astype(np.uint8)
        for ordered in (True, False):
            made = embed(codes, ordered, rng)
            lanes = made.words.view(np.uint16).astype(float)
            assert (lanes[:, 0] == 1).all()
            one, two = lanes[codes[:2_000]].sum(0), lanes[codes[2_000:]].sum(0)
            ranks = (made.words[codes, 2] >> np.uint64(32)).astype(float).reshape(2, -1).sum(1)
            apart = np.append((one - two)[:LANES], ranks[0] - ranks[1])
            found = np.sqrt((apart**2 * made.weights).sum())
            halves = made.vectors[codes].reshape(2, 2_000, -1).sum(1)
            assert abs(found - np.linalg.norm(halves[0] - halves[1])) < 2_000 * 2 / 65_535


def test_a_split_has_the_gain_of_its_definition() -> None:
    """The first split is the one that a search over all of them finds, by sums of squares."""
    rng = np.random.default_rng(7)
    features = rng.integers(0, 30, (6, 400)).astype(np.uint8)
    target = (features[3] // 3 + rng.integers(0, 12, 400)).astype(np.uint8)
    for ordered in (True, False):
        vectors = embed(target, ordered, np.random.default_rng(0)).vectors[target]
        best = (0.0, 0, 0)
        for feature in range(6):
            for code in range(29):
                left = features[feature] <= code
                if 5 <= left.sum() <= 395:
                    apart = vectors[left].mean(0) - vectors[~left].mean(0)
                    gain = (apart**2).sum() * left.sum() * (~left).sum() / 400
                    best = max(best, (gain, feature, code))
        found = tree(features, target, ordered=ordered)
        assert (found[0][0], found[1][0]) == best[1:]
