"""How real a data set is: pure functions from arrays to numbers, and one front door.

No files, no plots, no thresholds: what a number means is for the report to say.
"""

from synthkit.metrics.detection import TableDetection, Telling
from synthkit.metrics.evaluate import (
    PARTS,
    Detection,
    Evaluation,
    Fidelity,
    Part,
    Utility,
    evaluate,
)
from synthkit.metrics.holdout import Halves, hold_out
from synthkit.metrics.marginal import ColumnShape
from synthkit.metrics.pairwise import PairTrend
from synthkit.metrics.privacy import Canaries, Leak, Planted, Privacy, plant
from synthkit.metrics.relational import Cardinality, HopTrend
from synthkit.metrics.seasonality import Season
from synthkit.metrics.siblings import Sibling
from synthkit.metrics.standing import Standing, StandingRow, ceiling_of, stand
from synthkit.metrics.summary import Measure
from synthkit.metrics.targets import Target
from synthkit.metrics.utility import TargetUtility
from synthkit.metrics.workload import Answer, Query, read_queries

__all__ = [
    "PARTS",
    "Answer",
    "Canaries",
    "Cardinality",
    "ColumnShape",
    "Detection",
    "Evaluation",
    "Fidelity",
    "Halves",
    "HopTrend",
    "Leak",
    "Measure",
    "PairTrend",
    "Part",
    "Planted",
    "Privacy",
    "Query",
    "Season",
    "Sibling",
    "Standing",
    "StandingRow",
    "TableDetection",
    "Target",
    "TargetUtility",
    "Telling",
    "Utility",
    "ceiling_of",
    "evaluate",
    "hold_out",
    "plant",
    "read_queries",
    "stand",
]
