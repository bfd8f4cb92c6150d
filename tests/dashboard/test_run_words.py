"""What people write of a run, and what a run's page tells in words."""

import ast
import hashlib
import io
import json
import re
from html.parser import HTMLParser

import pytest

from dashboard.markdown import markdown_html
from sweeps_app.models import Run, StoppingDecision, Sweep
from sweeps_app.services.describing import run_marks
from sweeps_app.services.files import Upload, file_put


def _form(run, **wanted):
    marks = {f"seen-{field}": mark for field, mark in run_marks(run).items()}
    return marks | {"name": str(run), "tags": ", ".join(run.tags), "notes": run.notes} | wanted


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "<img src=x onerror=alert(1)>",
        "![x](https://elsewhere.example/pixel.png)",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        '<a href="x" style="position:fixed">x</a>',
    ],
)
def test_notes_can_do_no_harm(text):
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: found.append((tag, dict(attributes)))
    parser.feed(markdown_html(text))
    assert {tag for tag, _ in found} <= {"p", "a"}
    for _, attributes in found:
        assert set(attributes) <= {"href", "rel", "title"}
        assert attributes.get("href", "https:").startswith("https:")


def test_notes_are_markdown():
    html = markdown_html("# Title\n\n**bold** [paper](https://arxiv.org/abs/1)\n\n| a |\n|---|\n| ~~1~~ |\n")
    assert "<h3>Title</h3>" in html
    assert '<a href="https://arxiv.org/abs/1" rel="nofollow noopener">paper</a>' in html
    assert "<td><s>1</s></td>" in html
    assert markdown_html("") == ""


def test_a_run_is_described_and_a_conflict_is_told(page, world):
    url, run = f"{world.run_path}/describe", world.runs[0]
    run.tags = ["with, comma"]
    run.save(update_fields=["tags"])
    form = _form(run, notes="**good**")
    assert 'value="with, comma"' in page.get(url).content.decode()
    script = {"headers": {"Accept": "application/json"}}
    part = page.get(url, **script).content.decode()
    assert "<form" in part
    assert "<html" not in part
    assert page.post(url, form, **script).json() == {"message": "Saved."}
    assert page.post(url, form, **script).json() == {"message": "Nothing was changed."}
    found = Run.objects.get(pk=run.pk)
    assert (found.notes, found.tags) == ("**good**", ["with, comma"])
    assert "<strong>good</strong>" in page.get(world.run_path).content.decode()
    refused = page.post(url, form | {"notes": "other"}, **script)
    assert refused.status_code == 409
    assert "Somebody else has changed the notes" in refused.json()["message"]
    preview = page.post(f"{url}/preview", {"notes": "*x*"})
    assert preview.content.decode() == "<p><em>x</em></p>\n"


def test_strangers_neither_read_nor_write(stranger, world):
    assert stranger.get(f"{world.run_path}/describe").status_code == 404
    assert stranger.post(f"{world.run_path}/describe", _form(world.runs[0], notes="x")).status_code == 404
    assert stranger.post(f"{world.run_path}/describe/preview", {"notes": "x"}).status_code == 404
    ids = world.runs[0].run_id
    assert stranger.get(f"{world.project_path}/compare.json?runs={ids}&metric=loss").status_code == 404


def test_a_sweeps_run_is_run_again_by_its_command(page, world):
    command = {"program": "train.py", "command": ["python", "${program}", "--data=${envvar:DATA}", "${args}"]}
    Sweep.objects.filter(pk=world.sweep.pk).update(config=world.sweep.config | command)
    told = page.get(world.run_path).context["reproduce"]
    config = world.runs[0].config
    words = told.shell.splitlines()[-1].split(" ")
    assert words[:3] == ["python", "train.py", '--data="${DATA}"']
    assert set(words[3:]) == {f"--{name}={value}" for name, value in config.items()}  # PostgreSQL sorts keys
    assert "export SWEEPDECK_PROJECT=demo" in told.shell
    assert json.loads(told.config) == config
    written = told.python.split("config = ")[1].split("\n\nwith ")[0]
    assert ast.literal_eval(written) == config


def test_what_the_wandb_client_has_recorded_is_run_again(page, world):
    noted = {
        "program": "/home/me/src/train.py",
        "codePath": "src/train.py",
        "args": ["--lr", "0.1", "a b"],
        "git": {"remote": "git@example.org:me/x.git", "commit": "a1b2c3"},
    }
    content = json.dumps(noted).encode()
    upload = Upload(io.BytesIO(content), len(content), hashlib.sha256(content).hexdigest())
    file_put(run=world.alone, path="wandb-metadata.json", upload=upload)
    told = page.get(f"{world.project_path}/runs/{world.alone.run_id}").context["reproduce"]
    assert told.commit == "a1b2c3"
    assert told.shell.splitlines()[:2] == [
        "git clone git@example.org:me/x.git program && cd program",
        "git checkout a1b2c3",
    ]
    assert told.shell.splitlines()[-1] == "python src/train.py --lr 0.1 'a b'"


def test_a_function_has_no_command_but_python(page, world):
    told = page.get(f"{world.project_path}/runs/{world.alone.run_id}").context["reproduce"]
    assert told.shell == ""
    assert "is not recorded" in told.note
    assert "config = {'seed': 7}" in told.python


def test_a_decision_says_what_was_compared(page, world):
    run = world.runs[2]
    told = {"sweep": world.sweep, "run": run, "rule": "hyperband", "value": 0.8, "peers": 12, "threshold": 0.5}
    for band, stop in ((9, False), (27, True)):
        reason = f"0.8 after {band} values is above 0.5, the best third"
        StoppingDecision.objects.create(**told, band=band, iteration=band, stop=stop, reason=reason)
    html = page.get(f"{world.project_path}/runs/{run.run_id}").content.decode()
    text = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    assert "Stopped by the rule hyperband at band 27" in text
    assert (
        "0.8 after 27 values is above 0.5, the best third. this run 0.8 had to reach 0.5 compared with 12 other" in text
    )
    assert "All 2 decisions about this run" in text


def test_a_run_is_compared_with_the_best(page, world):
    assert (
        page.get(world.run_path)
        .context["compare_url"]
        .endswith(f"/compare?runs={world.runs[0].run_id},{world.runs[-1].run_id}")
    )
    assert page.get(f"{world.project_path}/runs/{world.runs[-1].run_id}").context["compare_url"] == ""


def test_curves_of_compared_runs_are_chosen_in_the_address(page, world):
    ids = ",".join(run.run_id for run in world.runs[2:5])
    shown = page.get(f"{world.project_path}/compare?runs={ids}")
    assert [curve.metric for curve in shown.context["charts"].curves] == ["loss"]
    more = page.get(f"{world.project_path}/compare?runs={ids}&metrics=loss&add=val/acc").context["charts"]
    assert [(curve.metric, curve.others) for curve in more.curves] == [("loss", "val/acc"), ("val/acc", "loss")]
    none = page.get(f"{world.project_path}/compare?runs={ids}&metrics=-").context["charts"]
    assert (none.curves, none.names) == ([], ["loss"])
    data = f"{world.project_path}/compare"
    found = page.get(f"{data}.json?runs={ids}&metric=loss&curve.smooth=ema")
    assert found.json()["caption"] == "loss of 3 runs by step; smoothed by an exponential moving average of weight 0.6."
    assert page.get(f"{data}.json?runs={ids}&metric=loss", headers={"If-None-Match": found["ETag"]}).status_code == 304
    assert page.get(f"{data}.csv?runs={ids}&metric=loss").content.startswith(b"run,name,step,loss\r\n")
    assert page.get(f"{data}.json?runs={ids}&metric=loss&curve.x=never").status_code == 400
