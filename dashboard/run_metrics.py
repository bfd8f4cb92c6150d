"""The metrics of a run as panels: grouped by what stands before the first slash, searched, cut to pages."""

import math
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from sweeps_app.models import Run, RunMetric
from sweeps_app.selectors.curves import metric_prefix, run_metric_names, run_metric_rows

METRICS_ON_A_PAGE = 12
_UNGROUPED = "Metrics"


class MetricGroup(NamedTuple):
    """Metrics with one prefix; `label` names it."""

    label: str
    rows: list[RunMetric]


class PrefixLink(NamedTuple):
    """A prefix, empty for all, and how many of the metrics found have it."""

    prefix: str
    label: str
    found: int
    is_shown: bool


class MetricPage(NamedTuple):
    """One page of the `found` metrics; `links` are empty where they would not help."""

    groups: list[MetricGroup]
    links: list[PrefixLink]
    names: list[str]
    found: int
    page: int
    pages: int

    @property
    def prefixed(self) -> bool:
        """Whether any of the metrics shown has a prefix."""
        return any(group.label != _UNGROUPED for group in self.groups)


def metric_page(run: Run, *, find: str, prefix: str, page: int) -> MetricPage:
    """Return page number `page` of the metrics whose names hold `find` and begin with `prefix` and a slash."""
    names = run_metric_names(run, find)
    links = _links(names, prefix)
    wanted = [name for name in names if not prefix or metric_prefix(name) == prefix]
    pages = max(math.ceil(len(wanted) / METRICS_ON_A_PAGE), 1)
    page = min(page, pages)
    rows = run_metric_rows(run, wanted[(page - 1) * METRICS_ON_A_PAGE : page * METRICS_ON_A_PAGE])
    groups = [
        MetricGroup(label or _UNGROUPED, list(found))
        for label, found in groupby(rows, lambda row: metric_prefix(row.name))
    ]
    return MetricPage(groups, links, names, len(wanted), page, pages)


def _links(names: Sequence[str], shown: str) -> list[PrefixLink]:
    counts: dict[str, int] = {}
    for name in names:
        counts[metric_prefix(name)] = counts.get(metric_prefix(name), 0) + 1
    prefixes = [prefix for prefix in counts if prefix]
    if len(counts) < 2 or len(names) <= METRICS_ON_A_PAGE:
        return []
    every = PrefixLink("", "All", len(names), not shown)
    return [every, *(PrefixLink(prefix, prefix, counts[prefix], prefix == shown) for prefix in prefixes)]
