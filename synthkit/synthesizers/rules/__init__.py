"""Rules of rows, kept exactly in what synthesizers draw, whatever they have learned."""

from synthkit.synthesizers.rules.balances import carry, check_balances
from synthkit.synthesizers.rules.book import RuleBook, computed_columns, learn_rules
from synthkit.synthesizers.rules.keeper import Keeper
from synthkit.synthesizers.rules.repeats import Seen
from synthkit.synthesizers.rules.spare import Spare

__all__ = [
    "Keeper",
    "RuleBook",
    "Seen",
    "Spare",
    "carry",
    "check_balances",
    "computed_columns",
    "learn_rules",
]
