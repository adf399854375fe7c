from __future__ import annotations

import pytest

from synthkit.errors import DataError
from synthkit.sources.rest.spec import loads

HEAD = "version: 1\nbase_url: https://api.example.com\n"
USERS = "endpoints:\n  users: {path: /users}\n"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        (USERS, (1, 1), "there is no `version: 1`"),
        ("version: 1\nbase_url: ftp://x\n" + USERS, (2, 11), "http://"),
        ("version: 1\nbase_url: https://me:pw@x\n" + USERS, (2, 11), "do not belong here"),
        (HEAD + "auth: {type: bearer, env: sk-12}\n" + USERS, (3, 27), "not the secret itself"),
        (HEAD + "auth: {type: oath, env: A}\n" + USERS, (3, 14), "no such type"),
        (HEAD + "limits: {timeout: soon}\n" + USERS, (3, 19), "expected a number"),
        (HEAD + "limits: {timeout: 0}\n" + USERS, (3, 19), "above 0"),
        (HEAD + "pagination: {type: cursor}\n" + USERS, (3, 13), "there is no cursor"),
        (HEAD + "endpoints: {}\n", (3, 12), "there is no endpoint"),
        (HEAD + "endpoints:\n  a: {pth: /a}\n", (4, 7), "no such field"),
        (HEAD + "endpoints:\n  a: {path: '/a/{b.id}'}\n", (4, 6), "no endpoint 'b'"),
        (HEAD + "endpoints:\n  a: {path: '/a/{id}'}\n", (4, 13), "one field of one other"),
        (
            HEAD + "endpoints:\n  a: {path: '/{b.x}'}\n  b: {path: '/{a.x}'}\n",
            (5, 6),
            "in a circle",
        ),
    ],
)
def test_errors_name_the_line_and_column(text: str, place: tuple[int, int], message: str) -> None:
    with pytest.raises(DataError, match=message) as found:
        loads(text)
    assert (found.value.line, found.value.character) == place
    assert "sk-12" not in str(found.value)


def test_endpoints_come_behind_those_they_depend_on() -> None:
    api = loads(HEAD + "endpoints:\n  p: {path: '/u/{u.id}/p'}\n  u: {path: /u}\n")
    assert [each.name for each in api.endpoints] == ["u", "p"]
    assert api.endpoints[1].parent == ("u", "id")
