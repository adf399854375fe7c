"""Fingerprints follow content alone; locations lose what is secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthkit.lineage.fingerprints import files_in, fingerprint, masked


def test_a_folder_is_what_its_files_are(tmp_path: Path) -> None:
    for name in ("a", "b"):
        folder = tmp_path / name
        (folder / "parts").mkdir(parents=True)
        (folder / "t.csv").write_text("x\n1\n")
        (folder / "parts" / "0.csv").write_text("x\n2\n")
        (folder / ".hidden").write_text(name)
        (folder / "lineage.json").write_text(name)
    first, second = (fingerprint(str(tmp_path / name)) for name in ("a", "b"))
    assert first == second
    assert list(files_in(tmp_path / "a")) == ["parts/0.csv", "t.csv"]
    (tmp_path / "b" / "t.csv").write_text("x\n3\n")
    assert fingerprint(str(tmp_path / "b")) != first
    (tmp_path / "a" / "t.csv").rename(tmp_path / "a" / "u.csv")
    assert fingerprint(str(tmp_path / "a")) != first


def test_a_file_by_path_or_url(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    file.write_bytes(b"1")
    assert fingerprint(f"sqlite:///{file}") == fingerprint(str(file))
    assert fingerprint("postgresql://host/db") is None
    assert fingerprint(str(tmp_path / "none")) is None


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("folder/me:x@y", "folder/me:x@y"),
        ("postgresql://me:pa@ss/w@host/db", "postgresql://me:***@host/db"),
        (
            "mysql+pymysql://me@host/db?password=x&a=1",
            "mysql+pymysql://me@host/db?password=***&a=1",
        ),
        ("sqlite:///a.db", "sqlite:///a.db"),
    ],
)
def test_passwords_are_left_out(given: str, shown: str) -> None:
    assert masked(given) == shown
