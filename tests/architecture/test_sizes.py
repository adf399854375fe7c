"""Small files, small functions, and a short text at the head of each module."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

import pytest

FILE_LINES = 400
FUNCTION_LINES = 60
DOCSTRING_LINES = 5
LONGER_DOCSTRINGS = {"synthkit/errors.py": "draws the tree of errors"}


def violations(path: str, source: str) -> Iterator[str]:
    tree = ast.parse(source)
    lines = len(source.splitlines())
    if lines > FILE_LINES:
        yield f"{path}: {lines} lines, at most {FILE_LINES}"
    docstring = ast.get_docstring(tree)
    if docstring is None:
        if tree.body:
            yield f"{path}: no module docstring"
    elif len(docstring.splitlines()) > DOCSTRING_LINES and path not in LONGER_DOCSTRINGS:
        yield f"{path}: the module docstring is longer than {DOCSTRING_LINES} lines"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                yield f"{path}:{node.lineno}: {node.name} has {length} lines"


def test_files_functions_and_docstrings_stay_small(modules: Mapping[str, str]) -> None:
    found = [each for path, source in modules.items() for each in violations(path, source)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("", None),
        ('"""One."""\n' + "x = 1\n" * (FILE_LINES - 1), None),
        ('"""One."""\n' + "x = 1\n" * FILE_LINES, "401 lines"),
        ("x = 1\n", "no module docstring"),
        ('"""' + "line\n" * 6 + '"""\n', "longer than 5"),
        ('"""One."""\ndef f():\n' + "    x = 1\n" * 60, "f has 61 lines"),
        ('"""One."""\ndef f():\n' + "    x = 1\n" * 59, None),
    ],
)
def test_the_check_finds_what_is_too_large(source: str, found: str | None) -> None:
    messages = list(violations("module.py", source))
    assert len(messages) == (found is not None)
    assert found is None or found in messages[0]
