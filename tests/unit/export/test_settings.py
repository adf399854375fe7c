import pytest

from synthkit.errors import UsageError
from synthkit.export.settings import CsvSettings, JsonSettings, ParquetSettings


@pytest.mark.parametrize(("given", "used"), [("tab", "\t"), (";", ";"), ("pipe", "|"), (",", ",")])
def test_delimiters_have_names(given: str, used: str) -> None:
    assert CsvSettings(delimiter=given).delimiter == used


@pytest.mark.parametrize("kind", [CsvSettings, JsonSettings, ParquetSettings])
def test_unknown_compressions_are_refused(
    kind: type[CsvSettings | JsonSettings | ParquetSettings],
) -> None:
    with pytest.raises(UsageError, match="rar") as caught:
        kind(compression="rar")
    assert caught.value.hint is not None
    assert "zstd" in caught.value.hint


def test_unknown_delimiters_are_refused() -> None:
    with pytest.raises(UsageError, match="'x'"):
        CsvSettings(delimiter="x")
