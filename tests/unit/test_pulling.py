from __future__ import annotations

import time
from pathlib import Path

import pytest

from synthkit.errors import DataError, SynthkitError, UsageError
from synthkit.pulling import pull
from synthkit.sources.rest.flatten import flatten
from synthkit.sources.rest.journal import Journal, Page
from synthkit.sources.rest.spec import load

API = "version: 1\nbase_url: http://127.0.0.1:9\nlimits: {retries: 0}\nendpoints: {t: {path: /t}}\n"


@pytest.fixture
def api(tmp_path: Path) -> Path:
    file = tmp_path / "api.yaml"
    file.write_text(API)
    return file


def test_what_is_there_is_not_written_over(api: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="There is something at"):
        pull(api, tmp_path / "out")
    assert not (tmp_path / ".out.pull").exists()


def test_a_server_that_is_not_there_is_told(api: Path, tmp_path: Path) -> None:
    api.write_text(API.replace("limits: {retries: 0}\n", ""))
    began = time.monotonic()
    with pytest.raises(SynthkitError, match=r"127.0.0.1:9 cannot be reached: nothing listens"):
        pull(api, tmp_path / "out")
    api.write_text(api.read_text().replace("127.0.0.1:9", "nowhere.invalid"))
    with pytest.raises(SynthkitError, match="no server of this name is known") as unknown:
        pull(api, tmp_path / "other")
    assert time.monotonic() - began < 15  # once each; with all attempts it would be 30 s and more
    assert "base_url" in str(unknown.value.hint)
    assert not (tmp_path / "out").exists()


def test_another_api_or_run_does_not_go_on_from_a_journal(api: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with Journal(out, load(api)) as journal:
        journal.add(Page("t", None, [{"id": 1}], None))
        with pytest.raises(UsageError, match="Another run is pulling"):
            Journal(out, load(api))
    with pytest.raises(UsageError, match="is another now"):
        pull(api, out, max_rows=3)
    made = pull(api, out)  # all of it is in the journal: nothing is asked for
    assert (made.requests, made.written.row_count) == (0, 1)


def test_no_rows_and_colliding_fields_are_told(api: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with Journal(out, load(api)) as journal:
        journal.add(Page("t", None, [], None))
    with pytest.raises(SynthkitError, match="gave no rows"):
        pull(api, out)
    pages = [Page("t", None, [{"a": {"b": 1}, "a__b": 2}], None)]
    with pytest.raises(DataError, match="two fields become this column"):
        flatten(pages, load(api), tmp_path)
    for path in ("../x", "a/b", "n" * 300):
        with pytest.raises(DataError, match="no table can have"):
            flatten([Page("t", None, [{path: [1]}], None)], load(api), tmp_path)
