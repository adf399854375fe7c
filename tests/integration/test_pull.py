"""`synthkit pull` against a real server that misbehaves, also when it is killed."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from synthkit import pipeline
from synthkit.anonymization import plan_yaml
from synthkit.anonymization.keys import new_key
from synthkit.contracts.exporter import Written
from synthkit.contracts.progress import Silent
from synthkit.errors import SynthkitError, UsageError
from synthkit.extract import make_plan
from synthkit.pulling import pull
from synthkit.sources.rest.client import Client
from synthkit.sources.rest.journal import Journal
from synthkit.sources.rest.spec import Limits, load
from synthkit.sources.rest.walk import walk
from tests.servers.misbehaving_api import POSTS, TOKEN, USER, USERS, Server, misbehaving_api

SHOP = """
  posts: {path: "/users/{users.id}/posts"}
  users: {path: /users, records: data, pagination: {type: page}}
"""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("API_TOKEN", TOKEN)
    with misbehaving_api() as found:
        yield found


def described(folder: Path, server: Server, endpoints: str, more: str = "") -> Path:
    file = folder / "api.yaml"
    file.write_text(
        f"version: 1\nbase_url: {server.url}\nauth: {{type: bearer, env: API_TOKEN}}\n"
        f"limits: {{timeout: 0.5, backoff: 0.01}}\n{more}endpoints:\n{endpoints}"
    )
    return file


def check_whole(out: Path) -> None:
    data = pipeline.read(out)
    assert sorted(data["users"]["id"]) == [user["id"] for user in USERS]
    assert sorted(data["posts"]["id"]) == [post["id"] for posts in POSTS.values() for post in posts]
    assert len(data["users__tags"]) == 2 * len(USERS)
    orders = [order for user in USERS for order in user["orders"]]
    assert len(data["users__orders"]) == len(orders)
    assert len(data["users__orders__lines"]) == 2 * len(orders)
    assert {key.table for key in data.schema.foreign_keys if key.parent == "users"} == {
        "posts",
        "users__orders",
        "users__tags",
    }
    assert pipeline.validate(out).violations == ()


def test_a_misbehaving_server_is_copied_completely(server: Server, tmp_path: Path) -> None:
    server.failures["/users"] = ["429", "429 date", "500", "slow", "broken", "truncated"]
    server.failures["/users/3/posts"] = ["html"]
    made = pull(described(tmp_path, server, SHOP), tmp_path / "out")
    check_whole(tmp_path / "out")
    assert server.failures == {"/users": [], "/users/3/posts": []}
    assert made.notes[0].startswith("users: 1 rows came more than once")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["api.yaml", "out"]
    for each in (tmp_path / "out").iterdir():
        assert TOKEN not in each.read_text()


def test_a_server_is_left_alone_as_long_as_it_and_the_file_ask(
    server: Server, tmp_path: Path
) -> None:
    api = load(described(tmp_path, server, SHOP))

    def seconds(limits: Limits, requests: int) -> float:
        began = time.monotonic()
        with Client(replace(api, limits=limits)) as client:
            for _ in range(requests):
                client.get("t", f"{server.url}/link", {})
        return time.monotonic() - began

    server.failures["/link"] = ["429"]
    assert seconds(api.limits, 1) >= 1  # Retry-After: 1, where the file would wait 0.01 s or so
    assert seconds(replace(api.limits, requests_per_second=10), 4) >= 0.3
    server.failures["/link"] = ["429"]
    with pytest.raises(SynthkitError, match="asks to wait 1 s"):
        seconds(replace(api.limits, longest_wait=0.5), 1)


def test_a_killed_pull_goes_on_where_it_was(server: Server, tmp_path: Path) -> None:
    file, out = described(tmp_path, server, SHOP), tmp_path / "out"
    server.delay = 0.02
    command = [sys.executable, "-m", "synthkit", "pull", str(file), "--out", str(out), "--json"]
    for enough in (3, 25):
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while len(server.asked) < enough and time.monotonic() < until:
            time.sleep(0.01)
        os.kill(running.pid, signal.SIGKILL)
        assert running.wait() == -signal.SIGKILL
        assert not out.exists()
    with (tmp_path / ".out.pull" / "pages.jsonl").open("a") as journal:
        journal.write('{"endpoint": "users", "rec')  # a write that the kill cut off
    told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    check_whole(out)
    twice = [path for path, count in Counter(server.asked).items() if count > 1]
    assert len(twice) <= 2  # at most the request that each kill cut off
    assert told["requests"] < len(server.asked) - 20


@pytest.mark.parametrize(
    ("path", "paging", "rows"),
    [
        ("/cursor", "{type: cursor, cursor: after}", 20),
        ("/offset", "{type: offset}", 20),
        ("/link", "{type: link}", 3),
        ("/next", "{type: next}", 3),
        ("/next", "{type: none}", 1),
    ],
)
def test_each_way_of_paging(
    server: Server, tmp_path: Path, path: str, paging: str, rows: int
) -> None:
    file = described(tmp_path, server, f"  t: {{path: {path}, pagination: {paging}}}\n")
    pull(file, tmp_path / "out")
    assert sorted(pipeline.read(tmp_path / "out")["t"]["id"]) == sorted(
        range(1, rows + 1) if path in ("/link", "/next") else range(rows)
    )


@pytest.mark.parametrize(
    ("path", "paging", "message"),
    [
        ("/endless", "{type: next}", "the same page again"),
        ("/ignores", "{type: page}", "the same page again"),
        ("/elsewhere", "{type: none}", "sends on to another one"),
        ("/nothing", "{type: none}", "answers 404 for /nothing"),
        ("/users", "{type: none, size: 1}", "no such field"),
    ],
)
def test_what_cannot_end_well_ends(
    server: Server, tmp_path: Path, path: str, paging: str, message: str
) -> None:
    file = described(tmp_path, server, f"  t: {{path: {path}, pagination: {paging}}}\n")
    with pytest.raises(SynthkitError, match=message):
        pull(file, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_secrets_are_named_and_never_told(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = described(tmp_path, server, SHOP)
    monkeypatch.setenv("API_TOKEN", "wr0ng")
    with pytest.raises(UsageError, match="users: the server answers 401") as refused:
        pull(file, tmp_path / "out")
    assert "API_TOKEN" in str(refused.value.hint)
    assert "wr0ng" not in str(refused.value)
    asked = len(server.asked)
    monkeypatch.delenv("API_TOKEN")
    with pytest.raises(UsageError, match="API_TOKEN is not set"):
        pull(file, tmp_path / "out")
    assert len(server.asked) == asked


@pytest.mark.parametrize(
    "auth",
    [
        "{type: bearer, env: API_TOKEN}",
        "{type: basic, username_env: API_USER, password_env: API_TOKEN}",
        "{type: header, name: X-Api-Key, env: API_TOKEN}",
        "{type: query, name: api_key, env: API_TOKEN}",
    ],
)
def test_each_way_of_saying_who_asks(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, auth: str
) -> None:
    monkeypatch.setenv("API_USER", USER)
    file = described(tmp_path, server, "  t: {path: /offset, pagination: {type: offset}}\n")
    file.write_text(file.read_text().replace("{type: bearer, env: API_TOKEN}", auth))
    pull(file, tmp_path / "out")
    assert len(pipeline.read(tmp_path / "out")["t"]) == 20
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [path for path in written if TOKEN.encode() in path.read_bytes()]
    monkeypatch.setenv("API_TOKEN", "wr0ng")
    with pytest.raises(UsageError, match="the server answers 401") as refused:
        pull(file, tmp_path / "other")
    assert "API_TOKEN" in str(refused.value.hint)


def test_a_server_that_goes_away_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("API_TOKEN", TOKEN)
    with ExitStack() as running:
        server = running.enter_context(misbehaving_api())
        api = load(described(tmp_path, server, SHOP))
        with Client(replace(api, limits=Limits(retries=2, backoff=0.1))) as client:
            client.get("t", f"{server.url}/link", {})
            running.close()
            with pytest.raises(SynthkitError, match=r"3 attempts failed.*is gone: nothing listens"):
                client.get("t", f"{server.url}/link", {})


def test_budgets_take_a_sample_that_hangs_together(server: Server, tmp_path: Path) -> None:
    file = described(tmp_path, server, SHOP)
    made = pull(file, tmp_path / "out", max_rows=12)
    data = pipeline.read(tmp_path / "out")
    assert (len(data["users"]), len(data["posts"])) == (11, 12)  # one came twice
    assert "users: no more than 12 rows were read." in made.notes
    server.delay = 0.05
    timed = pull(file, tmp_path / "timed", max_seconds=0.5)
    assert "The time was up" in timed.notes[0]
    assert pipeline.validate(tmp_path / "timed").violations == ()


def test_people_are_replaced_and_no_raw_value_rests_on_disk(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pull that is killed leaves pages of ciphertext, and goes on with its key alone."""
    pull(described(tmp_path, server, SHOP), tmp_path / "raw")
    plan_yaml.save(make_plan(tmp_path / "raw"), tmp_path / "plan.yaml")
    shutil.rmtree(tmp_path / "raw")
    keys = [new_key("one").text(), new_key("two").text()]
    monkeypatch.setenv("SYNTHKIT_KEY", keys[0])
    file = described(tmp_path, server, SHOP, "anonymize: {plan: plan.yaml}\n")
    out, names = tmp_path / "out", [b"Ada Byron", b"ada1@example.org", b'"Bergen"', b'"title"']

    def raw() -> list[bytes]:
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        return [name for name in names if any(name in path.read_bytes() for path in files)]

    server.asked.clear()
    server.delay = 0.02
    command = [sys.executable, "-m", "synthkit", "pull", str(file), "--out", str(out), "--quiet"]
    running = subprocess.Popen(command)
    until = time.monotonic() + 60
    while len(server.asked) < 12 and time.monotonic() < until:
        time.sleep(0.01)
    os.kill(running.pid, signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL
    pages = tmp_path / ".out.pull" / "pages.jsonl"
    lines = pages.read_bytes().splitlines()[1:]
    assert len(lines) > 5
    assert not [name for name in names for line in lines if name in base64.b64decode(line)]
    assert raw() == []
    monkeypatch.setenv("SYNTHKIT_KEY", keys[1])
    with pytest.raises(UsageError, match="the key is another now"):
        pull(file, out)
    monkeypatch.setenv("SYNTHKIT_KEY", keys[0])
    write, while_writing = pipeline.write, []

    def watched(*args: Any, **settings: Any) -> Written:
        while_writing.append((raw(), sorted(path.name for path in tmp_path.rglob("*.jsonl"))))
        return write(*args, **settings)

    monkeypatch.setattr(pipeline, "write", watched)
    made = pull(file, out)
    [(found, there)] = while_writing
    assert found == []
    assert {"pages.jsonl", "users.jsonl", "posts.jsonl"} <= set(there)
    assert made.requests < len(server.asked)
    assert made.written.row_count == 47 + 2 * 47 + 3 * 47 + 3 * sum(n % 3 for n in range(1, 48))
    assert pipeline.validate(out).violations == ()
    assert not (tmp_path / ".out.pull").exists()
    data = pipeline.read(out)
    assert not {user["email"] for user in USERS} & set(data["users"]["email"])
    assert set(data["posts"]["users__id"]) <= set(data["users"]["id"])


def test_a_secret_that_the_server_repeats_is_not_kept(server: Server, tmp_path: Path) -> None:
    file = described(tmp_path, server, "  t: {path: /next, pagination: {type: next}}\n")
    auth = "{type: query, name: api_key, env: API_TOKEN}"
    file.write_text(file.read_text().replace("{type: bearer, env: API_TOKEN}", auth))
    server.failures["/next"] = ["500"]
    pull(file, tmp_path / "out")
    assert len(pipeline.read(tmp_path / "out")["t"]) == 3
    text = file.read_text()
    file.write_text(text.replace("/next", "/next, max_rows: 1"))
    with Journal(tmp_path / "kept", load(file)) as journal, Client(load(file)) as client:
        walk(load(file), client, journal, Silent(), None)
        assert "?page=2" in journal.path.read_text()
        assert TOKEN not in journal.path.read_text()


def test_a_large_answer_is_refused(server: Server, tmp_path: Path) -> None:
    file = described(tmp_path, server, SHOP)
    file.write_text(file.read_text().replace("backoff: 0.01", "max_response_mb: 0.0001"))
    with pytest.raises(SynthkitError, match="larger than"):
        pull(file, tmp_path / "out")
    assert not (tmp_path / "out").exists()
