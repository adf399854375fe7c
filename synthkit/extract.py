"""Anonymizing an extract, from reading it to the report of what is left to tell people by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from synthkit import pipeline
from synthkit.anonymization.apply import Anonymizer
from synthkit.anonymization.detect import Found, Recognizers, detect
from synthkit.anonymization.history import anonymized_history, decrypted_history
from synthkit.anonymization.keys import MasterKey
from synthkit.anonymization.plan import Plan
from synthkit.anonymization.propose import propose
from synthkit.anonymization.risk import frequency_linkage, quasi_risks
from synthkit.contracts.progress import Progress, Silent
from synthkit.contracts.section import Grid, Section
from synthkit.dataset import Dataset, Streamed
from synthkit.reading import Location
from synthkit.reports import Report
from synthkit.reports.build import Built
from synthkit.schema.validate import validate
from synthkit.values import ValueRegistry

__all__ = ["Anonymized", "anonymize", "decrypt", "find_personal", "make_plan", "risk_report"]

_OF_KEYS = ("null", "duplicate", "orphan", "shared_parent", "circle", "unique", "equality")


@dataclass(frozen=True)
class Anonymized:
    """An anonymized data set, made as it is written or looked at.

    ``plan`` says what was done; `risk_report` what is left to tell people by.
    """

    data: Dataset
    plan: Plan
    key: MasterKey
    anonymizer: Anonymizer


def find_personal(
    data: Dataset | Location,
    *,
    locales: Sequence[str] = (),
    nlp: str = "",
    progress: Progress | None = None,
) -> tuple[Found, ...]:
    """Return what each column was found to hold, with evidence that has no value of the data.

    ``nlp`` names a spaCy model that is installed; without one, names are found by lists and
    forms. Opens no socket.
    """
    listener = progress or Silent()
    whole = (
        data if isinstance(data, Dataset) else pipeline.read(data, progress=listener, check=False)
    )
    settings: Mapping[str, Mapping[str, object]] = {"presidio": {"nlp": nlp}} if nlp else {}
    recognizers = Recognizers(pipeline.installed_plugins(), settings)
    return detect(whole, recognizers, locales=locales, progress=listener)


def make_plan(
    data: Dataset | Location,
    *,
    locales: Sequence[str] = (),
    nlp: str = "",
    key_id: str | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Return a plan that replaces what is found in a data set and keeps the rest."""
    listener = progress or Silent()
    whole = (
        data if isinstance(data, Dataset) else pipeline.read(data, progress=listener, check=False)
    )
    found = find_personal(whole, locales=locales, nlp=nlp, progress=listener)
    return propose(whole, found, locales=locales, key_id=key_id)


def anonymize(
    data: Dataset | Location,
    *,
    key: MasterKey,
    plan: Plan | None = None,
    rows: Mapping[str, int] | None = None,
    where: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Anonymized:
    """Replace what identifies people, so that joins, uniqueness and formats hold.

    Without a plan, one is made from what is found. ``rows`` takes some rows of tables and all
    that belongs to them; ``where`` those that fit a condition in SQL (DuckDB's), by table. Nothing
    is replaced before the rows are asked for.

    Raises `UsageError` for a plan that does not fit the data or the key; writing or looking at
    the rows raises `DataError` if values cannot be replaced or came out as they went in.
    """
    listener = progress or Silent()
    whole = (
        data if isinstance(data, Dataset) else pipeline.read(data, progress=listener, check=False)
    )
    chosen = plan or make_plan(whole, key_id=key.id, progress=listener)
    read = whole
    if rows or where:
        from synthkit.anonymization.subset import subset

        listener.start("choosing rows")
        whole = subset(whole, rows or {}, key.under("subset"), where)
    plugins = pipeline.installed_plugins()
    made = Anonymizer(whole, chosen, key, plugins, ValueRegistry(plugins))
    streamed = Streamed(
        made.schema,
        lambda: made.chunks(listener),
        origin="anonymized",
        history=lambda: anonymized_history(read, chosen, key, made, rows or {}, where or {}),
    )
    return Anonymized(streamed, chosen, key, made)


def decrypt(data: Dataset | Location, plan: Plan, key: MasterKey) -> Dataset:
    """Return a data set with the columns that a plan encrypts as they were.

    Raises `DataError` for values that were encrypted with another key or changed since.
    """
    from synthkit.anonymization.decrypt import decrypted_chunks

    whole = data if isinstance(data, Dataset) else pipeline.read(data, check=False)
    return Streamed(
        whole.schema,
        lambda: decrypted_chunks(whole, plan, key),
        origin="decrypted",
        history=lambda: decrypted_history(whole, plan, key),
    )


def risk_report(made: Anonymized, written: Dataset) -> Report:
    """Return a report of what was done to each column and what is left to tell people by.

    ``written`` is the anonymized data set, read again or held in memory.
    """
    import faker

    tallies = [each.to_dict() for each in made.anonymizer.tallies.values()]
    for each in tallies:
        value_scoped = each["op"] in ("pool", "address", "hash", "email", "phone", "digits")
        each["frequency_linkage"] = (
            frequency_linkage(written.arrow(each["table"], [each["column"]]).column(0))
            if value_scoped and each["identifying"]
            else None
        )
    checked = [v for v in validate(written.schema, written.chunks).violations if v.kind in _OF_KEYS]
    groups = quasi_risks(written, made.plan)
    sections = (
        Built("columns", _columns(tallies)),
        Built("keys", _keys(checked)),
        Built("groups", _groups(groups, made.plan)),
    )
    facts: dict[str, object] = {
        "key": made.key.id,
        "key_check": made.key.check,
        "pools": f"faker {faker.VERSION}",
        "pool_digests": made.anonymizer.pools(),
        "columns": tallies,
        "groups": [each.to_dict() for each in groups],
        "violations": [vars(each) for each in checked],
    }
    return Report("Anonymization", _verdict(tallies, checked), (), sections, None, facts)


def _verdict(tallies: Sequence[Mapping[str, Any]], checked: Sequence[object]) -> tuple[str, ...]:
    replaced = [each for each in tallies if each["op"] != "keep"]
    verbatim = sum(each["verbatim"] for each in replaced if each["identifying"])
    return (
        f"{len(replaced)} of {len(tallies)} columns were replaced.",
        f"{verbatim:,} input values of these columns are among their output values.",
        f"{len(checked):,} keys, foreign keys or repeated columns are broken.",
    )


def _columns(tallies: Sequence[Mapping[str, Any]]) -> Section:
    rows: list[list[str | float | None]] = [
        [
            f"{each['table']}.{each['column']}",
            each["kind"],
            each["op"],
            each["because"],
            each["replaced"],
            each["redacted"],
            each["same"],
            each["verbatim"],
            each["frequency_linkage"],
        ]
        for each in tallies
    ]
    names = [
        "column",
        "found",
        "action",
        "because",
        "replaced",
        "redacted",
        "unchanged",
        "verbatim",
        "linkable",
    ]
    text = (
        "Redacted counts replaced cells that the action could not read, unchanged those that came "
        "out as they went in, verbatim different input values that are among the output values, "
        "linkable the share of rows whose pseudonym is the only one as common as it is: who knows "
        "how common real values are can tell these."
    )
    return Section("Columns", text, grids=(Grid(names, rows),))


def _keys(checked: Sequence[Any]) -> Section:
    rows: list[list[str | float | None]] = [
        [v.subject, v.kind, v.message, v.count] for v in checked
    ]
    grids = (Grid(["subject", "kind", "what is wrong", "rows"], rows),) if rows else ()
    text = (
        "All keys, unique columns and foreign keys hold." if not rows else "Some keys are broken."
    )
    return Section("Keys", text, numbers={"violations": len(rows)}, grids=grids)


def _groups(groups: Sequence[Any], plan: Plan) -> Section:
    rows: list[list[str | float | None]] = [
        [g.table, ", ".join(g.columns), g.rows, g.k, g.rows_under, g.l, g.t] for g in groups
    ]
    names = ["table", "quasi-identifiers", "rows", "k", f"rows under {plan.risk.k}", "l", "t"]
    text = (
        "Rows that share what is commonly known of people hide each other: k is the smallest such "
        "group, l the least number of different sensitive values in one, t the largest distance of "
        "a group's sensitive values from the table's."
    )
    return Section("Groups", text, grids=(Grid(names, rows),) if rows else ())
