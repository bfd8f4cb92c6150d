import gzip
import json
import math

import pytest
import zstandard

from sweeps_app.models import HistoryChunk
from tests.api.client import problems
from tests.factories import make_run
from tests.unit.columns.wire import written


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
    assert log(api, path, 0, rows).json() == {"rows": 2, "stop": False, "skipped": 0}
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
    assert log(api, path, 0, [{"loss": 1}], summary={"best": 1}).json() == {"rows": 1, "stop": False, "skipped": 0}
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


COLUMNS = "application/vnd.sweepdeck.columns"


def send(api, path, body, **headers):
    """Return the answer to a batch of columns."""
    return api.post(f"{path}/history", body, content_type=COLUMNS, headers=headers)


def test_columns_are_stored_as_rows_are(api, path):
    rows = [{"_step": 0, "loss": 0.1, "n": 1}, {"_step": 2, "loss": 1e-300, "mixed": 2}, {"_step": 3, "mixed": 0.5}]
    assert send(api, path, written(0, rows, {"best": 7})).json() == {"rows": 3, "stop": False, "skipped": 0}
    assert api.get(f"{path}/history").json()["rows"] == rows
    assert api.get(path).json()["summary"] == {"best": 7, "loss": 1e-300, "n": 1, "mixed": 0.5}


@pytest.mark.parametrize(("coding", "packed"), [("gzip", gzip.compress), ("zstd", zstandard.compress)])
def test_columns_may_be_compressed(api, path, coding, packed):
    body = packed(written(0, [{"_step": 0, "loss": 0.1}]))
    assert send(api, path, body, **{"Content-Encoding": coding}).json()["rows"] == 1


def test_columns_that_are_sent_again_in_whole_or_in_part_are_stored_once(api, path):
    rows = [{"_step": n, "loss": float(n), **({"n": n} if n % 2 else {})} for n in range(6)]
    send(api, path, written(0, rows[:4]))
    assert send(api, path, written(0, rows[:4])).json()["rows"] == 4
    assert send(api, path, written(1, rows[1:])).json()["rows"] == 6
    assert api.get(f"{path}/history").json()["rows"] == rows


def test_columns_after_a_gap_are_refused_as_rows_are(api, path):
    answer = send(api, path, written(3, [{"_step": 0, "loss": 0.1}]))
    assert (answer.status_code, problems(answer), answer.json()["expected"]) == (409, [(None, "offset_gap")], 0)


def test_damaged_columns_are_refused_by_the_part_that_is_wrong(api, path):
    answer = send(api, path, written(0, [{"_step": 0, "loss": 0.1}], columns=[["", "f", 1]]))
    assert (answer.status_code, problems(answer)) == (400, [("columns[0]", "invalid")])
    assert api.get(path).json()["history_rows"] == 0


def test_columns_are_taken_only_where_rows_are(api, path):
    answer = api.post(f"{path}/heartbeat", written(0, []), content_type=COLUMNS)
    assert answer.status_code == 415


def test_five_thousand_metrics_beside_the_clock_are_taken_and_no_more(api, path):
    names = {f"m{n}": 0.5 for n in range(5_000)}
    assert send(api, path, written(0, [{"_step": 0, "_timestamp": 1.5, **names}])).json()["rows"] == 1
    assert send(api, path, written(1, [{"_step": 1, "_timestamp": 2.5, **names}])).json()["rows"] == 2
    answer = send(api, path, written(2, [{"_step": 2, "one more": 0.5}]))
    assert (answer.status_code, problems(answer)[0][0]) == (400, "rows")


def test_an_answer_tells_how_much_of_a_batch_was_stored_before(api, path):
    log(api, path, 0, [{"loss": 1}, {"loss": 2}])
    assert log(api, path, 1, [{"loss": 2}, {"loss": 3}]).json() == {"rows": 3, "stop": False, "skipped": 1}
    assert log(api, path, 0, [{"loss": 1}]).json() == {"rows": 3, "stop": False, "skipped": 1}


def test_system_metrics_are_a_stream_of_their_own(api, path):
    samples = [{"_step": 0, "cpu": 93.5, "_timestamp": 1.5}, {"_step": 1, "cpu": 12.0, "_timestamp": 2.5}]
    assert api.post(f"{path}/system", {"offset": 0, "rows": samples[:1]}).json() == {
        "rows": 1,
        "stop": False,
        "skipped": 0,
    }
    assert api.post(f"{path}/system", written(0, samples), content_type=COLUMNS).json()["rows"] == 2
    assert api.get(f"{path}/system").json() == {"rows": samples, "next_after": None, "total": 2}
    assert api.get(f"{path}/system/metrics").json()[0]["maximum"] == 93.5
    assert api.get(f"{path}/system/curve", metric="cpu").json() == {"steps": [0, 1], "values": [93.5, 12.0]}
    run = api.get(path).json()
    assert (run["history_rows"], run["summary"], api.get(f"{path}/history").json()["total"]) == (0, {}, 0)


def test_system_metrics_take_no_summary(api, path):
    answer = api.post(f"{path}/system", {"offset": 0, "rows": [], "summary": {}})
    assert (answer.status_code, problems(answer)) == (400, [("summary", "unknown_field")])
    body = written(0, [{"_step": 0, "cpu": 1.0}], {"cpu": 2})
    assert api.post(f"{path}/system", body, content_type=COLUMNS).status_code == 400


@pytest.mark.parametrize("as_columns", [False, True], ids=["rows", "columns"])
def test_a_run_may_end_with_its_last_batch(api, path, as_columns):
    rows, finish = [{"_step": 0, "loss": 0.5}], {"exit_code": 3, "error": "too hot", "summary": {"best": 1}}
    for _ in range(2):
        if as_columns:
            answer = send(api, path, written(0, rows, finish=finish))
        else:
            answer = log(api, path, 0, rows, finish=finish)
        assert (answer.status_code, answer.json()["rows"]) == (200, 1)
    run = api.get(path).json()
    assert (run["state"], run["exit_code"], run["error"]) == ("failed", 3, "too hot")
    assert (run["summary"], run["history_rows"]) == ({"best": 1, "loss": 0.5}, 1)


@pytest.mark.parametrize(
    ("body", "attrs"),
    [
        ({"offset": 0, "rows": [], "finish": {}}, ["finish.exit_code"]),
        ({"offset": 0, "rows": [], "finish": {"exit_code": "0", "why": 1}}, ["finish.exit_code", "finish.why"]),
        ({"offset": 0, "rows": [], "finish": 0}, ["finish"]),
        ({"offset": 0, "rows": [{"a": "\x00"}], "finish": {"exit_code": 0}}, ["rows[0].a"]),
    ],
    ids=str,
)
def test_a_last_batch_that_makes_no_sense_ends_nothing(api, path, body, attrs):
    answer = api.post(f"{path}/history", body)
    assert (answer.status_code, [attr for attr, _ in problems(answer)]) == (400, attrs)
    assert api.get(path).json()["state"] == "running"


def test_system_metrics_do_not_end_a_run(api, path):
    answer = api.post(f"{path}/system", {"offset": 0, "rows": [], "finish": {"exit_code": 0}})
    assert problems(answer) == [("finish", "unknown_field")]
