"""Makes a part of a job that a folder holds: what every worker does, wherever it runs."""

from __future__ import annotations

from threading import Lock
from typing import Any

__all__ = ["made_part"]

_ONE_AT_A_TIME = Lock()
_opened: dict[tuple[str, str], Any] = {}


def made_part(folder: str, fingerprint: str, number: int) -> dict[str, Any]:
    """Make a part unless it is there; return its receipt, or what went wrong, as plain values.

    The job is opened once in a process, and parts are made one at a time: threads of a worker
    share what is drawn for all parts.
    """
    from synthkit.parts.job import open_job

    with _ONE_AT_A_TIME:
        try:
            if (folder, fingerprint) not in _opened:
                _opened.clear()
                _opened[folder, fingerprint] = open_job(folder, fingerprint)
            receipt: dict[str, Any] = _opened[folder, fingerprint].make(number)
        except Exception as error:  # it crosses to the process that asked, which raises it
            from synthkit.synthesizers.sampling.parallel.messages import described_error

            return {"error": described_error(error)}
        return receipt
