import numpy as np
import pytest
from sklearn.decomposition import PCA

from synthkit.reports.sections import embeddings


def test_rows_lie_on_the_principal_components_of_the_real_ones(inputs):
    rows = {name: np.arange(200) for name in inputs.sides}
    points, explained = embeddings.project(inputs.sides, "customers", rows)
    features = embeddings._features(inputs.sides, "customers", rows)
    expected = PCA(2).fit(features["real"])
    assert explained == pytest.approx(tuple(expected.explained_variance_ratio_))
    made = np.abs(expected.transform(features["synthetic"]))
    assert np.abs(points["synthetic"]) == pytest.approx(made, abs=1e-8)
