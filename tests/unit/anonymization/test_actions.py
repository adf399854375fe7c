"""Each action on values as they come: what it keeps, and that nothing else is left."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from stdnum import iban, luhn
from stdnum.br import cpf

from synthkit.anonymization.actions.encryption import Encrypt, decrypted
from synthkit.anonymization.actions.formats import Digits
from synthkit.anonymization.actions.internet import Email
from synthkit.anonymization.actions.numbers import Card, Iban, Phone
from synthkit.anonymization.actions.plain import Hash, Mask, Null, Redact, Uuid
from synthkit.anonymization.actions.pools import Pool
from synthkit.anonymization.actions.settings import (
    CardSettings,
    DateShiftSettings,
    DigitsSettings,
    EmailSettings,
    GeneralizeSettings,
    HashSettings,
    JsonSettings,
    MaskSettings,
    NoiseSettings,
    PoolSettings,
    RedactSettings,
    TextSettings,
)
from synthkit.anonymization.actions.texts import Json, Text
from synthkit.anonymization.actions.times import DateShift, Generalize, Noise
from synthkit.contracts import Action, Beside, ReadingAction
from synthkit.errors import DataError, UsageError

KEY, OTHER = b"k" * 32, b"o" * 32


def applied(action: Action, values: list[object], beside: Beside, key: bytes = KEY) -> list[object]:
    found: list[object] = action.apply(pa.array(values), key, beside).to_pylist()
    return found


ALL: list[Action] = [
    Redact(RedactSettings()),
    Mask(MaskSettings()),
    Hash(HashSettings()),
    Uuid(),
    Pool(PoolSettings()),
    Email(EmailSettings()),
    Digits(DigitsSettings()),
    Phone(),
    Card(CardSettings()),
    Iban(),
    Encrypt(),
    Text(TextSettings()),
    Json(JsonSettings()),
    Null(),
]


@pytest.mark.parametrize("action", ALL, ids=lambda action: type(action).__name__)
def test_every_action_takes_whatever_text_there_is(action: Action, beside: Beside) -> None:
    awkward = [
        "",
        " ",
        "é",
        "12",
        "a\u0000b",
        "x" * 5000,
        None,
        "日本",
        "\U0001f600",
        "a@b",
        "{",
        "-5",
    ]
    whole = action.apply(pa.array(awkward), KEY, beside)
    assert whole[6].as_py() is None
    assert len(whole) == len(awkward)
    cut = [
        action.apply(pa.array(awkward[at : at + 1], pa.string()), KEY, beside) for at in range(12)
    ]
    assert [piece[0].as_py() for piece in cut] == whole.to_pylist()
    assert action.apply(pa.array([], pa.string()), KEY, beside).to_pylist() == []


@pytest.mark.parametrize(
    "action", [each for each in ALL if "equality" in each.keeps], ids=lambda a: type(a).__name__
)
def test_what_is_equal_stays_equal_and_depends_on_the_key(action: Action, beside: Beside) -> None:
    values = ["Anna Smith", "4111111111111111", "a@b.de", "Anna Smith", None]
    made = applied(action, values, beside)
    assert made[0] == made[3]
    if not isinstance(action, (Json, Text, Iban)):
        assert applied(action, values, beside, OTHER)[1] != made[1]


def test_what_is_unique_stays_unique(beside: Beside) -> None:
    values = pa.array([f"DE{number:07d}" for number in range(100_000)])
    for action in ALL:
        if "uniqueness" in action.keeps:
            made = action.apply(values, KEY, beside)
            assert len(made.unique()) == len(values), type(action).__name__


def test_digits_keep_their_form(beside: Beside) -> None:
    held = ["CUST-00017", "ab 12", "Z9-é", "007"]
    made = applied(Digits(DigitsSettings()), held, beside)

    def shape(text: object) -> str:
        return re.sub("[a-z]", "a", re.sub("[A-Z]", "A", re.sub("[0-9]", "0", str(text))))

    assert [shape(text) for text in made] == [shape(text) for text in held]
    kept = applied(Digits(DigitsSettings(letters=False)), ["CUST-00017"], beside)[0]
    assert str(kept).startswith("CUST-")
    ends = str(applied(Digits(DigitsSettings(keep_first=2, keep_last=1)), ["1234567"], beside)[0])
    assert (ends[:2], ends[-1]) == ("12", "7")


def test_whole_numbers_keep_sign_and_number_of_digits(beside: Beside) -> None:
    values = [*range(10, 100), -300, 2**40, None]
    made = applied(Digits(DigitsSettings()), values, beside)
    assert sorted(made[:90]) == list(range(10, 100))  # type: ignore[type-var]
    assert [len(str(each)) for each in made[90:92]] == [4, 13]


def test_values_with_check_digits_stay_valid(beside: Beside) -> None:
    made = applied(
        Digits(DigitsSettings(valid="br.cpf")), ["390.533.447-05", "11144477735"], beside
    )
    assert all(cpf.is_valid(str(each)) for each in made)
    cards = applied(Card(CardSettings()), ["4111 1111 1111 1111", "5555555555554444"], beside)
    assert all(luhn.is_valid(str(each).replace(" ", "")) for each in cards)
    assert str(cards[0])[0] == "4"
    accounts = ["DE89 3704 0044 0532 0130 00", "GB82WEST12345698765432"]
    assert all(iban.is_valid(str(each)) for each in applied(Iban(), accounts, beside))
    wrong = str(applied(Card(CardSettings()), ["4111111111111112"], beside)[0])
    assert not luhn.is_valid(wrong)
    with pytest.raises(UsageError, match="no format"):
        Digits(DigitsSettings(valid="br.nothing"))


def test_a_phone_number_is_replaced_alike_however_it_is_written(beside: Beside) -> None:
    made = applied(
        Phone(), ["+49 170 1234567", "+49(170)1234567", "n/a", "+1 212 555 0100"], beside
    )
    first, second = (re.sub(r"\D", "", str(each)) for each in made[:2])
    assert first == second
    assert first.startswith("49")
    assert made[2] is None
    assert str(made[3]).startswith("+1 ")


def test_names_of_one_subject_agree_and_namesakes_differ(beside: Beside) -> None:
    whose = replace(beside, subjects=pa.array(["1", "2", "1"]))
    full = Pool(PoolSettings("name", "subject")).apply(pa.array(["Anna Beta"] * 3), KEY, whose)
    first = Pool(PoolSettings("first_name", "subject")).apply(pa.array(["Anna"] * 3), KEY, whose)
    assert full[0] == full[2]
    assert full[0] != full[1]
    assert first[0].as_py() in full[0].as_py()
    styled = applied(Pool(PoolSettings("name")), ["SMITH, ANNA", "anna smith"], beside)
    assert re.fullmatch(r"[A-Z' -]+, [A-Z' -]+", str(styled[0]))
    assert str(styled[1]).islower()


def test_a_pool_leaves_out_what_the_columns_hold(beside: Beside) -> None:
    plain = Pool(PoolSettings("first_name"))
    values = pa.array([f"v{number}" for number in range(3_000)])
    common = plain.apply(values, KEY, beside).unique()
    shy = Pool(PoolSettings("first_name"))
    shy.survey(common[: len(common) // 2], beside)
    made = shy.apply(values, KEY, beside).unique()
    assert not set(common[: len(common) // 2].to_pylist()) & set(made.to_pylist())


def test_dates_move_by_subject_and_keep_their_distance(beside: Beside) -> None:
    days = pa.array([dt.date(1990, 1, 1), dt.date(1990, 3, 1), dt.date(1990, 1, 1), None])
    whose = replace(beside, subjects=pa.array(["1", "1", "2", "1"]))
    made = DateShift(DateShiftSettings()).apply(days, KEY, whose).to_pylist()
    assert made[1] - made[0] == dt.timedelta(days=59)
    assert made[0] != days[0].as_py()
    assert made[2] - made[0] != dt.timedelta(0)
    assert made[0].weekday() == days[0].as_py().weekday()
    stamps = days.cast(pa.timestamp("ms", tz="UTC"))
    moved = DateShift(DateShiftSettings()).apply(stamps, KEY, whose)
    assert moved.type == stamps.type
    assert moved[0].as_py().date() == made[0]
    with pytest.raises(UsageError, match="cannot move"):
        DateShift(DateShiftSettings(max_days=3))


def test_values_get_coarser(beside: Beside) -> None:
    day = applied(Generalize(GeneralizeSettings("decade")), [dt.date(1994, 5, 1)], beside)
    assert day == [dt.date(1990, 1, 1)]
    assert applied(Generalize(GeneralizeSettings()), [17, None, -3], beside) == [10, None, -10]
    assert applied(Generalize(GeneralizeSettings(keep_first=3)), ["90210"], beside) == ["902**"]


def test_noise_stays_near_and_keeps_the_type(beside: Beside) -> None:
    values = pa.array(np.full(2_000, 1000, np.int64))
    whose = replace(beside, subjects=pa.array([str(number) for number in range(2_000)]))
    made = Noise(NoiseSettings(relative=0.1)).apply(values, KEY, whose)
    assert made.type == values.type
    assert np.std(made.to_numpy()) == pytest.approx(100, rel=0.1)
    assert np.mean(made.to_numpy()) == pytest.approx(1000, rel=0.01)


def test_encryption_can_be_reversed_with_its_key_alone(beside: Beside) -> None:
    sealed = Encrypt().apply(pa.array(["geheim", None, ""]), KEY, beside)
    assert decrypted(sealed, KEY).to_pylist() == ["geheim", None, ""]
    with pytest.raises(DataError, match="not encrypted with this key"):
        decrypted(sealed, OTHER)
    broken = pa.array([str(sealed[0])[:-2] + "AA"])
    with pytest.raises(DataError):
        decrypted(broken, KEY)


def test_json_keeps_its_structure(beside: Beside) -> None:
    def kinds(kind: str, values: pa.Array) -> pa.Array:
        return pa.array([f"<{kind}>" for _ in values])

    with_kinds = replace(beside, replace=kinds)
    held = '{"user": {"email": "a@b.de", "age": 7, "tags": ["x", null]}, "ok": true}'
    made = applied(Json(JsonSettings()), [held, "{broken"], with_kinds)
    assert made[0] == '{"user": {"email": "<email>", "age": 7, "tags": ["x", null]}, "ok": true}'
    assert made[1] is None
    told = JsonSettings(paths={"$.user.email": "keep", "$.user.age": "phone_number"})
    assert "a@b.de" in str(applied(Json(told), [held], with_kinds)[0])


@pytest.mark.parametrize(
    ("action", "unread", "blank"),
    [
        (Phone(), ["ask for Anna Smith", "call Anna Marie Smith 555", "電話"], ["-", "", " ?"]),
        (Card(CardSettings()), ["none", "4", "the card of Anna Smith 4111111111111111"], ["--"]),
        (Iban(), ["Anna", "12345678", "de"], ["/"]),
        (Digits(DigitsSettings()), ["李小龙", "é"], ["-", "…"]),
        (Digits(DigitsSettings(keep_first=2)), ["ab"], ["#"]),
        (Digits(DigitsSettings(letters=False)), ["Anna"], ["?"]),
        (Json(JsonSettings()), ["{broken", "Anna"], []),
    ],
)
def test_what_an_action_cannot_read_never_passes_through(
    action: Action, unread: list[str], blank: list[str], beside: Beside
) -> None:
    assert isinstance(action, ReadingAction)
    assert applied(action, [*unread, *blank], beside) == [None] * len(unread) + blank


def test_dates_that_stand_for_never_stay_and_none_wraps_around(beside: Beside) -> None:
    shift = DateShift(DateShiftSettings())
    never = [dt.date(9999, 12, 31), dt.date(2020, 1, 1)]
    made = shift.apply(pa.array(never), KEY, beside).to_pylist()
    assert made[0] == never[0]
    assert made[1] != never[1]
    ends = pa.array([2**63 - 1, -(2**63) + 1, 0], pa.timestamp("ns"))
    moved = shift.apply(ends, KEY, beside)
    assert moved.null_count == 1
    assert moved[2].is_valid


@pytest.mark.parametrize(
    "action", [Pool(PoolSettings()), Email(EmailSettings()), Mask(MaskSettings())]
)
def test_numbers_are_refused_where_text_is_needed(action: Action, beside: Beside) -> None:
    with pytest.raises(DataError, match="stored as"):
        applied(action, [1.5], beside)


@pytest.mark.parametrize(
    "text",
    [
        "Born on March 3rd, 1980 in Ulm", "geb. am 03.04.1980", "née le 3 avril 1980",
        "nacida el 5 de mayo de 1977", "DOB: 12/31/85", "född 1980-03-04", "生年月日 1980年3月4日",
    ],
)  # fmt: skip
def test_a_date_of_birth_in_a_text_becomes_another_in_its_form(text: str, beside: Beside) -> None:
    told = replace(beside, replace=lambda _, values: values)
    made = str(applied(Text(TextSettings()), [text], told)[0])
    assert made != text
    assert made == str(applied(Text(TextSettings()), [text], told)[0])
    assert re.sub(r"\d+(th|rd)?", "0", made) == re.sub(r"\d+(th|rd)?", "0", text)


def test_other_dates_in_a_text_stay(beside: Beside) -> None:
    told = replace(beside, replace=lambda _, values: values)
    texts: list[object] = ["Delivered on 2024-03-04, born leader", "Invoice of 3 April 2024"]
    assert applied(Text(TextSettings()), texts, told) == texts


def test_a_date_of_birth_in_json_is_replaced_and_what_is_none_redacted(beside: Beside) -> None:
    told = JsonSettings(paths={"$.x": "date_of_birth"})
    made = applied(Json(told), ['{"x":"1980-03-04","birth_date":"03/04/1980"}'], beside)[0]
    assert re.fullmatch(r'\{"x":"19\d\d-\d\d-\d\d","birth_date":"\d\d/\d\d/19\d\d"\}', str(made))
    assert "1980" not in str(made)
    assert applied(Json(told), ['{"x":"May"}'], beside) == ['{"x":"[REDACTED]"}']
