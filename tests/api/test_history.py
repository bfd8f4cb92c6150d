import json
import math

import pytest

from sweeps_app.models import HistoryChunk
from tests.api.client import problems
from tests.factories import make_run


@pytest.fixture
def path(user):
    """Return the path of a running run."""
    return f"/runs/ada/demo/{make_run(user).run_id}"


def log(api, path, offset, rows, **more):
    """Return the answer to a batch."""
    return api.post(f"{path}/history", {"offset": offset, "rows": rows} | more)


def test_rows_come_back_as_they_were_logged(api, path):
    rows = [{"_step": 0, "loss": 0.1, "n": 1, "text": "a", "list": [1, 2.5], "none": None, "flag": True}]
    rows += [{"_step": 1, "loss": 1e-300, "n": 2**62}]
    assert log(api, path, 0, rows).json() == {"rows": 2, "stop": False}
    assert api.get(f"{path}/history").json() == {"rows": rows, "next_after": None, "total": 2}


def test_sending_again_stores_once(api, path):
    rows = [{"loss": n} for n in range(4)]
    log(api, path, 0, rows[:2])
    assert log(api, path, 0, rows[:2]).json()["rows"] == 2
    assert log(api, path, 1, rows[1:]).json()["rows"] == 4
    assert [r["loss"] for r in api.get(f"{path}/history").json()["rows"]] == [0, 1, 2, 3]


def test_languages_that_have_no_integers_may_send_an_offset_as_they_can(api, path):
    assert api.post(f"{path}/history", b'{"offset": 0.0, "rows": [{"loss": 1}]}').json()["rows"] == 1
    assert api.post(f"{path}/history", b'{"offset": 1e0, "rows": [{"loss": 2}]}').json()["rows"] == 2


def test_a_gap_is_refused_and_names_the_offset_to_go_on_from(api, path):
    log(api, path, 0, [{"loss": 1}])
    answer = log(api, path, 5, [{"loss": 2}])
    assert (answer.status_code, problems(answer), answer.json()["expected"]) == (409, [(None, "offset_gap")], 1)
    assert HistoryChunk.objects.count() == 1


def test_one_wrong_row_refuses_its_batch_by_name(api, path):
    answer = log(api, path, 0, [{"loss": 1}, {"loss": {"deep": "a\x00"}}])
    assert (answer.status_code, problems(answer)[0][0]) == (400, "rows[1].loss.deep")
    assert not HistoryChunk.objects.exists()


@pytest.mark.parametrize(
    ("body", "attrs"),
    [
        ({}, ["offset", "rows"]),
        ({"offset": -1, "rows": []}, ["offset"]),
        ({"offset": 1.5, "rows": {}}, ["offset", "rows"]),
        ({"offset": True, "rows": [], "summary": 3}, ["offset", "summary"]),
        ({"offset": 2**63, "rows": []}, ["offset"]),
        ({"offset": 0, "rows": [1]}, ["rows[0]"]),
        ({"offset": 0, "rows": [[]]}, ["rows[0]"]),
        ({"offset": 0, "rows": [{"": 1}]}, ["rows[0]"]),
        ({"offset": 0, "rows": [{"_step": "1"}]}, ["rows[0]._step"]),
        ({"offset": 0, "rows": [{"n": 10**400}]}, ["rows[0].n"]),
        ({"offset": 0, "rows": [], "step": 1}, ["step"]),
        ({"offset": 0, "rows": [{}] * 10_001}, ["rows"]),
        ({"offset": 0, "rows": [], "summary": {"x": "\x00"}}, ["summary.x"]),
    ],
)
def test_batches_that_make_no_sense_are_refused_by_name(api, path, body, attrs):
    answer = api.post(f"{path}/history", body)
    assert answer.status_code == 400
    assert [attr for attr, _ in problems(answer)] == attrs
    assert api.get(path).json()["history_rows"] == 0


def test_numbers_that_are_not_finite_are_kept_and_read_as_words(api, path):
    body = b'{"offset": 0, "rows": [{"a": NaN}, {"a": Infinity}, {"a": -1e999}, {"a": "NaN"}, {"a": 2}]}'
    assert api.post(f"{path}/history", body).status_code == 200
    assert [r["a"] for r in api.get(f"{path}/history").json()["rows"]] == ["NaN", "Infinity", "-Infinity", "NaN", 2]
    curve = api.get(f"{path}/curve", metric="a").json()
    assert curve == {"steps": [4], "values": [2.0]}
    metric = api.get(f"{path}/metrics").json()[0]
    assert (metric["count"], metric["last"], metric["minimum"], metric["maximum"]) == (5, 2.0, 2.0, 2.0)


def test_every_answer_is_standard_json(api, path):
    api.post(f"{path}/history", b'{"offset": 0, "rows": [{"a": NaN, "l": [NaN, {"d": Infinity}]}]}')
    for part in ("", "/history", "/metrics", "/curve?metric=a"):
        json.loads(api.get(f"{path}{part}").content, parse_constant=pytest.fail)


def test_history_is_read_by_metric_by_step_and_by_page(api, path):
    log(api, path, 0, [{"a": n} | ({"b": -n} if n % 2 else {}) for n in range(20)])
    page = api.get(f"{path}/history", metrics="b", min_step=3, max_step=9, limit=2).json()
    assert page["rows"] == [{"_step": 3, "b": -3}, {"_step": 5, "b": -5}]
    rest = api.get(f"{path}/history", metrics="b", max_step=9, after=page["next_after"]).json()
    assert ([r["_step"] for r in rest["rows"]], rest["next_after"], rest["total"]) == ([7, 9], None, 20)
    for query in ({"limit": 0}, {"limit": 10_001}, {"after": -2}, {"min_step": "x"}, {"max_step": 2**70}):
        assert api.get(f"{path}/history", **query).status_code == 400


def test_a_finished_run_takes_late_rows_and_stays_finished(api, path):
    api.post(f"{path}/finish", {"exit_code": 0})
    assert log(api, path, 0, [{"loss": 1}], summary={"best": 1}).json() == {"rows": 1, "stop": False}
    run = api.get(path).json()
    assert (run["state"], run["summary"]) == ("finished", {"loss": 1, "best": 1})


def test_a_summary_set_by_hand_wins_over_logged_values(api, path):
    log(api, path, 0, [{"loss": 2}], summary={"loss": 9})
    log(api, path, 1, [{"loss": 1, "acc": 0.5}])
    assert api.get(path).json()["summary"] == {"loss": 9, "acc": 0.5}


def test_figures_and_curve_of_a_metric(api, path):
    log(api, path, 0, [{"loss": value} for value in (3.0, 1.0, 2.0)])
    assert api.get(f"{path}/metrics").json() == [
        {"name": "loss", "count": 3, "last": 2.0, "last_step": 2, "minimum": 1.0, "maximum": 3.0}
    ]
    assert api.get(f"{path}/curve", metric="loss").json() == {"steps": [0, 1, 2], "values": [3.0, 1.0, 2.0]}
    missing = api.get(f"{path}/curve", metric="nope")
    assert (missing.status_code, problems(missing)) == (404, [(None, "not_found")])
    assert api.get(f"{path}/curve").status_code == 400
    assert api.get(f"{path}/curve", metric="a\x00").status_code == 400


def test_a_batch_costs_few_queries_however_many_rows_it_has(api, path, django_assert_max_num_queries):
    log(api, path, 0, [{"loss": 1.0}])
    rows = [{"loss": math.sin(n), "acc": n / 1000} for n in range(1000)]
    with django_assert_max_num_queries(13):
        assert log(api, path, 1, rows).json()["rows"] == 1001
