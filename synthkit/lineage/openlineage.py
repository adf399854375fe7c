"""Runs as OpenLineage events (https://openlineage.io/spec/2-0-2): what began, ended or failed.

A data set of several tables is one OpenLineage dataset per table, named as its specification
names files and databases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from synthkit.history import History, Treatment
from synthkit.lineage.fingerprints import masked
from synthkit.schema import Schema, Table
from synthkit.version import VERSION

__all__ = ["Run", "complete", "dataset_name", "failed", "started"]

PRODUCER = f"https://github.com/synthkit/synthkit/tree/{VERSION}"
_SPEC = "https://openlineage.io/spec"
_FACETS = {
    "schema": "1-2-0/SchemaDatasetFacet",
    "columnLineage": "1-2-0/ColumnLineageDatasetFacet",
    "outputStatistics": "1-0-2/OutputStatisticsOutputDatasetFacet",
    "dataQualityMetrics": "1-0-3/DataQualityMetricsInputDatasetFacet",
    "errorMessage": "1-0-1/ErrorMessageRunFacet",
    "jobType": "2-0-4/JobTypeJobFacet",
    "processing_engine": "1-1-1/ProcessingEngineRunFacet",
}
_PORTS = {"postgresql": 5432, "postgres": 5432, "mysql": 3306, "mariadb": 3306}
_TRANSFORMATIONS = {
    "copied": ("DIRECT", "IDENTITY", False),
    "kept": ("DIRECT", "IDENTITY", False),
    "anonymized": ("DIRECT", "TRANSFORMATION", True),
    "learned": ("DIRECT", "AGGREGATION", True),
    "made anew": ("INDIRECT", "CONDITIONAL", True),
    "generated": ("INDIRECT", "CONDITIONAL", True),
}

Event = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """A run that events tell of: its UUID, step and place, and what it reads and writes.

    ``counts`` are (rows, bytes, files) by table, known when it has ended.
    """

    id: str
    step: str
    output: str
    schema: Schema
    history: History | None = None
    counts: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


def started(run: Run, at: datetime) -> Event:
    """Return the event of a run that begins."""
    return _event(run, "START", at)


def complete(run: Run, at: datetime) -> Event:
    """Return the event of a run that has ended well."""
    return _event(run, "COMPLETE", at)


def failed(run: Run, at: datetime, message: str) -> Event:
    """Return the event of a run that has failed; ``message`` must not hold a value of data."""
    error = _facet("errorMessage", message=message, programmingLanguage="PYTHON")
    return _event(run, "FAIL", at, errorMessage=error)


def dataset_name(location: str, part: str = "") -> tuple[str, str]:
    """Return the namespace and name of a dataset; ``part`` is a table or a file in a folder.

    >>> dataset_name("postgresql://me:secret@db.example/shop", "orders")
    ('postgres://db.example:5432', 'shop.orders')
    """
    if "://" not in location:
        path = Path(location).resolve()
        return "file", str(path / part if part else path)
    url = urlsplit(masked(location))
    scheme = url.scheme.partition("+")[0]
    if not url.hostname:
        return "file", "/".join(filter(None, [url.path.replace("//", "/"), part]))
    port = url.port or _PORTS.get(scheme)
    host = url.hostname + (f":{port}" if port else "")
    space = "postgres" if scheme == "postgresql" else scheme
    path_parts = [*filter(None, url.path.split("/")), part]
    return f"{space}://{host}", ".".join(filter(None, path_parts)) or "/"


def _event(run: Run, kind: str, at: datetime, **run_facets: Any) -> Event:
    engine = _facet(
        "processing_engine", version=VERSION, name="synthkit", openlineageAdapterVersion=VERSION
    )
    job = _facet("jobType", processingType="BATCH", integration="SYNTHKIT", jobType="COMMAND")
    return {
        "eventType": kind,
        "eventTime": at.isoformat(),
        "producer": PRODUCER,
        "schemaURL": f"{_SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": run.id, "facets": {"processing_engine": engine, **run_facets}},
        "job": {
            "namespace": "synthkit",
            "name": f"{run.step} {Path(run.output).name or masked(run.output)}",
            "facets": {"jobType": job},
        },
        "inputs": _inputs(run),
        "outputs": _outputs(run) if kind != "FAIL" else [],
    }


def _inputs(run: Run) -> list[Event]:
    found = []
    for each in run.history.inputs if run.history else ():
        if each.location is None or each.role in ("key", "plan"):
            continue
        rows = dict(each.facts.get("rows", {})) if each.role == "data" else {}
        tables: Sequence[str] = [*rows] or [""]
        for table in tables:
            namespace, name = dataset_name(each.location, table)
            entry: Event = {"namespace": namespace, "name": name}
            if table:
                entry["inputFacets"] = {
                    "dataQualityMetrics": _facet(
                        "dataQualityMetrics", rowCount=rows[table], columnMetrics={}
                    )
                }
            found.append(entry)
    return found


def _outputs(run: Run) -> list[Event]:
    found = []
    columns: dict[str, list[Treatment]] = {}
    for each in run.history.columns if run.history else ():
        columns.setdefault(each.table, []).append(each)
    for table in run.schema.tables:
        namespace, name = dataset_name(run.output, run.files.get(table.name, table.name))
        facets = {"schema": _schema(table)}
        if run.history and (from_columns := _lineage(run.history, columns.get(table.name, []))):
            facets["columnLineage"] = _facet("columnLineage", fields=from_columns)
        entry: Event = {"namespace": namespace, "name": name, "facets": facets}
        if table.name in run.counts:
            rows, size, files = run.counts[table.name]
            entry["outputFacets"] = {
                "outputStatistics": _facet(
                    "outputStatistics", rowCount=rows, size=size, fileCount=files
                )
            }
        found.append(entry)
    return found


def _schema(table: Table) -> Event:
    fields = [
        {"name": column.name, "type": column.storage, "ordinal_position": position}
        for position, column in enumerate(table.columns, start=1)
    ]
    return _facet("schema", fields=fields)


def _lineage(history: History, columns: Sequence[Treatment]) -> Event:
    """Return the fields of a columnLineage facet; columns that come from nowhere are left out."""
    places = {each.role: each for each in history.inputs if each.location is not None}
    fields = {}
    for column in columns:
        kind, subtype, masking = _TRANSFORMATIONS[column.how]
        sources = []
        for role, table, name in column.sources:
            if role not in places:
                continue
            found = places[role]
            listed = role == "data" and table in found.facts.get("rows", {})
            namespace, dataset = dataset_name(str(found.location), table if listed else "")
            transformation = {
                "type": kind,
                "subtype": subtype,
                "description": f"{column.how}: {column.why}",
                "masking": masking,
            }
            sources.append(
                {
                    "namespace": namespace,
                    "name": dataset,
                    "field": name if listed else f"{table}.{name}",
                    "transformations": [transformation],
                }
            )
        if sources:
            fields[column.column] = {"inputFields": sources}
    return fields


def _facet(facet: str, /, **content: Any) -> Event:
    version, _, kind = _FACETS[facet].partition("/")
    return {
        "_producer": PRODUCER,
        "_schemaURL": f"{_SPEC}/facets/{version}/{kind}.json#/$defs/{kind}",
        **content,
    }
