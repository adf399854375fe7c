"""What the lineage of generated data tells: by which generators, asked for what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from synthkit.generators.generate import Generated
from synthkit.history import History, Input, Part, Treatment

__all__ = ["generated_history"]


def generated_history(
    made: Generated, *, seed: int, request: Mapping[str, Any], inputs: Sequence[Input] = ()
) -> History:
    """Return the history of what generators make; ``request`` is what `generate` was given."""
    makers = made.makers
    columns = [
        Treatment(table.name, name, "generated", f"by {makers[table.name][0]}")
        for table in made.schema.tables
        for name in table.column_names
    ]
    parts = [Part("generators", name, owner) for name, owner in dict.fromkeys(makers.values())]
    return History(
        "generate",
        inputs=inputs,
        seed=seed,
        settings={name: each for name, each in request.items() if each},
        columns=columns,
        parts=parts,
        request=request,
    )
