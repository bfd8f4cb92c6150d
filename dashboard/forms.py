"""The forms of the pages."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils import timezone

_LIFETIMES = (("", "Never"), ("7", "In 7 days"), ("30", "In 30 days"), ("90", "In 90 days"), ("365", "In one year"))


class SignInForm(AuthenticationForm):
    """Name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""


class KeyForm(forms.Form):
    """What a new API key is for, and until when it works."""

    name = forms.CharField(max_length=100, required=False, label="What it is for")
    days = forms.ChoiceField(choices=_LIFETIMES, required=False, label="Expires")

    def expires_at(self) -> datetime | None:
        """Return the moment at which the key ends, None for never; to be called on valid input."""
        days = self.cleaned_data["days"]
        return timezone.now() + timedelta(days=int(days)) if days else None
