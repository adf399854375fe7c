"""JUnit XML: what was checked and what failed, as build servers read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

__all__ = ["Case", "junit"]


@dataclass(frozen=True)
class Case:
    """One thing that was checked; ``failure`` says what is wrong with it."""

    name: str
    failure: str | None = None


def junit(suite: str, cases: Sequence[Case]) -> str:
    """Return a JUnit document of one suite.

    Attributes and elements are those that Jenkins' xunit schema asks for: testsuites, testsuite
    (name, tests, failures, errors, skipped), testcase (classname, name), failure (message, type).
    Characters that XML has not are left out.
    """
    failed = [case for case in cases if case.failure is not None]
    counts = {"tests": str(len(cases)), "failures": str(len(failed)), "errors": "0"}
    root = ET.Element("testsuites", counts)
    named = {"name": _plain(suite), **counts, "skipped": "0", "time": "0"}
    inner = ET.SubElement(root, "testsuite", named)
    for case in cases:
        names = {"classname": _plain(suite), "name": _plain(case.name), "time": "0"}
        element = ET.SubElement(inner, "testcase", names)
        if case.failure is not None:
            told = {"message": _plain(case.failure), "type": "failure"}
            ET.SubElement(element, "failure", told).text = _plain(case.failure)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode", xml_declaration=False)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _plain(text: str) -> str:
    return "".join(letter for letter in text if letter >= " " or letter in "\t\n")
