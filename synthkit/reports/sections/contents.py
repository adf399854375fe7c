"""Contents: what is in a data set."""

from __future__ import annotations

import numpy as np

from synthkit.contracts.section import Grid, Section, SectionInputs
from synthkit.schema import Schema, Table

__all__ = ["Contents"]


class Contents:
    """Builds the section: tables, rows, columns, keys."""

    def build(self, inputs: SectionInputs, rng: np.random.Generator) -> Section | None:
        """Return one grid of tables, and a part with the columns of each."""
        schema = inputs.real.schema
        named = {"real": inputs.real, "synthetic": inputs.synthetic, "held out": inputs.holdout}
        counts = {name: data.row_counts for name, data in named.items() if data is not None}
        rows: list[list[str | float | None]] = [
            [
                table.name,
                len(table.columns),
                ", ".join(table.primary_key or ()),
                "; ".join(
                    f"{', '.join(key.columns)} to {key.parent}"
                    for key in schema.foreign_keys_of(table.name)
                ),
                *(each[table.name] for each in counts.values()),
            ]
            for table in schema.tables
        ]
        header = ["table", "columns", "primary key", "foreign keys"]
        header += ["rows"] if len(counts) == 1 else [f"rows, {name}" for name in counts]
        text = (
            f"{len(schema.tables)} tables, {sum(len(table.columns) for table in schema.tables)} "
            f"columns, {sum(counts['real'].values()):,} rows, {len(schema.foreign_keys)} foreign "
            f"keys, {len(schema.rules)} rules."
        )
        parts = [_columns(inputs, schema, table) for table in schema.tables]
        return Section("Contents", text, grids=(Grid(header, rows),), parts=parts)


def _columns(inputs: SectionInputs, schema: Schema, table: Table) -> Section:
    rows: list[list[str | float | None]] = []
    for column in table.columns:
        values = inputs.real.arrow(table.name, [column.name]).column(0)
        missing = round(values.null_count / len(values), 4) if len(values) else None
        learned = "personal" if column.pii else ""
        rows.append([column.name, column.sdtype, column.storage, missing, learned])
    about = [rule for rule in schema.rules if getattr(rule, "table", None) == table.name]
    return Section(
        table.name,
        grids=(Grid(["column", "sdtype", "storage", "missing", ""], rows),),
        notes=tuple(f"Rule: {rule}" for rule in about),
    )
