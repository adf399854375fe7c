"""Rows, settings, tables and counts as the command line reads and shows them."""

from __future__ import annotations

import click
import pytest

from synthkit.cli.failures import INTERRUPTED, Failure
from synthkit.cli.terminal import (
    Terminal,
    counted,
    parse_jobs,
    parse_rows,
    parse_settings,
    print_table,
)
from synthkit.errors import ArtifactError, DataError, UsageError


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], (None, {})),
        (["50000"], (50_000, {})),
        (["50_000"], (50_000, {})),
        (["orders=5,000"], (None, {"orders": 5_000})),
        (["10", "orders=20", "a=b=3"], (10, {"orders": 20, "a=b": 3})),
    ],
)
def test_rows_are_read(given: list[str], expected: tuple[int | None, dict[str, int]]) -> None:
    assert parse_rows(given) == expected


@pytest.mark.parametrize("given", [["many"], ["orders="], ["1", "2"], ["1.5"]])
def test_rows_that_are_none_are_refused(given: list[str]) -> None:
    with pytest.raises(UsageError) as refused:
        parse_rows(given)
    assert refused.value.hint


@pytest.mark.parametrize(("given", "expected"), [("auto", 0), ("0", 0), ("1", 1), ("12", 12)])
def test_numbers_of_processes_are_read(given: str, expected: int) -> None:
    assert parse_jobs(given) == expected


@pytest.mark.parametrize("given", ["many", "-1", "1.5", "", "²"])
def test_numbers_of_processes_that_are_none_are_refused(given: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_jobs(given)
    assert refused.value.hint


def test_settings_are_read() -> None:
    assert parse_settings(["a=1", "b=x=y"]) == {"a": "1", "b": "x=y"}
    with pytest.raises(UsageError, match="is not a setting"):
        parse_settings(["a"])


@pytest.mark.parametrize(
    ("number", "expected"), [(0, "0 rows"), (1, "1 row"), (1_234, "1,234 rows")]
)
def test_counts_are_words(number: int, expected: str) -> None:
    assert counted(number, "row") == expected


def test_a_table_is_aligned(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([{"table": "a", "rows": 5}, {"table": "longer", "rows": 12_345}])
    assert capsys.readouterr().out == ("  table     rows\n  a            5\n  longer  12,345\n")


def test_messages_go_to_standard_error_and_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    with Terminal() as loud, Terminal(quiet=True) as quiet:
        for terminal in (loud, quiet):
            terminal.start("reading", 10)
            terminal.advance(3)
            terminal.say("something")
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "something\n")
    assert loud.said == quiet.said == ["something"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("a", hint="b"), 2),
        (DataError("a"), 3),
        (ArtifactError("a"), 5),
        (click.UsageError("a"), 2),
        (click.Abort(), INTERRUPTED),
        (MemoryError(), 1),
    ],
)
def test_every_error_has_its_exit_code(error: click.Abort, code: int) -> None:
    assert Failure.of(error).exit_code == code


def test_a_task_of_unknown_length_is_shown_at_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with Terminal() as terminal:
        terminal.start("compiling")
        assert capsys.readouterr().err == "\rcompiling ...\x1b[K"
        terminal.start("sampling", 10)
        assert capsys.readouterr().err == "\r\x1b[K"
