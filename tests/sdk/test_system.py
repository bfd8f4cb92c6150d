"""What the machine does while a run is open."""

import sys
import threading
import types
from pathlib import Path

import psutil
import pytest

import sweepdeck
from sweepdeck import _cli
from sweepdeck._spool.folder import folders
from sweepdeck._system import sampler as sampler_module
from sweepdeck._system.machine import GROWING, Cards, Machine, readers
from tests.sdk.fake import KEY

NAMES = {
    *("cpu", "process.cpu", "memory", "memory.used_gb", "process.memory_gb", "process.threads", "disk"),
    *("network.sent_mb", "network.received_mb"),
}


@pytest.fixture
def sampled(monkeypatch):
    """Sample every few milliseconds."""
    monkeypatch.setenv("SWEEPDECK_SYSTEM_SECONDS", "0.02")
    monkeypatch.setattr(sampler_module, "FIRST_SECONDS", 0.01)
    monkeypatch.setattr(sampler_module, "sampler", sampler_module.Sampler())
    monkeypatch.setattr("sweepdeck._run.sampler", sampler_module.sampler)


def test_samples_reach_the_server_while_the_run_goes_on(fake, sampled):
    run = sweepdeck.init()
    fake.wait_for(lambda: len(fake.samples[run.id]) >= 3)
    run.finish()
    samples = fake.samples[run.id]
    assert [sample["_step"] for sample in samples] == list(range(len(samples)))
    for sample in samples:
        assert sample.keys() >= NAMES | {"_timestamp"}
        assert all(0 <= sample[name] <= 100 for name in ("memory", "disk"))
        assert sample["process.threads"] >= 2
        assert 0.005 < sample["process.memory_gb"] < sample["memory.used_gb"] * 2
    assert [samples[0][name] for name in GROWING if name in samples[0]] == [0.0] * len(GROWING & samples[0].keys())
    assert all(later["network.sent_mb"] >= 0 for later in samples)
    assert fake.rows[run.id] == []


def test_a_run_that_goes_on_counts_its_samples_further(fake, sampled):
    fake._new_run("again", "ada", "uncategorized")
    fake.runs["again"]["system_rows"] = 7
    fake.samples["again"] = [{}] * 7
    run = sweepdeck.init(id="again")
    fake.wait_for(lambda: len(fake.samples["again"]) > 7)
    run.finish()
    assert fake.samples["again"][7]["_step"] == 7


def _samplers():
    return sum(thread.name == "sweepdeck-system" for thread in threading.enumerate())


def test_one_thread_samples_for_all_runs_and_none_afterwards(fake, sampled):
    before = _samplers()
    runs = [sweepdeck.init(reinit="create_new") for _ in range(3)]
    fake.wait_for(lambda: all(fake.samples[run.id] for run in runs))
    assert _samplers() == before + 1
    for run in runs:
        run.finish()
    assert sampler_module.sampler._watches == []


def test_offline_runs_are_sampled_and_disabled_ones_are_not(fake, sampled):
    run = sweepdeck.init(mode="offline")
    fake.wait_for(lambda: run._spool.system.rows >= 2)
    run.finish()
    assert sweepdeck.init(mode="disabled")._watch is None
    assert _cli.main(["sync"]) == 0
    assert len(fake.samples[run.id]) >= 2
    assert folders() == []


def test_it_is_off_at_0_seconds(fake):
    assert sweepdeck.init()._watch is None


def test_without_the_packages_there_is_nothing_to_see(fake, sampled, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "psutil", None)
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert readers() == []
    with sweepdeck.init() as run:
        sampler_module.sampler._thread.join(5)
        assert not sampler_module.sampler._thread.is_alive()
    assert fake.samples[run.id] == []
    assert "WARNING" not in capsys.readouterr().err


def test_what_cannot_be_read_is_left_out(monkeypatch):
    def fail(*_args):
        raise OSError

    machine = Machine()
    monkeypatch.setattr(psutil, "disk_usage", fail)
    monkeypatch.setattr(psutil, "disk_io_counters", lambda: None)
    machine.read()
    values = machine.read()
    assert not {"disk", "disk.read_mb"} & values.keys()
    assert values.keys() >= NAMES - {"disk"}


def test_a_run_is_sampled_more_rarely_with_its_age(monkeypatch):
    now = 1000.0
    monkeypatch.setattr(sampler_module.time, "monotonic", lambda: now)
    taken = []
    stream = types.SimpleNamespace(put_numbers=lambda row, step, at: taken.append(now - 1000))
    watch = sampler_module.Watch(stream, 0, 10.0)
    while now < 1100:
        now = watch.due
        watch.take({"cpu": 1.0})
    assert taken[:4] == pytest.approx([0.2, 1.2, 2.2, 3.2])
    assert taken[-1] - taken[-2] == 10
    assert 15 < len(taken) < 25


class _Nvml:
    """A stand-in for NVML with two cards, of which the second one knows neither load nor power."""

    NVML_TEMPERATURE_GPU = 0

    def __init__(self):
        self.init = 0

    def nvmlInit(self):  # noqa: N802
        self.init += 1

    def nvmlDeviceGetCount(self):  # noqa: N802
        return 2

    def nvmlDeviceGetHandleByIndex(self, index):  # noqa: N802
        return index

    def nvmlDeviceGetUtilizationRates(self, card):  # noqa: N802
        return types.SimpleNamespace(gpu=[37][card])

    def nvmlDeviceGetMemoryInfo(self, card):  # noqa: N802
        return types.SimpleNamespace(used=4_000_000_000 * (card + 1), total=16_000_000_000)

    def nvmlDeviceGetTemperature(self, card, kind):  # noqa: N802
        return 60 + card

    def nvmlDeviceGetPowerUsage(self, card):  # noqa: N802
        return [151_500][card]


def test_graphics_cards_are_read_and_may_know_only_a_part(monkeypatch):
    monkeypatch.setitem(sys.modules, "pynvml", _Nvml())
    assert Cards().read() == {
        "gpu.0": 37.0,
        "gpu.0.memory": 25.0,
        "gpu.0.memory_gb": 4.0,
        "gpu.0.temperature": 60.0,
        "gpu.0.power_w": 151.5,
        "gpu.1.memory": 50.0,
        "gpu.1.memory_gb": 8.0,
        "gpu.1.temperature": 61.0,
    }


def test_a_machine_without_cards_is_read_without_them():
    if list(Path("/dev").glob("nvidia*")):
        pytest.skip("this machine has cards")
    assert len(readers()) == 1


def test_a_forked_child_samples_for_its_own_run(fake, start_script):
    code = """
        import os, time
        import sweepdeck as wandb

        def begin(name):
            run = wandb.init(name=name)
            while not run._spool.system.rows:
                time.sleep(0.02)
            return run

        begin("parent")
        if os.fork() == 0:
            begin("child").finish()
            os._exit(0)
        os.wait()
    """
    assert start_script(code, fake.url, KEY, SWEEPDECK_SYSTEM_SECONDS="10").end() == 0
    assert sorted(run["name"] for run in fake.runs.values()) == ["child", "parent"]
    assert all(fake.samples[run_id] for run_id in fake.runs)
