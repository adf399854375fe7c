"""URLs and files of databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthkit.errors import UsageError
from synthkit.sources.databases import locations
from synthkit.sources.databases.locations import is_database, parse


@pytest.mark.parametrize(
    "url", ["postgresql://h/d", "postgresql+psycopg://h/d", "mariadb://h/d", "sqlite:///a.db"]
)
def test_urls_of_databases_are_claimed(url: str) -> None:
    assert is_database(url)


@pytest.mark.parametrize("url", ["s3://bucket/a", "https://host/a.csv", "folder/", "a.csv"])
def test_others_are_not(url: str) -> None:
    assert not is_database(url)


def test_a_file_is_known_by_its_content(tmp_path: Path) -> None:
    file = tmp_path / "shop.backup"
    file.write_bytes(b"SQLite format 3\0" + bytes(84))
    assert is_database(str(file))
    file.write_bytes(b"id,name\n1,SQLite\n")
    assert not is_database(str(file))


def test_a_password_is_not_shown() -> None:
    found = parse("postgresql://me:hush@host/shop?schema=sales&sslpassword=hush")
    assert "hush" not in found.shown
    assert found.schema_name == "sales"
    assert found.url is not None
    assert "schema" not in found.url.query


def test_a_driver_that_is_missing_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locations, "find_spec", lambda _: None)
    with pytest.raises(UsageError) as caught:
        parse("mysql://me:hush@host/shop")
    assert caught.value.hint == "pip install 'synthkit[mysql]'"


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no file"):
        parse(f"sqlite:///{tmp_path}/none.db")
