"""Every part of a document makes valid JSON, one text for each cell."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthkit.schema import Column
from synthkit.synthesizers.columns.cells import Cells
from synthkit.synthesizers.columns.json_columns.parts import (
    Labels,
    Lists,
    Mixture,
    Numbers,
    Objects,
    Part,
    Pen,
    Texts,
)
from synthkit.synthesizers.columns.quantiles import Quantiles
from synthkit.synthesizers.columns.texts import CodeReplacement, ProviderReplacement

PLAIN = Pen(compact=False, ascii=False)


def cells(count: int, values: Any, seed: int = 1) -> Cells:
    return Cells(0, count, np.random.default_rng(seed), 7, values, "en_US")


def one(part: Part) -> Mixture:
    return Mixture(parts=(part,), frequencies=(1,))


YES = one(Labels(labels=("true",), frequencies=(1,)))
MAIL = one(Texts(made=ProviderReplacement(provider="email")))


@pytest.mark.parametrize(
    "text", ['a"b', "back\\slash", "line\nbreak", "\x00", "\x7f", "é", "😀", ""]
)
@pytest.mark.parametrize("ascii_only", [True, False])
def test_any_text_is_quoted(text: str, ascii_only: bool) -> None:
    made = Pen(compact=True, ascii=ascii_only).quoted(pa.array([text, "x", text]))
    assert [json.loads(each) for each in made.to_pylist()] == [text, "x", text]
    assert made[0].as_py().isascii() or not ascii_only
    assert text.isascii() or ascii_only or text in made[0].as_py()


def test_objects_have_the_keys_of_their_shapes_in_order(values: Any) -> None:
    part = Objects(
        keys=("a", 'q"', "z"),
        parts=(YES, MAIL, YES),
        shapes=((0, 1), (1, 0, 2), ()),
        frequencies=(5, 3, 2),
    )
    made = part.make(cells(400, values), PLAIN).to_pylist()
    shapes = Counter(tuple(json.loads(text)) for text in made)
    assert set(shapes) == {("a", 'q"'), ('q"', "a", "z"), ()}
    assert [key for key, _ in shapes.most_common()] == [("a", 'q"'), ('q"', "a", "z"), ()]
    assert all(json.loads(text).get("a", True) is True for text in made)
    mails = {json.loads(text)['q"'] for text in made if "q" in text}
    assert len(mails) > 20
    assert all(mail.startswith("email") for mail in mails)


def test_objects_without_keys_are_empty(values: Any) -> None:
    part = Objects(keys=(), parts=(), shapes=((),), frequencies=(1,))
    assert part.make(cells(2, values), PLAIN).to_pylist() == ["{}", "{}"]


def test_lists_are_as_long_as_was_seen(values: Any) -> None:
    part = Lists(lengths=(0, 3), frequencies=(1, 1), item=MAIL)
    made = [json.loads(text) for text in part.make(cells(100, values), PLAIN).to_pylist()]
    assert {len(each) for each in made} == {0, 3}
    assert all(item.startswith("email") for each in made for item in each)


def test_spaces_stand_where_they_stood(values: Any) -> None:
    part = Objects(
        keys=("a", "b"),
        parts=(one(Lists(lengths=(2,), frequencies=(1,), item=YES)), YES),
        shapes=((0, 1),),
        frequencies=(1,),
    )
    wide = part.make(cells(1, values), PLAIN).to_pylist()
    tight = part.make(cells(1, values), Pen(compact=True, ascii=False)).to_pylist()
    assert wide == ['{"a": [true, true], "b": true}']
    assert tight == ['{"a":[true,true],"b":true}']


def test_numbers_are_bare_and_the_text_of_numbers_is_quoted(values: Any) -> None:
    quantiles = Quantiles(storage="double", knots=(1.0, 2.0), decimals=1)
    bare = Numbers(column=Column(name="n", storage="double"), quantiles=quantiles)
    quoted = Numbers(
        column=Column(name="n", storage="double", format="{:.2f}"), quantiles=quantiles, quoted=True
    )
    for text in bare.make(cells(50, values), PLAIN).to_pylist():
        assert 1 <= json.loads(text) <= 2
        assert isinstance(json.loads(text), float)
    for text in quoted.make(cells(50, values), PLAIN).to_pylist():
        assert json.loads(text)[-3] == "."


def test_whole_codes_are_numbers(values: Any) -> None:
    part = Texts(made=CodeReplacement(masks=("999",), frequencies=(1,), whole=True))
    made = [json.loads(text) for text in part.make(cells(50, values), PLAIN).to_pylist()]
    assert all(isinstance(each, int) and 0 <= each < 1000 for each in made)


def test_a_mixture_deals_each_kind_to_its_own_rows(values: Any) -> None:
    part = Mixture(
        parts=(Labels(labels=("null", "false"), frequencies=(1, 1)), *MAIL.parts),
        frequencies=(3, 1),
    )
    made = [json.loads(text) for text in part.make(cells(400, values), PLAIN).to_pylist()]
    counts = Counter(type(each).__name__ for each in made)
    assert set(counts) == {"NoneType", "bool", "str"}
    assert counts["str"] < counts["NoneType"] + counts["bool"]


def test_no_cells_make_nothing(values: Any) -> None:
    part = Mixture(
        parts=(
            Objects(keys=("a",), parts=(MAIL,), shapes=((0,), ()), frequencies=(1, 1)),
            Lists(lengths=(2,), frequencies=(1,), item=MAIL),
        ),
        frequencies=(1, 1),
    )
    assert part.make(cells(0, values), PLAIN).to_pylist() == []
