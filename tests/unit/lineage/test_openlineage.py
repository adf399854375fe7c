"""Events are those of OpenLineage: each facet is read by the classes of its own client."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.generated import (
    column_lineage_dataset,
    data_quality_metrics_input_dataset,
    error_message_run,
    job_type_job,
    output_statistics_output_dataset,
    processing_engine_run,
    schema_dataset,
)
from openlineage.client.serde import Serde

import synthkit
from synthkit.anonymization.keys import new_key
from synthkit.errors import UsageError
from synthkit.lineage.record import json_schema, load
from synthkit.lineage.transport import FILE_VARIABLE, KEY_VARIABLE, URL_VARIABLE

columns = column_lineage_dataset
CLASSES: dict[str, Any] = {
    "schema": schema_dataset.SchemaDatasetFacet,
    "columnLineage": columns.ColumnLineageDatasetFacet,
    "dataQualityMetrics": data_quality_metrics_input_dataset.DataQualityMetricsInputDatasetFacet,
    "errorMessage": error_message_run.ErrorMessageRunFacet,
    "jobType": job_type_job.JobTypeJobFacet,
    "outputStatistics": output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet,
    "processing_engine": processing_engine_run.ProcessingEngineRunFacet,
}


def facets(given: dict[str, Any]) -> dict[str, Any]:
    """Return facets as the client's objects, which refuse fields that are not theirs."""
    made = {}
    for name, content in given.items():
        kind = CLASSES[name]
        assert content["_schemaURL"] == kind._get_schema()
        fields = {key: value for key, value in content.items() if key[0] != "_"}
        if name == "schema":
            fields["fields"] = [
                schema_dataset.SchemaDatasetFacetFields(**each) for each in fields["fields"]
            ]
        if name == "columnLineage":
            fields["fields"] = {
                column: columns.Fields([source(each) for each in of["inputFields"]])
                for column, of in fields["fields"].items()
            }
        made[name] = kind(**fields, producer=content["_producer"])
    return made


def source(given: dict[str, Any]) -> Any:
    changes = [columns.Transformation(**each) for each in given["transformations"]]
    return columns.InputField(**{**given, "transformations": changes})


def check(event: dict[str, Any]) -> None:
    """Read an event with OpenLineage's client; what it writes of it must be the same event."""
    run, job = event["run"], event["job"]
    read = RunEvent(
        eventTime=event["eventTime"],
        producer=event["producer"],
        eventType=RunState[event["eventType"]],
        run=Run(run["runId"], facets(run["facets"])),
        job=Job(job["namespace"], job["name"], facets(job["facets"])),
        inputs=[
            InputDataset(
                each["namespace"], each["name"], inputFacets=facets(each.get("inputFacets", {}))
            )
            for each in event["inputs"]
        ],
        outputs=[
            OutputDataset(
                *(each["namespace"], each["name"]),
                facets=facets(each.get("facets", {})),
                outputFacets=facets(each.get("outputFacets", {})),
            )
            for each in event["outputs"]
        ],
    )
    assert bare(Serde.to_dict(read)) == bare(event)


def bare(value: Any) -> Any:
    """Return JSON without empty parts and without the schema's URL, which the client sets."""
    if isinstance(value, dict):
        cleaned = {name: bare(each) for name, each in value.items() if name != "schemaURL"}
        return {name: each for name, each in cleaned.items() if each not in (None, {}, [])}
    return [bare(each) for each in value] if isinstance(value, list | tuple) else value


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    made = tmp_path / "shop"
    made.mkdir()
    rows = "".join(f"{n},c{n}@example.com,{20 + n % 9}\n" for n in range(1, 41))
    (made / "customers.csv").write_text("id,email,age\n" + rows)
    return made


def test_every_step_is_told(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FILE_VARIABLE, str(tmp_path / "logs" / "events.jsonl"))
    model = synthkit.fit(shop, synthesizer="independent", seed=1)
    model.save(tmp_path / "m.synthkit")
    synthkit.write(synthkit.load(tmp_path / "m.synthkit").sample(9, seed=1), tmp_path / "out")
    key = new_key("k")
    synthkit.write(synthkit.anonymize(shop, key=key).data, tmp_path / "clean")
    with pytest.raises(UsageError):
        synthkit.write(synthkit.read(shop), tmp_path / "clean")
    text = (tmp_path / "logs" / "events.jsonl").read_text()
    events = [json.loads(line) for line in text.splitlines()]
    for event in events:
        check(event)
    kinds = [event["eventType"] for event in events]
    assert kinds == ["START", "COMPLETE"] * 2 + ["START", "FAIL"]
    sampled, cleaned = events[1], events[3]
    assert sampled["run"]["runId"] == load(tmp_path / "out" / "lineage.json").run_id
    statistics = sampled["outputs"][0]["outputFacets"]["outputStatistics"]
    assert (statistics["rowCount"], statistics["fileCount"]) == (9, 1)
    email = cleaned["outputs"][0]["facets"]["columnLineage"]["fields"]["email"]["inputFields"][0]
    assert (email["field"], email["transformations"][0]["masking"]) == ("email", True)
    assert "example.com" not in text
    assert key.text().rpartition(":")[2] not in text


def test_the_check_finds_what_is_not_openlineage(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: an event with a field, a version or a type that is not OpenLineage's."""
    monkeypatch.setenv(FILE_VARIABLE, str(tmp_path / "events.jsonl"))
    synthkit.write(synthkit.read(shop), tmp_path / "out")
    event = json.loads((tmp_path / "events.jsonl").read_text().splitlines()[1])
    for old, new in (
        ('"rowCount"', '"rows"'),
        ("1-0-2/Output", "9-9-9/Output"),
        ('"COMPLETE"', '"ENDED"'),
        ('"transformations"', '"changes"'),
    ):
        with pytest.raises((TypeError, AssertionError, KeyError)):
            check(json.loads(json.dumps(event).replace(old, new)))


def test_the_json_schema_fits_what_is_written(shop: Path, tmp_path: Path) -> None:
    synthkit.write(synthkit.read(shop), tmp_path / "out")
    content = json.loads((tmp_path / "out" / "lineage.json").read_text())
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(content, schema)
    for name in ("run_id", "output", "versions"):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({k: v for k, v in content.items() if k != name}, schema)


@contextmanager
def server(status: int) -> Iterator[tuple[str, list[tuple[str, str | None, Any]]]]:
    received: list[tuple[str, str | None, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append((self.path, self.headers["Authorization"], json.loads(body)))
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}", received
        http.shutdown()
        thread.join()


def test_events_go_to_a_server(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with server(201) as (url, received):
        monkeypatch.setenv(URL_VARIABLE, url)
        monkeypatch.setenv(KEY_VARIABLE, "abc")
        synthkit.write(synthkit.read(shop), tmp_path / "out")
    assert [each[:2] for each in received] == [("/api/v1/lineage", "Bearer abc")] * 2
    assert [each[2]["eventType"] for each in received] == ["START", "COMPLETE"]


def test_a_server_that_fails_costs_a_warning(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with server(503) as (url, received):
        monkeypatch.setenv(URL_VARIABLE, f"{url}/own/path")
        with pytest.warns(UserWarning, match=re.escape("not delivered (status 503)")):
            synthkit.write(synthkit.read(shop), tmp_path / "out")
    assert received[0][0] == "/own/path"
    with pytest.warns(UserWarning, match=re.escape("not delivered (ConnectError)")):
        synthkit.write(synthkit.read(shop), tmp_path / "again")  # nobody listens there any more
    assert load(tmp_path / "again" / "lineage.json").step == "export"


def test_a_file_that_cannot_be_written_is_told_before_any_work(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FILE_VARIABLE, str(shop / "customers.csv" / "events"))
    with pytest.raises(UsageError, match="cannot be written"):
        synthkit.write(synthkit.read(shop), tmp_path / "out")
    assert not (tmp_path / "out").exists()
