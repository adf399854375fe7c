"""A process that makes parts: ``python -m synthkit.parts.worker``.

It reads the job and then numbers of parts from standard input, one a line, and answers each with
a JSON value.
It ends with the process that started it, however that one ends.
"""

from __future__ import annotations

import json
import os
import sys
from queue import SimpleQueue
from threading import Thread

__all__ = ["main"]


def main() -> None:
    """Make what is asked for until nobody asks any more."""
    # What a plugin prints must not come between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    folder, fingerprint = json.loads(sys.stdin.readline())
    asked: SimpleQueue[int] = SimpleQueue()
    Thread(target=_listen, args=(asked,), daemon=True).start()
    import pyarrow as pa

    from synthkit.parts.making import made_part

    pa.set_cpu_count(1)  # there are as many processes as cores
    while True:
        answers.write(json.dumps(made_part(folder, fingerprint, asked.get())) + "\n")
        answers.flush()


def _listen(asked: SimpleQueue[int]) -> None:
    """Take orders; end at once when the one who gives them is gone."""
    for line in sys.stdin:
        asked.put(int(line))
    os._exit(0)


if __name__ == "__main__":
    main()
