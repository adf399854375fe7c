"""Writes a commented ``synthkit.yaml`` for a data set, which runs as it is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from synthkit.dataset import Dataset
from synthkit.errors import UsageError
from synthkit.lineage.fingerprints import masked
from synthkit.randomness import draw_seed
from synthkit.schema.files.yaml_nodes import flow
from synthkit.schema.graph import main_table

__all__ = ["text_for", "write_project"]


def text_for(data: Dataset, location: str, folder: Path, *, seed: int | None = None) -> str:
    """Return the text of a project: learn the data, sample as many rows, check and report.

    ``folder`` is the one that paths in the text are relative to.
    """
    return "\n".join(_lines(data, _from(location, folder), draw_seed() if seed is None else seed))


def write_project(path: Path, text: str, *, overwrite: bool = False) -> None:
    """Write the text of a project. `UsageError` if a file is there and may not be replaced."""
    if path.exists() and not overwrite:
        raise UsageError(
            f"{path} exists already.", hint="Use --out for another name, or --overwrite."
        )
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror}.", hint="Choose another place."
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def _lines(data: Dataset, location: str, seed: int) -> Iterator[str]:
    counts = data.row_counts
    main = main_table(data.schema, counts)
    personal = [f"{t.name}.{c.name}" for t in data.schema.tables for c in t.columns if c.pii]
    yield "# A pipeline of synthkit: `synthkit run` does the steps that are due, top to bottom."
    yield "# `synthkit run --dry-run` says which are, and why. Paths are relative to this file."
    yield "version: 1"
    yield ""
    yield "# Makes every step repeatable that draws; a step may have a `seed` of its own."
    yield f"seed: {seed}"
    yield ""
    yield "# A step has a name and begins with its command; its options are those of the command"
    yield "# (`synthkit sample --help`), with _ for -. It works on an earlier step, or on a place."
    yield "steps:"
    yield "  data:"
    yield f"    read: {flow(location)}"
    yield "    # Tables, with their rows:"
    yield from (f"    #   {_safe(name)}: {count:,}" for name, count in counts.items())
    yield ""
    yield from _anonymize(personal)
    yield "  model:"
    yield "    fit: data"
    yield "    out: model.synthkit"
    yield "    # synthesizer: independent   # `synthkit plugins` lists them"
    yield "    # holdout: 0.2               # keeps rows aside that the report then compares with"
    yield ""
    yield "  synthetic:"
    yield "    sample: model"
    yield f"    rows: {counts[main]}   # of {_safe(main)}; the other tables follow"
    yield "    # where: [...]               # what all rows fulfil: country=DE"
    yield "    out: synthetic"
    yield "    format: csv                  # json, jsonl, parquet, ..."
    yield ""
    yield "  check:"
    yield "    validate: synthetic          # keys, references, rules: the run stops if they break"
    yield ""
    yield "  compared:"
    yield "    report: data"
    yield "    synthetic: synthetic"
    yield "    model: model"
    yield "    out: report"
    yield "    # fail_under: fidelity=0.8,privacy=0.8"
    yield ""
    yield "  # Further: generate, pull, export."
    yield "  # loaded:"
    yield "  #   export: synthetic"
    yield "  #   to: sqlite:///synthetic.db"
    yield ""


def _anonymize(personal: list[str]) -> Iterator[str]:
    """Yield a step that is commented out: it needs a key, and a person who looks at the plan."""
    found = f"{len(personal)} columns look like it" if len(personal) != 1 else "1 column looks so"
    yield f"  # Replaces what identifies people ({found}), for when real rows must be handed on."
    yield from (f"  #   {_safe(name)}" for name in personal)
    yield "  # `synthkit key new NAME --out my.key` makes the key. Learning needs none of this:"
    yield "  # these columns are made anew."
    yield "  # clean:"
    yield "  #   anonymize: data"
    yield "  #   key_file: my.key"
    yield "  #   out: clean"
    yield ""


def _from(location: str, folder: Path) -> str:
    """Return a location as it is reached from a folder; passwords do not belong into files."""
    if "://" in location:
        return masked(location).replace(":***@", "@")
    return os.path.relpath(Path(location).resolve(), folder.resolve())


def _safe(name: str) -> str:
    """Return a name on one line: whatever it holds, it cannot end a comment."""
    return flow(name)
