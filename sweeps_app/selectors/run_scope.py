"""The runs that a table is about, with what is known of their names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import QuerySet

from sweeps_app.columns.media import without_media
from sweeps_app.models import Project, Run, Sweep
from sweeps_app.query.catalogue import Catalogue
from sweeps_app.search.told import metrics_of
from sweeps_app.selectors.kept import Kept
from sweeps_app.selectors.sweeps import parameter_paths
from sweeps_app.selectors.versions import PageVersion

Path = tuple[str, ...]
# Runs of one table have much the same names: so many of the newest, and some of the oldest, are looked into.
_NEWEST = 100
_OLDEST = 20
_MAX_NAMES = 1_000
_CATALOGUES: Kept[Catalogue] = Kept(4_000_000, lambda found: 100 * (len(found.config) + len(found.summary)) + 1_000)
_TOTALS: Kept[int] = Kept(100_000, lambda _: 100)


@dataclass(frozen=True)
class RunScope:
    """Runs of a sweep or of a project.

    `paths` maps the dotted name of each parameter of the sweep to its path, since names may hold dots themselves;
    `goals` maps each metric that the sweep pursues to "minimize" or "maximize". `version` names the runs and the change
    up to which they are known, so that what was computed of them can be kept; "" where nobody has looked it up.
    """

    runs: QuerySet[Run]
    paths: Mapping[str, Path] = field(default_factory=dict)
    goals: Mapping[str, str] = field(default_factory=dict)
    version: str = ""

    @cached_property
    def catalogue(self) -> Catalogue:
        """The names that the runs have: all that the sweep's configuration tells, and those of some of the runs."""
        return _CATALOGUES.get(self.version, self._read_catalogue) if self.version else self._read_catalogue()

    @cached_property
    def total(self) -> int:
        """How many runs there are."""
        return _TOTALS.get(self.version, self.runs.count) if self.version else self.runs.count()

    def _read_catalogue(self) -> Catalogue:
        config = dict.fromkeys(self.paths)
        summary = dict.fromkeys(self.goals)
        newest = self.runs.order_by("-pk").values_list("config", "summary")
        oldest = self.runs.order_by("pk").values_list("config", "summary")
        for values, logged in [*newest[:_NEWEST], *oldest[:_OLDEST]]:
            config |= dict.fromkeys(leaves(values))
            summary |= dict.fromkeys(logged)
        shown = [name for name in without_media(summary) if not name.startswith("_")]
        hidden = [name for name in summary if name not in set(shown)]
        return Catalogue(
            config=list(config)[:_MAX_NAMES],
            summary=[*shown, *hidden][:_MAX_NAMES],
            goals=self.goals,
            choices={"state": Run.State.values},
        )

    def config_paths(self, name: str) -> list[Path]:
        """Return where a parameter may stand in a config: a name with dots may be nested, or be so written."""
        if name in self.paths:
            return [self.paths[name]]
        nested = tuple(name.split("."))
        return [nested] if len(nested) == 1 else [nested, (name,)]


def sweep_scope(sweep: Sweep, version: PageVersion | None = None) -> RunScope:
    """Return the runs of a sweep; `version` must have been read before, in no transaction that is still open."""
    goals = {metric["name"]: metric.get("goal", "minimize") for metric in metrics_of(sweep.config)}
    known = f"sweep {sweep.sweep_id} {version.sweep} {version.runs}" if version else ""
    return RunScope(Run.objects.filter(sweep=sweep), parameter_paths(sweep), goals, known)


def project_scope(project: Project, *, is_fresh: bool = False) -> RunScope:
    """Return the runs of a project, those of its sweeps included; `is_fresh` says that its cursor was just read."""
    known = f"project {project.pk} {project.created_at.timestamp()} {project.cursor}" if is_fresh else ""
    return RunScope(Run.objects.filter(project=project), version=known)


def leaves(values: Mapping[str, object], prefix: str = "") -> list[str]:
    names: list[str] = []
    for name, value in values.items():
        names += leaves(value, f"{prefix}{name}.") if isinstance(value, dict) and value else [f"{prefix}{name}"]
    return names
