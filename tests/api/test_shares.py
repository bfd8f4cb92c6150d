"""Share links and the report by the REST API."""

import pytest
from django.utils import timezone

from sweeps_app.services.sharing import share_open
from tests.api.client import problems
from tests.factories import make_sweep


@pytest.fixture
def place(user):
    return f"/sweeps/{make_sweep(user).sweep_id}"


def test_links_are_made_listed_and_revoked(api, place, settings):
    settings.PUBLIC_URL = "https://sweeps.example.org"
    made = api.post(f"{place}/shares", {"name": "reviewers", "days": 30, "request_id": "q"})
    assert (made.status_code, made["Cache-Control"]) == (201, "no-store")
    link = made.json()
    address, _, token = link.pop("url").rpartition("/")
    assert address == "https://sweeps.example.org/share"
    assert (link["name"], link["uses"], link["ended"]) == ("reviewers", 0, None)
    assert api.get(f"{place}/shares").json() == [link]
    again = api.post(f"{place}/shares", {"name": "reviewers", "days": 30, "request_id": "q"})
    assert (again.status_code, again.json()["share_id"]) == (200, link["share_id"])
    assert not again.json()["url"].endswith(token)
    for _ in range(2):
        assert api.send("DELETE", f"{place}/shares/{link['share_id']}").status_code == 204
    assert api.get(f"{place}/shares").json()[0]["ended"] == "revoked"
    assert share_open(token=again.json()["url"].rpartition("/")[2], now=timezone.now()).ending == "revoked"
    assert api.send("DELETE", f"{place}/shares/nosuch").status_code == 404


@pytest.mark.parametrize("body", [{"days": 91}, {"days": None}, {"days": "7"}, {"days": 0}])
def test_days_that_cannot_be_are_refused_by_their_name(api, place, body):
    answer = api.post(f"{place}/shares", body)
    assert answer.status_code == 400
    assert [field for field, _ in problems(answer)] == ["days"]


def test_the_report_is_a_file(api, place):
    answer = api.get(f"{place}/report.html")
    assert answer["Content-Disposition"].endswith('-report.html"')
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("<!DOCTYPE html>")
    assert text.endswith("</html>\n")
