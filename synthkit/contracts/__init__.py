"""What a plugin gives and what it gets: the public contracts, one file each.

Within an API version, arguments and fields are only added, with defaults.
"""

from synthkit.contracts.action import (
    Action,
    Beside,
    CodedAction,
    NotingAction,
    ReadingAction,
    SurveyingAction,
)
from synthkit.contracts.component import API_VERSION, Component, NoSettings
from synthkit.contracts.conditions import Condition, ConditionalModel, Conditions, Weighting
from synthkit.contracts.exporter import (
    Attach,
    AttachingExporter,
    Exporter,
    MixedExporter,
    Written,
    WrittenTable,
)
from synthkit.contracts.generator import (
    BlockGenerator,
    GeneratedBlock,
    GenerateRequest,
    Generator,
    LinkedGenerator,
    OutsideParent,
    OutsideRows,
)
from synthkit.contracts.progress import Progress, Silent
from synthkit.contracts.recognizer import ColumnSample, Finding, Recognizer
from synthkit.contracts.section import Grid, Plot, Section, SectionBuilder, SectionInputs
from synthkit.contracts.source import (
    Choice,
    ChoosingSource,
    MixedSource,
    OpenSource,
    RulesSource,
    SamplingSource,
    Source,
)
from synthkit.contracts.synthesizer import (
    FittedModel,
    RowTargets,
    SampleRequest,
    State,
    Synthesizer,
)
from synthkit.contracts.values import ColumnsProvider, RowsProvider, ValueProvider, Values
from synthkit.dataset import Dataset, Notice, Reason, TableChunk
from synthkit.randomness import Streams

__all__ = [
    "API_VERSION",
    "Action",
    "Attach",
    "AttachingExporter",
    "Beside",
    "BlockGenerator",
    "Choice",
    "ChoosingSource",
    "CodedAction",
    "ColumnSample",
    "ColumnsProvider",
    "Component",
    "Condition",
    "ConditionalModel",
    "Conditions",
    "Dataset",
    "Exporter",
    "Finding",
    "FittedModel",
    "GenerateRequest",
    "GeneratedBlock",
    "Generator",
    "Grid",
    "LinkedGenerator",
    "MixedExporter",
    "MixedSource",
    "NoSettings",
    "Notice",
    "NotingAction",
    "OpenSource",
    "OutsideParent",
    "OutsideRows",
    "Plot",
    "Progress",
    "ReadingAction",
    "Reason",
    "Recognizer",
    "RowTargets",
    "RowsProvider",
    "RulesSource",
    "SampleRequest",
    "SamplingSource",
    "Section",
    "SectionBuilder",
    "SectionInputs",
    "Silent",
    "Source",
    "State",
    "Streams",
    "SurveyingAction",
    "Synthesizer",
    "TableChunk",
    "ValueProvider",
    "Values",
    "Weighting",
    "Written",
    "WrittenTable",
]
