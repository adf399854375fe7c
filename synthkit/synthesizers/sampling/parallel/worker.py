"""A process that draws: ``python -m synthkit.synthesizers.sampling.parallel.worker``.

It reads what to do from standard input and answers on standard output, a JSON value a line. It
ends with the process that started it, however that one ends.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, TextIO

__all__ = ["main"]

Message = Mapping[str, Any]


class Answers:
    """Answers to the process that asked. A progress listener too."""

    def __init__(self, out: TextIO) -> None:
        """Store where answers go."""
        self._out = out

    def give(self, **message: Any) -> None:
        """Give one answer."""
        self._out.write(json.dumps(message) + "\n")
        self._out.flush()

    def start(self, task: str, total: int | None = None) -> None:
        """Say nothing: the process that asked shows the task."""

    def advance(self, amount: int = 1) -> None:
        """Say how many more rows are drawn."""
        self.give(rows=amount)

    def say(self, message: str) -> None:
        """Hand a message on."""
        self.give(said=message)


def main() -> None:
    """Draw what is asked for until nobody asks any more."""
    # What a plugin prints must not come between the answers.
    answers = Answers(os.fdopen(os.dup(1), "w", encoding="utf-8"))
    os.dup2(2, 1)
    asked: SimpleQueue[Message] = SimpleQueue()
    start = json.loads(sys.stdin.readline())
    Thread(target=_listen, args=(asked, Path(start["folder"])), daemon=True).start()
    from synthkit.synthesizers.sampling.parallel.messages import described_error

    try:
        for answer in _drawn(start, asked, answers):
            answers.give(**answer)
    except Exception as error:  # it crosses to the process that asked, which raises it
        answers.give(error=described_error(error))


def _listen(asked: SimpleQueue[Message], folder: Path) -> None:
    """Take orders; when the one who gives them is gone, leave nothing behind and end at once."""
    for line in sys.stdin:
        asked.put(json.loads(line))
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def _drawn(start: Message, asked: SimpleQueue[Message], answers: Answers) -> Iterator[Message]:
    """Restore the model once, then write the rows of each task that is asked for."""
    from dataclasses import replace

    import pyarrow as pa

    from synthkit.plugins import Plugins
    from synthkit.synthesizers import load
    from synthkit.synthesizers.sampling.exchange import HANDED, Exchange
    from synthkit.synthesizers.sampling.parallel.messages import request_of, write_rows
    from synthkit.values import ValueRegistry

    pa.set_cpu_count(1)  # there are as many processes as cores
    plugins = Plugins()
    model = load(start["model"], plugins, trust_pickle=True)  # the one who asks wrote the file
    folder = Path(start["folder"])
    request = request_of(start["request"], folder, ValueRegistry(plugins), answers)
    request.kept["exchange"] = Exchange(folder / HANDED, start["place"], start["count"])
    yield {"ready": True}
    while True:
        task = asked.get()
        chunks = model.fitted.sample(replace(request, blocks=tuple(task["blocks"])))
        names = write_rows(folder / task["file"], chunks)
        yield {"tables": names}


if __name__ == "__main__":
    main()
