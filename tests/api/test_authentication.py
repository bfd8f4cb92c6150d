from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from sweeps_app.models import ApiKey
from sweeps_app.services.keys import key_create, key_revoke
from tests.api.client import Api, problems

pytestmark = pytest.mark.django_db


def test_without_credentials_the_answer_says_how_to_authenticate():
    answer = Api().get("/me")
    assert (answer.status_code, problems(answer)) == (401, [(None, "not_authenticated")])
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Bearer wrong", "Bearer a b", "bearer " + "x" * 10_000, "Basic YTpi", "ä", "Bearer \xff"],
)
def test_a_header_without_a_valid_key_is_refused(user, header):
    answer = Client().get("/api/v1/me", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert problems(answer)[0][1] in ("authentication_failed", "not_authenticated")


def test_the_scheme_may_be_written_in_any_case(user):
    _, secret = key_create(user=user, name="k")
    assert Client().get("/api/v1/me", headers={"Authorization": f"bearer {secret}"}).status_code == 200


def test_revoked_and_expired_keys_and_those_of_inactive_people_are_refused(user):
    key, secret = key_create(user=user, name="k")
    api = Api(secret)
    assert api.get("/me").status_code == 200
    key_revoke(key=key)
    assert api.get("/me").status_code == 401
    _, expired = key_create(user=user, name="k", expires_at=timezone.now() - timedelta(seconds=1))
    assert Api(expired).get("/me").status_code == 401
    _, other = key_create(user=user, name="k")
    user.is_active = False
    user.save()
    assert Api(other).get("/me").status_code == 401


def test_the_use_of_a_key_is_noted(user):
    key, secret = key_create(user=user, name="k")
    Api(secret).get("/me")
    assert ApiKey.objects.get(pk=key.pk).last_used_at is not None


def test_a_session_reads_and_writes_with_its_csrf_token_only(user):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user)
    assert browser.get("/api/v1/me").json()["user"] == "ada"
    refused = browser.post("/api/v1/projects", {"name": "p"}, content_type="application/json")
    assert (refused.status_code, problems(refused)) == (403, [(None, "permission_denied")])
    browser.cookies["csrftoken"] = token = "a" * 32
    accepted = browser.post(
        "/api/v1/projects", {"name": "p"}, content_type="application/json", headers={"X-CSRFToken": token}
    )
    assert accepted.status_code == 201


def test_a_key_needs_no_csrf_token(user):
    _, secret = key_create(user=user, name="k")
    client = Client(enforce_csrf_checks=True)
    headers = {"Authorization": f"Bearer {secret}"}
    answer = client.post("/api/v1/projects", {"name": "p"}, content_type="application/json", headers=headers)
    assert answer.status_code == 201
