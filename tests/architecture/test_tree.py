"""Where files live and what they are called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

TOP_LEVEL = {
    ".ci",
    ".gitignore",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "README.md",
    "constraints.txt",
    "docs",
    "plugins",
    "pyproject.toml",
    "sample_data",
    "synthkit",
    "tests",
}
EMPTY_NAMES = {"common", "helper", "helpers", "misc", "util", "utils"}
KINDS_OF_TESTS = {
    "architecture",
    "benchmarks",
    "conformance",
    "docs",
    "integration",
    "property",
    "servers",  # no tests: the databases that tests start
    "statistical",
    "unit",
}
SUBJECTS_OF_OTHER_TESTS = {
    "__init__": "the public API snapshot",
    "__main__": "the command line's integration tests",
    "contracts": "the public API snapshot and every component's tests",
    "hookspecs": "the hooks reference and the plugin manager's tests",
    "staging": "the tests of export folders and of reports",
    "version": "the packaging tests",
}
PLUGIN_PARTS = {"README.md", "pyproject.toml", "src", "tests"}


def names_that_say_nothing(files: Iterable[PurePosixPath]) -> list[str]:
    """Return the code files with a name, or a folder's name, that fits any content."""
    return [
        str(path)
        for path in files
        if path.suffix == ".py"
        and {part.removesuffix(".py").strip("_") for part in path.parts} & EMPTY_NAMES
    ]


def orphaned_tests(files: Sequence[PurePosixPath]) -> list[str]:
    """Return the unit tests whose place and name match no module or package.

    ``tests/unit/schema/test_graph.py`` is about ``synthkit/schema/graph.py`` (or the package
    of that name); a plugin package mirrors its own modules in the same way.
    """
    everything = set(files)
    orphans = []
    for path in files:
        if path.parts[:2] != ("tests", "unit") or not path.name.startswith("test_"):
            continue
        below = PurePosixPath("synthkit", *path.parts[2:-1])
        name = path.name.removeprefix("test_")
        subjects = {
            below / name,
            below / f"_{name}",
            below / name.removesuffix(".py") / "__init__.py",
        }
        if not subjects & everything:
            orphans.append(f"{path}: there is no {below / name}")
    return orphans


def untested(files: Sequence[PurePosixPath]) -> list[str]:
    """Return the packages of synthkit, one level down, that no test folder is about."""
    packages = {path.parts[1] for path in files if path.parts[0] == "synthkit" and path.parts[2:]}
    modules = {
        path.stem
        for path in files
        if path.parts[0] == "synthkit" and len(path.parts) == 2 and path.suffix == ".py"
    }
    about = {path.parts[2] for path in files if path.parts[0] == "tests" and path.parts[3:]}
    about |= {path.stem.removeprefix("test_") for path in files if path.parts[0] == "tests"}
    return sorted((packages | modules) - about - set(SUBJECTS_OF_OTHER_TESTS))


def test_the_top_level_is_complete_and_has_nothing_else(files: Sequence[PurePosixPath]) -> None:
    assert {path.parts[0] for path in files} == TOP_LEVEL


def test_no_name_fits_any_content(files: Sequence[PurePosixPath]) -> None:
    found = names_that_say_nothing(files)
    assert not found, "\n".join(found)


def test_tests_are_sorted_by_kind_and_unit_tests_mirror_the_tree(
    files: Sequence[PurePosixPath],
) -> None:
    kinds = {path.parts[1] for path in files if path.parts[0] == "tests" and path.parts[2:]}
    assert kinds <= KINDS_OF_TESTS
    found = orphaned_tests(files)
    assert not found, "\n".join(found)
    found = untested(files)
    assert not found, f"no test is about {', '.join(found)}"


def test_plugin_packages_are_whole(files: Sequence[PurePosixPath]) -> None:
    parts: dict[str, set[str]] = {}
    for path in files:
        if path.parts[0] == "plugins":
            parts.setdefault(path.parts[1], set()).add(path.parts[2])
    assert parts
    lacking = {name: PLUGIN_PARTS - found for name, found in parts.items()}
    assert not any(lacking.values()), lacking


def test_the_checks_find_what_is_out_of_place() -> None:
    files = [
        PurePosixPath(path)
        for path in (
            "synthkit/errors.py",
            "synthkit/schema/graph.py",
            "synthkit/schema/text/__init__.py",
            "synthkit/utils/text.py",
            "synthkit/schema/_helpers.py",
            "tests/unit/schema/test_graph.py",
            "tests/unit/schema/test_text.py",
            "tests/unit/schema/test_gone.py",
            "tests/unit/test_errors.py",
        )
    ]
    assert names_that_say_nothing(files) == [
        "synthkit/utils/text.py",
        "synthkit/schema/_helpers.py",
    ]
    assert orphaned_tests(files) == [
        "tests/unit/schema/test_gone.py: there is no synthkit/schema/gone.py"
    ]
    assert untested(files) == ["utils"]
