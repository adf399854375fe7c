import io

import pytest

from synthkit.sources.files.records import Record, records


def found(text: str, delimiter: str = ",") -> list[Record]:
    return list(records(io.StringIO(text, newline=""), delimiter))


def shape(text: str, delimiter: str = ",") -> list[tuple[int, int]]:
    return [(record.line, record.width) for record in found(text, delimiter)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("a,b\n1,2\n", [(1, 2), (2, 2)]),
        ("a,b\n1,2", [(1, 2), (2, 2)]),
        ("a\r\nb\r\n", [(1, 1), (2, 1)]),
        ("a,b\rc,d", [(1, 2), (2, 2)]),
        ('"a,b",c\n', [(1, 2)]),
        ('"a\nb",c\n1,2\n', [(1, 2), (3, 2)]),
        ('"a\n\nb","c\nd"\n1,2\n', [(1, 2), (5, 2)]),
        ('"say ""no""",c\n', [(1, 2)]),
        ('"""",c\n1\n', [(1, 2), (2, 1)]),
        ('5" pipe,c\n1,2\n', [(1, 2), (2, 2)]),
        ('"a"b,c\n', [(1, 2)]),
        (",,\n", [(1, 3)]),
        ('"",""\n', [(1, 2)]),
    ],
)
def test_records_begin_in_the_right_line_and_have_the_right_width(
    text: str, expected: list[tuple[int, int]]
) -> None:
    assert shape(text) == expected


def test_lengths_add_up_to_the_text() -> None:
    text = 'a,b\r\n"x\ny",2\n\n3,4'
    assert sum(record.length for record in found(text)) == len(text)


def test_lines_without_anything_are_blank() -> None:
    assert [record.blank for record in found('a\n\n  \n""\n')] == [False, True, True, False]


def test_a_quote_that_is_never_closed_names_its_line() -> None:
    record = found('a,b\n1,2\n3,"x\ny",z"\n"open\n1,2\n')[-1]
    assert (record.line, record.open_line) == (5, 5)


def test_the_open_quote_of_a_later_field_names_the_line_of_that_field() -> None:
    (record,) = found('"a\nb","c\nd')
    assert (record.line, record.open_line) == (1, 2)


def test_other_delimiters() -> None:
    assert shape("a;b,c;d\n", ";") == [(1, 3)]
