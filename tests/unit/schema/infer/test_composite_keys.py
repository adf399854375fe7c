"""Keys of several columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

PARENTS = """
teams 20
  *id: serial
  name: words
players 200
  *id: serial
  name: words
"""


def composite(database: Callable[..., Any], child: str) -> tuple[str, ...] | None:
    key: tuple[str, ...] | None = (
        database(PARENTS + child).infer().schema.table("stints").primary_key
    )
    return key


def test_a_bridge_is_known_even_with_few_rows(database: Callable[..., Any]) -> None:
    child = "stints 12\n  *team_id -> teams(id)\n  *player_id -> players(id)"
    assert composite(database, child) == ("team_id", "player_id")


def test_a_table_with_more_than_links_needs_evidence(database: Callable[..., Any]) -> None:
    rest = "\n  a: int 1 9\n  b: int 1 9\n  c: int 1 9"
    keys = "\n  *team_id -> teams(id)\n  *player_id -> players(id)"
    assert composite(database, f"stints 20{keys}{rest}") is None
    assert composite(database, f"stints 900{keys}{rest}") == ("team_id", "player_id")


def test_repeated_links_are_no_key(database: Callable[..., Any]) -> None:
    child = "stints 2000\n  team_id -> teams(id)\n  player_id -> players(id)"
    assert composite(database, child) is None


@pytest.mark.parametrize("line", ["line_no: int 1 12", "round: int 1 12", "from_date: date 40"])
def test_rows_of_a_parent_are_numbered(database: Callable[..., Any], line: str) -> None:
    child = f"stints 900\n  *player_id -> players(id)\n  goals: int 0 3\n  *{line}"
    assert composite(database, child) == ("player_id", line.partition(":")[0])


def test_a_time_that_never_repeats_is_no_numbering(database: Callable[..., Any]) -> None:
    child = "stints 900\n  player_id -> players(id)\n  at: time\n  goals: int 0 3"
    assert composite(database, child) is None


def test_the_part_of_a_longer_key_is_no_key_of_its_own(
    database: Callable[..., Any], found_keys: Callable[..., set[str]]
) -> None:
    made = database(
        """
squads 300
  *year: int 2000 2020
  *team_code: pick 30
  wins: int 0 40
players 200
  *id: serial
  name: words
contracts 900
  *year, team_code -> squads(year, team_code)
  *player_id -> players(id)
  wage: int 1 900
"""
    )
    declared = made.infer().schema
    squads = declared.table("squads").model_copy(update={"primary_key": ("year", "team_code")})
    rest = [table for table in declared.tables if table.name != "squads"]
    schema = made.infer(declared.model_copy(update={"tables": (squads, *rest)})).schema
    assert "contracts(year, team_code) -> squads(year, team_code)" in found_keys(schema)
    assert "contracts(player_id) -> players(id)" in found_keys(schema)
    assert len(schema.foreign_keys) == 2


def test_a_few_orphans_are_told(database: Callable[..., Any]) -> None:
    made = database(
        """
rooms 300
  *house_id: int 1 20
  *room_id: int 1 60
  size: int 9 90
nights 2000
  *id: serial
  house_id, room_id -> rooms(house_id, room_id)
"""
    )
    rooms = made.data["rooms"]
    made.data["rooms"] = rooms.slice(0, rooms.num_rows - 1)
    found = made.infer()
    assert [str(key) for key in found.schema.foreign_keys] == [
        "nights(house_id, room_id) -> rooms(house_id, room_id)"
    ]
    because = next(one.because for one in found.reasons if one.subject.startswith("nights.house"))
    assert "orphans" in because
