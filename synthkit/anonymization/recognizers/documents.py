"""Columns whose values hold more than one thing: JSON, free text; and dates of birth."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.contracts.recognizer import ColumnSample, Finding
from synthkit.schema.infer.types.shapes import all_json

__all__ = ["Births", "Documents"]

_WORDS = 5
_PROSE = 0.3


class Documents:
    """Finds JSON and free text, in which anything may stand."""

    def recognize(self, sample: ColumnSample, locales: Sequence[str]) -> Sequence[Finding]:
        """Return json or text; surer than a name in a list, less sure than a form."""
        values = sample.values
        if sample.column.storage != "string" or not len(values):
            return []
        begun = pc.match_substring_regex(values, r"^\s*[{\[]")
        some = values.filter(begun)
        if len(some) >= 0.8 * len(values) and (all_json(values) or sample.column.format == "json"):
            return [Finding("json", 0.99, "every value is JSON")]
        if len(some) >= 0.5 * len(values) and all_json(some[:50]):
            return [Finding("json", 0.85, "most values are JSON, some are not")]
        gaps = pc.count_substring_regex(values, r"\S\s+\S")
        prose = pc.mean(pc.greater_equal(gaps, _WORDS // 2)).as_py()
        long = pc.mean(pc.greater_equal(pc.utf8_length(values), 30)).as_py()
        dense = pc.mean(pc.greater_equal(pc.utf8_length(values), 60)).as_py()
        if (prose >= _PROSE and long >= _PROSE) or dense >= 0.5:
            return [Finding("text", 0.81, "free text, in which people may be spoken of")]
        return []


class Births:
    """Finds dates of birth: they spread over the ages of people, and end before today."""

    def recognize(self, sample: ColumnSample, locales: Sequence[str]) -> Sequence[Finding]:
        """Return date_of_birth for dates that are spread as ages are."""
        storage = sample.column.storage
        if not storage.startswith(("date", "timestamp")) or len(sample.values) < 15:
            return []
        years = pc.cast(pc.utf8_slice_codeunits(sample.values, 0, 4), pa.int64(), safe=False)
        found = np.asarray(years)
        low, middle, high = np.percentile(found, [5, 50, 95])
        now = dt.date.today().year
        midnight = storage.startswith("date") or _no_times(sample.values)
        aged = 8 <= now - middle <= 75 and found.min() >= now - 120 and found.max() <= now
        if not midnight or not aged or high - low < 25:
            return []
        because = f"dates without a time that spread over {high - low:.0f} years, as ages do"
        return [Finding("date_of_birth", 0.81 if high - low >= 30 else 0.6, because)]


def _no_times(values: pa.Array) -> bool:
    return bool(
        pc.all(pc.match_substring_regex(values, r"^\d{4}-\d\d-\d\d([ T]00:00:00.*)?$")).as_py()
    )
