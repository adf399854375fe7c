"""What the contract of values promises: pure, present, and without repeats where it says so."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from synthkit.plugins import installed_plugins
from synthkit.testing.process import in_another_process
from synthkit.values import ValueRegistry

__all__ = ["check_values"]

_COUNT = 400
_KEY = 5


def check_values(kind: str, *, locales: Sequence[str] = ("en_US",)) -> None:
    """Check an installed provider of values, or of rows, against the contract.

    It draws as many as were asked for, the same from the same random numbers, in a process with
    another hash seed too; its sequence without repeats has none, and any part of it can be made
    alone. Columns of rows are the same whatever is wanted beside them. 400 of each are looked at,
    by locale.

    Raises:
        AssertionError: A promise is broken; the message says which.
        UsageError: There is no such kind.
    """
    registry = ValueRegistry(installed_plugins())
    for locale in locales:
        _check_sequence(registry, kind, locale)
        if not registry.has(kind):
            _check_columns(registry, kind, locale)
        first = drawn(kind, locale)
        if first != drawn(kind, locale):
            raise AssertionError(f"{kind} ({locale}): equal arguments draw other values.")
        if first != in_another_process(f"{__name__}:drawn", kind, locale):
            raise AssertionError(f"{kind} ({locale}): another process draws other values.")


def drawn(kind: str, locale: str) -> str:
    """Return a digest of drawn values and of values without repeats."""
    registry = ValueRegistry(installed_plugins())
    rng = np.random.Generator(np.random.Philox(_KEY))
    if registry.has(kind):
        made = registry.draw(kind, _COUNT, rng, locale)
    else:
        made = registry.draw_rows(kind, _COUNT, rng, locale)
    found = [made.to_pylist(), _part(registry, kind, 0, _COUNT, locale)]
    return hashlib.sha256(repr(found).encode()).hexdigest()


def _check_sequence(registry: ValueRegistry, kind: str, locale: str) -> None:
    whole = _part(registry, kind, 0, _COUNT, locale)
    if len(whole) != _COUNT and registry.has(kind):
        raise AssertionError(f"{kind} ({locale}): its sequence ends after {len(whole)} values.")
    if len(set(map(repr, whole))) != len(whole):
        raise AssertionError(f"{kind} ({locale}): its sequence without repeats has repeats.")
    cut = len(whole) // 3
    parts = [
        *_part(registry, kind, 0, cut, locale),
        *_part(registry, kind, cut, len(whole) - cut, locale),
    ]
    if parts != whole:
        raise AssertionError(f"{kind} ({locale}): parts of its sequence are not the whole.")


def _check_columns(registry: ValueRegistry, kind: str, locale: str) -> None:
    """Check that each column alone, and all of them in another order, are those of the rows."""

    def rows(columns: Sequence[str] | None) -> tuple[pa.Table, pa.Table]:
        rng = np.random.Generator(np.random.Philox(_KEY))
        return (
            registry.draw_rows(kind, _COUNT, rng, locale, columns),
            registry.distinct_rows(kind, 1, _COUNT // 4, _KEY, locale, columns),
        )

    whole = rows(None)
    names = whole[0].column_names
    for wanted in (*([name] for name in names), names[::-1]):
        for alone, together in zip(rows(wanted), whole, strict=True):
            for name in wanted:
                if alone[name].to_pylist() != together[name].to_pylist():
                    beside = "alone" if len(wanted) == 1 else "in another order"
                    raise AssertionError(
                        f"{kind} ({locale}): the column {name!r} is another one where it is "
                        f"wanted {beside}."
                    )


def _part(registry: ValueRegistry, kind: str, start: int, count: int, locale: str) -> list[object]:
    made: pa.Array | pa.Table
    if registry.has(kind):
        made = registry.distinct(kind, start, count, _KEY, locale)
    else:
        made = registry.distinct_rows(kind, start, count, _KEY, locale)
    return list(made.to_pylist())
