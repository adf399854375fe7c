"""``synthkit anonymize``: replace what identifies people, so that joins still work."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import click

from synthkit.cli.parts import InParts, parts_options
from synthkit.cli.reading import Reading, reading_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synthkit.anonymization.keys import MasterKey
    from synthkit.anonymization.plan import Plan
    from synthkit.contracts import Written
    from synthkit.dataset import Dataset
    from synthkit.extract import Anonymized

__all__ = ["command"]


@click.command("anonymize")
@click.argument("data")
@click.option("--out", help="Folder or file to write.")
@click.option(
    "--plan", "plan_file", metavar="FILE", help="Write the plan there and stop; - shows it."
)
@click.option("--with", "with_file", metavar="FILE", help="Do what this plan says.")
@click.option("--key-file", metavar="FILE", help="File with the key (`synthkit key new`).")
@click.option("--key-env", metavar="NAME", help="Environment variable with it: SYNTHKIT_KEY.")
@click.option(
    "--locale", "locales", multiple=True, help="Of the names in the data; repeat for more."
)
@click.option("--nlp", default="", metavar="MODEL", help="An installed spaCy model for names.")
@click.option(
    "--subset",
    multiple=True,
    metavar="TABLE=N",
    help='Some rows and what belongs to them; or those that fit: "TABLE: CONDITION".',
)
@click.option("--format", "format_", help="csv, json, jsonl, parquet, or what a plugin adds.")
@click.option("--report", metavar="FOLDER", help="Write the risk report there (HTML and JSON).")
@reading_options()
@parts_options()
@click.option("--overwrite", is_flag=True, help="Replace what an earlier run wrote there.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def command(
    *,
    data: str,
    reading: Reading,
    in_parts: InParts,
    out: str | None,
    plan_file: str | None,
    with_file: str | None,
    key_file: str | None,
    key_env: str | None,
    locales: tuple[str, ...],
    nlp: str,
    subset: tuple[str, ...],
    format_: str | None,
    report: str | None,
    overwrite: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Replace what identifies people in a data set. Needs a key: `synthkit key new`.

    \b
    Examples:
      synthkit anonymize extract/ --plan plan.yaml
      synthkit anonymize extract/ --with plan.yaml --out clean/ --report risk/
      synthkit anonymize extract/ --out clean/ --subset customers=1000 --key-file ~/.synthkit.key
      synthkit anonymize extract/ --out clean/ --subset "customers: country = 'DE'"
      synthkit anonymize extract/ --with plan.yaml --out clean/ --jobs 4 --resume
    """  # noqa: D301
    from synthkit import extract, pipeline
    from synthkit.anonymization import plan_yaml
    from synthkit.cli.reading import read
    from synthkit.cli.terminal import Terminal

    _check(data, out, plan_file, (*subset, *filter(None, [report, in_parts.wanted])))
    rows, where = _subset(subset)
    began = time.perf_counter()
    plan = None if with_file is None else plan_yaml.load(with_file)
    key = None if out is None else _key(plan, key_env, key_file)
    with Terminal(quiet=quiet or as_json) as terminal:
        whole = read(data, terminal, reading, check=False)
        if plan is None:
            key_id = key.id if key else None
            plan = extract.make_plan(
                whole, locales=locales, nlp=nlp, key_id=key_id, progress=terminal
            )
        if plan_file is not None:
            _tell_plan(plan, whole, plan_file, overwrite=overwrite, as_json=as_json, quiet=quiet)
            return
        assert key is not None
        assert out is not None
        made = extract.anonymize(
            whole, key=key, plan=plan, rows=rows, where=where, progress=terminal
        )
        written = in_parts.write(made, out, format_, terminal, overwrite=overwrite)
        if report is not None:
            terminal.start("measuring what is left")
            extract.risk_report(made, pipeline.read(out)).save(report, overwrite=overwrite)
    if as_json or not quiet:
        _tell(made, written, time.perf_counter() - began, as_json=as_json)


def _check(data: str, out: str | None, plan: str | None, of_output: Sequence[object]) -> None:
    from synthkit.errors import UsageError

    if (out is None) == (plan is None):
        raise UsageError(
            "Say either where to write (--out) or where to write the plan (--plan).",
            hint=f"synthkit anonymize {data} --plan plan.yaml",
        )
    if out is None and of_output:
        raise UsageError(
            "--subset, --report and parts go with --out: the plan is made from all rows.",
            hint=f"synthkit anonymize {data} --with plan.yaml --out clean/ --subset customers=1000",
        )


def _key(plan: Plan | None, environment: str | None, file: str | None) -> MasterKey:
    from synthkit.anonymization.keys import read_key

    named = environment or (plan.key_environment if plan else None)
    return read_key(environment=named, file=file)


def _subset(given: tuple[str, ...]) -> tuple[dict[str, int], dict[str, str]]:
    """Return numbers of rows, and conditions, by table: "customers=10", "customers: id < 10"."""
    from synthkit.cli.terminal import parse_rows
    from synthkit.errors import UsageError

    counts, where = [], {}
    for text in given:
        table, colon, condition = text.partition(":")
        if not colon or "=" in table:
            if not re.fullmatch(r"(.+=)?[\d_,]+", text):
                raise UsageError(
                    f"--subset {text} is neither a number of rows nor a condition.",
                    hint="--subset customers=1000 or --subset \"customers: country = 'DE'\"",
                )
            counts.append(text)
            continue
        if table.strip() in where:
            raise UsageError(
                f"--subset was given two conditions for {table.strip()}.",
                hint="Join them with `and` or `or`.",
            )
        where[table.strip()] = condition.strip()
    main, rows = parse_rows(counts, "--subset")
    if main is not None:
        raise UsageError(
            f"--subset {main} does not say of which table.", hint=f"--subset customers={main}"
        )
    return rows, where


def _tell_plan(
    plan: Plan, data: Dataset, file: str, *, overwrite: bool, as_json: bool, quiet: bool
) -> None:
    from synthkit.anonymization import plan_yaml
    from synthkit.cli.terminal import counted, print_json

    if file == "-":
        click.echo(plan_yaml.dumps(plan), nl=False)
        return
    plan_yaml.save(plan, file, overwrite=overwrite)
    decisions = [
        plan.resolved(table, column) for table in data for column in plan.tables[table].columns
    ]
    kept = sum(decision is not None and decision.op == "keep" for decision in decisions)
    if as_json:
        print_json({"plan": file, "columns": len(decisions), "kept": kept})
    elif not quiet:
        review = sum("please review" in (d.because if d else "") for d in decisions)
        click.echo(
            f"Wrote {file}: {counted(len(decisions) - kept, 'column')} to replace, {kept} to keep, "
            f"{review} to review. Edit it, then give it with --with {file}."
        )


def _tell(made: Anonymized, written: Written, seconds: float, *, as_json: bool) -> None:
    from dataclasses import asdict

    from synthkit.cli.terminal import print_json, print_table

    key = made.key.id
    tallies = [each.to_dict() for each in made.anonymizer.tallies.values()]
    if as_json:
        print_json(
            {**asdict(written), "key": key, "columns": tallies, "seconds": round(seconds, 3)}
        )
        return
    print_table(
        [
            {
                "column": f"{each['table']}.{each['column']}",
                "found": each["kind"] or "",
                "action": each["op"],
                "replaced": each["replaced"],
                "verbatim": each["verbatim"] if each["identifying"] else "",
            }
            for each in tallies
            if each["identifying"] or each["op"] != "keep"
        ]
    )
    click.echo(
        f"Wrote {written.row_count:,} rows as {written.format} to {written.location} "
        f"in {seconds:.1f} s (key {key})."
    )
