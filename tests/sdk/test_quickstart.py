"""The quickstart, to the letter, with nothing but the SDK installed."""

import json
import re
import zipfile

import pytest

from tests.sdk.installed import install
from tests.sdk.script import ROOT

_LOADED = """
import json as _json
import sys as _sys

print("LOADED", _json.dumps(sorted({name.partition(".")[0] for name in _sys.modules})))
"""


@pytest.fixture(scope="module")
def lonely_python(wheel, tmp_path_factory):
    """A Python that has the SDK and urllib3, and nothing else of ours."""
    return install(wheel, tmp_path_factory.mktemp("lonely"))


def test_the_wheel_holds_the_sdk_alone_and_needs_urllib3_alone(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = archive.read(next(name for name in names if name.endswith("METADATA"))).decode()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"sweepdeck"}
    assert "sweepdeck/py.typed" in names
    assert {str(path.relative_to(ROOT)) for path in (ROOT / "sweepdeck").rglob("*.py")} <= set(names)
    needed = re.findall(r"^Requires-Dist: (\S+?)[<>=][^;\n]*(; extra.*)?$", metadata, re.MULTILINE)
    assert [name for name, extra in needed if not extra] == ["urllib3"]
    assert [name for name, extra in needed if "system" in extra] == ["psutil", "nvidia-ml-py"]


def test_ten_runs_are_done_and_their_scores_arrive(real_server, start_script, lonely_python, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = (ROOT / "examples/quickstart.py").read_text() + _LOADED
    script = start_script(code, real_server.url, real_server.key, "-I", python=lonely_python)
    assert script.end(seconds=120) == 0, script.said
    sweeps = real_server.get("/projects/owner/my-first-sweep/sweeps")["results"]
    assert sweeps[0]["url"] in script.said
    assert re.search(rf"\bsweep {sweeps[0]['sweep_id']}\b", script.said)
    runs = [run for run in real_server.runs("my-first-sweep") if run["sweep"] == sweeps[0]["sweep_id"]]
    assert [run["state"] for run in runs] == ["finished"] * 10
    for run in runs:
        assert 0.01 <= run["config"]["x"] <= 0.1
        score = run["config"]["x"] ** 3 + run["config"]["y"]
        assert run["summary"] == {"score": score}
        assert real_server.rows(run) == [{"_step": 0, "score": score}]
    loaded = set(json.loads(script.said.partition("LOADED ")[2]))
    assert "urllib3" in loaded
    assert not loaded & {"django", "sklearn", "numpy", "sweeps_app", "celery"}
