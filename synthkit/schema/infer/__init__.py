"""Finding a schema in data, with a reason for each guess.

`types` decides what each column is; `infer` finds the keys, foreign keys and rules between
columns whose types are known.
"""

from synthkit.schema.infer.reasons import Reason
from synthkit.schema.infer.schema import Inferred, infer

__all__ = ["Inferred", "Reason", "infer"]
