"""How real a data set is: pure functions from arrays to numbers, and one front door.

No files, no plots, no thresholds: what a number means is for the report to say.
"""

from synthkit.metrics.detection import TableDetection, Telling
from synthkit.metrics.evaluate import PARTS, Detection, Evaluation, Fidelity, Utility, evaluate
from synthkit.metrics.marginal import ColumnShape
from synthkit.metrics.pairwise import PairTrend
from synthkit.metrics.relational import Cardinality, HopTrend
from synthkit.metrics.seasonality import Season
from synthkit.metrics.siblings import Sibling
from synthkit.metrics.summary import Measure
from synthkit.metrics.targets import Target
from synthkit.metrics.utility import TargetUtility

__all__ = [
    "PARTS",
    "Cardinality",
    "ColumnShape",
    "Detection",
    "Evaluation",
    "Fidelity",
    "HopTrend",
    "Measure",
    "PairTrend",
    "Season",
    "Sibling",
    "TableDetection",
    "Target",
    "TargetUtility",
    "Telling",
    "Utility",
    "evaluate",
]
