"""From findings to a plan: one action for each column, the same for columns that are linked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from synthkit.anonymization.detect import Found
from synthkit.anonymization.domains import Place, linked
from synthkit.anonymization.exposure import PEOPLE, exposed
from synthkit.anonymization.locales import guessed
from synthkit.anonymization.plan import Decision, Plan, Risk, TablePlan
from synthkit.dataset import Dataset
from synthkit.schema import Schema, Table

__all__ = ["action_for", "propose"]

_PERSON = frozenset({"first_name", "last_name", "name"})
_SHARED = {
    "email": Decision("email"),
    "user_name": Decision("email", {"host": "none"}),
    "phone_number": Decision("phone"),
    "ssn": Decision("digits"),
    "iban": Decision("iban"),
    "credit_card_number": Decision("card"),
    "ipv4_address": Decision("pool", {"kind": "ipv4_address"}),
    "ipv6_address": Decision("pool", {"kind": "ipv6_address"}),
    "mac_address": Decision("pool", {"kind": "mac_address"}),
    "license_plate": Decision("digits"),
    "vin": Decision("digits"),
    "url": Decision("pool", {"kind": "url"}),
    "crypto_wallet": Decision("hash"),
    "company": Decision("pool", {"kind": "company"}),
    "city": Decision("pool", {"kind": "city"}),
    "first_name": Decision("pool", {"kind": "first_name"}),
    "last_name": Decision("pool", {"kind": "last_name"}),
    "name": Decision("pool", {"kind": "name"}),
    "street_address": Decision("address"),
    "secondary_address": Decision("address", {"kind": "secondary_address"}),
    "address": Decision("address", {"kind": "address"}),
    "postcode": Decision("digits", {"keep_first": 1}),
}
"""What is done to a kind wherever it stands, so that columns of it can be joined."""
_ALONE = {
    "date_of_birth": Decision("date_shift"),
    "latitude": Decision("generalize", {"step": 0.1}),
    "longitude": Decision("generalize", {"step": 0.1}),
    "text": Decision("text"),
    "json": Decision("json"),
}
_NUMBERED = (
    "no two of these people have the same, so it may be a number they are known by; please review"
)
_OF_SUBJECT = _PERSON | {"street_address", "secondary_address", "address"}
_UNIQUE = frozenset({"email", "phone", "digits", "iban", "card", "hash", "uuid", "keep"})


def action_for(kind: str) -> Decision | None:
    """Return what is done to a kind of personal data; None if it names nobody."""
    return _SHARED.get(kind) or _ALONE.get(kind)


def propose(
    data: Dataset, found: Sequence[Found], *, locales: Sequence[str] = (), key_id: str | None = None
) -> Plan:
    """Return a plan that replaces what was found or is to be reviewed, and keeps the rest.

    Without ``locales``, that of the data is guessed: pools are of it.
    """
    schema = data.schema
    links = linked(schema)
    guess, why = (locales[0], "") if locales else guessed(data, found)
    by_column = {(each.table, each.column): each for each in found}
    subjects = _subjects(schema, by_column, links)
    decisions = {
        place: _decision(schema.table(place[0]), each, subjects)
        for place, each in by_column.items()
    }
    for place in _numbers_of_people(schema, subjects):
        if by_column[place].best is None and place not in links:
            decisions[place] = Decision("digits", because=_NUMBERED)
    for place, root in links.items():
        if root in decisions and root != place:
            told = by_column[place]
            stronger = decisions[root]
            if stronger.op == "keep" and decisions[place].op != "keep" and not told_of_key(told):
                decisions[root] = replace(decisions[place], because=decisions[root].because)
    for place, root in links.items():
        if root in decisions and root != place:
            because = f"it points at or repeats {root[0]}.{root[1]}"
            decisions[place] = replace(decisions[root], because=because)
    domains: dict[str, Decision] = {}
    tables: dict[str, TablePlan] = {}
    for table in schema.tables:
        columns = {}
        for name in table.column_names:
            decision = decisions[table.name, name]
            columns[name] = _in_domain(decision, links.get((table.name, name)), domains)
        tables[table.name] = TablePlan(_told_apart(columns), subjects.get(table.name))
    return Plan(
        tables=tables,
        domains=domains,
        locales=tuple(locales) or (guess,),
        locales_because=why,
        risk=Risk(*exposed(schema, by_column, decisions, links)),
        key_id=key_id,
    )


def told_of_key(found: Found) -> bool:
    """Say whether nothing but the name of a column speaks for a finding."""
    return found.best is None or "name says" in found.best.because


def _subjects(
    schema: Schema,
    found: Mapping[tuple[str, str], Found],
    links: Mapping[tuple[str, str], tuple[str, str]],
) -> dict[str, str]:
    """Return the column of each table that says whom a row is about.

    Tables with columns of their own that name people are about their key; those that point at
    one of them are about whom they point at.
    """
    people: dict[str, str] = {}
    for table in schema.tables:
        own = any(
            links.get((table.name, name), (table.name, name))[0] == table.name
            for name in table.column_names
            if _kind(found[table.name, name]) in PEOPLE
        )
        if own and table.primary_key and len(table.primary_key) == 1:
            people[table.name] = table.primary_key[0]
    made = dict(people)
    for table in schema.tables:
        for key in schema.foreign_keys_of(table.name):
            if table.name not in made and key.parent in people and len(key.columns) == 1:
                made[table.name] = key.columns[0]
    return made


def _numbers_of_people(schema: Schema, subjects: Mapping[str, str]) -> Iterator[Place]:
    """Yield the codes beside the key of people's tables that no two of them share."""
    for table in schema.tables:
        if (subjects.get(table.name, ""),) != table.primary_key:
            continue
        for key in table.alternate_keys:
            column = table.column(key[0])
            if len(key) == 1 and column.sdtype == "id" and column.format != "uuid":
                yield table.name, column.name


def _kind(found: Found) -> str:
    return found.best.kind if found.best else ""


def _decision(table: Table, found: Found, subjects: Mapping[str, str]) -> Decision:
    best = found.best
    if best is None:
        return Decision("keep", because="nothing personal was found")
    because = best.because + ("; please review" if found.status == "review" else "")
    shared = action_for(best.kind)
    often = best.kind in ("city", "company") and found.repeats >= 20
    if shared is None or shared.op is None or often:
        why = "many rows share each" if often else "it names nobody by itself"
        return Decision("keep", kind=best.kind, because=f"{because}; {why}")
    settings = {**shared.settings, **best.settings}
    if best.kind in _OF_SUBJECT and table.name in subjects:
        settings["scope"] = "subject"
    storage = table.column(found.column).storage
    if storage != "string" and shared.op not in (
        "phone",
        "digits",
        "card",
        "date_shift",
        "generalize",
    ):
        return Decision("null", kind=best.kind, because=because)
    if storage == "string" and shared.op == "date_shift":
        return Decision("redact", kind=best.kind, because=because)
    alone = (found.column,) in (table.primary_key, *table.alternate_keys)
    if alone and shared.op not in _UNIQUE:
        return Decision("hash", kind=best.kind, because=f"{because}; no two may be the same")
    return Decision(shared.op, settings, kind=best.kind, because=because)


def _in_domain(
    decision: Decision, root: tuple[str, str] | None, domains: dict[str, Decision]
) -> Decision:
    """Return a decision by domain where several columns shall share pseudonyms."""
    per_subject = decision.settings.get("scope") == "subject"
    if decision.op == "keep" or decision.op in ("text", "json", "null", "redact") or per_subject:
        return decision
    shared = decision.kind in _SHARED
    if not shared and root is None:
        return decision
    name = decision.kind if shared else f"{root[0]}.{root[1]}" if root else ""
    wanted = Decision(decision.op, decision.settings)
    held = domains.setdefault(name, wanted)
    if held != wanted:
        number = 2
        while domains.setdefault(f"{name}_{number}", wanted) != wanted:
            number += 1
        name = f"{name}_{number}"
    return Decision(None, {}, name, decision.kind, decision.because)


def _told_apart(columns: dict[str, Decision]) -> dict[str, Decision]:
    """Give second columns of a kind of name a person of their own: contact_name beside name."""
    seen: set[str] = set()
    for name, decision in columns.items():
        if decision.settings.get("scope") == "subject" and decision.kind in _PERSON:
            if decision.kind in seen:
                settings = {**decision.settings, "person": name}
                columns[name] = replace(decision, settings=settings)
            seen.add(decision.kind)
    return columns
