"""``synthkit sample``: draw a new data set from a model file."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from synthkit.cli.parts import InParts, parts_options

if TYPE_CHECKING:
    from synthkit.contracts import RowTargets, Written
    from synthkit.synthesizers.model import Model, Sample

__all__ = ["command"]


@click.command("sample")
@click.argument("model", default="model.synthkit")
@click.option(
    "--rows",
    multiple=True,
    metavar="N|TABLE=N",
    help="Rows of the main table, or of a table by name; the others follow.",
)
@click.option("--table", help="Take this table as the main table.")
@click.option("--scale", type=float, help="Rows of every table, against those learned.")
@click.option(
    "--where",
    multiple=True,
    metavar="CONDITION",
    help="What every row of a table fulfils: country=DE,FR, 'age>=30', phone!= (not empty).",
)
@click.option(
    "--given",
    multiple=True,
    metavar="FILE|TABLE=FILE",
    help="Rows of a table with some of its columns: the sample has these, and what they lack.",
)
@click.option(
    "--weights",
    multiple=True,
    metavar="SHARES",
    help="Shares of a table's rows: status=active:0.5,churned:0.5; *:0.2 is for all others.",
)
@click.option(
    "--edge-cases",
    metavar="SHARE[,kinds=A+B]",
    help="Share of rows that carry an edge case, 0.02, told in edge_cases.csv.",
)
@click.option("--invalid", is_flag=True, help="Let some edge cases break keys and rules.")
@click.option("--out", default="synthetic", show_default=True, help="Folder or file to write.")
@click.option("--format", "format_", help="csv, json, jsonl, parquet, or what a plugin adds.")
@click.option("--seed", type=click.IntRange(min=0), help="Makes the sample repeatable.")
@click.option(
    "--chunk-rows",
    type=click.IntRange(min=1),
    help="Rows handled at a time; never changes what is written.",
)
@parts_options(jobs_draw=True)
@click.option("--overwrite", is_flag=True, help="Replace what an earlier run wrote there.")
@click.option(
    "--trust-pickle",
    is_flag=True,
    help="Allow a model file with pickled parts (SDV's); it can run any code.",
)
@click.option("--plan", "plan_only", is_flag=True, help="Show the planned rows and stop.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def command(
    *,
    model: str,
    rows: tuple[str, ...],
    table: str | None,
    scale: float | None,
    where: tuple[str, ...],
    given: tuple[str, ...],
    weights: tuple[str, ...],
    seed: int | None,
    trust_pickle: bool,
    plan_only: bool,
    edge_cases: str | None,
    invalid: bool,
    quiet: bool,
    as_json: bool,
    in_parts: InParts,
    out: str,
    format_: str | None,
    chunk_rows: int | None,
    overwrite: bool,
) -> None:
    """Draw a new data set from a model file (model.synthkit if none is named).

    \b
    Examples:
      synthkit sample --rows 50000
      synthkit sample shop.synthkit --rows orders=50000 --seed 7 --out shop_synthetic/
      synthkit sample --scale 2.5 --format parquet
      synthkit sample --rows 1000000000 --parts --jobs 16 --out /shared/big
      synthkit sample --rows 1000000000 --dask tcp://10.0.0.5:8786 --out s3://bucket/big --resume
      synthkit sample --rows 1000 --where country_code=DE,FR --where 'lifetime_value>=100'
      synthkit sample --weights customers.status=active:0.5,churned:0.5
      synthkit sample --given customers=roots.csv
      synthkit sample --edge-cases 0.02 --invalid --out odd/
    """  # noqa: D301
    from synthkit import pipeline
    from synthkit.cli.edge_cases import placed, tell_cases
    from synthkit.cli.terminal import Terminal

    began = time.perf_counter()
    loaded = pipeline.load(model, trust_pickle=trust_pickle)
    targets = _targets(rows, table, scale)
    seed = in_parts.seed_of_then(out) if in_parts.resume and seed is None else seed
    with Terminal(quiet=quiet or as_json) as terminal:
        asked = loaded.conditions(where=where, given=given or None, weights=weights, table=table)
        sample = loaded.sample_targets(
            targets, seed=seed, progress=terminal, jobs=in_parts.processes, conditions=asked
        )
        data = placed(sample, edge_cases, sample.seed, invalid=invalid)
        _tell_plan(loaded, sample, table, alone=plan_only, quiet=quiet, as_json=as_json)
        if plan_only:
            return
        written = in_parts.write(
            data, out, format_, terminal, overwrite=overwrite, chunk_rows=chunk_rows
        )
        terminal.say_notes(written.notes)
        cases = tell_cases(data, terminal)
    if as_json or not quiet:
        _tell(written, sample.seed, time.perf_counter() - began, cases, as_json=as_json)


def _targets(rows: tuple[str, ...], table: str | None, scale: float | None) -> RowTargets:
    from synthkit.cli.terminal import parse_rows
    from synthkit.contracts import RowTargets

    main, tables = parse_rows(rows)
    return RowTargets(main=main, table=table, scale=scale, tables=tables)


def _tell_plan(
    model: Model, sample: Sample, table: str | None, *, alone: bool, quiet: bool, as_json: bool
) -> None:
    """Show the planned rows; as JSON only if nothing follows, for there is one value."""
    from synthkit.cli.terminal import print_json, print_table

    main_table = table or model.main_table
    if as_json:
        if alone:
            print_json({"main_table": main_table, "plan": sample.plan, "seed": sample.seed})
    elif not quiet:
        click.echo(f"Plan (main table {main_table}, seed {sample.seed}):")
        print_table(
            [
                {"table": name, "learned": model.row_counts[name], "sampled": count}
                for name, count in sample.plan.items()
            ]
        )


def _tell(
    written: Written, seed: int, seconds: float, cases: dict[str, Any], *, as_json: bool
) -> None:
    from dataclasses import asdict

    from synthkit.cli.terminal import print_json

    if as_json:
        print_json({**asdict(written), "seed": seed, "seconds": round(seconds, 3), **cases})
    else:
        click.echo(
            f"Wrote {written.row_count:,} rows as {written.format} to {written.location} "
            f"in {seconds:.1f} s."
        )
