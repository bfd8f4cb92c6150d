"""The form by which agents of a sweep are launched."""

import secrets
from typing import Any

from django import forms
from django.utils import timezone

from sweeps_app.models import Sweep, User
from sweeps_app.models.agent import DEFAULT_QUEUE
from sweeps_app.selectors.access import is_admin
from sweeps_app.selectors.programs import programs_to_launch
from sweeps_app.selectors.workers import known_queues, live_workers, rooms
from sweeps_app.services.job_launch import MAX_AGENTS, MAX_GPUS, MAX_SLOTS


class LaunchForm(forms.Form):
    """What to run, how many agents, and what each needs; sent twice it launches once."""

    program = forms.ChoiceField(label="Program")
    agents = forms.IntegerField(min_value=1, max_value=MAX_AGENTS, initial=1, label="Agents")
    queue = forms.CharField(
        max_length=64,
        initial=DEFAULT_QUEUE,
        label="Queue",
        widget=forms.TextInput({"list": "launch-queues", "autocomplete": "off", "spellcheck": "false"}),
    )
    count = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        label="Runs per agent",
        widget=forms.NumberInput({"placeholder": "all"}),
    )
    slots = forms.IntegerField(min_value=1, max_value=MAX_SLOTS, initial=1, label="CPU slots per agent")
    gpus = forms.IntegerField(min_value=0, max_value=MAX_GPUS, initial=0, label="GPUs per agent")
    request_id = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, sweep: Sweep, data: Any = None) -> None:
        super().__init__(data, initial={"request_id": secrets.token_hex(12)}, auto_id="launch-%s", label_suffix="")
        names = [(name, name) for name in programs_to_launch(sweep.project)]
        self.fields["program"] = forms.ChoiceField(choices=names, label="Program")


def launch_context(user: User, sweep: Sweep) -> dict[str, Any]:
    """Return what the form shows: with it what workers offer now."""
    now = timezone.now()
    return {
        "sweep": sweep,
        "launch_form": LaunchForm(sweep),
        "queues": known_queues(now) or [DEFAULT_QUEUE],
        "rooms": rooms(live_workers(now)),
        "may_register": is_admin(user, sweep.project),
    }
