"""The public surface changes on purpose: names and signatures, compared with ``public_api.txt``."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest

PUBLIC = (
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
    "synthkit.sdv",
)
SNAPSHOT = "tests/architecture/public_api.txt"
UNREMARKABLE = {"__all__", "__hash__", "__post_init__", "__repr__", "__str__"}


def is_public(name: str) -> bool:
    return not name.startswith("_") or (name.endswith("__") and name not in UNREMARKABLE)


def bound(node: ast.stmt) -> list[str]:
    """Return the names that a statement binds, imports aside."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield the statements of a module, those under ``if TYPE_CHECKING`` too."""
    for node in tree.body:
        yield node
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield from node.body


def imported(tree: ast.Module) -> dict[str, tuple[str, str]]:
    """Return where each name that a module imports from synthkit comes from."""
    return {
        alias.asname or alias.name: (node.module, alias.name)
        for node in statements(tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("synthkit")
        for alias in node.names
    }


def stub(node: ast.stmt) -> str:
    """Return a definition without its bodies, its texts and what is private."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        bare = ast.parse(ast.unparse(node)).body[0]
        assert isinstance(bare, ast.FunctionDef | ast.AsyncFunctionDef)
        bare.body = [ast.Expr(ast.Constant(...))]
        return ast.unparse(bare).removesuffix("\n    ...") + " ..."
    if isinstance(node, ast.ClassDef):
        head = ast.ClassDef(**{**vars(node), "body": [ast.Expr(ast.Constant(...))]})
        lines = [ast.unparse(head).removesuffix("\n    ...")]
        for member in node.body:
            if any(is_public(name) for name in bound(member)):
                lines += ["    " + line for line in stub(member).splitlines()]
        return "\n".join(lines)
    return ast.unparse(node)


def surface(root: Path, module: str) -> tuple[list[str], list[str]]:
    """Return the names in a module's ``__all__``, and those that it has without an underscore."""
    tree = ast.parse(source_file(root, module).read_text(encoding="utf-8"))
    (listed,) = [ast.literal_eval(n.value) for n in assignments(tree) if bound(n) == ["__all__"]]
    names = {name for node in statements(tree) for name in bound(node) if name[0] != "_"}
    if source_file(root, module).name == "__init__.py":
        names |= set(imported(tree))
    return sorted(listed), sorted(names)


def assignments(tree: ast.Module) -> list[ast.Assign]:
    return [node for node in tree.body if isinstance(node, ast.Assign)]


def source_file(root: Path, module: str) -> Path:
    path = root.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def definition(root: Path, module: str, name: str) -> str:
    """Return the stub of a name, from the module that defines it."""
    tree = ast.parse(source_file(root, module).read_text(encoding="utf-8"))
    for node in statements(tree):
        if name in bound(node):
            return stub(node)
    return definition(root, *imported(tree)[name])


def snapshot(root: Path) -> str:
    """Return every public name with its signature, module by module."""
    parts = []
    for module in PUBLIC:
        names, _ = surface(root, module)
        parts.append("\n\n".join([f"# {module}", *(definition(root, module, n) for n in names)]))
    return "\n\n\n".join(parts) + "\n"


def test_the_public_api_is_the_committed_one(
    repository: Path, assert_committed: Callable[[str, str], None]
) -> None:
    assert_committed(SNAPSHOT, snapshot(repository))


@pytest.mark.parametrize("module", PUBLIC)
def test_all_is_exactly_what_is_public_and_every_name_is_there(
    module: str, repository: Path
) -> None:
    listed, names = surface(repository, module)
    assert listed == names
    assert [name for name in listed if not hasattr(import_module(module), name)] == []


def test_the_check_finds_what_changed(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "__init__.py").write_text(
        "from synthkit.two import A, B\n__all__ = ['A']\n"
    )
    assert surface(tmp_path, "one") == (["A"], ["A", "B"])
    source = '''
@dataclass(frozen=True)
class A(Base):
    """Text."""

    size: int = 3
    _hidden: int = 4

    @property
    def area(self) -> float:
        """Text."""
        return 1.0

    def _private(self) -> None: ...
'''
    assert stub(ast.parse(source).body[0]) == (
        "@dataclass(frozen=True)\nclass A(Base):\n    size: int = 3\n"
        "    @property\n    def area(self) -> float: ..."
    )
