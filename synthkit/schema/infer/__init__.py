"""Finding a schema in data, with a reason for each guess.

`types` decides what each column is; `infer` finds the keys, foreign keys and rules between
columns whose types are known; `complete` finds what a declared schema has no words for.
"""

from synthkit.schema.infer.complete import Inferred, complete, is_complete
from synthkit.schema.infer.profiles import CACHE_BYTES
from synthkit.schema.infer.reasons import Reason
from synthkit.schema.infer.schema import infer

__all__ = ["CACHE_BYTES", "Inferred", "Reason", "complete", "infer", "is_complete"]
