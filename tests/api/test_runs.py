from datetime import UTC, datetime

import pytest

from sweeps_app.models import Run
from tests.api.client import problems
from tests.factories import make_run

FIELDS = {
    *("run_id", "name", "entity", "project", "sweep", "agent", "state", "stop_requested", "config", "summary"),
    *(
        "attempt",
        "queued_at",
        "requeue_cause",
        "objective",
        "history_rows",
        "system_rows",
        "console_lines",
        "last_step",
        "tags",
        "notes",
        "group",
        "job_type",
        "host",
        "program",
    ),
    *("exit_code", "error", "suggestion", "created_by", "created_at", "started_at", "heartbeat_at"),
    *("finished_at", "url"),
}


@pytest.fixture
def run(user):
    """Return a running run."""
    return make_run(user)


@pytest.fixture
def path(run):
    """Return the path of that run."""
    return f"/runs/ada/demo/{run.run_id}"


def test_a_run_starts_with_what_its_client_says(api):
    details = {
        "run_id": "mine",
        "project": "digits",
        "name": "first",
        "config": {"lr": 0.1, "deep": {"a": [1, None]}},
        "tags": ["a", "b"],
        "notes": "n",
        "group": "g",
        "job_type": "j",
        "host": "h",
        "program": "train.py",
        "summary": {"best": {"loss": 1}},
    }
    answer = api.post("/runs", details)
    assert answer.status_code == 201
    run = answer.json()
    assert set(run) == FIELDS
    assert run["url"] == "http://127.0.0.1:8000/ada/digits/runs/mine"
    assert {k: run[k] for k in details if k != "summary"} == {k: v for k, v in details.items() if k != "summary"}
    assert run["summary"] == {"best.loss": 1}
    assert (run["entity"], run["state"], run["sweep"], run["agent"]) == ("ada", "running", None, None)
    assert api.get("/runs/ada/digits/mine").json() == run


def test_starting_twice_makes_one_run(api):
    first = api.post("/runs", {"run_id": "mine"})
    again = api.post("/runs", {"run_id": "mine"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["project"] == "uncategorized"
    assert Run.objects.count() == 1


def test_a_run_without_anything_gets_an_id(api):
    run = api.post("/runs", {}).json()
    assert len(run["run_id"]) == 8
    assert api.client.post("/api/v1/runs", headers=api.headers).status_code == 415  # multipart, Django's default
    assert api.send("POST", "/runs", b"").status_code == 201


def test_an_ended_run_is_not_started_again(api, path, run):
    api.post(f"{path}/finish", {"exit_code": 0})
    answer = api.post("/runs", {"run_id": run.run_id, "project": "demo"})
    assert (answer.status_code, problems(answer)) == (409, [(None, "conflict")])


def test_config_and_summary_are_merged_and_null_changes_nothing(api, path):
    api.patch(path, {"config": {"a": 1, "b": 2}, "name": "n", "tags": ["x"]})
    run = api.patch(path, {"config": {"b": 3}, "summary": {"loss": 0.5}, "name": None}).json()
    assert (run["config"], run["summary"], run["name"], run["tags"]) == ({"a": 1, "b": 3}, {"loss": 0.5}, "n", ["x"])


def test_every_problem_of_a_request_is_told_at_once(api):
    answer = api.post("/runs", {"name": 5, "config": [], "tags": [1], "host": "h" * 201, "confg": {}})
    assert answer.status_code == 400
    assert sorted(problems(answer)) == [
        ("confg", "unknown_field"),
        ("config", "invalid"),
        ("host", "max_length"),
        ("name", "invalid"),
        ("tags[0]", "invalid"),
    ]
    unknown = next(error for error in answer.json()["errors"] if error["attr"] == "confg")
    assert "did you mean 'config'" in unknown["detail"]
    assert not Run.objects.exists()


@pytest.mark.parametrize("run_id", ["a b", "a/b", "x" * 65, "ä", "a\n"])
def test_an_unusable_run_id_is_refused(api, run_id):
    answer = api.post("/runs", {"run_id": run_id})
    assert (answer.status_code, problems(answer)) == (400, [("run_id", "invalid")])


def test_an_empty_name_is_an_unset_variable_and_not_the_default(api):
    answer = api.post("/runs", {"run_id": "", "entity": "", "project": ""})
    assert answer.status_code == 400
    assert problems(answer) == [("run_id", "blank"), ("entity", "blank"), ("project", "blank")]
    assert not Run.objects.exists()


def test_stopping_reaches_the_run_with_its_next_sign_of_life(api, path):
    assert api.post(f"{path}/heartbeat", {}).json() == {"stop": False}
    assert api.post(f"{path}/stop", {}).json()["stop_requested"] is True
    assert api.post(f"{path}/stop", {}).json()["stop_requested"] is True
    assert api.post(f"{path}/heartbeat", {}).json() == {"stop": True}
    assert api.post(f"{path}/history", {"offset": 0, "rows": []}).json() == {"rows": 0, "skipped": 0, "stop": True}
    assert api.post(f"{path}/finish", {"exit_code": 130}).json()["state"] == "killed"


def test_the_first_end_counts(api, path):
    first = api.post(f"{path}/finish", {"exit_code": 1, "error": "Traceback", "summary": {"a": 1}}).json()
    again = api.post(f"{path}/finish", {"exit_code": 0}).json()
    assert first == again
    assert (first["state"], first["exit_code"], first["error"], first["summary"]) == (
        "failed",
        1,
        "Traceback",
        {"a": 1},
    )


@pytest.mark.parametrize(
    "body",
    [{}, {"exit_code": "0"}, {"exit_code": 2**31}, {"exit_code": True}, {"exit_code": 0, "state": "running"}],
)
def test_an_end_that_makes_no_sense_is_refused(api, path, body):
    answer = api.post(f"{path}/finish", body)
    assert answer.status_code == 400
    assert problems(answer)[0][0] in ("exit_code", "state")
    if "state" in body:
        assert answer.json()["errors"][0]["detail"] == "Must be one of finished, failed, killed, preempted."
    assert api.get(path).json()["state"] == "running"


def test_ten_thousand_config_keys_are_stored_and_a_hundred_thousand_refused(api, path):
    config = {f"key{n}": n for n in range(10_000)}
    assert api.post("/runs", {"run_id": "big", "config": config}).json()["config"] == config
    assert api.patch(path, {"config": config}).status_code == 200
    assert api.get(path).json()["config"] == config
    answer = api.patch(path, {"config": {f"key{n}": n for n in range(100_001)}})
    assert (answer.status_code, problems(answer)[0][0]) == (400, "config")


def test_numbers_that_are_not_finite_become_words_in_config_and_summary(api, path):
    body = b'{"config": {"a": NaN, "b": [Infinity, 1e999]}, "summary": {"c": -Infinity}}'
    run = api.patch(path, body).json()
    assert (run["config"], run["summary"]) == ({"a": "NaN", "b": ["Infinity", "Infinity"]}, {"c": "-Infinity"})


@pytest.mark.parametrize("value", ["a\\u0000b", "\\ud800"])
@pytest.mark.parametrize("place", ['{"config": {"k": "%s"}}', '{"config": {"%s": 1}}', '{"notes": "%s"}', '{"%s": 1}'])
def test_text_that_no_database_holds_is_refused_everywhere(api, path, value, place):
    answer = api.patch(path, (place % value).encode())
    assert answer.status_code == 400
    assert problems(answer)


def test_a_number_beyond_a_double_is_refused_by_name(api, path):
    answer = api.patch(path, {"config": {"n": 10**400}})
    assert (answer.status_code, problems(answer)[0][0]) == (400, "config.n")


def test_runs_of_a_project_are_sorted_filtered_and_paged(api, user):
    for number in range(7):
        make_run(user, name=f"run {number}", config={"lr": number / 10})
    page = api.get("/projects/ada/demo/runs", sort="-config.lr", page_size=3).json()
    assert ([r["name"] for r in page["results"]], page["pages"], page["count"]) == (["run 6", "run 5", "run 4"], 3, 7)
    assert api.get("/projects/ada/demo/runs", text="RUN 3").json()["count"] == 1
    assert api.get("/projects/ada/demo/runs", state="finished").json()["count"] == 0
    for query in ({"sort": "password"}, {"state": "done"}, {"text": "x" * 201}, {"sort": "config.a\x00b"}):
        answer = api.get("/projects/ada/demo/runs", **query)
        assert (answer.status_code, problems(answer)[0][0]) == (400, next(iter(query)))


def test_runs_are_found_by_a_query_and_shown_by_columns(api, user):
    for number in range(5):
        make_run(user, name=f"run {number}", config={"lr": number / 10})
    columns = "name,config.lr,config.absent,created,min.loss"
    page = api.get("/projects/ada/demo/runs", query="lr > 0.1 and not lr = 0.3", sort="-lr", columns=columns)
    assert problems(page) == [("sort", "invalid")]
    page = api.get("/projects/ada/demo/runs", query="lr > 0.1 and not lr = 0.3", sort="-config.lr", columns=columns)
    first, second = page.json()["results"]
    assert list(first) == ["name", "config.lr", "config.absent", "created_at", "min.loss"]
    assert (first["name"], first["config.absent"], second["config.lr"]) == ("run 4", None, 0.2)
    for query in ({"query": "lr >"}, {"columns": "name,what"}, {"query": "lrr > 1"}, {"columns": "best.loss"}):
        answer = api.get("/projects/ada/demo/runs", **query)
        assert (answer.status_code, problems(answer)[0][0]) == (400, next(iter(query)))


def test_a_list_of_runs_needs_as_many_queries_for_ten_as_for_one(api, user, django_assert_max_num_queries):
    for _ in range(10):
        make_run(user)
    with django_assert_max_num_queries(6):
        assert len(api.get("/projects/ada/demo/runs").json()["results"]) == 10


def test_a_dotted_parameter_name_sorts_the_runs_of_a_sweep(api, user):
    config = {"method": "grid", "parameters": {"opt.lr": {"values": [2, 3, 1]}}}
    sweep_id = api.post("/sweeps", {"config": config, "project": "demo"}).json()["sweep_id"]
    api.post(f"/sweeps/{sweep_id}/agents", {"agent_id": "agent0001"})
    for number in range(3):
        api.post("/agents/agent0001/next", {"request_id": str(number)})
    runs = api.get(f"/sweeps/{sweep_id}/runs", sort="config.opt.lr").json()["results"]
    assert [run["config"]["opt.lr"] for run in runs] == [1, 2, 3]


def _at(text):
    return datetime.fromisoformat(text)


def test_a_run_that_ran_without_the_server_keeps_its_times(api):
    body = {"run_id": "late", "started_at": "2026-01-02T03:04:05.5+01:00"}
    assert _at(api.post("/runs", body).json()["started_at"]) == _at("2026-01-02T02:04:05.5Z")
    # Once it is there, its start stays.
    assert _at(api.post("/runs", body | {"started_at": "2025-01-01T00:00:00Z"}).json()["started_at"]).year == 2026
    place = api.get("/runs/ada/uncategorized/late").json()
    ending = {"exit_code": 0, "finished_at": "2026-01-02T03:00:00Z"}
    run = api.post(f"/runs/{place['entity']}/uncategorized/late/finish", ending).json()
    assert _at(run["finished_at"]) == _at("2026-01-02T03:00:00Z")


@pytest.mark.parametrize(
    ("field", "told", "counts"),
    [
        ("started_at", "2999-01-01T00:00:00Z", "now"),
        ("finished_at", "2999-01-01T00:00:00Z", "now"),
        ("finished_at", "1999-01-01T00:00:00Z", "start"),
    ],
)
def test_times_that_cannot_be_count_as_the_nearest_that_can(api, path, field, told, counts):
    before = datetime.now(UTC)
    if field == "started_at":
        run = api.post("/runs", {"run_id": "new", "started_at": told}).json()
    else:
        run = api.post(f"{path}/finish", {"exit_code": 0, "finished_at": told}).json()
    found = _at(run[field])
    assert found == _at(run["started_at"]) if counts == "start" else before <= found <= datetime.now(UTC)


@pytest.mark.parametrize("value", ["yesterday", 5, "2026-13-01", {}])
def test_what_is_no_time_is_refused(api, path, value):
    assert problems(api.post("/runs", {"run_id": "new", "started_at": value}))[0][0] == "started_at"
    assert problems(api.post(f"{path}/finish", {"exit_code": 0, "finished_at": value}))[0][0] == "finished_at"


def test_the_end_within_a_last_batch_may_tell_its_time_too(api, path, run):
    run.started_at = datetime(2026, 1, 1, tzinfo=UTC)
    run.save()
    finish = {"exit_code": 0, "finished_at": "2026-01-02T00:00:00Z"}
    assert api.post(f"{path}/history", {"offset": 0, "rows": [{"a": 1}], "finish": finish}).status_code == 200
    assert _at(api.get(path).json()["finished_at"]) == _at("2026-01-02T00:00:00Z")
