"""Who asks, what the server says of itself, and what it says to requests that it does not serve."""

import pytest
from django.test import Client

from sweeps_app.models import UnservedRequest
from sweeps_app.models.key import new_key
from tests.wandb_api.client import Wandb

pytestmark = pytest.mark.django_db


def test_the_viewer_is_the_person_of_the_key(wandb):
    viewer = wandb.data("Viewer")["viewer"]
    assert (viewer["entity"], viewer["username"], viewer["flags"]) == ("ada", "ada", "{}")
    assert wandb.data("GetViewer")["viewer"]["apiKeys"]["edges"][0]["node"]["description"] == "test"


@pytest.mark.parametrize("key", ["", "w" * 40])
def test_without_a_key_that_works_the_answer_is_401_and_says_what_to_do(db, key):
    answer = Wandb(key).ask("Viewer")
    assert answer.status_code == 401
    assert "WANDB_API_KEY" in answer.json()["errors"][0]["message"]
    assert Wandb(key).stream("r", {}).status_code == 401


def test_a_key_is_what_every_version_of_the_client_takes():
    assert len(new_key()) == 40


def test_features_are_introspected_in_a_real_schema(wandb):
    fields = {field["name"] for field in wandb.data("ProbeServerCapabilities")["QueryType"]["fields"]}
    assert {"viewer", "project", "model", "serverInfo"} <= fields
    assert wandb.data("ServerFeaturesQuery") == {"serverInfo": {"features": []}}
    assert wandb.data("OrganizationCoreWeaveOrganizationID", entityName="ada") == {"entity": {"organization": None}}


def test_what_is_not_served_is_named_counted_and_shown_to_administrators(wandb, user):
    for _ in range(2):
        answer = wandb.ask("CreateArtifact", input={})
        assert answer.status_code == 400
    assert "'createArtifact'" in answer.content.decode()
    counted = UnservedRequest.objects.get(subject="Mutation.createArtifact")
    assert (counted.count, counted.operation, counted.client) == (2, "CreateArtifact", "wandb-core")
    user.is_staff = user.is_superuser = True
    user.save()
    browser = Client()
    browser.force_login(user)
    page = browser.get("/admin/sweeps_app/unservedrequest/").content.decode()
    assert "what clients asked for and we lack" in page.lower()
    assert "Mutation.createArtifact" in page


@pytest.mark.parametrize("name", ["Artifact", "CreateArtifactInput", "UseArtifactInput"])
def test_older_clients_find_the_types_that_they_look_for_before_they_ask(wandb, name):
    probe = "query P($name: String!) { found: __type(name: $name) { fields { name } inputFields { name } } }"
    assert wandb.query(probe, name=name).json()["data"]["found"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("{ viewer {", "Syntax Error"),
        ("{ viewer { " + "teams { edges { node { members { id } } } } " * 2_000 + "} }", "more than 5000 tokens"),
        ("{ viewer { id } } #" + "x" * 100_000, "more than 100,000 characters"),
        ("{ project(name: 1) { id } }", "String cannot represent"),
        ("{ " + "project { runs { edges { node { " * 6 + "id" + " } } } }" * 6 + " }", "nested deeper than 20"),
    ],
)
def test_mistakes_are_answered_at_once(wandb, query, said):
    answer = wandb.query(query)
    assert answer.status_code == 400
    assert said in answer.json()["errors"][0]["message"]
    assert not UnservedRequest.objects.exists()


def test_bodies_that_are_no_requests_are_refused(wandb, settings):
    assert wandb.post("/graphql", b"{").status_code == 400
    assert wandb.post("/graphql", b"[1]").status_code == 400
    assert wandb.post("/graphql", {"query": 1}).status_code == 400
    settings.MAX_BODY_BYTES = 10
    too_large = wandb.ask("Viewer")
    assert too_large.status_code == 413
    assert "SWEEPDECK_MAX_BODY_BYTES" in too_large.json()["errors"][0]["message"]


def test_what_belongs_to_others_does_not_exist(wandb, stranger):
    answer = stranger.ask("UpsertBucket", name="r1", project="demo", entity="ada", config="{}", host="h")
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["message"] == "no entity 'ada' that you can see"
    wandb.data("UpsertBucket", name="r1", project="demo", entity=None, config="{}", host="h")
    assert stranger.stream("r1", {"complete": True, "exitcode": 0}).status_code == 404
    assert stranger.data("RunResumeStatus", project="demo", entity="ada", name="r1") == {"model": None}


def test_telemetry_is_taken_and_thrown_away(db):
    assert Client().post("/sdk/otel/v1/metrics", b"\x00", content_type="application/x-protobuf").status_code == 200
