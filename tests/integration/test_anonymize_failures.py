"""Whatever stops an anonymizing run, nothing half-written and no real value is left anywhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synthkit import extract, pipeline
from synthkit.anonymization.keys import MasterKey, new_key
from synthkit.anonymization.spans import find_spans
from synthkit.errors import SynthkitError, UsageError

ROWS = 400_000
SECRET = "wolfhild.unverwechselbar"


@pytest.fixture(scope="module")
def extract_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("real")
    mails = pa.array([f"{SECRET}{number}@mail.test" for number in range(ROWS)])
    pq.write_table(pa.table({"id": range(ROWS), "email": mails}), folder / "people.parquet")
    return folder


def leaks(folder: Path) -> list[Path]:
    """Return files below a folder that hold a real value, compressed columns read."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            if path.suffix == ".parquet" and len(held) > 12 and held[-4:] == b"PAR1":
                held = str(pq.read_table(path)["email"].to_pylist()).encode()
            if SECRET.encode() in held:
                found.append(path)
    return found


def command(folder: Path, out: Path) -> list[str]:
    entry = "from synthkit.cli import main; main()"
    return [sys.executable, "-c", entry, "anonymize", str(folder), "--out", str(out)]


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.slow
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_killed_run_leaves_no_output_and_no_real_value(
    extract_folder: Path, tmp_path: Path, form: str
) -> None:
    env = {**os.environ, "SYNTHKIT_KEY": new_key("k").text()}
    out = tmp_path / "clean"
    arguments = [*command(extract_folder, out), "--format", form]
    process = subprocess.Popen(arguments, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        if any(path.is_file() and path.stat().st_size for path in tmp_path.rglob("people*")):
            break
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    told = b"".join(process.communicate())
    if process.returncode == 0:
        pytest.skip("the run was faster than the signal")
    assert not out.exists()
    assert SECRET.encode() not in told
    assert leaks(tmp_path) == []
    done = subprocess.run(arguments, env=env, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["clean"]  # what was left is swept away
    assert leaks(out) == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="limits of processes")
def test_a_full_disk_leaves_nothing(extract_folder: Path, tmp_path: Path) -> None:
    limited = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000));"
        "from synthkit.cli import main; main()"
    )
    out = tmp_path / "clean"
    env = {**os.environ, "SYNTHKIT_KEY": new_key("k").text(), "NUMBA_CACHE_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", limited, "anonymize", str(extract_folder), "--out", str(out)],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "no space left" in done.stderr
    assert SECRET not in done.stderr + done.stdout
    assert not out.exists()
    assert leaks(tmp_path) == []


def test_broken_text_and_changed_columns_stop_the_run(tmp_path: Path) -> None:
    folder = tmp_path / "real"
    folder.mkdir()
    lines = ["id,email,payload"]
    lines += [f'{n},{SECRET}{n}@mail.test,"{{""n"": {n}}}"' for n in range(50)]
    (folder / "people.csv").write_text("\n".join(lines), encoding="utf-8")
    key = MasterKey("k", b"k" * 32)
    plan = extract.make_plan(folder)
    more = [line + (",phone" if at == 0 else ",123") for at, line in enumerate(lines)]
    (folder / "people.csv").write_text("\n".join(more), encoding="utf-8")
    with pytest.raises(UsageError, match=r"nothing of people\.phone") as caught:
        extract.anonymize(folder, key=key, plan=plan)
    assert SECRET not in str(caught.value)
    broken = [*lines, f"51,{SECRET}51@mail.test,{{broken {SECRET}"]
    (folder / "people.csv").write_text("\n".join(broken), encoding="utf-8")
    made = extract.anonymize(folder, key=key, plan=plan).data
    pipeline.write(made, tmp_path / "out")
    assert leaks(tmp_path / "out") == []
    (folder / "people.csv").write_bytes("\n".join(lines).encode() + b"\n52,\xff\xfe\x81,{}")
    with pytest.raises(SynthkitError) as caught_again:
        pipeline.write(extract.anonymize(folder, key=key, plan=plan).data, tmp_path / "again")
    assert SECRET not in str(caught_again.value)
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize(
    "text",
    [
        "a" * 100_000 + "@",
        "1" * 100_000,
        "1 " * 50_000,
        "1." * 50_000,
        "+" * 50_000 + "1",
        "A" * 100_000,
        "A. " * 30_000,
        "Rue " * 20_000,
        "12 A" + " Aa" * 30_000,
        "x-" * 50_000,
        "http://" * 20_000,
        "DE00 " * 20_000,
        "李" * 20_000,
    ],
    ids=range(13),
)
def test_hostile_text_is_read_in_bounded_time(text: str) -> None:
    began = time.perf_counter()
    find_spans(text, lambda _: False)
    assert time.perf_counter() - began < 10
