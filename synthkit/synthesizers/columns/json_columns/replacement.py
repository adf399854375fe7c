"""Documents made anew, as one of the ways to make a column anew."""

from __future__ import annotations

import json
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.contracts.values import Values
from synthkit.synthesizers.columns.cells import Cells, Made, missing_share
from synthkit.synthesizers.columns.crowd import LEAST, Crowd
from synthkit.synthesizers.columns.json_columns.learning import Learner, Place
from synthkit.synthesizers.columns.json_columns.parts import Mixture, Pen

__all__ = ["JsonReplacement", "learn_json"]

_ROWS = 50_000
"""Documents that are learned from; of more, as many are taken evenly."""
_LOOKED_AT = 200
"""Documents that show whether spaces stand between values."""
_UNREADABLE = object()


class JsonReplacement(Made):
    """JSON documents: structure and labels as seen, all other values made anew."""

    kind: Literal["json"] = "json"
    root: Mixture
    compact: bool = False
    ascii: bool = True

    def make(self, cells: Cells) -> pa.Array:
        """Return the documents of some rows, all of them valid JSON."""
        return self._gaps(self.root.make(cells, Pen(self.compact, self.ascii)), cells.rng)


def learn_json(seen: pa.ChunkedArray, kinds: Values, crowd: Crowd | None = None) -> JsonReplacement:
    """Learn the structure of documents; text that is no JSON is passed over.

    ``crowd`` tells whom the documents are about; without it, each is about someone else.
    """
    present = pc.drop_null(seen)
    few = min(len(present), LEAST)
    about = (crowd or Crowd.of_rows(len(seen), few)).present(seen)
    step = max(1, -(-len(present) // _ROWS))
    chosen = np.arange(0, len(present), step)
    chosen = chosen[np.argsort(about.owners[chosen], kind="stable")]
    owners = about.owners[chosen].tolist()
    texts = present.take(pa.array(chosen)).to_pylist()
    rows = [
        (owner, text, value)
        for owner, text in zip(owners, texts, strict=True)
        if (value := _value(text)) is not _UNREADABLE
    ]
    read = [(text, value) for _, text, value in rows]
    compact = [text == _compact(text, value) for text, value in read[:_LOOKED_AT]]
    ascii_only = all(text.isascii() for text, _ in read)
    learner = Learner(kinds, about.least, ascii_only=ascii_only)
    return JsonReplacement(
        missing=missing_share(seen),
        root=learner.mixture(
            Place(), [owner for owner, _, _ in rows], [value for _, _, value in rows]
        ),
        compact=2 * sum(compact) > len(compact),
        ascii=ascii_only,
    )


def _value(text: str) -> Any:
    """Return the value of a document, if it is JSON and all of it can be written again."""
    try:
        value = json.loads(text)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return _UNREADABLE
    return value


def _compact(text: str, value: Any) -> str:
    return json.dumps(value, ensure_ascii=text.isascii(), separators=(",", ":"))
