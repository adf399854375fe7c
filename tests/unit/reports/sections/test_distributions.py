import numpy as np

from synthkit.reports.sections.distributions import Distributions


def test_the_column_that_is_off_comes_first(inputs):
    section = Distributions().build(inputs, np.random.default_rng(1))
    customers = next(part for part in section.parts if part.title == "customers")
    first = customers.plots[0].grid.rows[0]
    assert first[0] == "spent"
    assert first[2] < 0.7
    assert "customers.spent" in section.text
    assert "spent" in customers.plots[0].alt
