"""Reading: the front door, which finds the source, the keys and what is wrong with the rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from synthkit.contracts.progress import Progress, Silent
from synthkit.errors import DataError, UsageError, near_matches

if TYPE_CHECKING:
    from synthkit.contracts.source import Source
    from synthkit.dataset import Dataset
    from synthkit.plugins import Plugins

__all__ = ["read"]


def read(
    location: str, plugins: Plugins, *, progress: Progress | None = None, check: bool = True
) -> Dataset:
    """Read a data set from wherever a source claims to read it.

    Where the location declares no keys, keys and rules are inferred from the rows; where it
    declares keys but speaks of no rules and reference tables, as SDV's metadata, those alone.
    Declared keys and rules are checked: orphans, missing keys and rows that break a rule are kept
    and counted in the notices, unless ``check`` is false: then memory does not grow with the rows.

    Raises:
        UsageError: No source reads such a location, or nothing is there.
        DataError: The data breaks its format, its types or its keys.
    """
    from synthkit.dataset import Dataset
    from synthkit.schema.infer import complete, infer, is_complete
    from synthkit.sources.held import HELD_BYTES, UNCHECKED_BYTES, Held
    from synthkit.sources.keys import check_keys
    from synthkit.sources.rules import check_rules

    progress = progress or Silent()
    progress.start(f"reading {location}")
    try:
        opened = _source(location, plugins).open(location)
        schema, declared = opened.read_schema()
    except OSError as error:
        raise DataError(
            f"could not be read: {error.strerror or type(error).__name__}",
            file=location,
            hint="Check that it is there and that this user may read it.",
        ) from error
    reader = Held(opened, schema, HELD_BYTES if check else UNCHECKED_BYTES)
    reasons, notices = list(opened.reasons()), list(opened.notices())
    data = Dataset(schema, reader)
    if declared and check:
        notices += check_keys(data)
        notices += check_rules(data)
    if not declared or not is_complete(schema):
        found = complete(schema, data.arrow) if declared else infer(schema.tables, data.arrow)
        schema = found.schema
        reasons += found.reasons
    return Dataset(schema, reader, reasons=reasons, notices=notices, origin=location)


def _source(location: str, plugins: Plugins) -> Source:
    components = plugins.components("sources")
    for name in components:
        source: Source = plugins.create("sources", name)
        if source.claims(location):
            return source
    if "://" in location:
        scheme = location.partition("://")[0]
        raise UsageError(
            f"No source reads {scheme}:// locations.",
            hint="`synthkit plugins` lists the sources that are installed: "
            + ", ".join(components)
            + ".",
        )
    path = Path(location)
    if not path.exists():
        beside = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
        visible = [name for name in beside if not name.startswith(".")]
        raise UsageError(
            f"There is nothing at {location!r}.", hint=near_matches(path.name, visible)
        )
    raise UsageError(
        f"No source reads {location!r}.",
        hint="A folder, or a file that ends in .csv, .tsv, .json, .jsonl or .parquet "
        "(text also in .gz or .zst after that).",
    )
