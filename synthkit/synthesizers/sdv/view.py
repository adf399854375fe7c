"""What SDV sees of a part: tables and columns under plain names, keys as row numbers.

The names (``t003``, ``c001``, ``f002``) are the places in the schema: SDV joins names with
double underscores and splits them again, which names of the user's could break.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from synthkit.dataset import Dataset
from synthkit.schema import ForeignKey, Schema
from synthkit.synthesizers.sdv.codes import Code, ConstantCode
from synthkit.synthesizers.sdv.cutting import Part
from synthkit.synthesizers.structure.references import parent_rows

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ROW", "View"]

ROW = "k"
"""The primary key that SDV sees of a root: the row's number."""


@dataclass(frozen=True)
class View:
    """A part of a schema as SDV sees it; ``codes`` are by (table, column)."""

    schema: Schema
    part: Part
    codes: Mapping[tuple[str, str], Code]

    def table(self, name: str) -> str:
        """Return SDV's name of a table."""
        return f"t{self.schema.table_names.index(name):03d}"

    def column(self, table: str, name: str) -> str:
        """Return SDV's name of a column."""
        return f"c{self.schema.table(table).column_names.index(name):03d}"

    def key(self, key: ForeignKey) -> str:
        """Return SDV's name of the column that holds a foreign key's parent row."""
        return f"f{self.schema.foreign_keys.index(key):03d}"

    def modelled(self, table: str) -> dict[str, Code]:
        """Return the codes of the columns of a table that vary, by column."""
        return {
            name: code
            for (owner, name), code in self.codes.items()
            if owner == table and not isinstance(code, ConstantCode)
        }

    def metadata(self) -> dict[str, Any]:
        """Return SDV's metadata of the part, as a dict."""
        tables: dict[str, Any] = {}
        for name in self.part.tables:
            columns = {
                self.column(name, column): {"sdtype": code.sdtype}
                for column, code in self.modelled(name).items()
            }
            columns |= {self.key(key): {"sdtype": "id"} for key in self.part.keys_of(name)}
            tables[self.table(name)] = {"columns": columns}
            if name in self.part.roots:
                tables[self.table(name)] |= {
                    "columns": {ROW: {"sdtype": "id"}, **columns},
                    "primary_key": ROW,
                }
        return {
            "tables": tables,
            "relationships": [
                {
                    "parent_table_name": self.table(key.parent),
                    "parent_primary_key": ROW,
                    "child_table_name": self.table(key.table),
                    "child_foreign_key": self.key(key),
                }
                for key in self.part.keys
            ],
            "METADATA_SPEC_VERSION": "V1",
        }

    def frames(self, dataset: Dataset) -> dict[str, pd.DataFrame]:
        """Return the rows of the part's tables as SDV sees them."""
        import pandas as pd

        frames = {}
        for name in self.part.tables:
            codes = self.modelled(name)
            data = dataset.arrow(name, list(codes))
            columns: dict[str, Any] = {}
            if name in self.part.roots:
                columns[ROW] = np.arange(dataset.row_counts[name])
            for column, code in codes.items():
                if not isinstance(code, ConstantCode):
                    columns[self.column(name, column)] = code.encode(data.column(column))
            for key in self.part.keys_of(name):
                rows = parent_rows(dataset, key)
                columns[self.key(key)] = np.where(rows < 0, np.nan, rows)
            frames[self.table(name)] = pd.DataFrame(columns)
        return frames
