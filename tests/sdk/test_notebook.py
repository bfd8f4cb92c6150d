"""What is different in a notebook, with a kernel that behaves as ipykernel does."""

import signal
import sys
import types

import pytest

import sweepdeck
from sweepdeck._context import in_notebook
from tests.sdk.fake import KEY

# ipykernel ignores SIGINT while it is idle, and lets it raise KeyboardInterrupt while a cell runs.
KERNEL = """
import signal, sys, time, traceback, types

sys.modules["IPython"] = types.SimpleNamespace(get_ipython=lambda: types.SimpleNamespace(kernel=object()))
signal.signal(signal.SIGINT, signal.SIG_IGN)
names = {}

def cell(code):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        exec(compile(code, "cell", "exec"), names)
    except BaseException as error:
        print("cell ended by", type(error).__name__)
    finally:
        signal.signal(signal.SIGINT, before)

cell("import sweepdeck as wandb, time")
"""


@pytest.fixture
def kernel(fake, start_script):
    """Start a kernel that runs cells."""
    return lambda code: start_script(KERNEL + code, fake.url, KEY)


@pytest.fixture
def notebook(monkeypatch):
    """Let this process look like a notebook's kernel."""
    shell = types.SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell))


def _states(fake):
    return [run["state"] for run in fake.runs.values()]


def test_a_kernel_is_recognised_and_a_terminal_or_a_bare_import_is_not(monkeypatch, notebook):
    assert in_notebook()
    for shell in (None, types.SimpleNamespace()):
        monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda shell=shell: shell))
        assert not in_notebook()


def test_init_ends_the_run_of_an_earlier_cell(fake, notebook):
    first = sweepdeck.init()
    second = sweepdeck.init()
    assert first.is_over
    assert sweepdeck.run is second
    assert fake.runs[second.id]["program"] == "notebook"


def test_a_failed_cell_leaves_the_run_open_and_the_kernels_end_finishes_it(fake, kernel):
    script = kernel('cell("wandb.init()")\ncell("1 / 0")\ncell("wandb.log({\'a\': 1})")')
    assert script.end() == 0
    assert _states(fake) == ["finished"]
    assert [len(rows) for rows in fake.rows.values()] == [1]


def test_interrupt_stops_the_agents_run_and_twice_the_agent(fake, kernel):
    fake.configs = [{"x": x} for x in range(3)]
    sweep_id = sweepdeck.sweep({"method": "grid"})
    code = f"""
cell('''
def main():
    wandb.init()
    print("working on", wandb.config.x)
    [time.sleep(0.1) for _ in range(600)]

wandb.agent("{sweep_id}", function=main)
''')
print("idle" if signal.getsignal(signal.SIGINT) is signal.SIG_IGN else "handler left behind")
"""
    script = kernel(code)
    script.expect("working on 0")
    script.signal(signal.SIGINT)
    script.expect("working on 1")
    script.signal(signal.SIGINT)
    assert script.end() == 0, script.said
    assert _states(fake) == ["killed", "killed"]
    assert "cell ended by KeyboardInterrupt" in script.said
    assert "idle" in script.said


def test_a_stop_from_the_server_spares_an_idle_kernel_and_interrupts_a_cell(fake, kernel):
    idle = 'cell("wandb.init()")\nprint("idle")\ntime.sleep(2.5)\nprint("alive")\n'
    script = kernel(idle + 'cell("[time.sleep(0.1) for _ in range(600)]")')
    script.expect("idle")
    next(iter(fake.runs.values()))["stop"] = True
    script.expect("alive")
    script.expect("cell ended by KeyboardInterrupt")


def test_sigterm_ends_the_runs_and_then_the_kernel(fake, kernel):
    script = kernel('cell("wandb.init(); print(\'ready\'); [time.sleep(0.1) for _ in range(600)]")\nprint("survived")')
    script.expect("ready")
    script.signal(signal.SIGTERM)
    assert script.end() == -signal.SIGTERM
    assert _states(fake) == ["killed"]
    assert "survived" not in script.said
