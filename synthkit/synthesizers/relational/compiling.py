"""Compiles what grows trees and draws rows, ahead of its first use on a machine.

``python -m synthkit.synthesizers.relational.compiling PART...`` does so for another process, which
reads and codes data meanwhile. What is compiled is found on disk, the same as if compiled here.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Self

import numpy as np

from synthkit.processors import cores
from synthkit.randomness import Streams
from synthkit.synthesizers.relational.drawing import kernel, parity
from synthkit.synthesizers.relational.trees import grow
from synthkit.synthesizers.relational.trees.forest import Forest, ForestSettings, learn_forest

__all__ = ["Ahead", "compile_drawing", "compile_growing", "main"]


def compile_growing() -> Forest:
    """Learn a forest of eight rows, for which all is compiled that grows trees."""
    codes = np.arange(8, dtype=np.uint8)
    unordered = np.zeros(1, bool)
    settings = ForestSettings(trees=1)
    return learn_forest(codes[None], unordered, codes, False, Streams(0), settings, 1)


def compile_drawing() -> None:
    """Draw no rows of a table of one column, for which all is compiled that draws rows."""
    follows = kernel.recurrence([])
    nobody, nothing = np.zeros(0, np.int64), np.zeros((0, 0), np.uint8)
    kernel.draw_rows(
        kernel.bundle([compile_growing()]),
        follows,
        parity.Parity.none(),
        kernel.SlotLayout(parent=0, given=0, own=1),
        nothing,
        nobody,
        nothing,
        np.zeros((0, follows.anchors.width)),
        0,
        0,
    )
    parity.rows_as_numbers(nothing, np.zeros(0, np.bool_), 0)


_PARTS: dict[str, tuple[Callable[[], bool], Callable[[], object]]] = {
    "growing": (grow.is_ready, compile_growing),
    "drawing": (kernel.is_ready, compile_drawing),
}


class Ahead:
    """A process that compiles for this one, which does something else until it needs it.

    There is none where nothing is left to compile, no folder keeps it, or there is one processor.
    It ends with this process, however that ends. Use it as a context manager.
    """

    def __init__(self, parts: Sequence[str]) -> None:
        """Store what is wanted, in the order in which it will be."""
        self._parts = parts
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        """Start the process, if it pays."""
        wanted = [part for part in self._parts if not _PARTS[part][0]()]
        if wanted and grow.is_kept_on_disk() and cores() > 1 and _can_start():
            with suppress(OSError):  # no process more: all is compiled where it is needed
                self._process = _started(wanted)
        return self

    def __exit__(self, *_: object) -> None:
        """End the process, whatever it does."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def finish(self, part: str) -> None:
        """Have a part compiled: wait for the process, and do what it did not."""
        if self._process is not None and self._process.stdout is not None:
            while (line := self._process.stdout.readline()) and line.strip() != part:
                pass
        _PARTS[part][1]()


def _can_start() -> bool:
    return bool(sys.executable) and not getattr(sys, "frozen", False)


def _started(parts: Sequence[str]) -> subprocess.Popen[str]:
    """Start a process that finds what this one finds, in a session that Ctrl-C does not reach."""
    paths = [path or str(Path.cwd()) for path in sys.path]
    return subprocess.Popen(  # noqa: S603 - our own module, no shell
        [sys.executable, "-P", "-m", "synthkit.synthesizers.relational.compiling", *parts],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # what fails there fails again here, and is told
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        start_new_session=True,
    )


def main() -> None:
    """Compile parts and name each that is done, until nobody listens any more."""
    gc.disable()  # a short life: a seventh of it would go into looking for what to free
    Thread(target=_end_with_the_listener, daemon=True).start()
    for part in sys.argv[1:]:
        _PARTS[part][1]()
        sys.stdout.write(f"{part}\n")
        sys.stdout.flush()


def _end_with_the_listener() -> None:
    os.read(0, 1)  # not of `sys.stdin`, whose lock this process could not end with
    os._exit(1)


if __name__ == "__main__":
    main()
