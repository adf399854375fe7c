"""`RelationalSynthesizer`: the native model with the methods of SDV's multi-table synthesizers."""

from __future__ import annotations

import copy
import datetime as dt
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import pandas as pd
from pydantic import ValidationError
from sdv import version
from sdv.cag._errors import ConstraintNotMetError
from sdv.errors import InvalidDataError, RefitWarning, SamplingError, SynthesizerInputError
from sdv.metadata import Metadata
from sdv.multi_table.base import BaseMultiTableSynthesizer

from synthkit import pipeline
from synthkit.contracts.progress import Silent
from synthkit.errors import ArtifactError
from synthkit.randomness import Streams, draw_seed
from synthkit.schema.rules import Rule
from synthkit.sdv.constraints import constraint_of, rules_of
from synthkit.sdv.frames import Look, dataset_of, frame_of
from synthkit.sdv.metadata import AnyShape, without_values
from synthkit.sdv.unavailable import Unavailable
from synthkit.synthesizers.model import Model

__all__ = ["RelationalSynthesizer"]

Frames = dict[str, pd.DataFrame]


class RelationalSynthesizer(Unavailable, BaseMultiTableSynthesizer):  # type: ignore[misc] # untyped
    """Learns tables of any schema and samples new ones, as SDV's multi-table synthesizers do.

    Args:
        metadata: SDV's Metadata, of any number and depth of tables; composite keys, references of
            a table to itself and circles of tables are welcome.
        locales: the locale of the names and addresses that are made anew, alone or in a list.
        verbose: whether fitting tells what it is doing.
        seed: of fitting and sampling. The same data, seed and calls give the same rows, and so
            they do by default; None draws a seed.
        settings: of the relational model by name, such as ``{"trees": 8}``.
        keep_reference_tables: whether tables of fixed meaning (countries, status codes), which
            are found in the data, come back as they are, and at their size whatever the scale.

    Raises:
        sdv.metadata.errors.InvalidMetadataError: the metadata contradicts itself.
        SynthesizerInputError: no metadata, or several locales.
    """

    def __init__(
        self,
        metadata: Any,
        locales: str | Sequence[str] = ("en_US",),
        verbose: bool = True,
        *,
        seed: int | None = 0,
        settings: Mapping[str, Any] | None = None,
        keep_reference_tables: bool = True,
    ) -> None:
        """Check the metadata; nothing is learned yet."""
        self.seed = seed
        self.settings = dict(settings or {})
        self.keep_reference_tables = keep_reference_tables
        super().__init__(AnyShape.of(metadata), locales=locales)
        self.verbose = verbose
        self._locale = _only(locales)
        self._rules: list[Rule] = []
        self._model: Model | None = None
        self._looks: dict[str, tuple[Look, ...]] = {}
        self._drawn = 0

    def _initialize_models(self) -> None:
        """Make no models of single tables: there is one for all."""

    def _handle_composite_keys(self) -> None:
        """Accept keys of several columns."""

    def add_constraints(self, constraints: list[Any]) -> None:
        """Have every sampled row keep some constraints of `sdv.cag`.

        ``Inequality``, ``Range``, ``FixedCombinations`` and ``OneHotEncoding`` are kept.

        Raises:
            NotImplementedError: any other constraint; nothing is added.
            ConstraintNotMetError: a constraint does not fit the metadata.
            SynthesizerInputError: a constraint does not say its table.
        """
        if not isinstance(constraints, list):
            raise ValueError("Constraints must be a list of sdv.cag objects.")
        rules = [rule for each in constraints for rule in rules_of(each, self._original_metadata)]
        if self._fitted:
            warnings.warn(
                "For these constraints to take effect, refit the synthesizer using 'fit'.",
                RefitWarning,
                stacklevel=2,
            )
        self.constraints += constraints
        self._rules += rules
        self._constraints_fitted = False

    def validate_constraints(self, synthetic_data: Mapping[str, pd.DataFrame]) -> None:
        """Check data against the constraints.

        Raises:
            ConstraintNotMetError: some rows break one.
            SynthesizerInputError: the constraints have not seen the data that they speak of,
                which no model file holds.
        """
        if self.constraints and not self._constraints_fitted:
            raise SynthesizerInputError(
                "The constraints have not seen the data: call validate(data) or fit(data) first."
            )
        for constraint in self.constraints:
            valid = constraint.is_valid(data=synthetic_data)[constraint.table_name]
            broken = int((~valid).sum())
            if broken:
                raise ConstraintNotMetError(
                    f"Table {constraint.table_name!r}: {type(constraint).__name__} is not met in "
                    f"{broken:,} rows."
                )

    def validate(self, data: Mapping[str, pd.DataFrame]) -> None:
        """Check data against the metadata, as SDV does, and against the constraints.

        Raises:
            InvalidDataError: tables or columns do not match, keys repeat, references lead
                nowhere, values do not fit their sdtype.
            ConstraintNotMetError: some rows break a constraint.
        """
        self._validated(data)

    def preprocess(self, data: Mapping[str, pd.DataFrame]) -> Frames:
        """Return validated data for `fit_processed_data`: the frames, columns named by text.

        Nothing is turned into numbers here; the model codes columns by itself.
        """
        frames = self._validated(data)
        if self._fitted:
            warnings.warn(
                "This model has already been fitted. To use the new preprocessed data, "
                "refit the model using 'fit' or 'fit_processed_data'.",
                RefitWarning,
                stacklevel=2,
            )
        self._original_table_columns = {
            table: dict(zip(frames[table].columns, frame.columns, strict=True))
            for table, frame in data.items()
        }
        return frames

    def fit(self, data: Mapping[str, pd.DataFrame]) -> None:
        """Learn tables, given by name.

        Raises:
            InvalidDataError: the data does not match the metadata, see `validate`.
            synthkit.SynthkitError: a setting, a locale or a column that cannot be used.
        """
        self._fitted = False
        self.fit_processed_data(self.preprocess(data))

    def fit_processed_data(self, processed_data: Mapping[str, pd.DataFrame]) -> None:
        """Learn what `preprocess` returned."""
        content = without_values(self._original_metadata.to_dict())
        dataset, looks = dataset_of(
            content, processed_data, self._rules, references=self.keep_reference_tables
        )
        labels = self._original_table_columns
        self._looks = {
            table: tuple(look.named(labels[table][str(look.label)]) for look in each)
            if table in labels
            else each
            for table, each in looks.items()
        }
        self._model = pipeline.fit(
            dataset,
            synthesizer="relational",
            seed=draw_seed() if self.seed is None else self.seed,
            settings={**self.settings, "locale": self._locale},
            progress=_Told() if self.verbose else None,
        )
        self._drawn = 0
        self._fitted = True
        self._fitted_date = dt.datetime.now(dt.UTC).strftime("%Y-%m-%d")
        self._fitted_sdv_version = getattr(version, "community", None)
        self._fitted_sdv_enterprise_version = getattr(version, "enterprise", None)

    def reset_sampling(self) -> None:
        """Have the next sample be the first one after fitting again."""
        self._drawn = 0

    def sample(
        self,
        num_rows: int | None = None,
        main_table_name: str | None = None,
        batch_size: int | None = None,
        max_tries_per_batch: int = 100,
        output_folder_path: str | None = None,
        *,
        scale: float | None = None,
        seed: int | None = None,
    ) -> Frames:
        """Return new tables: ``num_rows`` of the main table exactly, the others to match.

        Without ``num_rows`` all tables are scaled, as by `sample_scale`. One sample after the
        other differs, unless it is given a ``seed``. ``batch_size`` and ``max_tries_per_batch``
        are checked and change nothing: no row is drawn and thrown away.

        Raises:
            SamplingError: nothing has been fitted.
            SynthesizerInputError: numbers or tables that there cannot be.
            AssertionError: the output folder has such files already.
        """
        if num_rows is None:
            if main_table_name is not None:
                raise SynthesizerInputError("`num_rows` is missing: `main_table_name` needs it.")
            return self.sample_scale(
                1.0 if scale is None else scale,
                batch_size,
                max_tries_per_batch,
                output_folder_path,
                seed=seed,
            )
        if scale is not None:
            raise SynthesizerInputError("Give `num_rows` or `scale`, not both.")
        self._validate_sample_input(
            num_rows, main_table_name, batch_size, max_tries_per_batch, output_folder_path
        )
        return self._draw(output_folder_path, seed, rows=int(num_rows), table=main_table_name)

    def sample_scale(
        self,
        scale: float = 1.0,
        batch_size: int | None = None,
        max_tries_per_batch: int = 100,
        output_folder_path: str | None = None,
        *,
        seed: int | None = None,
    ) -> Frames:
        """Return new tables, each ``scale`` times as large as the one learned.

        The other arguments and the errors are those of `sample`.
        """
        if type(scale) not in {float, int} or not scale > 0:
            raise SynthesizerInputError(
                f"Invalid parameter for 'scale' ({scale}). Please provide a number that is >0.0."
            )
        first = next(iter(self.metadata.tables), None)
        self._validate_sample_input(1, first, batch_size, max_tries_per_batch, output_folder_path)
        return self._draw(output_folder_path, seed, scale=float(scale))

    def save(self, filepath: str | Path) -> None:
        """Write the fitted synthesizer to a model file of synthkit, replacing what is there.

        The file holds no pickle; `load` reads it, and so do `synthkit.load` and
        ``synthkit sample``. It holds none of the ranges that SDV's detection puts into metadata.

        Raises:
            SynthesizerInputError: nothing has been fitted.
        """
        if self._model is None or not self._fitted:
            raise SynthesizerInputError(
                "Nothing has been fitted that could be saved: call fit first. "
                "Metadata alone is saved by metadata.save_to_json."
            )
        noted = copy.copy(self._model)
        noted.manifest = {**self._model.manifest, "sdv": self._notes()}
        noted.save(filepath, overwrite=True)

    @classmethod
    def load(cls, filepath: str | Path) -> Self:
        """Return the synthesizer that `save` wrote; the next sample is the one that was next.

        Raises:
            ArtifactError: no such file, a damaged one, or one that `save` did not write.
        """
        model = pipeline.load(filepath)
        notes = model.manifest.get("sdv")
        if notes is None:
            raise ArtifactError(
                f"{filepath} was not saved by synthkit.sdv.",
                hint="synthkit.load opens it; what is sampled from it are data sets.",
            )
        try:
            return cls._restored(model, notes)
        except (KeyError, TypeError, ValueError, ValidationError, SynthesizerInputError) as error:
            raise ArtifactError(
                f"{filepath} does not hold what this version of synthkit.sdv saves.",
                hint="Fit the data again.",
            ) from error

    @classmethod
    def _restored(cls, model: Model, notes: Mapping[str, Any]) -> Self:
        made = cls(Metadata.load_from_dict(notes["metadata"]), **notes["parameters"])
        made.add_constraints([constraint_of(each) for each in notes["constraints"]])
        made._model = model
        made._looks = {
            table: tuple(Look.from_json(look) for look in looks)
            for table, looks in notes["looks"].items()
        }
        if {name: len(looks) for name, looks in made._looks.items()} != {
            table.name: len(table.columns) for table in model.schema.tables
        }:
            raise ValueError("the columns noted are not those of the model")
        made._drawn = int(notes["drawn"])
        info = notes["info"]
        made._creation_date, made._fitted_date = info["creation_date"], info["last_fit_date"]
        made._fitted_sdv_version = info["fitted_sdv_version"]
        made._fitted = True
        return made

    def _notes(self) -> dict[str, Any]:
        """Return what a model file says about this synthesizer, apart from its model."""
        return {
            "metadata": without_values(self._original_metadata.to_dict()),
            "parameters": self.get_parameters(),
            "constraints": [each.get_constraint_dict() for each in self.constraints],
            "looks": {
                table: [look.to_json() for look in looks] for table, looks in self._looks.items()
            },
            "drawn": self._drawn,
            "info": self.get_info(),
        }

    def _validated(self, data: Mapping[str, pd.DataFrame]) -> Frames:
        """Return the frames with columns named by text, once they match the metadata."""
        if not isinstance(data, Mapping):
            raise InvalidDataError(["A dict of frames by table is expected."])
        unknown = [f"Table {name!r}" for name in data if name not in self._original_metadata.tables]
        if unknown:
            raise InvalidDataError([f"{', '.join(unknown)} is not present in the metadata."])
        frames = {
            name: frame.rename(columns=str) if isinstance(frame, pd.DataFrame) else frame
            for name, frame in data.items()
        }
        for name, frame in frames.items():
            if isinstance(frame, pd.DataFrame) and frame.columns.has_duplicates:
                raise InvalidDataError([f"Table {name!r} has two columns of one name."])
        self._original_metadata.validate_data(frames)
        self._check_ranges(frames)
        for constraint in self.constraints:
            constraint.fit(data=frames, metadata=self._original_metadata)
        self._constraints_fitted = True
        return frames

    def _draw(self, folder: str | None, seed: int | None, **numbers: Any) -> Frames:
        """Sample from the model, by the next seed unless one is given."""
        if self._model is None or not self._fitted:
            raise SamplingError("This synthesizer has not been fitted: call fit first.")
        if seed is None:
            of_fit = int(self._model.manifest["seed"])
            seed = Streams(of_fit).integer("sdv", "sample", self._drawn)
            self._drawn += 1
        sample = self._model.sample(**numbers, seed=seed)
        made = {
            table.name: frame_of(table, sample.arrow(table.name), self._looks[table.name])
            for table in self._model.schema.tables
        }
        if folder is not None:
            self._save_sampled_data(made, folder)
        return made


class _Told(Silent):
    """Tells each task as it begins, and what users should know."""

    def start(self, task: str, total: int | None = None) -> None:
        """Tell the task."""
        sys.stderr.write(f"{task[:1].upper()}{task[1:]}\n")

    def say(self, message: str) -> None:
        """Tell the message."""
        sys.stderr.write(f"{message}\n")


def _only(locales: str | Sequence[str]) -> str:
    """Return the one locale."""
    given = [locales] if isinstance(locales, str) else list(locales)
    if len(given) != 1:
        raise SynthesizerInputError(
            f"RelationalSynthesizer takes one locale, not {len(given)}: locales=['en_US']."
        )
    return str(given[0])
