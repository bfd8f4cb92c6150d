"""The form by which a program is registered and changed."""

from typing import Any

from django import forms

from sweeps_app.errors import InvalidInput, SweepdeckError
from sweeps_app.models import Program
from sweeps_app.services.programs import ProgramDetails

_TEXT = {"spellcheck": "false", "autocomplete": "off"}
_ENTRIES = (
    (Program.Entry.SWEEP, "The program and command that the sweep names"),
    (Program.Entry.SCRIPT, "A Python script that calls sweepdeck.agent()"),
)


class ProgramForm(forms.Form):
    """What is registered; variables are lines of NAME=value, secrets are names."""

    name = forms.CharField(max_length=64, label="Name", widget=forms.TextInput(_TEXT))
    kind = forms.ChoiceField(choices=Program.Kind.choices, label="Kind")
    source = forms.CharField(
        max_length=1000, label="Folder, or address of the repository", widget=forms.TextInput(_TEXT)
    )
    revision = forms.CharField(
        max_length=200, required=False, label="Branch, tag or commit (git)", widget=forms.TextInput(_TEXT)
    )
    repin = forms.BooleanField(required=False, label="Pin the newest commit of the branch")
    entry = forms.ChoiceField(choices=_ENTRIES, label="What an agent runs")
    script = forms.CharField(max_length=1000, required=False, label="Script", widget=forms.TextInput(_TEXT))
    python = forms.CharField(
        max_length=1000, required=False, label="Python (empty: the worker's own)", widget=forms.TextInput(_TEXT)
    )
    environment = forms.CharField(
        max_length=1_000_000,
        required=False,
        label="Environment, a NAME=value a line",
        widget=forms.Textarea(_TEXT | {"rows": 4, "class": "input code-input"}),
    )
    secrets = forms.CharField(
        max_length=20_000, required=False, label="Names of secrets, separated by spaces", widget=forms.TextInput(_TEXT)
    )

    def __init__(self, data: Any = None, *, program: Program | None = None) -> None:
        super().__init__(data, initial=_initial(program) if program else None, label_suffix="")
        self._program = program
        if program is not None:
            for name in ("name", "kind"):
                self.fields[name].disabled = True

    def program_name(self) -> str:
        """Return the program's name; to be called on valid input, as the rest."""
        return str(self.cleaned_data["name"])

    def details(self) -> ProgramDetails:
        """Return what is to be registered."""
        others = ("name", "repin")
        return ProgramDetails(**{name: value for name, value in self.cleaned_data.items() if name not in others})

    def changes(self) -> dict[str, Any]:
        """Return what is to be changed; a revision also where its newest commit is wanted."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in ("name", "kind", "repin")}
        changed = {name: value for name, value in given.items() if value != getattr(self._program, name)}
        return changed | ({"revision": given["revision"]} if self.cleaned_data["repin"] else {})

    def take(self, error: SweepdeckError) -> None:
        """Show what a service has refused at the fields that it names."""
        problems = error.problems if isinstance(error, InvalidInput) else ()
        for problem in problems:
            self.add_error(problem.field if problem.field in self.fields else None, problem.message)
        if not problems:
            self.add_error(None, error.message)

    def clean_environment(self) -> dict[str, str]:
        """Return the variables."""
        lines = [line for line in self.cleaned_data["environment"].splitlines() if line.strip()]
        if any("=" not in line for line in lines):
            raise forms.ValidationError("Write a NAME=value a line.")
        return {name.strip(): value for name, _, value in (line.partition("=") for line in lines)}

    def clean_secrets(self) -> list[str]:
        """Return the names."""
        return list(dict.fromkeys(self.cleaned_data["secrets"].replace(",", " ").split()))


def _initial(program: Program) -> dict[str, Any]:
    names = ("name", "kind", "source", "revision", "entry", "script", "python")
    return {name: getattr(program, name) for name in names} | {
        "environment": "\n".join(f"{name}={value}" for name, value in program.environment.items()),
        "secrets": " ".join(program.secrets),
    }
