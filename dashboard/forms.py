"""The forms of the pages."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils import timezone

from sweeps_app.services.projects import MAX_RETENTION_DAYS

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


class RetentionForm(forms.Form):
    """How many days a project keeps runs; empty for ever."""

    days = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MAX_RETENTION_DAYS,
        label="Days (empty: for ever)",
        widget=forms.NumberInput({"class": "input", "inputmode": "numeric"}),
    )


class ConfigForm(forms.Form):
    """A sweep's configuration as YAML or JSON text."""

    config = forms.CharField(
        max_length=1_000_000,
        label="Configuration",
        widget=forms.Textarea({"rows": 26, "class": "input code-input", "spellcheck": "false", "autocomplete": "off"}),
        strip=False,
    )


class RuleForm(forms.Form):
    """A stopping rule; each setting belongs to some of the rules, and stays empty for its default."""

    SETTINGS = {
        "hyperband": ("min_iter", "max_iter", "s", "eta"),
        "asha": ("min_iter", "max_iter", "eta"),
        "median": ("min_iter", "min_runs"),
        "patience": ("patience", "min_iter"),
    }

    type = forms.ChoiceField(choices=[(name, name) for name in SETTINGS], label="Rule")
    min_iter = forms.IntegerField(required=False, min_value=1, label="min_iter")
    max_iter = forms.IntegerField(required=False, min_value=1, label="max_iter")
    s = forms.IntegerField(required=False, min_value=1, label="s")
    eta = forms.FloatField(required=False, min_value=1, label="eta")
    min_runs = forms.IntegerField(required=False, min_value=1, label="min_runs")
    patience = forms.IntegerField(required=False, min_value=1, label="patience")

    def settings(self) -> list[tuple[forms.BoundField, str]]:
        """Return the field of each setting with the rules, separated by spaces, that it belongs to."""
        names = [name for name in self.fields if name != "type"]
        return [(self[name], " ".join(rule for rule, own in self.SETTINGS.items() if name in own)) for name in names]

    def rule(self) -> dict[str, Any]:
        """Return the rule as in a sweep's configuration; to be called on valid input."""
        given = self.cleaned_data
        names = self.SETTINGS[given["type"]]
        return {"type": given["type"]} | {name: given[name] for name in names if given[name] is not None}
