"""What `hma` says and refuses before any work, without importing SDV."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping

import pytest

from synthkit.dataset import Dataset
from synthkit.errors import UnsupportedError
from synthkit.schema import Column, Schema, Table
from synthkit.synthesizers.sdv import library
from synthkit.synthesizers.sdv.cutting import MOST_COLUMNS
from synthkit.synthesizers.sdv.synthesizer import HmaSynthesizer
from synthkit.synthesizers.settings import HmaSettings

Zoo = Mapping[str, Callable[[], Dataset]]


def hma() -> HmaSynthesizer:
    return HmaSynthesizer(HmaSettings())


def test_a_self_reference_is_said_to_be_counted(zoo: Zoo) -> None:
    assert hma().check(zoo["tree"]().schema) == [
        "staff(boss) -> staff(id) is filled by the counts seen in the data."
    ]


def test_a_schema_that_hma_takes_whole_needs_no_words(zoo: Zoo) -> None:
    assert hma().check(zoo["two_to_one"]().schema) == []


def test_a_table_that_is_too_wide_is_refused_before_any_work() -> None:
    columns = tuple(
        Column(name=f"n{number}", sdtype="numerical", storage="double")
        for number in range(MOST_COLUMNS + 1)
    )
    with pytest.raises(UnsupportedError, match="'wide'"):
        hma().check(Schema(tables=(Table(name="wide", columns=columns),)))


def test_without_sdv_the_package_to_install_is_named(
    zoo: Zoo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "find_spec", lambda name: None)
    with pytest.raises(UnsupportedError, match="not installed") as caught:
        hma().check(zoo["tree"]().schema)
    assert str(caught.value.hint).startswith("pip install sdv")


def test_importing_and_checking_do_not_import_sdv() -> None:
    program = (
        "import sys; from synthkit.schema import Column, Schema, Table;"
        "from synthkit.synthesizers.sdv.model import restore;"
        "from synthkit.synthesizers.sdv.synthesizer import HmaSynthesizer;"
        "from synthkit.synthesizers.settings import HmaSettings;"
        "table = Table(name='t', columns=(Column(name='x'),));"
        "HmaSynthesizer(HmaSettings()).check(Schema(tables=(table,)));"
        "print([name for name in ('sdv', 'rdt', 'torch', 'pandas') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
