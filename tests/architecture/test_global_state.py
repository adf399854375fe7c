"""No global randomness and no pickle: what makes runs repeatable and model files harmless.

SDV's own synthesizer is exempt: SDV draws from numpy's global state and can only be pickled.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping

import pytest

EXEMPT = re.compile(r"synthkit/synthesizers/sdv(\.py$|/)")
STREAM_TYPES = {"BitGenerator", "Generator", "Philox", "SeedSequence"}
RANDOM_MODULES = {"random"}
PICKLE_MODULES = {"cloudpickle", "dill", "joblib", "marshal", "pickle", "shelve"}
PICKLE_FUNCTIONS = {"read_pickle", "to_pickle"}


def random_state(source: str) -> Iterator[str]:
    """Yield each use of randomness that is not a named stream, and of the salted ``hash``."""
    for node in ast.walk(ast.parse(source)):
        for module in _imports(node):
            if module.partition(".")[0] in RANDOM_MODULES or module.startswith("numpy.random"):
                yield f"line {node.lineno}: imports {module}"
        if isinstance(node, ast.Attribute) and node.attr not in STREAM_TYPES:
            owner = ast.unparse(node.value)
            if owner in ("np.random", "numpy.random"):
                yield f"line {node.lineno}: {owner}.{node.attr}"
        if isinstance(node, ast.Name) and node.id == "hash":
            yield f"line {node.lineno}: hash() differs from process to process"


def pickles(source: str) -> Iterator[str]:
    """Yield each use of a format that runs code when it is read."""
    for node in ast.walk(ast.parse(source)):
        for module in _imports(node):
            if module.partition(".")[0] in PICKLE_MODULES:
                yield f"line {node.lineno}: imports {module}"
        if isinstance(node, ast.Attribute) and node.attr in PICKLE_FUNCTIONS:
            yield f"line {node.lineno}: {node.attr}"
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            allowed = ast.unparse(node.value)
            if allowed != "False":
                yield f"line {node.value.lineno}: allow_pickle={allowed}"


def _imports(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


@pytest.mark.parametrize("check", [random_state, pickles], ids=lambda check: check.__name__)
def test_no_module_uses_it(
    check: Callable[[str], Iterator[str]], modules: Mapping[str, str]
) -> None:
    found = [
        f"{path}: {each}"
        for path, source in modules.items()
        if not EXEMPT.match(path)
        for each in check(source)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("import random", 1),
        ("from random import choice", 1),
        ("from numpy.random import default_rng", 1),
        ("from numpy import random", 1),
        ("np.random.seed(1)", 1),
        ("x = np.random.default_rng(1)", 1),
        ("draw = np.random.shuffle", 1),
        ("hash('a')", 1),
        ("sorted(x, key=hash)", 1),
        ("def f(rng: np.random.Generator): return np.random.Philox(1)", 0),
        ("class A:\n    def __hash__(self): return 1", 0),
        ("rng.random(3)", 0),
        ("from . import random", 0),
    ],
)
def test_the_check_finds_global_randomness(source: str, count: int) -> None:
    assert len(list(random_state(source))) == count


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("import pickle", 1),
        ("from joblib import dump", 1),
        ("import cloudpickle as c", 1),
        ("np.load(f, allow_pickle=True)", 1),
        ("np.load(f, allow_pickle=trusted)", 1),
        ("frame.to_pickle(path)", 1),
        ("np.load(f, allow_pickle=False)", 0),
    ],
)
def test_the_check_finds_pickle(source: str, count: int) -> None:
    assert len(list(pickles(source))) == count
