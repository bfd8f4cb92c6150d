import base64
import re

import numpy as np
import pytest

from dashboard.system_groups import system_groups
from sweeps_app.selectors.streams import SYSTEM
from sweeps_app.selectors.system import system_curves
from sweeps_app.services.ingest import RowBatch, batch_append


def measure(run, offset, rows):
    batch_append(run=run, batch=RowBatch(offset, rows), stream=SYSTEM)


@pytest.fixture
def measured(world):
    """The first run, measured every half minute for an hour and a half."""
    rows = [
        {"_timestamp": 1760000000.0 + 30 * n, "cpu": float(n % 100), "process.cpu": 5.0, "gpu.0": 50.0, "gpu.10": 9.0}
        for n in range(180)
    ]
    measure(world.runs[0], 0, rows)
    return world.runs[0]


def _numbers(encoded):
    return np.frombuffer(base64.b64decode(encoded["bdata"]), dtype=encoded["dtype"])


def test_measurements_of_one_kind_stand_together():
    names = ["gpu.10", "gpu.2", "cpu", "gpu.2.memory", "fan.speed", "process.cpu", "memory.used_gb"]
    assert [(group.title, group.names) for group in system_groups(names)] == [
        ("CPU", ["cpu", "process.cpu"]),
        ("Memory in use", ["memory.used_gb"]),
        ("GPU", ["gpu.2", "gpu.10"]),
        ("GPU memory", ["gpu.2.memory"]),
        ("fan.speed", ["fan.speed"]),
    ]


def test_curves_are_by_seconds_since_the_first_sample(measured):
    cpu, gpu = system_curves(measured, ["cpu", "nothing", "gpu.0"])
    assert (cpu.name, gpu.name, cpu.measured) == ("cpu", "gpu.0", 180)
    assert cpu.seconds.tolist() == [30.0 * n for n in range(180)]
    assert cpu.values.tolist() == [n % 100 for n in range(180)]


def test_curves_that_are_thinned_keep_their_times(world):
    run = world.runs[0]
    measure(run, 0, [{"_timestamp": 1000.0 + 2 * n, "cpu": 100.0 if n == 4321 else 1.0} for n in range(9_000)])
    (curve,) = system_curves(run, ["cpu"])
    assert len(curve.seconds) < 1_100
    assert curve.seconds[curve.values.argmax()] == pytest.approx(8642, abs=2)
    assert curve.seconds[-1] == 17_998


def test_without_times_the_samples_are_counted(world):
    measure(world.runs[0], 0, [{"cpu": 1.0}, {"cpu": 2.0}])
    assert system_curves(world.runs[0], ["cpu"])[0].seconds.tolist() == [0, 1]


def test_a_chart_has_its_figure_table_and_file(page, world, measured):
    found = page.get(f"{world.run_path}/system.json?group=cpu").json()
    assert [trace["name"] for trace in found["figure"]["data"]] == ["cpu", "process.cpu"]
    assert _numbers(found["figure"]["data"][0]["x"])[:3].tolist() == [0, 0.5, 1.0]
    assert found["figure"]["layout"]["xaxis"]["title"]["text"] == "Minutes since the first sample"
    assert found["caption"] == "CPU: 180 samples by time."
    lines = page.get(f"{world.run_path}/system.csv?group=cpu").content.decode().splitlines()
    assert (lines[0], lines[2], len(lines)) == (
        "measurement,seconds since the first sample,percent",
        "cpu,30.0,1.0",
        361,
    )
    assert "<table" in page.get(f"{world.run_path}/system.html?group=cpu").content.decode()
    assert page.get(f"{world.run_path}/system.json?group=disk").status_code == 404


def test_the_page_shows_a_chart_for_each_kind_and_new_samples_make_it_new(page, world, measured):
    path = f"{world.run_path}?tab=system&fragments=1"
    first = page.get(path)
    html = first.content.decode()
    assert re.findall(r'data-figure="[^"]*group=([\w-]+)"', html) == ["cpu", "gpu"]
    assert 'data-version="180"' in html
    assert page.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304
    figure = page.get(f"{world.run_path}/system.json?group=cpu")["ETag"]
    measure(measured, 180, [{"_timestamp": 1760006000.0, "cpu": 1.0}])
    assert page.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 200
    again = page.get(f"{world.run_path}/system.json?group=cpu", headers={"If-None-Match": figure})
    assert again.status_code == 200


def test_where_nothing_is_measured_the_page_says_how_to(page, world):
    assert "sweepdeck[system]" in page.get(f"{world.run_path}?tab=system").content.decode()
