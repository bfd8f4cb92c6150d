"""A sweep's file that is wrong, with the place of each problem."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sweepdeck._errors import UsageError


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: what to do, its line and column (from 1), and the dotted path of the field or ""."""

    line: int
    column: int
    path: str
    message: str
    code: str = "invalid"

    def as_json(self, file: str) -> dict[str, Any]:
        """Return the problem in the API's shape, with its place."""
        place = {"file": file, "line": self.line, "column": self.column}
        return {"code": self.code, "detail": self.message, "attr": self.path or None, **place}


class BadFile(UsageError):
    """A sweep's file is wrong: `problems`, in the order of the file."""

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        self.file = file
        self.problems = sorted(problems, key=lambda problem: (problem.line, problem.column))
        super().__init__("\n".join([f"{file} is no sweep's configuration:", *map(self._line, self.problems)]))

    def _line(self, problem: Problem) -> str:
        field = f"{problem.path}: " if problem.path else ""
        return f"  {self.file}:{problem.line}:{problem.column}: {field}{problem.message}"
