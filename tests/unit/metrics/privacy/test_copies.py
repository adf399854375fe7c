import pytest

from synthkit.metrics.privacy.copies import copies


def test_shares_of_copies_are_counted(view):
    given = view(1, 2, 1)
    found = copies(given)
    assert found is not None
    assert (found.synthetic.value, found.base.value) == (1.0, 0.0)
    assert found.gain.value == 1.0
    given.synthetic.values[:90, 1] += 1  # other incomes: no copies any more
    assert copies(given).synthetic.value == pytest.approx(210 / 300)


def test_what_chance_gives_is_no_copying(view):
    """Held-out rows are found as often as synthetic ones."""
    found = copies(view(1, 1, 1))
    assert found is not None
    assert found.base.value == 1.0
    assert found.gain.value == 0.0


def test_a_table_of_few_columns_is_left_out(view):
    given = view(1, 2, 1)
    narrow = type(given)(
        given.table,
        given.columns,
        given.kinds,
        ("own",) * 3 + ("children",) * 99,
        given.train,
        given.holdout,
        given.synthetic,
    )
    assert copies(narrow) is None
