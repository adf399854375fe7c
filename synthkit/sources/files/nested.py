"""Lists and objects inside a row as JSON text, which a string column of format ``json`` holds."""

from __future__ import annotations

import base64
import datetime as dt
import json
import math
from decimal import Decimal
from typing import Any

__all__ = ["as_json", "as_text"]


def as_json(value: Any) -> str:
    """Return a value as JSON text without spaces; bytes as base64, dates as ISO 8601."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError):
        plain = _plain(value)
        return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def as_text(value: Any) -> str:
    """Return a JSON value as the text of a column: text as it is, all else as in JSON."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, Decimal) else as_json(value)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)
