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
from synthkit.synthesizers.columns.crowd import Crowd
from synthkit.synthesizers.columns.replacements import (
    Cells,
    ProviderReplacement,
    Replacement,
    made_anew,
)
from synthkit.synthesizers.relational.coding.labels import LabelCodec
from synthkit.synthesizers.structure.references import Indices

__all__ = ["Rest", "learn_rest"]

_OF_A_KIND = 0.02
"""Share of rare labels from which on they are made anew, where a provider knows their kind."""
_OF_NO_KIND = 0.5
"""The same where none does: words or codes in the shape seen are worse than labels kept."""
_SHORT = {"state": "state_abbr", "country": "country_code"}
_LETTERS = 3
"""Mean length up to which names of regions and countries are their codes."""
_VOCABULARY = 4_096
"""Values drawn of a kind to see whether it has plenty; of those half must differ."""

Mask = npt.NDArray[np.bool_]


class Rest(BaseModel):
    """How the rare labels of a column are made anew.

    ``rows_per_label`` is how many rows share a rare label on average. Where ``settles`` names
    columns, a label made anew goes with one combination of their values; ``numbered`` adds a
    number to each label, where labels could be made twice otherwise.
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["rest"] = "rest"
    column: str
    made: Replacement
    rows_per_label: float
    numbered: bool = False
    settles: tuple[str, ...] = ()

    def fill(
        self,
        labels: pa.Array,
        rare: Mask,
        origin: Indices,
        others: Mapping[str, pa.Array],
        cells: Cells,
    ) -> pa.Array:
        """Return the column with a label made anew in each row that has a rare one.

        Args:
            labels: the column, null where a label is rare.
            rare: which rows those are.
            origin: the row whose value each row has: its own number, or that of an earlier one.
            others: the columns that the label settles, which equal those of the origin.
            cells: all rows of the column in this block.
        """
        fresh = np.flatnonzero(rare & (origin == np.arange(len(rare))))
        groups = _groups([others[name].take(pa.array(fresh)) for name in self.settles], len(fresh))
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
    kind = _kind(column, rare, values)
    per_label = len(rare) / max(distinct, 1)
    if kind is not None and share > _OF_A_KIND:
        plenty = _has_plenty(kind, values)
        if plenty or not settles:
            made = ProviderReplacement(provider=kind, unique=plenty)
            return Rest(column=column.name, made=made, rows_per_label=per_label)
    if codec.labels and (settles or share <= _OF_NO_KIND):
        return None
    found = made_anew(column, rare, values, crowd and crowd.present(seen).where(is_rare))
    assert found is not None, "text is always made anew"
    return Rest(column=column.name, made=found, rows_per_label=per_label, numbered=settles)


def _kind(column: Column, rare: pa.ChunkedArray, values: Values) -> str | None:
    """Return the provider of a column's labels by its sdtype or name, short forms by length."""
    kind = column.sdtype if values.has(column.sdtype) else kind_of_name(column.name)
    if kind in _SHORT and (pc.mean(pc.utf8_length(rare)).as_py() or 0) <= _LETTERS:
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
