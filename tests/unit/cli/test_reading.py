"""Data sets and model files are told apart, and what was tolerated is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthkit import artifact
from synthkit.cli.reading import is_model, read
from synthkit.cli.terminal import Terminal
from synthkit.errors import UsageError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "t.csv").write_text("id\n1\n2\n")
    artifact.save(tmp_path / "m.synthkit", artifact.Artifact({}, {}))
    artifact.save(tmp_path / "named", artifact.Artifact({}, {}))
    return tmp_path


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("m.synthkit", True),
        ("named", True),
        ("missing.synthkit", True),
        ("t.csv", False),
        ("", False),
        ("missing", False),
    ],
)
def test_a_model_is_known_by_its_name_or_content(folder: Path, name: str, expected: bool) -> None:
    assert is_model(str(folder / name)) is expected


def test_a_url_is_no_model() -> None:
    assert not is_model("postgresql://host/db")


def test_a_data_set_is_read(folder: Path) -> None:
    terminal = Terminal(quiet=True)
    assert read(str(folder / "t.csv"), terminal).row_counts == {"t": 2}
    assert terminal.said == []


@pytest.mark.parametrize("name", ["m.synthkit", "named"])
def test_a_model_is_not_read_as_data(folder: Path, name: str) -> None:
    path = str(folder / name)
    with pytest.raises(UsageError, match="is a model file, not a data set") as refused:
        read(path, Terminal(quiet=True))
    assert f"`synthkit sample {path}`" in str(refused.value.hint)
