"""Between versions V1 and V2 of SDV's metadata: what each says of a column in its own keys."""

from __future__ import annotations

from typing import Any

from synthkit.schema.model import Column, Table

__all__ = ["convert_columns"]

_ONLY_V2 = ("range_min", "range_max", "range_values", "decimal_places", "high_cardinality")
_ONLY_V1 = ("order_by", "computer_representation")


def convert_columns(table: Table, loaded: str, version: str) -> tuple[Table, list[str]]:
    """Return a table as another version of the metadata can say it, and what that cannot.

    ``loaded`` is the version that the table came from; nothing happens if it is the same.
    """
    if loaded.endswith(version):
        return table, []
    convert = _to_v1 if version == "V1" else _to_v2
    columns, sentences = [], []
    for column in table.columns:
        converted, lost = convert(column)
        columns.append(converted)
        if lost:
            sentences.append(
                f"{table.name}.{column.name}: {', '.join(lost)} left out, "
                f"which version {version} of SDV metadata does not have."
            )
    return table.model_copy(update={"columns": tuple(columns)}), sentences


def _to_v1(column: Column) -> tuple[Column, list[str]]:
    sdv = dict(column.sdv)
    lost: list[str] = []
    changes: dict[str, Any] = {}
    if column.sdtype == "ordinal":
        if "range_values" in sdv:
            sdv |= {"sdtype": "categorical", "order": sdv.pop("range_values")}
        else:
            changes["sdtype"] = "categorical"
            lost.append("the order of an ordinal column")
    if not column.nullable or "range_is_nullable" in sdv:
        lost.append("range_is_nullable")
        sdv.pop("range_is_nullable", None)
    lost += [name for name in _ONLY_V2 if sdv.pop(name, None) is not None]
    return column.model_copy(update={**changes, "sdv": sdv}), lost


def _to_v2(column: Column) -> tuple[Column, list[str]]:
    sdv = dict(column.sdv)
    sdv.pop("sdtype", None)
    if "order" in sdv:
        sdv["range_values"] = sdv.pop("order")
    lost: list[str] = [name for name in _ONLY_V1 if name in sdv]
    for name in lost:
        del sdv[name]
    return column.model_copy(update={"sdv": sdv}), lost
