"""The codec between text files and storages: `parse` strings, `render` them again.

Forms that `Column.format` may name, by storage (None is the plain form):

- bool: a pair of labels, the true one first (``Y/N``); plain is ``true/false``.
- int64, uint64: a template as of `str.format`: ``{:,d}``, ``{:.1f}`` (3 written as 3.0).
- double: plain as Python's repr (10.0); ``{:g}`` has the same digits but whole numbers bare (10);
  ``{:.2f}`` fixed decimals, ``{:.3e}`` scientific. ``{!c:,.2f}`` has a decimal comma. Text before
  and after stays (``${:,.2f}``, ``{:.1f}%``); ``{-}$...`` puts the minus before it.
- decimal128: as double; plain shows every decimal of the storage.
- date32, time64, timestamp: strptime's, see `synthkit.schema.text.layout`; plain is ISO 8601 with
  a space. With a time zone, text at the end of the form says the offset (``Z``, ``+02:00``).
- binary: ``base64`` (plain) or ``hex``. string: text as it is; its format only names a kind.

In every storage but bool, string and binary, text that says that there is nothing (NA, NULL,
nan, blank: `MISSING`) parses as null, and so renders as null.
"""

from __future__ import annotations

from synthkit.schema.text.codec import MISSING, parse, render
from synthkit.schema.text.failure import TextError

__all__ = ["MISSING", "TextError", "parse", "render"]
