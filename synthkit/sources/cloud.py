"""Folders and files in object stores (s3://, gs://, az://): fetched by fsspec, read as files."""

from __future__ import annotations

import weakref
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from synthkit.errors import DataError, UsageError
from synthkit.lineage.fingerprints import masked
from synthkit.sources.files.places import part_of, tables_in
from synthkit.sources.files.source import OpenFiles

__all__ = ["CloudSource"]

_PACKAGES = {
    **dict.fromkeys(("s3", "s3a"), "s3fs"),
    **dict.fromkeys(("gs", "gcs"), "gcsfs"),
    **dict.fromkeys(("az", "abfs", "abfss", "adl"), "adlfs"),
    "memory": "fsspec",
}
_SCHEMAS = ("schema.yaml", "metadata.json")


class CloudSource:
    """Reads what lies in an object store; the files are copied to a temporary folder first."""

    def claims(self, location: str) -> bool:
        """Say whether a location is a URL of an object store."""
        return location.partition("://")[0] in _PACKAGES and "://" in location

    def open(self, location: str) -> OpenFiles:
        """Fetch the files of a folder, or one file.

        Raises:
            UsageError: the package for this store is not installed, or nothing is there.
            DataError: the store cannot be reached, or refuses.
        """
        package = _PACKAGES[location.partition("://")[0]]
        if find_spec("fsspec") is None or find_spec(package) is None:
            raise UsageError(
                f"The package that reads {location.partition('://')[0]}:// is not installed.",
                hint=f"pip install {package}",
            )
        folder = TemporaryDirectory(prefix="synthkit-")
        try:
            place = _fetch(location, Path(folder.name))
            opened = OpenFiles(tables_in(str(place)), str(place))
        except BaseException:
            folder.cleanup()
            raise
        weakref.finalize(opened, folder.cleanup)
        return opened


def _fetch(location: str, folder: Path) -> Path:
    """Copy what is read of a location into a folder; return the copy of the location."""
    import fsspec

    try:
        store, path = fsspec.core.url_to_fs(location)
        if store.isfile(path):
            target = folder / Path(path).name
            store.get_file(path, str(target))
            return target
        _fetch_folder(store, path, folder)
    except FileNotFoundError:
        raise UsageError(f"There is nothing at {masked(location)}.") from None
    except PermissionError:
        raise DataError(
            "may not be read with these credentials",
            file=masked(location),
            hint="The store's own settings say who you are: environment variables, profiles.",
        ) from None
    return folder


def _fetch_folder(store: Any, path: str, folder: Path) -> None:
    """Copy the data files of a folder and of the folders in it that are tables in parts."""
    for found in store.find(path, maxdepth=2):
        inside = Path(found).relative_to(Path(path)) if found.startswith(path) else Path(found)
        if part_of(inside) is not None or inside.name in _SCHEMAS:
            target = folder / inside
            target.parent.mkdir(parents=True, exist_ok=True)
            store.get_file(found, str(target))
