"""Labels that too few share to be kept: made anew, and repeated as often as those seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict

from synthkit.contracts.values import Values
from synthkit.randomness import Streams
from synthkit.schema import Column
from synthkit.schema.infer.pii_names import kind_of_name
from synthkit.synthesizers.columns.cells import Cells
from synthkit.synthesizers.columns.crowd import Crowd
from synthkit.synthesizers.columns.replacements import Replacement, made_anew
from synthkit.synthesizers.columns.texts import provided
from synthkit.synthesizers.relational.coding.labels import LabelCodec
from synthkit.synthesizers.relational.coding.places import FIELDS, Choices, Gazetteer, rank_of
from synthkit.synthesizers.structure.references import Indices

__all__ = ["Rest", "kind_of", "learn_rest", "placed"]

_OF_A_KIND = 0.02
"""Share of rare labels from which on they are made anew, where a provider knows their kind."""
_OF_NO_KIND = 0.5
"""The same where none does: words or codes in the shape seen are worse than labels kept."""
_SHORT = {"state": "state_abbr", "country": "country_code"}
_LETTERS = 3
"""Mean length up to which names of regions and countries are their codes."""
_VOCABULARY = 4_096
"""Values drawn of a kind to see whether it has plenty; of those half must differ."""

_NEVER_NUMBERED = ("json", "tokens")
"""What a number would break; tokens are hardly made twice."""

Mask = npt.NDArray[np.bool_]


class Rest(BaseModel):
    """How the rare labels of a column are made anew.

    ``rows_per_label`` is how many rows share a rare label on average. Where ``settles`` names
    columns, a label made anew goes with one combination of their values; ``numbered`` adds a
    number to each label, where labels could be made twice otherwise.

    Where ``place`` names a field of places, labels are those of places that agree with the columns
    of the table that tell wider fields, ``within`` by field.
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["rest"] = "rest"
    column: str
    made: Replacement
    rows_per_label: float
    numbered: bool = False
    settles: tuple[str, ...] = ()
    place: str | None = None
    within: dict[str, str] = {}

    def fill(
        self,
        labels: pa.Array,
        rare: Mask,
        origin: Indices,
        others: Mapping[str, pa.Array],
        cells: Cells,
        gazetteer: Gazetteer | None = None,
        kept: Sequence[str] = (),
    ) -> pa.Array:
        """Return the column with a label made anew in each row that has a rare one.

        Args:
            labels: the column, null where a label is rare.
            rare: which rows those are.
            origin: the row whose value each row has: its own number, or that of an earlier one.
            others: the columns that the label settles, which equal those of the origin, and those
                that it lies within.
            cells: all rows of the column in this block.
            gazetteer: where places are looked up, if labels are those of places.
            kept: the labels that are not rare.
        """
        fresh = np.flatnonzero(rare & (origin == np.arange(len(rare))))
        told = [*self.settles, *(name for name in self.within.values() if name in others)]
        seen = {name: others[name].take(pa.array(fresh)) for name in told}
        groups = _groups([*seen.values()], len(fresh))
        sizes = np.bincount(groups) if len(groups) else np.zeros(0, np.int64)
        entries = np.maximum(1, np.round(sizes / self.rows_per_label)).astype(np.int64)
        starts = np.cumsum(entries) - entries
        picks = _dealt(groups, sizes, cells.rng) % entries[groups]
        wanted = Cells(
            cells.start, int(entries.sum()), cells.rng, cells.key, cells.values, cells.locale
        )
        made = self.made.make(wanted).cast(pa.string())
        if self.numbered:
            numbers = pa.array(cells.start + 1 + np.arange(len(made))).cast(pa.string())
            made = pc.binary_join_element_wise(made, numbers, " ")
        if self.place is not None and gazetteer is not None:
            heads = np.unique(groups, return_index=True)[1]
            known = {
                field: seen[name].take(pa.array(heads)).to_pylist()
                for field, name in self.within.items()
                if name in seen
            }
            places = [
                gazetteer.choices(
                    self.place, {name: labels[group] for name, labels in known.items()}, kept
                )
                for group in range(len(heads))
            ]
            made = _placed(made, places, entries, cells.rng)
        source = np.arange(len(rare))
        source[fresh] = len(rare) + starts[groups] + picks
        return pa.concat_arrays([labels.cast(pa.string()), made]).take(pa.array(source[origin]))

    def with_settled(self, names: Sequence[str]) -> Self:
        """Return the same, each label going with one combination of these columns."""
        return self.model_copy(update={"settles": tuple(names)})


def learn_rest(
    column: Column,
    seen: pa.ChunkedArray,
    codec: LabelCodec,
    values: Values,
    crowd: Crowd | None = None,
    *,
    settles: bool,
) -> Rest | None:
    """Choose how a column's rare labels are made anew; None where kept ones stand in for them.

    ``settles`` says that labels settle other columns, and so must never be made twice.
    """
    if not pa.types.is_string(seen.type) or seen.null_count == len(seen):
        return None
    present = pc.drop_null(seen)
    is_rare = pc.invert(pc.is_in(present, value_set=codec.known))
    rare = present.filter(is_rare)
    distinct = pc.count_distinct(rare).as_py()
    share = len(rare) / len(present)
    kind = kind_of(column, rare, values)
    per_label = len(rare) / max(distinct, 1)
    if kind is not None and share > _OF_A_KIND:
        plenty = _has_plenty(kind, values)
        if plenty or not settles:
            made = provided(kind, rare, unique=plenty)
            return Rest(column=column.name, made=made, rows_per_label=per_label)
    if codec.labels and (settles or share <= _OF_NO_KIND):
        return None
    found = made_anew(column, rare, values, crowd and crowd.present(seen).where(is_rare))
    assert found is not None, "text is always made anew"
    numbered = settles and found.kind not in _NEVER_NUMBERED
    return Rest(column=column.name, made=found, rows_per_label=per_label, numbered=numbered)


def placed(rests: Sequence[Rest], kinds: Mapping[str, str | None], locale: str) -> list[Rest]:
    """Let labels that tell places agree with each other, wider ones first.

    Args:
        rests: the rare labels of a table, what settles others last.
        kinds: the kind of each label column of the table, if a provider knows it.
        locale: that of the sample. Places are known by their English names.
    """
    fields = {name: FIELDS[kind] for name, kind in kinds.items() if kind in FIELDS}
    if not locale.startswith("en") or len(set(fields.values())) < len(fields):
        return list(rests)
    places: list[Rest] = []
    others: list[Rest] = []
    for rest in rests:
        field = fields.get(rest.column)
        wider = {
            other: name
            for name, other in fields.items()
            if field is not None and rank_of(other) < rank_of(field)
        }
        if field is None or rest.made.kind != "provider" or set(rest.settles) - {*wider.values()}:
            others.append(rest)
        else:
            places.append(rest.model_copy(update={"place": field, "within": wider}))
    return [*sorted(places, key=lambda rest: rank_of(str(rest.place))), *others]


def _placed(
    made: pa.Array,
    places: Sequence[Choices | None],
    entries: Indices,
    rng: np.random.Generator,
) -> pa.Array:
    """Put places in for labels made anew, group by group, where some are known that agree."""
    pieces = []
    start = 0
    for choices, size in zip(places, entries.tolist(), strict=True):
        if choices is None:
            pieces.append(made.slice(start, size))
        else:
            labels, share = choices
            often = -(-size // len(labels))
            picked = [
                rng.choice(len(labels), min(size, len(labels)), replace=False, p=share)
                for _ in range(often)
            ]
            pieces.append(labels.take(pa.array(np.concatenate(picked)[:size])))
        start += size
    return pa.concat_arrays([each.cast(pa.string()) for each in pieces])


def kind_of(column: Column, labels: pa.ChunkedArray, values: Values) -> str | None:
    """Return the provider of a column's labels by its sdtype or name, short forms by length.

    None for documents, whatever they are called.
    """
    if column.format == "json":
        return None
    kind = column.sdtype if values.has(column.sdtype) else kind_of_name(column.name)
    kind = "uuid" if column.format == "uuid" else kind
    if kind in _SHORT and (pc.mean(pc.utf8_length(labels)).as_py() or 0) <= _LETTERS:
        kind = _SHORT[kind]
    return kind if kind is not None and values.has(kind) else None


def _has_plenty(kind: str, values: Values) -> bool:
    """Whether a provider has so many values that none needs to be used twice."""
    drawn = values.draw(kind, _VOCABULARY, Streams(0).at("vocabulary", kind), "en_US")
    return bool(pc.count_distinct(drawn.cast(pa.string())).as_py() * 2 > _VOCABULARY)


def _dealt(groups: Indices, sizes: Indices, rng: np.random.Generator) -> Indices:
    """Return a place for each row within its group, at random."""
    order = np.lexsort((rng.random(len(groups)), groups))
    places = np.empty(len(groups), np.int64)
    places[order] = np.arange(len(groups)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return places


def _groups(columns: Sequence[pa.Array], count: int) -> Indices:
    """Number the combinations of values of some columns, rows in order of appearance or not."""
    groups = np.zeros(count, np.int64)
    for values in columns:
        plain = values.dictionary_decode() if pa.types.is_dictionary(values.type) else values
        codes = pc.dictionary_encode(plain, null_encoding="encode").indices.to_numpy()
        groups = np.unique(groups * (int(codes.max(initial=0)) + 1) + codes, return_inverse=True)[1]
    return groups.astype(np.int64)
