"""Parts in a store that fsspec reaches (s3://, gs://, az://, sftp://): whole objects, one by one.

A store renames nothing. A part is there once its receipt is, the data set once its manifest is:
both are written after what they tell of.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from synthkit.contracts.exporter import Attach, Written
from synthkit.dataset import TableChunk
from synthkit.errors import SynthkitError, UsageError
from synthkit.export.files import MANIFEST, SCHEMA, Format, file_name
from synthkit.export.receipts import PARTS, Layout, Receipt
from synthkit.export.sinks import write_text
from synthkit.lineage.fingerprints import masked
from synthkit.schema import Schema
from synthkit.schema.files import dumps

__all__ = ["Store", "StoredParts", "fetch_job", "is_store", "put_job"]

_JOB = "job/"
_RECEIPTS = "receipts/"
_NOTES = "notes/"
_STALE = "stale.json"
_WITHOUT_FOLDERS = ("s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oss", "oci")
"""Where names need no folders, and to make one may make a bucket that nobody asked for."""


def is_store(location: str | Path) -> bool:
    """Say whether a location is a URL, not a folder."""
    return "://" in str(location)


class Store:
    """A folder in a store; names are below it, with slashes."""

    def __init__(self, url: str) -> None:
        """Find the store of a URL; `UsageError` where its package is missing or nobody knows it."""
        self.url = url
        try:
            import fsspec

            with self._telling():
                self._files, root = fsspec.core.url_to_fs(url)
        except ImportError as error:
            raise _missing(url, error) from None
        except ValueError:
            raise UsageError(
                f"No package writes to {url.partition('://')[0]}://.",
                hint="fsspec knows s3://, gs://, az://, sftp://, ftp:// and others.",
            ) from None
        self._root = root.rstrip("/")

    @property
    def shared(self) -> bool:
        """Say whether other processes see what is there."""
        return not self.url.startswith("memory://")

    def sizes(self, below: str = "") -> dict[str, int]:
        """Return what lies below a name, and how many bytes each has."""
        with self._telling():
            self._files.invalidate_cache()
            try:
                found = self._files.find(self._path(below), detail=True)
            except FileNotFoundError:
                return {}
            start = len(self._root) + 1
            return {path[start:]: int(each["size"] or 0) for path, each in found.items()}

    def read(self, name: str) -> bytes | None:
        """Return what a name holds, or None if there is nothing."""
        with self._telling():
            try:
                held: bytes = self._files.cat_file(self._path(name))
            except FileNotFoundError:
                return None
            return held

    def put(self, file: Path, name: str) -> None:
        """Write a file under a name."""
        with self._telling():
            path = self._path(name)
            if self.url.partition("://")[0] not in _WITHOUT_FOLDERS:
                self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
            self._files.put_file(str(file), path)

    def put_text(self, text: str, name: str) -> None:
        """Write a text under a name."""
        with TemporaryDirectory(prefix="synthkit-") as folder:
            file = Path(folder) / "text"
            write_text(file, text)
            self.put(file, name)

    def fetch(self, below: str, folder: Path) -> None:
        """Copy what lies right below a name into a folder."""
        for name in self.sizes(below):
            with self._telling():
                self._files.get_file(self._path(name), str(folder / name.rpartition("/")[2]))

    def remove(self, names: Sequence[str]) -> None:
        """Remove what there is of some names."""
        with self._telling():
            for name in names:
                if self._files.exists(self._path(name)):
                    self._files.rm_file(self._path(name))

    def remove_below(self, name: str) -> None:
        """Remove all that lies below a name, and what a store has of folders there."""
        with self._telling():
            self._files.invalidate_cache()
            if self._files.exists(self._path(name)):
                self._files.rm(self._path(name), recursive=True)

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}".rstrip("/")

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Turn what packages of stores raise into our errors; those of the system stay."""
        try:
            yield
        except (SynthkitError, OSError, ImportError, ValueError):
            raise
        except Exception as error:
            raise SynthkitError(
                f"{masked(self.url)} cannot be reached ({type(error).__name__}).",
                hint="Check the URL and the network. The store's own settings say who you are.",
            ) from error


class StoredParts:
    """A folder in a store that is being written in parts; has the methods of `PartsFolder`."""

    def __init__(self, location: str, schema: Schema, form: Format) -> None:
        """Store what is written and where; nothing is made yet."""
        self.place = location
        self._store = Store(location)
        self._layout = Layout(schema, form)
        self._begun: set[int] | None = None

    @property
    def shared(self) -> bool:
        """Say whether other processes see what is there."""
        return self._store.shared

    @property
    def begun(self) -> bool:
        """Say whether there are parts of a run that was not finished."""
        return bool(self._store.sizes(PARTS))

    def check(self, location: str, overwrite: bool) -> None:
        """Raise `UsageError` where something is in the way, `UnsupportedError` for odd names."""
        for table in self._layout.schema.table_names:
            file_name(table, self._layout.form.ending)
        found = self._found()
        earlier = self._earlier(found)
        if (earlier or found) and not overwrite and not self.begun:
            raise UsageError(
                f"{masked(location)!r} is there already and not empty.",
                hint="Use --overwrite to replace what synthkit wrote there, or another place.",
            )
        known = {*earlier, *(self._unfinished(found) if self.begun else ())}
        odd = next((name for name in found if name not in known), None)
        if odd is not None:
            raise UsageError(
                f"{masked(location)!r} has {odd!r}, which is not from synthkit.",
                hint="Give a place of its own.",
            )

    def forget(self) -> None:
        """Remove the parts of a run that was not finished."""
        found = self._found()
        if MANIFEST not in found:
            stale = json.loads(self._store.read(f"{PARTS}/{_STALE}") or b"[]")
            self._store.remove([*self._unfinished(found), *stale])
        self._store.remove_below(PARTS)

    def begin(self) -> None:
        """Remove an earlier data set: first that it is whole, then the rest."""
        stale = self._store.read(f"{PARTS}/{_STALE}")
        if stale is None:
            earlier = self._earlier(self._found())
            if not earlier:
                return
            self._store.put_text(json.dumps(earlier), f"{PARTS}/{_STALE}")
        else:
            earlier = json.loads(stale)
        self._store.remove([MANIFEST])
        self._store.remove(earlier)
        self._store.put_text("[]", f"{PARTS}/{_STALE}")

    def sweep(self) -> None:
        """See which parts have receipts, at once for all."""
        receipts = f"{PARTS}/{_RECEIPTS}"
        names = (Path(name).stem for name in self._store.sizes(receipts))
        self._begun = {int(name) for name in names if name.isdigit()}

    def done(self, number: int, fingerprint: str) -> Receipt | None:
        """Return the receipt of a part that is there whole, of the run with this fingerprint."""
        if self._begun is not None and number not in self._begun:
            return None
        text = self._store.read(f"{PARTS}/{_RECEIPTS}{self._layout.receipt(number)}")
        try:
            told = json.loads(text or b"null")
            if told is None or told["fingerprint"] != fingerprint:
                return None
            receipt = Receipt.from_json(told)
        except (ValueError, KeyError, TypeError):
            return None
        for table, (_, size, _) in receipt.tables.items():
            name = self._layout.part(table, number)
            if self._store.sizes(name).get(name) != size:
                return None
        return receipt

    def write(
        self,
        number: int,
        chunks: Iterator[TableChunk],
        fingerprint: str,
        told: Callable[[], Mapping[str, Any]] = dict,
        note: Callable[[], bytes] | None = None,
    ) -> Receipt:
        """Write one part, and its receipt last; see `PartsFolder.write`."""
        receipt = self._put(lambda folder: self._layout.write(number, chunks, folder))
        receipt = replace(receipt, told=told())
        if note is not None:
            with TemporaryDirectory(prefix="synthkit-") as folder:
                (Path(folder) / "note").write_bytes(note())
                self._store.put(Path(folder) / "note", f"{PARTS}/{_NOTES}{number}")
        text = json.dumps({"fingerprint": fingerprint, **receipt.as_json()})
        self._store.put_text(text, f"{PARTS}/{_RECEIPTS}{self._layout.receipt(number)}")
        return receipt

    def note(self, number: int) -> bytes:
        """Return what was noted of a part that is there."""
        return self._store.read(f"{PARTS}/{_NOTES}{number}") or b""

    def finish(
        self, location: str, receipts: Sequence[Receipt], overwrite: bool, attach: Attach | None
    ) -> Written:
        """Write what tells of all parts, the manifest last, and remove what only the run needs.

        ``receipts`` are those of all parts. What else lies in the folders of tables goes before.
        """
        self.check(location, overwrite)
        receipts = [*receipts, self._put(lambda to: self._layout.write_empty(receipts, to))]
        written = self._layout.written(masked(location), receipts)
        attached = dict(attach(written)) if attach else {}
        wanted = {self._layout.part(t, each.number) for each in receipts for t in each.tables}
        found = self._found()
        self._store.remove([name for name in self._unfinished(found) if name not in wanted])
        with TemporaryDirectory(prefix="synthkit-") as folder:
            described = write_text(Path(folder) / SCHEMA, dumps(self._layout.schema))
            self._store.put(Path(folder) / SCHEMA, SCHEMA)
        for name, text in attached.items():
            self._store.put_text(text, name)
        text = self._layout.manifest(written, receipts, described, attached)
        self._store.put_text(text, MANIFEST)
        self._store.remove_below(PARTS)
        return written

    def _put(self, write: Callable[[Path], Receipt]) -> Receipt:
        """Write files to this machine's disk, then each as one object."""
        with TemporaryDirectory(prefix="synthkit-") as folder:
            for table in self._layout.schema.table_names:
                (Path(folder) / table).mkdir()
            receipt = write(Path(folder))
            for table in receipt.tables:
                name = self._layout.part(table, receipt.number)
                self._store.put(Path(folder) / name, name)
        return receipt

    def _found(self) -> list[str]:
        """Return the names of what is there, but for what only a run needs."""
        return [name for name in self._store.sizes() if not name.startswith(f"{PARTS}/")]

    def _unfinished(self, found: Sequence[str]) -> list[str]:
        """Return those names that a run which was not finished has written, manifest excepted."""
        tables = set(self._layout.schema.table_names)
        return [
            name
            for name in found
            if name in (SCHEMA, "lineage.json") or name.partition("/")[0] in tables
        ]

    def _earlier(self, found: Sequence[str]) -> list[str]:
        """Return those names that the manifest of an earlier write lists, and it."""
        try:
            told: Any = json.loads(self._store.read(MANIFEST) or b"null")
            tables = {table["file"] for table in told["tables"].values()}
            named = {MANIFEST, SCHEMA, *tables, *told.get("attached", [])}
        except (ValueError, KeyError, TypeError, AttributeError):
            return []
        return [name for name in found if name in named or name.partition("/")[0] in tables]


def put_job(place: str, folder: Path, last: str) -> None:
    """Let other hosts see the files of a folder; ``last`` comes last."""
    store = Store(place)
    names = sorted((each.name for each in folder.iterdir()), key=lambda name: name == last)
    for name in names:
        store.put(folder / name, f"{PARTS}/{_JOB}{name}")


def fetch_job(place: str, folder: Path) -> None:
    """Copy what `put_job` wrote into a folder."""
    Store(place).fetch(f"{PARTS}/{_JOB}", folder)


def _missing(url: str, error: ImportError) -> UsageError:
    name = url.partition("://")[0]
    packages = {
        **dict.fromkeys(("s3", "s3a"), "s3fs"),
        **dict.fromkeys(("gs", "gcs"), "gcsfs"),
        **dict.fromkeys(("az", "abfs", "abfss", "adl"), "adlfs"),
        **dict.fromkeys(("sftp", "ssh"), "paramiko"),
    }
    return UsageError(
        f"The package that writes to {name}:// is not installed.",
        hint=f"pip install {packages.get(name) or error.name or 'fsspec'}",
    )
