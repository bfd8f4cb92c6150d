"""The whole answer to a look at a text: problems, and where there are none what the sweep would do."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.editor.check import CheckedText
from dashboard.editor.cost import cost_text
from dashboard.editor.preview import examples_preview, examples_text, expected_runs, parameters_preview, runs_text
from sweeps_app.search.space import space_from_config


def editor_answer(
    checked: CheckedText, *, seconds: NDArray[np.float64], source: str, agents: int, had: int = 0
) -> dict[str, Any]:
    """Return what the page's script shows.

    `seconds` are the times of earlier runs of `source`; `had` is how many runs a running sweep has handed out.
    """
    answer: dict[str, Any] = {
        "notes": [note.as_json() for note in checked.notes],
        "parameters": parameters_preview(checked),
        "plan": None,
    }
    if checked.config is not None:
        runs = expected_runs(checked.config, space_from_config(checked.config))
        cost = cost_text(
            seconds,
            runs=None if runs is None else max(runs - had, 0),
            agents=agents,
            source=source,
            stops_early="early_terminate" in checked.config,
        )
        answer["plan"] = {
            "runs": runs_text(checked.config, space_from_config(checked.config)),
            "examples": examples_preview(checked.config),
            "examples_text": examples_text(checked.config),
            "cost": cost._asdict(),
        }
    return answer
