"""Parts made on a Dask cluster of real processes: the same bytes, whoever is killed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from synthkit.anonymization.keys import new_key
from synthkit.cli import cli
from synthkit.errors import SynthkitError
from synthkit.parts import cluster as by_dask
from synthkit.parts import write_parts
from synthkit.synthesizers.model import Model
from tests.integration.parts.conftest import PART_ROWS, ROWS, contents
from tests.integration.parts.killing import half_written, kill_in_mid_write
from tests.servers.cluster import HERE, Cluster, Host, cluster
from tests.servers.hosts import hosts
from tests.servers.process import free_port

pytestmark = pytest.mark.slow

RECIPE = """recipe: 1
tables:
  customers:
    rows: 900000
    columns:
      id: sequence
      kind: {choice: [new, old]}
      visits: {poisson: {mean: 3}}
"""
PLAN = """version: 1
tables:
  customers:
    columns:
      id: {op: keep}
      email: {op: email}
"""
COUNT, GROUP = 160_000, 10_000


@dataclass(frozen=True)
class Asked:
    """A command line without its output."""

    arguments: tuple[str, ...]

    def command(self, out: Path, *more: str) -> list[str]:
        where = ("--quiet", "--out", str(out))
        return [sys.executable, "-m", "synthkit", *self.arguments, *where, *more]


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("dask") / "cluster", HERE, HERE, HERE) as started:
        yield started


def sampled(folder: Path, model: Path) -> tuple[str, ...]:
    rows = ("--rows", f"orders={ROWS['orders']}", "--part-rows", str(PART_ROWS), "--seed", "7")
    return ("sample", str(model), *rows)


def anonymized(folder: Path, _: Path) -> tuple[str, ...]:
    (folder / "extract").mkdir()
    rows = {"id": range(COUNT), "email": [f"anna.wolf{each}@mail.test" for each in range(COUNT)]}
    table = pa.table({name: pa.array(values) for name, values in rows.items()})
    pq.write_table(table, folder / "extract/customers.parquet", row_group_size=GROUP)
    (folder / "plan.yaml").write_text(PLAN)
    (folder / "my.key").write_text(new_key("k").text())
    (folder / "my.key").chmod(0o600)
    how = ("--with", str(folder / "plan.yaml"), "--key-file", str(folder / "my.key"))
    return ("anonymize", str(folder / "extract"), *how, "--part-rows", str(GROUP))


def generated(folder: Path, _: Path) -> tuple[str, ...]:
    (folder / "shop.yaml").write_text(RECIPE)
    return ("generate", str(folder / "shop.yaml"), "--part-rows", "1000", "--seed", "7")


def killed_worker(
    asked: Asked, out: Path, workers: Cluster, driver_at: Host = HERE
) -> tuple[subprocess.Popen[bytes], int]:
    """Let a cluster make parts, and kill a worker that is writing one; return the driver too."""
    command = asked.command(out, "--dask", workers.address)
    driver = subprocess.Popen([*driver_at.enter, *command])
    return driver, kill_in_mid_write(out, driver)


def killed_both(asked: Asked, out: Path, workers: Cluster, driver_at: Host = HERE) -> None:
    """Kill a worker, and the driver once the other worker is writing; go on with a new one."""
    driver, killed = killed_worker(asked, out, workers, driver_at)
    with driver:
        half_written(out, driver)
        driver.kill()
    assert [path.name for path in out.iterdir()] == [".parts"]
    workers.replace(killed)
    again = asked.command(out, "--dask", workers.address, "--resume")
    subprocess.run([*driver_at.enter, *again], check=True)


def test_a_worker_that_is_killed_loses_nothing(
    model_file: Path, two_workers: Cluster, tmp_path: Path, expected: dict[str, str]
) -> None:
    out, asked = tmp_path / "out", Asked(sampled(tmp_path, model_file))
    driver, killed = killed_worker(asked, out, two_workers)
    two_workers.replace(killed)
    assert driver.wait() == 0
    assert contents(out) == expected


@pytest.mark.parametrize("make", [anonymized, generated])
def test_a_worker_and_the_driver_that_are_killed_lose_nothing(
    make: Callable[[Path, Path], tuple[str, ...]],
    model_file: Path,
    two_workers: Cluster,
    tmp_path: Path,
) -> None:
    asked, alone = Asked(make(tmp_path, model_file)), tmp_path / "alone"
    made = CliRunner().invoke(cli, asked.command(alone, "--jobs", "1")[3:])
    assert made.exit_code == 0, made.output
    killed_both(asked, tmp_path / "out", two_workers)
    written = contents(tmp_path / "out")
    assert written == contents(alone)
    assert len([name for name in written if "/" in name]) > 6


def test_hosts_of_their_own_lose_nothing_either(
    model_file: Path, tmp_path: Path, expected: dict[str, str]
) -> None:
    asked = Asked(sampled(tmp_path, model_file))
    with hosts(3) as (first, *others), cluster(tmp_path / "dask", first, *others) as workers:
        killed_both(asked, tmp_path / "out", workers, first)
    assert contents(tmp_path / "out") == expected


def test_a_cluster_is_started_here(shop: Model, tmp_path: Path, expected: dict[str, str]) -> None:
    sample = shop.sample(rows=ROWS, seed=7)
    write_parts(sample, tmp_path / "out", part_rows=PART_ROWS, dask="local", jobs=1)
    assert contents(tmp_path / "out") == expected


def test_what_is_missing_of_a_cluster_is_told(
    shop: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_dask, "_SECONDS", 2)
    sample = shop.sample(rows={"orders": 100}, seed=1)
    nowhere = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(SynthkitError, match="no Dask scheduler"):
        write_parts(sample, tmp_path / "out", dask=nowhere)
    assert not list((tmp_path / "out").iterdir())
    with (
        cluster(tmp_path / "dask", HERE) as alone,
        pytest.raises(SynthkitError, match="has no worker"),
    ):
        write_parts(sample, tmp_path / "out", dask=alone.address)
