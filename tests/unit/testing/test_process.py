"""A process with another hash seed: what depends on it differs, what fails is shown."""

from __future__ import annotations

import pytest

from synthkit.testing.process import in_another_process


@pytest.mark.parametrize("seed", ["1", "2"])
def test_hash_seeds_differ(seed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", seed)
    assert in_another_process("os:getenv", "PYTHONHASHSEED") not in (None, seed)


def test_a_failure_is_shown() -> None:
    with pytest.raises(AssertionError, match="JSONDecodeError"):
        in_another_process("json:loads", "{")
