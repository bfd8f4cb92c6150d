"""What a run is called and where it belongs: read from the server's answer, and partly changed."""

from collections.abc import Callable, Sequence
from typing import Any

from sweepdeck._api import path
from sweepdeck._errors import UsageError


class RunFacts:
    """Facts of a run by attribute; name, notes, tags, group and job_type may be set."""

    def __init__(self, data: dict[str, Any], base_url: str, described: Callable[[dict[str, Any]], None]) -> None:
        self._data, self._base_url, self._described = data, base_url, described

    @property
    def id(self) -> str:
        """The run's id, unique in its project."""
        return str(self._data["run_id"])

    @property
    def entity(self) -> str:
        """The user or team that the run belongs to."""
        return str(self._data["entity"])

    @property
    def project(self) -> str:
        """The project that the run belongs to."""
        return str(self._data["project"])

    @property
    def path(self) -> str:
        """The run as entity/project/id."""
        return f"{self.entity}/{self.project}/{self.id}"

    @property
    def url(self) -> str:
        """The address of the run's page, or an empty text where no server knows the run yet."""
        return str(self._data["url"])

    @property
    def project_url(self) -> str:
        """The address of the project's page, or an empty text where no server knows the run yet."""
        if not self._base_url:
            return ""
        return f"{self._base_url}{path(self.entity, self.project)}"

    @property
    def sweep_id(self) -> str | None:
        """The id of the sweep that chose the configuration, or None."""
        sweep = self._data["sweep"]
        return None if sweep is None else str(sweep)

    @property
    def sweep_url(self) -> str | None:
        """The address of the sweep's page, or None outside of a sweep."""
        return None if self.sweep_id is None else f"{self.project_url}{path('sweeps', self.sweep_id)}"

    @property
    def resumed(self) -> bool:
        """Whether the run goes on from what an earlier process has logged."""
        return bool(self._data["history_rows"])

    @property
    def attempt(self) -> int:
        """How often the sweep has handed the run out, 1 for the first time."""
        return int(self._data["attempt"])

    @property
    def _was_preempted(self) -> bool:
        """Whether the attempt before this one was preempted."""
        return self.attempt > 1 and self._data.get("requeue_cause") == "preempted"

    @property
    def name(self) -> str:
        """The name shown on the pages."""
        return str(self._data["name"])

    @name.setter
    def name(self, name: str) -> None:
        self.describe(name=name)

    @property
    def notes(self) -> str:
        """Free text about the run."""
        return str(self._data["notes"])

    @notes.setter
    def notes(self, notes: str) -> None:
        self.describe(notes=notes)

    @property
    def tags(self) -> tuple[str, ...]:
        """Labels to filter by."""
        return tuple(self._data["tags"])

    @tags.setter
    def tags(self, tags: Sequence[str]) -> None:
        self.describe(tags=tags)

    @property
    def group(self) -> str:
        """The group that the run was put into, or an empty text."""
        return str(self._data["group"])

    @group.setter
    def group(self, group: str) -> None:
        self.describe(group=group)

    @property
    def job_type(self) -> str:
        """What kind of work the run does, such as "train", or an empty text."""
        return str(self._data["job_type"])

    @job_type.setter
    def job_type(self, job_type: str) -> None:
        self.describe(job_type=job_type)

    def describe(
        self,
        *,
        name: str | None = None,
        notes: str | None = None,
        tags: Sequence[str] | None = None,
        group: str | None = None,
        job_type: str | None = None,
    ) -> None:
        """Change several of these at once; None leaves one as it is. Raises `UsageError` for other types."""
        given = details(name=name, notes=notes, tags=tags, group=group, job_type=job_type)
        self._data.update(given)
        self._described(given)


def details(*, tags: Sequence[str] | None = None, **texts: str | None) -> dict[str, Any]:
    """Return what was given of a run's name, notes, tags, group and job_type as the server takes them.

    Raises `UsageError` for a value of another type.
    """
    given: dict[str, Any] = {name: text for name, text in texts.items() if text is not None}
    for name, text in given.items():
        if not isinstance(text, str):
            raise UsageError(f"{name} is a text, not {type(text).__name__}")
    if tags is None:
        return given
    labels = [tags] if isinstance(tags, str) else list(tags)
    if not all(isinstance(label, str) for label in labels):
        raise UsageError("tags are texts")
    return given | {"tags": labels}
