"""Reading: the front door, which finds the source, the keys and what is wrong with the rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthkit.contracts.progress import Progress, Silent
from synthkit.dataset import Notice
from synthkit.errors import DataError, UsageError, near_matches
from synthkit.lineage.fingerprints import masked

if TYPE_CHECKING:
    from synthkit.contracts.source import Choice, OpenSource, Source
    from synthkit.dataset import Dataset
    from synthkit.plugins import Plugins
    from synthkit.schema import Schema

__all__ = ["described", "read", "read_frames"]


def read(
    location: str,
    plugins: Plugins,
    *,
    choice: Choice | None = None,
    max_rows: int | None = None,
    most_rows: int | None = None,
    progress: Progress | None = None,
    check: bool = True,
    keep_text: bool = False,
) -> Dataset:
    """Read a data set, or chosen tables of it, from wherever a source claims to read it.

    Where the location declares no keys, keys and rules are inferred from the rows; where it
    declares keys but speaks of no rules and reference tables, as SDV's metadata, those alone.
    Declared keys and rules are checked: orphans, missing keys and rows that break a rule are kept
    and counted in the notices, unless ``check`` is false: then memory does not grow with the rows.

    ``max_rows`` takes a sample of about so many rows: root entities with all that belongs to them.
    ``most_rows`` does so where there are more, of sources that find rows without reading all.
    With ``keep_text``, text that is no value of its column is no error: in files of text, such a
    column is mixed (`synthkit.schema.mixed`), unless ``max_rows`` is given.

    Raises:
        UsageError: No source reads such a location, nothing is there, or there is no such table.
        DataError: The data breaks its format, its types or its keys.
    """
    from synthkit.sources.opening import opened

    progress = progress or Silent()
    shown = masked(location)
    progress.start(f"reading {shown}")
    source = _source(location, plugins)
    try:
        found = opened(source, location, choice, keep_text=keep_text and max_rows is None)
        counts: Mapping[str, int] | None = None
        if hasattr(found, "find_rows"):
            found, counts = _sampled_source(found, max_rows or most_rows, progress)
        data = described(found, shown, check=check)
    except OSError as error:
        raise DataError(
            f"could not be read: {error.strerror or type(error).__name__}",
            file=str(error.filename or shown),
            hint="Check that it is there and that this user may read it.",
        ) from error
    if counts is not None:
        return _told(data, counts)
    if max_rows is not None and sum(data.row_counts.values()) > max_rows:
        return _sampled(data, max_rows, progress)
    if getattr(source, "in_pieces", False) and not keep_text:
        data.files = location
    return data


def read_frames(
    frames: object,
    schema: Schema | None = None,
    *,
    choice: Choice | None = None,
    max_rows: int | None = None,
    progress: Progress | None = None,
    check: bool = True,
) -> Dataset:
    """Read frames that are in memory as `read` reads a location; ``schema`` is what they declare.

    Raises:
        UsageError: They are no frames by the names of their tables.
        DataError: Values of a column have no type in common, or break the schema.
    """
    from synthkit.contracts.source import Choice
    from synthkit.sources.choosing import chosen
    from synthkit.sources.frames import OpenFrames, named_frames

    progress = progress or Silent()
    progress.start("reading frames")
    named, wanted = named_frames(frames), choice or Choice()
    if wanted.schema_name is not None:
        raise UsageError("A schema is chosen in databases only.", hint="Leave schema_name out.")
    if wanted.tables or wanted.exclude:
        named = {name: named[name] for name in chosen(wanted, list(named))}
        schema = schema and schema.subset(list(named))
    data = described(OpenFrames(named, schema), None, check=check)
    if max_rows is not None and sum(data.row_counts.values()) > max_rows:
        return _sampled(data, max_rows, progress)
    return data


def _sampled(data: Dataset, most: int, progress: Progress) -> Dataset:
    from synthkit.sources.sampling import sample_dataset

    progress.start("choosing rows")
    return _told(sample_dataset(data, most), data.row_counts)


def _sampled_source(
    found: Any, most: int | None, progress: Progress
) -> tuple[OpenSource, Mapping[str, int] | None]:
    """Return a sample of an open source that has more rows than that, and the rows that it has."""
    if most is None:
        return found, None
    progress.start("counting rows")
    counts: Mapping[str, int] = found.row_counts()
    if sum(counts.values()) <= most:
        return found, None
    from synthkit.sources.sampling import sample_source

    progress.start("choosing rows")
    return sample_source(found, most, counts), counts


def described(found: OpenSource, shown: str | None, *, check: bool) -> Dataset:
    """Return the data set of an open source: keys and rules found or checked.

    ``shown`` is what messages call it, if it has a name; for ``check`` see `read`.
    """
    from synthkit.dataset import Dataset
    from synthkit.schema.infer import CACHE_BYTES, complete, infer, is_complete
    from synthkit.sources.held import HELD_BYTES, UNCHECKED_BYTES, Held
    from synthkit.sources.keys import check_keys
    from synthkit.sources.rules import check_rules

    schema, declared = found.read_schema()
    rules = tuple(found.rules()) if hasattr(found, "rules") else None
    reader = Held(found, schema, HELD_BYTES if check else UNCHECKED_BYTES)
    reasons, notices = list(found.reasons()), list(found.notices())
    stated = schema if not rules else schema.model_copy(update={"rules": rules})
    data = Dataset(stated, reader)
    if declared and check:
        notices += check_keys(data)
        notices += check_rules(data)
    if declared and rules is not None and not check:
        schema = stated  # of rows that only stream by, nothing else is looked for
    elif not declared or not is_complete(schema):
        kept = CACHE_BYTES if check else UNCHECKED_BYTES
        inferred = (
            complete(schema, data.arrow, cache_bytes=kept)
            if declared
            else infer(schema.tables, data.arrow, cache_bytes=kept)
        )
        schema = inferred.schema
        reasons += inferred.reasons
        if rules:
            about = {(rule.rule, frozenset(rule.touches())) for rule in rules}
            more = [r for r in schema.rules if (r.rule, frozenset(r.touches())) not in about]
            schema = schema.model_copy(update={"rules": (*rules, *more)})
    return Dataset(schema, reader, reasons=reasons, notices=notices, origin=shown)


def _told(data: Dataset, counts: Mapping[str, int]) -> Dataset:
    """Return a sample that says what it is one of."""
    used, there = sum(data.row_counts.values()), sum(counts.values())
    tables = ", ".join(
        f"{count:,} of {counts[name]:,} of {name}" for name, count in data.row_counts.items()
    )
    notice = Notice(
        data.origin or "the data set",
        f"a sample was read, out of {there:,} rows: {tables}",
        used,
        "They are whole entities with all that belongs to them; --max-rows sets how many.",
    )
    data.notices = (*data.notices, notice)
    data.sampled_from = dict(counts)
    return data


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
        hint="A folder, a file that ends in .csv, .tsv, .json, .jsonl or .parquet "
        "(text also in .gz or .zst after that), a SQLite or DuckDB file, or a database's URL.",
    )
