import os

from synthkit.processors import cores


def test_there_is_a_core() -> None:
    assert 1 <= cores() <= (os.cpu_count() or 1)
