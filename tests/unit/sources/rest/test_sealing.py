"""Files that are encrypted on disk and read as any other; what was changed does not open."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthkit.errors import DataError
from synthkit.sources.rest.sealing import Seal, Sealed, SealedPart


def seal(letter: bytes = b"k") -> Seal:
    return Seal(letter * 32, "test", "00000000")


def test_what_is_written_is_read_and_not_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    text = "".join(f'{{"name": "Ada \u00c5 {n}"}}\n' for n in range(30_000))  # several pieces
    with Sealed(path, seal()) as file:
        for line in text.splitlines(keepends=True):
            file.write(line)
    assert path.stat().st_mode & 0o077 == 0
    assert path.stat().st_size > len(text.encode())
    assert b'"name": "Ada' not in path.read_bytes()  # three letters alone come up by chance
    with SealedPart(path, "jsonl", seal=seal()).open() as stream:
        assert stream.read().decode() == text


@pytest.mark.parametrize("change", ["key", "byte", "place"])
def test_what_was_changed_does_not_open(change: str) -> None:
    piece = seal().closed(b"Ada", "page 1")
    if change == "byte":
        piece = piece[:-1] + bytes([piece[-1] ^ 1])
    opener = seal(b"x" if change == "key" else b"k")
    with pytest.raises(DataError, match="do not open with the key 'test'"):
        opener.opened(piece, "page 2" if change == "place" else "page 1")
    assert seal().opened(seal().closed(b"Ada", "page 1"), "page 1") == b"Ada"


@pytest.mark.parametrize("kept", [0, 1])
def test_a_file_that_ends_early_does_not_open(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "t.jsonl"
    with Sealed(path, seal()) as file:
        file.write("a" * (1 << 18))
        file.write("b")
    whole = path.read_bytes()
    first = 4 + int.from_bytes(whole[:4], "big")
    path.write_bytes(whole[: kept * first])
    stream = SealedPart(path, "jsonl", seal=seal()).open()
    with pytest.raises(DataError, match="do not open with the key 'test'"):
        stream.read()


def test_an_empty_file_is_read_as_empty(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    Sealed(path, seal()).close()
    with SealedPart(path, "jsonl", seal=seal()).open() as stream:
        assert stream.read() == b""
