"""What SDV's models have and ours does not: each says what to do instead."""

from __future__ import annotations

from typing import Any, NoReturn

__all__ = ["Unavailable"]


class Unavailable:
    """Methods of SDV's base class that have no meaning for conditional trees.

    There is no synthesizer for each table, no transformer for each column and no distribution:
    what a column is comes from the metadata, how it is learned from ``settings``.
    """

    def set_table_parameters(self, table_name: str, table_parameters: Any) -> NoReturn:
        """Raise: tables have no synthesizers of their own."""
        raise _unavailable(
            "set_table_parameters",
            "All tables are learned by one model: give RelationalSynthesizer(settings={...}).",
        )

    def set_address_columns(
        self, table_name: str, column_names: Any, anonymization_level: str = "full"
    ) -> NoReturn:
        """Raise: addresses need no declaration."""
        raise _unavailable(
            "set_address_columns",
            "Leave it out: columns whose sdtype is a part of an address are made anew.",
        )

    def auto_assign_transformers(self, data: Any) -> NoReturn:
        """Raise: there are no transformers."""
        raise _unavailable("auto_assign_transformers", "Leave it out: fit needs no transformers.")

    def get_transformers(self, table_name: str) -> NoReturn:
        """Raise: there are no transformers."""
        raise _unavailable("get_transformers", "get_metadata() tells as what columns are learned.")

    def update_transformers(self, table_name: str, column_name_to_transformer: Any) -> NoReturn:
        """Raise: there are no transformers."""
        raise _unavailable(
            "update_transformers",
            "Say what the column is with metadata.update_column(..., sdtype=...) before fitting: "
            "a kind of personal data is made anew, all else is learned.",
        )

    def get_learned_distributions(self, table_name: str) -> NoReturn:
        """Raise: trees learn no distributions with parameters."""
        raise _unavailable(
            "get_learned_distributions",
            "Look at what is sampled: sdv.evaluation compares its columns with the data's.",
        )

    def get_loss_values(self, table_name: str) -> NoReturn:
        """Raise: trees are not trained in epochs."""
        raise _unavailable("get_loss_values", "Only SDV's models that are neural networks have it.")


def _unavailable(method: str, instead: str) -> NotImplementedError:
    return NotImplementedError(f"{method}() has no meaning for RelationalSynthesizer. {instead}")
