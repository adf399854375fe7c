"""What the contract of a generator promises: valid, exact, and the same again anywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

import pyarrow as pa

from synthkit import generators
from synthkit.contracts import BlockGenerator, GenerateRequest, Generator, Silent
from synthkit.dataset import CHUNK_ROWS, Dataset, TableChunk
from synthkit.plugins import installed_plugins
from synthkit.randomness import Streams
from synthkit.schema.validate import validate
from synthkit.testing.process import in_another_process
from synthkit.values import ValueRegistry

__all__ = ["check_generator", "generated", "generated_in_blocks"]

Tables = dict[str, pa.Table]


def generated(
    generator: Generator,
    rows: Mapping[str, int] | None = None,
    *,
    seed: int = 1,
    scale: float = 1.0,
    locale: str = "en_US",
    chunk_rows: int = CHUNK_ROWS,
) -> Tables:
    """Return the tables that a generator makes alone, each in one piece, with installed values.

    Raises:
        AssertionError: A chunk is empty, has more than ``chunk_rows`` rows, or its table is
            not in the generator's schema.
    """
    request = GenerateRequest(
        ValueRegistry(installed_plugins()), rows or {}, scale, locale, chunk_rows
    )
    names = generator.schema().table_names
    chunks: dict[str, list[pa.Table]] = {name: [] for name in names}
    for chunk in generator.generate(request, Streams(seed), Silent()):
        if chunk.table not in chunks:
            raise AssertionError(f"A chunk is of a table {chunk.table!r} that the schema has not.")
        if not 0 < chunk.data.num_rows <= chunk_rows:
            raise AssertionError(
                f"A chunk of {chunk.table!r} has {chunk.data.num_rows} rows, not 1 to {chunk_rows}."
            )
        chunks[chunk.table].append(chunk.data)
    return {name: pa.concat_tables(parts) for name, parts in chunks.items() if parts}


def generated_in_blocks(
    generator: BlockGenerator,
    rows: Mapping[str, int] | None = None,
    *,
    seed: int = 1,
    scale: float = 1.0,
    locale: str = "en_US",
) -> Tables:
    """Return the tables that a generator makes alone of its blocks, each made for itself.

    The last block is made first, and each by blocks that were asked for anew, as another process
    would: that is where they show what they take from each other.

    Raises:
        AssertionError: A block has not as many rows as it said.
    """
    request = GenerateRequest(ValueRegistry(installed_plugins()), rows or {}, scale, locale)
    chunks: dict[str, list[pa.Table]] = {name: [] for name in generator.schema().table_names}
    for number in reversed(range(len(generator.generated_blocks(request, Streams(seed))))):
        block = generator.generated_blocks(request, Streams(seed))[number]
        made = block.make()
        count = sum(table.num_rows for table in made.values())
        if count != block.row_count:
            raise AssertionError(f"Block {number} has {count} rows, and said {block.row_count}.")
        for name, table in made.items():
            if table.num_rows:
                chunks[name].insert(0, table)
    return {name: pa.concat_tables(parts) for name, parts in chunks.items() if parts}


def check_generator(
    *names: str,
    rows: Mapping[str, int],
    seed: int = 1,
    settings: Mapping[str, Any] | None = None,
    chunk_rows: Sequence[int] = (7, 100),
) -> None:
    """Check an installed generator, or several together, against the contract.

    It is found; its tables are valid by its own schema, rules included, and have the ``rows``
    that were asked for; the same seed gives the same rows, with every size of chunk, in blocks
    that are made last first (of generators that make blocks) and in
    a process with another hash seed; another seed gives others. Some hundred rows are enough.

    Raises:
        AssertionError: A promise is broken; the message says which.
        PluginError: It breaks off, makes other numbers of rows, or what its schema does not say.
        UsageError: A name, a table or a setting is unknown.
    """
    own = dict(settings or {})
    data = _made(names, rows, seed, own, CHUNK_ROWS)
    if violations := validate(data.schema, data.chunks).violations:
        listed = "\n".join(f"  {each}" for each in violations)
        raise AssertionError(f"The data is not valid by its own schema:\n{listed}")
    first = _digests(data)
    for size in chunk_rows:
        _check_same(first, digests(names, rows, seed, own, size), f"with chunks of {size} rows")
    stretched = generators.generate(names, installed_plugins(), rows=rows, seed=seed, settings=own)
    _check_same(first, _digests(_backwards(stretched)), "in blocks that are made last first")
    if first == digests(names, rows, seed + 1, own, CHUNK_ROWS):
        raise AssertionError("Another seed gives the same rows.")
    found = in_another_process(f"{__name__}:digests", names, dict(rows), seed, own, CHUNK_ROWS)
    _check_same(first, found, "in another process")


def digests(
    names: Sequence[str],
    rows: Mapping[str, int],
    seed: int,
    settings: Mapping[str, Any],
    chunk_rows: int,
) -> dict[str, str]:
    """Return a digest of the values of each table, whatever the chunks they came in."""
    return _digests(_made(names, rows, seed, settings, chunk_rows))


def _digests(data: Dataset) -> dict[str, str]:
    return {
        name: hashlib.sha256(repr(data.arrow(name).to_pydict()).encode()).hexdigest()
        for name in data
    }


def _made(
    names: Sequence[str],
    rows: Mapping[str, int],
    seed: int,
    settings: Mapping[str, Any],
    chunk_rows: int,
) -> Dataset:
    made = generators.generate(
        names, installed_plugins(), rows=rows, seed=seed, settings=settings, chunk_rows=chunk_rows
    )
    return _gathered(made, [made.chunks()])


def _backwards(made: generators.Generated) -> Dataset:
    """Make the blocks of generators, the last one first, and put them in order."""
    stretches = generators.Stretches(made, made.rows_looked_at(), rows=1)
    numbers = reversed(range(len(stretches.all)))
    found = {number: list(stretches.chunks(number)) for number in numbers}
    return _gathered(made, [found[number] for number in sorted(found)])


def _gathered(made: generators.Generated, streams: Iterable[Iterable[TableChunk]]) -> Dataset:
    parts: dict[str, list[pa.Table]] = {}
    for chunk in chain.from_iterable(streams):
        parts.setdefault(chunk.table, []).append(chunk.data)
    return Dataset.in_memory(
        made.schema, {table: pa.concat_tables(found) for table, found in parts.items()}
    )


def _check_same(first: Mapping[str, str], again: Mapping[str, str], where: str) -> None:
    for table, digest in first.items():
        if again.get(table) != digest:
            raise AssertionError(f"The rows of {table!r} are others {where}.")
