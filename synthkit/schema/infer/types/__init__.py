"""What each column is: its storage, its form in text, what it means, and why.

`ColumnTypes` takes text chunk by chunk; `column_from_arrow` takes values that have a type. Keys
and references are not decided here: a key of whole numbers is numerical until `infer` knows it.
"""

from synthkit.schema.infer.types.column import ColumnTypes, Decided, decide_all
from synthkit.schema.infer.types.typed import column_from_arrow, column_of_storage

__all__ = ["ColumnTypes", "Decided", "column_from_arrow", "column_of_storage", "decide_all"]
