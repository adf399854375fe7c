from synthkit.metrics.privacy.singling import singling_out
from synthkit.randomness import Streams


def test_what_is_unique_among_copies_points_at_one_learned_row(view):
    for found in singling_out(view(1, 2, 1), Streams(1)):
        assert found.success.value == 1.0
        assert found.risk.low > 0.5


def test_what_is_unique_by_chance_points_at_no_one_more_than_at_others(view):
    for found in singling_out(view(1, 2, 3), Streams(1)):
        assert found.risk.low == 0.0


def test_the_sizes_of_the_sides_do_not_matter(view):
    for found in singling_out(view(1, 2, 3, sizes=(1200, 300, 300)), Streams(1)):
        assert found.risk.low == 0.0
