"""Object stores: files are fetched and read as files are; here the store is fsspec's in memory."""

from __future__ import annotations

from collections.abc import Iterator

import fsspec
import pytest

import synthkit
from synthkit.errors import UsageError
from synthkit.sources import cloud
from synthkit.sources.cloud import CloudSource


@pytest.fixture
def store() -> Iterator[fsspec.AbstractFileSystem]:
    """A store in memory with a folder of two tables and a file that is none."""
    found = fsspec.filesystem("memory")
    found.pipe("/shop/customers.csv", b"id,name\n1,a\n2,b\n")
    found.pipe("/shop/orders.csv", b"id,customer_id\n1,2\n")
    found.pipe("/shop/notes.bin", b"no table")
    yield found
    found.rm("/shop", recursive=True)


def test_a_folder_and_a_file_are_read(store: fsspec.AbstractFileSystem) -> None:
    data = synthkit.read("memory://shop")
    assert data.row_counts == {"customers": 2, "orders": 1}
    assert list(synthkit.read("memory://shop", tables=["orders"])) == ["orders"]
    assert synthkit.read("memory://shop/orders.csv").row_counts == {"orders": 1}
    assert data.origin == "memory://shop"


def test_nothing_there_is_told(store: fsspec.AbstractFileSystem) -> None:
    with pytest.raises(UsageError):
        synthkit.read("memory://nowhere")


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cloud, "find_spec", lambda name: None if name == "gcsfs" else object())
    with pytest.raises(UsageError) as caught:
        CloudSource().open("gs://bucket/shop")
    assert caught.value.hint == "pip install gcsfs"
