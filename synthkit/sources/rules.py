"""Whether declared rules hold in the rows: what breaks them is counted."""

from __future__ import annotations

from collections.abc import Iterator

from synthkit.dataset import Dataset, Notice
from synthkit.schema.validate import broken_rules

__all__ = ["check_rules"]


def check_rules(dataset: Dataset) -> Iterator[Notice]:
    """Yield the rules that rows break, with their number; no value is named."""
    for found in broken_rules(dataset.schema, dataset.chunks) if dataset.schema.rules else ():
        treatment = "They are learned; samples of `relational` keep the rule."
        if found.kind == "schema":
            yield Notice(found.subject, found.message, 0, found.hint or treatment)
            continue
        share = found.count / dataset.row_counts[found.table]
        message = f"a rule that {share:.1%} of the rows break"
        yield Notice(found.subject, message, found.count, treatment)
