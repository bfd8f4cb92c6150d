"""The admin panel: every page opens for staff and for nobody else, finds things, and shows no secret."""

import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from sweeps_app.models import (
    Agent,
    AgentJob,
    ApiKey,
    Entity,
    Membership,
    Program,
    Project,
    Run,
    ShareLink,
    Sweep,
    UnservedRequest,
    User,
    Worker,
)
from sweeps_app.services.deletion import project_delete
from sweeps_app.services.job_launch import job_launch
from sweeps_app.services.keys import key_authenticate, key_create
from sweeps_app.services.purge import purge_step
from sweeps_app.services.runs import RunDetails, run_start
from sweeps_app.services.sharing import share_create, share_open
from sweeps_app.services.sweeps import sweep_control
from tests.factories import ask, make_agent, make_sweep, make_user, make_worker, start

pytestmark = pytest.mark.django_db

OURS = {User, Entity, ApiKey, Project, Sweep, Run, Agent, AgentJob, Program, Worker, UnservedRequest, ShareLink}
MADE_HERE = {User, Entity, Program}


class Panel:
    """A staff member's browser in the admin panel, and something of everything to look at."""

    def __init__(self):
        self.client = Client()
        self.root = make_user("root", is_staff=True, is_superuser=True)
        self.client.force_login(self.root)
        self.user = make_user("ada")
        self.sweep = make_sweep(self.user, project="digits")
        self.agent = make_agent(self.user, self.sweep)
        self.run = start(self.user, ask(self.agent))
        self.job = job_launch(user=self.user, sweep=self.sweep, program="digits")
        self.program = Program.objects.create(project=self.sweep.project, name="train", kind="folder", source="/srv/x")
        self.worker = make_worker()
        self.key, self.secret = key_create(user=self.user, name="laptop")
        self.shared = share_create(user=self.user, sweep=self.sweep, name="reviewers", days=7)
        self.unserved = UnservedRequest.objects.create(subject="Query.teapot", message="no such field")

    def some(self, model):
        """Return a row of a model."""
        known = {User: self.user, Entity: self.user.personal_entity, ApiKey: self.key, Project: self.sweep.project}
        known |= {Sweep: self.sweep, Run: self.run, Agent: self.agent, AgentJob: self.job}
        known |= {
            Program: self.program,
            Worker: self.worker,
            UnservedRequest: self.unserved,
            ShareLink: self.shared.link,
        }
        return known[model]

    def act(self, model, action, *rows):
        """Choose an action in the list of a model; return the page that follows."""
        form = {"action": action, "_selected_action": [row.pk for row in rows]}
        return self.client.post(_list(model), form, follow=True).content.decode()


@pytest.fixture
def panel():
    return Panel()


def _list(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def _add(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")


def _change(row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def _each(models):
    return pytest.mark.parametrize("model", sorted(models, key=lambda m: m.__name__), ids=lambda m: m.__name__)


def test_the_panel_lists_what_the_server_holds(panel):
    assert {model for model in admin.site._registry if model._meta.app_label == "sweeps_app"} == OURS
    page = panel.client.get(reverse("admin:index")).content.decode()
    assert all(_list(model) in page for model in OURS)


@_each(OURS)
def test_list_and_change_pages_open(panel, model):
    row = panel.some(model)
    listed = panel.client.get(_list(model))
    assert listed.status_code == 200
    assert _change(row) in listed.content.decode()
    assert panel.client.get(_change(row)).status_code == 200


@_each(OURS)
def test_rows_are_added_where_people_make_them(panel, model):
    assert panel.client.get(_add(model)).status_code == (200 if model in MADE_HERE else 403)


@_each(OURS)
def test_search_finds_a_row_and_not_the_others(panel, model):
    row = panel.some(model)
    field = {User: "username", Entity: "name", ApiKey: "prefix", Project: "name", Sweep: "sweep_id"}
    field |= {Run: "run_id", Agent: "agent_id", AgentJob: "job_id", Program: "name", Worker: "worker_id"}
    field |= {UnservedRequest: "subject", ShareLink: "share_id"}
    found = panel.client.get(_list(model), {"q": getattr(row, field[model])}).context["cl"].queryset
    assert list(found) == [row]
    assert not panel.client.get(_list(model), {"q": "nonesuch"}).context["cl"].queryset.exists()


@_each(OURS)
def test_filters_open(panel, model):
    page = panel.client.get(_list(model)).context["cl"]
    for spec in page.filter_specs:
        for choice in spec.choices(page):
            assert panel.client.get(_list(model) + choice["query_string"]).status_code == 200


@_each(OURS)
def test_nobody_else_gets_in(panel, model):
    client = Client()
    for person in (None, panel.user):
        if person is not None:
            client.force_login(person)
        for path in (_list(model), _change(panel.some(model)), _add(model)):
            response = client.get(path)
            assert response.status_code == 302
            assert response["Location"].startswith(reverse("admin:login"))


def test_staff_without_permissions_see_nothing(panel):
    client = Client()
    client.force_login(make_user("intern", is_staff=True))
    assert {client.get(_list(model)).status_code for model in OURS} == {403}


@_each(OURS)
def test_no_page_shows_a_secret(panel, model):
    hidden = [
        panel.secret,
        panel.key.digest,
        panel.shared.token,
        panel.shared.link.digest,
        User.objects.get(pk=panel.user.pk).password,
    ]
    for path in (_list(model), _change(panel.some(model))):
        page = panel.client.get(path).content.decode()
        assert [secret for secret in hidden if secret in page] == []


@_each(OURS - {User, Entity, ApiKey, Program, Project})
def test_what_clients_sent_is_not_edited_here(panel, model):
    row = panel.some(model)
    before = type(row).objects.filter(pk=row.pk).values().get()
    page = panel.client.get(_change(row)).content.decode()
    assert 'name="_save"' not in page
    panel.client.post(_change(row), dict.fromkeys(before, "x") | {"tags": '{"no": "list"}'})
    assert type(row).objects.filter(pk=row.pk).values().get() == before


def test_a_project_is_edited_as_elsewhere(panel):
    project = panel.sweep.project
    before = Project.objects.filter(pk=project.pk).values().get()
    refused = panel.client.post(_change(project), {"description": "x", "retention_days": "99999999"})
    assert refused.status_code == 200
    assert panel.client.post(_change(project), {"description": "notes", "retention_days": "90"}).status_code == 302
    after = Project.objects.filter(pk=project.pk).values().get()
    assert after == before | {"description": "notes", "retention_days": 90, "cursor": before["cursor"] + 1}


@_each({Project, Sweep, Run, Agent, AgentJob})
def test_what_has_a_page_leads_to_it(panel, model):
    row, reader = panel.some(model), Client()
    reader.force_login(panel.user)
    listed = panel.client.get(_list(model)).content.decode()
    (path,) = re.findall(r'<a href="([^"]+)" aria-label="Open the page of', listed)
    assert reader.get(path).status_code == 200
    assert f'<a href="{path}" class="viewsitelink">' in panel.client.get(_change(row)).content.decode()


@_each({Project, Sweep, Run, Agent, AgentJob})
def test_a_list_costs_the_same_for_one_row_and_for_many(panel, model, django_assert_num_queries):
    with CaptureQueriesContext(connection) as one:
        panel.client.get(_list(model))
    for n in range(5):
        sweep = make_sweep(make_user(), project=f"more{n}")
        start(sweep.created_by, ask(make_agent(sweep.created_by, sweep)))
        job_launch(user=sweep.created_by, sweep=sweep, program="digits")
    with django_assert_num_queries(len(one)):
        panel.client.get(_list(model))


@pytest.mark.parametrize("model", [ApiKey, Project, Sweep, Run, ShareLink])
def test_who_may_only_look_has_no_actions(panel, model):
    looker = make_user("looker", is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename=f"view_{model._meta.model_name}"))
    panel.client.force_login(looker)
    assert panel.client.get(_list(model)).context["action_form"] is None
    before = model.objects.filter(pk=panel.some(model).pk).values().get()
    for action in ("revoke", "archive", "cancel", "stop"):
        panel.act(model, action, panel.some(model))
    assert model.objects.filter(pk=panel.some(model).pk).values().get() == before


def test_the_panel_has_our_icon_and_style(panel):
    page = panel.client.get(reverse("admin:index")).content.decode()
    assert 'rel="icon"' in page
    assert "css/admin" in page


def test_a_list_shows_one_page_by_a_fixed_number_of_queries(panel, django_assert_max_num_queries):
    project = panel.sweep.project
    Run.objects.bulk_create(Run(project=project, sweep=panel.sweep, run_id=f"many{i:04}") for i in range(60))
    with django_assert_max_num_queries(12):
        response = panel.client.get(_list(Run))
    assert len(response.context["cl"].result_list) == 50
    assert len(panel.client.get(_list(Run), {"all": ""}).context["cl"].result_list) == 50


def test_a_form_does_not_grow_with_the_tables(panel):
    forms = [_change(panel.some(model)) for model in OURS]
    before = [len(panel.client.get(form).content) for form in forms]
    project = panel.sweep.project
    User.objects.bulk_create(User(username=f"many{i:04}") for i in range(200))
    Sweep.objects.bulk_create(
        Sweep(project=project, sweep_id=f"many{i:04}", config={}, method="random", seed=1) for i in range(200)
    )
    Run.objects.bulk_create(Run(project=project, sweep=panel.sweep, run_id=f"many{i:04}") for i in range(200))
    after = [len(panel.client.get(form).content) for form in forms]
    assert max(abs(b - a) for a, b in zip(after, before, strict=True)) < 200  # a token may be a few bytes longer


def test_a_person_is_added_with_an_entity(panel):
    form = {"username": "grace", "password1": "a long correct horse", "password2": "a long correct horse"}
    response = panel.client.post(_add(User), form | {"usable_password": "true"})
    assert response.status_code == 302, response.context["errors"]
    assert User.objects.get(username="grace").personal_entity.name == "grace"


def test_a_team_is_added_with_its_members(panel):
    form = {"name": "team", "owner": ""}
    form |= {f"memberships-{name}": value for name, value in _formset(1).items()}
    form |= {"memberships-0-user": panel.user.pk, "memberships-0-role": "member"}
    response = panel.client.post(_add(Entity), form)
    assert response.status_code == 302, response.context["errors"]
    assert list(Entity.objects.get(name="team").members.all()) == [panel.user]


def _formset(rows):
    return {"TOTAL_FORMS": rows, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}


def test_a_program_is_registered_changed_switched_and_removed(panel, tmp_path, settings):
    settings.PROGRAM_ROOTS = [tmp_path]
    form = {"project": panel.sweep.project.pk, "name": "mine", "kind": "folder", "source": "/etc", "entry": "sweep"}
    form |= {"environment": "{}", "secrets": "[]", "is_enabled": "on"}
    refused = panel.client.post(_add(Program), form)
    assert "must be a folder under one of" in refused.content.decode()
    assert panel.client.post(_add(Program), form | {"source": str(tmp_path)}).status_code == 302
    program = Program.objects.get(name="mine")
    changed = {"source": str(tmp_path), "entry": "sweep", "environment": '{"A": "1"}', "secrets": "[]"}
    assert panel.client.post(_change(program), changed).status_code == 302
    program.refresh_from_db()
    assert (program.environment, program.is_enabled, program.kind) == ({"A": "1"}, False, "folder")
    assert "Programs changed: 1." in panel.act(Program, "enable", program)
    job = job_launch(user=panel.user, sweep=panel.sweep, program="mine")
    assert "Programs changed: 1." in panel.act(Program, "disable", program)
    job.refresh_from_db()
    assert job.reason == "the program 'mine' was disabled"
    assert panel.client.post(reverse("admin:sweeps_app_program_delete", args=[program.pk]), {"post": "yes"})
    assert not Program.objects.filter(name="mine").exists()


def test_keys_are_revoked(panel):
    assert key_authenticate(secret=panel.secret) is not None
    assert "Keys revoked: 1." in panel.act(ApiKey, "revoke", panel.key)
    assert key_authenticate(secret=panel.secret) is None


def test_projects_go_to_the_archive_and_back(panel):
    project = panel.sweep.project
    assert "Projects changed: 1." in panel.act(Project, "archive", project)
    project.refresh_from_db()
    assert project.archived_at is not None
    panel.act(Project, "unarchive", project)
    project.refresh_from_db()
    assert project.archived_at is None


@pytest.mark.parametrize(
    ("before", "action", "state"),
    [
        (None, "pause", Sweep.State.PAUSED),
        ("pause", "resume", Sweep.State.RUNNING),
        (None, "stop", Sweep.State.STOPPED),
        (None, "cancel", Sweep.State.CANCELED),
    ],
)
def test_sweeps_are_steered(panel, before, action, state):
    if before:
        sweep_control(sweep=panel.sweep, action=before)
    assert "Sweeps changed: 1." in panel.act(Sweep, action, panel.sweep)
    panel.sweep.refresh_from_db()
    assert panel.sweep.state == state


def test_a_sweep_that_cannot_be_steered_so_is_named(panel):
    sweep_control(sweep=panel.sweep, action="cancel")
    page = panel.act(Sweep, "pause", panel.sweep, make_sweep(panel.user))
    assert f"Sweep {panel.sweep.sweep_id}: " in page
    assert "Sweeps changed: 1." in page


def test_runs_are_asked_to_stop(panel):
    assert "Runs asked to stop: 1." in panel.act(Run, "stop", panel.run)
    panel.run.refresh_from_db()
    assert panel.run.stop_requested


@pytest.mark.parametrize("model", [Project, Sweep, Run])
def test_deleting_in_the_panel_asks_tells_how_much_goes_and_leaves_the_rest_to_a_worker(panel, model):
    row = panel.some(model)
    asked = panel.act(model, "delete_selected", row)
    assert "Are you sure" in asked
    assert {Project: "runs (1)", Sweep: "runs (1)", Run: "history (0 rows)"}[model] in asked
    form = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    assert "Successfully deleted" in panel.client.post(_list(model), form, follow=True).content.decode()
    assert not model.objects.filter(pk=row.pk).exists()
    assert model.everything.filter(pk=row.pk).exists()
    assert not Run.objects.exists()
    assert panel.client.get(_change(row)).status_code == 302


def test_an_entity_that_owns_projects_is_not_deleted_with_them(panel):
    team = Entity.objects.create(name="team")
    Membership.objects.create(entity=team, user=panel.user)
    project = run_start(user=panel.user, details=RunDetails(), project_name="demo", entity_name="team")[0].project
    path = reverse("admin:sweeps_app_entity_delete", args=[team.pk])
    form = {"action": "delete_selected", "_selected_action": [team.pk], "post": "yes"}
    for page in (panel.client.post(path, {"post": "yes"}), panel.client.post(_list(Entity), form, follow=True)):
        assert "it owns projects (1)" in page.content.decode()
        assert f'href="{_list(Project)}?q=team"' in page.content.decode()
    assert list(panel.client.get(_list(Project), {"q": "team"}).context["cl"].queryset) == [project]
    project_delete(project=project)
    assert "still remove its deleted projects" in panel.client.post(path, {"post": "yes"}).content.decode()
    assert Run.everything.filter(project=project).exists()
    while purge_step():
        pass
    assert panel.client.post(path, {"post": "yes"}).status_code == 302
    assert not Entity.objects.filter(name="team").exists()


@pytest.mark.parametrize("verb", ["change", "delete"])
def test_staff_end_share_links(panel, verb):
    keeper = make_user("keeper", is_staff=True)
    names = [f"{name}_sharelink" for name in ("view", verb)]
    keeper.user_permissions.set(Permission.objects.filter(codename__in=names))
    panel.client.force_login(keeper)
    assert "show nothing any more" in panel.act(ShareLink, "revoke", panel.shared.link)
    assert share_open(token=panel.shared.token, now=timezone.now()).ending == "revoked"
