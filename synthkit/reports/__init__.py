"""Reports: one page that says how real, how useful and how private synthetic rows are.

Sections are plugins; the scores come from `synthkit.metrics`. What no section measures is not
claimed.
"""

from synthkit.reports.build import Built, Report, build
from synthkit.reports.gate import Check, Threshold, check, parse_thresholds
from synthkit.reports.junit import Case, junit
from synthkit.reports.page import as_json, check_folder, page, save
from synthkit.reports.verdict import Headline

__all__ = [
    "Built",
    "Case",
    "Check",
    "Headline",
    "Report",
    "Threshold",
    "as_json",
    "build",
    "check",
    "check_folder",
    "junit",
    "page",
    "parse_thresholds",
    "save",
]
