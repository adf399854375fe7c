"""The same call in another process, which orders its sets differently."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

__all__ = ["in_another_process"]


def in_another_process(function: str, *arguments: Any) -> Any:
    """Return what a function gives in a process with another PYTHONHASHSEED.

    Args:
        function: its module and name, as ``package.module:name``.
        arguments: what it is called with; these and what it returns must go through JSON.

    Raises:
        AssertionError: The process has failed; the message holds what it printed.
    """
    module, _, name = function.partition(":")
    program = (
        f"import json, sys; from {module} import {name} as call; "
        "json.dump(call(*json.load(sys.stdin)), sys.stdout)"
    )
    other = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    run = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program],
        input=json.dumps(arguments),
        env={**os.environ, "PYTHONHASHSEED": other},
        capture_output=True,
        check=False,
        text=True,
    )
    if run.returncode:
        raise AssertionError(f"Another process fails with:\n{run.stderr}")
    return json.loads(run.stdout)
