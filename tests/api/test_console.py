import gzip
import json

import pytest

from tests.api.client import problems
from tests.factories import make_run


@pytest.fixture
def path(user):
    """Return the address of the output of a running run."""
    return f"/runs/ada/demo/{make_run(user).run_id}/console"


def send(api, path, count, start=0):
    """Return the answer to lines; every fourth one is an error."""
    lines = [
        [1760000000.5 + n, "stderr" if n % 4 == 0 else "stdout", f"epoch {n}"] for n in range(start, start + count)
    ]
    return api.post(path, {"offset": start, "lines": lines})


def numbers(answer):
    return [line["number"] for line in answer.json()["lines"]]


def test_lines_come_back_as_they_were_sent(api, path):
    assert send(api, path, 2).json() == {"lines": 2, "stop": False}
    assert api.get(path).json() == {
        "lines": [
            {"number": 0, "timestamp": 1760000000.5, "stream": "stderr", "text": "epoch 0"},
            {"number": 1, "timestamp": 1760000001.5, "stream": "stdout", "text": "epoch 1"},
        ],
        "next_after": None,
        "total": 2,
    }


def test_output_is_read_by_page_from_the_end_and_by_what_it_holds(api, path):
    send(api, path, 50)
    page = api.get(path, limit=20)
    assert (numbers(page), page.json()["next_after"], page.json()["total"]) == (list(range(20)), 19, 50)
    assert numbers(api.get(path, after=45)) == [46, 47, 48, 49]
    assert numbers(api.get(path, tail=3)) == [47, 48, 49]
    assert numbers(api.get(path, stream="stderr", search="EPOCH 4")) == [4, 40, 44, 48]
    assert numbers(api.get(path, stream="stderr", tail=2)) == [44, 48]
    assert numbers(api.get(path, search="nothing")) == []
    exact = api.get(path, limit=50)
    assert exact.json()["next_after"] is None


def test_a_gap_names_the_offset_to_go_on_from(api, path):
    send(api, path, 2)
    answer = send(api, path, 2, start=5)
    assert (answer.status_code, problems(answer), answer.json()["expected"]) == (409, [(None, "offset_gap")], 2)


@pytest.mark.parametrize(
    ("body", "attrs"),
    [
        ({}, ["offset", "lines"]),
        ({"offset": -1, "lines": []}, ["offset"]),
        ({"offset": 0, "lines": {}, "rows": []}, ["rows", "lines"]),
        ({"offset": 0, "lines": [[1, "stdout", 3]]}, ["lines[0][2]"]),
        ({"offset": 0, "lines": [[1, "stdout", "a"]] * 10_001}, ["lines"]),
    ],
)
def test_batches_that_make_no_sense_are_refused_by_name(api, path, body, attrs):
    answer = api.post(path, body)
    assert (answer.status_code, [attr for attr, _ in problems(answer)]) == (400, attrs)
    assert api.get(path).json()["total"] == 0


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 10_001}, {"tail": 0}, {"after": -2}, {"stream": "stdin"}])
def test_questions_that_make_no_sense_are_refused(api, path, query):
    answer = api.get(path, **query)
    assert (answer.status_code, [attr for attr, _ in problems(answer)]) == (400, list(query))


def test_compressed_output_is_read_and_any_text_comes_back(api, path):
    texts = ["", "\t\x1b[31mü\x1b[0m\r", "<script>", "a\x00b", "\u2028", "💥"]
    body = gzip.compress(json.dumps({"offset": 0, "lines": [[1, "stdout", text] for text in texts]}).encode())
    assert api.post(path, body, headers={"Content-Encoding": "gzip"}).json()["lines"] == len(texts)
    assert [line["text"] for line in api.get(path).json()["lines"]] == texts


def test_a_run_that_is_to_stop_learns_it(api, path):
    api.post(path.removesuffix("/console") + "/stop")
    assert send(api, path, 1).json()["stop"] is True
