import pytest

from sweeps_app.models import Entity, Membership, Project
from tests.api.client import problems
from tests.factories import RANDOM_CONFIG, ask, make_agent, make_run, make_sweep, start


def test_me_tells_user_and_entities_with_the_default_first(api, user):
    team = Entity.objects.create(name="a-team")
    Membership.objects.create(entity=team, user=user)
    assert api.get("/me").json() == {
        "user": "ada",
        "default_entity": "ada",
        "entities": [{"name": "ada", "role": "admin"}, {"name": "a-team", "role": "member"}],
    }


def test_me_has_no_default_entity_for_somebody_without_any(api, user):
    Membership.objects.all().delete()
    assert api.get("/me").json() == {"user": "ada", "default_entity": None, "entities": []}
    assert api.post("/projects", {"name": "p"}).status_code == 404


def test_a_project_is_made_once(api):
    made = api.post("/projects", {"name": "digits", "description": "first"})
    again = api.post("/projects", {"name": "digits", "description": "second"})
    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json() == again.json() == api.get("/projects/ada/digits").json()
    project = made.json()
    assert (project["name"], project["entity"], project["description"]) == ("digits", "ada", "first")
    assert (project["archived"], project["created_by"]) == (False, "ada")
    assert project["url"] == "http://127.0.0.1:8000/ada/digits"


def test_a_project_can_belong_to_a_team_but_not_to_strangers(api, user, stranger):
    team = Entity.objects.create(name="team")
    Membership.objects.create(entity=team, user=user)
    assert api.post("/projects", {"name": "p", "entity": "team"}).json()["entity"] == "team"
    assert stranger.post("/projects", {"name": "p", "entity": "team"}).status_code == 404
    assert stranger.get("/projects/team/p").status_code == 404


def test_names_that_are_no_part_of_an_address_are_refused(api):
    for name in ["a/b", "..", "", "x" * 129, "a\nb", "100%", 7, None, ["x"]]:
        answer = api.post("/projects", {"name": name})
        assert (answer.status_code, [attr for attr, _ in problems(answer)]) == (400, ["name"]), name
    for path, body in (("/runs", {}), ("/sweeps", {"config": RANDOM_CONFIG})):
        answer = api.post(path, body | {"project": "100%"})
        assert (answer.status_code, [attr for attr, _ in problems(answer)]) == (400, ["project"]), path
    assert not Project.objects.exists()


def test_the_address_of_a_page_is_escaped(api):
    project = api.post("/projects", {"name": "näme & more"}).json()
    assert project["url"] == "http://127.0.0.1:8000/ada/n%C3%A4me%20%26%20more"
    assert api.get("/projects/ada/n%C3%A4me%20%26%20more").json() == project


def test_an_archived_project_leaves_the_list_and_comes_back(api):
    api.post("/projects", {"name": "old"})
    api.post("/projects", {"name": "new"})
    assert api.patch("/projects/ada/old", {"archived": True}).json()["archived"] is True
    assert api.patch("/projects/ada/old", {"archived": True}).json()["archived"] is True
    assert [p["name"] for p in api.get("/projects").json()["results"]] == ["new"]
    assert [p["name"] for p in api.get("/projects", archived="true").json()["results"]] == ["old"]
    assert api.patch("/projects/ada/old", {"archived": False, "description": "d"}).json()["description"] == "d"
    assert api.get("/projects").json()["count"] == 2


def test_lists_come_in_pages(api):
    for number in range(5):
        api.post("/projects", {"name": f"p{number}"})
    page = api.get("/projects", page=2, page_size=2).json()
    assert {k: page[k] for k in ("count", "page", "pages")} == {"count": 5, "page": 2, "pages": 3}
    assert [p["name"] for p in page["results"]] == ["p2", "p3"]
    assert [p["name"] for p in api.get("/projects", page=99, page_size=2).json()["results"]] == ["p4"]


@pytest.mark.parametrize("query", [{"page": 0}, {"page": "x"}, {"page_size": 501}, {"page": 10**30}])
def test_pages_that_cannot_be_are_refused(api, query):
    answer = api.get("/projects", **query)
    assert answer.status_code == 400
    assert problems(answer)[0][0] == next(iter(query))


def test_a_query_parameter_that_does_not_exist_is_refused_since_it_is_a_slip(api, user):
    make_sweep(user)
    for path in ("/projects", "/sweeps", "/projects/ada/demo/runs", "/projects/ada/demo/changes"):
        answer = api.get(path, pagesize=3)
        assert (answer.status_code, problems(answer)) == (400, [("pagesize", "unknown_field")]), path
    assert problems(api.get("/projects", format="xml")) == [("format", "unknown_field")]
    assert "did you mean 'page_size'" in api.get("/projects", pagesize=3).json()["errors"][0]["detail"]


def test_changes_since_a_cursor_come_once(api, user):
    sweep = make_sweep(user)
    run = make_run(user)
    first = api.get("/projects/ada/demo/changes").json()
    assert ([s["sweep_id"] for s in first["sweeps"]], [r["run_id"] for r in first["runs"]]) == (
        [sweep.sweep_id],
        [run.run_id],
    )
    assert first["more"] is False
    assert first["sweeps"][0]["run_counts"] == {}
    nothing = api.get("/projects/ada/demo/changes", since=first["cursor"]).json()
    quiet = {"more": False, "reset": False, "deleted_sweeps": [], "deleted_runs": [], "sweeps": [], "runs": []}
    assert nothing == {"cursor": first["cursor"]} | quiet
    api.post(f"/runs/ada/demo/{run.run_id}/history", {"offset": 0, "rows": [{"loss": 1}]})
    news = api.get("/projects/ada/demo/changes", since=first["cursor"]).json()
    assert [r["summary"] for r in news["runs"]] == [{"loss": 1}]


def test_a_sweep_comes_with_the_changes_of_its_runs_whose_counts_it_shows(api, user):
    sweep = make_sweep(user)
    run = start(user, ask(make_agent(user, sweep)))
    make_sweep(user)
    cursor = api.get("/projects/ada/demo/changes").json()["cursor"]
    api.post(f"/runs/ada/demo/{run.run_id}/finish", {"exit_code": 0, "summary": {"loss": 0.5}})
    (shown,) = api.get("/projects/ada/demo/changes", since=cursor).json()["sweeps"]
    assert (shown["sweep_id"], shown["run_counts"]) == (sweep.sweep_id, {"finished": 1})
    assert shown["best_run"]["objective"] == 0.5


def test_there_is_no_more_where_the_limit_is_just_reached(api, user):
    for _ in range(3):
        make_run(user)
    answer = api.get("/projects/ada/demo/changes", limit=3).json()
    assert (len(answer["runs"]), answer["more"]) == (3, False)


def test_a_limit_cuts_the_changes_and_says_so(api, user):
    for _ in range(3):
        make_run(user)
    since, seen = 0, []
    for _ in range(10):
        part = api.get("/projects/ada/demo/changes", since=since, limit=1).json()
        seen += [run["run_id"] for run in part["runs"]]
        since = part["cursor"]
        if not part["more"]:
            break
    assert len(seen) == len(set(seen)) == 3


def test_an_unchanged_project_answers_304_until_it_changes(api, user, django_assert_num_queries):
    run = make_run(user)
    tag = api.get("/projects/ada/demo/changes")["ETag"]
    with django_assert_num_queries(2):  # the key and the project
        unchanged = api.get("/projects/ada/demo/changes", headers={"If-None-Match": f"W/{tag}"})
    assert (unchanged.status_code, unchanged.content, unchanged["ETag"]) == (304, b"", tag)
    api.patch(f"/runs/ada/demo/{run.run_id}", {"notes": "n"})
    changed = api.get("/projects/ada/demo/changes", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed["ETag"] != tag


def test_an_age_limit_is_set_and_taken_back(api):
    assert api.post("/projects", {"name": "p"}).json()["retention_days"] is None
    assert api.patch("/projects/ada/p", {"retention_days": 30}).json()["retention_days"] == 30
    assert api.patch("/projects/ada/p", {"description": "d"}).json()["retention_days"] == 30
    for wrong in (-1, 1.5, "7", 40_000):
        answer = api.patch("/projects/ada/p", {"retention_days": wrong})
        assert (answer.status_code, problems(answer)[0][0]) == (400, "retention_days")
    assert api.patch("/projects/ada/p", {"retention_days": 0}).json()["retention_days"] is None
