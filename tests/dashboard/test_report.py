"""The report of a sweep: what is in the file, and that nothing of it can become a part of the page."""

import base64
import json
from dataclasses import asdict
from html.parser import HTMLParser

import numpy as np
import pytest
from django.utils import timezone

from dashboard.report import runs as report_part
from dashboard.report.charts import CHARTS
from dashboard.report.document import report_chunks
from sweeps_app.models import AnalysisResult, Run, RunMetric, Sweep
from sweeps_app.selectors.report_runs import sampled
from tests.dashboard.test_importance_charts import FOUND
from tests.dashboard.world import add_runs

EVIL = '</script><script>alert(1)</script><img src=x onerror=alert(2)>"&\u2028'


class Parsed(HTMLParser):
    """The elements of a file, the JSON that it carries by id, and its text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.data, self.text, self._json = [], {}, "", None
        self.attributes = set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append(tag)
        self.attributes |= set(given)
        if given.get("type") == "application/json":
            self._json = given["id"].removeprefix("data-")

    def handle_data(self, data):
        if self._json:
            self.data[self._json] = json.loads(data)
            self._json = None
        else:
            self.text += data


def _report(sweep):
    return b"".join(report_chunks(sweep)).decode()


def test_the_file_has_everything_that_a_reader_asks_for(page, world):
    runs = add_runs(world.sweep, 40)
    RunMetric.objects.create(run=runs[-1], name="epoch", count=10, minimum=0.0, maximum=9.0)
    AnalysisResult.objects.create(
        sweep=world.sweep, kind="importance", target="loss", computed_at=timezone.now(), result=asdict(FOUND)
    )
    response = page.get(f"{world.sweep_path}/report.html")
    assert response["Content-Disposition"] == 'attachment; filename="tuning-report.html"'
    text = b"".join(response.streaming_content).decode()
    assert text.startswith("<!DOCTYPE html>")
    assert text.endswith("</body></html>\n")
    found = Parsed(text)
    assert found.data["parallel"]["runs"]["urls"][0] == f"#run-{world.runs[0].run_id}"
    assert len(found.data["parallel"]["runs"]["ids"]) == found.data["parallel"]["total"] == 48
    (epoch,) = found.data["runs"]["metrics"]
    assert epoch["name"] == "summary.epoch"
    values = np.frombuffer(base64.b64decode(epoch["values"]))
    assert np.isnan(values).sum() == 2
    charts = [data for name, data in found.data.items() if name.startswith("chart-")]
    assert len(charts) == len(CHARTS)
    assert all(chart["figure"] and chart["caption"] for chart in charts)
    assert "Computed before the newest runs had ended." in charts[1]["notes"]
    assert charts[0]["figure"]["layout"]["meta"]["runs"]["prefix"] == "#run-"
    for word in ("tuning", "48", "All 48 runs of the sweep.", "log_uniform_values", "R²", "by owner"):
        assert word in found.text, word
    assert "owner/demo/runs" not in text  # no address of this server


def test_what_people_have_typed_stays_text(world):
    Sweep.objects.filter(pk=world.sweep.pk).update(name=EVIL, description=EVIL)
    evil = Run.objects.get(pk=world.runs[-1].pk)
    evil.name, evil.config = EVIL, evil.config | {"optimizer": EVIL, EVIL: EVIL}
    evil.save()
    plain = Parsed(_report(world.sweep))
    world.sweep.refresh_from_db()
    found = Parsed(_report(world.sweep))
    assert found.tags.count("script") == plain.tags.count("script")
    assert found.tags.count("img") == 1
    assert not [name for name in found.attributes if name.startswith("on")]
    assert EVIL in found.data["parallel"]["runs"]["names"]
    assert any(EVIL in axis.get("labels", ()) for axis in found.data["parallel"]["axes"])
    assert EVIL in found.text


def test_a_sweep_without_runs_says_so(world):
    Run.objects.filter(sweep=world.sweep).delete()
    found = Parsed(_report(world.sweep))
    assert "The sweep had no runs when the report was made." in " ".join(found.text.split())
    assert list(found.data) == ["parallel", "runs"]


def test_importance_that_is_not_computed_yet_promises_nothing(world, sent_tasks):
    add_runs(world.sweep, 40)
    found = Parsed(_report(world.sweep))
    assert "not computed yet when the report was made" in found.text
    assert "A worker is computing" not in found.text


def test_too_many_runs_are_sampled_evenly_with_the_best_and_the_report_says_so(world, monkeypatch):
    monkeypatch.setattr(report_part, "MAX_RUNS", 5)
    best = world.runs[4]
    Run.objects.filter(pk=best.pk).update(objective=-1.0)
    found = Parsed(_report(world.sweep))
    assert found.data["parallel"]["runs"]["ids"] == [world.runs[place].run_id for place in (0, 2, 4, 5, 7)]
    assert "5 of 8 runs: evenly spaced in the order in which they were made, and the best one." in found.text
    monkeypatch.setattr(report_part, "MAX_CELLS", 1)
    monkeypatch.setattr(report_part, "FEWEST_RUNS", 3)
    assert len(Parsed(_report(world.sweep)).data["parallel"]["runs"]["ids"]) == 3


def test_runs_that_are_hidden_are_counted_and_not_shown(world):
    Run.objects.filter(pk=world.runs[3].pk).update(is_hidden=True)
    found = Parsed(_report(world.sweep))
    assert "7 of 8 runs: the others are hidden from charts." in found.text
    assert world.runs[3].run_id not in found.data["parallel"]["runs"]["ids"]


def test_a_stranger_gets_no_report(stranger, world):
    assert stranger.get(f"{world.sweep_path}/report.html").status_code == 404


@pytest.mark.parametrize(
    ("always", "found"), [(9, [0, 3, 6, 9]), (4, [0, 4, 6, 9]), (99, [0, 3, 6, 9]), (-1, [0, 3, 6, 9])]
)
def test_a_sample_has_the_ends_and_the_best(always, found):
    assert sampled(np.arange(10), limit=4, always=always).tolist() == found
    assert sampled(np.arange(3), limit=4, always=1).tolist() == [0, 1, 2]
