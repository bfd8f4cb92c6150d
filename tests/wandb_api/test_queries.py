"""What `wandb.Api()` asks: runs by filter and order, history, files, sweeps, projects."""

import json

import pytest

from sweeps_app.config.asgi import largest_body
from sweeps_app.models import Run
from sweeps_app.selectors.run_conditions import runs_ordered, runs_where
from sweeps_app.services.ingest import history_append
from sweeps_app.services.runs import RunDetails, run_finish, run_update
from tests.factories import ask, make_agent, make_run, make_sweep, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(user):
    """Return three runs that differ."""
    runs = [
        make_run(user, name="one", config={"lr": 0.1, "opt": "adam", "deep": {"n": 1}}, tags=["a", "b"]),
        make_run(user, name="two", config={"lr": 0.2, "opt": "sgd", "on": True}, tags=["b"]),
        make_run(user, name="three", config={}, notes="some"),
    ]
    run_update(run=runs[0], details=RunDetails(summary={"loss": 3.0, "a.b": 1}))
    run_update(run=runs[1], details=RunDetails(summary={"loss": 1.0}))
    run_finish(run=runs[1], exit_code=0)
    return runs


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ({}, "one two three"),
        ({"state": "finished"}, "two"),
        ({"state": {"$ne": "finished"}}, "one three"),
        ({"config.lr": 0.1}, "one"),
        ({"config.lr.value": {"$gt": 0.1}}, "two"),
        ({"config.lr": {"$gte": 0.1, "$lt": 0.2}}, "one"),
        ({"config.lr": {"$ne": 0.1}}, "two three"),
        ({"config.lr": None}, "three"),
        ({"config.lr": {"$exists": True}}, "one two"),
        ({"config.deep.value.n": 1}, "one"),
        ({"config.opt": {"$in": ["adam", "other"]}}, "one"),
        ({"config.opt": {"$nin": ["adam"]}}, "two three"),
        ({"config.opt": {"$regex": "^s.d$"}}, "two"),
        ({"config.on": True}, "two"),
        ({"summary_metrics.loss": {"$lte": 1}}, "two"),
        ({"summary_metrics.a.b": 1}, "one"),
        ({"tags": "a"}, "one"),
        ({"tags": {"$in": ["a", "b"]}}, "one two"),
        ({"tags": {"$nin": ["a"]}}, "two three"),
        ({"$or": [{"display_name": "one"}, {"displayName": {"$regex": "hre"}}]}, "one three"),
        ({"$and": [{"tags": "b"}, {"$nor": [{"state": "finished"}]}]}, "one"),
        ({"config.lr": {"$not": {"$gt": 0.15}}}, "one three"),
        ({"username": "ada", "created_at": {"$gt": "2020-01-01T00:00:00Z"}}, "one two three"),
        ({"createdAt": {"$lt": "2020-01-01"}}, ""),
        ({"sweep": None}, "one two three"),
        ({"$or": []}, "one two three"),
    ],
)
def test_runs_that_meet_a_condition(three, condition, names):
    found = runs_ordered(runs_where(Run.objects.all(), condition), "+created_at")
    assert " ".join(run.name for run in found) == names


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("", "one two three"),
        ("-created_at", "three two one"),
        ("+summary_metrics.loss", "two one three"),
        ("-summary_metrics.loss", "one two three"),
        ("-config.opt.value", "two one three"),
        ("state,-created_at", "two three one"),
    ],
)
def test_the_order_of_runs(three, order, names):
    assert " ".join(run.name for run in runs_ordered(Run.objects.all(), order)) == names


@pytest.mark.parametrize(
    "filters",
    [
        "{",
        "[]",
        '{"x": 1}',
        '{"state": {"$near": 1}}',
        '{"config.a": {"$regex": "("}}',
        '{"$and": 1}',
        '{"createdAt": "soon"}',
        '{"config.a\\"b": 1}',
        '{"config.a": {"$in": 3}}',
    ],
)
def test_a_wrong_condition_is_named(wandb, three, filters):
    answer = wandb.ask("Runs", project="demo", entity="ada", filters=filters)
    assert answer.json()["errors"][0]["message"].startswith("filters")


def test_runs_come_in_pages(wandb, three, django_assert_max_num_queries):
    names, cursor = [], None
    while True:
        with django_assert_max_num_queries(8):
            told = wandb.data("Runs", project="demo", entity="ada", cursor=cursor, perPage=2, order="+created_at")
        page = told["project"]["runs"]
        names += [edge["node"]["displayName"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        cursor = page["edges"][-1]["cursor"]
    assert names == ["one", "two", "three"]
    assert told["project"]["runCount"] == 3
    assert json.loads(page["edges"][0]["node"]["config"]) == {}
    assert wandb.ask("Runs", project="demo", entity="ada", cursor="x").json()["errors"]


def test_history_is_sampled_evenly_or_read_whole(wandb, user):
    run = make_run(user)
    rows = [{"_step": step, "loss": float(step)} | ({"val": step} if step % 10 == 0 else {}) for step in range(100)]
    history_append(run=run, offset=0, rows=[*rows, {"_step": 100, "img": {"_type": "image-file", "path": "p"}}])

    def sampled(**spec):
        told = wandb.data("RunSampledHistory", project="demo", entity="ada", name=run.run_id, specs=json.dumps(spec))
        return told["project"]["run"]["sampledHistory"][0]

    assert [row["val"] for row in sampled(keys=["_step", "val"], samples=500)] == list(range(0, 100, 10))
    thin = [row["_step"] for row in sampled(keys=["_step", "loss"], samples=5)]
    assert thin[0] == 0 and thin[-1] == 99 and len(thin) == 5  # noqa: PT018
    assert [row["loss"] for row in sampled(keys=["loss"], minStep=10, maxStep=20, samples=10)] == list(range(10, 20))
    assert [row["loss"] for row in sampled(keys=["loss"], minStep=10, maxStep=19, samples=10)] == list(range(10, 20))
    page = wandb.data("HistoryPage", project="demo", entity="ada", run=run.run_id, minStep=99, maxStep=101, pageSize=9)
    assert [json.loads(row) for row in page["project"]["run"]["history"]] == [
        {"_step": 99, "loss": 99.0},
        {"_step": 100, "img": {"_type": "image-file", "path": "p"}},
    ]
    told = wandb.data("RunParquetHistory", project="demo", entity="ada", runName=run.run_id, liveKeys=["_step"])
    assert told["project"]["run"]["parquetHistory"] == {"parquetUrls": [], "liveData": []}


def test_a_sweep_and_its_best_run(wandb, user):
    sweep = make_sweep(user)
    agent = make_agent(user, sweep)
    for loss in (2.0, 1.0):
        run = start(user, ask(agent))
        history_append(run=run, offset=0, rows=[{"loss": loss}])
    told = wandb.data("GetSweep", name=sweep.sweep_id, project="demo", entity="ada")["project"]["sweep"]
    assert (told["bestLoss"], told["runCount"], told["state"]) == (1.0, 2, "RUNNING")
    best = wandb.data(
        "Runs",
        project="demo",
        entity="ada",
        order="+summary_metrics.loss",
        perPage=1,
        filters=json.dumps({"$and": [{"sweep": sweep.sweep_id}]}),
    )
    assert best["project"]["runs"]["edges"][0]["node"]["name"] == run.run_id
    assert wandb.data("GetSweep", name="nonesuch", project="demo", entity="ada")["project"]["sweep"] is None
    edges = wandb.data("GetProjects", entity="ada")["models"]["edges"]
    assert [edge["node"]["name"] for edge in edges] == ["demo"]


def test_a_file_is_put_and_read_by_an_address_that_is_good_for_it_alone(wandb, stranger, user, tmp_path, settings):
    files = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = settings.STORAGES | {"files": files}
    run = make_run(user)
    place = {"entity": "ada", "project": "demo"}
    made = wandb.data("CreateRunFiles", **place, run=run.run_id, files=["a b/ü.txt", "c.txt"])["createRunFiles"]
    address = made["files"][0]["uploadUrl"].removeprefix("http://testserver")
    put = wandb.client.put(address, b"hello", content_type="application/octet-stream")
    assert put.status_code == 200
    told = wandb.data("RunFiles", **place, name=run.run_id)["project"]["run"]
    (edge,) = told["files"]["edges"]
    assert (told["fileCount"], edge["node"]["name"], edge["node"]["sizeBytes"]) == (1, "a b/ü.txt", 5)
    got = wandb.client.get(edge["node"]["directUrl"].removeprefix("http://testserver"))
    assert b"".join(got.streaming_content) == b"hello"
    ticket = address.partition("?")[2]
    for wrong in (f"/files/ada/demo/{run.run_id}/c.txt?{ticket}", address[:-3], address.partition("?")[0]):
        assert wandb.client.put(wrong, b"x", content_type="text/plain").status_code == 403
    assert wandb.client.get(address).status_code == 403
    assert stranger.ask("CreateRunFiles", **place, run=run.run_id, files=["x"]).status_code == 404
    assert wandb.ask("CreateRunFiles", **place, run=run.run_id, files=["../x"]).status_code == 400
    settings.MAX_FILE_BYTES = 3
    assert wandb.client.put(address, b"hello", content_type="text/plain").status_code == 413
    assert wandb.data("RunFiles", **place, name=run.run_id, pattern="%.md")["project"]["run"]["files"]["edges"] == []


@pytest.mark.parametrize(
    ("method", "path", "is_file"),
    [
        ("PUT", "/files/ada/demo/r1/model.pt", True),
        ("POST", "/files/ada/demo/r1/file_stream", False),
        ("PUT", "/files/ada/demo/r1/", False),
        ("POST", "/graphql", False),
    ],
)
def test_only_files_may_be_as_large_as_files(settings, method, path, is_file):
    settings.MAX_FILE_BYTES, settings.MAX_BODY_BYTES = 10, 5
    assert largest_body({"method": method, "path": path}) == (10 if is_file else 5)
