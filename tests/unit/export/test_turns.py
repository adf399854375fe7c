import threading
import time
from collections.abc import Iterator
from threading import Event
from typing import Any

import pyarrow as pa
import pytest

from synthkit.export import turns
from synthkit.export.turns import AHEAD, MOST_THREADS, Turns

WAIT = 20.0
"""Seconds after which what does not come is missing."""

Piece = tuple[int, int]
ROWS = pa.table({"n": pa.nulls(10_000, pa.int8())})


def block(number: int) -> pa.Table:
    return ROWS.replace_schema_metadata({"number": str(number)})


class File:
    """Keeps what is written: for every block its number with 0 and 1, its two pieces."""

    def __init__(self) -> None:
        self.written: list[Piece] = []
        self.rendering: list[int] = []
        self.threads: set[str] = set()
        self.held: dict[int, Event] = {}
        self.broken: dict[Piece, BaseException] = {}
        self.busy = threading.Lock()

    def rendered(self, rows: pa.Table) -> Iterator[Piece]:
        number = int(rows.schema.metadata[b"number"])
        self.rendering.append(number)
        self.threads.add(threading.current_thread().name)
        if number in self.held:
            assert self.held[number].wait(WAIT)
        yield (number, 0)
        yield (number, 1)

    def write(self, piece: Any) -> None:
        assert self.busy.acquire(blocking=False), "one piece at a time"
        if piece in self.broken:
            raise self.broken[piece]
        self.written.append(piece)
        self.busy.release()


def pieces(count: int) -> list[Piece]:
    return [(number, part) for number in range(count) for part in (0, 1)]


def write_all(taking: Turns, file: File, count: int) -> None:
    for number in range(count):
        taking.write(file, block(number))
    taking.finish()


def names() -> list[str]:
    return [each.name for each in threading.enumerate() if each.name.startswith("synthkit-write")]


@pytest.fixture(autouse=True)
def several_cores(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(turns, "cores", lambda: 8)
    yield
    assert names() == []


def test_blocks_are_written_in_order_however_long_each_takes() -> None:
    file = File()
    file.held[0] = Event()
    with Turns() as taking:
        taking.write(file, block(0))
        taking.write(file, block(1))
        assert until(lambda: file.rendering == [0, 1])
        time.sleep(0.01)
        assert file.written == []
        file.held[0].set()
        for number in range(2, 9):
            taking.write(file, block(number))
        taking.finish()
        assert len(names()) == len(file.threads) == MOST_THREADS
    assert file.written == pieces(9)


def test_files_do_not_wait_for_each_other() -> None:
    slow, quick = File(), File()
    slow.held[0] = Event()
    with Turns() as taking:
        taking.write(slow, block(0))
        taking.write(quick, block(0))
        assert until(lambda: quick.written == pieces(1))
        assert slow.written == []
        slow.held[0].set()
        taking.finish()
    assert slow.written == pieces(1)


@pytest.mark.parametrize(
    ("most_bytes", "count"), [(1 << 30, MOST_THREADS + AHEAD), (2 * block(0).nbytes - 1, 1)]
)
def test_few_blocks_are_under_way_and_large_ones_alone(
    most_bytes: int, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "_MOST_BYTES", most_bytes)
    file = File()
    file.held[0] = Event()
    taken = []

    def take(taking: Turns) -> None:
        for number in range(9):
            taking.write(file, block(number))
            taken.append(number)

    with Turns() as taking:
        thread = threading.Thread(target=take, args=(taking,))
        thread.start()
        assert until(lambda: len(taken) == count)
        time.sleep(0.02)
        assert len(taken) == count
        file.held[0].set()
        thread.join(WAIT)
        taking.finish()
    assert file.written == pieces(9)


@pytest.mark.parametrize("part", [0, 1])
def test_what_goes_wrong_first_is_raised_and_nothing_is_written_after_it(part: int) -> None:
    file = File()
    file.broken = {(2, part): OSError("first"), (3, 0): OSError("second")}
    with Turns() as taking, pytest.raises(OSError, match="first"):
        write_all(taking, file, 9)
    assert file.written == pieces(3)[: 4 + part]


def test_what_goes_wrong_is_raised_before_more_is_asked_for() -> None:
    file = File()
    file.broken = {(0, 0): OSError("full")}
    with Turns() as taking:
        taking.write(file, block(0))
        assert until(file.busy.locked)
        time.sleep(0.02)
        with pytest.raises(OSError, match="full"):
            taking.write(file, block(1))
    assert file.rendering == [0]


def test_an_interruption_waits_for_what_is_being_written_alone() -> None:
    file = File()
    file.held[0] = Event()
    with pytest.raises(KeyboardInterrupt):
        interrupted(file)
    assert file.written == pieces(MOST_THREADS)


def interrupted(file: File) -> None:
    with Turns() as taking:
        for number in range(MOST_THREADS + AHEAD):
            taking.write(file, block(number))
        assert until(lambda: len(file.rendering) == MOST_THREADS)
        threading.Timer(0.05, file.held[0].set).start()
        raise KeyboardInterrupt


def test_one_core_has_no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "cores", lambda: 1)
    assert_written_here(block(0))


def test_a_few_rows_begin_no_threads() -> None:
    assert_written_here(block(0).slice(0, ROWS.num_rows - 1))


def assert_written_here(rows: pa.Table) -> None:
    file = File()
    with Turns() as taking:
        taking.write(file, rows)
        assert file.written == pieces(1)
    assert file.threads == {threading.current_thread().name}


def test_a_few_rows_come_after_those_before_them() -> None:
    file = File()
    file.held[0] = Event()
    with Turns() as taking:
        taking.write(file, block(0))
        taking.write(file, block(1).slice(0, 1))
        assert file.written == []
        file.held[0].set()
        taking.finish()
    assert file.written == pieces(2)


def until(fulfilled: Any) -> bool:
    """Say whether something is so within the time."""
    end = time.monotonic() + WAIT
    while not fulfilled() and time.monotonic() < end:
        time.sleep(0.001)
    return bool(fulfilled())
