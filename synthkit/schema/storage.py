"""Storage types by name and as Arrow types: the one place that knows both."""

from __future__ import annotations

import re

import pyarrow as pa

from synthkit.errors import UsageError

__all__ = ["arrow_schema", "arrow_type", "scale_of", "storage_of"]

_SIMPLE: dict[str, pa.DataType] = {
    str(kind): kind
    for kind in (
        pa.bool_(),
        pa.int64(),
        pa.uint64(),
        pa.float64(),
        pa.string(),
        pa.binary(),
        pa.date32(),
        pa.time64("us"),
    )
}
_DECIMAL = re.compile(r"decimal128\((\d+), ?(\d+)\)")
_TIMESTAMP = re.compile(r"timestamp\[(s|ms|us|ns)(?:, tz=([^\]]+))?\]")


def arrow_type(storage: str) -> pa.DataType:
    """Return the Arrow type of a storage name; `UsageError` for a name that there is not.

    >>> str(arrow_type("timestamp[us, tz=UTC]"))
    'timestamp[us, tz=UTC]'
    """
    if storage in _SIMPLE:
        return _SIMPLE[storage]
    if match := _DECIMAL.fullmatch(storage):
        return pa.decimal128(int(match[1]), int(match[2]))
    if match := _TIMESTAMP.fullmatch(storage):
        return pa.timestamp(match[1], tz=match[2])
    names = ", ".join([*_SIMPLE, "decimal128(p, s)", "timestamp[us]", "timestamp[us, tz=UTC]"])
    raise UsageError(f"There is no storage {storage!r}.", hint=f"There are: {names}.")


def scale_of(kind: pa.DataType) -> int | None:
    """Return how many decimals numbers of an Arrow type have; None for doubles, which have any."""
    if pa.types.is_decimal(kind):
        return int(kind.scale)
    return 0 if pa.types.is_integer(kind) else None


def storage_of(kind: pa.DataType) -> str:
    """Return the name of the storage that holds an Arrow type without loss.

    Dictionaries become their values; narrow integers and floats widen; half of the unsigned
    range stays unsigned. `UsageError` for nested types, which have to be flattened or written
    as JSON text first.
    """
    if pa.types.is_dictionary(kind):
        return storage_of(kind.value_type)
    if pa.types.is_null(kind) or pa.types.is_large_string(kind) or str(kind) == "string_view":
        return "string"
    if pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return "binary"
    if pa.types.is_uint64(kind):
        return "uint64"
    if pa.types.is_integer(kind):
        return "int64"
    if pa.types.is_floating(kind):
        return "double"
    if pa.types.is_date(kind):
        return "date32[day]"
    if pa.types.is_time(kind):
        return "time64[us]"
    name = str(kind)
    arrow_type(name)
    return name


def arrow_schema(names: list[str], storages: list[str]) -> pa.Schema:
    """Return the Arrow schema of columns given by name and storage."""
    return pa.schema(
        [(name, arrow_type(storage)) for name, storage in zip(names, storages, strict=True)]
    )
