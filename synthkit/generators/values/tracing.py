"""Reads out of a Faker provider what it draws from, by running its method on marks.

Every list that the method chooses from is replaced by a mark in the text; what the method
returns then tells how its values are made, exactly and without drawing. Methods that compute
(checksums, dates) are not traceable; `faker_pools` treats them otherwise.
"""

from __future__ import annotations

import re
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from string import ascii_letters
from types import ModuleType
from typing import TYPE_CHECKING, Any

from synthkit.generators.values.expressions import (
    Expression,
    Pool,
    joined,
    literal,
    mixture,
)

if TYPE_CHECKING:
    from faker import Generator

__all__ = ["Untraceable", "drawing_from", "trace"]

FORMATS = 400
"""Lists up to this length that hold formats are gone through one by one."""
PATHS = 3_000
"""Ways through a method that are followed before it counts as not traceable."""
FIRST_MARK = 0xE000
LAST_MARK = 0xF8FF
"""Marks are private-use characters, which no provider draws."""

DIGITS = {
    "#": [str(digit) for digit in range(10)],
    "%": [str(digit) for digit in range(1, 10)],
    "$": [str(digit) for digit in range(2, 10)],
    "!": [*(str(digit) for digit in range(10)), *[""] * 10],
    "@": [*(str(digit) for digit in range(1, 10)), *[""] * 9],
}
"""Faker's placeholders for digits; the last two are empty half of the time."""
_TOKEN = re.compile(r"\{\{\s*(\w+)(:\s*\w+?)?\s*\}\}")
_IS_FORMAT = re.compile(r"[#%$!@?^{]")


class Untraceable(Exception):  # noqa: N818 - a signal inside this package, never shown
    """The method does more than choose and fill in."""


class _Source:
    """Stands in for the random numbers of a generator: small choices are ways, others an end."""

    def __init__(self, way: Callable[[Any], Any]) -> None:
        self.choice = way
        self._way = way

    def randint(self, low: int, high: int) -> Any:
        """Stand in for ``Random.randint``."""
        return self.randrange(low, high + 1)

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> Any:
        """Stand in for ``Random.randrange``."""
        return self._way(range(start, stop, step) if stop is not None else range(start))

    def __getattr__(self, name: str) -> Any:
        raise Untraceable(name)


class _Tracer:
    """Follows every way through methods of one generator's providers."""

    def __init__(self, generator: Generator) -> None:
        self._generator = generator
        self._known: dict[str, Expression] = {}
        self._lists: dict[int, tuple[Any, Expression]] = {}
        self._open: list[str] = []
        self._marks: list[Expression] = []
        self._taken: list[tuple[int, float]] = []
        self._plan: list[int] = []
        self._widths: list[int] = []

    def method(self, name: str) -> Expression:
        """Return what a method draws; `Untraceable` where it computes."""
        if name not in self._known:
            if name in self._open:
                raise Untraceable(f"{name} calls itself")
            self._open.append(name)
            saved = self._taken, self._plan, self._widths
            try:
                self._known[name] = self._all_ways(self._generator.get_formatter(name))
            finally:
                self._taken, self._plan, self._widths = saved
                self._open.pop()
        return self._known[name]

    def _all_ways(self, call: Callable[[], Any]) -> Expression:
        """Run a method once for every combination of formats that it can choose."""
        ways: list[tuple[Expression, float]] = []
        plan: list[int] = []
        while True:
            self._plan, self._taken, self._widths = plan, [], []
            text = call()
            if not isinstance(text, str) or len(ways) >= PATHS:
                raise Untraceable("not text, or too many ways")
            weight = 1.0
            for _, share in self._taken:
                weight *= share
            if weight > 0:
                ways.append((self._unmarked(text), weight))
            plan = [place for place, _ in self._taken]
            while plan and plan[-1] + 1 >= self._widths[len(plan) - 1]:
                plan.pop()
            if not plan:
                return mixture(ways)
            plan = [*plan[:-1], plan[-1] + 1]

    def element(self, elements: Any = ("a", "b", "c")) -> Any:
        """Stand in for ``random_element``: a mark for a list of words, a way for formats."""
        if isinstance(elements, range) and len(elements) > FORMATS:
            raise Untraceable("a wide range of numbers")
        weights = _weights(elements)
        strings = all(isinstance(value, str) for value in weights)
        formats = len(weights) <= FORMATS and (
            not strings or any(_IS_FORMAT.search(value) for value in weights)
        )
        if strings and not formats:
            if id(elements) not in self._lists:
                self._lists[id(elements)] = (elements, Pool.of(weights))
            return self._mark(self._lists[id(elements)][1])
        if len(weights) > FORMATS:
            raise Untraceable("a long list of what is not text")
        place = self._plan[len(self._taken)] if len(self._taken) < len(self._plan) else 0
        pairs = list(weights.items())
        value, weight = (sorted(pairs) if strings else pairs)[place]
        self._widths.append(len(weights))
        self._taken.append((place, weight / sum(weights.values())))
        return value

    def elements(
        self,
        elements: Any = ("a", "b", "c"),
        length: int | None = None,
        unique: bool = False,
        use_weighting: bool | None = None,
    ) -> list[Any]:
        """Stand in for ``random_elements`` and ``random_choices``."""
        if length is None or (unique and length > 1):
            raise Untraceable("without replacement")
        return [self.element(elements) for _ in range(length)]

    def numerify(self, text: str = "###") -> str:
        """Stand in for ``numerify``."""
        return "".join(
            self._mark(Pool.of(DIGITS[each])) if each in DIGITS else each for each in text
        )

    def lexify(self, text: str = "????", letters: str = ascii_letters) -> str:
        """Stand in for ``lexify``."""
        return "".join(self._mark(Pool.of(letters)) if each == "?" else each for each in text)

    def bothify(self, text: str = "## ??", letters: str = ascii_letters) -> str:
        """Stand in for ``bothify``."""
        return self.lexify(self.numerify(text), letters)

    def parse(self, text: str) -> str:
        """Stand in for ``Generator.parse``: tokens become marks of what their methods draw."""

        def token(match: re.Match[str]) -> str:
            if match[2]:
                raise Untraceable("a token with arguments")
            return self._mark(self.method(match[1]))

        return _TOKEN.sub(token, text)

    def _mark(self, expression: Expression) -> str:
        if FIRST_MARK + len(self._marks) > LAST_MARK:
            raise Untraceable("too many marks")
        self._marks.append(expression)
        return chr(FIRST_MARK + len(self._marks) - 1)

    def _unmarked(self, text: str) -> Expression:
        """Turn marked text into the expression that it stands for."""
        parts: list[Expression] = []
        for piece in re.split(f"([{chr(FIRST_MARK)}-{chr(LAST_MARK)}])", text):
            if len(piece) == 1 and FIRST_MARK <= ord(piece) <= LAST_MARK:
                parts.append(self._marks[ord(piece) - FIRST_MARK])
            elif piece:
                parts.append(literal(piece))
        if not self._open[1:]:
            self._marks = []
        return joined(parts)


def trace(generator: Generator, method: str) -> Expression:
    """Return what a method of a Faker generator draws, every way through it with its weight.

    Raises `Untraceable` where the method computes. The generator is as before afterwards.
    """
    tracer = _Tracer(generator)
    stands_in = {
        "random_element": tracer.element,
        "random_elements": tracer.elements,
        "random_choices": tracer.elements,
        "numerify": tracer.numerify,
        "lexify": tracer.lexify,
        "bothify": tracer.bothify,
    }
    generator.parse = tracer.parse  # type: ignore[method-assign]
    for provider in generator.providers:
        vars(provider).update(stands_in)
    try:
        with drawing_from(generator, _Source(tracer.element)):
            return tracer.method(method)
    except Untraceable:
        raise
    except (AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
        raise Untraceable(f"{method} cannot be run on marks") from error
    finally:
        for provider in generator.providers:
            for name in stands_in:
                vars(provider).pop(name, None)
        vars(generator).pop("parse", None)


@contextmanager
def drawing_from(generator: Generator, source: Any) -> Iterator[None]:
    """Let a generator draw from a source, and also those of its providers that draw globally.

    Some of Faker's modules use Python's global random numbers, which no seed of the generator
    reaches; their names for it are replaced for the time being.
    """
    own = generator.random
    modules = {
        each.__module__: sys.modules[each.__module__]
        for provider in generator.providers
        for each in type(provider).__mro__
        if each.__module__.startswith("faker.")
    }
    replaced = [
        (module, name, value)
        for module in modules.values()
        for name, value in list(vars(module).items())
        if (isinstance(value, ModuleType) and value.__name__ == "random")
        or isinstance(getattr(value, "__self__", None), type(own))
    ]
    generator.random = source
    for module, name, value in replaced:
        is_module = isinstance(value, ModuleType)
        setattr(module, name, source if is_module else getattr(source, value.__name__))
    try:
        yield
    finally:
        generator.random = own
        for module, name, value in replaced:
            setattr(module, name, value)


def _weights(elements: Any) -> Mapping[Any, float]:
    """Return what may be chosen with its weights; sets are sorted, repeats added up."""
    if isinstance(elements, OrderedDict):
        return elements
    if isinstance(elements, dict):
        raise Untraceable("a plain dict")
    found: dict[Any, float] = {}
    listed = sorted(elements) if isinstance(elements, set | frozenset) else elements
    for value in listed:
        key = value if value.__hash__ else tuple(value)
        found[key] = found.get(key, 0.0) + 1.0
    return found
