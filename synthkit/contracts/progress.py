"""How a part tells how far it is, without knowing who listens."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Progress", "Silent"]


class Progress(Protocol):
    """Listens to long work. Calls are cheap; a part may make them often."""

    def start(self, task: str, total: int | None = None) -> None:
        """Begin a task of ``total`` units (rows, columns), or of unknown length."""
        ...

    def advance(self, amount: int = 1) -> None:
        """Say that ``amount`` more units of the current task are done."""
        ...

    def say(self, message: str) -> None:
        """Tell the user something that matters beyond this moment."""
        ...


class Silent:
    """A listener that shows nothing."""

    def start(self, task: str, total: int | None = None) -> None:
        """Show nothing."""

    def advance(self, amount: int = 1) -> None:
        """Show nothing."""

    def say(self, message: str) -> None:
        """Show nothing."""
