"""``synthkit key``: make the key that pseudonyms depend on."""

from __future__ import annotations

import click

__all__ = ["command"]


@click.group("key")
def command() -> None:
    """Make keys for `synthkit anonymize`."""


@command.command("new")
@click.argument("name", required=False)
@click.option("--out", metavar="FILE", help="Write it to a file that only you can read.")
def new(*, name: str | None, out: str | None) -> None:
    """Make a key, named after this month unless you name it.

    Whoever has the key can tell which pseudonym belongs to a value that they know: keep it apart
    from the data, and out of version control. Without it, new extracts cannot be joined with
    earlier ones.

    \b
    Examples:
      synthkit key new --out ~/.synthkit.key
      export SYNTHKIT_KEY=$(synthkit key new 2026-11)
    """  # noqa: D301
    import datetime as dt
    import os
    from pathlib import Path

    from synthkit.anonymization.keys import new_key
    from synthkit.errors import UsageError

    key = new_key(name or f"{dt.date.today():%Y-%m}")
    if out is None:
        click.echo(key.text())
        return
    try:
        handle = os.open(Path(out).expanduser(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UsageError(
            f"{out!r} is there already; a key is never replaced.", hint="Give another name."
        ) from None
    except OSError as error:
        raise UsageError(
            f"{out!r} cannot be written: {error.strerror}.", hint="Give another place."
        ) from None
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key.text() + "\n")
    click.echo(f"Wrote the key {key.id} to {out}. Keep it apart from the data.")
