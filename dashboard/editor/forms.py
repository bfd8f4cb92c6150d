"""The forms of the editor."""

import secrets
from typing import Any

from django import forms

from dashboard.forms import ConfigForm

MAX_AGENTS = 100_000


class EditorForm(ConfigForm):
    """The text of a configuration; sent twice with the same `request_id` it makes one sweep."""

    request_id = forms.CharField(max_length=64, widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, text: str = "") -> None:
        super().__init__(data, initial={"config": text, "request_id": secrets.token_hex(12)}, label_suffix="")


class CheckForm(ConfigForm):
    """What the editor asks about while somebody writes: the text, how many agents, whose run times count."""

    config = forms.CharField(max_length=1_000_000, required=False, strip=False)
    agents = forms.IntegerField(min_value=1, max_value=MAX_AGENTS, required=False)
    basis = forms.CharField(max_length=64, required=False)
