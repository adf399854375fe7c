"""Who may import what from outside: SDV in two places, and for plugins only the public surface."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

SDV = {"sdv", "rdt", "copulas", "ctgan", "deepecho", "sdmetrics"}
SDV_HOMES = re.compile(r"synthkit/(synthesizers/)?sdv(\.py$|/)")
"""SDV's model as ours, and our model as SDV's."""
PUBLIC = {
    "synthkit",
    "synthkit.contracts",
    "synthkit.domains.chance",
    "synthkit.domains.clock",
    "synthkit.domains.columns",
    "synthkit.domains.fields",
    "synthkit.domains.layout",
    "synthkit.domains.pairs",
    "synthkit.domains.people",
    "synthkit.domains.shares",
    "synthkit.domains.texts",
    "synthkit.domains.trees",
    "synthkit.domains.zones",
    "synthkit.errors",
    "synthkit.hookspecs",
    "synthkit.recipes",
    "synthkit.schema",
    "synthkit.testing",
}


def imported(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and name of every module that a source imports, by statement or by string."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module
        elif isinstance(node, ast.Call) and node.args:
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            first = node.args[0]
            if called in ("import_module", "__import__") and isinstance(first, ast.Constant):
                yield node.lineno, str(first.value)


def sdv_imports(path: str, source: str) -> list[str]:
    """Return where a module outside SDV's homes imports SDV or its libraries."""
    if SDV_HOMES.match(path):
        return []
    return [
        f"{path}:{line} imports {name}"
        for line, name in imported(source)
        if name.partition(".")[0] in SDV
    ]


def private_imports(path: str, source: str) -> list[str]:
    """Return where a plugin package imports a part of synthkit that is not public."""
    if not path.startswith("plugins/"):
        return []
    return [
        f"{path}:{line} imports {name}"
        for line, name in imported(source)
        if name.partition(".")[0] == "synthkit" and name not in PUBLIC
    ]


def test_only_its_two_homes_import_sdv(modules: Mapping[str, str]) -> None:
    found = [each for path, source in modules.items() for each in sdv_imports(path, source)]
    assert not found, "\n".join(found)


def test_plugin_packages_import_only_what_is_public(modules: Mapping[str, str]) -> None:
    found = [each for path, source in modules.items() for each in private_imports(path, source)]
    assert not found, "\n".join(found)


def test_the_checks_find_wrong_imports() -> None:
    source = "def f():\n    from rdt.transformers import X\n    import_module('sdv.metadata')\n"
    assert len(sdv_imports("synthkit/synthesizers/relational/fit.py", source)) == 2
    assert sdv_imports("synthkit/synthesizers/sdv/fit.py", source) == []
    assert sdv_imports("synthkit/synthesizers/sdv.py", source) == []
    assert sdv_imports("synthkit/sdv/frames.py", source) == []
    assert len(sdv_imports("synthkit/cli/sdv.py", source)) == 2
    source = "from synthkit.schema.model import Column\nfrom synthkit.contracts import Component\n"
    assert private_imports("plugins/one/one/plugin.py", source) == [
        "plugins/one/one/plugin.py:1 imports synthkit.schema.model"
    ]
