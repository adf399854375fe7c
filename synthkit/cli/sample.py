"""``synthkit sample``: draw a new data set from a model file."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from synthkit.contracts import Progress, Written
    from synthkit.edge_cases import EdgeCases
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
@click.option(
    "--jobs",
    default="auto",
    show_default=True,
    metavar="N|auto",
    help="Processes that draw, auto: as many as pay; never changes what is written.",
)
@click.option(
    "--parts",
    is_flag=True,
    help="Write each table as a folder of parts, made by the processes that draw them.",
)
@click.option(
    "--part-rows",
    type=click.IntRange(min=1),
    help="Rows of a part, of all tables together (1,000,000); implies --parts.",
)
@click.option(
    "--dask",
    metavar="ADDRESS",
    help="Make the parts on a Dask cluster: tcp://HOST:8786, or local to start one; implies "
    "--parts.",
)
@click.option(
    "--resume",
    is_flag=True,
    help="Go on with the parts of a run that was ended; implies --parts.",
)
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
    **output: Any,
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
    from synthkit.cli.terminal import Terminal, parse_jobs, parse_rows
    from synthkit.contracts import RowTargets

    began = time.perf_counter()
    loaded = pipeline.load(model, trust_pickle=trust_pickle)
    main, tables = parse_rows(rows)
    processes = parse_jobs(output["jobs"])
    targets = RowTargets(main=main, table=table, scale=scale, tables=tables)
    seed = _seed_of_then(output["out"]) if output["resume"] and seed is None else seed
    with Terminal(quiet=quiet or as_json) as terminal:
        asked = loaded.conditions(where=where, given=given or None, weights=weights, table=table)
        sample = loaded.sample_targets(
            targets, seed=seed, progress=terminal, jobs=processes, conditions=asked
        )
        data = placed(sample, edge_cases, sample.seed, invalid=invalid)
        main_table = table or loaded.main_table
        if not quiet and not as_json:
            _show_plan(loaded, sample, main_table)
        if plan_only:
            _tell_plan(sample, main_table, as_json=as_json)
            return
        written = _write(data, terminal, **{**output, "jobs": processes})
        terminal.say_notes(written.notes)
        cases = tell_cases(data, terminal)
    if as_json or not quiet:
        _tell(written, sample.seed, time.perf_counter() - began, cases, as_json=as_json)


def _seed_of_then(out: str) -> int | None:
    """Return the seed of the run that is to go on."""
    from synthkit.parts.run import stored_seed

    return stored_seed(out)


def _write(
    sample: Sample | EdgeCases,
    progress: Progress,
    *,
    out: str,
    format_: str | None,
    chunk_rows: int | None,
    jobs: int,
    parts: bool,
    part_rows: int | None,
    dask: str | None,
    resume: bool,
    overwrite: bool,
) -> Written:
    """Write a sample in one go, or in parts where any option asks for them."""
    from synthkit import pipeline

    if not (parts or part_rows or dask or resume):
        return pipeline.write(
            sample, out, format=format_, overwrite=overwrite, chunk_rows=chunk_rows
        )
    from synthkit.parts.run import DEFAULT_ROWS, write_parts

    return write_parts(
        sample,
        out,
        format=format_ or "parquet",
        part_rows=part_rows or DEFAULT_ROWS,
        jobs=jobs,
        dask=dask,
        resume=resume,
        overwrite=overwrite,
        progress=progress,
    )


def _tell_plan(sample: Sample, main_table: str, *, as_json: bool) -> None:
    from synthkit.cli.terminal import print_json

    if as_json:
        print_json({"main_table": main_table, "plan": sample.plan, "seed": sample.seed})


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


def _show_plan(model: Model, sample: Sample, main_table: str) -> None:
    from synthkit.cli.terminal import print_table

    click.echo(f"Plan (main table {main_table}, seed {sample.seed}):")
    print_table(
        [
            {"table": name, "learned": model.row_counts[name], "sampled": count}
            for name, count in sample.plan.items()
        ]
    )
