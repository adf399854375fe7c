"""Makes a data set again from its lineage, byte for byte, or says why it cannot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from synthkit import extract, pipeline
from synthkit.anonymization import plan_yaml
from synthkit.anonymization.keys import MasterKey
from synthkit.contracts.exporter import Written
from synthkit.contracts.progress import Progress, Silent
from synthkit.contracts.synthesizer import RowTargets
from synthkit.dataset import Dataset
from synthkit.edge_cases import with_edge_cases
from synthkit.errors import DataError, UnsupportedError, UsageError
from synthkit.extract import Anonymized
from synthkit.lineage.fingerprints import fingerprint, masked
from synthkit.lineage.record import FILE, InputRecord, Lineage, load, loads, place_of
from synthkit.lineage.recording import versions
from synthkit.parts.run import PART_ROWS, write_parts
from synthkit.sources.databases.attached import attached_text
from synthkit.sources.databases.locations import is_database
from synthkit.writing import write

__all__ = ["Means", "changed_versions", "read_lineage", "replay"]

_REQUESTS = {
    "sample": {"targets", "conditions", "edge_cases"},
    "generate": {"names", "rows", "scale", "locale", "settings", "edge_cases"},
    "anonymize": {"plan", "rows"},
    "export": set[str](),
}
"""What requests of each step hold; one that holds more asks for what this version cannot do."""


@dataclass(frozen=True)
class Means:
    """What a run needs that its lineage does not hold: where inputs are now, the key, trust."""

    inputs: Mapping[str, str]
    key: MasterKey | None = None
    trust_pickle: bool = False


def read_lineage(location: str) -> Lineage:
    """Return the lineage of a folder, file or database. Raises `UsageError` if there is none."""
    place = place_of(location)
    if place is None and is_database(location):
        text = attached_text(location, FILE)
        if text is not None:
            return loads(text, f"{FILE} in {masked(location)}")
        raise UsageError(
            f"There is no lineage in {masked(location)}.",
            hint="synthkit keeps it in the table synthkit_attached of each database it fills.",
        )
    if place is None:
        there = "There is nothing at" if not Path(location).exists() else "There is no lineage of"
        raise UsageError(
            f"{there} {location!r}.",
            hint="synthkit writes lineage.json into each folder that it makes.",
        )
    return load(place)


def changed_versions(lineage: Lineage) -> list[str]:
    """Return what was of another version then, as messages: ``numpy 2.1.0 (now 2.2.0)``."""
    now = versions()
    for part in lineage.parts:
        try:
            owner = pipeline.installed_plugins().owner(part.kind, part.name)
        except UsageError:
            owner = "not installed"
        name = part.distribution.partition(" ")[0]
        now[name] = owner.partition(" ")[2] if owner.startswith(f"{name} ") else owner
    then = dict(lineage.versions)
    then |= {
        p.distribution.partition(" ")[0]: p.distribution.partition(" ")[2] for p in lineage.parts
    }
    return [
        f"{name} {version} (now {now.get(name, 'not there')})"
        for name, version in then.items()
        if now.get(name) != version
    ]


def replay(
    location: str,
    out: str,
    means: Means,
    *,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> tuple[Lineage, Written]:
    """Make what lies at a location again at ``out``, and check that each byte is the same.

    Nothing is written unless every table has the checksum that the lineage says.

    Raises:
        UsageError: There is no lineage, or something that is needed was not given.
        UnsupportedError: This kind of run cannot be made again; the message says why.
        DataError: An input is another one now, or the result is: with other versions, perhaps.
    """
    listener = progress or Silent()
    lineage = read_lineage(location)
    _check_possible(lineage)
    _check_target(lineage, location, out)
    _check_named(lineage, means)
    for changed in changed_versions(lineage):
        listener.say(f"Note: it was made with {changed}.")
    data = _made_again(lineage, means, listener)
    check = partial(_check_same, lineage)
    settings = dict(lineage.output.settings)
    rows = settings.pop(PART_ROWS, None)
    how: dict[str, Any] = {"settings": settings, "overwrite": overwrite, "check": check}
    if rows is not None:
        written = write_parts(
            data,
            out,
            format=lineage.output.format,
            part_rows=int(rows),
            progress=listener,
            **how,
        )
    else:
        rows_of = data.data if isinstance(data, Anonymized) else data
        written = write(rows_of, out, format=lineage.output.format, **how)
    return lineage, written


def _check_possible(lineage: Lineage) -> None:
    why = lineage.not_replayable
    request = lineage.request
    if any(not table.sha256 for table in lineage.output.tables.values()):
        raise UnsupportedError(
            "Tables in a database have no checksum: that they are the same could not be told.",
            hint="Make the data again with the seed that `synthkit lineage` shows.",
        )
    if request is None or lineage.step not in _REQUESTS:
        raise UnsupportedError(
            f"This data cannot be made again: {why or f'{lineage.step} is not repeatable'}.",
            hint="`synthkit lineage` shows what it was made from.",
        )
    unknown = sorted(set(request) - _REQUESTS[lineage.step])
    if unknown:
        raise UnsupportedError(
            f"It was made with {', '.join(unknown)}, which this version cannot repeat.",
            hint=f"Use synthkit {lineage.versions['synthkit']}, which made it.",
        )


def _check_target(lineage: Lineage, location: str, out: str) -> None:
    """Refuse a target whose name would change the bytes: one file stays one file of its kind."""
    if Path(out).resolve() == Path(location).resolve():
        raise UsageError(f"{out!r} is what shall be made again.", hint="Give --out another place.")
    names = [table.file or "" for table in lineage.output.tables.values()]
    if not Path(location).is_dir() and names:
        ending = "".join(Path(names[0]).suffixes[-2:])
        if not out.endswith(ending):
            raise UsageError(
                f"{location!r} is one file, and {out!r} does not end in {ending}.",
                hint=f"Give --out a file that ends in {ending}.",
            )


def _check_named(lineage: Lineage, means: Means) -> None:
    roles = sorted({each.role for each in lineage.inputs if _is_read(each)})
    told = " or ".join(f"{_option(role)}PATH" for role in roles)
    for role in means.inputs:
        if role not in roles:
            raise UsageError(
                f"Nothing that this was made from is called {role!r}.",
                hint=f"Write {told}." if roles else "It was made from no file: leave out --input.",
            )


def _made_again(lineage: Lineage, means: Means, progress: Progress) -> Dataset | Anonymized:
    request: dict[str, Any] = dict(lineage.request or {})
    edge_cases = request.pop("edge_cases", None)
    if edge_cases is not None:
        plain = lineage.model_copy(update={"request": request})
        made = _made_again(plain, means, progress)
        assert isinstance(made, Dataset)  # an extract has none
        return with_edge_cases(made, **edge_cases)
    places = {}
    for each in lineage.inputs:
        if _is_read(each):
            places[each.role] = places[each.location or ""] = _found(each, means)
    if lineage.step == "generate":
        names = [places.get(name, name) for name in request.pop("names")]
        return pipeline.generate(*names, seed=lineage.seed, progress=progress, **request)
    if lineage.step == "sample":
        model = pipeline.load(places["model"], trust_pickle=means.trust_pickle)
        targets = RowTargets(**request["targets"])
        asked = request["conditions"]
        given = {table: places[path] for table, path in asked.get("given", {}).items()}
        conditions = model.conditions(**{**asked, "given": given or None})
        return model.sample_targets(
            targets, seed=lineage.seed, conditions=conditions, progress=progress
        )
    data = pipeline.read(places["data"], progress=progress, check=lineage.step == "export")
    if lineage.step == "export":
        return data
    plan = plan_yaml.loads(request["plan"], "the plan in lineage.json")
    rows = request["rows"]
    key = _key(lineage, means)
    return extract.anonymize(data, key=key, plan=plan, rows=rows, progress=progress)


def _is_read(found: InputRecord) -> bool:
    return found.role in ("model", "data", "recipe", "given rows")


def _option(role: str) -> str:
    return f"--input {role.replace(' ', '-')}="


def _found(needed: InputRecord, means: Means) -> str:
    """Return where an input is, after checking that it is the one that was read then."""
    where = means.inputs.get(needed.role) or needed.location
    role = _option(needed.role)
    if where is None:
        raise UsageError(
            f"The {needed.role} was in memory when this was made.",
            hint=f"If you have it as a file: {role}FILE.",
        )
    if "://" not in where and not Path(where).exists():
        raise UsageError(
            f"{where!r} ({needed.role}) is not there any more.", hint=f"Say where: {role}PATH."
        )
    if needed.fingerprint is not None and fingerprint(where) != needed.fingerprint:
        raise DataError(
            f"{where} is not the {needed.role} that this was made from, or was changed since.",
            hint=f"Say where the right one is: {role}PATH.",
        )
    return where


def _key(lineage: Lineage, means: Means) -> MasterKey:
    wanted = next(each.facts for each in lineage.inputs if each.role == "key")
    if means.key is None:
        raise UsageError(
            f"It was anonymized with the key {wanted['id']!r}, which is not given.",
            hint="Give it with --key-file or --key-env.",
        )
    if means.key.check != wanted["check"]:
        raise UsageError(
            f"It was anonymized with the key {wanted['id']!r}, and another one is given.",
            hint="Pseudonyms of different keys differ. Give the same key.",
        )
    return means.key


def _check_same(then: Lineage, now: Lineage) -> None:
    differ = [
        name
        for name, table in then.output.tables.items()
        if name not in now.output.tables or now.output.tables[name].sha256 != table.sha256
    ]
    if not differ and len(then.output.tables) == len(now.output.tables):
        return
    changed = changed_versions(then)
    because = f" It was made with {', '.join(changed)}." if changed else ""
    raise DataError(
        f"What was made again differs in {', '.join(differ) or 'its tables'}; "
        f"nothing was written.{because}",
        hint="Install the versions that `synthkit lineage --json` lists."
        if changed
        else "Was the data changed by hand? `synthkit verify` tells.",
    )
