"""What a command says when it cannot: the message, the hint, the exit code, as text or JSON."""

from __future__ import annotations

import json

import click
import pytest

from synthkit.cli.failures import FORESEEN, INTERRUPTED, Failure, Foreseen
from synthkit.errors import (
    ArtifactError,
    DataError,
    PluginError,
    SynthkitError,
    UnsupportedError,
    UsageError,
)

CONTEXT = click.Context(click.Command("sample"), info_name="synthkit sample")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (SynthkitError("a"), Failure("SynthkitError", "a", None, 1)),
        (UsageError("a", hint="b"), Failure("UsageError", "a", "b", 2)),
        (DataError("a", file="f", line=3), Failure("DataError", "f, line 3: a", None, 3)),
        (UnsupportedError("a"), Failure("UnsupportedError", "a", None, 4)),
        (ArtifactError("a"), Failure("ArtifactError", "a", None, 5)),
        (PluginError("a"), Failure("PluginError", "a", None, 6)),
        (click.UsageError("a"), Failure("UsageError", "a", None, 2)),
        (
            click.UsageError("a", CONTEXT),
            Failure("UsageError", "a", "`synthkit sample --help` tells what it takes.", 2),
        ),
        (click.Abort(), Failure("Interrupted", "Interrupted.", None, INTERRUPTED)),
        (
            MemoryError(),
            Failure("SynthkitError", "There is not enough memory.", "Ask for fewer rows.", 1),
        ),
        (
            PermissionError(13, "Permission denied", "/x"),
            Failure(
                "SynthkitError",
                "Permission denied (/x).",
                "Check the disk, and what this user may read and write.",
                1,
            ),
        ),
    ],
)
def test_every_error_is_told_in_the_same_way(error: Foreseen, expected: Failure) -> None:
    assert Failure.of(error) == expected
    assert isinstance(error, FORESEEN)


def test_an_option_that_does_not_exist_keeps_what_click_suggests() -> None:
    made = Failure.of(click.NoSuchOption("--row", possibilities=["--rows"], ctx=CONTEXT))
    assert "'--row'" in made.message
    assert "--rows" in made.message


def test_text_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    Failure("DataError", "It broke.", "Mend it.", 3).show()
    Failure("DataError", "It broke.", None, 3).show()
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == "Error: It broke.\nHint: Mend it.\nError: It broke.\n"


def test_json_goes_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    Failure("DataError", "Ünlesbar.", None, 3).show(as_json=True)
    shown = capsys.readouterr()
    assert (shown.err, "Ünlesbar" in shown.out) == ("", True)
    assert json.loads(shown.out) == {
        "error": {"kind": "DataError", "message": "Ünlesbar.", "hint": None, "exit_code": 3}
    }


def test_a_bug_is_not_foreseen() -> None:
    assert not isinstance(ZeroDivisionError(), FORESEEN)
    assert not isinstance(TypeError(), FORESEEN)
