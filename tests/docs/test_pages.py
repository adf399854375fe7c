"""Every block of code in the README and in docs/ runs, and prints what the page says it prints.

Blocks in ``python`` and ``console`` run in the order of the page, in an empty folder that has
``sample_data/``; blocks in other languages are not run.
"""

from __future__ import annotations

import csv
import doctest
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md"))
PAGES += ["CONTRIBUTING.md", "README.md"]
RUN = {"console", "python"}
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text and the line where the text begins."""

    language: str
    text: str
    line: int


def blocks(page: str) -> list[Block]:
    """Return the fenced blocks of a Markdown text, in order."""
    return [
        Block(match[1], match[2], page.count("\n", 0, match.start(2)) + 1)
        for match in BLOCK.finditer(page)
    ]


def missing(shown: str, printed: str) -> str | None:
    """Return the first line shown that was not printed, in this order; ``...`` is anything."""
    rest = iter(printed.splitlines())
    for line in shown.splitlines():
        parts = [re.escape(re.sub(r"\s+", " ", part.strip())) for part in line.split("...")]
        pattern = re.compile(" ?.*? ?".join(parts) + r"\s*")
        if line.strip() and not any(
            pattern.fullmatch(re.sub(r"\s+", " ", each.strip())) for each in rest
        ):
            return line
    return None


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a console block (after ``$``) and the output shown below it."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown


def run_command(command: str, folder: Path) -> str:
    """Run a command with this environment's programs first, and return all that it printed."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    result = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": path, "HOME": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )
    assert result.returncode == 0, f"$ {command}\n{result.stdout}"
    return result.stdout


def run_page(name: str, page: str, folder: Path) -> None:
    """Run the python and console blocks of a page, in order, in one folder and one namespace."""
    namespace: dict[str, object] = {"__name__": name}
    for block in blocks(page):
        if block.language == "python" and block.text.startswith(">>>"):
            run_session(f"{name}:{block.line}", block.text, namespace)
        elif block.language == "python":
            exec(compile("\n" * (block.line - 1) + block.text, name, "exec"), namespace)
        elif block.language == "console":
            for command, shown in commands(block.text):
                printed = run_command(command, folder)
                lost = missing(shown, printed)
                assert lost is None, f"{name}:{block.line}: not printed: {lost}\n{printed}"


def run_session(name: str, text: str, namespace: dict[str, object]) -> None:
    """Run a block that looks like an interactive session, and compare what it shows."""
    options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    session = doctest.DocTestParser().get_doctest(text, namespace, name, name, 0)
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=options, verbose=False)
    runner.run(session, out=report.append, clear_globs=False)
    namespace.update(session.globs)
    assert not runner.failures, "".join(report)


def marked(page: str, mark: str) -> str:
    """Return the one block that follows a mark: an HTML comment on its own line."""
    (start,) = [match.end() for match in re.finditer(rf"^<!-- {mark} -->$", page, re.MULTILINE)]
    return blocks(page[start:])[0].text.strip()


@pytest.fixture
def folder(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, entered, that has ``sample_data/``."""
    shutil.copytree(repository / "sample_data", tmp_path / "sample_data")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "name",
    [name for name in PAGES if RUN & {x.language for x in blocks((ROOT / name).read_text())}],
)
def test_the_blocks_of_a_page_run(name: str, repository: Path, folder: Path) -> None:
    run_page(name, (repository / name).read_text(encoding="utf-8"), folder)


def test_the_main_job_of_the_readme_runs(repository: Path, folder: Path) -> None:
    readme = (repository / "README.md").read_text(encoding="utf-8")
    install, *job = marked(readme, "main job").split(" && .venv/bin/synthkit ")
    assert "pip install -c constraints.txt" in install
    assert len(job) == 2
    command = " && ".join(f".venv/bin/synthkit {step}" for step in job)
    (folder / ".venv").symlink_to(sys.prefix)  # CI makes one anew; here it is this environment
    printed = run_command(command, folder)
    assert missing(marked(readme, "main job: output"), printed) is None, printed
    with (folder / "synthetic" / "customers.csv").open(encoding="utf-8") as file:
        assert len(list(csv.reader(file))) == 1 + 50_000


def test_ci_runs_the_test_command_of_the_readme(repository: Path, tmp_path: Path) -> None:
    readme = (repository / "README.md").read_text(encoding="utf-8")
    tests = marked(readme, "all tests")
    assert ".venv/bin/python -m pytest -n " in tests
    (tmp_path / ".ci").mkdir()
    shutil.copy(repository / ".ci" / "run", tmp_path / ".ci" / "run")
    (tmp_path / "README.md").write_text(readme.replace(tests, "cd .venv && pwd && echo CI=$CI"))
    printed = run_command(f"bash {tmp_path}/.ci/run", tmp_path).splitlines()
    assert printed[-1] == "CI=true"
    assert not Path(printed[-2]).is_relative_to(tmp_path)
    assert not Path(printed[-2]).exists()


def test_no_block_is_indented_and_so_not_run(repository: Path) -> None:
    found = [
        name
        for name in PAGES
        if re.search(r"^ +```", (repository / name).read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert found == []


def test_every_page_is_in_the_index_and_every_link_leads_somewhere(repository: Path) -> None:
    linked = {}
    for name in PAGES:
        page = (repository / name).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page):
            path = (repository / name).parent / target
            assert path.exists(), f"{name} links to {target}, which is not there"
            linked.setdefault(name, set()).add(path.resolve())
    pages = {(repository / name).resolve() for name in PAGES if name.startswith("docs/")}
    assert pages - linked["docs/README.md"] == {(repository / "docs/README.md").resolve()}


@pytest.mark.parametrize(
    ("shown", "printed", "lost"),
    [
        ("one\nthree\n", "one\ntwo\nthree\n", None),
        ("a ... c", "a  b   c", None),
        ("...", "x", None),
        ("three\none\n", "one\nthree\n", "one"),
        ("one", "one more", "one"),
        ("a.c", "abc", "a.c"),
    ],
)
def test_missing_finds_the_line_that_was_not_printed(
    shown: str, printed: str, lost: str | None
) -> None:
    assert missing(shown, printed) == lost


@pytest.mark.parametrize(
    "page",
    [
        "```python\nassert False\n```\n",
        "```python\n>>> 1 + 1\n3\n```\n",
        "```console\n$ false\n```\n",
        "```console\n$ echo one\ntwo\n```\n",
    ],
    ids=["code", "session", "exit code", "output"],
)
def test_a_wrong_page_fails(page: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        run_page("page.md", page, tmp_path)


def test_blocks_share_names_and_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = (
        "```python\nx = 1\nopen('a', 'w').close()\n```\n```sh\nfalse\n```\n"
        "```python\n>>> x + 1\n2\n```\n```console\n$ ls\na\n```\n"
    )
    run_page("page.md", page, tmp_path)
