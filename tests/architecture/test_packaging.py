"""What is installed: every dependency pinned, every plugin package named where it must be."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from synthkit.version import VERSION


@pytest.fixture(scope="module")
def pins(repository: Path) -> Mapping[str, Version]:
    """The pinned version of each distribution in constraints.txt."""
    lines = (repository / "constraints.txt").read_text().splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): Version(version) for name, version in pairs}


def unpinned(requirements: Iterable[Requirement], pins: Mapping[str, Version]) -> list[str]:
    """Return the requirements that no pin satisfies."""
    return [
        str(requirement)
        for requirement in requirements
        if (pin := pins.get(canonicalize_name(requirement.name))) is None
        or not requirement.specifier.contains(pin)
    ]


def declared(project: Path) -> list[Requirement]:
    """Return the dependencies that a pyproject.toml declares, those of its extras too."""
    table = tomllib.loads(project.read_text())["project"]
    extras = table.get("optional-dependencies", {})
    texts = [*table.get("dependencies", []), *(each for extra in extras.values() for each in extra)]
    return [Requirement(text) for text in texts]


def closure(roots: Iterable[Requirement]) -> dict[str, Requirement]:
    """Return every requirement of what is installed here, from the roots down."""
    found: dict[str, Requirement] = {}
    queue = list(roots)
    while queue:
        requirement = queue.pop()
        if str(requirement) in found:
            continue
        found[str(requirement)] = requirement
        try:
            below = requires(requirement.name) or []
        except PackageNotFoundError:  # an extra that is not installed here
            continue
        extras = requirement.extras or {""}
        for text in below:
            child = Requirement(text)
            if child.marker is None or any(child.marker.evaluate({"extra": e}) for e in extras):
                queue.append(child)
    return found


def test_every_dependency_is_pinned(repository: Path, pins: Mapping[str, Version]) -> None:
    roots = declared(repository / "pyproject.toml")
    for project in (repository / "plugins").glob("*/pyproject.toml"):
        roots += declared(project)
    roots = [root for root in roots if not root.name.startswith("synthkit")]
    assert unpinned(closure(roots).values(), pins) == []


def test_torch_is_the_one_without_gigabytes_of_drivers(pins: Mapping[str, Version]) -> None:
    assert pins["torch"] == Version("2.13.0")
    assert not [name for name in pins if name.startswith(("nvidia-", "cuda-"))]


def test_the_check_finds_what_is_not_pinned() -> None:
    pins = {"numpy": Version("2.1")}
    requirements = [Requirement("numpy>=2"), Requirement("NumPy>=3"), Requirement("pandas")]
    assert unpinned(requirements, pins) == ["NumPy>=3", "pandas"]
    assert len(closure([Requirement("pytest>=8")])) > 1


def test_commands_of_the_readme_install_every_plugin_package(repository: Path) -> None:
    readme = (repository / "README.md").read_text()
    (tests,) = re.findall(r"<!-- all tests -->\s+```sh\n(.+?)\n```", readme, re.DOTALL)
    packages = {path.parent.name for path in (repository / "plugins").glob("*/pyproject.toml")}
    assert packages == set(re.findall(r"-e plugins/([\w-]+)", tests))


def test_plugin_packages_ask_for_this_version(repository: Path) -> None:
    own = tomllib.loads((repository / "pyproject.toml").read_text())["project"]
    for project in (repository / "plugins").glob("*/pyproject.toml"):
        table = tomllib.loads(project.read_text())["project"]
        (host,) = [each for each in declared(project) if each.name == "synthkit"]
        assert host.specifier.contains(own["version"]), project
        assert table["requires-python"] == own["requires-python"], project
        assert "synthkit" in table["entry-points"], project


def test_the_version_is_the_distribution_s(repository: Path) -> None:
    table = tomllib.loads((repository / "pyproject.toml").read_text())["project"]
    assert table["version"] == VERSION
