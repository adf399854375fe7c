"""Reports: one page that says how real, how useful and how private synthetic rows are.

Sections are plugins; the scores come from `synthkit.metrics`. What no section measures is not
claimed.
"""

from synthkit.reports.build import Built, Report, build
from synthkit.reports.page import as_json, check_folder, page, save
from synthkit.reports.verdict import Headline

__all__ = ["Built", "Headline", "Report", "as_json", "build", "check_folder", "page", "save"]
