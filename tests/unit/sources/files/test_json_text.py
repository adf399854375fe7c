import io
from decimal import Decimal

import pytest

from synthkit.errors import DataError
from synthkit.sources.files.json_text import JsonText


class Drip(io.BytesIO):
    """A stream that gives a few bytes at a time, whatever is asked for."""

    def __init__(self, data: bytes, step: int) -> None:
        super().__init__(data)
        self._step = step

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(self._step)


def text(content: str, step: int = 1 << 20) -> JsonText:
    return JsonText(Drip(content.encode(), step), "a.json", float)  # type: ignore[arg-type]


@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
def test_values_are_the_same_however_the_text_is_cut(step: int) -> None:
    stream = text(' {"a": [1, 2.5, "ä\\u00e9\\n"], "b": null}\n123456 true "x"', step)
    values = []
    while stream.peek():
        values.append(stream.value())
    assert values == [{"a": [1, 2.5, "äé\n"], "b": None}, 123456, True, "x"]


def test_numbers_with_a_point_are_made_as_asked() -> None:
    stream = JsonText(io.BytesIO(b"[1.10, 3]"), "a.json", Decimal)  # type: ignore[arg-type]
    assert stream.value() == [Decimal("1.10"), 3]


def test_what_json_does_not_have_is_none() -> None:
    assert text("[NaN, Infinity, -Infinity]").value() == [None, None, None]


@pytest.mark.parametrize("step", [2, 1000])
@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        ('\n\n{"a": }', 3, "not valid JSON"),
        ('{"a": 1,\n"b": "x\n"}', 2, "not valid JSON"),
        ('{"a": 1,\n"b"', 1, "cut short"),
        ('{"a": "text that goes on', 1, "cut short"),
        ("[" * 200_000, 1, "nested too deeply"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(
    step: int, content: str, line: int, message: str
) -> None:
    if len(content) > 1000:
        step = 1 << 20
    with pytest.raises(DataError, match=message) as caught:
        text(content, step).value()
    assert caught.value.line == line
    assert caught.value.hint


def test_take_wants_what_it_says() -> None:
    stream = text(" , x")
    assert stream.take("],") == ","
    with pytest.raises(DataError, match="expected"):
        stream.take("]")


def test_two_objects_in_a_row_are_seen() -> None:
    assert text('{"a": 1}\n{"a": 2}').begins_with_two_objects()
    assert not text('{"a": [{"b": 1}]}').begins_with_two_objects()
    assert not text('{"a": 1').begins_with_two_objects()
