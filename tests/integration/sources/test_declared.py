"""Schema files beside real files of data, read as a user reads them: who says what."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import synthkit
from synthkit.errors import DataError

ROWS = "id,due,note\n1,03/04/2024,x\n2,05/04/2024,\n3,11/12/2023,z\n"


def folder(path: Path, metadata: dict[str, Any] | None = None, **files: str) -> Path:
    for name, text in files.items():
        (path / name.replace("__", ".")).write_text(text)
    if metadata is not None:
        (path / "metadata.json").write_text(json.dumps(metadata))
    return path


def several(**columns: dict[str, Any]) -> dict[str, Any]:
    known = {"id": {"sdtype": "id"}, "due": {"sdtype": "datetime"}, "note": {"sdtype": "unknown"}}
    table = {"columns": known | columns, "primary_key": "id"}
    return {"tables": {"bills": table}, "METADATA_SPEC_VERSION": "V1"}


@pytest.mark.parametrize(
    ("form", "first"), [("%d/%m/%Y", dt.date(2024, 4, 3)), ("%m/%d/%Y", dt.date(2024, 3, 4))]
)
@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_a_declared_form_settles_what_the_values_leave_open(
    suffix: str, form: str, first: dt.date, tmp_path: Path
) -> None:
    lines = [{"id": 1, "due": "03/04/2024", "note": "x"}, {"id": 2, "due": "05/04/2024"}]
    text = ROWS if suffix == "csv" else "".join(f"{json.dumps(line)}\n" for line in lines)
    declared = several(due={"sdtype": "datetime", "datetime_format": form})
    data = synthkit.read(folder(tmp_path, declared, **{f"bills__{suffix}": text}))
    column = data.schema.table("bills").column("due")
    assert (column.storage, column.format) == ("date32[day]", form)
    assert data.arrow("bills")["due"][0].as_py() == first
    assert data.notices == ()


def test_a_declared_form_that_the_values_do_not_have_is_named_and_theirs_taken(
    tmp_path: Path,
) -> None:
    declared = several(due={"sdtype": "datetime", "datetime_format": "%m/%d/%Y"})
    rows = ROWS.replace("11/12/2023", "30/12/2023")
    data = synthkit.read(folder(tmp_path, declared, bills__csv=rows))
    assert data.schema.table("bills").column("due").format == "%d/%m/%Y"
    assert data.arrow("bills")["due"][0].as_py() == dt.date(2024, 4, 3)
    (notice,) = data.notices
    assert notice.subject == "bills.due"
    assert "%m/%d/%Y" in notice.message
    assert "%d/%m/%Y" in notice.treatment


def test_a_declared_form_of_text_in_parquet_is_no_departure(tmp_path: Path) -> None:
    declared = several(due={"sdtype": "datetime", "datetime_format": "%d/%m/%Y"})
    path = folder(tmp_path, declared)
    rows = pa.table({"id": [1, 2], "due": ["03/04/2024", "05/04/2024"], "note": ["x", None]})
    pq.write_table(rows, path / "bills.parquet")
    data = synthkit.read(path)
    column = data.schema.table("bills").column("due")
    assert (column.storage, column.format) == ("string", "%d/%m/%Y")
    assert data.notices == ()


def test_a_form_of_a_column_without_values_is_as_declared(tmp_path: Path) -> None:
    declared = several(due={"sdtype": "datetime", "datetime_format": "%d/%m/%Y"})
    data = synthkit.read(folder(tmp_path, declared, bills__csv="id,due,note\n1,,x\n2,,y\n"))
    column = data.schema.table("bills").column("due")
    assert (column.storage, column.format) == ("date32[day]", "%d/%m/%Y")


def test_gaps_come_from_the_data_where_they_are_not_declared(tmp_path: Path) -> None:
    data = synthkit.read(folder(tmp_path, several(), bills__csv=ROWS))
    nullable = {column.name: column.nullable for column in data.schema.table("bills").columns}
    assert nullable == {"id": False, "due": False, "note": True}


def test_gaps_stay_allowed_where_they_are_declared(tmp_path: Path) -> None:
    columns = "{id: {nullable: true}, due: {storage: string}, note: {}}"
    text = f"version: 1\ntables:\n  bills:\n    columns: {columns}\n"
    data = synthkit.read(folder(tmp_path, bills__csv=ROWS, schema__yaml=text))
    nullable = {column.name: column.nullable for column in data.schema.table("bills").columns}
    assert nullable == {"id": True, "due": True, "note": True}


@pytest.mark.parametrize("version", ["SINGLE_TABLE_V1", "V1"])
def test_single_table_metadata_takes_the_name_of_the_only_file(
    version: str, tmp_path: Path
) -> None:
    metadata = several()["tables"]["bills"] | {"METADATA_SPEC_VERSION": version}
    data = synthkit.read(folder(tmp_path, metadata, invoices__csv=ROWS))
    assert list(data) == ["invoices"]
    assert data.schema.table("invoices").primary_key == ("id",)


def test_single_table_metadata_beside_two_files_is_an_error_that_names_them(
    tmp_path: Path,
) -> None:
    metadata = several()["tables"]["bills"]
    with pytest.raises(DataError) as caught:
        synthkit.read(folder(tmp_path, metadata, one__csv=ROWS, two__csv=ROWS))
    assert "one, two" in (caught.value.hint or "")
    assert caught.value.file == "metadata.json"


def test_what_only_the_data_has_is_read_with_a_notice(tmp_path: Path) -> None:
    metadata = several()
    del metadata["tables"]["bills"]["columns"]["note"]
    other = "key,zip\n1,01234\n"
    data = synthkit.read(folder(tmp_path, metadata, another__csv=other, bills__csv=ROWS))
    assert list(data) == ["bills", "another"]
    assert data.schema.table("bills").column_names == ["id", "due", "note"]
    assert data.arrow("another")["zip"].to_pylist() == ["01234"]
    assert [notice.subject for notice in data.notices] == ["another", "bills.note"]


@pytest.mark.parametrize(
    ("files", "part"),
    [
        ({"bills__csv": "id,due\n1,2024-01-01\n"}, {"column": "note", "table": "bills"}),
        ({"others__csv": ROWS}, {"file": "metadata.json"}),
    ],
    ids=["column", "table"],
)
def test_what_is_declared_and_not_there_is_an_error(
    files: dict[str, str], part: dict[str, str], tmp_path: Path
) -> None:
    with pytest.raises(DataError) as caught:
        synthkit.read(folder(tmp_path, several(), **files))
    assert {name: getattr(caught.value, name) for name in part} == part
    assert caught.value.hint


def rented(folder_: Path, schema: str | None = None) -> Path:
    """Write shops in two countries and their visits: a reference table, a rule and an order."""
    countries = "".join(f"{at},land {at}\n" for at in range(12))
    visits = "".join(
        f"{at},{at % 12},{'bdefg'[at % 5]},{'BDEFG'[at % 5]},"
        f"2024-01-{1 + at % 20:02},2024-02-{1 + at % 17:02}\n"
        for at in range(300)
    )
    folder(
        folder_,
        countries__csv="country_id,country\n" + countries,
        visits__csv="visit_id,country_id,spoken,region,begun,ended\n" + visits,
    )
    columns = {
        "countries": {
            "country_id": {"sdtype": "id"},
            "country": {"sdtype": "unknown", "pii": True},
        },
        "visits": {
            "visit_id": {"sdtype": "id"},
            "country_id": {"sdtype": "id"},
            "spoken": {"sdtype": "categorical"},
            "region": {"sdtype": "categorical"},
            "begun": {"sdtype": "datetime", "datetime_format": "%Y-%m-%d"},
            "ended": {"sdtype": "datetime", "datetime_format": "%Y-%m-%d"},
        },
    }
    link = {
        "parent_table_name": "countries",
        "parent_primary_key": "country_id",
        "child_table_name": "visits",
        "child_foreign_key": "country_id",
    }
    keys = {"countries": "country_id", "visits": "visit_id"}
    tables = {name: {"columns": part, "primary_key": keys[name]} for name, part in columns.items()}
    if schema is None:
        folder(folder_, {"tables": tables, "relationships": [link], "METADATA_SPEC_VERSION": "V1"})
    else:
        (folder_ / "schema.yaml").write_text(schema)
    return folder_


RULES = {
    "visits: spoken determines region",
    "visits: region determines spoken",
    "visits.begun <= visits.ended",
}


def test_sdv_metadata_is_completed_with_rules_and_reference_tables(tmp_path: Path) -> None:
    data = synthkit.read(rented(tmp_path))
    assert {str(rule) for rule in data.schema.rules} == RULES
    assert [table.name for table in data.schema.tables if table.reference] == ["countries"]
    subjects = {reason.subject: reason.decision for reason in data.reasons}
    assert subjects["countries"] == "reference table"
    assert subjects["visits.begun"] == "never above ended"
    label = data.schema.table("countries").column("country")
    assert (label.sdtype, label.pii) == ("unknown", True)
    assert [str(key) for key in data.schema.foreign_keys] == [
        "visits(country_id) -> countries(country_id)"
    ]


def test_keys_that_metadata_does_not_declare_are_not_looked_for(tmp_path: Path) -> None:
    path = rented(tmp_path)
    metadata = json.loads((path / "metadata.json").read_text())
    metadata["relationships"] = []
    del metadata["tables"]["visits"]["primary_key"]
    (path / "metadata.json").write_text(json.dumps(metadata))
    data = synthkit.read(path)
    assert data.schema.foreign_keys == ()
    assert data.schema.table("visits").primary_key is None
    assert {str(rule) for rule in data.schema.rules} == RULES
    assert not any(table.reference for table in data.schema.tables)


@pytest.mark.parametrize(
    ("said", "rules", "references"),
    [
        ("reference: false, ", set(), []),
        ("reference: true, ", set(), ["countries"]),
        ("", RULES, ["countries"]),
    ],
)
def test_a_schema_yaml_that_speaks_of_references_or_rules_is_complete(
    said: str, rules: set[str], references: list[str], tmp_path: Path
) -> None:
    labels = "{country_id: {}, country: {}}"
    columns = "{visit_id: {}, country_id: {}, spoken: {}, region: {}, begun: {}, ended: {}}"
    text = (
        "version: 1\ntables:\n"
        f"  countries: {{{said}primary_key: country_id, columns: {labels}}}\n"
        f"  visits: {{primary_key: visit_id, columns: {columns}}}\n"
        "foreign_keys:\n"
        "  - {table: visits, columns: country_id, parent: countries, parent_columns: country_id}\n"
    )
    schema = synthkit.read(rented(tmp_path, text)).schema
    assert {str(rule) for rule in schema.rules} == rules
    assert [table.name for table in schema.tables if table.reference] == references
    ruled = (
        text
        + "rules:\n  - {rule: dependency, table: visits, determinant: spoken, dependent: region}\n"
    )
    (tmp_path / "schema.yaml").write_text(ruled)
    assert len(synthkit.read(tmp_path).schema.rules) == 1
