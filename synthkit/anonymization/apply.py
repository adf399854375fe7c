"""Applies a plan: every chunk is replaced column by column, counted and checked as it streams."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from synthkit.anonymization.distinct import decoded, encoded
from synthkit.anonymization.domains import linked
from synthkit.anonymization.drawn import Drawing
from synthkit.anonymization.keys import MasterKey
from synthkit.anonymization.lexicon import words_of
from synthkit.anonymization.noted import looked_at, notes_of, take_notes
from synthkit.anonymization.plan import Decision, Plan
from synthkit.anonymization.propose import action_for
from synthkit.anonymization.redaction import REDACTED, redacted, with_missing
from synthkit.anonymization.tallies import Tally
from synthkit.anonymization.tokens import as_text
from synthkit.anonymization.written import Part, written_schema
from synthkit.contracts.action import Action, Beside, ReadingAction, SurveyingAction
from synthkit.contracts.progress import Progress
from synthkit.dataset import Dataset, TableChunk
from synthkit.errors import DataError, PluginError, SynthkitError, UsageError, near_matches
from synthkit.schema import Schema, Table

if TYPE_CHECKING:
    from synthkit.contracts.values import Values
    from synthkit.plugins import Plugins

__all__ = ["Anonymizer"]

Place = tuple[str, str]
_NAMES = ("first_name", "last_name", "name")
_MOST_WORDS = 1_000_000
"""Words of the data set's own names that are held for free text."""


class Anonymizer:
    """A plan bound to a data set and a key.

    Making one checks the plan; nothing of the data is read before `chunks`.
    """

    def __init__(
        self, data: Dataset, plan: Plan, key: MasterKey, plugins: Plugins, values: Values
    ) -> None:
        """Check the plan against the schema and make every action.

        Raises:
            UsageError: The plan does not fit the data, or wants another key.
        """
        if plan.key_id is not None and plan.key_id != key.id:
            raise UsageError(
                f"The plan wants the key {plan.key_id!r}, and the key given is {key.id!r}.",
                hint="Pseudonyms of different keys cannot be joined. Give the plan's key.",
            )
        self._data, self._plan, self._master, self._plugins = data, plan, key, plugins
        self._values = values
        self._links = linked(data.schema)
        self._actions: dict[tuple[Any, ...], Action] = {}
        self._words: set[str] = set()
        self._known: Container[str] = self._words
        self._surveyed = False
        self._check_names()
        self._parts = {
            (table.name, name): self._part(table, name)
            for table in data.schema.tables
            for name in table.column_names
        }
        self._check_links()
        self.schema = written_schema(data.schema, self._parts)

    @property
    def data(self) -> Dataset:
        """The rows that are replaced."""
        return self._data

    @property
    def tallies(self) -> Mapping[Place, Tally]:
        """What was counted of each column, complete once `chunks` has ended."""
        return {place: part.tally for place, part in self._parts.items()}

    def pools(self) -> dict[str, str]:
        """Return a digest of each pool that pseudonyms are chosen from, by kind and locale.

        Only pseudonyms of the same pools can be joined. Pools depend on Faker, and on the lists
        and the code of synthkit.
        """
        beside, found = self._beside(None), dict[str, str]()
        for part in self._parts.values():
            if isinstance(part.action, Drawing):
                found.update(part.action.pools(beside))
        return dict(sorted(found.items()))

    def decision(self, table: str, column: str) -> Decision:
        """Return what happens to a column."""
        return self._parts[table, column].decision

    def chunks(self, progress: Progress) -> Iterator[TableChunk]:
        """Yield all rows, replaced; at the end `DataError` if input values came out again."""
        self.survey(progress)
        for tally in self.tallies.values():
            tally.clear()
        progress.start("anonymizing", sum(self._data.row_counts.values()))
        for table in self._data.schema.tables:
            for chunk in self._data.coded_chunks(table.name):
                yield TableChunk(table.name, self.replaced(table.name, chunk))
                progress.advance(chunk.num_rows)
        for tally in self.tallies.values():
            tally.check()

    def replaced(self, table: str, chunk: pa.Table) -> pa.Table:
        """Return rows of a table, replaced and counted; `survey` or `take_notes` comes first."""
        subject = self._plan.tables[table].subject if table in self._plan.tables else None
        subjects = None if subject is None else as_text(decoded(chunk.column(subject)))
        beside = self._beside(subjects)
        made = {}
        for name in chunk.column_names:
            part = self._parts[table, name]
            column = _whole(chunk.column(name))
            values = decoded(column)
            if part.decision.op == "drop":
                continue
            coded = encoded(column) if part.coded and pa.types.is_string(values.type) else values
            found = self._applied(part, values, coded, beside, (table, name))
            made[name] = decoded(found)
            part.tally.add(values, made[name], coded, found)
        return pa.table(made)

    def _applied(
        self, part: Part, values: pa.Array, coded: pa.Array, beside: Beside, place: Place
    ) -> pa.Array:
        """Return replaced values; ``coded`` are the same. What goes wrong is told without one."""
        if values.null_count == len(values):
            return values
        try:
            made = part.action.apply(coded, part.key, beside)
        except SynthkitError as error:
            raise DataError(
                error.message, hint=error.hint, table=place[0], column=place[1]
            ) from None
        except Exception as error:
            raise PluginError(
                f"The action {part.decision.op!r} failed on {place[0]}.{place[1]} with "
                f"{type(error).__name__}; nothing was written.",
                hint="Choose another action for the column in the plan.",
            ) from None
        if len(made) != len(values):
            raise PluginError(
                f"The action {part.decision.op!r} returned {len(made):,} values for "
                f"{len(values):,} of {place[0]}.{place[1]}.",
                hint="Report this to the authors of the plugin.",
            )
        return self._read(part, values, made, place)

    def _read(self, part: Part, values: pa.Array, made: pa.Array, place: Place) -> pa.Array:
        """Do with cells that the action could not read what the plan says."""
        action = part.action
        if made.null_count <= values.null_count or not isinstance(action, ReadingAction):
            return made
        made = with_missing(values, made)
        lost = made.null_count - values.null_count
        if part.strict and lost:
            raise DataError(
                f"{lost:,} values or more are no {action.reads}.",
                hint="Choose another action for the column, or `unreadable: redact`.",
                table=place[0],
                column=place[1],
            )
        part.tally.redacted += lost
        return redacted(values, made, part.key, distinct="uniqueness" in action.keeps)

    def _beside(self, subjects: pa.Array | None) -> Beside:
        return Beside(
            self._values,
            self._plan.locales,
            subjects,
            self._replace_kind,
            self._known.__contains__,
        )

    def _replace_kind(self, kind: str, values: pa.Array) -> pa.Array:
        """Replace values of a kind found inside others as columns of that kind are."""
        decision = self._plan.domains.get(kind) or action_for(kind)
        if decision is None or decision.op is None:
            return values
        settings = {k: v for k, v in decision.settings.items() if k not in ("scope", "valid")}
        key = self._master.under("domain", kind)
        made = self._action(decision.op, settings, key).apply(values, key, self._beside(None))
        return pc.fill_null(decoded(made), REDACTED)

    def notes(self) -> list[pa.Array]:
        """Return what the look at all rows told, for `take_notes` of another process.

        Raises `UnsupportedError` for an action that keeps it to itself.
        """
        return notes_of(self._chosen(), self._words, self._master.under("words"))

    def take_notes(self, notes: list[pa.Array]) -> None:
        """Be as the one that looked at all rows."""
        self._known = take_notes(self._chosen(), notes, self._master.under("words"))
        self._surveyed = True

    def _chosen(self) -> Iterator[tuple[Decision, Action]]:
        return ((part.decision, part.action) for part in self._parts.values())

    def survey(self, progress: Progress) -> None:
        """Show the values of their columns to actions that want to see them first, once."""
        if self._surveyed:
            return
        wanted: dict[str, list[str]] = {}
        for (table, name), part in self._parts.items():
            if isinstance(part.action, SurveyingAction) or _of_names(part.decision):
                wanted.setdefault(table, []).append(name)
        progress.start("looking at names", len(wanted))
        for table, names in wanted.items():
            for distinct in looked_at(self._data.coded_chunks(table, names)):
                for name, values in distinct.items():
                    self._show(self._parts[table, name], values)
            progress.advance()
        self._surveyed = True

    def _show(self, part: Part, distinct: pa.Array) -> None:
        if isinstance(part.action, SurveyingAction) and len(distinct):
            part.action.survey(distinct, self._beside(None))
        reads_text = any(each.decision.op in ("text", "json") for each in self._parts.values())
        if reads_text and _of_names(part.decision):
            self._learn_words(distinct)

    def _learn_words(self, distinct: pa.Array) -> None:
        for value in as_text(distinct).to_pylist():
            if len(self._words) >= _MOST_WORDS:
                return
            self._words.update(w for w in words_of(value) if len(w) > 2 or not w.isascii())

    def _part(self, table: Table, name: str) -> Part:
        place = table.name, name
        decision = self._plan.resolved(*place)
        if decision is None:
            decision = self._unknown(*place)
        op = decision.op or "keep"
        unreadable = decision.settings.get("unreadable", self._plan.policy.unreadable_cell)
        if unreadable not in ("fail", "redact"):
            raise UsageError(
                f"{table.name}.{name}: there is no policy {unreadable!r} for unreadable cells.",
                hint="unreadable is fail or redact.",
            )
        if decision.op == "drop" and any(name in key for key in _keys(self._data.schema, table)):
            raise UsageError(
                f"{table.name}.{name} is part of a key and cannot be dropped.",
                hint="Use hash, digits or uuid, which keep joins.",
            )
        root = self._links.get(place, place)
        key = self._key(decision, table.name, root)
        action = self._action("keep" if op == "drop" else op, decision.settings, key)
        tally = Tally(*place, decision, sorted(action.keeps))
        return Part(decision, action, key, tally, unreadable == "fail")

    def _key(self, decision: Decision, table: str, root: Place) -> bytes:
        subject = self._plan.tables[table].subject if table in self._plan.tables else None
        whose = None if subject is None else self._links.get((table, subject), (table, subject))
        if decision.op == "date_shift":
            return self._master.under("dates", *(whose or ()))
        if decision.settings.get("scope") == "subject" and whose is not None:
            return self._master.under("subject", *whose, str(decision.settings.get("person", "")))
        if decision.op == "encrypt":
            return self._master.under("encrypt", decision.domain or ".".join(root))
        return self._master.under("domain", decision.domain or ".".join(root))

    def _action(self, op: str, settings: Mapping[str, Any], shared: object) -> Action:
        """Return an action; columns of one key share one, so that they leave out the same."""
        given = {name: value for name, value in settings.items() if name != "unreadable"}
        told = (op, tuple(sorted((k, str(v)) for k, v in given.items())), shared)
        if told not in self._actions:
            self._actions[told] = self._plugins.create("actions", op, given)
        return self._actions[told]

    def _unknown(self, table: str, column: str) -> Decision:
        policy = self._plan.policy.unknown_column
        if policy == "fail":
            raise UsageError(
                f"The plan says nothing of {table}.{column}.",
                hint="Add the column, or set policy.unknown_column to redact or keep.",
            )
        return Decision(policy, because="the plan does not have it")

    def _check_names(self) -> None:
        schema = self._data.schema
        for name, told in self._plan.tables.items():
            table = schema.table(name)
            for column in (*told.columns, *([told.subject] if told.subject else [])):
                table.column(column)
        for decision in self._plan.domains.values():
            if decision.op not in (*self._plugins.components("actions"), "drop"):
                raise UsageError(
                    f"There is no action {decision.op!r}.",
                    hint=near_matches(str(decision.op), self._plugins.components("actions")),
                )

    def _check_links(self) -> None:
        """Refuse a plan that replaces the two ends of a foreign key differently."""
        for key in self._data.schema.foreign_keys:
            for own, other in zip(key.columns, key.parent_columns, strict=True):
                child, parent = self._parts[key.table, own], self._parts[key.parent, other]
                same = child.decision.op, child.key, dict(child.decision.settings)
                if same != (parent.decision.op, parent.key, dict(parent.decision.settings)) or (
                    parent.decision.op != "keep" and "equality" not in parent.action.keeps
                ):
                    raise UsageError(
                        f"The joins of {key} would break: {key.table}.{own} is replaced by "
                        f"{child.decision.op} and {key.parent}.{other} by {parent.decision.op}.",
                        hint="Give both one domain, whose action keeps what is equal.",
                    )


def _of_names(decision: Decision) -> bool:
    kind = decision.settings.get("kind") if decision.op == "pool" else decision.kind
    return kind in _NAMES


def _keys(schema: Schema, table: Table) -> Iterator[tuple[str, ...]]:
    if table.primary_key:
        yield table.primary_key
    yield from table.alternate_keys
    for key in schema.foreign_keys:
        if key.table == table.name:
            yield key.columns
        if key.parent == table.name:
            yield key.parent_columns


def _whole(values: pa.ChunkedArray) -> pa.Array:
    return values.chunk(0) if values.num_chunks == 1 else values.combine_chunks()
