"""``--edge-cases`` and ``--invalid`` of the commands that make data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from synthkit.errors import UsageError

if TYPE_CHECKING:
    from synthkit.cli.terminal import Terminal
    from synthkit.dataset import Dataset
    from synthkit.edge_cases import EdgeCases

__all__ = ["placed", "tell_cases"]

Data = TypeVar("Data", bound="Dataset")


def placed(data: Data, asked: str | None, seed: int, *, invalid: bool) -> Data | EdgeCases:
    """Return the data set with the cases that are asked for, if any."""
    if asked is None:
        if invalid:
            raise UsageError(
                "--invalid says of which kind edge cases may be, and none are asked for.",
                hint="Add --edge-cases 0.02.",
            )
        return data
    from synthkit.edge_cases import read_wish, with_edge_cases

    wish = read_wish(asked, invalid=invalid)
    return with_edge_cases(data, wish.share, kinds=wish.kinds, invalid=wish.invalid, seed=seed)


def tell_cases(data: Dataset, terminal: Terminal) -> dict[str, Any]:
    """Say which cases were written and which did not fit; return them for JSON."""
    from synthkit.edge_cases import FILE, EdgeCases

    if not isinstance(data, EdgeCases):
        return {}
    counts, notes = data.counts, data.notes
    listed = ", ".join(f"{kind} {count:,}" for kind, count in counts.items()) or "none"
    terminal.say(f"Edge cases, row by row in {FILE}: {listed}.")
    for note in notes:
        terminal.say(f"Note: {note}.")
    return {"edge_cases": {"counts": counts, "notes": notes}}
