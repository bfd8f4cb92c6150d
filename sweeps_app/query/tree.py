"""What a query says, as it was written: names are not looked up yet, values have no type yet."""

from dataclasses import dataclass
from typing import Literal

Operator = Literal["=", "!=", "<", "<=", ">", ">="]
LiteralKind = Literal["word", "text", "number", "duration", "moment", "ago"]


@dataclass(frozen=True)
class Name:
    """What a test is about, and its place."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Value:
    """A value, and its place; what it means depends on what it is compared with. `text` has no quotes."""

    kind: LiteralKind
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Comparison:
    """`lr < 1e-3`."""

    name: Name
    operator: Operator
    value: Value


@dataclass(frozen=True)
class Membership:
    """`optimizer in ("adam", "sgd")`."""

    name: Name
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Containment:
    """`tags contains "baseline"`."""

    name: Name
    value: Value


@dataclass(frozen=True)
class Absence:
    """`lr is null`."""

    name: Name


@dataclass(frozen=True)
class Phrase:
    """A word or text by itself, which is searched."""

    value: Value


@dataclass(frozen=True)
class Every:
    """All parts hold."""

    parts: tuple["Written", ...]


@dataclass(frozen=True)
class Some:
    """At least one part holds."""

    parts: tuple["Written", ...]


@dataclass(frozen=True)
class Negation:
    """The part does not hold."""

    part: "Written"


Written = Comparison | Membership | Containment | Absence | Phrase | Every | Some | Negation
