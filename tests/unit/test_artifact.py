"""Model files: the same bytes each time, and no file, however hostile, can do more than fail."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from synthkit.artifact import FORMAT_VERSION, Artifact, check_target, is_model, load, save
from synthkit.errors import ArtifactError, UsageError

CONTENT = Artifact(
    manifest={"synthesizer": "toy"},
    json={"name": "Zoë", "numbers": [1, 2.5, None]},
    arrays={"a.b": np.arange(5), "c": np.array(["x", "yy"])},
)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    save(tmp_path / "m", CONTENT)
    found = load(tmp_path / "m")
    assert found.json == CONTENT.json
    assert found.manifest["synthesizer"] == "toy"
    assert {name: list(array) for name, array in found.arrays.items()} == {
        name: list(array) for name, array in CONTENT.arrays.items()
    }


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    save(tmp_path / "one", CONTENT)
    save(tmp_path / "two", CONTENT)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    save(tmp_path / "m", CONTENT)
    with pytest.raises(UsageError, match="exists already"):
        save(tmp_path / "m", CONTENT)
    save(tmp_path / "m", CONTENT, overwrite=True)


def test_foreign_parts_need_trust(tmp_path: Path) -> None:
    save(tmp_path / "m", Artifact(CONTENT.manifest, {}, {}, {"sdv.pkl": b"cos\nsystem\n"}))
    with pytest.raises(ArtifactError, match=r"pickled data \(sdv.pkl\)") as refused:
        load(tmp_path / "m")
    assert "--trust-pickle" in str(refused.value.hint)
    assert load(tmp_path / "m", trust_foreign=True).foreign == {"sdv.pkl": b"cos\nsystem\n"}


def test_an_object_array_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="allow_pickle"):
        save(tmp_path / "m", Artifact({}, {}, {"a": np.array([object()])}))
    assert not list(tmp_path.iterdir())


def _edit(path: Path, change: Any) -> None:
    """Rewrite a model file's members."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def _manifest(content: dict[str, bytes], **changes: Any) -> None:
    manifest = json.loads(content["manifest.json"])
    content["manifest.json"] = json.dumps({**manifest, **changes}).encode()


def _pickled_array(members: dict[str, bytes]) -> None:
    """Put an array of objects in, with a checksum that fits."""
    from hashlib import sha256

    buffer = io.BytesIO()
    np.save(buffer, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    members["arrays/c.npy"] = buffer.getvalue()
    manifest = json.loads(members["manifest.json"])
    manifest["members"]["arrays/c.npy"]["sha256"] = sha256(buffer.getvalue()).hexdigest()
    members["manifest.json"] = json.dumps(manifest).encode()


@pytest.mark.parametrize(
    "change",
    [
        lambda members: members.update({"state.json": b"{}"}),
        lambda members: members.pop("state.json"),
        lambda members: members.pop("manifest.json"),
        lambda members: members.update({"manifest.json": b"[]"}),
        lambda members: members.update({"manifest.json": b"{"}),
        lambda members: _manifest(members, format="other"),
        lambda members: _manifest(members, members={}),
        lambda members: _manifest(members, foreign=["missing"]),
        lambda members: members.update({"manifest.json": b"[" * 100_000}),
        _pickled_array,
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, change: Any) -> None:
    path = tmp_path / "m"
    save(path, CONTENT)
    _edit(path, change)
    with pytest.raises(ArtifactError):
        load(path, trust_foreign=True)


@pytest.mark.parametrize("keep", [0, 1, 20, 200])
def test_a_truncated_file_is_refused(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "m"
    save(path, CONTENT)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ArtifactError, match="damaged"):
        load(path)


def test_a_newer_format_asks_for_an_upgrade(tmp_path: Path) -> None:
    path = tmp_path / "m"
    save(path, CONTENT)
    _edit(path, lambda members: _manifest(members, format_version=FORMAT_VERSION + 1))
    with pytest.raises(ArtifactError, match="reads up to"):
        load(path)


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="no model file") as missing:
        load(tmp_path / "none")
    assert "synthkit fit" in str(missing.value.hint)


def test_any_changed_bytes_are_refused_or_change_nothing(tmp_path: Path) -> None:
    """A byte that no reader looks at may be anything; all others are found by a checksum."""
    path = tmp_path / "m"
    save(path, CONTENT)
    whole = path.read_bytes()
    rng = np.random.default_rng(1)
    refused = 0
    for place in rng.integers(0, len(whole), 600):
        changed = bytearray(whole)
        changed[place] ^= int(rng.integers(1, 256))
        path.write_bytes(changed)
        try:
            found = load(path)
        except ArtifactError:
            refused += 1
        else:
            assert found.json == CONTENT.json
            assert found.arrays["a.b"].tolist() == CONTENT.arrays["a.b"].tolist()
    assert refused > 300


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="is a folder") as refused:
        load(tmp_path)
    assert f"`synthkit fit {tmp_path}`" in str(refused.value.hint)


def test_folders_on_the_way_are_made(tmp_path: Path) -> None:
    save(tmp_path / "a" / "b" / "m", CONTENT)
    assert load(tmp_path / "a" / "b" / "m").json == CONTENT.json


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("there", "exists already"),
        ("folder", "is a folder"),
        ("there/m", "is a file, not a folder"),
        ("there/a/b/m", "is a file, not a folder"),
    ],
)
def test_where_it_cannot_go_is_known_before(tmp_path: Path, target: str, message: str) -> None:
    (tmp_path / "there").write_text("x")
    (tmp_path / "folder").mkdir()
    for attempt in (
        check_target,
        lambda path: save(path, CONTENT),
    ):
        with pytest.raises(UsageError, match=message):
            attempt(tmp_path / target)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["folder", "there"]
    check_target(tmp_path / "there", overwrite=True)
    check_target(tmp_path / "new" / "m")


def test_a_model_is_known_by_its_content(tmp_path: Path) -> None:
    save(tmp_path / "m", CONTENT)
    (tmp_path / "text").write_text("id\n1\n")
    with zipfile.ZipFile(tmp_path / "zip", "w") as archive:
        archive.writestr("data.csv", "id\n1\n")
    found = {name: is_model(tmp_path / name) for name in ("m", "text", "zip", "none", ".")}
    assert found == {"m": True, "text": False, "zip": False, "none": False, ".": False}
