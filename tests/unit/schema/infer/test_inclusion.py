"""Inclusion of values as evidence, alone and in databases where values decide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from synthkit.schema.infer.inclusion import Inclusion, inclusion
from synthkit.schema.infer.profiles import Columns, Profile, profile_tables

DATABASES = {
    "hospital mimic": """
PATIENTS 300
  *SUBJECT_ID: gaps 20
  GENDER: pick 2
  DOB: date
ADMISSIONS 500
  *HADM_ID: gaps 50
  SUBJECT_ID -> PATIENTS(SUBJECT_ID)
  ADMITTIME: time
  ETHNICITY: pick 9
ICUSTAYS 450
  *ICUSTAY_ID: gaps 60
  SUBJECT_ID -> PATIENTS(SUBJECT_ID)
  HADM_ID -> ADMISSIONS(HADM_ID)
  LOS: float 0 20
D_ITEMS 200
  *ITEMID: gaps 90
  LABEL: words
CHARTEVENTS 4000
  SUBJECT_ID -> PATIENTS(SUBJECT_ID)
  HADM_ID -> ADMISSIONS(HADM_ID)
  ICUSTAY_ID -> ICUSTAYS(ICUSTAY_ID)
  ITEMID -> D_ITEMS(ITEMID)
  VALUENUM: float 0 200
""",
    "email key": """
accounts 150
  *email: words
  plan: pick 3
logins 900
  email -> accounts(email)
  at: time
  ip: words
""",
    "football": """
Country 11
  *id: gaps 900
  name: words
League 11
  *id: gaps 900
  country_id -> Country(id)
  name: words
Team 200
  *id: gaps 50
  team_api_id: gaps 70
  team_long_name: words
Player 500
  *id: gaps 20
  player_name: words
  height: float 160 210
Match 900
  *id: gaps 20
  country_id -> Country(id)
  league_id -> League(id)
  season: pick 8
  stage: int 1 38
  home_team_id -> Team(id)
  away_team_id -> Team(id)
  home_player_1 -> Player(id) null .1
  away_player_11 -> Player(id) null .1
  home_team_goal: int 0 7
""",
    "chat": """
workspace 9
  *workspace_id: uuid
  name: words
channel 60
  *channel_id: uuid
  workspace_id -> workspace(workspace_id)
  is_private: bool
member 300
  *member_id: uuid
  workspace_id -> workspace(workspace_id)
  nick: words
message 4000
  *message_id: uuid
  channel_id -> channel(channel_id)
  sender_id -> member(member_id)
  thread_root_id -> message(message_id) null .8
  sent_at: time
reaction 2000
  message_id -> message(message_id)
  reactor -> member(member_id)
  emoji: pick 30
""",
    "biodegradability": """
molecule 328
  *molecule_id: code m
  activity: float 0 5
  logp: float -3 8
atom 3000
  *atom_id: code a
  molecule_id -> molecule(molecule_id)
  type: pick 8
bond 3500
  atom_id -> atom(atom_id)
  atom_id2 -> atom(atom_id)
  type: pick 3
""",
    "subtypes": """
vehicle 300
  *vehicle_id: uuid
  brand: pick 20
car 150
  *vehicle_id -> vehicle(vehicle_id) unique
  doors: int 2 5
truck 100
  *vehicle_id -> vehicle(vehicle_id) unique
  load_tons: float 1 40
""",
    "wide nameless": """
A 50
  *A_ID: serial
  X1: int 1 50
  X2: float 0 1
B 400
  *B_ID: serial
  A_ID -> A(A_ID)
  X1: int 1 50
  Y2: int 0 1
C 900
  *C_ID: serial
  B_ID -> B(B_ID)
  X1: int 1 400
  Z: pick 4
""",
}


@pytest.mark.parametrize("name", DATABASES)
@pytest.mark.parametrize("seed", [1, 2])
def test_every_key_is_found_and_no_other(
    name: str, seed: int, database: Callable[..., Any], found_keys: Callable[..., set[str]]
) -> None:
    made = database(DATABASES[name], seed)
    assert found_keys(made.infer().schema) == made.true_keys()


def profiles(database: Callable[..., Any], text: str) -> dict[str, Profile]:
    made = database(text)
    found = profile_tables(made.tables(), Columns(made.read))
    return {table: next(iter(columns.values())) for table, columns in found.items()}


def between(database: Callable[..., Any], child: str, parent: str) -> Inclusion:
    found = profiles(database, f"parent {parent}\nchild {child}")
    lying = inclusion(found["child"], found["parent"], 1.0)
    assert lying is not None
    return lying


def test_small_numbers_in_a_long_sequence_are_an_accident(database: Callable[..., Any]) -> None:
    lying = between(database, "200\n  status: int 1 5", "1000\n  id: serial")
    assert lying.log_chance == 0
    assert lying.spread < 1e-6


def test_numbers_drawn_from_all_keys_look_drawn(database: Callable[..., Any]) -> None:
    lying = between(database, "400\n  link -> parent(id)", "300\n  id: serial")
    assert lying.spread > 1e-3
    assert lying.orphans == 0


def test_sparse_numbers_and_random_texts_are_no_accident(database: Callable[..., Any]) -> None:
    for kind in ("gaps 40", "uuid", "letters 6"):
        lying = between(database, "200\n  link -> parent(id)", f"300\n  id: {kind}")
        assert lying.log_chance < -50


def test_single_letters_in_single_letters_are_an_accident(database: Callable[..., Any]) -> None:
    lying = between(database, "200\n  link -> parent(id)", "20\n  id: letters 1")
    assert lying.log_chance == 0


def test_orphans_are_counted_by_rows_and_limited(database: Callable[..., Any]) -> None:
    found = profiles(database, "parent 90\n  id: serial\nchild 1000\n  link: int 1 100")
    lying = inclusion(found["child"], found["parent"], 1.0)
    values, counts = found["child"].values, found["child"].counts
    assert lying is not None
    assert lying.orphans == counts[values > 90].sum() > 0
    assert inclusion(found["child"], found["parent"], 0.01) is None


def test_a_text_lies_in_no_number(database: Callable[..., Any]) -> None:
    found = profiles(database, "parent 90\n  id: serial\nchild 90\n  link: code 1")
    assert inclusion(found["child"], found["parent"], 1.0) is None
