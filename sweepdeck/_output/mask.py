"""What must not be seen in any output: API keys and secrets."""

import json
import os
from collections.abc import Iterable
from urllib.parse import quote

from sweepdeck._settings import Settings

MIN_LENGTH = 8
HIDDEN = "***"


class Mask:
    """Hides texts of 8 characters or more in lines of output, also as they look in addresses and in JSON."""

    def __init__(self, values: Iterable[str]) -> None:
        # Output comes in lines: of a secret of several each is hidden by itself.
        lines = {line.strip() for value in values for line in value.splitlines()}
        kept = {line for line in lines if len(line) >= MIN_LENGTH}
        forms = kept | {quote(line, safe="") for line in kept} | {json.dumps(line)[1:-1] for line in kept}
        # The longest first: one may be a part of another.
        self._forms = sorted(forms, key=len, reverse=True)

    @classmethod
    def of_process(cls) -> "Mask":
        """Return what hides this process's API key, and the variables that are named as secret."""
        settings = Settings.from_environment()
        return cls([settings.api_key, *(os.environ.get(name, "") for name in settings.secret_names)])

    def __call__(self, text: str) -> str:
        """Return a text with all of them hidden."""
        for form in self._forms:
            if form in text:
                text = text.replace(form, HIDDEN)
        return text
