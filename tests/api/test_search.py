from tests.api.client import problems
from tests.factories import RANDOM_CONFIG, ask, make_agent, make_sweep, start

CUSTOM = RANDOM_CONFIG | {"method": "custom"}


def _logged(api, user, agent, values):
    run = start(user, ask(agent))
    path = f"/runs/{user.username}/demo/{run.run_id}"
    rows = [{"loss": value} for value in values]
    assert api.post(f"{path}/history", {"offset": 0, "rows": rows}).status_code == 200
    assert api.post(f"{path}/finish", {"exit_code": 0}).status_code == 200
    return run


def test_a_running_sweep_is_edited_and_its_versions_are_listed(api, user):
    sweep = make_sweep(user)
    narrow = RANDOM_CONFIG | {"parameters": {"lr": {"min": 0.01, "max": 0.02}, "layers": {"value": 2}}, "run_cap": 9}
    answer = api.send("PUT", f"/sweeps/{sweep.sweep_id}/config", {"config": narrow})
    assert (answer.status_code, answer.json()["run_cap"], answer.json()["warnings"]) == (200, 9, [])
    assert api.send("PUT", f"/sweeps/{sweep.sweep_id}/config", {"config": narrow}).json() == answer.json()
    listed = api.get(f"/sweeps/{sweep.sweep_id}/versions").json()["results"]
    assert [(v["number"], v["config"].get("run_cap"), v["created_by"]) for v in listed] == [
        (2, 9, user.username),
        (1, None, user.username),
    ]


def test_an_edit_that_goes_too_far_names_each_field(api, user):
    sweep = make_sweep(user)
    config = RANDOM_CONFIG | {"method": "grid", "parameters": {"layers": {"values": [1]}}}
    answer = api.send("PUT", f"/sweeps/{sweep.sweep_id}/config", {"config": config})
    assert answer.status_code == 400
    assert problems(answer) == [("config.method", "fixed"), ("config.parameters.lr", "fixed")]
    api.post(f"/sweeps/{sweep.sweep_id}/stop")
    ended = api.send("PUT", f"/sweeps/{sweep.sweep_id}/config", {"config": RANDOM_CONFIG | {"run_cap": 1}})
    assert (ended.status_code, problems(ended)) == (409, [(None, "conflict")])


def test_a_controller_posts_suggestions_and_agents_run_them(api, user):
    sweep = make_sweep(user, CUSTOM)
    agent = make_agent(user, sweep)
    path = f"/sweeps/{sweep.sweep_id}/suggestions"
    body = {"suggestions": [{"request_id": "a", "config": {"lr": 0.05, "layers": 3}}]}
    first = api.post(path, body)
    assert first.status_code == 200
    assert api.post(path, body).json() == first.json()
    for _ in range(2):  # the answer to the last question may be lost, too
        last = api.post(path, body | {"exhausted": True})
        assert (last.status_code, last.json()) == (200, first.json())
    late = {"suggestions": [{"request_id": "late", "config": {"lr": 0.05, "layers": 3}}]}
    assert problems(api.post(path, late)) == [(None, "conflict")]
    run = ask(agent)
    assert run.config == {"lr": 0.05, "layers": 3}
    listed = api.get(path).json()["results"]
    assert [(s["request_id"], s["state"], s["run"]) for s in listed] == [("a", "claimed", run.run_id)]
    many = {"suggestions": [{"request_id": str(n), "config": {}} for n in range(1001)]}
    assert problems(api.post(path, many)) == [("suggestions", "max_length")]
    shapeless = {"suggestions": body["suggestions"] + [{"request_id": "c", "config": 3}]}
    assert problems(api.post(path, shapeless)) == [("suggestions[1].config", "invalid")]
    outside = {"suggestions": [{"request_id": "b", "config": {"lr": 5.0, "layers": 3}}]}
    refused = api.post(f"/sweeps/{make_sweep(user, CUSTOM).sweep_id}/suggestions", outside)
    assert (refused.status_code, problems(refused)) == (400, [("suggestions[0].config", "outside_space")])


def test_each_posted_configuration_outside_of_the_space_is_named_and_none_is_queued(api, user):
    path = f"/sweeps/{make_sweep(user, CUSTOM).sweep_id}/suggestions"
    configs = [{"lr": 0.05, "layers": 3}, {"lr": 5.0, "layers": 3}, {"lr": 0.05}, {"lr": "\x00", "layers": 3}]
    answer = api.post(path, {"suggestions": [{"request_id": str(n), "config": c} for n, c in enumerate(configs)]})
    assert answer.status_code == 400
    assert [attr for attr, _ in problems(answer)] == [
        "suggestions[1].config",
        "suggestions[2].config",
        "suggestions[3].config.lr",
    ]
    assert api.get(path).json()["count"] == 0


def test_one_id_posted_twice_at_once_is_one_suggestion(api, user):
    path = f"/sweeps/{make_sweep(user, CUSTOM).sweep_id}/suggestions"
    entry = {"request_id": "a", "config": {"lr": 0.05, "layers": 3}}
    first, second = api.post(path, {"suggestions": [entry, entry]}).json()["suggestions"]
    assert first == second
    assert api.get(path).json()["count"] == 1


def test_a_thousand_configurations_are_posted_by_few_queries(api, user, django_assert_max_num_queries):
    path = f"/sweeps/{make_sweep(user, CUSTOM).sweep_id}/suggestions"
    entries = [{"request_id": str(n), "config": {"lr": 0.05, "layers": 3}} for n in range(1000)]
    for _ in range(2):
        with django_assert_max_num_queries(25):
            answer = api.post(path, {"suggestions": entries})
        assert [s["number"] for s in answer.json()["suggestions"]] == list(range(1000))


def test_what_was_posted_before_an_edit_is_still_run_where_it_fits(api, user):
    sweep = make_sweep(user, CUSTOM)
    path = f"/sweeps/{sweep.sweep_id}"
    posted = [{"request_id": f"{layers}", "config": {"lr": 0.05, "layers": layers}} for layers in (1, 3)]
    api.post(f"{path}/suggestions", {"suggestions": posted})
    narrow = CUSTOM | {"parameters": CUSTOM["parameters"] | {"layers": {"values": [2, 3]}}}
    assert api.send("PUT", f"{path}/config", {"config": narrow}).status_code == 200
    assert ask(make_agent(user, sweep)).config == posted[1]["config"]
    listed = api.get(f"{path}/suggestions").json()["results"]
    assert [(s["request_id"], s["state"], s["version"]) for s in listed] == [("3", "claimed", 2), ("1", "dropped", 1)]


def test_stopping_decisions_are_listed_by_sweep_and_by_run(api, user):
    sweep = make_sweep(user, RANDOM_CONFIG | {"early_terminate": {"type": "asha", "min_iter": 1, "eta": 2}})
    agent = make_agent(user, sweep)
    good, bad = _logged(api, user, agent, [1.0]), _logged(api, user, agent, [2.0])
    listed = api.get(f"/sweeps/{sweep.sweep_id}/decisions").json()["results"]
    assert [(d["run"], d["stop"], d["value"], d["threshold"]) for d in listed] == [
        (bad.run_id, True, 2.0, 1.0),
        (good.run_id, False, 1.0, listed[1]["threshold"]),
    ]
    own = api.get(f"/runs/{user.username}/demo/{bad.run_id}/decisions").json()
    assert own == [listed[0]]


def test_a_stopping_rule_is_tried_on_the_runs_that_there_are(api, user):
    sweep = make_sweep(user)
    agent = make_agent(user, sweep)
    histories = [[5 - 0.1 * i for i in range(10)], [4 - 0.3 * i for i in range(10)], [9.0] * 10, [8.0] * 10]
    runs = [_logged(api, user, agent, values) for values in histories]
    path = f"/sweeps/{sweep.sweep_id}/what-if"
    found = api.post(path, {"early_terminate": {"type": "median", "min_iter": 3}}).json()
    assert (found["runs"], found["iterations"], found["best"], found["regret"]) == (4, 40, runs[1].run_id, 0.0)
    assert [stopped["run"] for stopped in found["stopped"]] == [runs[3].run_id]
    assert found["saved"] == sum(stopped["saved"] for stopped in found["stopped"])
    wrong = api.post(path, {"early_terminate": {"type": "medina"}})
    assert (wrong.status_code, problems(wrong)[0][0]) == (400, "early_terminate.type")
