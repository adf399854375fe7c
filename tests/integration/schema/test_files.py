"""Schema files on disk, those of real data sets, and what SDV itself says of ours."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from synthkit.errors import DataError, UsageError
from synthkit.schema import Column, ForeignKey, Schema, Table, files

SCHEMA = Schema(tables=(Table(name="t", columns=(Column(name="é", storage="int64"),)),))


def real_metadata(repository: Path) -> list[Path]:
    paths = sorted((repository.parent / "shared" / "data").glob("*/train/metadata.json"))
    if not paths:
        pytest.skip("the real data sets are not beside the repository")
    return paths


def test_a_folder_s_schema_file_is_found(tmp_path: Path) -> None:
    assert files.find(tmp_path) is None
    for name in reversed(files.NAMES):
        (tmp_path / name).touch()
        assert files.find(tmp_path) == tmp_path / name
    assert files.NAMES == ("schema.yaml", "schema.yml", "metadata.json")


@pytest.mark.parametrize("name", ["schema.yaml", "deeper/schema.yml", "metadata.json", "schema"])
def test_a_file_is_written_whole_and_read_back(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    assert files.dump(SCHEMA, path) == ()
    assert files.load(path).table("t").column_names == ["é"]
    assert [found.name for found in path.parent.iterdir()] == [path.name]
    assert stat.S_IMODE(path.stat().st_mode) & 0o400
    with pytest.raises(UsageError, match="--overwrite"):
        files.dump(Schema(), path)
    assert files.load(path).table_names == ["t"]
    files.dump(Schema(), path, overwrite=True)
    assert files.load(path).table_names == []


def test_a_file_without_a_telling_name_is_read_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "description.txt"
    path.write_text(' {"tables": {"a": {"columns": {}}}}')
    assert files.load(path).table_names == ["a"]
    path.write_text("version: 1\ntables: {b: {}}")
    assert files.load(path).table_names == ["b"]


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "schema.yaml"
    path.write_bytes(b"\xef\xbb\xbfversion: 1\n")
    assert files.load(path) == Schema()


def test_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no schema file"):
        files.load(tmp_path / "schema.yaml")
    path = tmp_path / "schema.yaml"
    path.write_bytes(b"version: 1 # \xe9\n")
    with pytest.raises(DataError, match="not UTF-8 text, from byte 13 on") as caught:
        files.load(path)
    assert caught.value.file == str(path)


def test_metadata_of_real_data_sets_is_written_as_it_was(repository: Path) -> None:
    for path in real_metadata(repository):
        content = json.loads(path.read_text(encoding="utf-8"))
        schema = files.load(path)
        assert files.to_sdv(schema)[0] == content, path
        assert files.to_sdv(files.loads(files.dumps(schema)))[0] == content, path
        assert {table: list(entry["columns"]) for table, entry in content["tables"].items()} == {
            table.name: table.column_names for table in schema.tables
        }


def expressible() -> Schema:
    parent = Table(
        name="parent",
        columns=(
            Column(name="a", sdtype="id", storage="string", nullable=False),
            Column(name="b", sdtype="id", storage="int64", nullable=False),
            Column(name="email", sdtype="email", pii=True),
            Column(name="ip", sdtype="ipv4_address"),
            Column(name="born", sdtype="datetime", storage="date32[day]", format="%d.%m.%Y"),
            Column(name="note", pii=True),
            Column(name="grade", sdtype="ordinal", sdv={"range_values": [1, 2]}),
            Column(name="size", sdtype="numerical", storage="double"),
            Column(name="active", sdtype="boolean", storage="bool"),
        ),
        primary_key=("a", "b"),
        alternate_keys=(("email",),),
    )
    child = Table(
        name="child",
        columns=(Column(name="x", sdtype="id"), Column(name="y", sdtype="id")),
    )
    link = ForeignKey(table="child", columns=("x", "y"), parent="parent", parent_columns=("a", "b"))
    return Schema(tables=(parent, child), foreign_keys=(link,))


def refusal(content: dict[str, Any]) -> str | None:
    """Return what SDV has against metadata."""
    from sdv.metadata import Metadata
    from sdv.metadata.errors import InvalidMetadataError

    try:
        Metadata.load_from_dict(content).validate()
    except InvalidMetadataError as error:
        return str(error)
    return None


SDV_WARNS = pytest.mark.filterwarnings("ignore")
"""SDV and what it imports warn of their own deprecations, and of old forms of metadata."""


@pytest.mark.slow
@SDV_WARNS
@pytest.mark.parametrize("version", ["V1", "V2"])
def test_sdv_accepts_what_it_can_express(tmp_path: Path, version: files.Version) -> None:
    from sdv.metadata import Metadata

    path = tmp_path / "metadata.json"
    sentences = files.dump_sdv(expressible(), path, version=version)
    assert version == "V1" or sentences == ()
    metadata = Metadata.load_from_json(str(path))
    metadata.validate()
    assert set(metadata.tables) == {"parent", "child"}
    assert metadata.tables["parent"].primary_key == ["a", "b"]
    again = files.from_sdv(metadata.to_dict())
    assert [table.primary_key for table in again.tables] == [("a", "b"), None]
    assert again.foreign_keys == expressible().foreign_keys


@pytest.mark.slow
@SDV_WARNS
def test_sdv_refuses_what_we_say_it_refuses_and_nothing_else(repository: Path) -> None:
    parent, child = expressible().tables
    changes: dict[str, Schema] = {
        "self reference": files.loads(
            "version: 1\n"
            "tables: {t: {primary_key: a, columns: {a: {sdtype: id}, b: {sdtype: id}}}}\n"
            "foreign_keys: [{table: t, columns: b, parent: t, parent_columns: a}]\n"
        ),
        "key of a number": Schema(
            tables=(parent.model_copy(update={"primary_key": ("size",)}), child)
        ),
        "alternate key of a number": Schema(
            tables=(parent.model_copy(update={"alternate_keys": (("size",),)}), child)
        ),
        "not the primary key": expressible().model_copy(
            update={"tables": (parent.model_copy(update={"primary_key": ("a",)}), child)}
        ),
        "no columns": Schema(tables=(Table(name="t", columns=()),)),
        "unknown kind": Schema(
            tables=(Table(name="t", columns=(Column(name="c", sdtype="nothing_at_all"),)),)
        ),
    }
    for name, schema in changes.items():
        content, sentences = files.to_sdv(schema)
        assert refusal(content) is not None, name
        assert any("SDV" in sentence for sentence in sentences), name
    for path in real_metadata(repository):
        for version in ("V1", "V2"):
            content, sentences = files.to_sdv(files.load(path), version)
            assert (refusal(content) is None) == (not sentences), path
