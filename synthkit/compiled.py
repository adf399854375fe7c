"""Functions that numba compiles at their first call, and keeps on disk for the next process.

What makes many values looks here whether that pays; numba is loaded by the modules that use it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["COMPILING", "Effort", "compiled", "compiled_part", "is_compiled", "is_kept"]

COMPILING = "compiling, once on this machine"
"""What progress says while it lasts: some seconds."""


def compiled(function: Callable[..., Any]) -> Any:
    """Compile a function, without the lock of the interpreter.

    What is compiled is kept beside the source, or else in the user's cache folder
    (``NUMBA_CACHE_DIR`` names another); where neither can be written, in this process alone.
    """
    return _compiled(function, nogil=True)


def compiled_part(function: Callable[..., Any]) -> Any:
    """Compile a function that compiled functions alone call, in two thirds of the time.

    What Python calls it by is left out, so Python must not call it: the process would end.
    """
    return _compiled(function, no_cpython_wrapper=True)


def _compiled(function: Callable[..., Any], **options: Any) -> Any:
    """Compile a function to be called by Python or compiled code, not by C."""
    from numba import njit

    options["no_cfunc_wrapper"] = True
    try:
        return njit(cache=True, **options)(function)
    except RuntimeError:  # numba finds no folder that it could write to
        return njit(**options)(function)


def is_kept(function: Any) -> bool:
    """Say whether a `compiled` function is kept on disk for other processes."""
    return function.stats.cache_path is not None


def is_compiled(function: Any) -> bool:
    """Say whether a `compiled` function need not be compiled: done before, here or on disk."""
    if function.signatures:
        return True
    source = Path(function.py_func.__code__.co_filename)
    name = f"{source.stem}.{function.py_func.__name__}-*.py{sys.version_info[0]}*.nbi"
    try:
        changed = source.stat().st_mtime
        kept = Path(function.stats.cache_path or "").glob(name)
        return any(index.stat().st_mtime >= changed for index in kept)
    except OSError:
        return False


class Effort:
    """Counts what a process has made, until loading numba and compiled loops pays.

    Both ways make the same; a process that makes little never waits for what it hardly uses.
    """

    def __init__(self, enough: int) -> None:
        """Store how many values are enough."""
        self.enough = enough
        self._made = 0

    def pays(self, count: int) -> bool:
        """Count values that are about to be made, and say whether compiled loops should do it."""
        self._made += count
        return self._made >= self.enough
