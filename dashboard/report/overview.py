"""What a report says in words and small tables: the head, progress, the best run, early stopping, the configuration."""

import json
from datetime import datetime
from typing import Any

import yaml

from dashboard.command_line import sweep_command
from dashboard.progress import progress_of
from dashboard.sweep_config import config_yaml
from dashboard.trees import config_rows
from sweeps_app.models import Run, Sweep
from sweeps_app.selectors.decisions import band_marks, stopped_runs
from sweeps_app.selectors.sweeps import expected_runs, sweep_figures

MAX_BEST_ROWS = 60


def overview(sweep: Sweep, now: datetime) -> dict[str, Any]:
    """Return what the templates under `templates/report/` show; `now` is when the report is made."""
    figures = sweep_figures([sweep])[sweep.pk]
    best = figures.best
    return {
        "sweep": sweep,
        "place": f"{sweep.project.entity.name}/{sweep.project.name}",
        "made_at": now,
        "progress": progress_of(figures.run_counts, expected_runs(sweep)),
        "best": best,
        "best_config": config_rows(best.config, limit=MAX_BEST_ROWS) if best else None,
        "best_texts": _best_texts(sweep, best),
        "config_yaml": config_yaml(sweep.config),
        "rule": sweep.config.get("early_terminate"),
        "marks": band_marks(sweep) if sweep.config.get("early_terminate") else [],
        "stopped": stopped_runs(sweep).count(),
    }


def _best_texts(sweep: Sweep, best: Run | None) -> list[tuple[str, str, str]]:
    """Return id, label and text of each form in which the best configuration can be copied."""
    if best is None:
        return []
    forms = [
        ("best-json", "JSON", json.dumps(best.config, indent=2, ensure_ascii=False)),
        ("best-yaml", "YAML", yaml.safe_dump(best.config, sort_keys=False, allow_unicode=True)),
        ("best-command", "a command", sweep_command(sweep.config, best.config, best.program)),
    ]
    return [form for form in forms if form[2]]
