"""The form by which a share link is made."""

import secrets
from typing import Any

from django import forms
from django.conf import settings

from sweeps_app.selectors.share_links import longest_life
from sweeps_app.services.sharing import DEFAULT_DAYS, MAX_NAME

_LIVES = (1, 7, 30, 90)


class ShareForm(forms.Form):
    """For whom the link is, and how long it works; sent twice it makes one."""

    name = forms.CharField(max_length=MAX_NAME, required=False, label="For whom or what")
    request_id = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial=_initial(), auto_id="share-%s", label_suffix="")
        # Settings may change what can be chosen, so that it is not a part of the class.
        self.fields["days"] = forms.TypedChoiceField(
            choices=_choices(), coerce=int, empty_value=None, required=False, label="Works for"
        )


def share_context() -> dict[str, Any]:
    """Return what the dialog of a sweep's page shows, no form where sharing is turned off."""
    return {"share_form": ShareForm() if settings.SHARING else None}


def _initial() -> dict[str, Any]:
    longest = longest_life()
    days = DEFAULT_DAYS if longest is None else min(DEFAULT_DAYS, longest.days)
    return {"request_id": secrets.token_hex(12), "days": days}


def _choices() -> list[tuple[str, str]]:
    longest = longest_life()
    days = [*_LIVES] if longest is None else sorted({*(d for d in _LIVES if d < longest.days), longest.days})
    words = [(str(number), "One day" if number == 1 else f"{number} days") for number in days]
    return words if longest is not None else [*words, ("", "Until it is revoked")]
