"""JSON text of any length, read value by value, with the line of what is wrong in it."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable
from typing import Any, NoReturn

from synthkit.errors import DataError
from synthkit.sources.files.encoding import BLOCK_BYTES, TextStream

__all__ = ["TOO_LONG", "JsonText", "decoder"]

TOO_LONG = "a whole number of thousands of digits"
"""What Python refuses to convert (sys.set_int_max_str_digits), rightly so."""

_SPACE = re.compile(r"[ \t\r\n]*")
_CUT = 16
"""Characters before the end of what was read within which an error may be a mere cut."""


def decoder(number: Callable[[str], Any]) -> json.JSONDecoder:
    """Return a decoder that makes numbers with a point by ``number``.

    NaN and the infinities, which JSON does not have but some programs write, become None.
    """
    return json.JSONDecoder(parse_float=number, parse_constant=lambda _: None)


class JsonText:
    """The text of a stream, of which little more than one value is held at a time."""

    def __init__(self, stream: TextStream, label: str, number: Callable[[str], Any]) -> None:
        self._stream = stream
        self._label = label
        self._utf8 = codecs.getincrementaldecoder("utf-8")()
        self._decoder = decoder(number)
        self._text = ""
        self._at = 0
        self._lines = 0
        self._ended = False

    def peek(self) -> str:
        """Return the next character that is no space, or the empty string at the end."""
        while True:
            space = _SPACE.match(self._text, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def take(self, expected: str) -> str:
        """Consume the next character, which is one of ``expected``."""
        found = self.peek()
        if not found:
            self.fail("the JSON is cut short", "Copy or download the file again.")
        if found not in expected:
            wanted = " or ".join(expected)
            self.fail(f"not valid JSON: expected {wanted}", "Check the commas and brackets here.")
        self._at += 1
        return found

    def value(self) -> Any:
        """Decode the next value; `DataError` with the line where that cannot be done."""
        self.peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                cut = error.pos >= len(self._text) - _CUT or error.msg.startswith("Unterminated")
                if cut and not self._ended:
                    self._more()
                    continue
                ended = error.pos >= len(self._text.rstrip())
                if ended or error.msg.startswith("Unterminated"):
                    self.fail("the JSON is cut short", "Copy or download the file again.")
                self.fail(
                    f"not valid JSON: {error.msg[0].lower()}{error.msg[1:]}",
                    "Check the commas and quotes here.",
                    error.pos,
                )
            except ValueError:
                self.fail(TOO_LONG, "Write such numbers as text, in quotes.")
            except RecursionError:
                self.fail("nested too deeply", "Flatten the rows before they are read.")
            if end < len(self._text) or self._ended:
                self._at = end
                return value
            self._more()

    def begins_with_two_objects(self) -> bool:
        """Say whether the next value is an object that another follows, without a comma."""
        self.peek()
        try:
            _, end = self._decoder.raw_decode(self._text, self._at)
        except (ValueError, RecursionError):
            return False
        return self._text[end:].lstrip()[:1] == "{"

    def fail(self, message: str, hint: str, at: int | None = None) -> NoReturn:
        """Raise an error that names the line of a position, by default that of the next value."""
        line = self._lines + self._text.count("\n", 0, self._at if at is None else at) + 1
        raise DataError(message, file=self._label, line=line, hint=hint) from None

    def _more(self) -> bool:
        """Read on, dropping what is consumed; say whether there was anything to read."""
        if self._ended:
            return False
        block = self._stream.read(max(BLOCK_BYTES, len(self._text) - self._at))
        self._ended = not block
        self._lines += self._text.count("\n", 0, self._at)
        self._text = self._text[self._at :] + self._utf8.decode(block, self._ended)
        self._at = 0
        return not self._ended
