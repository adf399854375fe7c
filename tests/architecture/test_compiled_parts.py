"""What only compiled code may call, Python does not: a process would end without a word."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = {"compiled_part"}
COMPILED = {"compiled", *PARTS}


def decorated(tree: ast.Module, names: set[str]) -> Iterator[ast.FunctionDef]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            marks = {mark.id for mark in node.decorator_list if isinstance(mark, ast.Name)}
            if marks & names:
                yield node


def called_by_python(source: str, parts: dict[str, set[str]]) -> list[str]:
    """Return what a module uses of ``parts``, names by module, outside of compiled functions."""
    tree = ast.parse(source)
    known = {found.name for found in decorated(tree, PARTS)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            named = parts.get(node.module or "", set())
            known |= {each.asname or each.name for each in node.names if each.name in named}
    inside = {id(node) for function in decorated(tree, COMPILED) for node in ast.walk(function)}
    return [
        f"{node.id}, line {node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id in known and id(node) not in inside
    ]


@pytest.fixture(scope="module")
def parts() -> dict[str, set[str]]:
    found = {}
    for path in (ROOT / "synthkit").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if "compiled_part" in source:
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found[module] = {each.name for each in decorated(ast.parse(source), PARTS)}
    return found


def test_only_compiled_functions_call_what_python_cannot(parts: dict[str, set[str]]) -> None:
    assert {"draw_cell"} <= parts["synthkit.synthesizers.relational.drawing.kernel"]
    for folder in ("synthkit", "tests", "plugins"):
        for path in (ROOT / folder).rglob("*.py"):
            source = path.read_text(encoding="utf-8")
            if any(name in source for names in parts.values() for name in names):
                assert not called_by_python(source, parts), path


def test_the_check_sees_a_call_by_python() -> None:
    source = "from a.b import mix\n@compiled\ndef f(x):\n    return mix(x)\n"
    parts = {"a.b": {"mix"}}
    assert called_by_python(source, parts) == []
    assert called_by_python(source + "mix(3)\n", parts) == ["mix, line 5"]
    own = "@compiled_part\ndef g(x):\n    return x\ndef h(x):\n    return g(x)\n"
    assert called_by_python(own, {}) == ["g, line 5"]
