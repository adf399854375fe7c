"""What the errors of MySQL and MariaDB mean, by number; their own words may hold values of rows."""

from __future__ import annotations

from synthkit.errors import DataError, SynthkitError, UsageError
from synthkit.export.databases.load import broken

__all__ = ["REFUSED", "explained"]

REFUSED = (1044, 1142, 1143, 1227, 1370)
"""Numbers of errors that say that a user may not do something."""

_BROKEN = {
    1062: "Two rows have the same key",
    1451: "Rows are pointed at",
    1452: "Rows point at rows that there are not",
    1048: "A value is missing",
    3819: "A row breaks a rule",
    4025: "A row breaks a rule",
}
_TOO_LARGE = (
    "A value does not fit the column's type.",
    "Text in keys has up to 255 characters, dates begin with the year 1000. Compare the storages "
    "in schema.yaml, or write another format.",
)
_TOO_WIDE = (
    "A key is too wide for an index of the server.",
    "Use `synthkit export --constraints none`, or write another format.",
)
_DATA = {
    **dict.fromkeys((1264, 1265, 1292, 1366, 1406, 1411), _TOO_LARGE),
    **dict.fromkeys((1069, 1071), _TOO_WIDE),
}
_NO_RIGHT = (
    "This user may not do that in {}; nothing was written.",
    "Ask for the right to create, alter and drop tables there (or to insert and delete, with "
    "--into-existing).",
)
_NO_LOGIN = ("{} does not let this user in.", "Check user and password of the URL.")
_USAGE = {
    **dict.fromkeys(REFUSED, _NO_RIGHT),
    **dict.fromkeys((1045, 1698), _NO_LOGIN),
    1049: ("{}: there is no such database.", "Create it first."),
}
_LOCKED = (
    "Another session holds a lock on tables of {}; nothing was written.",
    "Wait until it is done, or raise the setting lock_seconds.",
)
_FULL = (
    "The server of {} has no space left on its disk; nothing was written.",
    "Free some space on the server, or write fewer rows.",
)
_STATE = {
    **dict.fromkeys((1205, 1213, 3572), _LOCKED),
    **dict.fromkeys((3, 28, 1021, 1114), _FULL),
    2003: ("{} does not answer.", "Check host and port, and that the server runs."),
}
_LOST = (0, 1053, 1927, 2006, 2013, 2014)


def explained(error: Exception, shown: str, table: str | None) -> SynthkitError | None:
    """Return an error of the driver in our words; None for an error of another kind.

    ``table`` is what the statement was about.
    """
    import pymysql

    if not isinstance(error, pymysql.Error | OSError):
        return None
    number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
    if number in _BROKEN:
        return broken(_BROKEN[number], "a key or rule of the table", table)
    if number in _DATA:
        message, hint = _DATA[number]
        return DataError(f"{message} Nothing was written.", table=table, hint=hint)
    if number in _USAGE:
        message, hint = _USAGE[number]
        return UsageError(message.format(shown), hint=hint)
    if number in _STATE:
        message, hint = _STATE[number]
        return SynthkitError(message.format(shown), hint=hint)
    if number in _LOST or isinstance(error, OSError):
        return SynthkitError(
            f"The connection to {shown} was lost; nothing was written.",
            hint="Run the command again when the server is there.",
        )
    return SynthkitError(
        f"The server of {shown} refused what was written (error {number}); nothing was kept.",
        hint="The server's log may say more.",
    )
