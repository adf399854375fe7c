"""Files are cut between records only, and read in pieces as they are read whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthkit.errors import DataError
from synthkit.schema import Column, Table
from synthkit.sources.files import sections as module
from synthkit.sources.files.pieces import PiecedFiles
from synthkit.sources.files.places import Part
from synthkit.sources.files.sections import sections

TABLE = Table(
    name="t", columns=(Column(name="n", storage="int64"), Column(name="x", storage="string"))
)


def cut(text: str, tmp_path: Path, size: int, delimiter: str | None = ",") -> list[str]:
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode())
    found = sections(Part(path, "csv"), len("n,x\n"), size, delimiter)
    made = []
    for each in found:
        with each.open() as stream:
            held = b""
            while more := stream.read(3):
                held += more
        made.append(held.decode())
    return made


@pytest.mark.parametrize("block", [1, 2, 3, 7, 4096])
def test_records_are_not_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    monkeypatch.setattr(module, "_BLOCK", block)
    records = ['1,"a\nb"\n', '2,"""\n"""\n', "3,\r\n", '4,"é,\n\n"\n', "5,x"]
    text = "n,x\n" + "".join(records)
    assert cut(text, tmp_path, 1) == [f"n,x\n{record}" for record in records]
    whole = cut(text, tmp_path, 1_000)
    assert whole == [text]
    assert "".join(each.removeprefix("n,x\n") for each in cut(text, tmp_path, 12)) == text[4:]


@pytest.mark.parametrize("text", ['1,5"\n2,"a\nb"\n', '1,a"b"c\n2,x\n', '1,"a"b"\n2,x\n'])
def test_a_file_whose_quotes_do_not_tell_is_not_cut(tmp_path: Path, text: str) -> None:
    assert cut(f"n,x\n{text}", tmp_path, 1) == [f"n,x\n{text}"]
    assert len(cut(f"n,x\n{text}", tmp_path, 1, delimiter=None)) > 1


def test_an_error_names_the_line_of_the_whole_file(tmp_path: Path) -> None:
    rows = [f"{number},a\n" for number in range(50)]
    (tmp_path / "t.csv").write_text("n,x\n" + "".join(rows) + "x,a\n")
    files = PiecedFiles(str(tmp_path), 10)
    pieces = files.pieces("t")
    assert len(pieces) > 3
    held = [row for each in pieces[:-1] for chunk in files.read(TABLE, each) for row in chunk[0]]
    assert [each.as_py() for each in held] == list(range(len(held)))
    with pytest.raises(DataError, match="line 52, column 'n'"):
        list(files.read(TABLE, pieces[-1]))


def test_text_that_has_to_be_read_from_its_beginning_is_one_piece(tmp_path: Path) -> None:
    text = "n,x\n" + "".join(f"{number},a\n" for number in range(50))
    (tmp_path / "t.csv").write_text(text, encoding="utf-16")
    files = PiecedFiles(str(tmp_path), 10)
    assert [each.span for each in files.pieces("t")] == [None]
    (tmp_path / "t.csv").write_text(text, encoding="utf-8-sig")
    pieces = files.pieces("t")
    assert len(pieces) > 3
    rows = [row.as_py() for each in pieces for chunk in files.read(TABLE, each) for row in chunk[0]]
    assert rows == list(range(50))
