import pytest

from synthkit.errors import DataError
from synthkit.sources.files.header import Header, read_header


def header(text: str, delimiter: str | None = None) -> Header:
    return read_header(text.encode(), "orders.csv", delimiter)


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1;2\n", ";"),
        ("a;b\n1,5;2,5\n", ";"),
        ("a\tb\n1\t2\n", "\t"),
        ("a|b|c\n1|2|3\n", "|"),
        ("a\n1\n", ","),
        ("a,b;c\n1,2\n3,4\n", ","),
        ('a,b\n"x;y;z",2\n', ","),
        ("a;b\n", ";"),
        ("name;note\nx;a, b\ny;c, d\n", ";"),
    ],
)
def test_the_delimiter_cuts_all_lines_alike(text: str, delimiter: str) -> None:
    assert header(text).delimiter == delimiter


def test_a_given_delimiter_is_not_doubted() -> None:
    assert header("a,b\n1,2\n", "\t").names == ("a,b",)


def test_names_are_as_written_without_their_quotes() -> None:
    found = header('id,"a ""b""",größe,"two\nlines"\n1,2,3,4\n')
    assert found.names == ("id", 'a "b"', "größe", "two\nlines")
    assert found.lines == 2
    assert found.byte_count == len('id,"a ""b""",größe,"two\nlines"\n'.encode())


def test_only_line_ends_end_a_line() -> None:
    assert header("a\x0cb,c\u2028d\n1,2\n").names == ("a\x0cb", "c\u2028d")


def test_empty_lines_before_the_header_belong_to_it() -> None:
    found = header("\n\na,b\n1,2\n")
    assert (found.names, found.byte_count, found.lines) == (("a", "b"), 6, 3)


@pytest.mark.parametrize("text", ["a,b,\n1,2,\n", "a,b\n1,2,\n3,4,\n"])
def test_a_delimiter_at_the_end_of_lines_makes_a_column_without_name(text: str) -> None:
    found = header(text)
    assert found.names == ("a", "b", "")
    assert found.unnamed == (2,)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("\n \n", "empty"),
        ("a,b,a\n1,2,3\n", "columns 1 and 3 have the same name"),
        (",b\n1,2\n", "column 1 of 2 has no name"),
        ("a,,c\n1,2,3\n", "column 2 of 3 has no name"),
        ('a,"b\n1,2\n', "never closed"),
    ],
)
def test_headers_that_are_none(text: str, message: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        header(text)
    assert caught.value.hint
