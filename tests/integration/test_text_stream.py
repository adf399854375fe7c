"""Text streams give the same bytes, counts and places wherever blocks are cut."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from synthkit.errors import DataError
from synthkit.sources.files import encoding
from synthkit.sources.files.encoding import TextStream
from synthkit.sources.files.places import Part


@pytest.fixture(params=[1, 2, 3, 5, 7, 64, 1 << 20])
def block(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(encoding, "BLOCK_BYTES", request.param)
    return int(request.param)


def stream(folder: Path, content: bytes, compression: str | None = None) -> TextStream:
    path = folder / "t.csv"
    path.write_bytes(gzip.compress(content, mtime=0) if compression else content)
    return TextStream(Part(path, "csv", compression))


@pytest.mark.parametrize("compression", [None, "gzip"])
@pytest.mark.parametrize("mark", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_text_comes_as_utf8_without_its_mark(
    mark: str, compression: str | None, block: int, tmp_path: Path
) -> None:
    text = "id,näme\n1,ä€😀\n\n2,x\n"
    content = text.encode(mark)
    if mark == "utf-16-le":
        content = b"\xff\xfe" + content
    with stream(tmp_path, content, compression) as found:
        assert found.read() == text.encode()
        assert found.read(5) == b""


@pytest.mark.parametrize(
    ("text", "blank"),
    [
        ("a\nb\n", 0),
        ("a\n\nb\n", 1),
        ("a\n\n\nb\n\n", 3),
        ("a\r\n\r\nb\r\n\r\n", 2),
        ("\na\n", 1),
        ('a,"x\n\ny"\n\nb\n', 1),
        ('a,"x""\n\n"\n', 0),
        ("", 0),
    ],
)
def test_blank_lines_outside_quotes_are_counted(
    text: str, blank: int, block: int, tmp_path: Path
) -> None:
    with stream(tmp_path, text.encode()) as found:
        found.read()
        assert found.blank_lines == blank
        assert found.quotes == text.count('"')


@pytest.mark.parametrize(
    ("content", "line", "byte"),
    [
        (b"a\nb\xe9\nc\n", 2, 4),
        (b"\xef\xbb\xbfa\n\xff", 2, 6),
        (b"a\n\n\xc3\xa4\xe2\x82", 3, 6),
        (b"a\r\nb\r\n\0", 3, 7),
    ],
)
def test_bad_bytes_are_named_by_line_and_place(
    content: bytes, line: int, byte: int, block: int, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=rf"byte {byte}\b") as caught:  # noqa: SIM117
        with stream(tmp_path, content) as found:
            found.read()
    assert caught.value.line == line
    assert caught.value.hint


def test_lines_keep_their_ends_and_a_character_a_byte(tmp_path: Path) -> None:
    content = "a\rb\r\nä\n\nx".encode()
    with stream(tmp_path, content) as found:
        lines = list(found.lines())
    assert [line.encode("latin-1") for line in lines] == [
        b"a\r",
        b"b\r\n",
        "ä\n".encode(),
        b"\n",
        b"x",
    ]
