import numpy as np
import pytest

from synthkit.metrics.privacy.attacks import inference, linkability, membership
from synthkit.randomness import Streams


def test_an_attacker_knows_a_row_its_children_or_both(view):
    found = list(inference(view(1, 2, 1), Streams(1)))
    assert {each.known for each in found} == {"own", "children", "both"}
    assert {each.secret for each in found} == {"age", "income", "height", "region", "born"}
    assert [each.known for each in linkability(view(1, 2, 1), Streams(1))] == ["both"]
    assert [each.known for each in membership(view(1, 2, 1), Streams(1))] == ["own", "both"]


def test_copies_give_the_secret_away(view):
    for each in inference(view(1, 2, 1), Streams(1)):
        assert each.success.value == 1.0
        assert each.risk.low > 0.5


def test_a_true_pattern_is_no_leak(view):
    """Who knows when someone was born knows the age: of held-out people as well."""
    found = list(inference(view(1, 2, 3, sizes=(400, 400, 4000)), Streams(1)))
    age = next(each for each in found if each.secret == "age" and each.known == "own")
    assert age.success.value > 0.5
    assert age.control.value > 0.5
    assert age.risk.low == 0.0


def test_halves_of_a_copied_row_lead_to_one_row(view):
    copied = next(iter(linkability(view(1, 2, 1), Streams(1))))
    assert copied.success.value == 1.0
    assert copied.control.high < 0.1
    fresh = next(iter(linkability(view(1, 2, 3), Streams(1))))
    assert fresh.risk.low == 0.0


def test_a_table_without_children_is_linked_by_halves_of_its_columns(view):
    found = next(iter(linkability(view(1, 2, 1, table="purchases"), Streams(1))))
    assert found.known == "own"
    assert found.risk.low > 0


def test_members_are_recognised_by_their_copies(view):
    for each in membership(view(1, 2, 1), Streams(1)):
        assert each.auc.value == pytest.approx(1.0)
    for each in membership(view(1, 2, 3), Streams(1)):
        assert each.auc.low < 0.5 < each.auc.high


def test_the_same_seed_gives_the_same_numbers(view):
    given = view(1, 2, 3, sizes=(900, 900, 900))
    again = list(inference(given, Streams(4)))
    assert list(inference(given, Streams(4))) == again
    assert list(inference(given, Streams(5))) != again


def test_missing_values_are_guessed_as_missing(view):
    given = view(1, 2, 1)
    for side in (given.train, given.holdout, given.synthetic):
        side.values[:, 1] = np.nan
        side.places[:, 1] = -1
    found = {each.known: each for each in inference(given, Streams(1)) if each.secret == "income"}
    assert found["own"].success.value == found["own"].control.value == 1.0
    assert found["own"].risk.value == 0.0
