"""synthkit.yaml: what is wrong is said with line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthkit.errors import DataError, UsageError
from synthkit.project import load, loads

GOOD = """\
version: 1
seed: 7
steps:
  data:
    read: shop
  model:
    fit: data
    holdout: 0.2
  made:
    sample: model
    rows: {orders: 50}
    where: age>=30
"""


def test_steps_are_read_in_order() -> None:
    project = loads(GOOD, Path("deep/synthkit.yaml"))
    assert list(project.steps) == ["data", "model", "made"]
    assert (project.seed, project.folder) == (7, Path("deep"))
    assert project.steps["made"].model_dump()["where"] == ("age>=30",)


@pytest.mark.parametrize(
    ("old", "new", "line", "character", "told"),
    [
        ("version: 1", "version: 2", 1, 1, "there is no `version: 1`"),
        ("seed: 7", "seed: x", 2, 7, "a seed is"),
        ("seed: 7", "sed: 7", 2, 1, "there is no 'sed'"),
        ("    fit: data", "    fitt: data", 7, 5, "a step begins with"),
        ("    fit: data", "    fit: made", 7, 10, "comes later"),
        ("    fit: data", "    fit: model", 7, 10, "comes later"),
        ("holdout: 0.2", "holdout: 2", 8, 14, "does not fit"),
        ("holdout: 0.2", "hold_out: 0.2", 8, 5, "fit has no option 'hold_out'"),
        ("{orders: 50}", "{orders: many}", 11, 20, "does not fit"),
        ("sample: model", "smaple: model", 10, 5, "Did you mean 'sample'"),
        ("  data:\n", "  data: [\n", None, None, "not valid YAML"),
    ],
)
def test_what_is_wrong_is_placed(
    old: str, new: str, line: int | None, character: int | None, told: str
) -> None:
    with pytest.raises(DataError, match=told) as caught:
        loads(GOOD.replace(old, new), Path("p.yaml"))
    if line is not None:
        assert caught.value.line == line
        assert f"line {line}" in str(caught.value)
        assert str(character) in str(caught.value)


def test_no_file_and_no_steps(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"There is no nowhere\.yaml in /") as missing:
        load(Path("nowhere.yaml"))
    assert "synthkit init" in str(missing.value.hint)
    with pytest.raises(UsageError, match="cannot be read: Is a directory"):
        load(tmp_path)
    (tmp_path / "p.yaml").write_bytes(b"\xff")
    with pytest.raises(UsageError, match="not text in UTF-8"):
        load(tmp_path / "p.yaml")
    with pytest.raises(DataError, match="no steps"):
        loads("version: 1\nsteps:\n", Path("p.yaml"))
