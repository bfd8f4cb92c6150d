"""Constraints: expressions over parameters, read by the standard parser and run node by node, never by `eval`.

    hidden <= 4 * width and (optimizer.name != "adam" or `batch-size` < 512)

Nested parameters have dotted names; a name that is no identifier stands in backticks.
"""

import ast
import math
import operator
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sweeps_app.search.problems import did_you_mean, shown

MAX_LENGTH = 1_000
_MAX_DEPTH = 50

_Values = Mapping[str, Any]
_Term = Callable[[_Values], Any]


class ConstraintError(ValueError):
    """The text is no constraint; the message says why and what to write."""


@dataclass(frozen=True)
class Constraint:
    """One constraint: its text, and the full names of the parameters in it."""

    source: str
    names: frozenset[str]
    _term: _Term

    def holds(self, active: _Values) -> bool:
        """Tell whether it holds for the present parameters' values, by name.

        It says nothing where one of its parameters is absent. Where the expression fails, as in a division by zero
        or a comparison of text with a number, it does not hold.
        """
        if not self.names <= active.keys():
            return True
        try:
            return bool(self._term(active))
        except (ArithmeticError, TypeError, ValueError):
            return False


def parse_constraint(source: str, names: Collection[str]) -> Constraint:
    """Return the constraint that `source` states over the parameters `names`; raises `ConstraintError`."""
    text, quoted = _without_backticks(source)
    compiler = _Compiler(names, quoted)
    tree = _parsed(text)
    if not isinstance(tree, ast.Compare | ast.BoolOp) and not _is_not(tree):
        raise ConstraintError(f"must be a comparison, such as {_example(names)}")
    term = compiler.compile(tree)
    if not compiler.used:
        raise ConstraintError("must mention a parameter")
    return Constraint(source, frozenset(compiler.used), term)


def _parsed(text: str) -> ast.expr:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise ConstraintError(f"cannot be read: {error.msg}{_hint(text)}") from None
    except (ValueError, RecursionError, MemoryError):
        raise ConstraintError("cannot be read: it is nested too deeply") from None


def _hint(text: str) -> str:
    for wrong, right in (("&&", "and"), ("||", "or"), ("!", "not")):
        if re.search(rf"{re.escape(wrong)}(?!=)", text):
            return f"; write `{right}` instead of `{wrong}`"
    return "; write == to compare" if re.search(r"(?<![<>=!])=(?!=)", text) else ""


def _is_not(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def _example(names: Collection[str]) -> str:
    return f"{min((name for name in names if name.isidentifier()), default='width')} <= 10"


def _without_backticks(source: str) -> tuple[str, dict[str, str]]:
    """Return the text with each `name` in backticks replaced by an identifier, and what these stand for."""
    quoted: dict[str, str] = {}

    def replace(match: re.Match[str]) -> str:
        name = f"_quoted_{len(quoted)}_"
        quoted[name] = match[1]
        return name

    return re.sub(r"`([^`]*)`", replace, source), quoted


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{shown(value)} is not a number")
    return value


def _numeric(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return `function` for numbers alone: "a" * 10**9 would be a valid product, and fill the memory."""
    return lambda *values: function(*map(_number, values))


_BINARY: dict[type[ast.operator], Callable[..., Any]] = {
    ast.Add: _numeric(operator.add),
    ast.Sub: _numeric(operator.sub),
    ast.Mult: _numeric(operator.mul),
    ast.Div: _numeric(operator.truediv),
    ast.FloorDiv: _numeric(operator.floordiv),
    ast.Mod: _numeric(operator.mod),
    ast.Pow: _numeric(math.pow),  # of floats: 9**9**9 overflows at once instead of being worked out
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.Not: operator.not_,
    ast.USub: _numeric(operator.neg),
    ast.UAdd: _numeric(operator.pos),
}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}
# name -> the function, and how many arguments it takes at least and at most
_FUNCTIONS: dict[str, tuple[Callable[..., Any], int, int]] = {
    "abs": (_numeric(abs), 1, 1),
    "ceil": (_numeric(math.ceil), 1, 1),
    "exp": (_numeric(math.exp), 1, 1),
    "floor": (_numeric(math.floor), 1, 1),
    "log": (_numeric(math.log), 1, 2),
    "log2": (_numeric(math.log2), 1, 1),
    "max": (_numeric(max), 2, 100),
    "min": (_numeric(min), 2, 100),
    "sqrt": (_numeric(math.sqrt), 1, 1),
}


class _Compiler:
    """Turns the nodes of an expression into functions of the parameters' values; `used` collects their names."""

    def __init__(self, names: Collection[str], quoted: Mapping[str, str]) -> None:
        self._names = names
        self._quoted = quoted
        self._depth = 0
        self.used: set[str] = set()

    def compile(self, node: ast.expr) -> _Term:
        method = self._methods.get(type(node))
        if method is None:
            raise ConstraintError(f"may not use `{self._shown(node)}`: only comparisons and arithmetic are known")
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise ConstraintError("is nested too deeply")
        term = method(self, node)
        self._depth -= 1
        return term

    def _constant(self, node: ast.Constant) -> _Term:
        value = node.value
        if isinstance(value, bytes | complex) or value is Ellipsis:
            raise ConstraintError(f"may not use `{self._shown(node)}`: only numbers, texts, True, False and None")
        return lambda _: value

    def _name(self, node: ast.Name | ast.Attribute) -> _Term:
        name = self._dotted(node)
        if name not in self._names:
            hint = self._unknown(name)
            raise ConstraintError(f"names {shown(name)}, which is no parameter{hint}")
        self.used.add(name)
        return operator.itemgetter(name)

    def _dotted(self, node: ast.expr) -> str:
        if isinstance(node, ast.Name):
            return self._quoted.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            return f"{self._dotted(node.value)}.{self._quoted.get(node.attr, node.attr)}"
        raise ConstraintError(f"may not use `{self._shown(node)}`: only names of parameters have dots")

    def _unknown(self, name: str) -> str:
        for known in self._names:
            if "-" in known and name in known.split("-"):
                return f"; write `{known}` in backticks"
        return did_you_mean(name, [*self._names, "True", "False", "None"])

    def _bool(self, node: ast.BoolOp) -> _Term:
        terms = [self.compile(value) for value in node.values]
        if isinstance(node.op, ast.And):
            return lambda values: all(term(values) for term in terms)
        return lambda values: any(term(values) for term in terms)

    def _binary(self, node: ast.BinOp) -> _Term:
        function = _BINARY.get(type(node.op))
        if function is None:
            raise ConstraintError(f"may not use `{self._shown(node)}`: known are + - * / // % and **")
        left, right = self.compile(node.left), self.compile(node.right)
        return lambda values: function(left(values), right(values))

    def _unary(self, node: ast.UnaryOp) -> _Term:
        function = _UNARY.get(type(node.op))
        if function is None:
            raise ConstraintError(f"may not use `{self._shown(node)}`: known are `not`, + and -")
        operand = self.compile(node.operand)
        return lambda values: function(operand(values))

    def _compare(self, node: ast.Compare) -> _Term:
        if unknown := [op for op in node.ops if type(op) not in _COMPARE]:
            raise ConstraintError(f"may not use `{'is not' if isinstance(unknown[0], ast.IsNot) else 'is'}`; write ==")
        functions = [_COMPARE[type(op)] for op in node.ops]
        terms = [self.compile(operand) for operand in (node.left, *node.comparators)]

        def compare(values: _Values) -> bool:
            left = terms[0](values)
            for function, term in zip(functions, terms[1:], strict=True):
                right = term(values)
                if not function(left, right):
                    return False
                left = right
            return True

        return compare

    def _sequence(self, node: ast.List | ast.Tuple | ast.Set) -> _Term:
        terms = [self.compile(element) for element in node.elts]
        return lambda values: [term(values) for term in terms]

    def _call(self, node: ast.Call) -> _Term:
        known = _FUNCTIONS.get(node.func.id) if isinstance(node.func, ast.Name) else None
        if known is None or node.keywords:
            raise ConstraintError(f"may not use `{self._shown(node)}`: known functions are {', '.join(_FUNCTIONS)}")
        function, fewest, most = known
        if not fewest <= len(node.args) <= most:
            needed = f"{fewest}" if fewest == most else f"{fewest} to {most}"
            raise ConstraintError(f"calls `{self._shown(node)}`, which takes {needed} arguments")
        terms: Sequence[_Term] = [self.compile(argument) for argument in node.args]
        return lambda values: function(*(term(values) for term in terms))

    def _shown(self, node: ast.expr) -> str:
        text = ast.unparse(node)
        for name, original in self._quoted.items():
            text = text.replace(name, f"`{original}`")
        return text if len(text) <= 60 else f"{text[:60]}..."

    _methods: dict[type[ast.expr], Callable[["_Compiler", Any], _Term]] = {
        ast.Attribute: _name,
        ast.BinOp: _binary,
        ast.BoolOp: _bool,
        ast.Call: _call,
        ast.Compare: _compare,
        ast.Constant: _constant,
        ast.List: _sequence,
        ast.Name: _name,
        ast.Set: _sequence,
        ast.Tuple: _sequence,
        ast.UnaryOp: _unary,
    }
