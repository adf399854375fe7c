"""Plans as YAML: read with errors that name file and line, written with reasons as comments."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args, get_type_hints

from synthkit.anonymization.plan import Decision, Plan, Policy, Risk, TablePlan
from synthkit.anonymization.propose import action_for
from synthkit.errors import DataError, UsageError, near_matches
from synthkit.schema.files.yaml_nodes import Node, entry, flow, parse

__all__ = ["dumps", "load", "loads", "save"]

VERSION = 1
_COMMENT = re.compile(r"\s*# (?P<text>.+?)\s*")
_FIELDS = ("version", "key", "policy", "locales", "domains", "tables", "risk")


def load(path: str | os.PathLike[str]) -> Plan:
    """Read a plan. Raises `UsageError` if there is no such file, `DataError` if it is no plan."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"The plan {str(path)!r} cannot be read.",
            hint="synthkit anonymize DATA --plan plan.yaml writes one.",
        ) from error
    return loads(text, str(path))


def loads(text: str, file: str = "plan.yaml") -> Plan:
    """Read the text of a plan; ``file`` is the name that errors show."""
    root = parse(text, file)
    fields = _known(root, _FIELDS)
    if "version" not in fields or fields["version"].value() != VERSION:
        raise root.error(f"a plan begins with `version: {VERSION}`")
    if "tables" not in fields:
        raise root.error("there are no tables")
    key = _known(fields["key"], ("env", "id")) if "key" in fields else {}
    domains = fields["domains"].fields() if "domains" in fields else {}
    for name, node in domains.items():
        if "op" not in node.fields():
            raise node.error(f"the domain {name!r} has no op")
    lines = text.splitlines()
    return Plan(
        tables={name: _table(node, lines) for name, node in fields["tables"].fields().items()},
        domains={name: _decision(node) for name, node in domains.items()},
        locales=fields["locales"].names() if "locales" in fields else ("en_US",),
        locales_because=_above(fields["locales"], lines) if "locales" in fields else "",
        policy=_policy(fields.get("policy")),
        risk=_risk(fields.get("risk")),
        key_environment=key["env"].text() if "env" in key else "SYNTHKIT_KEY",
        key_id=key["id"].text() if "id" in key else None,
    )


def _known(node: Node, names: tuple[str, ...]) -> dict[str, Node]:
    found = node.fields()
    for name, part in found.items():
        if name not in names:
            raise part.error("there is no such field", near_matches(name, names))
    return found


def _table(node: Node, lines: Sequence[str]) -> TablePlan:
    fields = _known(node, ("subject", "columns"))
    columns = fields["columns"].fields() if "columns" in fields else {}
    subject = fields["subject"].optional_text() if "subject" in fields else None
    return TablePlan(
        {name: _reasoned(_decision(part), part, lines) for name, part in columns.items()}, subject
    )


def _reasoned(decision: Decision, node: Node, lines: Sequence[str]) -> Decision:
    """Return a decision with what the comment above it says was found, for the risk report."""
    found = _above(node, lines)
    kind, colon, because = found.partition(": ")
    if colon and action_for(kind) is not None:
        return replace(decision, kind=kind, because=because)
    return replace(decision, because=found)


def _above(node: Node, lines: Sequence[str]) -> str:
    """Return the comment on the line above."""
    line = node.node.start_mark.line - 1
    found = _COMMENT.fullmatch(lines[line]) if 0 <= line < len(lines) else None
    return found["text"] if found else ""


def _decision(node: Node) -> Decision:
    fields = node.fields()
    op = fields.pop("op").name() if "op" in fields else None
    domain = fields.pop("domain").name() if "domain" in fields else None
    if op is None and domain is None:
        raise node.error("says neither `op` nor `domain`", "Write {op: keep} to keep a column.")
    settings = {name: part.value() for name, part in fields.items()}
    if op is None and settings:
        raise node.error("a column of a domain has no settings of its own")
    return Decision(op, settings, domain)


def _policy(node: Node | None) -> Policy:
    if node is None:
        return Policy()
    chosen = {}
    for name, part in _known(node, ("unknown_column", "unreadable_cell")).items():
        allowed = get_args(get_type_hints(Policy)[name])
        chosen[name] = part.text()
        if chosen[name] not in allowed:
            raise part.error("there is no such policy", near_matches(chosen[name], allowed))
    return Policy(**chosen)  # type: ignore[arg-type]


def _risk(node: Node | None) -> Risk:
    if node is None:
        return Risk()
    fields = _known(node, ("quasi_ids", "sensitive", "k", "l", "t"))
    made: dict[str, Any] = {}
    for name, part in fields.items():
        if name in ("quasi_ids", "sensitive"):
            made[name] = {table: each.names() for table, each in part.fields().items()}
            continue
        made[name] = part.value()
        if not isinstance(made[name], (int, float)) or made[name] <= 0:
            raise part.error("expected a number above 0")
    return Risk(**made)


def save(plan: Plan, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Write a plan's file. Raises `UsageError` if it is there and ``overwrite`` is false."""
    target = Path(path)
    if target.exists() and not overwrite:
        raise UsageError(f"{str(path)!r} is there already.", hint="Use --overwrite to replace it.")
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        partial.write_text(dumps(plan), encoding="utf-8")
        partial.replace(target)
    except OSError as error:
        raise DataError(
            "cannot be written", file=str(path), hint="Choose another place."
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def dumps(plan: Plan) -> str:
    """Return a plan as YAML; what was found in a column and why stands above it."""
    return "\n".join(_lines(plan)) + "\n"


def _lines(plan: Plan) -> Iterator[str]:
    yield "# What `synthkit anonymize` does to each column. Edit it, then:"
    yield "#   synthkit anonymize DATA --with plan.yaml --out clean/"
    yield f"version: {VERSION}"
    key: dict[str, object] = {"env": plan.key_environment}
    yield entry("key", flow(key | ({"id": plan.key_id} if plan.key_id else {})))
    yield entry("policy", flow(vars(plan.policy)))
    if plan.locales_because:
        yield f"# {plan.locales_because}"
    yield entry("locales", flow(plan.locales))
    if plan.domains:
        yield "domains: # one pseudonym for a value in all columns of a domain"
        for name, decision in plan.domains.items():
            yield entry(name, _written(decision), "  ")
    yield "tables:"
    for table, told in plan.tables.items():
        yield entry(table, "", "  ")
        if told.subject:
            yield entry("subject", f"{flow(told.subject)} # whom a row is about", "    ")
        yield "    columns:"
        for column, decision in told.columns.items():
            if decision.because:
                found = f"{decision.kind}: " if decision.kind else ""
                yield f"      # {found}{decision.because}"
            yield entry(column, _written(decision), "      ")
    yield from _risk_lines(plan.risk)


def _risk_lines(risk: Risk) -> Iterator[str]:
    yield "risk: # what the report measures of the result"
    groups: Mapping[str, Mapping[str, tuple[str, ...]]] = {
        "quasi_ids": risk.quasi_ids,
        "sensitive": risk.sensitive,
    }
    for name, tables in groups.items():
        yield entry(name, flow({table: list(columns) for table, columns in tables.items()}), "  ")
    for name in ("k", "l", "t"):
        yield entry(name, flow(getattr(risk, name)), "  ")


def _written(decision: Decision) -> str:
    if decision.op is None:
        return flow({"domain": decision.domain})
    domain = {"domain": decision.domain} if decision.domain else {}
    return flow({"op": decision.op, **domain, **decision.settings})
