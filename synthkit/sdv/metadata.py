"""SDV's Metadata, of schemas of any shape, and which of its parts go into a model file."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from sdv.errors import SynthesizerInputError
from sdv.metadata import Metadata

__all__ = ["AnyShape", "without_values"]

_VALUES = ("range_min", "range_max", "range_values")


class AnyShape(Metadata):  # type: ignore[misc] # SDV has no types
    """Metadata whose tables may refer to themselves, or to each other in a circle."""

    @classmethod
    def of(cls, metadata: Any) -> AnyShape:
        """Copy SDV's metadata; `SynthesizerInputError` for what is none."""
        if not callable(getattr(metadata, "to_dict", None)):
            raise SynthesizerInputError(
                f"Metadata is expected, not a {type(metadata).__name__}. "
                "Metadata.load_from_dict makes one of a dict, Metadata.detect_from_dataframes "
                "one of data."
            )
        made: AnyShape = cls.load_from_dict(metadata.to_dict())
        return made

    def _validate_child_map_circular_relationship(self, child_map: Any) -> None:
        """Find nothing wrong: SDV's own models need trees, ours does not."""


def without_values(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return metadata, as a dict, without the values of the data that SDV's detection puts in.

    The order of an ordinal column of text stays: it says what its labels mean.
    """
    made = copy.deepcopy(dict(content))
    for table in made["tables"].values():
        for column in table["columns"].values():
            order = column.get("range_values", ()) if column["sdtype"] == "ordinal" else ()
            if not any(isinstance(value, str) for value in order):
                for name in _VALUES:
                    column.pop(name, None)
    return made
