"""Formulas: one column of a row computed from others, such as ``total = quantity * price - cut``.

A small language of our own: names of columns, numbers, ``+ - * /`` and parentheses; in recipes also
comparisons and a few functions. Nothing that is written in it can do anything but arithmetic.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

__all__ = [
    "FUNCTIONS",
    "Call",
    "Expression",
    "Name",
    "Number",
    "Operation",
    "Symbol",
    "deviates",
    "evaluate",
    "is_plain",
    "names",
    "parse",
    "parse_expression",
    "written",
]

Numbers = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Symbol = Literal["+", "-", "*", "/"]

_TOKEN = re.compile(
    r"\s*(?:(?P<name>[^\W\d]\w*)|`(?P<quoted>[^`]+)`"
    r"|(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)|(?P<symbol>[-+*/()=]))"
)
_RICH_TOKEN = re.compile(
    r"\s*(?:(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)|`(?P<quoted>[^`]+)`"
    r"|(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)"
    r"|(?P<symbol><=|>=|==|!=|[-+*/(),<>]))"
)
_PLAIN = re.compile(r"[^\W\d]\w*")
_DEPTH = 50
_LENGTH = 1_000
"""Characters of a formula, and parentheses within each other, that are read."""
_ROUNDED = 1e-12
"""Relative error that some operations on doubles (2e-16 each) never reach."""


@dataclass(frozen=True)
class Number:
    """A number that stands in the formula."""

    value: float


@dataclass(frozen=True)
class Name:
    """A column of the row."""

    column: str


@dataclass(frozen=True)
class Operation:
    """Two expressions, and what is done with them."""

    symbol: Symbol
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Call:
    """A function or a comparison of expressions; only in recipes."""

    function: str
    arguments: tuple[Expression, ...]


Expression = Number | Name | Operation | Call


def _compared(test: Callable[[Numbers, Numbers], Any]) -> Callable[[Numbers, Numbers], Numbers]:
    """Return a comparison that is 1 or 0, and missing where a side is missing."""
    return lambda a, b: np.where(np.isnan(a) | np.isnan(b), np.nan, test(a, b))


FUNCTIONS: dict[str, tuple[int, Callable[..., Numbers]]] = {
    "abs": (1, np.abs),
    "ceil": (1, np.ceil),
    "exp": (1, np.exp),
    "floor": (1, np.floor),
    "if": (3, lambda test, a, b: np.where(np.isnan(test), np.nan, np.where(test != 0, a, b))),
    "log": (1, np.log),
    "max": (2, np.maximum),
    "min": (2, np.minimum),
    "round": (2, lambda a, digits: np.rint(a * 10.0**digits) / 10.0**digits),
    "sqrt": (1, np.sqrt),
}
"""Functions by name: how many arguments, and what is computed; ``if(test, a, b)`` picks by row."""
_COMPARISONS: dict[str, tuple[int, Callable[..., Numbers]]] = {
    "<": (2, _compared(np.less)),
    "<=": (2, _compared(np.less_equal)),
    ">": (2, _compared(np.greater)),
    ">=": (2, _compared(np.greater_equal)),
    "==": (2, _compared(np.equal)),
    "!=": (2, _compared(np.not_equal)),
}


def parse(text: str) -> tuple[str, Expression]:
    """Return the column that a formula computes, and from what.

    Names with other characters than letters, digits and underscores stand in backquotes.
    `ValueError` says where the text is no formula.

    >>> parse("total = price * 2")
    ('total', Operation(symbol='*', left=Name(column='price'), right=Number(value=2.0)))
    """
    if len(text) > _LENGTH:
        raise ValueError(f"a formula has up to {_LENGTH:,} characters")
    reader = _Reader(text)
    target = reader.name()
    reader.expect("=")
    expression = reader.sum()
    if reader.token is not None:
        raise reader.error("an operator is expected")
    if target in names(expression):
        raise ValueError(f"{target!r} is computed from itself")
    return target, expression


def parse_expression(text: str) -> Expression:
    """Return what an expression of a recipe computes: arithmetic, comparisons and functions.

    ``order_id.price`` is the column ``price`` of the row that ``order_id`` points at; the name
    keeps its dot. `ValueError` says where the text is no expression.

    >>> parse_expression("max(order_id.price, 1)").arguments[0]
    Name(column='order_id.price')
    """
    if len(text) > _LENGTH:
        raise ValueError(f"a formula has up to {_LENGTH:,} characters")
    reader = _Reader(text, rich=True)
    expression = reader.comparison()
    if reader.token is not None:
        raise reader.error("an operator is expected")
    return expression


def is_plain(expression: Expression) -> bool:
    """Say whether an expression is arithmetic alone, so that it can be a rule of a schema."""
    if isinstance(expression, Operation):
        return is_plain(expression.left) and is_plain(expression.right)
    return not isinstance(expression, Call)


class _Reader:
    """Reads an expression by recursive descent, one token ahead."""

    def __init__(self, text: str, rich: bool = False) -> None:
        self.rich = rich
        self.text = text.rstrip()
        self.place = 0
        self.depth = 0
        self.kind = ""
        self.token: str | None = None
        self._next()

    def error(self, message: str) -> ValueError:
        """Return an error that says where."""
        return ValueError(f"{message} at character {self.start + 1} of the formula")

    def _next(self) -> None:
        self.start = self.place
        if self.place >= len(self.text):
            self.token = None
            return
        found = (_RICH_TOKEN if self.rich else _TOKEN).match(self.text, self.place)
        if found is None or found.lastgroup is None:
            raise self.error("a column, a number or one of + - * / ( ) is expected")
        self.kind, self.token = found.lastgroup, found[found.lastgroup]
        self.place = found.end()

    def _taken(self, symbols: str) -> Symbol | None:
        """Step over one of some symbols, if it is next."""
        if self.token is None or self.kind != "symbol" or self.token not in symbols:
            return None
        symbol: Symbol = self.token  # type: ignore[assignment]
        self._next()
        return symbol

    def expect(self, symbol: str) -> None:
        """Step over a symbol that has to be next."""
        if self._taken(symbol) is None:
            raise self.error(f"`{symbol}` is expected")

    def name(self) -> str:
        """Read the name of a column."""
        if self.token is None or self.kind not in ("name", "quoted"):
            raise self.error("a column is expected")
        name = self.token
        self._next()
        return name

    def comparison(self) -> Expression:
        """Read a sum, or two that are compared."""
        expression = self.sum()
        if self.kind == "symbol" and self.token in _COMPARISONS:
            symbol = self.token
            self._next()
            return Call(symbol, (expression, self.sum()))
        return expression

    def _call(self, function: str) -> Expression:
        """Read the arguments of a function, behind its opening parenthesis."""
        if function not in FUNCTIONS:
            raise self.error(f"there is no function {function!r}, but {', '.join(FUNCTIONS)};")
        arguments = [self.comparison()]
        while self._taken(","):
            arguments.append(self.comparison())
        self.expect(")")
        due = FUNCTIONS[function][0]
        if len(arguments) != due:
            raise self.error(f"{function} takes {due} argument{'s'[: due > 1]}")
        return Call(function, tuple(arguments))

    def sum(self) -> Expression:
        """Read terms that are added or subtracted."""
        expression = self._product()
        while symbol := self._taken("+-"):
            expression = Operation(symbol, expression, self._product())
        return expression

    def _product(self) -> Expression:
        expression = self._part()
        while symbol := self._taken("*/"):
            expression = Operation(symbol, expression, self._part())
        return expression

    def _part(self) -> Expression:
        self.depth += 1
        if self.depth > _DEPTH:
            raise self.error(f"no more than {_DEPTH} levels are read, there are more")
        try:
            if self._taken("-"):
                return Operation("-", Number(0.0), self._part())
            if self._taken("("):
                inner = self.comparison() if self.rich else self.sum()
                self.expect(")")
                return inner
            if self.token is not None and self.kind == "number":
                number = Number(float(self.token))
                self._next()
                return number
            bare = self.kind == "name"
            name = self.name()
            return self._call(name) if self.rich and bare and self._taken("(") else Name(name)
        finally:
            self.depth -= 1


def names(expression: Expression) -> tuple[str, ...]:
    """Return the columns that an expression reads, each once, in order."""
    return tuple(dict.fromkeys(_names(expression)))


def _names(expression: Expression) -> Iterator[str]:
    if isinstance(expression, Name):
        yield expression.column
    elif isinstance(expression, Operation):
        yield from _names(expression.left)
        yield from _names(expression.right)
    elif isinstance(expression, Call):
        for argument in expression.arguments:
            yield from _names(argument)


def evaluate(expression: Expression, columns: Mapping[str, Numbers], rows: int) -> Numbers:
    """Return the value for each row: float64, NaN where a part is missing or zero divides.

    Args:
        expression: what to compute.
        columns: float64 (rows,) by name, NaN for null.
        rows: number of rows.
    """
    with np.errstate(all="ignore"):
        made = _evaluate(expression, columns, rows)
    return np.where(np.isfinite(made), made, np.nan)


def _evaluate(expression: Expression, columns: Mapping[str, Numbers], rows: int) -> Numbers:
    if isinstance(expression, Number):
        return np.full(rows, expression.value)
    if isinstance(expression, Name):
        return columns[expression.column]
    if isinstance(expression, Call):
        _, function = FUNCTIONS.get(expression.function) or _COMPARISONS[expression.function]
        return function(*(_evaluate(each, columns, rows) for each in expression.arguments))
    left = _evaluate(expression.left, columns, rows)
    right = _evaluate(expression.right, columns, rows)
    if expression.symbol == "+":
        return left + right
    if expression.symbol == "-":
        return left - right
    return left * right if expression.symbol == "*" else left / right


def deviates(
    expression: Expression, columns: Mapping[str, Numbers], target: Numbers, decimals: int | None
) -> Mask:
    """Return which rows do not have what an expression says.

    A row agrees if its value is what rounding may give (up or down at the middle), or if anything
    is missing. Without ``decimals`` only the error of doubles is allowed.
    """
    rows = len(target)
    exact = evaluate(expression, columns, rows)
    sizes = {name: np.abs(columns[name]) for name in names(expression)}
    size = evaluate(_added_up(expression), sizes, rows)
    allowed = _ROUNDED * size + (0.0 if decimals is None else 0.5 * 10.0**-decimals)
    with np.errstate(invalid="ignore"):
        wrong: Mask = np.abs(target - exact) > allowed
    return wrong


def _added_up(expression: Expression) -> Expression:
    """Return the expression whose value, of positive numbers, the error of another is part of."""
    if isinstance(expression, Number):
        return Number(abs(expression.value))
    if isinstance(expression, Name):
        return expression
    if isinstance(expression, Call):
        raise ValueError("rules of a schema have no functions")
    symbol: Symbol = "+" if expression.symbol == "-" else expression.symbol
    return Operation(symbol, _added_up(expression.left), _added_up(expression.right))


def written(target: str, expression: Expression) -> str:
    """Return a formula as `parse` reads it.

    >>> written("total", Operation("*", Name("unit price"), Number(2.0)))
    'total = `unit price` * 2'
    """
    return f"{_quoted(target)} = {_written(expression, 0)}"


def _quoted(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else f"`{name}`"


def _written(expression: Expression, within: int) -> str:
    """Write an expression, in parentheses if what stands around it binds more."""
    if isinstance(expression, Number):
        return (
            f"{expression.value:.17g}" if expression.value >= 0 else f"(-{-expression.value:.17g})"
        )
    if isinstance(expression, Name):
        return _quoted(expression.column)
    if isinstance(expression, Call):
        parts = [_written(each, 0) for each in expression.arguments]
        if expression.function in _COMPARISONS:
            return f"({parts[0]} {expression.function} {parts[1]})"
        return f"{expression.function}({', '.join(parts)})"
    binding = 1 if expression.symbol in "+-" else 2
    right = binding + 1 if expression.symbol in "-/" else binding
    left_text, right_text = _written(expression.left, binding), _written(expression.right, right)
    text = f"{left_text} {expression.symbol} {right_text}"
    return f"({text})" if binding < within else text
