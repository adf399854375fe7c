"""The codec between text files and storages; `parse` lists the forms of `Column.format`.

What it renders it parses to the same values; text that `infer` accepted renders to the letter.
"""

from __future__ import annotations

from synthkit.schema.text.codec import MISSING, knows_form, parse, render
from synthkit.schema.text.failure import TextError
from synthkit.schema.text.misfits import parse_mixed

__all__ = ["MISSING", "TextError", "knows_form", "parse", "parse_mixed", "render"]
