"""What is wrong with a program's source."""


class SourceProblem(Exception):
    """A source may not be used, or cannot be; `field` names the part of the registration that says so."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message
