"""What a Faker method draws is read out of it exactly, or it says that it cannot be."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from types import ModuleType
from typing import Any, ClassVar

import pytest
from faker import Generator
from faker.providers import BaseProvider

from synthkit.generators.values.expressions import Expression, Pool, listed
from synthkit.generators.values.tracing import Untraceable, drawing_from, trace


class Toy(BaseProvider):
    names: ClassVar = OrderedDict([("Ann", 3.0), ("Bob", 1.0)])
    patterns = ("#-%", "?!")
    formats = ("{{word}} {{word}}", "{{word}}!")

    def name(self) -> str:
        return str(self.random_element(self.names))

    def word(self) -> str:
        return str(self.random_element({"red", "blue"}))

    def phrase(self) -> str:
        return str(self.generator.parse(self.random_element(self.formats)))

    def plate(self) -> str:
        return self.bothify(self.random_element(self.patterns), letters="AB")

    def branch(self) -> str:
        words = self.random_element((("a", "b", "c"), ("d",)))
        return f"<{self.random_element(words)}>"

    def number(self) -> str:
        return f"n{self.generator.random.randint(1, 4)}"

    def wide(self) -> str:
        return f"n{self.generator.random.randint(1, 10**6)}"

    def computed(self) -> str:
        return str(int(self.numerify("####")) * 2)

    def recursive(self) -> str:
        return str(self.generator.parse("{{recursive}}"))

    def shuffled(self) -> str:
        return "".join(self.random_sample(("a", "b", "c"), 2))


@pytest.fixture
def generator() -> Generator:
    made = Generator()
    made.add_provider(Toy)
    made.seed_instance(1)
    return made


def shares(expression: Expression) -> dict[str, float]:
    pool = listed(expression)
    return dict(zip(pool.values.to_pylist(), map(float, pool.weights), strict=True))


def test_a_list_with_weights(generator: Generator) -> None:
    traced = trace(generator, "name")
    assert isinstance(traced, Pool)
    assert shares(traced) == pytest.approx({"Ann": 0.75, "Bob": 0.25})


def test_a_set_is_sorted(generator: Generator) -> None:
    assert list(shares(trace(generator, "word"))) == ["blue", "red"]


def test_formats_with_tokens(generator: Generator) -> None:
    found = shares(trace(generator, "phrase"))
    assert found == pytest.approx(
        {f"{a} {b}": 0.125 for a in ("red", "blue") for b in ("red", "blue")}
        | {"red!": 0.25, "blue!": 0.25}
    )


def test_patterns_of_digits_and_letters(generator: Generator) -> None:
    found = shares(trace(generator, "plate"))
    assert len(found) == 90 + 2 * 11
    assert found["0-1"] == pytest.approx(0.5 / 90)
    assert found["A"] == pytest.approx(0.5 / 2 / 2)
    assert found["B7"] == pytest.approx(0.5 / 2 / 20)


def test_branches_are_followed_with_their_weights(generator: Generator) -> None:
    assert shares(trace(generator, "branch")) == pytest.approx(
        {"<a>": 1 / 6, "<b>": 1 / 6, "<c>": 1 / 6, "<d>": 0.5}
    )
    assert list(shares(trace(generator, "number"))) == ["n1", "n2", "n3", "n4"]


@pytest.mark.parametrize("method", ["wide", "computed", "recursive", "shuffled"])
def test_what_computes_is_not_traced(generator: Generator, method: str) -> None:
    with pytest.raises(Untraceable):
        trace(generator, method)


@pytest.mark.parametrize("method", ["plate", "computed"])
def test_the_generator_is_as_before(generator: Generator, method: str) -> None:
    expected = [generator.get_formatter(method)() for _ in range(20)]
    with suppress(Untraceable):
        trace(generator, method)
    generator.seed_instance(1)
    assert [generator.get_formatter(method)() for _ in range(20)] == expected
    assert generator.parse("{{name}}") in ("Ann", "Bob")


def test_global_random_numbers_are_replaced_for_a_while(
    generator: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    from faker.providers.ssn.th_TH import Provider

    generator.add_provider(Provider)
    drawn: list[Any] = []
    for _ in range(2):
        generator.seed_instance(5)
        with drawing_from(generator, generator.random):
            drawn.append([generator.get_formatter("ssn")() for _ in range(5)])
    assert drawn[0] == drawn[1]
    import faker.providers.ssn.th_TH as module

    assert isinstance(module, ModuleType)
    assert module.randint.__self__ is not generator.random
